"""Reads the story of the demo company (``story/README.md`` says how its pages are written). Knows no database."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

PAGES = Path(__file__).parent / "story"
BERLIN = ZoneInfo("Europe/Berlin")
#: "Now" in the story is at most so many minutes before its end; everything else is over by then.
NOW_LASTS = 120
DAY_ONE_ENDS = "21:55"

_WHEN = r"(?P<when>\d+ \d\d:\d\d|now-\d+)"
_GIFT = re.compile(
    rf"(?P<level>#{{2,4}}) {_WHEN} (?P<by>\w+)(?: (?P<verb>posts|asks|welcomes|thanks))?"
    r"(?: (?P<to>(?!in )\w+(?:, \w+)*))?(?: in (?P<group>\w+))?"
)
_HAPPENED = re.compile(rf"~ {_WHEN} (?P<what>\w+)(?: (?P<who>\w+))?(?:: (?P<rest>.+))?")
_REQUEST = re.compile(rf"~ {_WHEN} (?P<by>\w+) asks to join (?P<group>\w+): (?P<words>.+)")


@dataclass(eq=False)
class Happened:
    """What somebody did to a gift: a reaction, "this helped", a yes. ``who`` did it; ``words`` where there are any."""

    when: str
    what: str
    who: list[str] = field(default_factory=list)
    words: str = ""


@dataclass(eq=False)
class Gift:
    """One gift of the story. ``verb`` is posts, asks, welcomes, thanks or answers; ``on`` is what it answers."""

    at_line: str
    when: str
    by: str
    verb: str
    to: list[str] = field(default_factory=list)
    group: str = ""
    on: Gift | None = None
    words: str = ""
    what_changed: str = ""
    is_offered: bool = False
    happened: list[Happened] = field(default_factory=list)

    @property
    def title(self) -> str:
        """The first paragraph of a question, when more follows."""
        return self.words.partition("\n\n")[0] if self.verb == "asks" and "\n\n" in self.words else ""

    @property
    def body(self) -> str:
        return self.words.partition("\n\n")[2] if self.title else self.words


@dataclass(eq=False)
class Request:
    """Somebody asks to join a closed group."""

    when: str
    by: str
    group: str
    words: str


class Misread(ValueError):
    """A slip of the pen, with page and line."""


def people() -> dict[str, dict[str, Any]]:
    return tomllib.loads((PAGES / "people.toml").read_text("utf-8"))


def groups() -> dict[str, dict[str, Any]]:
    return tomllib.loads((PAGES / "groups.toml").read_text("utf-8"))


def story() -> tuple[list[Gift], list[Request]]:
    """Every gift and request of the story, page by page. Raises ``Misread``."""
    gifts: list[Gift] = []
    requests: list[Request] = []
    for page in sorted(PAGES.glob("[0-9]-*.md")):
        for one in _read(page.name, page.read_text("utf-8")):
            (requests if isinstance(one, Request) else gifts).append(one)  # type: ignore[arg-type]
    return gifts, requests


def _read(page: str, text: str) -> Iterator[Gift | Request]:
    above: dict[int, Gift] = {}
    gift: Gift | None = None
    for number, line in enumerate(text.splitlines(), 1):
        place = f"{page}:{number}"
        if line.startswith("##"):
            if gift:
                yield _whole(gift)
            gift = _gift(place, line, above)
        elif line.startswith("~ ") and (found := _REQUEST.fullmatch(line)):
            yield Request(found["when"], found["by"], found["group"], found["words"])
        elif line.startswith("~"):
            if gift is None:
                raise Misread(f"{place}: nothing was given yet")
            _note(place, line, gift)
        elif gift:
            gift.words += line + "\n"
    if gift:
        yield _whole(gift)


def _gift(place: str, line: str, above: dict[int, Gift]) -> Gift:
    found = _GIFT.fullmatch(line)
    if found is None:
        raise Misread(f"{place}: {line}")
    level = len(found["level"])
    verb = found["verb"] or "answers"
    on = above.get(level - 1)
    if (level == 2) != (on is None) or (level > 2 and verb not in ("answers", "thanks")):
        raise Misread(f"{place}: what does this answer? {line}")
    gift = Gift(place, found["when"], found["by"], verb, (found["to"] or "").split(", "), found["group"] or "", on)
    gift.to = [one for one in gift.to if one]
    if bool(gift.to) != (verb in ("welcomes", "thanks")):
        raise Misread(f"{place}: to whom? {line}")
    above[level] = gift
    for deeper in [one for one in above if one > level]:
        del above[deeper]
    return gift


def _note(place: str, line: str, gift: Gift) -> None:
    if line == "~ offered":
        gift.is_offered = True
    elif line.startswith("~ changed: "):
        gift.what_changed = line.removeprefix("~ changed: ")
    elif found := _HAPPENED.fullmatch(line):
        what, rest = found["what"], found["rest"] or ""
        if what == "asked":
            gift.happened.append(Happened(found["when"], what, [found["who"]], rest))
        else:
            gift.happened.append(Happened(found["when"], what, rest.split(", ") if rest else []))
    else:
        raise Misread(f"{place}: {line}")


def _whole(gift: Gift) -> Gift:
    gift.words = gift.words.strip()
    if not gift.words:
        raise Misread(f"{gift.at_line}: no words")
    return gift


class Calendar:
    """The moments of a story that ends at ``end`` (aware)."""

    def __init__(self, end: datetime):
        self.end = end
        self.days = [end.astimezone(BERLIN).date()]

    def moment(self, when: str) -> datetime:
        """``12 09:40`` or ``now-40``, as ``story/README.md`` says."""
        if when.startswith("now-"):
            return self.end - timedelta(minutes=int(when.removeprefix("now-")))
        days, clock = when.split()
        return datetime.combine(self._working_day(int(days)), datetime.strptime(clock, "%H:%M").time(), BERLIN)  # noqa: DTZ007

    def days_ago(self, days: int) -> datetime:
        """Eight in the morning, so many calendar days before."""
        return datetime.combine(self.days[0] - timedelta(days=days), datetime.min.time(), BERLIN) + timedelta(hours=8)

    def _working_day(self, before: int) -> date:
        while len(self.days) <= before:
            day = self.days[-1] - timedelta(days=1)
            while day.isoweekday() > 5:
                day -= timedelta(days=1)
            self.days.append(day)
        return self.days[before]


def address(key: str) -> str:
    """Nobody's mailbox: ``example`` is set aside for what does not exist (RFC 2606)."""
    return f"{key}@regenhold.example"
