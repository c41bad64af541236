"""A learned commander: a network chooses tactics, and the rules make the orders of them.

A captain is asked when any commander is. It sees the team as a whole (view `captain`) and answers with one number in [-1, 1] for each
of `CHOICES`: 0 is what the rules have, -1 and 1 are the ends of the range, linear between. So a network of zeros plays as the rules do, and
a random one still plays. All mates compute the same: the view is made of what all of them see, in one order.

| field of the view | what |
| --- | --- |
| ball, ball_velocity | m, m/s |
| moment | one of serve, first touch, later touch, attack or return, nobody's |
| touches, serving | of this possession; 1 while the own team serves |
| meeting, meeting_time | m, s: where and when the rules would meet the ball; zeros if they would not |
| ours | position, velocity and touch of each player, whoever the rules would have hit first, then by number |
| theirs | position and velocity of each opponent |
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import SkyrallyError
from ..physics.vec import fn
from ..scenarios.scenario import BALL, FOES, OURS, Field, Layout, Scenario
from ..scenarios.volleyball_views import TEAM
from .agent import Agent
from .ballistics import flight, time_to_fall_in_air
from .commander import TACTICS, goes_over, next_hit
from .hierarchy import COMMAND_MODE, VIEW, Hierarchy, Rowed, Rules, crew
from .mixture import Mixture
from .orders import SKILLS
from .policy import CAPTAINS as MODE
from .policy import load_network, read_manifest
from .roles import playable
from .team import FOE_SIZE, ball_motion, has_touched, identity, place_of, speed_of

CAPTAIN = "captain"
MOMENTS = ("serve", "first", "later", "over", "none")
RANGES = "choices_of_tactics"  # key of manifests
Ranges = dict[str, tuple[float, float, float]]  # tactic -> what -1, 0 and 1 mean
CHOICES: dict[str, tuple[float, float]] = {  # tactic -> its least and largest; what the rules have lies between
    "soonest": (0.85, 1.4),
    "attack_height": (3.0, 3.7),
    "aim_deep": (-4.0, 4.0),
    "aim_side": (-4.0, 4.0),
    "early": (0.0, 1.0),
    "return_apex": (3.4, 5.2),
    "pass_apex": (3.8, 5.6),
    "set_apex": (5.2, 7.2),
    "set_depth": (0.26, 0.5),
    "attack_depth": (0.26, 0.5),
    "serve_depth": (0.6, 0.92),
    "block": (0.0, 1.0),
    "home_depth": (0.4, 0.62),
    "home_back": (0.62, 0.84),
}


def captain_layout(scenario: Scenario) -> Layout:
    """The view of the captain of a team."""
    n = scenario.drones // 2
    fields = [
        Field("ball", 3, "m", TEAM, shows=(BALL,)),
        Field("ball_velocity", 3, "m/s", TEAM, shows=(BALL,)),
        Field("moment", len(MOMENTS), "0 or 1", "-", 0.0, 1.0),
        Field("touches", 1, "-", "this possession", 0.0, 6.0),
        Field("serving", 1, "0 or 1", "-", 0.0, 1.0),
        Field("meeting", 3, "m", TEAM),
        Field("meeting_time", 1, "s", "-"),
        Field("ours", 7 * n, "m, m/s, 0 or 1", "position, velocity, touched; who hits first, then by number", shows=(OURS,)),
        Field("theirs", FOE_SIZE * n, "m, m/s", "position, velocity", shows=(FOES,)),
    ]
    return Layout(CAPTAIN, fields)


@fn
def captain_row(o, at, n, memory, out):
    """Writes the view `captain` from one drone's row of the view `match`."""
    me, hitter = identity(o, at, n), -1
    for k in range(17):
        out[k] = 0.0
    for k in range(3):
        out[k], out[3 + k] = o[at.ball + k], o[at.ball_velocity + k]
    ball, vel = ball_motion(o, at)
    drag, moment = o[at.ball_constants + 1], 4
    if o[at.serving] > 0.5:
        moment = 0
    elif playable(o, at, ball, vel):
        hitter, height, _ = next_hit(o, at, n, me, ball, vel)
        if hitter >= 0:
            t = time_to_fall_in_air(ball, vel, drag, height)
            meet, _ = flight(ball, vel, drag, t)
            out[13], out[14], out[15], out[16] = meet[0], meet[1], meet[2], t
            moment = 3 if goes_over(o, at, n, me) else (1 if o[at.our_touches] < 0.5 else 2)
    out[6 + moment] = 1.0
    out[11], out[12] = o[at.our_touches], o[at.serving]
    first = max(hitter, 0)
    for j in range(n):
        _write_player(o, at, me, first if j == 0 else (j - 1 if j <= first else j), out, 17 + 7 * j)
    for k in range(FOE_SIZE * n):
        out[17 + 7 * n + k] = o[at.foes + k]


@fn
def _write_player(o, at, me, k, out, place):
    pos, vel = place_of(o, at, me, k), speed_of(o, at, me, k)
    for i in range(3):
        out[place + i] = pos[i]
        out[place + 3 + i] = vel[i]
    out[place + 6] = 1.0 if has_touched(o, at, me, k) else 0.0


class Sight(Rowed):
    """Makes rows of the view `captain` of rows of the view `match`."""

    def __init__(self, scenario: Scenario, tactics: Mapping[str, float]):
        self.size = captain_layout(scenario).size
        super().__init__("captain's view", scenario, "captain:captain_row", orders=False, tactics=tactics)

    def see(self, obs: np.ndarray) -> np.ndarray:
        """[B, F] of rows [B, O] of the view `match`."""
        out = np.zeros((len(obs), self.size), np.float32)
        self.act(np.ascontiguousarray(obs), np.zeros((len(obs), 0), np.float32), out)
        return out


