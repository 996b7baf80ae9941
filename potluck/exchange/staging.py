"""Reading an archive into the staging table: file by file, each with how far it got, so that a kill costs one file."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from django.db import connection, transaction

from potluck.exchange.models import Import, Staged, What
from potluck.exchange.slack.reader import Export
from potluck.exchange.source import (
    Record,
    Skipped,
    SourceJoin,
    SourcePerson,
    SourcePost,
    SourceReaction,
    SourceRoll,
    SourceSpace,
)
from potluck.exchange.words import packed

#: Rows that go into the table together; a transaction each.
BATCH = 2_000

Row = tuple[str, str, str, Any, dict]


def stage(export: Export, past: Import, say: Callable[[int, int], None]) -> None:
    """Reads what is not staged yet. ``say(done, total)``: bytes of messages."""
    skipped = Counter(past.skipped)
    total, done = export.size, 0
    rows: list[Row] = []
    if not past.read_to:
        Staged.objects.filter(of=past).delete()
        rows = [*map(_row, export.people.values()), *map(_row, export.spaces.values())]
    read_to, resumed = past.read_to, past.read_to
    for conversation in export.conversations:
        behind = [day for day in conversation.days if day <= resumed]
        done += sum(export.size_of(day) for day in behind)
        if len(behind) == len(conversation.days):
            continue
        for day, records in export.read(conversation, private=past.private, messages=past.messages, after=resumed):
            for record in records:
                if isinstance(record, Skipped):
                    skipped[record.reason] += record.count
                else:
                    rows.append(_row(record))
            read_to = day
            done += export.size_of(day)
            say(done, total)
            if len(rows) >= BATCH:
                _keep(past, rows, read_to, skipped)
                rows = []
    _keep(past, rows, read_to, skipped)


@transaction.atomic
def _keep(past: Import, rows: list[Row], read_to: str, skipped: Counter[str]) -> None:
    """Rows, and that they are here, in one transaction."""
    with (
        connection.cursor() as cursor,
        cursor.copy("copy exchange_staged (of_id, what, space, object, at, record) from stdin") as copy,
    ):
        for what, space, object_, at, record in rows:
            copy.write_row((past.pk, what, space, object_, at, json.dumps(record)))
    past.read_to, past.skipped = read_to, dict(skipped)
    past.save(update_fields=["read_to", "skipped"])


def _row(record: Record) -> Row:
    match record:
        case SourcePerson():
            about = {name: getattr(record, name) for name in ("name", "email", "bot", "guest", "title", "known")}
            return What.PERSON, "", record.id, None, about
        case SourceSpace():
            return (
                What.SPACE,
                "",
                record.id,
                record.created,
                {
                    "name": record.name,
                    "reach": record.reach,
                    "about": record.about,
                    "archived": record.archived,
                    "creator": record.creator,
                    "members": record.members,
                },
            )
        case SourcePost():
            return (
                What.POST,
                record.space,
                record.id,
                record.at,
                {
                    "by": record.by,
                    "words": packed(record.words),
                    "root": record.root,
                    "edited": record.edited.isoformat() if record.edited else None,
                    "files": [file.id for file in record.files],
                    "bot": record.bot,
                },
            )
        case SourceReaction():
            return What.REACTION, record.space, record.on, None, {"by": record.by, "emoji": record.emoji}
        case SourceJoin():
            return What.JOIN, record.space, record.id, record.at, {"person": record.person}
        case SourceRoll():
            return What.ROLL, record.space, record.space, record.at, {"members": record.members}
    raise TypeError(record)


def staged(past: Import, what: What, space: str | None = None) -> Iterator[tuple[str, str, Any, dict]]:
    """(space, id, time, record) of what is staged, in the order of time, else of reading; streamed."""
    rows = Staged.objects.filter(of=past, what=what)
    if space is not None:
        rows = rows.filter(space=space)
    yield from rows.order_by("space", "at", "id").values_list("space", "object", "at", "record").iterator(1_000)
