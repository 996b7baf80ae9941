"""The one clock of verbs and queries. The demo company lives three weeks in a few seconds by setting it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime

from django.utils import timezone

_simulated: ContextVar[datetime | None] = ContextVar("simulated", default=None)


def now() -> datetime:
    """The present moment, with time zone."""
    return _simulated.get() or timezone.now()


def is_simulated() -> bool:
    return _simulated.get() is not None


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Within the block it is ``moment`` (aware)."""
    token = _simulated.set(moment)
    try:
        yield
    finally:
        _simulated.reset(token)
