"""A Slack export as neutral records.

Two things decide everything here. The ``ts`` of a message is its id and its time, kept as the string it is
(the date in a file's name follows the zone of whoever exported). And what was private stays private: a
conversation is only as open as the list it is named in, and one that no list names is not read.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from potluck.exchange.slack.archive import DAMAGED, Archive, opened
from potluck.exchange.slack.emoji import emoji
from potluck.exchange.slack.listing import BadListing, items
from potluck.exchange.slack.mrkdwn import parse, parse_blocks
from potluck.exchange.source import (
    WHOLE,
    BadArchive,
    Chunk,
    Known,
    Limits,
    Reach,
    Record,
    Share,
    Skipped,
    SourceFile,
    SourceJoin,
    SourcePerson,
    SourcePost,
    SourceReaction,
    SourceRoll,
    SourceSpace,
    Wanted,
)
from potluck.exchange.words import BREAK, Node, Words, everything, is_empty, text, tidy, tidy_name

LISTS = {"channels.json": Reach.OPEN, "groups.json": Reach.CLOSED, "mpims.json": Reach.NAMED, "dms.json": Reach.NAMED}
PEOPLE = ("users.json", "org_users.json")
DAY = re.compile(r"(?P<folder>[^/]+)/(?P<day>\d{4}-\d{2}-\d{2})\.json$")
TS = re.compile(r"\d{1,11}(\.\d{1,6})?$", re.ASCII)
EMAIL = re.compile(r"[^@\s,;<>\"]{1,64}@[^@\s,;<>\"]+\.[^@\s,;<>\".]+$")
SLACKBOT = "USLACKBOT"
RENAMER = "U00"

WRITTEN = {"", "thread_broadcast", "me_message", "file_share", "file_comment", "bot_message", "slackbot_response"}
JOINED = {"channel_join", "group_join"}
FOR_PRIVATE = {Reach.CLOSED: "private_channel", Reach.NAMED: "direct_message"}
GONE = {"tombstone": "file_deleted", "hidden_by_limit": "file_hidden_by_limit"}


@dataclass(frozen=True, slots=True)
class Conversation:
    """One channel, private channel or direct message: its space (none if no list names it) and its files,
    by day.
    """

    folder: str
    space: SourceSpace | None
    days: tuple[str, ...]


@dataclass
class Export:
    """An opened export. ``people`` and ``spaces`` are small and held; messages are read day by day."""

    archive: Archive
    limits: Limits
    root: str
    workspace: str = ""
    people: dict[str, SourcePerson] = field(default_factory=dict)
    spaces: dict[str, SourceSpace] = field(default_factory=dict)
    bots: dict[str, str] = field(default_factory=dict)
    conversations: list[Conversation] = field(default_factory=list)
    met: set[str] = field(default_factory=set)

    @property
    def fingerprint(self) -> str:
        return self.archive.fingerprint

    @property
    def size(self) -> int:
        """Bytes of messages to read, for a progress bar."""
        return sum(self.archive.names[day] for conversation in self.conversations for day in conversation.days)

    def size_of(self, day: str) -> int:
        return self.archive.names[day]

    def read(
        self, conversation: Conversation, *, private: bool, messages: bool, after: str = ""
    ) -> Iterator[tuple[str, list[Record]]]:
        """The days of a conversation in their order (only those after the file ``after``), each with its
        records.

        Without ``private``, private channels stay out; without ``messages``, direct messages; both are
        counted.
        """
        space = conversation.space
        reason = ""
        if space is None:
            reason = "unknown_conversation"
        elif (space.reach == Reach.CLOSED and not private) or (space.reach == Reach.NAMED and not messages):
            reason = FOR_PRIVATE[space.reach]
        for day in conversation.days:
            if day <= after:
                continue
            if reason or space is None:
                count = sum(1 for _message in self._items(day))
                yield day, [Skipped(reason, count)] if count else []
            else:
                yield (day, [record for message in self._items(day) for record in self._message(space, message)])

    def _items(self, name: str, largest: int | None = None) -> Iterator[object]:
        try:
            with self.archive.open(name) as file:
                yield from items(file, largest or self.limits.item)
        except BadListing as error:
            raise BadArchive(
                _("The file “%(name)s” in this export cannot be read (%(why)s). Please download the export again.")
                % {"name": name, "why": error}
            ) from error
        except DAMAGED as error:
            raise BadArchive(
                _("The file “%(name)s” in this export is damaged. Please download the export again.") % {"name": name}
            ) from error

    # --- one message ---

    def _message(self, space: SourceSpace, message: object) -> Iterator[Record]:
        if not isinstance(message, dict):
            yield Skipped("malformed")
            return
        if message.get("type") != "message":
            yield Skipped("not_a_message")
            return
        at = moment(message.get("ts"))
        subtype = message.get("subtype") or ""
        if at is None or not isinstance(subtype, str):
            yield Skipped("malformed")
            return
        if at > datetime.now(UTC) + timedelta(days=1):
            yield Skipped("time_in_the_future")
            return
        if subtype in WRITTEN and not message.get("hidden"):
            yield from self._written(space, message, subtype, message["ts"], at)
            return
        reactions = sum(len(set(_strings(reaction.get("users")))) for reaction in _dicts(message.get("reactions")))
        if reactions:
            yield Skipped("reaction_on_event", reactions)
        person = _string(message.get("user"))
        if subtype in JOINED and person and person != RENAMER:
            yield from self._meet(person, message, "")
            yield SourceJoin(space.id, message["ts"], at, person)
            return
        if subtype in {"channel_archive", "group_archive"}:
            members = () if space.members else tuple(_strings(message.get("members")))
            for member in members:
                yield from self._meet(member, {}, "")
            yield SourceRoll(space.id, at, members)
        yield Skipped("deleted" if subtype == "tombstone" else "event")

    def _written(self, space: SourceSpace, message: dict, subtype: str, ts: str, at: datetime) -> Iterator[Record]:
        by, bot = self._author(message, subtype)
        if not by or by == RENAMER:
            yield Skipped("without_author")
            return
        files = tuple(_files(message))
        words = _words(message, subtype, files)
        if (
            bot
            and (said := tidy_name(message.get("username")))
            and said not in {self.bots.get(by), self._name(by)}
            and (by in self.people or by in self.met)
        ):
            # One bridge speaks for many: the name it gave stands before what it said.
            words = (Node("bold", inside=(text(f"{said}:"),)), text(" "), *words)
        if is_empty(words):
            yield Skipped("empty")
            return
        yield from self._meet(by, message, tidy_name(message.get("username")) if bot else "", bot=bot)
        root = _string(message.get("thread_ts"))
        edited = message.get("edited")
        yield SourcePost(
            space=space.id,
            id=ts,
            at=at,
            by=by,
            words=words,
            bot=bot,
            files=files,
            above=(root,) if root != ts and moment(root) else (),
            edited=moment(edited.get("ts")) if isinstance(edited, dict) else None,
        )
        if gone := Counter(file.gone for file in files if file.gone):
            yield from (Skipped(reason, count) for reason, count in gone.items())
        yield from self._reactions(space, message, ts)

    def _author(self, message: dict, subtype: str) -> tuple[str, bool]:
        """The id of who wrote it, and whether that is a bot."""
        if subtype == "file_comment":
            comment = message.get("comment")
            return (_string(comment.get("user")) if isinstance(comment, dict) else "") or _string(
                message.get("user")
            ), False
        person, bot = _string(message.get("user")), _string(message.get("bot_id"))
        if person and subtype != "bot_message":
            known = self.people.get(person)
            return person, known.bot if known else bool(bot) or person == SLACKBOT
        if person in self.people:
            return person, True
        return self.bots.get("of:" + bot, "") or bot or person or (
            f"named:{name}" if (name := tidy_name(message.get("username"), 50)) else ""
        ), True

    def _reactions(self, space: SourceSpace, message: dict, ts: str) -> Iterator[Record]:
        given: dict[tuple[str, str], None] = {}
        double = nobody = 0
        for reaction in _dicts(message.get("reactions")):
            users = list(dict.fromkeys(_strings(reaction.get("users"))))
            sign = emoji(tidy_name(reaction.get("name"), 100)) if reaction.get("name") else ""
            if not sign.strip(":"):
                yield Skipped("malformed", max(1, len(users)))
                continue
            count = reaction.get("count")
            nobody += max(0, count - len(users)) if isinstance(count, int) and count < 1_000_000 else 0
            for person in users:
                if (person, sign) in given:
                    double += 1
                given[person, sign] = None
        for person, sign in given:
            yield from self._meet(person, {}, "")
            yield SourceReaction(space.id, ts, person, sign)
        if double:
            yield Skipped("same_reaction_in_another_skin_tone", double)
        if nobody:
            yield Skipped("reaction_without_a_name", nobody)

    # --- people met on the way ---

    def _name(self, person: str) -> str:
        return self.people[person].name if person in self.people else ""

    def _meet(self, person: str, message: dict, named: str, *, bot: bool = False) -> Iterator[SourcePerson]:
        """Somebody the lists do not know (a guest of a shared channel, a deleted bot), told once."""
        if person in self.people or person in self.met:
            return
        self.met.add(person)
        if person == SLACKBOT:
            yield SourcePerson(person, "Slackbot", bot=True, known=Known.GLIMPSE)
            return
        profile = _dict(message.get("user_profile"))
        about = _dict(message.get("bot_profile"))
        name = tidy_name(
            profile.get("real_name")
            or profile.get("display_name")
            or profile.get("name")
            or (about.get("name") if bot else "")
            or named
        )
        if bot:
            self.bots[person] = name
        yield SourcePerson(person, name, bot=bot, known=Known.GLIMPSE if name else Known.NOTHING)


# --- opening ---


@contextmanager
def export(path: Path, limits: Limits | None = None) -> Iterator[Export]:
    """The Slack export at ``path``, its people and conversations read. Raises BadArchive with a sentence."""
    limits = limits or Limits()
    with opened(path, limits) as archive:
        found = Export(archive, limits, _root(path, archive))
        _read_people(found)
        _read_spaces(found)
        _find_days(found)
        if not found.people and not found.spaces:
            raise BadArchive(_not_slack(path))
        yield found


def _not_slack(path: Path) -> str:
    return _("“%(path)s” is no Slack export: neither people (users.json) nor channels (channels.json) are in it.") % {
        "path": path
    }


def _root(path: Path, archive: Archive) -> str:
    """The folder inside the archive that holds the lists: usually none, one if it was packed again."""
    found = [name.rpartition("/")[0] for name in archive.names if name.rpartition("/")[2] in {*LISTS, *PEOPLE}]
    if not found:
        raise BadArchive(_not_slack(path))
    shortest = min(found, key=lambda folder: (folder.count("/") + bool(folder), folder))
    return shortest + "/" if shortest else ""


def _read_people(found: Export) -> None:
    teams: Counter[str] = Counter()
    for name in PEOPLE:
        if found.root + name not in found.archive.names:
            continue
        for row in found._items(found.root + name):
            if not isinstance(row, dict) or not (person := _string(row.get("id"))):
                continue
            found.people[person] = _person(person, row)
            enterprise = row.get("enterprise_user")
            teams[_string(enterprise.get("enterprise_id")) if isinstance(enterprise, dict) else ""] += 1000
            teams[_string(row.get("team_id"))] += 1
            profile = row.get("profile")
            if isinstance(profile, dict) and (bot := _string(profile.get("bot_id"))):
                found.bots["of:" + bot] = person
    teams.pop("", None)
    found.workspace = min(teams, key=lambda team: (-teams[team], team), default="")


def _person(person: str, row: dict) -> SourcePerson:
    profile = _dict(row.get("profile"))
    email = tidy_name(profile.get("email"), 254).lower()
    bot = bool(row.get("is_bot")) or person == SLACKBOT
    names = (profile.get("real_name"), row.get("real_name"), profile.get("display_name"), row.get("name"))
    return SourcePerson(
        person,
        name=next(filter(None, map(tidy_name, names)), ""),
        email=email if EMAIL.match(email) and not bot else "",
        bot=bot,
        guest=bool(row.get("is_restricted") or row.get("is_ultra_restricted")),
        title=tidy_name(profile.get("title")),
    )


def _read_spaces(found: Export) -> None:
    for name, reach in LISTS.items():
        if found.root + name not in found.archive.names:
            continue
        # A channel lists all its members: the largest item an export has.
        for row in found._items(found.root + name, found.limits.lists):
            if isinstance(row, dict) and (space := _string(row.get("id"))):
                found.spaces[space] = _space(space, row, reach)


def _space(space: str, row: dict, reach: Reach) -> SourceSpace:
    if row.get("is_im") or row.get("is_mpim"):
        reach = Reach.NAMED
    elif row.get("is_private") and reach == Reach.OPEN:
        reach = Reach.CLOSED
    about = [_plain(row.get(part)) for part in ("purpose", "topic")]
    return SourceSpace(
        space,
        tidy_name(row.get("name")) or space,
        reach,
        about="\n\n".join(dict.fromkeys(filter(None, about))),
        archived=bool(row.get("is_archived")),
        created=moment(str(row.get("created") or "")),
        creator=_string(row.get("creator")),
        members=tuple(dict.fromkeys(_strings(row.get("members")))),
    )


def _plain(part: object) -> str:
    """A topic or purpose without its markup: names of people and channels as Slack wrote them, links as
    they are.
    """
    words = parse(part.get("value")) if isinstance(part, dict) else ()
    signs = {"person": "@", "space": "#"}
    return "".join(
        "\n" if node.kind == "break" else signs.get(node.kind, "") + (node.text or node.target)
        for node in everything(words)
        if node.kind in {"text", "code", "pre", "link", "person", "space", "break"}
    ).strip()


def _find_days(found: Export) -> None:
    days: dict[str, list[str]] = {}
    for name in found.archive.names:
        if name.startswith(found.root) and (match := DAY.match(name[len(found.root) :])):
            days.setdefault(match["folder"], []).append(name)
    named: dict[str, SourceSpace] = {}
    for space in found.spaces.values():
        for folder in (space.id, space.name):
            other = named.get(folder)
            # Two lists claim one folder: the more careful one is right.
            if other is None or (space.reach != Reach.OPEN and other.reach == Reach.OPEN):
                named[folder] = space
    found.conversations = [
        Conversation(folder, named.get(folder), tuple(sorted(files))) for folder, files in sorted(days.items())
    ]


# --- small facts ---


def moment(ts: object) -> datetime | None:
    """``seconds.microseconds`` as a time in UTC, exact; nothing where it is none or none that can have
    happened.
    """
    if not isinstance(ts, str) or not TS.match(ts):
        return None
    seconds, _dot, rest = ts.partition(".")
    if not 0 < int(seconds) < 32_503_680_000:
        return None
    return datetime.fromtimestamp(int(seconds), UTC) + timedelta(microseconds=int(rest.ljust(6, "0")))


def _words(message: dict, subtype: str, files: tuple[SourceFile, ...]) -> Words:
    if subtype == "file_comment":
        comment = message.get("comment")
        words = parse(comment.get("comment")) if isinstance(comment, dict) else parse(message.get("text"))
    elif subtype == "file_share" and isinstance(message.get("file"), dict):
        # Old exports tell the upload in a sentence of Slack's own; what the person said stands beside it.
        first = message["file"].get("initial_comment")
        words = parse(first.get("comment")) if message.get("upload", True) and isinstance(first, dict) else ()
    else:
        words = parse(message.get("text"))
        if is_empty(words):
            words = parse_blocks(message.get("blocks"))
        if is_empty(words):
            words = _attached(message.get("attachments"))
    if (
        subtype == "me_message"
        and len(words)
        and all(node.kind in {"text", "person", "space", "link"} for node in words)
    ):
        words = (Node("italic", inside=words),)
    for file, address in _named_files(message, files):
        label = f"📎 {file.name}"
        words = (*words, *((BREAK, BREAK) if words else ()), Node("link", label, address) if address else text(label))
    return words


def _attached(attachments: object) -> Words:
    """What stands only in attachments: shared messages and what applications post."""
    words: list[Node] = []
    for attachment in _dicts(attachments):
        parts = [parse(attachment.get("pretext"))]
        title, link = tidy_name(attachment.get("title")), tidy(attachment.get("title_link"))
        if title:
            parts.append((Node("link", title, link),) if link else (Node("bold", inside=(text(title),)),))
        parts.append(parse(attachment.get("text")) or parse_blocks(attachment.get("blocks")))
        for row in _dicts(attachment.get("fields")):
            parts.append((text(f"{tidy_name(row.get('title'))}: "), *parse(row.get("value"))))
        parts = [part for part in parts if not is_empty(part)]
        for part in parts or [parse(attachment.get("fallback"))]:
            if not is_empty(part):
                words += [BREAK, *part] if words else part
    return tuple(words)


def _raw_files(message: dict) -> list[dict]:
    return _dicts(message.get("files")) or _dicts([message.get("file")])


def _files(message: dict) -> Iterator[SourceFile]:
    for row in _raw_files(message):
        gone = GONE.get(_string(row.get("mode")), "")
        if not gone and row.get("file_access") == "access_denied":
            gone = "file_without_access"
        if file := _string(row.get("id")):
            yield SourceFile(file, tidy_name(row.get("title") or row.get("name")) or file, gone)


def _named_files(message: dict, files: tuple[SourceFile, ...]) -> Iterator[tuple[SourceFile, str]]:
    """Files with a name worth showing; one that lies elsewhere (a shared document) keeps its address."""
    rows = {_string(row.get("id")): row for row in _raw_files(message)}
    for file in files:
        row = rows[file.id]
        if file.gone == "file_deleted" or not (row.get("title") or row.get("name")):
            continue
        address = tidy(row.get("url_private")) if row.get("is_external") else ""
        host = urlsplit(address).hostname or "" if address.startswith("https://") else ""
        yield file, address if host and not host.endswith("slack.com") else ""


def _string(value: object) -> str:
    """An id or a word of Slack's own; none is as long as 64 characters."""
    return tidy_name(value, 64) if isinstance(value, str) else ""


