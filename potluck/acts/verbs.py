"""Recording an act, taking it back, and the undo."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from django.db import connection, transaction
from django.db.models import Subquery
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from potluck.acts.kinds import Kind, of, those
from potluck.acts.models import UNDO_LIVES, Act, Mention, Named, Reach
from potluck.core import clock, rows, text
from potluck.core.declared import random_key
from potluck.core.rules import Refused, require
from potluck.groups.models import Group
from potluck.people.models import NEW_FOR, Person

WORDS_LIMIT = 20_000
_MENTION = re.compile(r"(?<![\w/@])@([a-z0-9][a-z0-9-]{1,59})")


def record(
    kind: Kind,
    *,
    by: Person,
    words: str,
    to: Iterable[Person] = (),
    on: Act | None = None,
    group: Group | None = None,
    only_named: bool = False,
    like: Act | None = None,
    title: str = "",
    once: str | None = None,
) -> Act:
    """Writes one act. Its reach: the group's where there is one, the named people's with ``only_named``, else everyone's;
    a comment takes the reach of what it is on (``like``). ``once`` is the form's key: the same key gives the same act
    again, unchanged (check ``act.was_given_before``). ``act.told_by_name``: whom its words name."""
    words = text.typed(words, WORDS_LIMIT)
    to = list(to)
    if like is not None:
        reach, group = like.reach, like.group
    else:
        reach = Reach.NAMED if only_named else Reach.GROUP if group else Reach.EVERYONE
    html = text.clean(words)
    act = Act(
        kind=kind.name,
        by=by,
        at=(now := clock.now()),
        touched_at=now,
        on=on,
        group=group,
        reach=reach,
        in_feed=kind.in_feed,
        words=words,
        title=text.typed(title, 200),
        language=text.language_of(text.plain(html), get_language() or "de"),
        once=once,
    )
    act.was_given_before = False  # type: ignore[attr-defined]
    mentioned = _mentioned(by, words)
    act.html = _with_mentions(html, mentioned)
    act.told_by_name = list(mentioned.values())  # type: ignore[attr-defined]
    named = {person.pk for person in to}
    if like is not None and like.reach == Reach.NAMED:
        # A word on something private is read by those who can read that, and by nobody else.
        named |= set(like.named.values_list("person", flat=True)) | {like.by_id}
    first, *others = _news(act, "new", by, named)
    asked = rows.values(act) | {
        "named": sorted(named),
        "mentioned": [person.pk for person in mentioned.values()],
        "like": like.pk if like is not None else None,
        "news": first,
    }
    with connection.cursor() as cursor:
        cursor.execute(_recording(), asked)
        made = cursor.fetchone()
    if made is None:  # the same form once more
        before = Act.objects.get(by=by, once=once)
        before.was_given_before = True  # type: ignore[attr-defined]
        return before
    rows.written(act, made[0])
    _ring(others)
    note_first(act)
    return act


@cache
def _recording() -> str:
    """The act, whom it is for, whom its words name, that what it is on was stirred, and the news of it: one statement. Nothing
    at all where the same form gave it before."""
    return f"""
with given as (insert into acts_act {rows.insertion(Act)} on conflict (by_id, once) do nothing returning id, at),
named as (insert into acts_named (act_id, person_id, at)
  select given.id, one, given.at from given cross join unnest(%(named)s::bigint[]) one),
mentioned as (insert into acts_mention (act_id, person_id)
  select given.id, one from given cross join unnest(%(mentioned)s::bigint[]) one),
