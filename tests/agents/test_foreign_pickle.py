"""Archives of strangers: tensors come out, nothing in them is run, and what is broken is one clear error."""

from __future__ import annotations

import builtins
import io
import os
import pickle
import subprocess
import zipfile
from collections import OrderedDict
from contextlib import suppress

import numpy as np
import pytest
import torch

from skyrally.agents.foreign_pickle import Stub, read_archive
from skyrally.errors import SkyrallyError


class Calls:
    """Pickles as a call of any function."""

    def __init__(self, function, *given):
        self.call = (function, given)

    def __reduce__(self):
        return self.call


def archive(path, code, **storages):
    with zipfile.ZipFile(path, "w") as made:
        made.writestr("a/data.pkl", code)
        for key, value in storages.items():
            made.writestr(f"a/data/{key}", value)
    return path


def test_tensors_and_plain_containers_come_out_as_they_are(tmp_path):
    x = torch.arange(24.0).reshape(2, 3, 4)
    given = {
        "turned": x.transpose(0, 2),
        "part": x[:, 1:, ::2],
        "same": OrderedDict(a=x, b=[x, (1, "two", None, True)]),
        "half": x.half(),
        "whole": torch.arange(3),
        "learned": torch.nn.Parameter(x),
        "one": torch.tensor(2.5),
    }
    torch.save(given, tmp_path / "a.pt")
    got = read_archive(tmp_path / "a.pt")
    for name in ("turned", "part", "half", "whole", "one"):
        assert np.array_equal(got[name], given[name].numpy())
    assert np.array_equal(got["learned"], x.numpy())
    assert isinstance(got["same"], OrderedDict)
    assert got["same"]["b"][1] == (1, "two", None, True)
    assert got["turned"].flags.owndata  # a copy: nothing of the file is held on to


@pytest.mark.parametrize("protocol", [0, 2, 4, 5])
@pytest.mark.parametrize(
    ("function", "given"),
    [
        (os.system, ("touch {}",)),
        (subprocess.check_call, (["touch", "{}"],)),
        (builtins.eval, ("open(r'{}', 'w')",)),
        (builtins.exec, ("open(r'{}', 'w')",)),
        (builtins.open, ("{}", "w")),
        (os.mkdir, ("{}",)),
        (builtins.getattr, (os, "{}")),
    ],
)
def test_calls_in_a_pickle_do_nothing(tmp_path, function, given, protocol):
    mark = tmp_path / "mark"
    filled = tuple(
        os.getcwd if g is os else [w.format(mark) for w in g] if isinstance(g, list) else g.format(mark) if isinstance(g, str) else g
        for g in given
    )
    path = archive(tmp_path / "a.pt", pickle.dumps({"x": Calls(function, *filled)}, protocol=protocol))
    got = read_archive(path)
    assert isinstance(got["x"], Stub)
    assert not mark.exists()


def test_state_and_items_of_strangers_go_nowhere(tmp_path):
    """Classes with a state, lists and mappings of their own, and names that are no classes at all."""
    built = b"X\x01\x00\x00\x00acposix\nsystem\n)\x81}X\x01\x00\x00\x00cX\x04\x00\x00\x00truesb"  # a: system() with a state
    filled = b"X\x01\x00\x00\x00dcos\nenviron\n)R(X\x01\x00\x00\x00kX\x01\x00\x00\x00vu"  # d: environ() with an item set
    named = b"X\x01\x00\x00\x00bcbuiltins\n__import__\n"
    code = b"\x80\x02}(" + built + filled + named + b"u."
    got = read_archive(archive(tmp_path / "a.pt", code))
    assert isinstance(got["a"], Stub)
    assert got["a"].state == {"c": "true"}
    assert issubclass(got["b"], Stub)


def test_what_a_file_does_to_a_class_stays_in_that_file(tmp_path):
    """BUILD on an allowed class would set its attributes for the whole process, were it the real one."""
    code = b"\x80\x02ccollections\nOrderedDict\n(N}X\x05\x00\x00\x00itemsX\x03\x00\x00\x00badstb."
    read_archive(archive(tmp_path / "a.pt", code))
    assert OrderedDict(a=1).items() == {"a": 1}.items()


