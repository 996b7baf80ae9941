"""Who answers whom in what is staged, found by the database: an archive of a million messages takes no more of our memory
than one of a thousand.

Everything that is new gets the id of the act it will be, in the order of time, and is hung below what it answers: the first
of its ``above`` that is in the archive, wherever it stands there, or came before. Replies can be dated before what they
answer, and claim to answer each other in a circle; the circle is cut where a reply is older than what it answers. What stands
here already is never moved: a reply to what only a later import brings stays the post that it is.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection

from potluck.exchange.models import Import
from potluck.exchange.source import What

#: Written in one go; all of it lives in the transaction that settles, and goes with it.
TABLES = """
drop table if exists exchange_author, exchange_room, exchange_placing;
create temp table exchange_author (object text primary key, person bigint) on commit drop;
create temp table exchange_room (space text primary key, group_id bigint) on commit drop;
create temp table exchange_placing (
    staged bigint primary key, place text not null, space text not null, at timestamptz not null, person bigint not null,
    act bigint not null, parent bigint, missing text, answers bigint, root bigint, below bigint,
    grows boolean not null default false
) on commit drop;
"""

#: Where the id of a message is the same wherever it was sent. Elsewhere it belongs to its space, and only the root is known.
EVERYWHERE = {"mbox"}
#: The id by which a message is remembered.
PLACE = "case when %(everywhere)s then ({object}) else {space} || '/' || ({object}) end"

NEW = f"""
insert into exchange_placing (act, staged, place, space, at, person)
select nextval('acts_act_id_seq'), one.* from (
  select * from (
    select distinct on (place) s.id, p.place, s.space, s.at, a.person
    from exchange_staged s
    cross join lateral (select {PLACE.format(object="s.object", space="s.space")} as place) p
    join exchange_author a on a.object = s.record ->> 'by'
    where s.of_id = %(past)s and s.what = 'post' and s.space = any(%(spaces)s) and not exists (
      select from exchange_source k where k.system = %(system)s and k.workspace = %(workspace)s and k.what = 'post'
        and k.object = p.place)
    order by p.place, s.id) each
  order by at, id) one
"""

COUNTS = f"""
select count(*), count(*) filter (where k.id is not null),
  count(*) filter (where k.id is null and a.object is null)
from exchange_staged s
cross join lateral (select {PLACE.format(object="s.object", space="s.space")} as place) p
left join exchange_source k on k.system = %(system)s and k.workspace = %(workspace)s and k.what = 'post' and k.object = p.place
left join exchange_author a on a.object = s.record ->> 'by'
where s.of_id = %(past)s and s.what = 'post' and s.space = any(%(spaces)s)
"""

#: What comes along, or stands here already, and below what: a reply to a reply stands below the same root. Only in its own
#: group: who answers on one list what was said on another says it to those who read that one, a private one above all.
ABOVE = f"""
with claim as (
  select p.staged, p.space, u.n, {PLACE.format(object="u.object", space="p.space")} as place
  from exchange_placing p join exchange_staged s on s.id = p.staged
  cross join lateral jsonb_array_elements_text(s.above) with ordinality as u(object, n)
), found as (
  select distinct on (c.staged) c.staged, q.staged as parent, h.act, h.root, h.below
  from claim c
  join exchange_room r on r.space = c.space
  left join exchange_placing q on q.place = c.place and q.space = c.space and q.staged <> c.staged
  left join lateral (
    select a.id as act, case when a.in_feed then a.id else a.on_id end as root,
      case when a.in_feed then null else coalesce(t.below_id, a.id) end as below
    from exchange_source k join acts_act a on a.id = k.target left join talk_comment t on t.act_id = a.id
    where q.staged is null and k.system = %(system)s and k.workspace = %(workspace)s and k.what in ('post', 'thread')
      and k.object = c.place and (a.in_feed or a.on_id is not null)
      and a.group_id is not distinct from r.group_id
    order by k.what limit 1) h on true
  where q.staged is not null or h.act is not null
  order by c.staged, c.n)
update exchange_placing p set parent = f.parent, answers = f.act, root = f.root, below = f.below, grows = f.act is not null
from found f where f.staged = p.staged
"""

#: Where a source knows only roots, the first reply to one that is missing stands in for it.
STAND_IN = f"""
with orphan as (
  select p.staged, m.missing, first_value(p.staged) over (partition by m.missing order by p.at, p.staged) as first
  from exchange_placing p join exchange_staged s on s.id = p.staged
  cross join lateral (select {PLACE.format(object="s.above ->> 0", space="p.space")} as missing) m
  where p.parent is null and p.answers is null and s.above ->> 0 is not null)
