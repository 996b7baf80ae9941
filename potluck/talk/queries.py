"""Every read of the talk around acts."""

from __future__ import annotations

from datetime import datetime
from types import SimpleNamespace
from typing import Any

from django.db import connection
from django.db.models import Exists, F, OuterRef, Q
from django.http import Http404

from potluck.acts import queries as acts
from potluck.acts.kinds import those
from potluck.acts.models import Act
from potluck.core import paging
from potluck.people.models import Person

_REACTIONS = """
select r.act_id, r.emoji, r.by_id, split_part(p.name, ' ', 1)
from unnest(%(ids)s::bigint[]) one (id)
cross join lateral (
  (select id, act_id, emoji, by_id from talk_reaction where act_id = one.id order by id limit %(most)s)
  union (select id, act_id, emoji, by_id from talk_reaction where act_id = one.id and by_id = %(me)s)
) r
join people_person p on p.id = r.by_id order by r.id
"""
#: So many reactions, and so many of the newest answers, of one act are read for a page: it names a few, never counts.
_MOST = 40

_TALK = f"""
select one.id, v.names, h.html, h.language, h.person, h.handle, h.name, h.is_placeholder, h.is_bot, h.unit
from acts_act one
cross join lateral (
  select array_agg(split_part(p.name, ' ', 1) order by c.at, c.id) as names
  from (select a.by_id, a.at, a.id from acts_act a
        where a.on_id = one.id and a.by_id <> one.by_id and not a.in_feed and {acts.VISIBLE}
        order by a.at desc, a.id desc limit 8) c
  join people_person p on p.id = c.by_id
) v
left join lateral (
  select a.html, a.language, p.id as person, p.handle, p.name, p.is_placeholder, p.is_bot, coalesce(u.name, '') as unit
  from acts_act a
  join talk_comment c on c.act_id = a.id and c.helped_at is not null
  join people_person p on p.id = a.by_id left join people_unit u on u.id = p.unit_id
  where a.on_id = one.id and one.kind = any(%(asks)s) and not a.in_feed and {acts.VISIBLE}
  order by c.helped_at, a.id limit 1
) h on true
where one.id = any(%(ids)s) and v.names is not null
"""


def reactions(viewer: Person, ids: list[int]) -> dict[int, SimpleNamespace]:
    """{act id: who reacted with what}: first names, never a count. ``mine``: the viewer's words; ``words``: {emoji: names}."""
    found: dict[int, SimpleNamespace] = {}
    with connection.cursor() as cursor:
        cursor.execute(_REACTIONS, {"ids": ids, "me": viewer.pk, "most": _MOST})
        for act_id, emoji, by, name in cursor.fetchall():
            row = found.setdefault(act_id, SimpleNamespace(mine=set(), words={}))
            if by == viewer.pk:
                row.mine.add(emoji)
            row.words.setdefault(emoji, []).append(name)
    return found


def talk(viewer: Person, ids: list[int]) -> dict[int, SimpleNamespace]:
    """{act id: its talk}: ``voices`` (first names of who answered last, but its giver) and ``helped`` (the answer that helped:
    html, lang, by; or None). Only what the viewer may see: who left a closed group still reads their own words there, and no
    answers."""
    found: dict[int, SimpleNamespace] = {}
    with connection.cursor() as cursor:
        cursor.execute(_TALK, {"ids": ids, "asks": those(asks=True), "me": viewer.pk, "member": not viewer.is_guest})
        for act_id, voices, html, lang, *person in cursor.fetchall():
            helped = SimpleNamespace(html=html, lang=lang, by=acts.person_row(*person)) if html else None
            found[act_id] = SimpleNamespace(voices=list(dict.fromkeys(voices)), helped=helped)
    return found


#: So many answers (with their replies) stand on one page of a talk: the newest, oldest first.
ANSWERS = 40

# An answer stands for itself, or below one that was taken back. ``chosen`` is filled in: which answers, with their replies.
_COMMENTS = f"""
  ({{chosen}}) chosen
  join acts_act a on a.id = chosen.id {acts.FROM}
  join talk_comment c on c.act_id = a.id
  left join acts_act b on b.id = c.below_id
  left join acts_act w on w.id = c.answers_id and w.withdrawn_at is null
  left join people_person wp on wp.id = w.by_id
  where {acts.VISIBLE} order by a.at, a.id
"""
_MORE = "c.below_id, b.key, c.answers_id, c.helped_at, wp.name"
#: What stands by itself on a page of a talk, newest first: pages are counted in these, here and in ``page_of``.
_TOPS = f"""
  from acts_act a join talk_comment c on c.act_id = a.id left join acts_act up on up.id = c.below_id
  where a.on_id = %(root)s and not a.in_feed and (c.below_id is null or up.withdrawn_at is not null) and {acts.VISIBLE}
"""
_PAGE = f"""
  with tops as (
    select a.id {_TOPS} and (a.at, a.id) < (%(at)s, %(id)s) order by a.at desc, a.id desc limit %(limit)s)
  select id from tops union select r.act_id from tops join talk_comment r on r.below_id = tops.id
"""
_NEWER = f"""
  select t.id, t.at, (select count(*) from (select 1 {_TOPS} and (a.at, a.id) > (t.at, t.id) limit %(most)s) newer)
  from talk_comment one left join acts_act above on above.id = one.below_id and above.withdrawn_at is null
  join acts_act t on t.id = coalesce(above.id, one.act_id) where one.act_id = %(one)s
"""
_ONE = "select %(one)s::bigint as id union select act_id from talk_comment where below_id = %(one)s::bigint"


