"""Policies that VolleyBots published (trained in Isaac Sim), turned into agents of ours: weights, manifest, nothing executed.

Their networks (reference: thu-uav/VolleyBots, commit 680493a): LayerNorm of the observation, then Linear, ELU, LayerNorm for each
of 256, 128, 128, then the mean of a Gaussian over four rotor commands. Which skill a file holds follows from how many numbers
it reads, and of the two that read 34 from its name.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import SkyrallyError
from ..scenarios.registry import find
from .foreign_pickle import Stub, read_archive
from .networks import Actors, NetworkSpec
from .policy import manifest_of, write_agent

AIRFRAME, PHYSICS = "iris-isaac", "isaac"  # what these policies were trained with, as far as our fit tells
HOMES = {57: "volleyball-3v3", 37: "serve", 36: "attack", 34: "receive", 26: "goto"}  # by the size of their observation
SETTER = "secpass"  # in the names of files that read 34 numbers: the second pass is a set
NINE = {  # what the published hierarchical team does with which file
    "goto": "hier_goto",
    "serve": "hier_serve",
    "receive": "hier_firstpass",
    "set": "hier_secpass",
    "attack": "hier_att",
    "after_serve": "hier_serve_hover",
    "after_receive": "hier_firstpass_hover",
    "after_set": "hier_secpass_hover",
    "after_attack": "hier_att_hover",
}
TEAM = "nine-skills.yaml"
TEAM_TEXT = """# The nine skills of VolleyBots' hierarchical team, under rules that go on after an exchange: docs/outside_policies.md
format: 1
scenario: volleyball-3v3
options: {{airframe: {airframe}, physics: {physics}}}
commander: fixed
skills:
"""
LINEAR, NORM = (0, 3, 6), (2, 5, 8)  # places in their encoder, and in our trunk; ELU is between
LOG_STD = "module.act_dist.log_std"
PARTS = {"encoder.0": "norm", "act_dist.fc_mean": "mean"} | {f"encoder.1.layers.{k}": f"trunk.{k}" for k in (*LINEAR, *NORM)}
NAMES = {LOG_STD: "log_std"} | {f"module.{a}.{kind}": f"{b}.{kind}" for a, b in PARTS.items() for kind in ("weight", "bias")}


def import_volleybots(path: str | Path, out: str | Path | None = None, scenario: str | None = None) -> Path:
    """Writes agent.safetensors and agent.json of a published file into a folder (default: its name) and gives the folder.

    `scenario`: where it plays, if it is not the one that its size and name tell.
    Raises SkyrallyError for files that are broken or of another kind, for a scenario that does not fit, and if there is an agent already.
    """
    path = Path(path)
    weights = actor_weights(read_archive(path), path)
    size = weights["module.encoder.0.weight"].shape[-1]
    home = scenario or _home(size, path)
    found = find(home)
    options = {"airframe": AIRFRAME, "physics": PHYSICS, **({"rules": "benchmark"} if found.family == "match" else {})}
    options |= {name: value for name, value in (("facing", "forward"), ("starts", "published")) if name in found.options}
    view = found.views.get("benchmark")
    if view is None or view.size != size:
        raise SkyrallyError(f"{path} reads {size} numbers; {home} shows {view.size if view else 'none of the published ones'}")
    actors = actors_of(weights, path)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    source = "VolleyBots (thu-uav/VolleyBots, commit 680493a), MIT licence; trained in Isaac Sim"
    manifest = manifest_of(
        found, options, "benchmark", "rotor", actors.spec, {"source": source, "file": path.name, "sha256": digest, "step": "imported"}
    )
    folder = Path(out) if out is not None else Path(path.stem)
    if folder.exists() and any(folder.iterdir() if folder.is_dir() else [folder]):
        raise SkyrallyError(f"{folder} exists already; choose another --out")
    folder.mkdir(parents=True, exist_ok=True)
    write_agent(folder, actors, manifest)
    return folder


def import_folder(path: str | Path, out: str | Path) -> list[Path]:
    """Imports every .pt file of a folder into folders of their names under `out`; gives what was written.

    Where all nine skills are among them, writes TEAM beside: the hierarchical team that they make.
    """
    path, out = Path(path), Path(out)
    files = sorted(path.glob("*.pt"))
    if not files:
        raise SkyrallyError(f"{path} holds no .pt file; expected policies that VolleyBots published")
    written = [import_volleybots(file, out / file.stem) for file in files]
    if {folder.name for folder in written} >= set(NINE.values()):
        team = out / TEAM
        skills = "".join(f"  {skill}: file:{name}\n" for skill, name in NINE.items())
        team.write_text(TEAM_TEXT.format(airframe=AIRFRAME, physics=PHYSICS) + skills)
        written.append(team)
    return written


def _home(size: int, path: Path) -> str:
    if size not in HOMES:
        raise SkyrallyError(f"{path} reads {size} numbers; known: " + ", ".join(f"{n} ({name})" for n, name in HOMES.items()))
    return "set" if size == 34 and SETTER in path.stem else HOMES[size]


def actor_weights(archive: Any, path: Path) -> dict[str, np.ndarray]:
    """name -> array of the actor's parameters in an archive; SkyrallyError when they are not where VolleyBots keeps them."""
    actor = archive.get("actor_params") if isinstance(archive, dict) else None
    state = actor.state if isinstance(actor, Stub) else None
    found = state.get("_parameters") if isinstance(state, dict) else None
    if not isinstance(found, dict):
        raise SkyrallyError(f"{path} holds no actor_params; expected a policy that VolleyBots published")
    weights = {name: value for name, value in found.items() if isinstance(value, np.ndarray) and value.ndim}
    lacking = sorted(NAMES.keys() - weights.keys())
    if lacking:
        raise SkyrallyError(
            f"{path} lacks {lacking[0]}{f' and {len(lacking) - 1} more' if lacking[1:] else ''}; expected a VolleyBots actor"
        )
    return weights


def actors_of(weights: dict[str, np.ndarray], path: Path) -> Actors:
    """Our networks with these weights; a leading axis of n agents becomes n actors of their own."""
    import torch

    heads = len(weights[LOG_STD]) if weights[LOG_STD].ndim == 2 else 1
    single = {name: value if weights[LOG_STD].ndim == 2 else value[None] for name, value in weights.items()}  # [heads, ...]
    spec = NetworkSpec(
        obs_size=single["module.encoder.0.weight"].shape[-1],
        action_size=single[LOG_STD].shape[-1],
        hidden=tuple(single[f"module.encoder.1.layers.{k}.bias"].shape[-1] for k in LINEAR),
        layer_norm=True,
        input_norm=True,
        heads=heads,
    )
    actors = Actors(spec)
    state = dict(actors.normaliser.state_dict(prefix="normaliser."))
    for head in range(heads):
        state |= {f"each.{head}.{ours}": torch.tensor(single[name][head], dtype=torch.float32) for name, ours in NAMES.items()}
    try:
        actors.load_state_dict(state)
    except RuntimeError as error:
        raise SkyrallyError(f"{path}: the actor's weights do not fit together ({str(error).splitlines()[-1].strip()})") from None
    if not all(bool(torch.isfinite(value).all()) for value in actors.state_dict().values()):
        raise SkyrallyError(f"{path}: weights that are not finite")
    return actors
