"""How a hierarchical team plays against others, one JSON line per pair, and the table of docs/hierarchy.md.

    python benchmarks/hierarchy/cross_play.py --write

plays zoo:hierarchy against itself and every opponent: rallies with sides changed after each (`--rallies` of them on each side),
then full matches to 15, under `sport` rules. Other words: `--team SPEC`, `--opponents SPEC ...`, `--scenario NAME ...`,
`--disturb mild`, `--options airframe=iris-isaac physics=isaac` (of the scenario), `--name` and `--team-name` (in the table instead of
specs). `--write` puts lines (`results.jsonl`) and table (`table.md`) beside this file, those of other runs kept.
"""

import argparse
import json
import math
import time
from collections import Counter
from pathlib import Path

from skyrally.agents.spec import find_agent
from skyrally.cli_words import parse_options
from skyrally.scenarios.registry import find
from skyrally.tournament.match import Fixture, Format, MatchRunner, Rally
from skyrally.tournament.statistics import summarise, wilson

HERE = Path(__file__).parent
WORLDS = 250  # matches side by side
COLUMNS = (
    "match",
    "team",
    "opponent",
    "disturb",
    "points won",
    "as red, as blue",
    "draws",
    "crossings",
    "three touches",
    "touches per possession",
    "lost by",
    "opponent lost by",
    "matches to 15",
)
PER_MATCH = 4  # rallies, two on each side, two served by each team


def rallies(scenario: str, team: str, other: str, per_side: int, seed: int, options: dict) -> list[Rally]:
    """per_side rallies with the team as red and as many as blue; serves alternate."""
    matches = 2 * per_side // PER_MATCH
    form = Format(points=PER_MATCH, serve="alternate", swap="rally", max_rallies=PER_MATCH)
    return play(scenario, team, other, matches, form, seed, options)


