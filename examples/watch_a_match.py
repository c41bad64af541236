"""Plays one 3v3 match of the scripted team against hovering drones and writes it as a replay: python examples/watch_a_match.py"""

from skyrally.render import open_sink
from skyrally.tournament.live import MatchSource
from skyrally.tournament.match import Format

source = MatchSource("volleyball-3v3", "scripted:rally", "hover", form=Format(points=3), seed=0)
with open_sink("example.replay", source.stage, force=True) as sink:
    while (frame := source.read()) is not None:
        sink.write(frame)
print(f"{len(source.rows)} rallies, score {source.rows[-1].score}; look at it with: skyrally replay example.replay")
