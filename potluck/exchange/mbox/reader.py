"""The archive of a mailing list as neutral records: one group, the people who wrote, and who answers whom.

A mail's Message-ID is its id everywhere, so archives that overlap meet, and a reply finds what it answers in another. A
person is an address: whoever wrote from two is two people, until somebody says they are one.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import IO

from django.utils.translation import gettext as _

from potluck.exchange.mbox.body import words
from potluck.exchange.mbox.inbox import Inbox
from potluck.exchange.mbox.mail import Mail, Sender
from potluck.exchange.mbox.stream import CHUNK, Bytes
from potluck.exchange.source import (
    WHOLE,
    BadArchive,
    Chunk,
    Known,
    Reach,
    Record,
    Share,
    Skipped,
    SourceFile,
    SourcePerson,
    SourcePost,
    SourceSpace,
    Wanted,
)
from potluck.exchange.words import BREAK, Words, is_empty, text, tidy_name

#: Mails until there is a place from which one can go on.
TOGETHER = 500
#: So many mails are asked for the list's own id.
ASKED = 50
SUFFIXES = re.compile(r"(?:\.(?:mbox|mbx|mboxrd|mail|txt|gz|xz))+$", re.IGNORECASE)
#: Senders that are no person.
MACHINES = re.compile(r"(?:mailer-daemon|postmaster|no-?reply|do-?not-?reply)@|[^@]+-(?:bounces|request|owner)@")


@dataclass
class MailHistory:
    """An opened archive. ``size`` and ``done`` are bytes as they lie there, of a file packed or not. ``again`` begins reading."""

    wanted: Wanted
    again: Callable[[], Bytes | Inbox]
    fingerprint: str
    size: int
    workspace: str = ""
    readers: int = 2
    met: dict[str, bool] = field(default_factory=dict)

    def chunks(self, after: str, share: Share = WHOLE) -> Iterator[Chunk]:
        source = self.again()
        mine, readers = share
        done: list[Record] = [] if after or mine else [self.space]
        skipped: Counter[str] = Counter()
        mark, count, number = after, 0, 0
        for place, raw in source.messages(int(after or 0)):
            if number % readers == mine:
                for record in self._message(raw):
                    if isinstance(record, Skipped):
                        skipped[record.reason] += record.count
                    else:
                        done.append(record)
            mark, count = str(place), count + 1
            if count >= TOGETHER:
                if number % readers == mine:
                    yield self._chunk(mark, source, done, skipped)
                    done, skipped = [], Counter()
                count, number = 0, number + 1
        if number % readers == mine:
            yield self._chunk(mark, source, done, skipped)

    @cached_property
    def space(self) -> SourceSpace:
        """The one group of all: the one that was asked for, else the list by its own name, else by the file's."""
        reach = Reach.CLOSED if self.wanted.private else Reach.OPEN
        if name := tidy_name(self.wanted.group, 80):
            return SourceSpace(f"group:{name.lower()}", name, reach, writers_are_members=True, may_be_here=True)
        for number, (_place, raw) in enumerate(self.again().messages()):
            mail = Mail(raw or b"")
            if mail.list_id:
                return SourceSpace(f"list:{mail.list_id}", mail.list_name, reach, writers_are_members=True)
            if number >= ASKED:
                break
        name = tidy_name(SUFFIXES.sub("", self.wanted.path.name), 80) or _("Mailing list")
        return SourceSpace(f"file:{name.lower()}", name, reach, writers_are_members=True)

    def _chunk(self, mark: str, source: Bytes | Inbox, done: list[Record], skipped: Counter[str]) -> Chunk:
        told = [Skipped(reason, count) for reason, count in skipped.items()]
        return Chunk(mark, source.read_so_far, [*done, *told])

    def _message(self, raw: bytes | None) -> Iterator[Record]:
        if raw is None:
            yield Skipped("deleted")
            return
        if not raw:
            yield Skipped("too_large")
            return
        mail = Mail(raw)
        if mail.may_not_be_kept:
            yield Skipped("not_to_be_kept")
            return
        sender = mail.sender
        if sender is None:
            yield Skipped("without_author")
            return
        is_machine = bool(MACHINES.match(sender.email))
        if mail.is_automatic and not is_machine:
            yield Skipped("automatic")
            return
        at = mail.at(datetime.now(UTC) + timedelta(days=1))
        if at is None:
            yield Skipped("time_in_the_future" if mail.is_from_the_future else "without_time")
            return
        try:
            body, attached = mail.read()
            said = words(body)
        except (RecursionError, ValueError, LookupError):
            # Parts in parts without end, or a header that Python's own parser does not bear.
            yield Skipped("malformed")
            return
        subject, id_ = mail.subject, mail.id
        files = tuple(SourceFile(f"{id_[:400]}/{number}", name) for number, name in enumerate(attached, 1))
        said = _with_files(said, files)
        if is_empty(said):
            said = (text(subject),) if subject else ()
        if not said:
            yield Skipped("empty")
            return
        yield from self._meet(sender, is_machine)
        yield SourcePost(self.space.id, id_, at, sender.id, said, title=subject, above=mail.above, files=files)

    def _meet(self, sender: Sender, is_machine: bool) -> Iterator[SourcePerson]:
        """Somebody who writes for the first time, and again when their name is told for the first time."""
        named = bool(sender.name)
        if sender.id in self.met and (self.met[sender.id] or not named):
            return
        self.met[sender.id] = named
        yield SourcePerson(
            sender.id,
            sender.name or sender.email.partition("@")[0],
            sender.email,
            bot=is_machine,
            known=Known.PROFILE if named else Known.GLIMPSE,
        )


