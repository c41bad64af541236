"""A batch of matches as a batch of captains (agents/captain.py): their actions are tactics, a step lasts until somebody is asked again.

So a step is a decision of a semi-Markov process (Sutton, Precup and Singh 1999). It pays r = sum_i gamma^i r_i over its control steps
i = 0 .. tau - 1 (of a team the mean over its drones) and tells tau, so that learners discount what follows by gamma^tau. Captains are
asked where commanders are: at a rally's beginning, at hits, at missed hits, and after `every` steps. A world that has come to a decision
stands still until all have; who was not asked there is marked as not taking part (`alive`), and what it answers is not heard.

With a `rival`, an agent that plays matches, there is one captain per world: of red in the first half of the worlds, of blue in the others.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from ..agents.agent import Agent
from ..agents.captain import CAPTAIN, CHOICES, MODE, Sight, Voice, of_captains
from ..agents.commander import TACTICS
from ..agents.hierarchy import VIEW, Hierarchy, crew
from ..agents.orders import SKILLS
from ..agents.spec import find_agent
from ..envs.batch import BatchEnv
from ..envs.step import Step
from ..errors import SkyrallyError
from ..scenarios.scenario import Scenario
from .ppo import PPOConfig

PLACE = ("every", "rival")  # of runs of captains: keys beside view, action_mode and discrete


class MacroEnv:
    """What BatchEnv gives to collectors and learners, of W matches with C captains each (2; with a rival 1).

    Letters: W worlds, C captains, n drones of a team, F numbers of the view `captain`, M memory of a team's player.
    """

    action_mode, action_size, semi_markov = MODE, len(CHOICES), True
    masked = False  # captains are told of their matches by fields of their own

    def __init__(self, match: BatchEnv, gamma: float, every: int = 0, rival: Agent | None = None):
        """match: the worlds; gamma: discount per control step. SkyrallyError for what is no match, or with disturbances."""
        self.scenario = of_captains(match.scenario)
        if match._rigging is not None:
            raise SkyrallyError(
                "captains are trained without disturbances (worlds that wait would lose what is on its way); leave disturb out"
            )
        self.match, self.gamma, self.every, self.rival = match, gamma, every, rival
        self.layout = self.scenario.views[CAPTAIN]
        self.num_worlds, self.seed = match.num_worlds, match.seed
        self.num_drones = 2 if rival is None else 1
        self.agents = ("red", "blue")[: self.num_drones]
        self.scenario = replace(self.scenario, agents=self.agents, teams=(0, 1)[: self.num_drones])
        w, n = match.num_worlds, match.num_drones // 2
        self._side = np.zeros((w, self.num_drones), int)  # the team that each captain leads
        self._side[:, -1] = 1 if rival is None else np.arange(w) >= (w + 1) // 2
        self._voice = Voice(match.scenario, TACTICS)
        self.team = Hierarchy(CAPTAIN, match.scenario, self._voice, dict.fromkeys(SKILLS, crew(match.scenario, TACTICS)), every)
        self._sight = Sight(match.scenario, TACTICS)
        self._memory = np.zeros((w, self.num_drones, n, self.team.memory_size), np.float32)
        self._rival_memory = np.zeros((w, n, rival.memory_size if rival else 0), np.float32)
        self._seat_players()
        self.alive = np.ones((w, self.num_drones), np.int32)  # 1: the captain is asked now
        self._obs = np.zeros((0, 0, 0), np.float32)

    def _seat_players(self) -> None:
        """Every drone gets the view and action mode of who flies it."""
        self.match.assign(view=VIEW, action_mode=self.team.action_mode)
        if self.rival is not None:
            view = self.rival.view or self.match.scenario.default_view
            self._rival_size = self.match.views[view].size
            for side in (0, 1):
                self.match.assign(team=side, view=view, action_mode=self.rival.action_mode, mask=self._side[:, 0] != side)

    # -- what is the matches' ------------------------------------------------------------------------------------------

    def __getattr__(self, name: str) -> Any:
        """worlds, params, seats, terms, returns, players, options and so on are the matches' own."""
        if name == "match":
            raise AttributeError(name)
        return getattr(self.match, name)

    def assign(self, **seat: Any) -> None:
        """Nothing: captains have one view and one action mode."""

    def snapshot(self) -> np.ndarray:
        """[W] the worlds, the players' memories, and who is asked."""
        parts = {"worlds": self.match.snapshot(), "memory": self._memory, "rival": self._rival_memory, "asked": self.alive}
        kind = np.dtype([(name, part.dtype, part.shape[1:]) for name, part in parts.items()])
        out = np.zeros(self.num_worlds, kind)
        for name, part in parts.items():
            out[name] = part
        return out

    def restore(self, worlds: np.ndarray, mask: Any = None) -> np.ndarray:
        """As BatchEnv's, of what `snapshot` gave."""
        rows = np.ones(self.num_worlds, bool) if mask is None else np.asarray(mask, bool)
        self._memory[rows], self._rival_memory[rows] = worlds["memory"][rows], worlds["rival"][rows]
        self.alive[rows] = worlds["asked"][rows]
        self._obs = self.match.restore(np.ascontiguousarray(worlds["worlds"]), mask).copy()
        return self._seen(np.ones(self.num_worlds, bool), None)

    # -- stepping ------------------------------------------------------------------------------------------------------

    def reset(self, mask: Any = None, seeds: Any = None, out: Any = None) -> np.ndarray:
        """As BatchEnv's: what captains see, [W, C, F]."""
        rows = np.ones(self.num_worlds, bool) if mask is None else np.asarray(mask, bool)
        self._obs = self.match.reset(mask, seeds)
        self._memory[rows], self._rival_memory[rows] = 0.0, 0.0
        self.alive[rows] = self._asked(np.flatnonzero(rows))
        return self._seen(rows, out)

    def observe(self, out: Any = None) -> np.ndarray:
        """[W, C, F] what captains see of the worlds as they are."""
        self._obs = self.match.observe()
        return self._seen(np.ones(self.num_worlds, bool), out)

    def buffers(self) -> Step:
        """Fresh memory for `step(out=...)`."""
        w, c = self.num_worlds, self.num_drones
        obs, reward = np.zeros((w, c, self.layout.size), np.float32), np.zeros((w, c), np.float32)
        return Step(obs, reward, np.zeros(w, bool), np.zeros(w, bool), self.alive, np.zeros(w, np.float32))

    def step(self, actions: Any, out: Step | None = None) -> Step:
        """Plays with the tactics [W, C, A] until in every world a captain is asked, or the rally is over."""
        shape, given = (self.num_worlds, self.num_drones, self.action_size), np.asarray(actions, np.float32)
        if given.shape != shape:
            raise SkyrallyError(f"tactics have shape {given.shape}; expected (worlds, captains, tactics) = {shape}")
        out = out or self.buffers()
        self._command(given)
        reward, lasted = np.zeros(shape[:2]), np.zeros(self.num_worlds)
        out.terminated[:], out.truncated[:] = self.worlds["terminated"] != 0, self.worlds["truncated"] != 0
        playing = ~(out.terminated | out.truncated)
        while playing.any():
            rows = np.flatnonzero(playing)
            step = self.match.step(self._flown(rows))
            self._obs = step.obs
            reward[rows] += self.gamma ** lasted[rows, None] * self._paid(step.reward)[rows]
            lasted[rows] += 1.0
            self.alive[rows] = self._asked(rows)
            out.terminated[rows], out.truncated[rows] = step.terminated[rows], step.truncated[rows]
            playing[rows] = ~step.done[rows] & (self.alive[rows] == 0).all(axis=1)
            self.worlds["truncated"][~playing & ~out.terminated] = 1  # they stand still until all have come to a decision
        self.worlds["truncated"] = out.truncated
        out.reward[:] = reward
        if out.lasted is not None:
            out.lasted[:] = lasted
        self._seen(np.ones(self.num_worlds, bool), out.obs)
        return out

    def _command(self, answers: np.ndarray) -> None:
        """Captains that are asked give their teams orders."""
        asked = self.alive == 1
        if asked.any():
            n = self._memory.shape[2]
            memory = self._memory[asked].reshape(-1, self._memory.shape[3])
            self._voice.answers = answers[asked].repeat(n, axis=0)
            self.team.command(self._rows(np.arange(self.num_worlds))[asked].reshape(len(memory), -1), memory, np.arange(len(memory)))
            self._memory[asked] = memory.reshape(-1, n, memory.shape[1])

    def _rows(self, worlds: np.ndarray) -> np.ndarray:
        """[V, C, n, O] what the captains' drones see in these worlds."""
        obs = self._obs.reshape(self.num_worlds, 2, -1, self._obs.shape[2])
        return obs[worlds[:, None], self._side[worlds]][..., : self.match.views[VIEW].size]

    def _asked(self, worlds: np.ndarray) -> np.ndarray:
        """[V, C] whether something has happened in these worlds, so that the captain is asked. Once per step."""
        rows, memory = self._rows(worlds), self._memory[worlds]
        flat = memory.reshape(-1, memory.shape[3])
        due = self.team.asked(rows.reshape(len(flat), -1), flat).reshape(memory.shape[:3])
        self._memory[worlds] = flat.reshape(memory.shape)
        return np.asarray(due.any(axis=2))

    def _flown(self, worlds: np.ndarray) -> np.ndarray:
        """[W, N, 4] what the drones of these worlds do; zeros elsewhere."""
        actions = np.zeros((self.num_worlds, self.match.num_drones, self.match.action_size), np.float32)
        sides = actions.reshape(self.num_worlds, 2, -1, actions.shape[2])
        rows, memory = self._rows(worlds), self._memory[worlds]
        flat, out = memory.reshape(-1, memory.shape[3]), np.zeros((rows[..., 0].size, actions.shape[2]), np.float32)
        self.team.play(rows.reshape(len(flat), -1), flat, out)
        self._memory[worlds] = flat.reshape(memory.shape)
        sides[worlds[:, None], self._side[worlds]] = out.reshape(*rows.shape[:3], -1)
        if self.rival is not None:
            self._fly_rival(worlds, sides)
        return actions

    def _fly_rival(self, worlds: np.ndarray, sides: np.ndarray) -> None:
        """Writes what the rival's drones do into sides [W, 2, n, 4]."""
        assert self.rival is not None
        theirs = 1 - self._side[worlds, 0]
        rows = self._obs.reshape(self.num_worlds, 2, -1, self._obs.shape[2])[worlds, theirs][..., : self._rival_size]
        kept, out = self._rival_memory[worlds], np.zeros((rows[..., 0].size, sides.shape[3]), np.float32)
        memory = kept.reshape(len(out), kept.shape[2])
        self.rival.act(np.ascontiguousarray(rows.reshape(len(out), -1)), memory, out)
        self._rival_memory[worlds] = memory.reshape(kept.shape)
        sides[worlds, theirs] = out.reshape(*kept.shape[:2], -1)

    def _paid(self, reward: np.ndarray) -> np.ndarray:
        """[W, C] the mean over a team's drones of what they are paid [W, N]."""
        teams = reward.reshape(self.num_worlds, 2, -1).mean(axis=2)
        return np.take_along_axis(teams, self._side, axis=1)

    def _seen(self, which: np.ndarray, out: Any) -> np.ndarray:
        """Writes what captains see in the worlds of `which` [W] into [W, C, F] (None: fresh memory)."""
        seen, worlds = self.buffers().obs if out is None else out, np.flatnonzero(which)
        first = self._rows(worlds)[:, :, 0]
        seen[worlds] = self._sight.see(first.reshape(-1, first.shape[2])).reshape(len(worlds), self.num_drones, -1)
        return seen


