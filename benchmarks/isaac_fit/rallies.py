"""How the published teams and ours play each other, one JSON line per pair and rule set, and the table of docs/outside_policies.md.

    skyrally zoo import-volleybots ../shared/data/volleybots --out agents
    python benchmarks/isaac_fit/rallies.py agents --write

plays every pair of the teams, each also against itself, under both rule sets, in the airframe that the published ones know. Sides change
after each rally. `--write` puts lines (`rallies.jsonl`) and table (`rallies.md`) beside this file, those of other runs kept; `--teams`,
`--rules` and `--rallies` ask for less. `sp` and `nine-skills` mean what was imported into the folder.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from itertools import combinations_with_replacement
from pathlib import Path
from typing import Any

from skyrally.agents.volleybots import AIRFRAME, PHYSICS, TEAM
from skyrally.physics.params import CONTROL_DT
from skyrally.tournament.evaluation import play_rallies
from skyrally.tournament.match import Rally, find_match

HERE = Path(__file__).parent
TEAMS = ("zoo:hierarchy", "scripted:rally", "nine-skills", "sp")
RULES = ("benchmark", "sport")
FOUL_TOUCHES = ("airframe touch", "double touch", "too many touches", "touch out of turn", "serve fault")  # end a rally by a touch
COLUMNS = (
    "teams",
    "rules",
    "rallies",
    "first won",
    "second won",
    "drawn",
    "legal touches",
    "crossings",
    "length (s)",
    "server won",
    "ends",
)


def spec(team: str, folder: Path) -> str:
    """A team's spec, by its name in the table."""
    return {"sp": f"file:{folder / 'sp'}", "nine-skills": f"hierarchy:{folder / TEAM}"}.get(team, team)


def row_of(teams: tuple[str, str], rules: str, rallies: list[Rally]) -> dict[str, Any]:
    """What the rallies of a pair came to: counts, and means per rally."""
    n = len(rallies)
    fouls = sum(rally.reason in FOUL_TOUCHES for rally in rallies)
    ends = Counter((rally.reason, ("first", "second", "nobody")[rally.winner]) for rally in rallies)
    return {
        "teams": list(teams),
        "rules": rules,
        "rallies": n,
        "won": [sum(rally.winner == k for rally in rallies) for k in (0, 1)],
        "touches": sum(rally.touches for rally in rallies) / n,
        "legal_touches": (sum(rally.touches for rally in rallies) - fouls) / n,
        "crossings": sum(rally.crossings for rally in rallies) / n,
        "seconds": CONTROL_DT * sum(rally.steps for rally in rallies) / n,
        "server_won": sum(rally.winner == rally.server for rally in rallies),
        "ends": [[reason, winner, count] for (reason, winner), count in ends.most_common()],
    }


def table(rows: list[dict[str, Any]]) -> str:
    """The rows as Markdown."""
    lines = [f"| {' | '.join(COLUMNS)} |", f"|{' --- |' * len(COLUMNS)}"]
    for row in rows:
        first, second = row["teams"]
        ends = "; ".join(f"{reason} {count} ({winner})" for reason, winner, count in row["ends"][:4])
        numbers = (row["rallies"], *row["won"], row["rallies"] - sum(row["won"]))
        means = (f"{row[name]:.2f}" for name in ("legal_touches", "crossings", "seconds"))
        cells = (f"{first} - {second}", row["rules"], *map(str, numbers), *means, str(row["server_won"]), ends)
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def keep(row: dict[str, Any]) -> None:
    """Puts a row in the place of the one of the same pair and rules, or behind all."""
    path = HERE / "rallies.jsonl"
    rows = [json.loads(text) for text in path.read_text().splitlines()] if path.exists() else []
    rows = [old for old in rows if (old["teams"], old["rules"]) != (row["teams"], row["rules"])] + [row]
    path.write_text("".join(json.dumps(one) + "\n" for one in rows))
    (HERE / "rallies.md").write_text(table(rows))


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("folder", type=Path, help="what import-volleybots wrote")
    words.add_argument("--teams", nargs="+", default=TEAMS)
    words.add_argument("--rules", nargs="+", default=RULES)
    words.add_argument("--rallies", type=int, default=200)
    words.add_argument("--write", action="store_true")
    given = words.parse_args()
    for pair in combinations_with_replacement(given.teams, 2):
        for rules in given.rules:
            options = {"rules": rules, "airframe": AIRFRAME, "physics": PHYSICS, "threads": 1}
            agents = (spec(team, given.folder) for team in pair)
            row = row_of(pair, rules, list(play_rallies(find_match("volleyball-3v3"), *agents, given.rallies, 0, **options)))
            print(json.dumps(row), flush=True)
            if given.write:
                keep(row)


if __name__ == "__main__":
    main()
