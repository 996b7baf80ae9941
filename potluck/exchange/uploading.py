"""Bringing a file by the browser: it is received into the data folder, waits there for the worker, and is erased when done.

The row is the queue: an upload without ``done_at`` is to be taken in, by whichever worker finds it.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from potluck.core import clock, jobs
from potluck.core.declared import random_key
from potluck.core.rules import Refused, require
from potluck.exchange.models import Upload
from potluck.exchange.roster.bringing import bring_people
from potluck.exchange.source import BadArchive
from potluck.exchange.verbs import Say, bring_mbox, bring_slack, silent
from potluck.people.models import Person

#: The largest file that is taken by the browser, in bytes; the command takes larger ones.
LARGEST = 500 * 1024**2
#: What the rest of the form may weigh, and what stays free on the disk.
FORM, SPARE = 64 * 1024, 256 * 1024**2
#: The advisory locks of whoever receives a file ("potlupr") and of the worker that takes one in ("potlupw").
RECEIVING, TAKING = 0x706F746C757072, 0x706F746C757077
TRIES = 5
KEPT = timedelta(days=30)
SOURCES = ("slack", "mbox", "people")
TAKEN_BY = "exchange.take_uploads"


class NoRoom(Refused):
    """The file cannot be received now; nothing of it was read."""


def folder() -> Path:
    return settings.DATA / "uploads"


@contextmanager
def held(lock: int) -> Iterator[bool]:
    """Whether this lock was free; it ends with the connection, whatever happens to the process."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_lock(%s)", [lock])
        (mine,) = cursor.fetchone()
    try:
        yield mine
    finally:
        if mine and connection.connection is not None and not connection.connection.closed:
            with connection.cursor() as cursor:
                cursor.execute("select pg_advisory_unlock(%s)", [lock])


@contextmanager
def received(keeper: Person, size: int) -> Iterator[Path]:
    """A folder of its own for one file of ``size`` bytes that comes in now. It is erased unless ``take`` was called. Raises
    ``NoRoom`` where another one comes in or is being taken in, or the disk is too full."""
    require(keeper, "imports.bring")
    with held(RECEIVING) as mine:
        if not mine or Upload.objects.filter(done_at=None).exists():
            raise NoRoom(_("Another file is on its way in. This one can follow when it is done."))
        sweep()
        folder().mkdir(mode=0o700, exist_ok=True)
        if shutil.disk_usage(folder()).free < size + SPARE:
            raise NoRoom(_("There is not enough room on the server's disk for this file."))
        place = folder() / random_key()
        place.mkdir(mode=0o700)
        try:
            yield place
        finally:
            if not Upload.objects.filter(key=place.name).exists():
                shutil.rmtree(place, ignore_errors=True)


@transaction.atomic
def take(keeper: Person, source: str, file: Path, **wishes: Any) -> Upload:
    """The file has arrived: the worker takes it in. ``wishes`` are those of the command."""
    require(keeper, "imports.bring")
    try:
        with transaction.atomic():
            upload = Upload.objects.create(
                key=file.parent.name, source=source, name=file.name, size=file.stat().st_size, wishes=wishes, by=keeper,
                at=clock.now(),
            )  # fmt: skip
    except IntegrityError as error:
        raise NoRoom(_("Another file is on its way in. This one can follow when it is done.")) from error
    jobs.soon(TAKEN_BY)
    return upload


def waiting() -> Upload | None:
    return Upload.objects.filter(done_at=None).select_related("by").first()


def bring(upload: Upload, say: Say = silent) -> dict[str, Any]:
    """Takes an upload in, as the command does, in the name of who sent it. Raises what the commands raise."""
    path = folder() / upload.key / upload.name
    try:
        return _brought(upload, path, say)
    except BadArchive as bad:  # where it lies here is nobody's business
        raise BadArchive(str(bad).replace(str(path), upload.name)) from bad


def _brought(upload: Upload, path: Path, say: Say) -> dict[str, Any]:
    wishes = {name: bool(upload.wishes.get(name)) for name in ("dry_run", "private", "messages", "yes")}
    match upload.source:
        case "people":
            return bring_people(path, by=upload.by, dry_run=wishes["dry_run"], yes=wishes["yes"], say=say)
        case "mbox":
            return bring_mbox(
                path,
                by=upload.by,
                group=str(upload.wishes.get("group") or ""),
                private=wishes["private"],
                dry_run=wishes["dry_run"],
                say=say,
            )
        case "slack":
            return bring_slack(
                path,
                by=upload.by,
                private=wishes["private"],
                messages=wishes["messages"],
                dry_run=wishes["dry_run"],
                say=say,
            )
    raise BadArchive(_("Nobody here knows how to read this file."))


def begun(upload: Upload) -> bool:
    """Whether this is worth another try; counts it."""
    if upload.tries >= TRIES:
        ended(upload, problem=_("It was begun several times and never finished. The command may say more."))
        return False
    Upload.objects.filter(pk=upload.pk).update(tries=F("tries") + 1)
    return True


def went(upload: Upload, step: str, percent: int) -> None:
    """How far it is, for the page that shows it."""
    Upload.objects.filter(pk=upload.pk, done_at=None).update(step=step, percent=min(max(percent, 0), 100))


def ended(upload: Upload, *, report: dict[str, Any] | None = None, problem: str = "") -> None:
    """Taken in, or not: the file goes."""
    Upload.objects.filter(pk=upload.pk, done_at=None).update(
        done_at=clock.now(), report=report or {}, problem=problem, step="", percent=0
    )
    shutil.rmtree(folder() / upload.key, ignore_errors=True)


def sweep() -> None:
    """Erases what a process that was killed while receiving left in the folder. To be called while ``RECEIVING`` is held."""
    kept = set(Upload.objects.filter(done_at=None).values_list("key", flat=True))
    if folder().is_dir():
        for place in folder().iterdir():
            if place.name not in kept:
                shutil.rmtree(place, ignore_errors=True)


def forget() -> None:
    """Every night: reports of uploads go after thirty days, and files that nobody waits for. Called by a daily job."""
    Upload.objects.filter(done_at__lt=clock.now() - KEPT).delete()
    with held(RECEIVING) as mine:
        if mine:
            sweep()