def ranges_of(tactics: Mapping[str, float]) -> Ranges:
    """What answers of -1, 0 and 1 mean, around these tactics."""
    return {name: (low, tactics[name], high) for name, (low, high) in CHOICES.items()}


def chosen(answers: np.ndarray, ranges: Ranges) -> dict[str, np.ndarray]:
    """Tactic -> [B] from answers [B, A] in [-1, 1]."""
    found = {}
    for k, (name, (low, rule, high)) in enumerate(ranges.items()):
        answer = np.clip(answers[:, k].astype(float), -1.0, 1.0)
        found[name] = rule + np.where(answer < 0.0, answer * (rule - low), answer * (high - rule))
    return found


class Voice(Agent):
    """Gives orders by the rules, with the tactics of `answers` [B, A], which whoever trains a captain sets."""

    view, action_mode = VIEW, COMMAND_MODE

    def __init__(self, scenario: Scenario, tactics: Mapping[str, float], ranges: Ranges | None = None):
        """tactics: of the rules. ranges: what answers mean; None: around these tactics."""
        self.name, self._ranges, self._rules = CAPTAIN, ranges or ranges_of(tactics), Rules(scenario, tactics)
        self.answers = np.zeros((0, len(self._ranges)), np.float32)

    def act(self, obs: np.ndarray, memory: np.ndarray, out: np.ndarray) -> None:
        self._rules.give(obs, chosen(self.answers, self._ranges), out)


class Captain(Voice):
    """A trained network (an agent of the view `captain` and the action mode `tactics`) as a commander."""

    def __init__(self, network: Agent, scenario: Scenario, tactics: Mapping[str, float], ranges: Ranges):
        super().__init__(scenario, tactics, ranges)
        self.name, self.network, self.memory_size = network.name, network, network.memory_size
        self._sight = Sight(scenario, tactics)

    def act(self, obs: np.ndarray, memory: np.ndarray, out: np.ndarray) -> None:
        self.answers = np.zeros((len(obs), len(self._ranges)), np.float32)
        self.network.first_row = self.first_row
        self.network.act(self._sight.see(obs), memory, self.answers)
        super().act(obs, memory, out)


class Still(Agent):
    """The rules as a captain: answers with zeros."""

    name, view, action_mode = "the rules", CAPTAIN, MODE

    def act(self, obs: np.ndarray, memory: np.ndarray, out: np.ndarray) -> None:
        out[:] = 0.0


def told_of(every: int) -> dict[str, Any]:
    """What a captain's manifest has besides a network's: what its answers mean, and when it is asked."""
    return {RANGES: {name: list(row) for name, row in ranges_of(TACTICS).items()}, "every": every}


def read_ranges(manifest: Mapping[str, Any], name: str) -> Ranges:
    """What a captain's answers meant when it was trained. SkyrallyError when they mean nothing to this version."""
    there = manifest.get(RANGES)
    try:
        found = {key: (float(row[0]), float(row[1]), float(row[2])) for key, row in there.items()}  # type: ignore[union-attr]
    except (AttributeError, TypeError, ValueError, IndexError):
        raise SkyrallyError(
            f"{name}: its manifest does not say what its answers mean ({RANGES}); it was written by another version"
        ) from None
    strange = [key for key in found if key not in TACTICS]
    if strange or len(found) != manifest["network"]["action_size"]:
        raise SkyrallyError(f"{name} answers with {', '.join(found)}; known tactics: {', '.join(TACTICS)}")
    return found


def of_captains(scenario: Scenario) -> Scenario:
    """A match as captains play it: one for red, one for blue. SkyrallyError for what is no match."""
    if scenario.family != "match":
        raise SkyrallyError(f"{scenario.name} is no match; captains lead teams in volleyball-1v1, -2v2, -3v3 and -6v6")
    return replace(scenario, agents=("red", "blue"), teams=(0, 1), views={CAPTAIN: captain_layout(scenario)}, action_modes=(MODE,))


def load_captain(folder: Path, scenario: Scenario, name: str, tactics: Mapping[str, float]) -> Captain:
    """The captain of a folder with weights and manifest, as a commander. SkyrallyError when it does not fit the scenario."""
    ranges = read_ranges(read_manifest(folder, name), name)
    return Captain(load_network(folder, of_captains(scenario), name), scenario, tactics, ranges)


def captain_team(folder: Path, scenario: Scenario, name: str, every: int) -> Hierarchy:
    """A captain over the scripted skills: what `run:DIR` of a captain plays."""
    commander = load_captain(folder, scenario, name, TACTICS)
    return Hierarchy(name, scenario, commander, dict.fromkeys(SKILLS, crew(scenario, TACTICS)), every)


def as_captain(agent: Agent) -> Agent:
    """What captains meet for an agent that plays matches: its network, `Still` for the team of rules, of populations theirs.

    SkyrallyError for others.
    """
    if isinstance(agent, Hierarchy) and isinstance(agent.commander, Captain):
        return agent.commander.network
    if isinstance(agent, Hierarchy) and isinstance(agent.commander, Rules):
        return Still()
    if isinstance(agent, Mixture):
        return Mixture(agent.name, [as_captain(member) for member in agent.members], agent.weights, agent.draw)
    raise SkyrallyError(f"{agent.name} is no captain: captains learn against runs of captains and scripted:team; set rival= to others")
