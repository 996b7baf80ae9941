"""The community manager's day: what is open, at most twenty cards. It lists what waits, never who does how much; history is
never due; and it sees no more than its viewer does."""

from __future__ import annotations

import re
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from django.db import connection
from django.db.models import Case, Q, Value, When
from django.http import Http404

from potluck.acts import queries as acts
from potluck.acts.models import Act
from potluck.core import clock, text
from potluck.people.models import NEW_FOR, Person
from potluck.people.verbs import sort_key
from potluck.talk import queries as talk
from potluck.thanks import queries as thanks
from potluck.welcome import queries as welcome

CARDS = 20
#: A thank-you is news for so long after it was hung.
NEWLY_HUNG = timedelta(days=7)
#: Suggested for an answer, at most.
SUGGESTED = 3


def day(viewer: Person) -> SimpleNamespace:
    """``celebrate`` (a thank-you that newly hangs, or None) and ``cards``, in the order of the day: newcomers nobody has
    greeted, first posts and then questions that nobody has answered, each the longest wait first."""
    newcomers = list(welcome.not_yet_greeted(viewer).exclude(pk=viewer.pk)[:CARDS])
    first = list(
        talk.first_posts_without_answer(viewer, clock.now() - NEW_FOR)
        .exclude(by=viewer)
        .values_list("pk", flat=True)[:CARDS]
    )
    questions = list(talk.without_answer(viewer).exclude(by=viewer).values_list("pk", flat=True)[:CARDS])
    waiting = list(dict.fromkeys([*first, *questions]))[: max(CARDS - len(newcomers), 0)]
    rows = {row.id: row for row in acts.rows(viewer, waiting)}
    asked, asked_to_greet = welcome.asked(viewer, waiting), welcome.asked_to_greet(viewer, [one.pk for one in newcomers])
    cards = [
        SimpleNamespace(key=person.handle, newcomer=person, act=None, asked=asked_to_greet.get(person.pk, []))
        for person in newcomers
    ]
    for pk in waiting:
        if pk in rows:
            is_first = pk in first and not rows[pk].kind.asks
            cards.append(
                SimpleNamespace(
                    key=rows[pk].key, newcomer=None, act=rows[pk], is_first=is_first, asked=asked.get(pk, [])
                )
            )
    newest = thanks.wall(viewer, limit=1)
    celebrate = newest[0] if newest and newest[0].hung_at > clock.now() - NEWLY_HUNG else None
    return SimpleNamespace(celebrate=celebrate, cards=cards)


def waiting(viewer: Person, key: str) -> Act:
    """A first post or a question that waits for an answer, or 404: what has been answered is off the desk."""
    act = acts.act(viewer, key)
    due = (talk.without_answer(viewer), talk.first_posts_without_answer(viewer, clock.now() - NEW_FOR))
    if not any(some.filter(pk=act.pk).exists() for some in due):
        raise Http404
    return act


def newcomer(viewer: Person, handle: str) -> Any:
    """A newcomer, with ``was_greeted``, or 404: whoever has been here for longer is not on the desk."""
    person = welcome.newcomers(viewer).filter(handle=handle).first()
    if person is None:
        raise Http404
    return person


def not_yet_greeted(viewer: Person, handle: str) -> Person:
    """A newcomer whom nobody has greeted, or 404."""
    person = newcomer(viewer, handle)
    if person.was_greeted:
        raise Http404
    return person


def who_can_answer(viewer: Person, act: Act) -> Any:
    """Whom one can ask to answer: people who are here, may read it, did not write it and were not asked yet."""
    return (
        acts.readers(viewer, act)
        .human()
        .filter(is_placeholder=False)
        .exclude(pk__in=[act.by_id, viewer.pk])
        .exclude(pk__in=[one.person_id for one in welcome.asked(viewer, [act.pk]).get(act.pk, [])])
        .select_related("unit")
        .order_by("sort_key", "pk")
    )


