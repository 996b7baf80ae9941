"""Bringing history into the house."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.db import IntegrityError, transaction

from potluck.core import clock
from potluck.core.rules import require
from potluck.exchange import report
from potluck.exchange.alone import alone
from potluck.exchange.models import Import
from potluck.exchange.settling import settle
from potluck.exchange.slack.reader import SYSTEM, Export, export
from potluck.exchange.source import Limits
from potluck.exchange.staging import stage
from potluck.exchange.words import tidy_name
from potluck.people.models import Person
from potluck.people.verbs import log, the_house

#: ``say("read" | "settle", done, total)``
Say = Callable[[str, int, int], None]


def silent(step: str, done: int, total: int) -> None:
    """Tells nobody how far it is."""


def bring_slack(
    path: Path,
    *,
    by: Person | None = None,
    private: bool = False,
    messages: bool = False,
    dry_run: bool = False,
    limits: Limits | None = None,
    say: Say = silent,
) -> dict[str, Any]:
    """Brings the Slack export at ``path``, a ZIP file or a folder, and returns the report (see ``report.CAME``).

    Private channels come only with ``private``, direct messages only with ``messages``; both stay private. Nobody is told
    and nothing is due. Killed at any moment it has changed nothing that can be seen, and goes on when called again. The
    same archive again adds nothing. With ``dry_run`` all of it is done and taken back. Raises ``BadArchive``, ``Refused``.
    """
    if by is not None:
        require(by, "imports.bring")
    began = time.monotonic()
    with alone(), export(path, limits) as found:
        if dry_run:
            with transaction.atomic():
                past = _begun(found, path, by, private, messages)
                done = _brought(found, past, say)
                transaction.set_rollback(True)
        else:
            past = _begun(found, path, by, private, messages)
            try:
                done = _brought(found, past, say)
            except IntegrityError:
                # Somebody with the same address came in at the door in between: look again who is here.
                done = _brought(found, past, say)
        readable = time.monotonic() - began
    if not dry_run:
        past.staged.all().delete()
    done |= {"seconds_readable": round(readable, 1), "seconds": round(time.monotonic() - began, 1)}
    if not dry_run:
        Import.objects.filter(pk=past.pk).update(report=done)
    return done


@transaction.atomic
def _begun(found: Export, path: Path, by: Person | None, private: bool, messages: bool) -> Import:
    """The unfinished import of this very archive, or a new one; other unfinished ones are given up."""
    same = {"system": SYSTEM, "fingerprint": found.fingerprint, "private": private, "messages": messages}
    Import.objects.filter(readable_at=None).exclude(**same).delete()
    past = Import.objects.filter(readable_at=None, **same).first()
    return past or Import.objects.create(
        workspace=found.workspace, name=tidy_name(path.resolve().name), by=by, begun_at=clock.now(), **same
    )


def _brought(found: Export, past: Import, say: Say) -> dict[str, Any]:
    """Reads the rest, then lets all of it settle in one transaction."""
    stage(found, past, lambda done, total: say("read", done, total))
    with transaction.atomic():
        came, skipped = settle(past, the_house().language, lambda done, total: say("settle", done, total))
        done = report.made(came, skipped + Counter(past.skipped))
        past.readable_at, past.report = clock.now(), done
        past.save(update_fields=["readable_at", "report"])
        log(past.by, "imports.bring", None, f"{past.system} {past.name}")
    return done
