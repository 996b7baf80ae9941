"""What every source of history is turned into before the house takes it in.

A reader (``exchange/slack``) yields these records and knows nothing of our tables; the import
(``exchange/verbs``) writes them and knows nothing of the source. ``id`` is always the id that the source
gave, unique together with system and workspace: it is what makes a second import add nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from potluck.exchange.words import Words


class BadArchive(Exception):
    """This archive cannot be taken in. The text is one whole sentence in the reader's language, ready to be
    shown.
    """


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


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file by name alone: the export has no contents, and we never ask Slack for them."""

    id: str
    name: str
    gone: str = ""


@dataclass(frozen=True, slots=True)
class SourcePost:
    """Something a person (or a bot) wrote. ``root`` is the id of the thread's first post where this stands
    below it.
    """

    space: str
    id: str
    at: datetime
    by: str
    words: Words
    root: str = ""
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
    lists: int = field(default=512 * 1024**2)
