"""Fragments that say the same to everybody who sees the same: rendered once, then remembered by what they say.

The key is which act it is, how often what it shows changed (``Act.stirred``, which the database counts whoever makes the
change), and the little that depends on who looks and when: the language, "yesterday" instead of "today", whether it is one's
own, why it stands here. A dish that was drawn before is not even read. What depends on who looks in any other way is an error
here: there is no ``viewer`` and no token, and the row gives what is the same for all alone (``acts.kinds.Shared``).
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from threading import Lock
from typing import Any

from django.template import engines
from django.utils.translation import get_language
from markupsafe import Markup

from potluck.core import clock, text

#: About 1.5 kB each.
REMEMBERED = 4096


def kept(macro: Any, *args: Any) -> Markup:
    """What a macro makes of these arguments, which say everything it says: the masthead, the keys, the doors. Made once for
    each language and each set of arguments; whatever can change among them must be of a kind that can be hashed."""
    return _made(macro, get_language(), *args)


@lru_cache(maxsize=REMEMBERED)
def _made(macro: Any, language: str | None, *args: Any) -> Markup:
    return text.words(macro(*args))


#: The newest dishes that were drawn, by what is known of them before anything is hung on them; the oldest goes first.
_dishes: dict[Any, Markup] = {}
_keeping = Lock()
#: Names of those who reacted or answered stand on a dish without being facts of its row: a new name arrives after so long.
NAMES_LIVE = 600


def recall(rows: Iterable[Any]) -> None:
    """Gives rows their ``dish_key`` and, where the same was drawn before, their ``drawn`` dish: nothing more needs to be read for
    it. Asked of a row: ``id``, ``stirred``, ``when``, ``is_mine``, ``reason``."""
    language, bucket = get_language(), int(clock.now().timestamp()) // NAMES_LIVE
    for row in rows:
        key = (row.id, row.stirred, row.when, row.is_mine, row.reason, language, bucket)
        row.drawn, row.dish_key = _dishes.get(key), key


def served(template: str, row: Any, shown: Any) -> Markup:
    """``template`` with ``shown`` (the row, as everybody may see it) as ``act``, as it stands in a list (``full`` is false)."""
    if getattr(row, "drawn", None) is not None:
        return row.drawn
    env: Any = engines["jinja2"]
    dish = text.words(env.env.get_template(template).render(act=shown, full=False))
    if getattr(row, "dish_key", None) is not None:
        with _keeping:
            _dishes[row.dish_key] = dish
            if len(_dishes) > REMEMBERED:
                del _dishes[next(iter(_dishes))]
    return dish
