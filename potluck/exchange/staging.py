"""Reading an archive into the staging table: chunk by chunk, each with how far it got, so that a kill costs one chunk."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from django.db import connection, transaction

from potluck.exchange.models import Import, Staged
from potluck.exchange.reading import COLUMNS, WORTH_A_PROCESS, Frame, elsewhere, frames
from potluck.exchange.source import History, Wanted, What


def stage(opened: History, wanted: Wanted, past: Import, say: Callable[[int, int], None]) -> None:
    """Reads what is not staged yet. ``say(done, total)``, in the archive's own unit."""
    if not past.read_to:
        Staged.objects.filter(of=past).delete()
    if opened.size >= WORTH_A_PROCESS:
        read = elsewhere(wanted, past.pk, past.read_to, opened.readers)
    else:
        read = frames(opened, past.pk, past.read_to)
    skipped = Counter(past.skipped)
    for frame in read:
        skipped += frame.skipped
        _keep(past, frame, skipped)
        say(frame.done, opened.size)


@transaction.atomic
def _keep(past: Import, frame: Frame, skipped: Counter[str]) -> None:
    """Rows, and that they are here, in one transaction."""
    if frame.rows:
        with connection.cursor() as cursor, cursor.copy(f"copy exchange_staged ({COLUMNS}) from stdin") as copy:
            copy.write(frame.data)
    past.read_to, past.skipped = frame.mark, dict(skipped)
    past.save(update_fields=["read_to", "skipped"])


def staged(past: Import, what: What, space: str | None = None) -> Iterator[tuple[str, str, Any, dict]]:
    """(space, id, time, record) of what is staged, in the order of time, else of reading; streamed."""
    rows = Staged.objects.filter(of=past, what=what)
    if space is not None:
        rows = rows.filter(space=space)
    yield from rows.order_by("space", "at", "id").values_list("space", "object", "at", "record").iterator(1_000)
