"""Three weeks of a company's life in a few seconds: every gift by its verb, each at its moment on the simulated clock."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import partial
from typing import Any

from django.db import connection, transaction
from django.utils import translation

from potluck.acts.models import Act
from potluck.core import clock
from potluck.demo import reading
from potluck.demo.reading import NOW_LASTS, Calendar, Gift, Request, address
from potluck.groups import verbs as groups
from potluck.groups.models import Group
from potluck.notices import verbs as notices
from potluck.people import verbs as people
from potluck.people.models import Person
from potluck.posts import verbs as posts
from potluck.talk import verbs as talk
from potluck.talk.models import REACTIONS
from potluck.thanks import verbs as thanks
from potluck.welcome import verbs as welcome

NAME = "Regenhold Schirme"
OPENED = 430  # days before the story ends
ARRIVED = 425
_MENTION = re.compile(r"@(\w+)")


@transaction.atomic
def fill() -> None:
    """Moves the demo company into an empty house; its three weeks end now. Raises ``Refused`` where somebody lives."""
    people.mark_as_demo()
    with _all_or_nothing():
        Life(Calendar(clock.now())).live()


@contextmanager
def _all_or_nothing() -> Iterator[None]:
    """Every verb would set a savepoint of its own, and that is half of all statements: nobody needs them where one slip
    undoes the whole."""
    features = connection.features
    features.uses_savepoints = False
    try:
        yield
    finally:
        del features.uses_savepoints


@dataclass
class Life:
    """The story as it happens: who is who, which group is which, what became of each gift."""

    calendar: Calendar

    def __post_init__(self) -> None:
        self.people: dict[str, Person] = {}
        self.groups: dict[str, Group] = {}
        self.acts: dict[Gift, Act] = {}
        self.events: list[tuple[datetime, Callable[[], Any]]] = []

    def live(self) -> None:
        self._everybody_moves_in()
        self._groups_open()
        gifts, requests = reading.story()
        for gift in gifts:
            self._plan(gift)
        for request in requests:
            self._at(request.when, partial(self._ask_to_join, request))
        self.events.append((self.calendar.end - timedelta(minutes=NOW_LASTS + 5), self._everybody_reads))
        for moment, event in sorted(self.events, key=lambda one: one[0]):
            with clock.at(moment):
                event()

    def _at(self, when: str, event: Callable[[], Any]) -> None:
        self.events.append((self.calendar.moment(when), event))

    # --- who lives here ----------------------------------------------------------------------------------------------

    def _everybody_moves_in(self) -> None:
        for key, row in sorted(reading.people().items(), key=lambda one: "administrator" not in one[1].get("roles", [])):
            row = {**row, "email": address(key)}
            row.pop("chair", None)
            arrives, since = row.pop("arrives", ""), row.pop("since", ARRIVED)
            with clock.at(self.calendar.moment(arrives) if arrives else self.calendar.days_ago(since)):
                keeper = self.people.get("wiebke")
                self.people[key] = people.add_person(**row, by=keeper) if keeper else self._open_the_house(row)

    def _open_the_house(self, row: dict[str, Any]) -> Person:
        """The administrator comes first, as everywhere. Nobody here has a password: one comes in through a chair."""
        link = people.first_link()
        with clock.at(self.calendar.days_ago(OPENED)):
            keeper = people.open_house(str(link).split("/")[2], password=secrets.token_urlsafe(24), **row)
            people.furnish(
                keeper, name=NAME, language="de", timezone=str(reading.BERLIN), day_starts=time(6), day_ends=time(18)
            )
        return keeper

    def _groups_open(self) -> None:
        """Each group with its people; who comes to the house later sits down an hour after they came."""
        people.furnish(self.people["wiebke"], turn_to=self.people["malik"])
        for key, row in reading.groups().items():
            opened = self.calendar.days_ago(row["since"])
            hosts = [self.people[one] for one in row["hosts"]]
            with clock.at(opened):
                group = groups.open_group(hosts[0], row["name"], about=row["about"], closed=row.get("closed", False))
            self.groups[key] = group
            for person in [*hosts[1:], *(self.people[one] for one in row["members"])]:
                with clock.at(max(opened, person.arrived_at or opened) + timedelta(hours=1)):
                    if person in hosts or group.is_closed or person.is_guest:
                        groups.seat(group, person, as_host=person in hosts)
                    else:
                        groups.join(person, group)

    # --- what they give ----------------------------------------------------------------------------------------------

    def _plan(self, gift: Gift) -> None:
        self._at(gift.when, partial(self._give, gift))
        for one in gift.happened:
            for who in one.who or [""]:
                self._at(one.when, partial(self._happen, gift, one.what, who, one.words))

    def _give(self, gift: Gift) -> None:
        giver, to = self.people[gift.by], [self.people[one] for one in gift.to]
        on = self.acts[gift.on] if gift.on else None
        words = self._named(gift.body)
        with translation.override(giver.language or "de"):
            match gift.verb:
                case "posts" | "asks":
                    act = posts.post(
                        giver,
                        words,
                        title=gift.title,
                        question=gift.verb == "asks",
                        group=self.groups[gift.group] if gift.group else None,
                    )
                case "welcomes":
                    act = welcome.greet(giver, to[0], words)
                case "thanks":
                    act = thanks.thank(
                        giver,
                        to,
                        words,
                        what_changed=gift.what_changed,
                        because_of=on,
                        offer_to_wall=gift.is_offered,
                    )
                case _:
                    assert on is not None  # noqa: S101 - reading.py sees to it
                    act = talk.comment(giver, on, words)
        self.acts[gift] = act

    def _named(self, words: str) -> str:
        return _MENTION.sub(lambda found: f"@{self.people[found[1]].handle}" if found[1] in self.people else found[0], words)

    def _happen(self, gift: Gift, what: str, who: str, words: str) -> None:
        act = self.acts[gift]
        match what:
            case "helped":
                talk.say_it_helped(act.on.by, act)  # type: ignore[union-attr]
            case "asked":
                welcome.ask_somebody(self.people["malik"], act, self.people[who], words)
            case "yes":
                thanks.agree(self.people[who], act.thanks)
            case "private":
                thanks.keep_private(self.people[who], act.thanks)
            case _ if what in REACTIONS:
                talk.react(self.people[who], act, what)
            case _:
                raise reading.Misread(f"{gift.at_line}: what is {what!r}?")

    def _ask_to_join(self, request: Request) -> None:
        groups.ask_to_join(self.people[request.by], self.groups[request.group], request.words)
        notices.tell_of_groups()

    def _everybody_reads(self) -> None:
        """Before what is said now, everybody has read what they were told."""
        for person in self.people.values():
            notices.read_all(person)