def gamma_of(learner: Any) -> float | None:
    """The discount of a configuration whose learner minds how long steps last, so that it may lead teams; None of others."""
    return learner.gamma if isinstance(learner, PPOConfig) else None


def worlds_for(scenario: Scenario, worlds: int, gamma: float | None, place: Mapping[str, Any], **options: Any) -> BatchEnv:
    """The worlds of a run: a BatchEnv, or with action_mode=tactics captains of matches (a MacroEnv, which stands for one).

    gamma: of the learner; None: it does not learn for captains. place: view, action_mode, discrete, and of captains every and rival.
    SkyrallyError for keys that do not go together.
    """
    plain = {name: value for name, value in place.items() if name not in PLACE}
    if place.get("action_mode") != MODE:
        strange = [name for name in PLACE if place.get(name) is not None]
        if strange:
            raise SkyrallyError(f"{strange[0]} is of captains; set action_mode={MODE} with it, or leave it out")
        return BatchEnv(scenario, worlds, **options, **plain)
    if gamma is None:
        raise SkyrallyError(f"action_mode={MODE} is learned by ppo, ippo, mappo, sp, fsp and psro; choose one of them")
    given = [name for name, value in plain.items() if value is not None and name != "action_mode"]
    if given:
        raise SkyrallyError(f"captains have one view and no choices; leave {given[0]} out")
    of_captains(scenario)
    rival = find_agent(place["rival"], scenario) if place.get("rival") else None
    env: Any = MacroEnv(BatchEnv(scenario, worlds, **options), gamma, int(place.get("every") or 0), rival)
    return env
