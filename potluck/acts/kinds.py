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
    same_for_all: bool = False  #: in a feed its fragment shows what is ``Shared`` alone: no form, no rule (core/fragments.py)
    begins: bool = False  #: may be a newcomer's first gift, which is set where it is seen
    first: Any = ""  #: what it is called then, on the dish of a welcome; empty: as ever

    def __hash__(self) -> int:
        return hash(self.name)

    def served(self, act: Any) -> Any:
        """The fragment as it stands in a feed, for kinds that are ``same_for_all``."""
        return fragments.served(self.template, act, Shared(act, _SHARED, _parts))


class ShowsToOthers(RuntimeError):
    """A fragment that is drawn once for everybody asked for something of whoever looked first."""


#: What a dish that is drawn once may ask of its row: facts counted in ``stirred``, and what ``fragments.recall`` knows it by.
_SHARED = frozenset(
    ("key", "kind", "dish", "word", "at", "when", "title", "html", "lang", "url", "is_imported", "edited_at", "by", "group")
) | {"is_mine", "reason"}


class Shared:
    """A row as a dish shows it that is drawn once and shown to everybody: only what is the same for all of them."""

    def __init__(self, row: Any, names: frozenset[str], parts: dict[str, frozenset[str]]):
        self._row, self._names, self._parts = row, names, parts

    def __getattr__(self, name: str) -> Any:
        if name in self._names:
            return getattr(self._row, name)
        if name not in self._parts:
            raise ShowsToOthers(
                f"A dish in a feed is drawn once and shown to everybody; {name!r} may be another for each of them. "
                "Show it on the act's own page (docs/add-a-verb.md)."
            )
        hanging = getattr(self._row, name)
        return None if hanging is None else Shared(hanging, self._parts[name], {})


_kinds: dict[str, Kind] = {}
_hung: dict[str, tuple[Details, bool]] = {}
_parts: dict[str, frozenset[str]] = {}


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


def hang(name: str, details: Details, *, shared: tuple[str, ...], everywhere: bool = True) -> None:
    """Registers what hangs on the acts of a page (reactions, comments): one query a page. ``shared``: its parts that are the same
    for everybody who sees the act, which a dish in a feed may show; whoever changes one counts it (``acts.verbs.stir``).
    ``everywhere``: on comments too."""
    _hung[name], _parts[name] = (details, everywhere), frozenset(shared)


def hung() -> Iterable[tuple[str, tuple[Details, bool]]]:
    return _hung.items()
