"""The verb `zoo`: the trained agents that come with the package, and policies of other projects made into agents of ours."""

from __future__ import annotations

import sys
from pathlib import Path

import tyro
from rich.console import Console
from rich.table import Table

from .cli_words import Json, print_json

zoo = tyro.extras.SubcommandApp()


@zoo.command(name="list")
def list_agents(json: Json = False) -> None:
    """List the agents of the package: trained ones, and teams of a commander and skills. Example: skyrally zoo list --json

    Args:
        json: print the list as JSON.
    """
    from .agents.manifest import hierarchy_names, hierarchy_path, read_hierarchy
    from .agents.policy import read_manifest, zoo_folder, zoo_names

    rows = []
    for name in zoo_names():
        manifest = read_manifest(zoo_folder(name), f"zoo:{name}")
        told = manifest.get("provenance", {})
        rows.append(
            {"agent": f"zoo:{name}", "scenario": manifest["scenario"], "result": told.get("result"), "command": told.get("command")}
        )
    for name in hierarchy_names():
        path = hierarchy_path("zoo", name)
        assert path is not None
        rows.append({"agent": f"zoo:{name}", "scenario": read_hierarchy(path, f"zoo:{name}")["scenario"], "result": None, "command": None})
    if json:
        print_json(rows)
        return
    table = Table("agent", "scenario", "result", box=None)
    for row in rows:
        result = row["result"] or {}
        table.add_row(row["agent"], row["scenario"], f"{result['metric']} {result['mean']:g}" if "mean" in result else "plays matches")
    Console().print(table)


@zoo.command
def import_volleybots(file: tyro.conf.Positional[Path], out: Path | None = None, scenario: str | None = None) -> None:
    """Make an agent of a policy that VolleyBots published; no code in the file is run. Example: skyrally zoo import-volleybots sp.pt

    Args:
        file: the published .pt file; or a folder with some, of which the nine skills make a team, too.
        out: the agent's folder (default: the file's name, here); of a folder, what the agents' folders are put in.
        scenario: where it plays, if its size and name do not tell.
    """
    from .agents.volleybots import import_folder
    from .agents.volleybots import import_volleybots as imported

    if file.is_dir():
        for written in import_folder(file, out or Path(file.name)):
            print(f"wrote {written}")
        return
    folder = imported(file, out, scenario)
    print(f"wrote {folder}")
    print(f"try: skyrally eval file:{folder}, skyrally watch file:{folder}", file=sys.stderr)
