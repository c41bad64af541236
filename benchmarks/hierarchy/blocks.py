"""What blocks come to in matches of 3v3, one JSON line per pair of teams, the table of docs/hierarchy.md.

    python benchmarks/hierarchy/blocks.py --write

plays rallies as cross_play.py does (`--rallies` on each side, `sport` rules, sides changed after each) and follows every order to
block of the team: whether the ball was touched, and what became of it. `--team`, `--opponents` and `--seed` say who else;
`--write` puts the lines into `blocks.jsonl` beside this file, those of other pairs kept.
"""

import argparse
import json
from collections import Counter
from pathlib import Path

import numpy as np
from cross_play import PER_MATCH, WORLDS, share

from skyrally.agents.orders import BLOCK
from skyrally.agents.spec import find_agent
from skyrally.physics.records import BODY, RACKET
from skyrally.scenarios.registry import find
from skyrally.tournament.match import Fixture, Format, MatchRunner

HERE = Path(__file__).parent
SCENARIO = "volleyball-3v3"
BLOCKERS = f"hierarchy:{HERE / 'blockers.yaml'}", "zoo:hierarchy, block: 1"  # the team, and its name in the lines


class Blocks:
    """Follows the blocks of agent 0 through a runner's rallies."""

    def __init__(self, runner: MatchRunner, agent):
        worlds = runner.env.num_worlds
        self.runner, self.part, self.n = runner, agent._parts[1], runner.env.num_drones // 2
        self.ordered = np.full(worlds, -1)  # who has the order to block
        self.touched = np.full(worlds, -1)  # crossings so far when a block touched the ball; -1: none is open
        self.tries = np.zeros(worlds, int)  # orders of this rally
        self.last, self.rallies, self.counts = np.full(worlds, "", object), [], Counter()

    def look(self) -> None:
        """After a step."""
        runner, now = self.runner, self.runner.env.worlds
        orders = runner.seats[0]._memory[:, :, self.part]
        for k in range(len(now)):
            world, team = now[k], 0 if runner.red[k] == 0 else 1
            self._order(k, orders[k, :, 0] == BLOCK)
            if self.ordered[k] >= 0 and self.touched[k] < 0:
                self._touch(k, world, team * self.n + self.ordered[k])
            elif self.touched[k] >= 0:
                self._follow(k, world)

    def _order(self, k: int, blocks: np.ndarray) -> None:
        who = int(np.flatnonzero(blocks)[0]) if blocks.any() else -1
        if who >= 0 and self.ordered[k] < 0:
            self.counts["tried"] += 1
            self.tries[k] += 1
        self.ordered[k] = who

    def _touch(self, k: int, world: np.void, drone: int) -> None:
        kinds = [event["kind"] for event in world["events"][: world["n_events"]] if event["who"] == drone]
        if BODY in kinds:
            self.counts["airframe"] += 1
            self.last[k] = "airframe"
        elif RACKET in kinds:
            self.touched[k], self.last[k] = world["crossings"], "open"
            self.counts["touched"] += 1

    def _follow(self, k: int, world: np.void) -> None:
        """Back over the net, or kept up by a mate's touch, whichever comes first."""
        if world["crossings"] > self.touched[k]:
            self.last[k], self.touched[k] = "back", -1
        elif world["team_touches"] > 1:
            self.last[k], self.touched[k] = "kept up", -1
        if self.last[k] != "open":
            self.counts[self.last[k]] += 1

    def end(self, ended: np.ndarray, rows: list) -> None:
        """Books the rallies that have just ended; rows: theirs, in the order of their worlds."""
        for k, row in zip(np.flatnonzero(ended), rows, strict=True):
            self.rallies.append((self.last[k] or ("missed" if self.tries[k] else "none"), row))
            self.tries[k] = 0
            self.last[k], self.touched[k], self.ordered[k] = "", -1, -1


def measure(team: str, other: str, per_side: int, seed: int) -> dict:
    found = find(SCENARIO)
    agents = [find_agent(spec, found, seed + k) for k, spec in enumerate((team, other))]
    form = Format(points=PER_MATCH, serve="alternate", swap="rally", max_rallies=PER_MATCH)
    matches = 2 * per_side // PER_MATCH
    fixtures = [Fixture(0, 1, seed=1_000_003 * (seed + 1) + k, red=k % 2, server=k // 2 % 2) for k in range(matches)]
    runner = MatchRunner.of(found, agents, fixtures, worlds=min(WORLDS, matches), form=form)
    blocks = Blocks(runner, agents[0])
    while not runner.done:
        booked = len(runner.rows)
        ended = runner.step()
        blocks.look()
        if ended.any():
            blocks.end(ended, runner.rows[booked:])
            runner.next_rallies()
    line = {"team": team, "opponent": other, "seed": seed, "rallies": len(runner.rows), "share": share(runner.rows)}
    line |= {"crossings": sum(row.crossings for row in runner.rows) / len(runner.rows), "draws": sum(row.winner < 0 for row in runner.rows)}
    line |= {key: blocks.counts[key] for key in ("tried", "touched", "back", "kept up", "airframe")}
    for fate in ("back", "kept up", "open", "airframe", "missed", "none"):  # of the last block of a rally that touched
        ended = [row for last, row in blocks.rallies if last == fate]
        line[f"rallies {fate}"] = {"won": sum(row.winner == 0 for row in ended), "lost": sum(row.winner == 1 for row in ended)}
        line[f"lost {fate}"] = dict(Counter(row.reason for row in ended if row.winner == 1).most_common(4))
    return line


def keep(line: dict) -> None:
    """Puts a line in the place of the one of the same pair, or behind all."""
    path = HERE / "blocks.jsonl"
    lines = [json.loads(text) for text in path.read_text().splitlines()] if path.exists() else []
    lines = [old for old in lines if (old["team"], old["opponent"]) != (line["team"], line["opponent"])] + [line]
    path.write_text("".join(json.dumps(one) + "\n" for one in lines))


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    words.add_argument("--team", help="default: the rules with blocks")
    words.add_argument("--team-name", help="in the lines")
    words.add_argument("--opponents", nargs="+", default=["scripted:rally", "zoo:hierarchy"])
    words.add_argument("--rallies", type=int, default=500, help="on each side")
    words.add_argument("--seed", type=int, default=9)
    words.add_argument("--write", action="store_true")
    given = words.parse_args()
    team, name = (given.team, given.team_name or given.team) if given.team else BLOCKERS
    for other in given.opponents:
        line = measure(team, other, given.rallies, given.seed) | {"team": name}
        print(json.dumps(line), flush=True)
        if given.write:
            keep(line)


if __name__ == "__main__":
    main()
