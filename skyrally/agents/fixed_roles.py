"""The rule commander `fixed`: setter, attacker and receiver are drones 0, 1 and 2 of a team of three, each at posts of its own.

Roles, posts and targets are those of the published hierarchical team (reference 3.5), whose skills were trained for nothing else. Its
rules end after one exchange; here they begin anew with every hit of the opponents, and a ball that goes out is left alone.
Whose turn it is follows from what the row tells: receive, set and attack follow upon each other, and who has had its touch keeps its post.
"""

from __future__ import annotations

from ..errors import SkyrallyError
from ..physics.vec import fn
from ..scenarios.scenario import Scenario
from .hierarchy import COMMAND_MODE, Rowed
from .orders import AFTER_ATTACK, AFTER_RECEIVE, AFTER_SERVE, AFTER_SET, ATTACK, CLEAR, GOTO, NOWHERE, ORDER, RECEIVE, SERVE, SET, TARGET
from .roles import playable, whim
from .team import ball_motion, has_touched, identity

SETTER, ATTACKER, RECEIVER, NONE = 0, 1, 2, 3
SKILL, AFTER = (SET, ATTACK, RECEIVE), (AFTER_SET, AFTER_ATTACK, AFTER_RECEIVE)  # of each role
WAIT = ((2.0, -2.0, 1.8), (2.0, 1.5, 2.5), (4.5, 0.0, 1.5))  # m: where each waits for its touch
REST = ((2.0, -2.0, 1.0), (2.0, 0.0, 2.5), (4.5, 0.0, 1.5))  # m: and where it keeps after it
AIM = ((1.5, 1.5, 3.6), (-5.0, 2.0, 0.2), (1.5, -1.5, 2.2))  # m: where its touch sends the ball; attacks to this side or the other
SERVED_X, SERVED_Y = (-6.0, -4.2), (-2.0, 2.0)  # m: where serves land, on the ground


@fn
def fixed_row(o, at, n, memory, out):
    """Writes the order [ORDER] of one drone from its row of the view `match`."""
    me = identity(o, at, n)
    for k in range(ORDER):
        out[k] = 0.0
    out[CLEAR], out[CLEAR + 1] = NOWHERE, NOWHERE
    if o[at.serving] > 0.5:
        _serve(o, at, me, out)
        return
    turn = _turn(o, at, n, me)
    if me == turn:
        x, y, z = AIM[me]
        right = 1.0 if me != ATTACKER or whim(o, at, 1) < 0.5 else -1.0
        _tell(out, SKILL[me], (x, right * y, z))
    elif o[at.our_ball] > 0.5 and has_touched(o, at, me, me):
        _tell(out, AFTER[me], REST[me])
    else:
        _tell(out, GOTO, WAIT[me])


@fn
def _serve(o, at, me, out):
    """Orders until our serve has crossed the net."""
    if o[at.server] < 0.5:
        _tell(out, GOTO, WAIT[me])
    elif o[at.may_touch] > 0.5:
        x = SERVED_X[0] + (SERVED_X[1] - SERVED_X[0]) * whim(o, at, 2)
        y = SERVED_Y[0] + (SERVED_Y[1] - SERVED_Y[0]) * whim(o, at, 3)
        _tell(out, SERVE, (x, y, 0.0))
    else:
        _tell(out, AFTER_SERVE, REST[me])


@fn
def _turn(o, at, n, me):
    """The number of who plays the ball next; NONE while it is not coming, or after the attack."""
    ours = o[at.our_ball] > 0.5
    if not ours or o[at.our_touches] < 0.5:
        ball, vel = ball_motion(o, at)
        return RECEIVER if playable(o, at, ball, vel) else NONE
    if not has_touched(o, at, me, SETTER):
        return SETTER
    return NONE if has_touched(o, at, me, ATTACKER) else ATTACKER


@fn
def _tell(out, skill, place):
    out[0] = skill
    out[TARGET], out[TARGET + 1], out[TARGET + 2] = place


def fixed_roles(scenario: Scenario) -> Rowed:
    """The commander for a scenario. SkyrallyError unless its teams are of three."""
    if scenario.drones != 6:
        raise SkyrallyError(f"the commander 'fixed' leads a setter, an attacker and a receiver; {scenario.name} is not 3v3")
    agent = Rowed("fixed", scenario, "fixed_roles:fixed_row", orders=False, tactics={})
    agent.action_mode = COMMAND_MODE
    return agent