def who_can_greet(viewer: Person, newcomer: Person) -> Any:
    """Whom one can ask to greet: members who are here and were not asked yet."""
    return (
        Person.objects.visible_to(viewer)
        .human()
        .filter(is_active=True, is_placeholder=False)
        .exclude(roles__contains=["guest"])
        .exclude(pk__in=[newcomer.pk, viewer.pk])
        .exclude(pk__in=[one.person_id for one in welcome.asked_to_greet(viewer, [newcomer.pk]).get(newcomer.pk, [])])
        .select_related("unit")
        .order_by("sort_key", "pk")
    )


def found(people: Any, typed: str, limit: int = 8) -> list[Person]:
    """Those of ``people`` whom the typed words may mean: by name, unit or what they help with."""
    words = text.typed(typed, 80).split()
    for word in words:
        people = people.filter(
            Q(sort_key__contains=sort_key(word)) | Q(unit__name__icontains=word) | Q(helps_with__icontains=word)
        )
    return list(people[:limit]) if words else []


def who_may_know(people: Any, act: Act) -> list[SimpleNamespace]:
    """At most three of ``people`` who say of themselves that they help with something the act speaks of; each ``person``
    with the ``words`` of theirs that match. Nothing but what people wrote about themselves is an input."""
    spoken = sorted({word for word in _words(f"{act.title} {text.plain(act.html)}") if len(word) >= 4})
    some, params = people.exclude(helps_with="").order_by().values("pk").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(_WHO_MAY_KNOW.format(people=some), [spoken, *params, SUGGESTED])
        chosen = [pk for (pk,) in cursor.fetchall()]
    found = {person.pk: person for person in people.filter(pk__in=chosen)}
    return [SimpleNamespace(person=found[pk], words=_matching(found[pk], spoken)) for pk in chosen]


# Two words are alike as ``_alike`` says it; those begin with the same four letters, so that the house is read once, whatever
# the length of the act. C.UTF-8 knows no ß in capitals: it is written out, as Python's casefold does.
_WHO_MAY_KNOW = r"""
with spoken (word) as materialized (select unnest(%s::text[]))
select p.id from people_person p
cross join lateral regexp_split_to_table(replace(lower(p.helps_with), 'ß', 'ss'), '[,;\n]') with ordinality topic (words, n)
cross join lateral regexp_matches(topic.words, '\w+', 'g') said (word)
join spoken on left(spoken.word, 4) = left(said.word[1], 4) and case
  when length(said.word[1]) <= length(spoken.word) then
    starts_with(spoken.word, said.word[1]) or length(said.word[1]) >= 6 and starts_with(spoken.word, left(said.word[1], -1))
  else starts_with(said.word[1], spoken.word) or length(spoken.word) >= 6 and starts_with(said.word[1], left(spoken.word, -1))
end
where p.id in ({people})
group by p.id order by count(distinct topic.n) desc, p.sort_key, p.id limit %s
"""


def _matching(person: Person, spoken: list[str]) -> list[str]:
    """What somebody says they help with, as far as it is spoken of."""
    topics = [topic.strip() for topic in re.split(r"[,;\n]", person.helps_with)]
    return [topic for topic in topics if any(_alike(a, b) for a in _words(topic) for b in spoken)]


def who_likes_to_greet(people: Any, newcomer: Person) -> list[Person]:
    """At most three of ``people`` who ticked "I like to say hello", those of the newcomer's own unit first."""
    near = Case(When(unit=newcomer.unit_id, then=0), default=1) if newcomer.unit_id else Value(1)
    return list(people.filter(likes_to_greet=True).order_by(near, "sort_key", "pk")[:SUGGESTED])


def _words(some_text: str) -> list[str]:
    return re.findall(r"\w+", some_text.casefold())


def _alike(one: str, other: str) -> bool:
    """``Etiketten`` and ``Etikettendrucker``, ``Dimmer`` and ``Dimmers``: one begins with the other, of four letters at
    least; or both begin alike and end in an inflection (``Maschine``, ``Maschinen``)."""
    short, long = sorted((one, other), key=len)
    if len(short) < 4:
        return False
    return long.startswith(short) or (len(short) >= 6 and long.startswith(short[:-1]))
