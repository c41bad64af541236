"""What can be wrong with a scenario's own functions, in one line that names the field."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
from numba.core.errors import NumbaError

from ..errors import SkyrallyError, unknown
from ..scenarios.scenario import Layout, Scenario


@contextmanager
def compiling(scenario: Scenario, params: np.ndarray) -> Iterator[None]:
    """Around the first call of compiled code: what the compiler has to say becomes a SkyrallyError."""
    try:
        yield
    except KeyError as error:  # how Numba says that a record has no such field
        names = {*field_names(scenario.world), *field_names(params.dtype)}
        if error.args and isinstance(error.args[0], str) and error.args[0] not in names:
            raise unknown(f"record field in the functions of {scenario.name}:", error.args[0], names) from error
        raise
    except NumbaError as error:
        lines = [line.strip() for line in str(error).splitlines() if line.strip()]
        said = next((line for line in lines if not line.startswith(("Failed in", "- Resolution", "During:", "File"))), "no reason given")
        where = next((line for line in reversed(lines) if line.startswith("File")), "")
        raise SkyrallyError(f"the functions of {scenario.name} do not compile: {said} {where}".rstrip()) from error


def field_names(kind: np.dtype) -> list[str]:
    """The names of all fields of a record, of records inside it too."""
    names = []
    for name in kind.names or ():
        names += [name, *field_names(kind[name].base)]
    return names


def badly_covered(layout: Layout, agents: tuple[str, ...], wide: np.ndarray) -> str | None:
    """What is wrong with observations [W, N, O + pad] that were written over NaN: a number left out, or numbers past the layout's end."""
    missing = np.argwhere(np.isnan(wide[..., : layout.size]))
    if len(missing):
        world, drone, number = missing[0]
        return f"{layout.at(number)} of {agents[drone]} in world {world} is not written, or NaN"
    beyond = np.argwhere(~np.isnan(wide[..., layout.size :]))
    if len(beyond):
        return f"observe writes {int(beyond[:, 2].max()) + 1} or more numbers past the {layout.size} of the layout"
    return None
