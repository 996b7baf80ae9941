"""Who comes, moves and leaves by a people list. To be called in one transaction.

Nobody is erased, nobody is mailed, and an administrator is never closed by a file. Whom no list ever named is not meant by any.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import F
from django.utils.translation import gettext as _

from potluck.core import clock
from potluck.core.rules import Refused
from potluck.exchange.models import Import, Listed
from potluck.exchange.roster.sheet import Row, Unread
from potluck.exchange.source import BadArchive
from potluck.people.models import Person
from potluck.people.queries import unproved_addresses
from potluck.people.verbs import PastPerson, add_placeholders, deactivate, digest, follow_list, reactivate, the_house

#: More than this part of those whom lists have named leaves only on purpose.
MANY_LEAVE = 1 / 3


class TooManyLeave(Refused):
    """The list would close so many that it is rather the wrong list."""


@dataclass
class Settled:
    """What a list did, in numbers, and whom a reader of the report has to look at: handles."""

    came: Counter[str] = field(default_factory=Counter)
    skipped: dict[str, list[int]] = field(default_factory=dict)
    closed: list[str] = field(default_factory=list)
    stay: dict[str, list[str]] = field(default_factory=dict)

    def skip(self, reason: str, line: int) -> None:
        self.skipped.setdefault(reason, []).append(line)


def settle(past: Import, rows: Iterable[Row | Unread], *, yes: bool, say: Callable[[int], None]) -> Settled:
    """Takes the list in. Raises ``TooManyLeave`` unless ``yes``; ``BadArchive`` where nobody stands in it."""
    done = Settled()
    here, traces = _read(rows, done, say)
    if not here:
        raise BadArchive(_("There is nobody in this list whom it would name as working here: it was not taken in."))
    by_who = {one.who: one for one in Listed.objects.select_related("person__unit")}
    by_person = {one.person_id: one for one in by_who.values()}
    unproved = unproved_addresses()
    by_address = {
        one.email: one
        for one in Person.objects.select_related("unit").filter(email__isnull=False)
        if one.email not in unproved
    }
    meant = {one.pk for one in Person.objects.filter(pk__in=by_person, is_active=True).only("pk")}
    new: list[Row] = []
    seen: dict[int, int] = {}
    leaving: dict[int, Person] = {}
    gone: dict[int, Row] = {}
    for row in here:
        listed = by_who.get(_who(row)) or by_who.get(_by_address(row))
        person = listed.person if listed else by_address.get(row.email) if row.email else None
        if person is None:
            if _has_left(row):
                done.skip("left_before", row.line)
            else:
                if row.email in unproved:
                    done.skip("address_not_proved", row.line)
                new.append(row)
            continue
        listed = listed or by_person.get(person.pk)
        if person.is_bot:
            done.skip("bot", row.line)
            continue
        if person.pk in seen:
            done.skip("twice", row.line)
            continue
        seen[person.pk] = row.line
        if _has_left(row):
            if person.is_active:
                leaving[person.pk], gone[person.pk] = person, row
                meant.add(person.pk)
            continue
        if person.is_active:
            meant.add(person.pk)
        _follow(past, row, person, listed, done)
    for listed in by_who.values():
        if listed.person_id not in seen and listed.person.is_active:
            if _stands_in(listed, traces):
                done.stay.setdefault("unread", []).append(listed.person.handle)
            else:
                leaving[listed.person_id] = listed.person
    _close(past, leaving, gone, len(meant), done, yes=yes)
    _join(past, new, unproved, done)
    return done


def _read(rows: Iterable[Row | Unread], done: Settled, say: Callable[[int], None]) -> tuple[list[Row], set[str]]:
    """Whoever stands in the list, once each, and every word of the rows that could not be read."""
    here: dict[str, Row] = {}
    traces: set[str] = set()
    addresses: set[str] = set()
    for row in rows:
        say(row.line)
        if isinstance(row, Unread):
            done.skip(row.reason, row.line)
            traces |= row.traces
        elif _who(row) in here or (row.email and row.email in addresses):
            done.skip("twice", row.line)
        else:
            here[_who(row)] = row
            addresses.add(row.email)
    hashes = {digest(f"{what} {word}") for word in traces for what in ("number", "address")}
    return list(here.values()), traces | hashes


def _who(row: Row) -> str:
    return digest(f"number {row.id.casefold()}") if row.id else _by_address(row)


def _by_address(row: Row) -> str:
    return digest(f"address {row.email}")


def _has_left(row: Row) -> bool:
    return row.gone or (row.left is not None and row.left < _today())


def _today() -> date:
    return clock.now().astimezone(ZoneInfo(the_house().timezone)).date()


def _stands_in(listed: Listed, traces: set[str]) -> bool:
    """Whether a row that could not be read may be about this person."""
    person = listed.person
    return listed.who in traces or any(
        word.casefold() in traces for word in (listed.name, person.name, person.email) if word
    )


def _follow(past: Import, row: Row, person: Person, listed: Listed | None, done: Settled) -> None:
    """Somebody who is known: a name or unit follows where the list says another than before."""
    before = done.came.total()
    if not person.is_active:
        if listed is None or listed.left_at is None:
            done.skip("closed_here", row.line)
            return
        reactivate(past.by, person, listed=True)
        done.came["back"] += 1
    name = row.name if row.name != person.name and (listed is None or row.name != listed.name) else None
    unit = None
    if row.unit is not None:
        said, is_there = listed.unit if listed else "", person.unit.name if person.unit else ""
        unit = row.unit if row.unit != is_there and row.unit != said else None
    if name is not None or unit is not None:
        follow_list(past.by, person, name=name, unit=unit)
    done.came["renamed"] += name is not None
    done.came["moved"] += unit is not None
    if row.email and row.email != person.email and listed is not None and listed.who != digest(f"address {row.email}"):
        done.stay.setdefault("address", []).append(person.handle)
    done.came["unchanged"] += done.came.total() == before
    unit_listed = row.unit if row.unit is not None else listed.unit if listed else ""
    as_listed = {"who": _who(row), "name": row.name, "unit": unit_listed, "left_at": None}
    if listed is None or any(getattr(listed, name) != value for name, value in as_listed.items()):
        Listed.objects.update_or_create(person=person, defaults=as_listed)


def _close(
    past: Import, leaving: dict[int, Person], gone: dict[int, Row], meant: int, done: Settled, *, yes: bool
) -> None:
    """Those who left. Administrators and the person to turn to are named instead: somebody else has to step in first."""
    turn_to = the_house().turn_to_id
    closing = []
    for person in sorted(leaving.values(), key=lambda one: (one.sort_key, one.pk)):
        if person.is_administrator:
            others = Person.objects.filter(roles__contains=["administrator"], is_active=True, is_placeholder=False)
            why = "administrator" if others.exclude(pk=person.pk).exists() else "last_administrator"
            done.stay.setdefault(why, []).append(person.handle)
        elif person.pk == turn_to:
            done.stay.setdefault("turn_to", []).append(person.handle)
        else:
            closing.append(person)
    if len(closing) > meant * MANY_LEAVE and not yes:
        raise TooManyLeave(
            _(
                "This list would close the access of %(leaving)s of %(all)s people. That looks like the wrong list, or half "
                "of one, so nothing was changed. If it is right, say so: with --yes, or the box below the file."
            )
            % {"leaving": len(closing), "all": meant}
        )
    for person in closing:
        deactivate(past.by, person, listed=True)
        left: dict[str, Any] = {"left_at": clock.now()}
        if row := gone.get(person.pk):
            left |= {"who": _who(row), "name": row.name, "unit": row.unit or ""}
        Listed.objects.update_or_create(person=person, defaults=left)
    done.came["left"] = len(closing)
    done.closed = [person.handle for person in closing]


def _join(past: Import, new: list[Row], unproved: set[str], done: Settled) -> None:
    added = add_placeholders(
        [
            PastPerson(name=row.name, email=None if row.email in unproved else row.email or None, unit=row.unit or "")
            for row in new
        ],
        by=past.by,
    )
    Listed.objects.bulk_create(
        [
            Listed(who=_who(row), person=person, name=row.name, unit=row.unit or "", of=past)
            for row, person in zip(new, added, strict=True)
        ],
        batch_size=1000,
    )
    done.came["joined"] = len(added)


def named(handles: Iterable[str]) -> list[str]:
    """The names behind handles, in alphabetical order."""
    return list(Person.objects.filter(handle__in=list(handles)).order_by(F("sort_key")).values_list("name", flat=True))


def as_report(done: Settled) -> dict[str, Any]:
    """The report as JSON holds it: numbers, rows that stayed out by reason with their lines, handles of whom to look at."""
    return {
        "joined": done.came["joined"],
        "renamed": done.came["renamed"],
        "moved": done.came["moved"],
        "left": done.came["left"],
        "back": done.came["back"],
        "unchanged": done.came["unchanged"],
        "skipped": {reason: len(lines) for reason, lines in sorted(done.skipped.items())},
        "lines": dict(sorted(done.skipped.items())),
        "closed": done.closed,
        "stay": done.stay,
    }
