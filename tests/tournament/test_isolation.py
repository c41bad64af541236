"""Hostile entrants, one by one: each fault has its name, nothing gets out of the process, and nothing is left of it."""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path
from time import monotonic

import hostile_entrants
import numpy as np
import pytest

from skyrally.scenarios.registry import find
from skyrally.tournament.cell import wire
from skyrally.tournament.cell.confine import offered
from skyrally.tournament.cell.isolation import IsolatedAgent, Limits

FILE = Path(hostile_entrants.__file__)
LIMITS = Limits(action=2.0, start=20.0, memory=512)
SPECIAL = {"hangs_when_made": Limits(action=2.0, start=6.0, memory=512), "grows": Limits(action=30.0, start=20.0, memory=512)}
HARMLESS = [name for name, says in hostile_entrants.SAYS.items() if says is None]
WALLED = pytest.mark.skipif(sys.platform != "linux" or offered() < 6, reason="the walls need Linux 6.12 with Landlock")


def met(name, file=FILE, limits=LIMITS, steps=14):
    """The agent after some steps, and what it played in the last one."""
    scenario = find("volleyball-1v1")
    agent = IsolatedAgent(f"{file}:{name}", scenario, 2, limits)
    view = scenario.views[agent.view]
    obs, memory, out = np.zeros((2, view.size), np.float32), np.zeros((2, 1), np.float32), np.zeros((2, 4), np.float32)
    for _ in range(steps):
        agent.act(obs, memory, out)
    agent.close()
    return agent, out


@pytest.mark.slow
@WALLED
@pytest.mark.parametrize("name", hostile_entrants.SAYS)
def test_every_fault_has_its_name(name):
    before = FILE.read_bytes()
    agent, out = met(name, limits=SPECIAL.get(name, LIMITS))
    says = hostile_entrants.SAYS[name]
    if says is None:
        assert not agent.faults
        assert np.isfinite(out).all()
    else:
        assert says in next(iter(agent.faults))
    assert not agent._folder.exists()
    assert FILE.read_bytes() == before
    with pytest.raises(ProcessLookupError):
        os.killpg(agent._process.pid, 0)


@pytest.mark.parametrize("name", ["raises_when_acting", "exits_at_once", "plays_nan", "wrong_shape"])
def test_a_fault_loses_what_is_played(name):
    agent, out = met(name, steps=3)
    assert hostile_entrants.SAYS[name] in next(iter(agent.faults))
    assert bool(agent.dead) == (name == "exits_at_once")
    assert sum(agent.faults.values()) == (1 if agent.dead else 3)
    assert np.isnan(out).all() or name == "plays_infinity"


def test_a_hang_ends_in_time():
    begun = monotonic()
    agent, _ = met("hangs", limits=Limits(action=0.3, start=30.0), steps=50)
    assert "within 0.3 s" in agent.dead
    assert monotonic() - begun < 20.0


@pytest.mark.parametrize(("text", "says"), [("def f(:", "SyntaxError"), ("import os; os._exit(0)", "status 0"), ("x = 1", "no attribute")])
def test_files_that_are_no_entrants(text, says, tmp_path):
    (tmp_path / "odd_entrant.py").write_text(text)
    agent, out = met("make", tmp_path / "odd_entrant.py", steps=1)
    assert says in agent.dead
    assert np.isnan(out).all()


def test_memory_of_a_row_is_emptied_when_its_episode_begins(tmp_path):
    text = """
from skyrally.agents.agent import Agent
class Counts(Agent):
    name, memory_size = "counts", 1
    def act(self, obs, memory, out):
        memory += 1.0
        out[:] = memory / 100
"""
    (tmp_path / "counting_entrant.py").write_text(text + "make = lambda scenario: Counts()\n")
    scenario = find("volleyball-1v1")
    agent = IsolatedAgent(f"{tmp_path / 'counting_entrant.py'}:make", scenario, 2, LIMITS)
    obs, memory = np.zeros((2, scenario.views[agent.view].size), np.float32), np.zeros((2, 1), np.float32)
    out = np.zeros((2, 4), np.float32)
    agent.act(obs, memory, out)
    memory[1] = 0.0
    agent.act(obs, memory, out)
    agent.close()
    assert out[:, 0].tolist() == pytest.approx([0.02, 0.01])


def test_frames_that_are_too_long_or_late_are_not_taken():
    ours, theirs = socket.socketpair()
    wire.send(theirs, wire.ACT, b"12345")
    with pytest.raises(wire.Broken, match="nobody asked"):
        wire.receive(ours, {wire.ACT: 4})
    with pytest.raises(wire.Late):
        wire.receive(ours, {wire.ACT: 5}, monotonic() - 1.0)
    theirs.close()
    ours.recv(100)
    with pytest.raises(wire.Broken):
        wire.receive(ours, {wire.ACT: 5}, monotonic() + 1.0)
