"""Fragments that say the same to everybody who sees the same: rendered once, then remembered by what they say.

The key is every fact of the row and the language, so that nothing can be out of date: a changed word, a new reaction or
"yesterday" instead of "today" is another key. What depends on who looks beyond the row (a form with its token, a rule)
must not be drawn this way.
"""

from __future__ import annotations

from functools import lru_cache
from types import SimpleNamespace
from typing import Any

from django.template import engines
from django.utils.translation import get_language
from markupsafe import Markup

from potluck.core import text

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


def remembered(template: str, row: Any) -> Markup:
    """``template`` with the row as ``act``, as it stands in a list (``full`` is false)."""
    return text.words(_rendered(template, get_language(), _Row(row)))


@lru_cache(maxsize=REMEMBERED)
def _rendered(template: str, language: str | None, row: _Row) -> str:
    return engines["jinja2"].env.get_template(template).render(act=row.row, full=False)  # type: ignore[attr-defined]
