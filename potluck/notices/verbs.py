"""Telling: one notice a receiver, kind, act and giver, in the same transaction as what it tells of."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django.urls import reverse

from potluck.acts.models import Act
from potluck.core import clock
from potluck.core.declared import random_key
from potluck.groups.models import GroupNews, JoinRequest
from potluck.notices.models import Mail, MailChoice, Notice, Preference
from potluck.people.models import Logged, Person


@transaction.atomic(savepoint=False)  # nothing of it is ever refused: it is told, or all of what it tells of is undone
def tell(
    receivers: Iterable[Person],
    kind: str,
    *,
    about: Act | None = None,
    cause: str,
    by: Person | None = None,
    subject: str = "",
    by_mail: bool = True,
) -> None:
    """Tells each receiver once. Nobody is told of their own doing; placeholders and bots are told nothing (a gift waits
    for a placeholder on the page that claims the place); what happened in simulated time sends no mail. ``by_mail`` false: the
    inbox alone has it."""
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
    simulated, mailed = clock.is_simulated(), []
    for some in _some(sorted(told)):
        asked: dict[str, Any] = {
            "people": some,
            "keys": [random_key() for _one in some],
            "kind": kind,
            "cause": cause,
            "act": about.pk if about is not None else None,
            "by": by.pk if by is not None else None,
            "subject": subject[:300],
            "at": clock.now(),
            "no_mail": simulated or not by_mail,
            "ring": json.dumps({"notices": some}),
        }
        with connection.cursor() as cursor:
            cursor.execute(_TELL, asked)
            mailed += cursor.fetchone()[0]  # type: ignore[index]
    if about is not None and kind in _COMES_AND_GOES:
        Notice.objects.filter(act=about, kind=kind, by=by, receiver__in=told).update(taken_back_at=None)
    if mailed and by_mail and not simulated:
        from potluck.notices.jobs import GRACE, mail_to

        mail_to.configure(schedule_in={"seconds": GRACE}).defer(receivers=mailed)


#: Notices, who of their receivers has mail switched on, and the ring at their open streams: one statement.
_TELL = """
with one as (
  select r.id, r.key, coalesce(p.mail = 'off', false) as off
  from unnest(%(people)s::bigint[], %(keys)s::text[]) r (id, key) left join notices_preference p on p.person_id = r.id),
told as (insert into notices_notice (key, receiver_id, kind, cause, act_id, by_id, subject, at, no_mail)
  select one.key, one.id, %(kind)s, %(cause)s, %(act)s::bigint, %(by)s::bigint, %(subject)s, %(at)s, %(no_mail)s or one.off
  from one
  on conflict do nothing)
select coalesce(array_agg(id order by id) filter (where not off), '{}'), pg_notify('potluck', %(ring)s) from one
"""
#: One NOTIFY holds 8000 bytes.
_PEOPLE_AT_ONCE = 500


def _some(people: list[int]) -> Iterator[list[int]]:
    for first in range(0, len(people), _PEOPLE_AT_ONCE):
        yield people[first : first + _PEOPLE_AT_ONCE]


#: What can be taken back, and said again. It is told once all the same.
_COMES_AND_GOES = ("reacted", "helped", "offered")


@transaction.atomic
def untell(kind: str, *, about: Act, by: Person) -> None:
    """What was told is so no more: it leaves the inbox, and the mail that was not sent yet."""
    now = clock.now()
    notices = Notice.objects.filter(act=about, kind=kind, by=by, taken_back_at=None)
    notices.filter(read_at=None).update(read_at=now)
    notices.update(taken_back_at=now)


@transaction.atomic
def tell_of_groups() -> int:
    """Tells what happened in groups, which lie below and cannot tell: to the hosts who knocks, to whoever knocked the answer,
    and quietly (without mail) to everybody who sits there that a host is wanted or found. Each row is told once, whoever
    calls; returns how many were."""
    told = 0
    open_rows = JoinRequest.objects.select_for_update(skip_locked=True, of=("self",)).select_related("group", "person")
    for request in open_rows.filter(told_at=None).order_by("at"):
        if request.answered_at is None:
            hosts = Person.objects.filter(memberships__group=request.group, memberships__is_host=True)
            _tell_of(request, hosts, "knocked", by=request.person)
        told += JoinRequest.objects.filter(pk=request.pk).update(told_at=clock.now())
    for request in open_rows.filter(answered_at__isnull=False, answer_told_at=None).order_by("at"):
        _tell_of(request, [request.person], "seated" if request.accepted else "declined", by=request.answered_by)
        told += JoinRequest.objects.filter(pk=request.pk).update(answer_told_at=clock.now())
    news = GroupNews.objects.select_for_update(skip_locked=True, of=("self",)).select_related("group", "by")
    for one in news.filter(told_at=None).order_by("at", "pk"):
        sitting = Person.objects.filter(memberships__group=one.group)
        tell(sitting, one.what, cause=f"/groups/{one.group.key}/", by=one.by, subject=one.group.name, by_mail=False)
        told += GroupNews.objects.filter(pk=one.pk).update(told_at=clock.now())
    return told


def _tell_of(request: JoinRequest, receivers: Iterable[Person], kind: str, by: Person | None) -> None:
    tell(receivers, kind, cause=f"/groups/{request.group.key}/", by=by, subject=request.group.name)


@transaction.atomic
def tell_of_roles() -> int:
    """Tells people which roles they were given and which ended, and that somebody wrote down another mailbox for them, as the
    log has it, which lies below and cannot tell. Each row is told once, whoever calls; returns how many were."""
    told = 0
    rows = Logged.objects.select_for_update(skip_locked=True, of=("self",)).select_related("on", "by")
    for row in rows.filter(right__in=["people.role", "people.address"], told_at=None).order_by("pk"):
        if row.on is not None and row.right == "people.address":
            # No mail: the old mailbox has had its letter, and the new one may be a stranger's, mistyped.
            tell([row.on], "mailbox-changed", cause=reverse("pages:log"), by=row.by, by_mail=False)
        elif row.on is not None:
            kind = "role-given" if row.what.startswith("+") else "role-ended"
            tell([row.on], kind, cause=reverse("pages:log"), by=row.by, subject=row.what[1:])
        told += Logged.objects.filter(pk=row.pk).update(told_at=clock.now())
    return told


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


@transaction.atomic
def forget() -> None:
    """Erases what is older than it may be kept (models.py says how long)."""
    Notice.objects.filter(at__lt=clock.now() - timedelta(days=365)).delete()
    Mail.objects.filter(made_at__lt=clock.now() - timedelta(days=90)).delete()
