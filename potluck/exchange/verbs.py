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
from potluck.exchange.finishing import finish
from potluck.exchange.models import Import
from potluck.exchange.reading import history
from potluck.exchange.settling import settle
from potluck.exchange.source import History, Limits, Wanted
from potluck.exchange.staging import stage
from potluck.exchange.withdrawing import show_again
from potluck.exchange.words import tidy_name
from potluck.people.models import Person
from potluck.people.verbs import log, the_house

#: ``say("read" | "settle" | "finish", done, total)``
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
    """Brings the Slack export at ``path``, a ZIP file or a folder: private channels only with ``private``, direct messages only
    with ``messages``; both stay private. As ``bring``."""
    return bring(Wanted("slack", path, private, messages, limits=limits or Limits()), by=by, dry_run=dry_run, say=say)


def bring_mbox(
    path: Path,
    *,
    by: Person | None = None,
    group: str = "",
    private: bool = False,
    dry_run: bool = False,
    limits: Limits | None = None,
    say: Say = silent,
) -> dict[str, Any]:
    """Brings the archive of a mailing list at ``path`` (mbox, also packed as .gz or .xz) into the group named ``group``, else
    into one named as the list; with ``private`` into a closed one. As ``bring``."""
    return bring(Wanted("mbox", path, private, group=group, limits=limits or Limits()), by=by, dry_run=dry_run, say=say)


def bring(wanted: Wanted, *, by: Person | None = None, dry_run: bool = False, say: Say = silent) -> dict[str, Any]:
    """Brings what is wanted of an archive and returns the report (see ``report.CAME``).

    Nobody is told and nothing is due. Killed at any moment it has changed nothing that can be seen, or all of it, and goes
    on when called again. The same archive again adds nothing. With ``dry_run`` all of it is done and taken back. Raises
    ``BadArchive``, ``Refused``.
    """
    if by is not None:
        require(by, "imports.bring")
    began = time.monotonic()
    with alone(), history(wanted) as opened:
        if dry_run:
            with transaction.atomic():
                past = _begun(opened, wanted, by)
                done = _brought(opened, wanted, past, say)
                transaction.set_rollback(True)
        else:
            past = _begun(opened, wanted, by)
            try:
                done = _brought(opened, wanted, past, say)
            except IntegrityError:
                # Somebody with the same address came in at the door in between: look again who is here.
                done = _brought(opened, wanted, past, say)
        done["seconds_readable"] = round(time.monotonic() - began, 1)
        if not dry_run:
            for unfinished in Import.objects.exclude(readable_at=None).filter(finished_at=None).order_by("pk"):
                finish(unfinished, the_house().language, say)
    done["seconds"] = round(time.monotonic() - began, 1)
    if not dry_run:
        Import.objects.filter(pk=past.pk).update(report=done)
    return done


@transaction.atomic
def _begun(opened: History, wanted: Wanted, by: Person | None) -> Import:
    """The unfinished import of this very archive, or a new one; other unfinished ones are given up."""
    same = {
        "system": wanted.system,
        "fingerprint": opened.fingerprint,
        "private": wanted.private,
        "messages": wanted.messages,
    }
    Import.objects.filter(readable_at=None).exclude(**same).delete()
    past = Import.objects.filter(readable_at=None, **same).first()
    return past or Import.objects.create(
        workspace=opened.workspace, name=tidy_name(wanted.path.resolve().name), by=by, begun_at=clock.now(), **same
    )


def _brought(opened: History, wanted: Wanted, past: Import, say: Say) -> dict[str, Any]:
    """Reads the rest, then lets all of it settle in one transaction."""
    stage(opened, wanted, past, lambda done, total: say("read", done, total))
    with transaction.atomic():
        came, skipped = settle(past, the_house().language, lambda done, total: say("settle", done, total))
        if shown := show_again(past):
            came["shown_again"] = shown
            skipped["already_here"] -= shown
        done = report.made(came, skipped + Counter(past.skipped))
        past.readable_at, past.report = clock.now(), done
        past.save(update_fields=["readable_at", "report"])
        log(past.by, "imports.bring", None, f"{past.system} {past.name}")
    return done
