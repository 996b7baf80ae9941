"""Telling: one notice a receiver, kind, act and giver, in the same transaction as what it tells of."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection, transaction

from potluck.acts.models import Act
from potluck.core import clock
from potluck.notices.models import MailChoice, Notice, Preference
from potluck.people.models import Person


@transaction.atomic
def tell(
    receivers: Iterable[Person],
    kind: str,
    *,
    about: Act | None = None,
    cause: str,
    by: Person | None = None,
    subject: str = "",
) -> None:
    """Tells each receiver once. Nobody is told of their own doing; placeholders and bots are told nothing (a gift waits
    for a placeholder on the page that claims the place); what happened in simulated time sends no mail."""
    told = {
        person.pk: person
        for person in receivers
        if person.is_active
        and not person.is_placeholder
        and not person.is_bot
        and (by is None or person.pk != by.pk)
    }
    if not told or (about is not None and about.is_imported):
        return
    off = set(
        Preference.objects.filter(person__in=told, mail=MailChoice.OFF).values_list("person", flat=True)
    )
    Notice.objects.bulk_create(
        [
            Notice(
                receiver=person,
                kind=kind,
                act=about,
                cause=cause,
                by=by,
                subject=subject[:120],
                at=clock.now(),
                no_mail=clock.is_simulated() or pk in off,
            )
            for pk, person in told.items()
        ],
        ignore_conflicts=True,
    )
    with connection.cursor() as cursor:
        cursor.execute("select pg_notify('potluck', %s)", [f'{{"notices": {sorted(told)}}}'])


@transaction.atomic
def read(receiver: Person, cause: str) -> None:
    """The receiver opened the cause: everything about it is read."""
    Notice.objects.filter(receiver=receiver, cause=cause, read_at=None).update(read_at=clock.now())


@transaction.atomic
def read_all(receiver: Person) -> None:
    Notice.objects.filter(receiver=receiver, read_at=None).update(read_at=clock.now())


@transaction.atomic
def choose_mail(person: Person, mail: str) -> None:
    """At once or off; off also spares what is waiting to be mailed."""
    Preference.objects.update_or_create(person=person, defaults={"mail": mail})
    if mail == MailChoice.OFF:
        Notice.objects.filter(receiver=person, mail=None, no_mail=False).update(no_mail=True)