def tensor(size, stride, offset=0, count=4):
    """The pickle of one tensor over a storage of `count` numbers, by hand."""

    class Storage:
        pass

    class Writer(pickle.Pickler):
        def persistent_id(self, given):
            return ("storage", torch.FloatStorage, "0", "cpu", count) if isinstance(given, Storage) else None

    out = io.BytesIO()
    Writer(out, 2).dump({"x": Calls(torch._utils._rebuild_tensor_v2, Storage(), offset, size, stride, False, OrderedDict())})
    return out.getvalue()


def test_a_tensor_made_by_hand_is_read(tmp_path):
    path = archive(tmp_path / "a.pt", tensor((2, 2), (1, 2)), **{"0": np.arange(4, dtype="<f4").tobytes()})
    assert read_archive(path)["x"].tolist() == [[0, 2], [1, 3]]


@pytest.mark.parametrize(
    ("size", "stride", "offset", "count"),
    [
        ((2, 3), (3, 1), 0, 4),  # larger than its storage
        ((4,), (1,), 1, 4),  # beyond the end
        ((2,), (1,), -2, 4),  # before the beginning
        ((2,), (-1,), 3, 4),
        ((1 << 40,), (0,), 0, 4),  # one number shown as a terabyte
        ((2,), (1, 1), 0, 4),
        ((4,), (1,), 0, 5),  # the storage holds less than it says
    ],
)
def test_tensors_that_reach_beyond_their_storage_are_refused(tmp_path, size, stride, offset, count):
    path = archive(tmp_path / "a.pt", tensor(size, stride, offset, count), **{"0": np.zeros(4, "<f4").tobytes()})
    with pytest.raises(SkyrallyError, match="cannot be read"):
        read_archive(path)


def test_a_memo_number_beyond_the_file_takes_no_memory(tmp_path):
    with pytest.raises(SkyrallyError, match="memo"):
        read_archive(archive(tmp_path / "a.pt", b"\x80\x02]r\xff\xff\xff\x7f."))


def test_truncated_foreign_and_missing_files_are_one_line(tmp_path):
    torch.save({"x": torch.zeros(1000)}, tmp_path / "whole.pt")
    whole = (tmp_path / "whole.pt").read_bytes()
    with zipfile.ZipFile(tmp_path / "whole.pt") as opened:
        code = opened.read("whole/data.pkl")
    cases = {
        "cut.pt": whole[: len(whole) // 2],
        "empty.pt": b"",
        "text.pt": b"# no archive",
        "bare.pt": pickle.dumps({"x": Calls(os.system, "true")}),
    }
    for name, data in cases.items():
        (tmp_path / name).write_bytes(data)
    archive(tmp_path / "halved.pt", code[: len(code) // 2])
    archive(tmp_path / "lacking.pt", code)  # its storage is not there
    archive(tmp_path / "rubbish.pt", bytes(range(256)))
    for name in (*cases, "halved.pt", "lacking.pt", "rubbish.pt", "missing.pt", "."):
        with pytest.raises(SkyrallyError) as told:
            read_archive(tmp_path / name)
        assert len(str(told.value).splitlines()) == 1, name
        assert str(tmp_path) in str(told.value)


def test_any_changed_byte_is_read_or_refused(tmp_path):
    """Never another exception, and never a file that appears."""
    code, rng = tensor((2, 2), (1, 2)), np.random.default_rng(0)
    for _ in range(300):
        changed = bytearray(code)
        for place in rng.integers(len(code), size=rng.integers(1, 4)):
            changed[place] = rng.integers(256)
        path = archive(tmp_path / "a.pt", bytes(changed), **{"0": np.arange(4, dtype="<f4").tobytes()})
        with suppress(SkyrallyError):
            read_archive(path)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.pt"]
