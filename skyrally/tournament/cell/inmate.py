"""The process of an isolated entrant: takes its orders from the socket that is its standard input, confines itself, then runs the code.

Whatever this process sends is checked on the other side: its code may have rewritten all of this.
"""

from __future__ import annotations

import json
import os
import socket
import sys
from typing import Any

from . import wire
from .confine import confine, die_with_parent


def main() -> None:
    """Until the other side hangs up."""
    die_with_parent()
    line = socket.socket(fileno=os.dup(0))
    with open(os.devnull, "r+") as nothing:
        os.dup2(nothing.fileno(), 0)
    order = json.loads(wire.receive(line, {wire.START: 1 << 20})[1])
    sys.path.extend(place for place in order["path"] if place not in sys.path)
    agent = _guarded(line, lambda: _made(order, line))
    if agent is None:
        return
    rows, width = order["rows"], order["widths"][agent.view]
    while True:
        data = wire.receive(line, {wire.ACT: rows * (1 + 4 * width)})[1]
        actions = _guarded(line, lambda data=data: _acted(agent, data, rows, width))
        if actions is not None:
            wire.send(line, wire.ACT, actions)


def _made(order: dict[str, Any], line: socket.socket) -> Any:
    """The agent, with memory for its rows; greets the other side."""
    import numpy as np

    from ...agents.spec import find_agent
    from ...scenarios.registry import find

    scenario = find(order["scenario"])
    standing = confine(order["memory"], order["readable"], os.getcwd())
    agent = find_agent(order["spec"], scenario, order["seed"])
    size = int(agent.memory_size)
    agent.view = str(agent.view or scenario.default_view)
    agent.kept = np.zeros((order["rows"], size), np.float32)  # type: ignore[attr-defined]
    agent.first_row = order["first_row"]
    greeting = {"view": agent.view, "action_mode": str(agent.action_mode), "walls": standing}
    wire.send(line, wire.HELLO, json.dumps(greeting).encode())
    return agent


def _acted(agent: Any, data: bytes, rows: int, width: int) -> bytes:
    import numpy as np

    fresh = np.frombuffer(data, np.uint8, rows).astype(bool)
    obs = np.frombuffer(data, np.float32, rows * width, rows).reshape(rows, width).copy()
    agent.kept[fresh] = 0.0
    out = np.full((rows, 4), np.nan, np.float32)
    agent.act(obs, agent.kept, out)
    return out.tobytes()


def _guarded(line: socket.socket, call: Any) -> Any:
    """What the call gives; None, and a word to the other side, if it raises anything at all."""
    try:
        return call()
    except wire.Broken:
        raise
    except BaseException as error:  # also SystemExit
        wire.send(line, wire.FAULT, _described(error)[: wire.TEXT].encode(errors="replace"))
        return None


def _described(error: BaseException) -> str:
    try:
        return f"{type(error).__name__}: {error}"
    except BaseException:  # an exception may raise when it is asked what it is
        return f"{type(error).__name__}, which cannot be printed"


if __name__ == "__main__":
    try:
        main()
    except wire.Broken:
        os._exit(0)
