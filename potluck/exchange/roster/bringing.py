"""Taking a people list in."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from django.db import transaction

from potluck.core import clock
from potluck.core.rules import require
from potluck.exchange.alone import alone
from potluck.exchange.models import Import
from potluck.exchange.roster.settling import as_report, settle
from potluck.exchange.roster.sheet import opened
from potluck.exchange.verbs import Say, silent
from potluck.exchange.words import tidy_name
from potluck.people.models import Person
from potluck.people.verbs import log

SYSTEM = "people"


def bring_people(
    path: Path,
    *,
    by: Person | None = None,
    dry_run: bool = False,
    yes: bool = False,
    nightly: bool = False,
    say: Say = silent,
) -> dict[str, Any]:
    """Takes in the people list (CSV) at ``path`` and returns the report (see ``roster.report``): who is new gets a place that
    waits, names and units follow, who was named by a list before and is not any more is closed. Nobody is mailed. The same
    list again changes nothing. Killed at any moment it has changed nothing. With ``dry_run`` all of it is done and taken
    back. Raises ``BadArchive``; ``Refused``, where more than a third would be closed, unless ``yes``."""
    if by is not None:
        require(by, "imports.bring")
    began = time.monotonic()
    with alone(), opened(path) as sheet, transaction.atomic():
        past = Import.objects.create(
            system=SYSTEM,
            name=tidy_name(path.resolve().name),
            fingerprint=sheet.fingerprint,
            by=by,
            is_nightly=nightly,
            begun_at=clock.now(),
            readable_at=clock.now(),
            finished_at=clock.now(),
        )
        done = as_report(settle(past, sheet.rows, yes=yes, say=lambda line: say("read", line, line + 1)))
        done["seconds"] = round(time.monotonic() - began, 1)
        past.report = done
        past.save(update_fields=["report"])
        log(by, "imports.bring", None, f"{past.system} {past.name}")
        if dry_run:
            transaction.set_rollback(True)
    return done