def _with_files(said: Words, files: tuple[SourceFile, ...]) -> Words:
    for file in files:
        said = (*said, *((BREAK, BREAK) if said else ()), text(f"📎 {file.name}"))
    return said


@contextmanager
def history(wanted: Wanted) -> Iterator[MailHistory]:
    """The archive at ``wanted.path``: a file, plain or packed with gzip or xz, or the folder of a public-inbox. Raises
    ``BadArchive`` with a sentence."""
    path = wanted.path
    try:
        file = None if path.is_dir() else path.open("rb")
    except FileNotFoundError as error:
        raise BadArchive(_("There is no file or folder at “%(path)s”.") % {"path": path}) from error
    except PermissionError as error:
        raise BadArchive(_("“%(path)s” may not be read by this account.") % {"path": path}) from error
    except OSError as error:
        raise BadArchive(_("“%(path)s” cannot be read: %(why)s.") % {"path": path, "why": error.strerror}) from error
    if file is not None:
        with file:
            yield _opened(wanted, lambda: Bytes(path, file, wanted.limits), *_looked_at(file))
        return
    inbox = Inbox(path, wanted.limits)
    if not inbox.is_there:
        told = _("“%(path)s” is a folder. The archive of a mailing list is one file (mbox), or the folder of a public-inbox.")
        raise BadArchive(told % {"path": path})
    yield _opened(wanted, lambda: inbox, inbox.fingerprint, inbox.size)


def _opened(wanted: Wanted, again: Callable[[], Bytes | Inbox], looks: bytes, size: int) -> MailHistory:
    """The same archive, wanted in the same way, has the same fingerprint: an interrupted import is recognised by it."""
    digest = hashlib.sha256(looks + repr(wanted.group).encode("utf-8", "surrogatepass"))
    found = MailHistory(wanted, again, digest.hexdigest(), size)
    found.space  # noqa: B018 - what is no archive is refused here, before anything is read
    return found


def _looked_at(file: IO[bytes]) -> tuple[bytes, int]:
    """How a file looks, and its size in bytes."""
    about = os.fstat(file.fileno())
    digest = hashlib.sha256(repr((about.st_size, about.st_mtime_ns)).encode())
    digest.update(file.read(CHUNK))
    file.seek(max(0, about.st_size - CHUNK))
    digest.update(file.read(CHUNK))
    return digest.digest(), about.st_size