def _strings(values: object) -> list[str]:
    return [found for value in values if (found := _string(value))] if isinstance(values, list) else []


def _dict(value: object) -> dict:
    return value if isinstance(value, dict) else {}


def _dicts(rows: object) -> list[dict]:
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


# --- as the import reads it ---


@dataclass(frozen=True, slots=True)
class SlackHistory:
    """An export in the order in which it is taken in: who and where, then day after day of every conversation."""

    found: Export
    wanted: Wanted
    readers: int = 1

    @property
    def workspace(self) -> str:
        return self.found.workspace

    @property
    def fingerprint(self) -> str:
        return self.found.fingerprint

    @property
    def size(self) -> int:
        return self.found.size

    def chunks(self, after: str, share: Share = WHOLE) -> Iterator[Chunk]:
        done = 0
        if not after:
            yield Chunk("", 0, [*self.found.people.values(), *self.found.spaces.values()])
        for conversation in self.found.conversations:
            behind = [day for day in conversation.days if day <= after]
            done += sum(self.found.size_of(day) for day in behind)
            if len(behind) == len(conversation.days):
                continue
            for day, records in self.found.read(
                conversation, private=self.wanted.private, messages=self.wanted.messages, after=after
            ):
                done += self.found.size_of(day)
                yield Chunk(day, done, records)


@contextmanager
def history(wanted: Wanted) -> Iterator[SlackHistory]:
    with export(wanted.path, wanted.limits) as found:
        yield SlackHistory(found, wanted)