stirred as (update acts_act a set stirred = a.stirred + 1 from given where a.id = %(like)s::bigint)
select id, pg_notify('potluck', %(news)s) from given
"""


def stir(acts: Iterable[int | None]) -> None:
    """What hangs on these acts changed: their dishes, remembered by ``stirred``, are drawn anew (core/fragments.py)."""
    with connection.cursor() as cursor:
        cursor.execute("update acts_act set stirred = stirred + 1 where id = any(%s)", [[pk for pk in acts if pk]])


@dataclass(frozen=True, slots=True)
class Past:
    """An act of an imported history, its HTML already clean; ids are of people, groups and acts of this house. ``id`` is its
    own, where it was taken from ``take_ids`` before."""

    by: int
    at: datetime
    words: str
    html: str
    reach: str
    title: str = ""
    language: str = "de"
    group: int | None = None
    on: int | None = None
    named: Sequence[int] = ()
    mentioned: Sequence[int] = ()
    edited_at: datetime | None = None
    root_withdrawn: bool = False
    id: int | None = None


_PAST = (
    "id, key, kind, by_id, at, on_id, group_id, reach, in_feed, title, words, html, language, edited_at, root_withdrawn, "
    "is_imported"
)


def take_ids(count: int) -> list[int]:
    """Ids for acts that are not written yet, so that they can name each other."""
    with connection.cursor() as cursor:
        cursor.execute("select nextval('acts_act_id_seq') from generate_series(1, %s)", [count])
        return [pk for (pk,) in cursor.fetchall()]


@transaction.atomic
def record_many(kind: Kind, past: Sequence[Past]) -> list[int]:
    """Writes acts of an imported history, in the order given, and returns their ids. They are never due, and nobody is told.
    Only ``exchange`` calls this."""
    new = iter(take_ids(sum(one.id is None for one in past)))
    ids = [next(new) if one.id is None else one.id for one in past]
    both = list(zip(ids, past, strict=True))
    with connection.cursor() as cursor, cursor.copy(f"copy acts_act ({_PAST}) from stdin") as copy:
        for pk, one in both:
            copy.write_row(
                (pk, random_key(), kind.name, one.by, one.at, one.on, one.group, one.reach, kind.in_feed, one.title[:200],
                 one.words, one.html, one.language, one.edited_at, one.root_withdrawn, True)
            )  # fmt: skip
    Named.objects.bulk_create(
        [Named(act_id=pk, person_id=to, at=one.at) for pk, one in both for to in sorted(set(one.named))], batch_size=1000
    )
    Mention.objects.bulk_create(
        [Mention(act_id=pk, person_id=who) for pk, one in both for who in sorted(set(one.mentioned))], batch_size=1000
    )
    return ids


def say_languages(languages: dict[int, str]) -> None:
    """In which language imported acts are: {id: language}. Only ``exchange`` calls this."""
    with connection.cursor() as cursor:
        cursor.execute(
            "update acts_act a set language = n.language, stirred = a.stirred + 1 "
            "from unnest(%s::bigint[], %s::text[]) n (id, language) where a.id = n.id and a.is_imported",
            [list(languages), list(languages.values())],
        )


def _mentioned(by: Person, words: str) -> dict[str, Person]:
    handles = set(_MENTION.findall(words))
    if not handles:
        return {}
    return {person.handle: person for person in Person.objects.visible_to(by).filter(handle__in=handles)}


def _with_mentions(html: str, people: dict[str, Person]) -> str:
    """``@mira-sandvoss`` becomes a link with the person's name; inside code it stays as typed."""
    from html import escape

    def link(match: re.Match[str]) -> str:
        person = people.get(match[1])
        return f'<a href="/people/{person.handle}/">@{escape(person.name)}</a>' if person else match[0]

    parts = re.split(r"(<code>.*?</code>|<a .*?</a>|<[^>]+>)", html, flags=re.S)
    return "".join(part if part.startswith("<") else _MENTION.sub(link, part) for part in parts)


#: One NOTIFY holds 8000 bytes; the named people of a large act go out in several.
_PEOPLE_AT_ONCE = 500


def publish(act: Act, what: str, *, by: Person | None = None, reach: str = "") -> None:
    """Tells the live streams, when the transaction commits, that an act is ``new``, ``changed`` or ``gone``: ids and reach
    only, never words. ``by`` did it and need not be told; ``reach`` is the one it had before, where that was wider."""
    Act.objects.filter(pk=act.pk).update(touched_at=clock.now())
    stir([act.pk if act.in_feed else act.on_id])
    _notify(act, what, by, act.named.values_list("person", flat=True), reach)


def _notify(act: Act, what: str, by: Person | None, named: Iterable[int], reach: str = "") -> None:
    _ring(_news(act, what, by, named, reach))


def _news(act: Act, what: str, by: Person | None, named: Iterable[int], reach: str = "") -> list[str]:
    """What the live streams hear, in as many pieces as the people need."""
    people = sorted({*named, act.by_id})
    news: dict[str, Any] = {"act": act.key, "what": what, "reach": reach or act.reach, "author": act.by_id}
    if act.on_id and not act.in_feed:
        news["on"] = act.on.key  # type: ignore[union-attr]
    if by is not None:
        news["by"] = by.pk
    if act.reach == Reach.GROUP:
        news |= {"group": act.group_id, "closed": act.group.is_closed}  # type: ignore[union-attr]
    return [
        json.dumps(news | {"people": people[first : first + _PEOPLE_AT_ONCE]})
        for first in range(0, len(people), _PEOPLE_AT_ONCE)
    ]


def _ring(news: Iterable[str]) -> None:
    for one in news:
        with connection.cursor() as cursor:
            cursor.execute("select pg_notify('potluck', %s)", [one])


def note_answers(root: Act) -> None:
    """When somebody other than its giver, and no bot, first answered an act; nothing where all of it was taken back."""
    answers = Act.objects.filter(on=root.pk, in_feed=False, withdrawn_at=None, by__is_bot=False)
    first = answers.exclude(by=root.by_id).order_by("at", "pk").values("at")[:1]
    Act.objects.filter(pk=root.pk).update(answered_at=Subquery(first))


