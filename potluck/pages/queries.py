"""What stands on and around the table: the feed, open-handed places in published positions, at most three quiet cards.

Home is read by everybody all day, so it asks little: one statement for all that stands around the feed, one for the feed,
one for each thing that hangs on acts, one for each kind of gift on the page (tests/page_costs.json).
"""

from __future__ import annotations

import re
from datetime import timedelta
from types import SimpleNamespace
from typing import Any, NamedTuple

from django.db import connection
from django.utils.translation import gettext as _

from potluck.acts import kinds
from potluck.acts import queries as acts
from potluck.core import clock, paging, text
from potluck.notices.queries import UNREAD
from potluck.people import queries as people
from potluck.people.models import NEW_FOR, FeedOrder
from potluck.talk import queries as talk

#: Where the open-handed places are; the first dish is 1 (docs/decisions). First come newcomers' first posts, then questions
#: that wait. No popularity, follower count or rank is an input, here or anywhere in the feed.
PLACES = (1, 4, 8)
#: Somebody's own question or first post is found by itself for so long, then it may be set in an open-handed place.
PATIENCE = timedelta(hours=2)

_AROUND = f"""select
  array(
    select a.id from (select id from people_person
      where arrived_at > %(new)s and is_active and not is_placeholder and not is_bot and id <> %(me)s
      order by arrived_at desc limit 40) p
    join acts_act a on a.by_id = p.id and a.is_first and not a.is_imported
    where a.answered_at is null and {acts.VISIBLE} order by a.at, a.id limit 2),
  array(
    select q.id from unnest(%(asks)s::text[]) one (kind) cross join lateral (
      select a.id, a.at from acts_act a where a.kind = one.kind and a.in_feed and a.answered_at is null
        and a.withdrawn_at is null and not a.is_imported and a.by_id <> %(me)s and a.at < %(patience)s
        and {acts.VISIBLE} order by a.at, a.id limit %(places)s + 1) q
    order by q.at, q.id limit %(places)s + 1),
  coalesce((select json_agg(p) from (
    select p.id, p.handle, p.name, p.is_placeholder, p.is_bot, coalesce(u.name, '') as unit
    from people_person p left join people_unit u on u.id = p.unit_id
    where %(member)s and p.arrived_at > %(new)s and p.is_active and not p.is_placeholder and not p.is_bot
      and p.id <> %(me)s and not exists (select from people_house h where h.opened_by_id = p.id)
    order by p.arrived_at desc limit 2) p), '[]'),
  array(select distinct w.what from (
      select told.act_id, 'answers' as what
      from (select n.act_id from notices_notice n where n.receiver_id = %(me)s and n.kind = 'answered'
        and n.at > %(new)s order by n.at desc, n.id desc limit 20) told join acts_act t on t.id = told.act_id
      where not exists (select from acts_act b where b.on_id = t.on_id and b.by_id = %(me)s and not b.in_feed
          and b.withdrawn_at is null and b.at > t.at)
        and not exists (select from talk_reaction r where r.act_id = t.id and r.by_id = %(me)s)
        and not exists (select from talk_comment c where c.act_id = t.id and c.helped_at is not null)
      union all
      select t.act_id, 'thanks' from thanks_receiver r join thanks_thanks t on t.act_id = r.thanks_id
      where r.person_id = %(me)s and r.agreed_at is null and r.declined_at is null and t.is_offered) w
    join acts_act a on a.id = w.act_id where {acts.VISIBLE}),
  exists (select {UNREAD})"""
#: Asked for those alone who came within ``NEW_FOR``: has nobody greeted them yet?
_NEW = """,
  not exists (select from people_house h where h.opened_by_id = %(me)s)
    and not exists (select from acts_named n join acts_act a on a.id = n.act_id
      where n.person_id = %(me)s and a.kind = any(%(greets)s) and a.withdrawn_at is null)"""
# psycopg remembers how it read a statement of up to 4,096 characters; a longer one is read anew each time.
_AROUND, _AROUND_NEW = (" ".join(statement.split()) for statement in (_AROUND, _AROUND + _NEW))


class Reason(NamedTuple):
    """Why a dish stands in an open-handed place."""

    sentence: str
    icon: str


class Beside(NamedTuple):
    """What the quiet card beside the table shows of a question."""

    lang: str
    url: str
    words: str
    by: acts.PersonRow


def around(viewer: Any) -> SimpleNamespace:
    """All that stands around the feed, in one statement: ``first_posts`` and ``questions`` (ids, oldest first), ``newcomers``
    (rows), whether answers, thanks and notices wait, and whether this is the viewer's first home (``is_new``)."""
    now = clock.now()
    came_lately = viewer.arrived_at is not None and viewer.arrived_at > now - NEW_FOR
    asked = {
        "me": viewer.pk,
        "member": not viewer.is_guest,
        "new": now - NEW_FOR,
        "patience": now - PATIENCE,
        "places": len(PLACES),
        "asks": kinds.those(asks=True),
    }
    if came_lately:
        asked["greets"] = kinds.those(greets=True)
    with connection.cursor() as cursor:
        cursor.execute(_AROUND_NEW if came_lately else _AROUND, asked)
        found = cursor.fetchone()
    return SimpleNamespace(
        first_posts=found[0],
        questions=found[1],
        newcomers=tuple([acts.person_row(*person.values()) for person in found[2]]),
        answers_wait="answers" in found[3],
        thanks_wait="thanks" in found[3],
        unread=found[4],
        is_new=came_lately and found[5],
    )


