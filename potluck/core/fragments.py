"""Fragments that say the same to everybody who sees the same: rendered once, then remembered by what they say.

The key is every fact of the row, among them ``stirred``, and the language: a changed word, a new reaction or "yesterday"
instead of "today" is another key, and a dish that was drawn before is not even asked for what hangs on it. What depends on
who looks beyond the row (a form with its token, a rule) must not be drawn this way.
"""

from __future__ import annotations

from collections import OrderedDict
from functools import lru_cache
from threading import Lock
from types import SimpleNamespace
from typing import Any

from django.template import engines
from django.utils.translation import get_language
from markupsafe import Markup

from potluck.core import clock, text

#: About 1.5 kB each.
REMEMBERED = 4096


class _Row:
    """A row that is equal to every other with the same facts."""

    __slots__ = ("row", "facts", "_hash")

    def __init__(self, row: Any) -> None:
        self.row, self.facts = row, facts(row)
        self._hash = hash(self.facts)

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Row) and self.facts == other.facts


def facts(value: Any) -> Any:
    """All that a row says, as something that can be compared and hashed."""
    if isinstance(value, SimpleNamespace):
        return tuple([facts(part) if type(part) in _INNER else part for part in value.__dict__.values()])
    if isinstance(value, dict):
        return tuple([(key, facts(part)) for key, part in value.items()])
    if isinstance(value, list):
        return tuple([facts(part) for part in value])
    return frozenset(value) if isinstance(value, set) else value


_INNER = (SimpleNamespace, dict, list, set)


def kept(macro: Any, *args: Any) -> Markup:
    """What a macro makes of these arguments, which say everything it says: the masthead, the keys, the doors. Made once for
    each language and each set of arguments."""
    return text.words(_made(macro, get_language(), _Row(list(args))))


@lru_cache(maxsize=REMEMBERED)
def _made(macro: Any, language: str | None, args: _Row) -> str:
    return str(macro(*args.row))


class _Dishes:
    """The newest dishes that were drawn, by what is known of them before anything is hung on them."""

    def __init__(self) -> None:
        self._drawn: OrderedDict[Any, Markup] = OrderedDict()
        self._lock = Lock()

    def find(self, key: Any) -> Markup | None:
        with self._lock:
            if key in self._drawn:
                self._drawn.move_to_end(key)
            return self._drawn.get(key)

    def keep(self, key: Any, dish: Markup) -> None:
        with self._lock:
            self._drawn[key] = dish
            if len(self._drawn) > REMEMBERED:
                self._drawn.popitem(last=False)


_dishes = _Dishes()
#: Names of those who reacted or answered stand on a dish without being facts of its row: a new name arrives after so long.
NAMES_LIVE = 600


def recall(template: str, row: Any) -> None:
    """Gives a row, on which nothing was hung yet, its ``dish_key`` and, where the same was drawn before, its ``drawn`` dish:
    then nothing needs to be read for it. A change of what hangs on an act changes ``stirred``, and with it the key."""
    bucket = int(clock.now().timestamp()) // NAMES_LIVE
    row.drawn = row.dish_key = None
    row.dish_key = (template, get_language(), bucket, facts(row))
    row.drawn = _dishes.find(row.dish_key)


def served(template: str, row: Any) -> Markup:
    """``template`` with the row as ``act``, as it stands in a list (``full`` is false)."""
    if getattr(row, "drawn", None) is not None:
        return row.drawn
    env: Any = engines["jinja2"]
    dish = text.words(env.env.get_template(template).render(act=row, full=False))
    if getattr(row, "dish_key", None) is not None:
        _dishes.keep(row.dish_key, dish)
    return dish
