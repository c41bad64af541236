"""Errors that a user can cause: one clear line each (what was got, what was expected, what to do)."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


class SkyrallyError(Exception):
    """A user's mistake. The command line prints its message and exits with status 2."""


def unknown(what: str, got: object, known: Iterable[str]) -> SkyrallyError:
    """The error for an unknown name: names the nearest ones, or all when none is near."""
    names = sorted(known)
    near = get_close_matches(str(got), names, n=3, cutoff=0.5)
    hint = f"did you mean {' or '.join(near)}?" if near else f"known: {', '.join(names)}"
    return SkyrallyError(f"unknown {what} {got!r}; {hint}")


def checked_options(what: str, given: Iterable[str], known: Iterable[str]) -> None:
    """Raises for the first name in `given` that is not in `known`."""
    names = list(known)
    for name in given:
        if name not in names:
            raise unknown(what, name, names)
