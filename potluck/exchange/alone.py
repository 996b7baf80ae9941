"""One import at a time: whoever changes the house by a file holds a lock of the database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection
from django.utils.translation import gettext as _

from potluck.core.rules import Refused

#: The advisory lock of whoever imports ("potlimp").
IMPORTING = 0x706F746C696D70


class Busy(Refused):
    """Another import is under way."""


@contextmanager
def alone() -> Iterator[None]:
    """One import at a time; the lock ends with the connection, whatever happens to the process."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_lock(%s)", [IMPORTING])
        (locked,) = cursor.fetchone()
    if not locked:
        raise Busy(_("Another import is under way. This one can begin when it is done."))
    try:
        yield
    finally:
        if connection.connection is not None and not connection.connection.closed:
            with connection.cursor() as cursor:
                cursor.execute("select pg_advisory_unlock(%s)", [IMPORTING])
