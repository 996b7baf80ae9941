"""Makers for tests: they call the verbs, as the product does, so that a test never stands on a state nobody can reach."""

from __future__ import annotations

from itertools import count
from typing import Any

from potluck.acts.models import Act
from potluck.groups import verbs as groups
from potluck.groups.models import Group
from potluck.people import verbs as people
from potluck.people.models import Person, Role
from potluck.posts import verbs as posts
from potluck.talk import verbs as talk
from potluck.thanks import verbs as thanks
from potluck.welcome import verbs as welcome

_numbers = count(1)
NAMES = ("Mira Sand", "Jonas Feld", "Ilse Bach", "Tarek Holz", "Kaja Linde", "Emre Tal", "Nour Stern", "Olu Ufer")


def person(name: str = "", **fields: Any) -> Person:
    """Somebody who has arrived; every name and address is new."""
    n = next(_numbers)
    name = name or f"{NAMES[n % len(NAMES)]}-{n}"
    return people.add_person(fields.pop("email", f"p{n}@example.org"), name, **fields)


def guest(**fields: Any) -> Person:
    return person(roles=[Role.GUEST], **fields)


def leader(**fields: Any) -> Person:
    return person(roles=[Role.LEADER], **fields)


def manager(**fields: Any) -> Person:
    return person(roles=[Role.COMMUNITY_MANAGER], **fields)


def council(**fields: Any) -> Person:
    return person(roles=[Role.WORKS_COUNCIL], **fields)


def administrator(**fields: Any) -> Person:
    return person(roles=[Role.ADMINISTRATOR], **fields)


def placeholder(name: str = "", **fields: Any) -> Person:
    """Somebody known from history who has not claimed their place."""
    return person(name, arrived=False, **fields)


def bot(name: str = "Klingelbot") -> Person:
    return person(name, is_bot=True, email=None)


def group(host: Person | None = None, *members: Person, name: str = "Ersatzteile", closed: bool = False) -> Group:
    made = groups.open_group(host or person(), name, closed=closed)
    for member in members:
        groups.seat(made, member)
    return made


def post(by: Person | None = None, words: str = "Im Pausenraum steht Kuchen.", **fields: Any) -> Act:
    return posts.post(by or person(), words, **fields)


def question(by: Person | None = None, words: str = "Wie tauscht man den Dimmer?", **fields: Any) -> Act:
    return posts.post(by or person(), words, question=True, **fields)


def comment(by: Person, on: Act, words: str = "Erst den Filz lösen.") -> Act:
    return talk.comment(by, on, words)


def thank(giver: Person, *receivers: Person, words: str = "Du hast mir den Trick gezeigt.", **fields: Any) -> Act:
    return thanks.thank(giver, receivers, words, **fields)


def thank_on_wall(giver: Person, receiver: Person, words: str = "Danke fürs Einspringen.") -> Act:
    act = thank(giver, receiver, words=words, offer_to_wall=True)
    thanks.agree(receiver, act.thanks)
    act.refresh_from_db()
    return act


def greet(giver: Person, newcomer: Person, words: str = "Schön, dass du da bist.") -> Act:
    return welcome.greet(giver, newcomer, words)
