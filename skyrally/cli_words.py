"""What the verbs share: the application, kinds of arguments, KEY=VALUE words, JSON."""

from __future__ import annotations

import ast
import json
from itertools import pairwise
from typing import Annotated, Any

import tyro

from .errors import SkyrallyError

app = tyro.extras.SubcommandApp()
Repeated = tyro.conf.UseAppendAction[tuple[str, ...]]
Option = Annotated[Repeated, tyro.conf.arg(aliases=["-o"], metavar="NAME=VALUE", help="an option of the scenario, e.g. -o rules=benchmark")]
Flag = tyro.conf.FlagCreatePairsOff[bool]
Home = Annotated[str | None, tyro.conf.arg(aliases=["--home"])]  # teams by the words of the sport
Away = Annotated[str | None, tyro.conf.arg(aliases=["--away"])]
Json = Annotated[Flag, tyro.conf.arg(name="json")]


def parse_options(pairs: tuple[str, ...]) -> dict[str, Any]:
    """NAME=VALUE words as a mapping; values are Python literals where they read as one, else text."""
    options = {}
    for pair in pairs:
        name, sign, text = pair.partition("=")
        if not sign or not name:
            raise SkyrallyError(f"option {pair!r}; expected NAME=VALUE, for example -o rules=benchmark")
        try:
            options[name] = ast.literal_eval({"true": "True", "false": "False", "none": "None"}.get(text, text))
        except (ValueError, SyntaxError):
            options[name] = text
    return options


def with_words(pairs: tuple[str, ...], **words: Any) -> dict[str, Any]:
    """NAME=VALUE words, and over them the options that have words of their own on the command line, where these were given."""
    return {**parse_options(pairs), **{name: value for name, value in words.items() if value is not None}}


def print_json(value: Any) -> None:
    """Prints plain data as JSON."""
    print(json.dumps(value, indent=1, default=str))


def keys_last(words: list[str]) -> list[str]:
    """KEY=VALUE words behind all others, so that they may stand anywhere between a verb's options."""
    keys = []
    for before, word in pairwise(["", *words]):
        value = before.startswith("-") and "=" not in before  # of an option
        keys.append("=" in word and not word.startswith("-") and not value)
    return [word for word, key in sorted(zip(words, keys, strict=True), key=lambda pair: pair[1])]