def first_page(viewer: Any) -> SimpleNamespace:
    """The table with all that stands around it: ``acts``, ``older`` (a cursor, or None), ``question`` (for a card)."""
    page = around(viewer)
    open_handed = viewer.feed_order == FeedOrder.OPEN_HANDED
    raised = list(dict.fromkeys([*page.first_posts, *page.questions]))
    in_places = raised[: len(PLACES)] if open_handed else []
    beside = next((pk for pk in page.questions if pk not in in_places), None)
    wanted = [*in_places, *([beside] if beside else [])]
    fed, found = acts.feed_and(viewer, wanted, limit=acts.PAGE + 1)
    rows, page.older = paging.page(fed, acts.PAGE)
    rows = _with_open_hands(viewer, rows, [found[pk] for pk in in_places if pk in found], set(page.first_posts))
    page.acts = acts.dressed_to_serve(viewer, rows)
    page.seen = [row.key for row in rows if row.reason]
    page.question = _beside(found[beside]) if beside in found else None
    return page


def _beside(row: SimpleNamespace) -> Beside:
    return Beside(row.lang, row.url, row.title or text.plain(row.html, 120), row.by)


def later_page(viewer: Any, before: Any, seen: set[str]) -> tuple[list[SimpleNamespace], str | None]:
    """Older acts, dressed, and the cursor of what is older still; without those (keys) that already stood further up."""
    fed, _found = acts.feed_and(viewer, [], before, acts.PAGE + 1)
    rows, older = paging.page(fed, acts.PAGE)
    return acts.dressed_to_serve(viewer, [row for row in rows if row.key not in seen]), older


def _with_open_hands(
    viewer: Any, rows: list[SimpleNamespace], raised: list[SimpleNamespace], first_posts: set[int]
) -> list[SimpleNamespace]:
    """The raised acts in the published places, each saying truly why it is here."""
    taken = {row.id for row in raised}
    rows = [row for row in rows if row.id not in taken]
    for place, row in zip(PLACES, raised, strict=False):
        if row.id in first_posts:
            sentence = _("Up here because %(name)s is new among you.") % {"name": row.by.first_name}
            row.reason = Reason(sentence, "map-pin")
        else:
            if topic := _in_profile(viewer, row):
                sentence = _("Up here because you can help with “%(topic)s”, your page says.") % {"topic": topic}
            else:
                sentence = _("Up here because %(name)s would like to know it.") % {"name": row.by.first_name}
            row.reason = Reason(sentence, "chat-circle")
        rows.insert(min(place - 1, len(rows)), row)
    return rows


def _in_profile(viewer: Any, row: SimpleNamespace) -> str:
    """The first thing the viewer can help with, by their own page, that the act speaks of; empty where there is none."""
    if not viewer.helps_with:
        return ""
    words = f"{row.title} {text.plain(row.html)}"
    topics = [topic.strip() for topic in viewer.helps_with.split(",")]
    return next((one for one in topics if one and re.search(rf"\b{re.escape(one)}", words, re.IGNORECASE)), "")


def brought(viewer: Any, person: Any, before: Any = None) -> tuple[list[SimpleNamespace], str | None]:
    """A page of what somebody brought; an answer to a question shows the bowl, filled where it helped."""
    rows, older = paging.page(acts.of_person(viewer, person, before, acts.PAGE + 1), acts.PAGE)
    answers = talk.helpful([row.id for row in rows if not row.kind.in_feed])
    for row in rows:
        kind, row.helped_by = answers.get(row.id, ("", None))
        if kind and kinds.named(kind).asks:
            row.dish = kinds.named(kind).dish
    return rows, older


def waiting(viewer: Any) -> list[SimpleNamespace]:
    """Answers to the viewer that they have not answered, newest first: at most a hundred, each with its ``root``."""
    found = list(talk.waiting_for(viewer).values_list("pk", "on")[:100])
    roots = {row.id: row for row in acts.rows(viewer, [root for _pk, root in found])}
    rows = acts.rows(viewer, [pk for pk, _root in found])
    for row in rows:
        row.root = roots[row.on_id]
    return rows


def questions(viewer: Any) -> list[SimpleNamespace]:
    """Questions that nobody has answered yet, the longest wait first: at most a hundred."""
    return acts.rows(viewer, talk.without_answer(viewer).values_list("pk", flat=True)[:100])[::-1]


def to_turn_to(viewer: Any) -> list[Any]:
    """Whom one can turn to: the person the house names, then its other community managers. Guests see them, too."""
    named = people.house().turn_to
    others = [one for one in people.community_managers(viewer).select_related("unit") if named is None or one.pk != named.pk]
    return [named, *others] if named is not None and named.is_active else others
