"""Who will read an answer, as a word that its form carries. A form promises it and the verb keeps the promise: what was written
for few does not reach many because somebody else opened it in the meantime."""

from __future__ import annotations

from typing import Any

from potluck.acts.models import Reach
from potluck.core.rules import Refused

HOUSE = "house"


class Widened(Refused):
    """An answer would be read by others than its form said. Nothing was given: the form comes back, its words kept."""


def promise(reach: str, group: Any = None) -> str:
    """What is promised to whoever answers an act of this reach: read by the named people, by the members of one closed group,
    or by everybody in the house. Of an open group, which everybody may read, the same is said as of the house."""
    if reach == Reach.NAMED:
        return Reach.NAMED.value
    return f"group-{group.key}" if group is not None and group.is_closed else HOUSE


def is_kept(promised: str, now: str) -> bool:
    """Whether nobody reads it who was not promised. "" promises nothing (a script); who was told of the whole house may be read
    by fewer."""
    return promised in ("", HOUSE, now)
