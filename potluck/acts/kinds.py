"""What can be given. A room registers its kinds in its own ``kinds.py``; the feed knows a gift only through them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from potluck.core import fragments

#: ``details(viewer, ids) -> {act id: row}``: one query, only what ``viewer`` may see.
Details = Callable[[Any, list[int]], dict[int, Any]]


def nothing(viewer: Any, ids: list[int]) -> dict[int, Any]:
    return {}


@dataclass(frozen=True)
class Kind:
    name: str  #: a past participle: ``thanked``
    word: Any  #: what people call it, lazily translated: "Thanks"
    dish: str  #: its look: post welcome idea poll recommend thanks question
    activity: str  #: ActivityStreams 2.0 type of the activity
    object_type: str  #: ActivityStreams 2.0 type of its object
    template: str  #: the fragment that shows it
    details: Details = nothing
    in_feed: bool = True
    asks: bool = False
    greets: bool = False
    gives: bool = True
    same_for_all: bool = False  #: in a feed its fragment shows the row alone: no form, no rule (core/fragments.py)
    begins: bool = False  #: may be a newcomer's first gift, which is set where it is seen
    first: Any = ""  #: what it is called then, on the dish of a welcome; empty: as ever

    def __hash__(self) -> int:
        return hash(self.name)

    def served(self, act: Any) -> Any:
        """The fragment as it stands in a feed, for kinds that are ``same_for_all``."""
        return fragments.served(self.template, act)


_kinds: dict[str, Kind] = {}
_hung: dict[str, tuple[Details, bool]] = {}


def kind(one: Kind) -> Kind:
    if one.name in _kinds and _kinds[one.name] != one:
        raise RuntimeError(f"two kinds are called {one.name}")
    _kinds[one.name] = one
    return one


def named(name: str) -> Kind:
    return _kinds[name]


def of(act: Any) -> Kind:
    """The kind of an act, be it a model instance (which keeps the kind's name) or a row of a page."""
    return act.kind if isinstance(act.kind, Kind) else named(act.kind)


def all_kinds() -> Iterable[Kind]:
    return _kinds.values()


def those(**traits: bool) -> list[str]:
    """Names of the kinds with these traits: ``those(asks=True)``."""
    return [
        one.name
        for one in _kinds.values()
        if all(getattr(one, trait) is value for trait, value in traits.items())
    ]


def hang(name: str, details: Details, *, everywhere: bool = True) -> None:
    """Registers what hangs on the acts of a page (reactions, comments): one query a page. ``everywhere``: on comments too."""
    _hung[name] = (details, everywhere)


def hung() -> Iterable[tuple[str, tuple[Details, bool]]]:
    return _hung.items()
