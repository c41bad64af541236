"""Trained networks as agents: weights in safetensors beside a JSON manifest. Loading reads numbers only and never runs code from a file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from ..envs.choices import Choices
from ..errors import SkyrallyError, unknown
from ..physics.control import ACTION_SIZE
from ..scenarios.scenario import Layout, Scenario
from .agent import Agent

FORMAT = 1
WEIGHTS, MANIFEST = "agent.safetensors", "agent.json"
CAPTAINS = "tactics"  # the action mode of captains: their networks command teams
BEST = "best"  # in a run's checkpoints: a file that names the folder of the best one


def describe_layout(layout: Layout) -> list[list[Any]]:
    """[[name, size, unit, frame], ...]: what a manifest keeps of an observation layout."""
    return [[part.name, part.size, part.unit, part.frame] for part in layout.fields]


def manifest_of(
    scenario: Scenario,
    options: Mapping[str, Any],
    view: str,
    action_mode: str,
    spec: Any,
    provenance: Mapping[str, Any],
    choices: Choices | None = None,
    hold: int = 1,
) -> dict[str, Any]:
    """The manifest of an actor with network `spec` (a NetworkSpec), trained on `view` of a scenario with these options.

    choices: what an actor in action mode discrete chose from. hold: steps that its actions are held for.
    """
    from dataclasses import asdict

    return {
        "format": FORMAT,
        "scenario": scenario.name,
        "options": dict(options),
        "view": view,
        "layout": describe_layout(scenario.views[view]),
        "action_mode": action_mode,
        "network": asdict(spec),
        "hold": hold,
        **({} if choices is None else {"choices": {"mode": choices.mode, "rows": choices.rows.tolist()}}),
        "provenance": dict(provenance),
    }


def write_agent(folder: Path, actors: Any, manifest: Mapping[str, Any]) -> None:
    """Writes agent.safetensors and agent.json into a folder that exists. Who needs it whole or not at all renames the folder."""
    from safetensors.torch import save_file

    save_file({name: value.detach().clone().contiguous() for name, value in actors.state_dict().items()}, folder / WEIGHTS)
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=1) + "\n")


def read_manifest(folder: Path, name: str) -> dict[str, Any]:
    """agent.json of a folder. SkyrallyError when it is missing, no JSON, or of another format."""
    path = folder / MANIFEST
    try:
        manifest = json.loads(path.read_text())
    except OSError:
        raise SkyrallyError(f"{name}: there is no {path}; expected a folder with {WEIGHTS} and {MANIFEST}") from None
    except ValueError as error:
        raise SkyrallyError(f"{name}: {path} is no JSON ({error})") from None
    missing = {"format", "scenario", "view", "layout", "action_mode", "network"} - set(manifest if isinstance(manifest, dict) else ())
    if missing:
        raise SkyrallyError(f"{name}: {path} lacks {', '.join(sorted(missing))}; expected a skyrally manifest")
    if manifest["format"] != FORMAT:
        raise SkyrallyError(f"{name}: {path} has format {manifest['format']}; this version reads format {FORMAT}")
    return manifest


def check_layout(name: str, manifest: Mapping[str, Any], scenario: Scenario) -> Layout:
    """The scenario's layout of the view that the weights were trained on. SkyrallyError that names what differs."""
    if manifest["view"] not in scenario.views:
        raise unknown(f"view of {scenario.name} that {name} was trained on", manifest["view"], scenario.views)
    layout = scenario.views[manifest["view"]]
    here = {row[0]: row[1:] for row in describe_layout(layout)}
    there = {row[0]: row[1:] for row in manifest["layout"]}
    differ = [f"{field} missing here" for field in there if field not in here]
    differ += [f"{field} not in the weights" for field in here if field not in there]
    differ += [
        f"{field} is {here[field]} here, {there[field]} in the weights" for field in here if here[field] != there.get(field, here[field])
    ]
    if not differ and list(here) != list(there):
        differ = [f"order is {', '.join(here)} here, {', '.join(there)} in the weights"]
    if differ:
        trained = manifest["scenario"]
        raise SkyrallyError(f"{name} was trained on {trained} and does not fit view {layout.name} of {scenario.name}: {'; '.join(differ)}")
    if manifest["action_mode"] not in scenario.action_modes:
        raise unknown(f"action mode of {scenario.name}", manifest["action_mode"], scenario.action_modes)
    return layout