def comments(
    viewer: Person, root: SimpleNamespace, before: tuple[datetime, int] | None = None
) -> tuple[list[SimpleNamespace], str | None]:
    """A page of the answers to an act (a row), oldest first, each with its ``replies``; and where earlier ones are, if any."""
    at, pk = before or acts.NOW
    asked = {"root": root.id, "at": at, "id": pk, "limit": ANSWERS + 1}
    newest_first, earlier = paging.page(_placed(viewer, _PAGE, asked, root)[::-1], ANSWERS)
    return newest_first[::-1], earlier


def comment(viewer: Person, key: str) -> SimpleNamespace:
    """One comment with its replies, or 404."""
    act = acts.plain_row(viewer, key)
    if act.kind.in_feed:
        raise Http404
    root = acts.rows(viewer, [act.on_id])[0]
    found = _placed(viewer, _ONE, {"one": act.id}, root)[0]
    acts.dressed(viewer, [found, *found.replies])
    return found


def page_of(viewer: Person, act: SimpleNamespace) -> str | None:
    """The cursor of the page of the talk that shows this comment (a row); None: it is on the newest one."""
    asked = {"one": act.id, "root": act.on_id, "most": ANSWERS, "me": viewer.pk, "member": not viewer.is_guest}
    with connection.cursor() as cursor:
        cursor.execute(_NEWER, asked)
        pk, at, newer = cursor.fetchone()
    return paging.after(SimpleNamespace(at=at, id=pk + 1)) if newer >= ANSWERS else None


def _placed(viewer: Person, chosen: str, asked: dict[str, Any], root: SimpleNamespace) -> list[SimpleNamespace]:
    """Comments as rows where they stand: ``on`` and ``root`` (the act), ``replies``, ``below_key``, ``helped_at``, and, where
    one answers a reply, ``answers`` (a name)."""
    found = acts.read_with(viewer, _MORE, _COMMENTS.format(chosen=chosen), asked)
    rows = {one.id: one for one, _more in found}
    top: list[SimpleNamespace] = []
    for row, place in found:
        below, row.below_key, answers, row.helped_at, name = place
        row.on = row.root = root
        row.replies = []
        row.answers = name if answers and answers not in (below, root.id) else None
        (rows[below].replies if below in rows else top).append(row)
    return top


def helpful(ids: list[int]) -> dict[int, tuple[str, str | None]]:
    """{comment id: (kind of its root, first name of the asker whom it helped)}, for comments the viewer was shown."""
    with connection.cursor() as cursor:
        cursor.execute(
            """select c.act_id, r.kind, case when c.helped_at is not null then p.name end
               from talk_comment c join acts_act a on a.id = c.act_id join acts_act r on r.id = a.on_id
               join people_person p on p.id = r.by_id where c.act_id = any(%s)""",
            [ids],
        )
        return {pk: (kind, name and name.split(" ")[0]) for pk, kind, name in cursor.fetchall()}


def without_answer(viewer: Person) -> Any:
    """Questions that nobody has answered, in the viewer's reach, oldest first. History is never due."""
    return (
        Act.objects.visible_to(viewer)
        .filter(kind__in=those(asks=True), in_feed=True, is_imported=False, answered_at=None)
        .order_by("at", "pk")
    )


# One kind after the other, so that the index gives them in order and the first one ends the search.
_WAITS = f"""
  unnest(%(asks)s::text[]) one (kind) cross join lateral (
    select a.* from acts_act a where a.kind = one.kind and a.in_feed and a.answered_at is null and a.withdrawn_at is null
      and not a.is_imported and a.by_id <> %(me)s and a.by_id <> %(asker)s and {acts.VISIBLE}
    order by a.at, a.id limit 1) a
  {acts.FROM} order by a.at, a.id limit 1
"""


def asked_too(viewer: Person, question: SimpleNamespace) -> SimpleNamespace | None:
    """Beside a question: another one that waits, by somebody else."""
    if not question.kind.asks:
        return None
    asked = {"asks": those(asks=True), "asker": question.by_id}
    found = acts.read_with(viewer, "1", _WAITS, asked)
    return found[0][0] if found else None


def first_posts_without_answer(viewer: Person, since: Any) -> Any:
    """First posts of people who arrived after ``since`` that nobody has answered, oldest first."""
    return (
        Act.objects.visible_to(viewer)
        .filter(is_first=True, is_imported=False, answered_at=None, by__arrived_at__gt=since)
        .order_by("at", "pk")
    )


def waiting_for(viewer: Person) -> Any:
    """What waits for the viewer's own answer: comments by others in their acts, or directly to their comments, to which they
    have said nothing since, nor reacted, nor said it helped; newest first."""
    to_me = (
        Act.objects.visible_to(viewer)
        .filter(in_feed=False, is_imported=False)
        .exclude(by=viewer)
        .filter(Q(on__by=viewer) | Q(comment__answers__by=viewer))
    )
    answered = Act.objects.filter(
        on=OuterRef("on"), by=viewer, in_feed=False, withdrawn_at__isnull=True, at__gt=OuterRef("at")
    )
    from potluck.talk.models import Reaction

    return (
        to_me.exclude(Exists(answered))
        .exclude(Exists(Reaction.objects.filter(act=OuterRef("pk"), by=viewer)))
        .exclude(comment__helped_at__isnull=False, on__by=viewer)
        .annotate(root_key=F("on__key"))
        .order_by("-at", "-pk")
    )