def play(scenario: str, team: str, other: str, matches: int, form: Format, seed: int, options: dict) -> list[Rally]:
    found = find(scenario)
    agents = [find_agent(spec, found, seed + k) for k, spec in enumerate((team, other))]
    fixtures = [Fixture(0, 1, seed=1_000_003 * (seed + 1) + k, red=k % 2, server=k // 2 % 2) for k in range(matches)]
    return MatchRunner.of(found, agents, fixtures, worlds=min(WORLDS, matches), form=form, **options).play()


def share(rows: list[Rally]) -> tuple[float, float, float]:
    """(share of decided points, 95 % Wilson interval)."""
    won, decided = sum(row.winner == 0 for row in rows), sum(row.winner >= 0 for row in rows)
    return (won / decided if decided else math.nan, *wilson(won, decided))


def measure(scenario: str, team: str, other: str, per_side: int, matches: int, seed: int, options: dict) -> dict:
    """What a pair came to, as plain types."""
    began = time.process_time()
    rows = rallies(scenario, team, other, per_side, seed, options)
    seconds = time.process_time() - began
    summary = summarise(rows)
    held = sum(summary.possessions[:-1])
    lost = [Counter(row.reason for row in rows if row.winner == 1 - side) for side in (0, 1)]
    line = {
        "scenario": scenario,
        "team": team,
        "opponent": other,
        "disturb": options.get("disturb", "none"),
        "options": {name: value for name, value in options.items() if name != "disturb"},
        "seed": seed,
        "rallies": len(rows),
        "distinct": summary.distinct,
        "draws": summary.draws,
        "share": share(rows),
        "share_red": share([row for row in rows if row.red == 0]),
        "share_blue": share([row for row in rows if row.red == 1]),
        "share_serving": share([row for row in rows if row.server == 0]),
        "crossings": summary.crossings,
        "seconds": summary.seconds,
        "three_touch": None if math.isnan(summary.three_touch) else summary.three_touch,
        "touches_per_possession": sum(k * count for k, count in enumerate(summary.possessions[:-1])) / max(held, 1),
        "possessions": summary.possessions,
        "lost_by_team": dict(lost[0].most_common()),
        "lost_by_opponent": dict(lost[1].most_common()),
        "world_steps_per_cpu_second": sum(row.steps for row in rows) / seconds,
    }
    if matches and team != other:
        final = {row.match: row.score for row in play(scenario, team, other, matches, Format(points=15), seed + 1, options)}
        line["matches"] = len(final)
        line["matches_won"] = sum(a > b for a, b in final.values())
        line["mean_score"] = [sum(score[k] for score in final.values()) / len(final) for k in (0, 1)]
    return line


def told(errors: dict[str, int]) -> str:
    return ", ".join(f"{reason} {count}" for reason, count in list(errors.items())[:3]) or "-"


def table(lines: list[dict]) -> str:
    """The lines as Markdown."""
    rows = [f"| {' | '.join(COLUMNS)} |", f"|{' --- |' * len(COLUMNS)}"]
    for line in lines:
        mean, low, high = (100.0 * value for value in line["share"])
        cells = [
            line["scenario"].removeprefix("volleyball-"),
            line["team"],
            f"{line['opponent']} {' '.join(f'{k}={v}' for k, v in line.get('options', {}).items())}".strip(),
            line["disturb"],
            f"{mean:.1f} % [{low:.1f}, {high:.1f}]",
            f"{100 * line['share_red'][0]:.1f} %, {100 * line['share_blue'][0]:.1f} %",
            f"{line['draws']} of {line['rallies']}",
            f"{line['crossings']:.2f}",
            "-" if line["three_touch"] is None else f"{100 * line['three_touch']:.0f} %",
            f"{line['touches_per_possession']:.2f}",
            told(line["lost_by_team"]),
            told(line["lost_by_opponent"]),
            "-",
        ]
        if "matches" in line:
            cells[-1] = f"{line['matches_won']} of {line['matches']}, {line['mean_score'][0]:.1f} : {line['mean_score'][1]:.1f}"
        rows.append(f"| {' | '.join(cells)} |")
    return "\n".join(rows) + "\n"


def keep(line: dict) -> None:
    """Puts a line in the place of the one of the same pair, or behind all."""
    path = HERE / "results.jsonl"
    lines = [json.loads(text) for text in path.read_text().splitlines()] if path.exists() else []
    pair = ("scenario", "team", "opponent", "disturb", "options")
    lines = [old for old in lines if any(old.get(key, {}) != line[key] for key in pair)] + [json.loads(json.dumps(line))]
    path.write_text("".join(json.dumps(one) + "\n" for one in lines))
    (HERE / "table.md").write_text(table(lines))


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    words.add_argument("--team", default="zoo:hierarchy")
    words.add_argument("--opponents", nargs="+", default=["self", "scripted:rally", "hover", "random"])
    words.add_argument("--scenario", nargs="+", default=["volleyball-3v3"])
    words.add_argument("--rallies", type=int, default=1000, help="on each side")
    words.add_argument("--matches", type=int, default=40, help="full matches to 15")
    words.add_argument("--seed", type=int, default=9)
    words.add_argument("--disturb", default="none")
    words.add_argument("--options", nargs="*", default=[], help="of the scenario, KEY=VALUE")
    words.add_argument("--name", help="of the opponent in rows and table, in the place of its spec")
    words.add_argument("--team-name", help="of the team, likewise")
    words.add_argument("--write", action="store_true")
    given = words.parse_args()
    for scenario in given.scenario:
        for spec in given.opponents:
            other = given.team if spec == "self" else spec
            options = {"disturb": given.disturb, **parse_options(tuple(given.options))}
            line = measure(scenario, given.team, other, given.rallies, given.matches, given.seed, options)
            line |= {"team": given.team_name or given.team, "opponent": given.name or other}
            print(json.dumps(line), flush=True)
            if given.write:
                keep(line)


if __name__ == "__main__":
    main()