def note_first(act: Act) -> None:
    """An act of somebody new was given, taken back or put back: which is now the first they brought."""
    arrived = act.by.arrived_at
    if not of(act).begins or act.is_imported or arrived is None or act.at >= arrived + NEW_FOR:
        return
    theirs = Act.objects.filter(by=act.by_id, is_imported=False, kind__in=those(begins=True))
    first = theirs.filter(withdrawn_at=None).order_by("at", "pk").values("pk")[:1]
    theirs.filter(is_first=True).exclude(pk__in=first).update(is_first=False)
    theirs.filter(pk__in=first).update(is_first=True)


@transaction.atomic
def withdraw(giver: Person, act: Act) -> None:
    """Takes an act back: gone at once for everybody but the giver, who can undo for 30 days."""
    require(giver, "acts.withdraw", act)
    if not Act.objects.filter(pk=act.pk, withdrawn_at=None).update(withdrawn_at=clock.now()):
        return
    if act.in_feed:
        Act.objects.filter(on=act, in_feed=False).update(root_withdrawn=True)
    elif act.on:
        note_answers(act.on)
    note_first(act)
    publish(act, "gone", by=giver)


@transaction.atomic
def put_back(giver: Person, act: Act) -> None:
    """Undo. After 30 days the words are erased and there is nothing to put back."""
    require(giver, "acts.withdraw", act)
    if not Act.objects.filter(pk=act.pk, withdrawn_at__gt=clock.now() - UNDO_LIVES, is_hidden=False).update(withdrawn_at=None):
        raise Refused(_("This was taken back more than 30 days ago and is erased."))
    if act.in_feed:
        Act.objects.filter(on=act, in_feed=False).update(root_withdrawn=False)
    elif act.on:
        note_answers(act.on)
    note_first(act)
    publish(act, "new", by=giver)


@transaction.atomic
def erase_withdrawn() -> int:
    """Erases what was taken back more than 30 days ago; returns how many. Forms as old as that are sent no second time: their
    keys go, too. Called by a daily job."""
    Act.objects.filter(once__isnull=False, at__lt=clock.now() - UNDO_LIVES).update(once=None)
    gone = Act.objects.filter(withdrawn_at__lte=clock.now() - UNDO_LIVES, is_hidden=False)
    Act.objects.filter(in_feed=False, on__in=gone).delete()
    return gone.delete()[0]


#: Acts erased together, with all that hangs on them.
_TOGETHER = 1000


@transaction.atomic
def erase_many(ids: Sequence[int]) -> None:
    """Erases acts of an imported history, nobody having answered them. Only ``exchange`` calls this."""
    for first in range(0, len(ids), _TOGETHER):
        some = ids[first : first + _TOGETHER]
        stir(Act.objects.filter(pk__in=some, on__isnull=False, in_feed=False).values_list("on", flat=True))
        Act.objects.filter(pk__in=some, is_imported=True).delete()


@transaction.atomic
def hide_many(ids: Sequence[int]) -> None:
    """Acts of an imported history are to be seen no more, nor what hangs on them; nothing is erased. What its giver took back
    stays as it is. Only ``exchange`` calls this."""
    for first in range(0, len(ids), _TOGETHER):
        some = ids[first : first + _TOGETHER]
        Act.objects.filter(pk__in=some, is_imported=True, withdrawn_at=None).update(withdrawn_at=clock.now(), is_hidden=True)
        Act.objects.filter(on__in=some, in_feed=False).update(root_withdrawn=True)
        stir([*some, *Act.objects.filter(pk__in=some).values_list("on", flat=True)])


@transaction.atomic
def show_many(ids: Sequence[int]) -> int:
    """What ``hide_many`` hid is to be seen again; how many. Only ``exchange`` calls this."""
    shown = 0
    for first in range(0, len(ids), _TOGETHER):
        some = ids[first : first + _TOGETHER]
        shown += Act.objects.filter(pk__in=some, is_hidden=True).update(withdrawn_at=None, is_hidden=False)
        Act.objects.filter(on__in=some, on__withdrawn_at=None, in_feed=False).update(root_withdrawn=False)
        stir([*some, *Act.objects.filter(pk__in=some).values_list("on", flat=True)])
    return shown


@transaction.atomic
def widen(act: Act, reach: str) -> None:
    """A private thank-you goes to the wall, or comes back from it: both sides said so (thanks/verbs.py). Words below it
    that everybody could read come back with it; what was said in private before never goes out."""
    before, act.reach = act.reach, reach
    Act.objects.filter(pk=act.pk).update(reach=reach)
    if reach == Reach.EVERYONE:
        publish(act, "new")
        return
    named = {*act.named.values_list("person", flat=True), act.by_id}
    below = list(Act.objects.filter(on=act, in_feed=False).exclude(reach=reach))
    Act.objects.filter(pk__in=[one.pk for one in below]).update(reach=reach)
    Named.objects.bulk_create(
        [Named(act=one, person_id=pk, at=one.at) for one in below for pk in sorted(named)], ignore_conflicts=True
    )
    publish(act, "changed", reach=before)  # whoever could see it until now looks again, and finds it gone
