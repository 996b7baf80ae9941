"""The people list of every night: the newest CSV file of a folder, where the house has one (``POTLUCK_PEOPLE_FOLDER``)."""

from __future__ import annotations

import hashlib
from pathlib import Path

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from potluck.core import clock
from potluck.core.rules import Refused
from potluck.exchange.alone import Busy
from potluck.exchange.models import Import
from potluck.exchange.roster.bringing import SYSTEM, bring_people
from potluck.exchange.source import BadArchive
from potluck.exchange.words import tidy_name
from potluck.people.verbs import the_house


def take_newest() -> None:
    """Takes the newest list in, once: as long as its content is that of the last list from this folder, nothing happens. What
    could not be taken in is said to administrators on the page of the house, once, too."""
    if not settings.PEOPLE_FOLDER:
        return
    folder = Path(settings.PEOPLE_FOLDER)
    with translation.override(the_house().language):
        try:
            newest = _newest(folder)
            if newest is None:
                return
            fingerprint = _fingerprint(newest)
            if _is_last(fingerprint):
                return
            # A file that is still being written is whole tomorrow; what it is now is what was looked at.
            try:
                bring_people(newest, nightly=True)
            except Busy:
                return  # another import is under way: tomorrow is another night
            except (BadArchive, Refused) as problem:
                _note(newest.name, fingerprint, str(problem).replace(str(newest), newest.name))
        except OSError as error:
            said = _("The folder of people lists cannot be read: %(why)s.") % {"why": error.strerror or ""}
            if not _is_last(key := hashlib.sha256(said.encode()).hexdigest()):
                _note(folder.name, key, said)


def _newest(folder: Path) -> Path | None:
    """The file that was written last; of two at once the later by name. Links and hidden files are none."""
    found = [
        path
        for path in folder.iterdir()
        if path.suffix.lower() == ".csv" and not path.name.startswith(".") and path.is_file() and not path.is_symlink()
    ]
    return max(found, key=lambda path: (path.stat().st_mtime_ns, path.name), default=None)


def _fingerprint(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _is_last(fingerprint: str) -> bool:
    last = Import.objects.filter(system=SYSTEM, is_nightly=True).order_by("-begun_at", "-pk").first()
    return last is not None and last.fingerprint == fingerprint


def _note(name: str, fingerprint: str, problem: str) -> None:
    now = clock.now()
    Import.objects.create(
        system=SYSTEM, name=tidy_name(name), fingerprint=fingerprint, is_nightly=True, problem=problem, begun_at=now,
        readable_at=now, finished_at=now,
    )  # fmt: skip
