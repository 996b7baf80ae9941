"""Paging by time and id: the address of "older" names the last act already read, so that nothing is skipped or doubled."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def micros(moment: datetime) -> int:
    """Microseconds since 1970."""
    return (moment - _EPOCH) // _MICROSECOND


def moment(micros: int) -> datetime:
    """The moment so many microseconds after 1970. Raises ``OverflowError`` beyond the year 9999."""
    return _EPOCH + micros * _MICROSECOND


def after(last: Any) -> str:
    """``1764061234567890-42``: microseconds since 1970 and id of the last row of a page."""
    return mark(last.at, last.id)


def mark(at: datetime, pk: int) -> str:
    """The same for lists that are not in the order of ``at`` (the wall: since when it hangs)."""
    return f"{micros(at)}-{pk}"


def before(value: str | None) -> tuple[datetime, int] | None:
    """The (at, id) in an address; anything else reads as the first page."""
    at, _, pk = (value or "").partition("-")
    try:
        return moment(int(at)), min(int(pk), 2**62)
    except (ValueError, OverflowError):
        return None


def page(rows: Sequence[Any], size: int) -> tuple[list[Any], str | None]:
    """The first ``size`` rows, and the cursor of the next page if more were read."""
    shown = list(rows[:size])
    return shown, after(shown[-1]) if len(rows) > size else None
