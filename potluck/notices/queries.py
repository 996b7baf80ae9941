"""Every read of the inbox and of the stream. Only the receiver looks into an inbox, and sees there what they may still see."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from types import SimpleNamespace
from typing import Any

from django.contrib.auth import get_user
from django.db import connection
from django.db.models import Exists, Max, OuterRef, Q
from django.http import Http404, HttpRequest

from potluck.acts.models import Act
from potluck.acts.queries import VISIBLE
from potluck.core import clock, moments, text
from potluck.groups.models import Membership
from potluck.notices import sentences
from potluck.notices.models import MailChoice, Notice, Preference
from potluck.people.models import Person, Session
from potluck.people.sessions import SessionStore

PAGE = 20
#: So much of an act's words stands in the inbox, to know it again (characters).
TASTE = 120


def visible_to(viewer: Any) -> Any:
    """The viewer's notices about what they may still see: what was taken back, or is out of their reach now, is gone."""
    seen = Exists(Act.objects.visible_to(viewer).filter(pk=OuterRef("act")))
    return Notice.objects.filter(receiver=viewer, taken_back_at=None).filter(Q(act=None) | seen)


#: What is unread, as SQL from here on (me, member: who looks): ``visible_to`` said once more for the mark on every page.
UNREAD = f"""from notices_notice n left join acts_act a on a.id = n.act_id
where n.receiver_id = %(me)s and n.read_at is null and n.taken_back_at is null and (n.act_id is null or {VISIBLE})"""


def has_unread(viewer: Any) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(f"select exists (select {UNREAD})", {"me": viewer.pk, "member": not viewer.is_guest})
        return bool(cursor.fetchone()[0])


_UNREAD = f"""
select coalesce(bool_or(n.cause <> %(cause)s), false), coalesce(bool_or(n.cause = %(cause)s), false) {UNREAD}
"""


def unread(viewer: Any, cause: str) -> tuple[bool, bool]:
    """Whether something unread waits elsewhere, and whether something is unread about ``cause``, in one statement."""
    with connection.cursor() as cursor:
        cursor.execute(_UNREAD, {"me": viewer.pk, "member": not viewer.is_guest, "cause": cause})
        return cursor.fetchone()


def inbox(
    viewer: Person, before: tuple[datetime, int] | None = None, limit: int = PAGE
) -> list[SimpleNamespace]:
    """One row a cause, newest first, each with ``said`` (a sentence a kind), ``taste`` (what it is about) and ``is_new``."""
    causes = (
        visible_to(viewer)
        .values("cause")
        .annotate(last=Max("at"), last_id=Max("pk"))
        .order_by("-last", "-last_id")
    )
    if before:
        at, pk = before
        causes = causes.filter(Q(last__lt=at) | Q(last=at, last_id__lt=pk))
    found = {
        row["cause"]: SimpleNamespace(cause=row["cause"], at=row["last"], id=row["last_id"], notices=[])
        for row in causes[:limit]
    }
    for notice in (
        visible_to(viewer)
        .filter(cause__in=found)
        .select_related("by", "by__unit", "act", "act__on")
        .order_by("-at", "-pk")
    ):
        found[notice.cause].notices.append(notice)
    rows = list(found.values())
    for row in rows:
        _dress(viewer, row)
    return rows


def _dress(viewer: Person, row: SimpleNamespace) -> None:
    first = row.notices[0]
    row.key, row.by, row.when = first.key, first.by, moments.when(row.at)
    row.is_new = any(notice.read_at is None for notice in row.notices)
    row.said = said(viewer, row.notices)
    row.taste, row.lang = taste(viewer, first)
    row.asked = [notice.subject for notice in row.notices if notice.kind == "asked" and notice.subject]


def said(viewer: Person, notices: Iterable[Notice]) -> list[str]:
    """One sentence a kind, the newest kind first, each with the names of whoever did it: "Ilse and Jonas answered ..."."""
    together: dict[tuple[str, str, str], list[str]] = {}
    for notice in notices:
        subject = notice.subject if notice.act_id is None else ""
        names = together.setdefault((notice.kind, thing(viewer, notice), subject), [])
        if notice.by is not None and notice.by.name not in names:
            names.append(notice.by.name)
    return [sentences.sentence(kind, what, names, subject) for (kind, what, subject), names in together.items()]


