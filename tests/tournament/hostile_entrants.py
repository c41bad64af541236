"""Entrants that one would not like to meet, each by the name of what it does. `SAYS`: what its fault must say; None: it may do that."""

import contextlib
import ctypes
import os
import resource
import signal
import socket
import subprocess
import sys
import threading
import time

import numpy as np

from skyrally.agents.agent import Agent

SAYS: dict[str, str | None] = {}


def entrant(says):
    """Makes an entrant of a function (agent, obs, memory, out)."""

    def make(function):
        SAYS[function.__name__] = says
        made = type(function.__name__, (Agent,), {"name": function.__name__, "act": function, "action_mode": "rotor"})
        return lambda scenario: made()

    return make


def maker(says):
    """Registers a function (scenario) that makes an entrant, or does not."""

    def keep(function):
        SAYS[function.__name__] = says
        return function

    return keep


class Idle(Agent):
    name, action_mode = "idle", "rotor"

    def act(self, obs, memory, out):
        out[:] = 0.0


@maker("RuntimeError: not today")
def raises_when_made(scenario):
    raise RuntimeError("not today")


@entrant("ZeroDivisionError")
def raises_when_acting(agent, obs, memory, out):
    1 / 0  # noqa: B018


@entrant("not finite")
def plays_nan(agent, obs, memory, out):
    out[:] = np.nan


@entrant("not finite")
def plays_infinity(agent, obs, memory, out):
    out[:] = np.inf


@entrant("ValueError: could not broadcast")
def wrong_shape(agent, obs, memory, out):
    out[:] = np.zeros((len(out) + 1, 7))


@entrant("ValueError: could not convert")
def wrong_dtype(agent, obs, memory, out):
    out[:] = "up"


@entrant("not finite")
def writes_nothing(agent, obs, memory, out):
    return np.zeros_like(out)


@entrant("no answer within")
def hangs(agent, obs, memory, out):
    while True:
        pass


@maker("no answer within")
def hangs_when_made(scenario):
    while True:
        time.sleep(1)


@entrant("no answer within")
def is_slow(agent, obs, memory, out):
    time.sleep(2.5)
    out[:] = 0.0


@entrant("MemoryError")
def takes_all_memory(agent, obs, memory, out):
    agent.hoard = [np.ones(1 << 27) for _ in range(64)]


@entrant("MemoryError")
def grows(agent, obs, memory, out):
    agent.hoard = [*getattr(agent, "hoard", []), np.ones(1 << 25)]
    out[:] = 0.0


@entrant("status 7")
def exits_at_once(agent, obs, memory, out):
    os._exit(7)


@entrant("SIGSEGV")
def segfaults(agent, obs, memory, out):
    ctypes.string_at(0)


@entrant("SystemExit")
def exits(agent, obs, memory, out):
    sys.exit(3)


@entrant("ended by SIG")
def aborts(agent, obs, memory, out):
    os.abort()


@entrant("KeyboardInterrupt")
def interrupts(agent, obs, memory, out):
    raise KeyboardInterrupt


@entrant(None)
def prints_megabytes(agent, obs, memory, out):
    print("x" * 1_000_000)
    os.write(2, b"y" * 1_000_000)
    out[:] = 0.0


@entrant("its process ended")
def closes_its_files(agent, obs, memory, out):
    os.closerange(0, 1000)
    out[:] = 0.0


@entrant("can't start new thread")
def starts_threads(agent, obs, memory, out):
    for _ in range(20):
        threading.Thread(target=time.sleep, args=(60.0,), daemon=True).start()
    out[:] = 0.0


@entrant("PermissionError")
def forks(agent, obs, memory, out):
    while True:
        os.fork()


@entrant("PermissionError")
def runs_a_program(agent, obs, memory, out):
    subprocess.run(["sh", "-c", "sleep 1000 &"], check=True)


@entrant(None)
def changes_directory(agent, obs, memory, out):
    os.chdir("/")
    out[:] = 0.0


@entrant(None)
def writes_into_its_inputs(agent, obs, memory, out):
    obs[:], memory[:], out[:] = np.nan, np.nan, 0.0


@entrant("RecursionError")
def recurses(agent, obs, memory, out):
    agent.act(obs, memory, out)


@maker("ModuleNotFoundError")
def imports_what_is_not_there(scenario):
    import no_such_module_anywhere  # noqa: F401


@entrant("cannot be printed")
def raises_what_cannot_be_printed(agent, obs, memory, out):
    class Shy(Exception):
        def __str__(self):
            raise Shy

        __repr__ = __str__

    raise Shy


@maker("gave a int")
def is_no_agent(scenario):
    return 7


@maker("does not serve")
def wants_another_view(scenario):
    agent = Idle()
    agent.view = "everything"
    return agent


@maker("does not serve")
def wants_another_action_mode(scenario):
    agent = Idle()
    agent.action_mode = "teleport"
    return agent


@maker("MemoryError")
def wants_a_huge_memory(scenario):
    agent = Idle()
    agent.memory_size = 1 << 30
    return agent


@entrant("PermissionError")
def reads_what_is_not_its_own(agent, obs, memory, out):
    os.listdir("/root" if os.getuid() == 0 else os.path.expanduser("~" + str(os.getuid())))
    open("/etc/passwd").close()


@entrant("PermissionError")
def writes_outside(agent, obs, memory, out):
    with open(__file__, "a") as file:
        file.write("# was here\n")


@entrant("PermissionError")
def kills_its_parent(agent, obs, memory, out):
    os.kill(os.getppid(), signal.SIGKILL)


@entrant("PermissionError")
def calls_home(agent, obs, memory, out):
    socket.socket().connect(("127.0.0.1", 9))


@entrant("ValueError")
def lifts_its_limits(agent, obs, memory, out):
    resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


@entrant("nobody asked for")
def speaks_out_of_turn(agent, obs, memory, out):
    for handle in range(3, 64):
        with contextlib.suppress(OSError):
            os.write(handle, b"Z" + (1 << 30).to_bytes(4, "little") + b"junk")


@entrant("no answer within")
def stops_itself(agent, obs, memory, out):
    signal.raise_signal(signal.SIGSTOP)
