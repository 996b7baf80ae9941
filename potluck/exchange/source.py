"""What every source of history is turned into before the house takes it in.

A reader (``exchange/slack``) yields these records and knows nothing of our tables; the import
(``exchange/verbs``) writes them and knows nothing of the source. ``id`` is always the id that the source
gave, unique together with system and workspace: it is what makes a second import add nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from potluck.exchange.words import Words


class BadArchive(Exception):
    """This archive cannot be taken in. The text is one whole sentence in the reader's language, ready to be
    shown.
    """


class What(StrEnum):
    """What a thing was at its source."""

    PERSON = "person"
    SPACE = "space"
    SEAT = "seat"
    JOIN = "join"
    ROLL = "roll"
    POST = "post"
    THREAD = "thread"
    REACTION = "reaction"
    FILE = "file"


class Reach(StrEnum):
    """Who could read a conversation at its source; never wider in the house."""

    OPEN = "open"
    CLOSED = "closed"
    NAMED = "named"


class Known(StrEnum):
    """How much the source says about somebody; the better word wins when an id is met twice."""

    PROFILE = "profile"
    GLIMPSE = "glimpse"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class SourcePerson:
    id: str
    name: str = ""
    email: str = ""
    bot: bool = False
    guest: bool = False
    title: str = ""
    known: Known = Known.PROFILE


@dataclass(frozen=True, slots=True)
class SourceSpace:
    id: str
    name: str
    reach: Reach
    about: str = ""
    archived: bool = False
    created: datetime | None = None
    creator: str = ""
    members: tuple[str, ...] = ()
    #: The source has no list of members: whoever wrote sits in it.
    writers_are_members: bool = False
    #: A group of the house with this name takes it in.
    may_be_here: bool = False


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file by name alone: its contents are not brought, and we never ask the source for them."""

    id: str
    name: str
    gone: str = ""


@dataclass(frozen=True, slots=True)
class SourcePost:
    """Something a person (or a bot) wrote. ``above`` are the ids of what it may answer, the best first: the first that is
    known counts. A source that knows only the thread's first post gives that one.
    """

    space: str
    id: str
    at: datetime
    by: str
    words: Words
    title: str = ""
    above: tuple[str, ...] = ()
    edited: datetime | None = None
    files: tuple[SourceFile, ...] = ()
    bot: bool = False


@dataclass(frozen=True, slots=True)
class SourceReaction:
    """No source that we read gives a reaction a time, so it has none: never invent one."""

    space: str
    on: str
    by: str
    emoji: str


@dataclass(frozen=True, slots=True)
class SourceJoin:
    """Evidence of the day somebody came; not a post."""

    space: str
    id: str
    at: datetime
    person: str


@dataclass(frozen=True, slots=True)
class SourceRoll:
    """When a space was closed, and who was in it then, where the list of members itself has been emptied."""

    space: str
    at: datetime
    members: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Skipped:
    """What stays out, and why."""

    reason: str
    count: int = 1


Record = SourcePerson | SourceSpace | SourcePost | SourceReaction | SourceJoin | SourceRoll | Skipped


@dataclass(frozen=True, slots=True)
class Limits:
    """What an archive may ask of this machine before it is opened. Sizes in bytes."""

    entries: int = 500_000
    unpacked: int = 20 * 1024**3
    ratio: int = 200
    ratio_from: int = 64 * 1024**2
    item: int = 8 * 1024**2
    mail: int = 32 * 1024**2
    memory: int = 256 * 1024**2
    lists: int = field(default=512 * 1024**2)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which archive, and what of it."""

    system: str
    path: Path
    private: bool = False
    messages: bool = False
    #: The group that takes all of it in, by name; empty: the source's own.
    group: str = ""
    limits: Limits = field(default_factory=Limits)


#: Which of how many readers: (0, 2) is the first of two.
Share = tuple[int, int]
WHOLE: Share = (0, 1)


class History(Protocol):
    """An opened archive. Its ``chunks`` are read once and in their order; each ends with a mark, after which it can be gone on
    with."""

    workspace: str
    fingerprint: str
    #: What there is to read, in the unit of ``Chunk.done``.
    size: int
    #: How many processes may read it side by side.
    readers: int

    def chunks(self, after: str, share: Share = WHOLE) -> Iterator[Chunk]:
        """What comes after the mark ``after`` (empty: everything); of several readers each yields its own chunks: the first
        the first, the second the second, and round again. Raises ``BadArchive``."""


@dataclass(frozen=True, slots=True)
class Chunk:
    mark: str
    done: int
    records: Iterable[Record]