def thing(viewer: Person, notice: Notice) -> str:
    """What of the viewer's it is about: their ``question``, ``post``, ``thanks``, ``welcome``, ``answer``; or ``''``."""
    act = notice.act
    if act is None:
        return ""
    about = act if act.by_id == viewer.pk else act.on
    if about is None or about.by_id != viewer.pk:
        return ""
    return {"asked": "question", "posted": "post", "thanked": "thanks", "welcomed": "welcome", "commented": "answer"}.get(
        about.kind, ""
    )


def taste(viewer: Person, notice: Notice) -> tuple[str, str]:
    """The first words of what the notice is about (the viewer's own answer, else the act at the table), and their language;
    the viewer sees the act, so they may read them."""
    act = notice.act
    if act is None:
        return "", ""
    about = act if act.in_feed or act.on is None or act.by_id == viewer.pk else act.on
    return about.title or text.plain(about.html, TASTE), about.language


def one(viewer: Person, key: str) -> Notice:
    """The viewer's own notice, or 404."""
    notice = visible_to(viewer).filter(key=key).select_related("act").first()
    if notice is None:
        raise Http404
    return notice


def place(notice: Notice) -> str:
    """The address of its cause, at the very answer if it is one."""
    act = notice.act
    return f"{notice.cause}#act-{act.key}" if act is not None and not act.in_feed else notice.cause


def mail_choice(viewer: Person) -> str:
    row = Preference.objects.filter(person=viewer).first()
    return row.mail if row else MailChoice.AT_ONCE


# --- the stream ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Listener:
    """Who a session belongs to, as far as the stream needs it. ``standing`` differs once they may do more or less."""

    session: str
    person: int
    standing: int
    is_guest: bool
    groups: frozenset[int]


def _standing(person: int, password: str, roles: Iterable[str]) -> int:
    return hash((person, password, tuple(roles)))


def listener(session: str) -> Listener | None:
    """Whose session it is, or None; asked as every page asks (Django's own check: age, password unchanged, active)."""
    request: Any = HttpRequest()
    request.session = SessionStore(session)
    person: Any = get_user(request)
    if not person.is_authenticated:
        return None
    return Listener(
        session,
        person.pk,
        _standing(person.pk, person.password, person.roles),
        person.is_guest,
        groups_of({person.pk}).get(person.pk, frozenset()),
    )


def standing(sessions: list[str]) -> dict[str, int]:
    """{session: standing} of those sessions that are open and whose person is active: one indexed query."""
    rows = Session.objects.filter(pk__in=sessions, expire_date__gt=clock.now(), person__is_active=True).values_list(
        "pk", "person", "person__password", "person__roles"
    )
    return {key: _standing(person, password, roles) for key, person, password, roles in rows}


def groups_of(people: Iterable[int]) -> dict[int, frozenset[int]]:
    found: dict[int, set[int]] = {}
    for person, group in Membership.objects.filter(person__in=list(people)).values_list("person", "group"):
        found.setdefault(person, set()).add(group)
    return {person: frozenset(groups) for person, groups in found.items()}


def missed(person: int, since: datetime, limit: int = 50) -> tuple[list[dict[str, Any]], bool, bool]:
    """What somebody who was away since then has to look at: acts in their reach that are new, changed or gone, oldest first;
    whether they were told something; and whether this is all of it (more than ``limit`` is not listed)."""
    viewer = Person.objects.get(pk=person)
    rows = list(
        Act.objects.in_reach_of(viewer)
        .filter(touched_at__gt=since)
        .order_by("touched_at", "pk")
        .values("key", "by", "at", "in_feed", "withdrawn_at", "root_withdrawn", "on__key")[: limit + 1]
    )
    news = []
    for row in rows[:limit]:
        gone = row["withdrawn_at"] or row["root_withdrawn"]
        one = {"act": row["key"], "what": "gone" if gone else "new" if row["at"] > since and row["by"] != person else "changed"}
        if row["on__key"] and not row["in_feed"]:
            one["on"] = row["on__key"]
        news.append(one)
    return news, visible_to(viewer).filter(at__gt=since).exists(), len(rows) <= limit
