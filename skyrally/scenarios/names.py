"""The names of this package's scenarios, by family. Reading them imports no scenario."""

DRILLS = (  # one drone
    "hover",
    "goto",
    "back-and-forth",
    "hit-the-ball",
    "solo-bump",
    "juggle",
    "serve",
    "receive",
    "set",
    "attack",
    "return-ball",
    "block",
    "cover-mate",
)
PAIRS = ("bump-and-pass", "set-and-spike-easy", "set-and-spike-hard", "serve-receive")  # two drones
MATCHES = ("volleyball-1v1", "volleyball-2v2", "volleyball-3v3", "volleyball-6v6")
GAMES = ("matrix", "stag-hunt", "two-way-road")  # two players that are no drones
SWARMS = (  # any number of drones, or of points
    "flock",
    "kuramoto",
    "aggregate",
    "goal-swap",
    "formation",
    "cover-search",
    "pursuit",
    "payload",
    "resource",
    "comms-coverage",
    "foraging",
    "potential-field",
)
SCENARIO_NAMES = (*DRILLS, *PAIRS, *MATCHES, *GAMES, *SWARMS)