class NetworkAgent(Agent):
    """A trained actor. It plays the mean of its Gaussian, or the row of its best choice; rows come drone by drone within a world.

    choices: what it was trained to choose from. It carries their rows, so it plays in any worlds that serve their mode.
    hold: it acts anew every so many steps; between, memory keeps its action and how many of them are left.
    """

    def __init__(
        self,
        name: str,
        actors: Any,
        view: str,
        action_mode: str,
        provenance: Mapping[str, Any] | None = None,
        choices: Choices | None = None,
        hold: int = 1,
    ):
        self.name, self.actors, self.view, self.choices = name, actors, view, choices
        self.action_mode = choices.mode if choices else action_mode
        self.hold, self._own = hold, actors.spec.gru
        self.memory_size = self._own + (ACTION_SIZE + 1 if hold > 1 else 0)
        self.provenance = dict(provenance or {})

    def act(self, obs: np.ndarray, memory: np.ndarray, out: np.ndarray) -> None:
        group = self.actors.spec.group
        if len(obs) % group:
            raise SkyrallyError(f"{self.name} plays {group} drones that it tells apart; got {len(obs)} rows")
        if self.hold == 1:
            self._decide(obs, memory, out)
            return
        held = memory[:, self._own :]  # the action, and for how many steps more
        due = (held[:, -1] == 0.0).reshape(-1, group).any(1).repeat(group)
        if due.any():
            own, action = memory[due, : self._own], np.zeros((int(due.sum()), ACTION_SIZE), np.float32)
            self._decide(obs[due], own, action)
            memory[due, : self._own], held[due, :-1], held[due, -1] = own, action, self.hold
        held[:, -1] -= 1.0
        out[:] = held[:, :-1]

    def _decide(self, obs: np.ndarray, memory: np.ndarray, out: np.ndarray) -> None:
        """Actions of the networks; memory [B, gru] updated."""
        import torch

        group = self.actors.spec.group
        with torch.no_grad():
            x = torch.from_numpy(obs).view(1, len(obs) // group, group, -1)
            kept = torch.from_numpy(memory).view(len(obs) // group, group, -1) if self._own else x.new_zeros(*x.shape[1:3], 0)
            mean, _, after = self.actors(x, kept)
            played = mean.reshape(len(obs), -1).numpy()
            out[:] = self.choices.rows[played.argmax(1)] if self.choices else played
            if self._own:
                memory[:] = after.reshape(len(obs), -1).numpy()
        np.clip(out, -1.0, 1.0, out=out)


def load_agent(folder: Path, scenario: Scenario, name: str) -> Agent:
    """The agent of a folder with weights and manifest, for a scenario. SkyrallyError when something is missing, broken or does not fit.

    Of a captain it is its team, over scripted skills.
    """
    manifest = read_manifest(folder, name)
    if manifest["action_mode"] == CAPTAINS:
        from .captain import captain_team

        return captain_team(folder, scenario, name, int(manifest.get("every", 0)))
    return load_network(folder, scenario, name)


def load_network(folder: Path, scenario: Scenario, name: str) -> Agent:
    """What the weights of a folder give: a network or a rule. SkyrallyError as load_agent."""
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    from .networks import Actors, NetworkSpec

    manifest = read_manifest(folder, name)
    layout = check_layout(name, manifest, scenario)
    spec = NetworkSpec.read(manifest["network"])
    if "rule" in manifest:
        from .field_agent import load_field_agent

        return load_field_agent(folder / WEIGHTS, manifest, layout, Actors(spec), name)
    if spec.obs_size != layout.size:
        raise SkyrallyError(f"{name}: the network reads {spec.obs_size} numbers, its layout has {layout.size}")
    actors = Actors(spec)
    try:
        actors.load_state_dict(load_file(folder / WEIGHTS))
    except (OSError, SafetensorError, RuntimeError) as error:
        first = str(error).strip().splitlines()[0]
        raise SkyrallyError(f"{name}: {folder / WEIGHTS} cannot be read ({first}); it is missing, broken or of another network") from None
    table = manifest.get("choices")
    choices = Choices(np.array(table["rows"]), mode=table["mode"]) if table else None
    return NetworkAgent(
        name, actors.eval(), manifest["view"], manifest["action_mode"], manifest.get("provenance"), choices, manifest.get("hold", 1)
    )


TRAINED_PATHS = ("run", "file")  # kinds of specs that name a place on disk
ZOO = Path(__file__).parent.parent / "zoo"


def zoo_names() -> list[str]:
    """The trained agents that come with the package."""
    return sorted(path.parent.name for path in ZOO.glob(f"*/{MANIFEST}"))


def from_zoo(name: str, scenario: Scenario) -> Agent:
    """A trained agent of the package."""
    return load_agent(zoo_folder(name), scenario, f"zoo:{name}")


def from_run(directory: str, scenario: Scenario) -> Agent:
    """The best agent of a training run so far, or its last one while none has been judged."""
    return load_agent(run_folder(directory), scenario, f"run:{directory}")


def from_file(path: str, scenario: Scenario) -> Agent:
    """A folder with agent.safetensors and agent.json, or the path of either."""
    return load_agent(file_folder(path), scenario, f"file:{path}")


def zoo_folder(name: str) -> Path:
    """Where a trained agent of the package lies."""
    if name not in zoo_names():
        raise unknown("trained agent", name, zoo_names() or ["none yet"])
    return ZOO / name


def run_folder(directory: str) -> Path:
    """The checkpoint of a run that plays."""
    root = Path(directory)
    if not root.is_dir():
        raise SkyrallyError(f"run:{directory}: there is no folder {root}; expected the folder of a training run")
    kept = root / "checkpoints"
    best = [kept / (kept / BEST).read_text().strip()] if (kept / BEST).exists() else []
    for folder in (*best, *sorted(kept.glob("[0-9]*"), reverse=True)):
        if (folder / MANIFEST).exists():
            return folder
    if (root / "config.yaml").exists():
        raise SkyrallyError(f"run:{directory} has no checkpoint yet; wait a minute, or `skyrally resume {root}` if it was stopped")
    raise SkyrallyError(f"run:{directory}: {root} is no run's folder: it has neither config.yaml nor checkpoints")


def file_folder(path: str) -> Path:
    given = Path(path)
    return given.parent if given.name in (WEIGHTS, MANIFEST) else given


TRAINED = {"zoo": from_zoo, "run": from_run, "file": from_file}
FOLDERS = {"zoo": zoo_folder, "run": run_folder, "file": file_folder}
