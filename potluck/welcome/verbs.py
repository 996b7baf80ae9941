"""Welcoming: a greeting in one's own words, and asking somebody to answer."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction

from potluck.acts.models import Act
from potluck.acts.verbs import record
from potluck.core import clock, text
from potluck.core.rules import require
from potluck.notices.verbs import tell
from potluck.people.models import Person
from potluck.welcome.kinds import WELCOMED
from potluck.welcome.models import Asked

#: What is said with asking somebody, in characters: one sentence, so that a notice can carry it whole.
WORDS_LIMIT = 120


@transaction.atomic
def greet(giver: Person, newcomer: Person, words: str, *, once: str | None = None) -> Act:
    """Welcomes somebody, before the whole house. It ends the newcomer's first home."""
    require(giver, "welcome.greet", newcomer)
    act = record(WELCOMED, by=giver, to=[newcomer], words=words, once=once)
    if not act.was_given_before:  # type: ignore[attr-defined]
        tell([newcomer], "welcomed", about=act, cause=f"/acts/{act.key}/", by=giver)
    return act


@transaction.atomic
def ask_somebody(manager: Person, act: Act, person: Person, words: str = "") -> Asked:
    """The community manager asks a person of their choice to answer. The person is told, personally, once."""
    require(manager, "welcome.ask", act, person)
    asked, new = Asked.objects.get_or_create(
        act=act, person=person, defaults={"by": manager, "words": text.typed(words, WORDS_LIMIT), "at": clock.now()}
    )
    if new:
        tell([person], "asked", about=act, cause=f"/acts/{act.key}/", by=manager, subject=asked.words)
    return asked


@transaction.atomic
def ask_to_greet(manager: Person, newcomer: Person, person: Person, words: str = "") -> Asked:
    """The community manager asks a person of their choice to say hello to a newcomer. The person is told, once."""
    require(manager, "welcome.ask-to-greet", newcomer, person)
    asked, new = Asked.objects.get_or_create(
        newcomer=newcomer,
        person=person,
        defaults={"by": manager, "words": text.typed(words, WORDS_LIMIT), "at": clock.now()},
    )
    if new:
        cause = f"/people/{newcomer.handle}/greeting/"
        tell([person], "asked-to-greet", cause=cause, by=manager, subject=newcomer.name)
    return asked


@transaction.atomic
def forget() -> None:
    """Erases who was asked when that is older than it may be kept (models.py says how long)."""
    Asked.objects.filter(at__lt=clock.now() - timedelta(days=90)).delete()