update exchange_placing p set parent = nullif(o.first, p.staged), missing = case when o.first = p.staged then o.missing end
from orphan o where o.staged = p.staged
"""

TREE = """
with recursive tree as (
  select staged, act, coalesce(root, act) as root, below, answers
  from exchange_placing where parent is null
  union all
  select c.staged, c.act, t.root, case when t.act = t.root then null else coalesce(t.below, t.act) end, t.act
  from tree t join exchange_placing c on c.parent = t.staged)
update exchange_placing p set root = t.root, below = t.below, answers = t.answers from tree t where t.staged = p.staged
"""

CUT = """
update exchange_placing p set parent = null from exchange_placing q
where q.staged = p.parent and p.root is null and (q.at, q.staged) >= (p.at, p.staged)
"""

REMEMBER = """
insert into exchange_source (system, workspace, what, object, target, of_id)
select %(system)s, %(workspace)s, 'post', place, act, %(past)s from exchange_placing
union all
select %(system)s, %(workspace)s, 'thread', missing, act, %(past)s from exchange_placing where missing is not null
on conflict do nothing
"""

IN_ORDER = """
select p.act, p.root, p.answers, p.below, p.person, s.at, s.space, s.record
from exchange_placing p join exchange_staged s on s.id = p.staged order by p.root <> p.act, p.act
"""


@dataclass(frozen=True, slots=True)
class Counted:
    """How many messages stay out: came before, are by somebody who was erased, stand twice in the archive."""

    here: int
    erased: int
    twice: int


class Placed(NamedTuple):
    """A new message and its place: ``root`` is itself where it opens a talk."""

    act: int
    root: int
    answers: int | None
    below: int | None
    by: int
    at: datetime
    space: str
    record: dict[str, Any]


def place(past: Import, groups: dict[str, int | None], people: dict[str, int | None]) -> Counted:
    """Gives what is new in these spaces its place: {space: its group here, or none where only named people read it}."""
    named = _named(past) | {"spaces": list(groups)}
    with connection.cursor() as cursor:
        for statement in TABLES.strip().split(";\n"):
            cursor.execute(statement)
        with cursor.copy("copy exchange_author (object, person) from stdin") as copy:
            for object_, person in people.items():
                if person is not None:
                    copy.write_row((object_, person))
        with cursor.copy("copy exchange_room (space, group_id) from stdin") as copy:
            for row in groups.items():
                copy.write_row(row)
        cursor.execute("analyze exchange_author")
        cursor.execute(COUNTS, named)
        everything, here, erased = cursor.fetchone()
        cursor.execute(NEW, named)
        new = cursor.rowcount
        cursor.execute("create index on exchange_placing (place)")
        cursor.execute("analyze exchange_placing")
        cursor.execute(ABOVE, named)
        if past.system not in EVERYWHERE:
            cursor.execute(STAND_IN, named)
        cursor.execute("create index on exchange_placing (parent)")
        cursor.execute("analyze exchange_placing")
        cursor.execute(TREE)
        while cursor.rowcount < new:
            cursor.execute(CUT)
            cursor.execute(TREE)
    return Counted(here, erased, everything - here - erased - new)


def in_order() -> Iterator[Placed]:
    """What was placed: first what opens a talk, each in the order of time; streamed."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(IN_ORDER)
        while rows := cursor.fetchmany(500):
            yield from (Placed._make((*row[:-1], json.loads(row[-1]))) for row in rows)


def remember(past: Import) -> list[int]:
    """Where all of it came from, so that it never comes again; returns the roots, here before, that it hangs on."""
    with connection.cursor() as cursor:
        cursor.execute(REMEMBER, _named(past))
        cursor.execute("select distinct root from exchange_placing where grows")
        return [root for (root,) in cursor.fetchall()]


def writers(past: Import, space: str) -> list[str]:
    """The ids of whoever wrote in a space."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select record ->> 'by' from exchange_staged where of_id = %s and what = %s and space = %s "
            "group by 1 order by min(at)",
            [past.pk, What.POST, space],
        )
        return [by for (by,) in cursor.fetchall()]


def brings_anything(past: Import, space: str) -> bool:
    """Whether anything of what was written in a space is new."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"select exists (select from exchange_staged s where of_id = %(past)s and what = 'post' and space = %(space)s "
            f"and not exists (select from exchange_source k where k.system = %(system)s and k.workspace = %(workspace)s "
            f"and k.what = 'post' and k.object = {PLACE.format(object='s.object', space='s.space')}))",
            _named(past) | {"space": space},
        )
        return bool(cursor.fetchone()[0])


def _named(past: Import) -> dict[str, Any]:
    return {
        "past": past.pk,
        "system": past.system,
        "workspace": past.workspace,
        "everywhere": past.system in EVERYWHERE,
    }
