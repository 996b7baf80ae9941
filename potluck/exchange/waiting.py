"""What answers something that is not here yet waits for it: once that comes, in whichever import, it is hung below.

So archives may come in any order and the talks end up the same. Where somebody of this house has answered below it, it stays
where they answered it. It takes part in the placing (``placing``) under the negative of its id, with all that hangs on it.
"""

from __future__ import annotations

from typing import Any

from django.db import connection

from potluck.exchange.models import Import
from potluck.posts.verbs import stand_many
from potluck.talk.verbs import hang_many

#: Who waits for something new in its own group, and what hangs on it: ``parent`` is what was waited for, of the rest what it
#: answers.
WAKE = """
insert into exchange_placing (act, staged, place, space, at, person, moves, parent, stood_root, stood_answers, stood_below)
with recursive found as (
  select distinct on (w.act_id) w.act_id as act, p.staged as parent
  from exchange_awaited w join exchange_placing p on p.place = w.object join exchange_room r on r.space = p.space
  join acts_act a on a.id = w.act_id and a.group_id = r.group_id
  where w.system = %(system)s and w.workspace = %(workspace)s and a.withdrawn_at is null and not a.root_withdrawn
    and (a.in_feed or a.on_id is not null)
  order by w.act_id, w.rank
), talk (top, act) as (
  select act, act from found
  union
  select talk.top, below.act from talk cross join lateral (
    select c.act_id as act from talk_comment c where c.answers_id = talk.act
    union all
    select c.act_id from acts_act a join talk_comment c on c.act_id = a.id where a.on_id = talk.act and c.answers_id is null
  ) below
), untouched as (
  select talk.top from talk join acts_act a on a.id = talk.act left join talk_comment c on c.act_id = a.id
  group by talk.top having bool_and(a.is_imported and c.helped_at is null)
)
select distinct on (a.id) a.id, -a.id, '', '', a.at, a.by_id, found.act is not null,
  coalesce(found.parent, -coalesce(c.answers_id, a.on_id)), case when not a.in_feed then a.on_id end, c.answers_id, c.below_id
from talk join untouched on untouched.top = talk.top join acts_act a on a.id = talk.act
left join talk_comment c on c.act_id = a.id
left join found on found.act = talk.act and found.act in (select top from untouched)
"""

#: What would answer itself in a circle stays where it stood.
STAY = """
update exchange_placing p set moves = false, parent = o.staged,
  root = case when o.staged is null then p.stood_root end,
  answers = case when o.staged is null then p.stood_answers end,
  below = case when o.staged is null then p.stood_below end
from exchange_placing q left join exchange_placing o on o.staged = -q.stood_answers
where q.staged = p.staged and p.moves and p.root is null
"""

MOVED = """
select act, root, answers, below from exchange_placing
where staged < 0 and (root, answers, below) is distinct from (coalesce(stood_root, act), stood_answers, stood_below) order by act
"""

#: What it hangs on now it waits for no more, only for what it names before that.
WAITED = """
delete from exchange_awaited w using exchange_placing p, exchange_placing q, exchange_awaited found
where p.moves and w.act_id = p.act and q.staged = p.parent and found.act_id = p.act and found.object = q.place
  and w.rank >= found.rank
"""

#: All that it names before what it hangs on.
WAIT = """
insert into exchange_awaited (system, workspace, object, act_id, rank)
select %(system)s, %(workspace)s, u.object, p.act, min(u.rank)
from exchange_placing p join exchange_staged s on s.id = p.staged
cross join lateral jsonb_array_elements_text(s.above) with ordinality as u(object, rank)
where u.rank < coalesce(p.rank, 1000)
group by u.object, p.act
"""

#: What hangs on posts that an import brought, and came with another.
LIFTED = """
with recursive mine as (select target from exchange_source where of_id = %(past)s and what = 'post'),
lost as (
  select a.id as act, c.answers_id as answers, a.on_id as root from mine
  join acts_act a on a.on_id = mine.target join talk_comment c on c.act_id = a.id
  where a.id not in (select target from mine where target is not null)
), tree (act, root, answers, below) as (
  select act, act, null::bigint, null::bigint from lost where answers is null or answers not in (select act from lost)
  union all
  select lost.act, tree.root, tree.act, case when tree.act = tree.root then null else coalesce(tree.below, tree.act) end
  from tree join lost on lost.answers = tree.act
)
select act, root, answers, below from tree order by 1
"""

WAIT_AGAIN = """
insert into exchange_awaited (system, workspace, object, act_id, rank)
select k.system, k.workspace, k.object, c.act_id, 1000
from exchange_source k join talk_comment c on c.answers_id = k.target join acts_act a on a.id = c.act_id and a.is_imported
where k.of_id = %(past)s and k.what = 'post'
"""


def move() -> int:
    """Hangs what waited below what has come; how many came to hang on something else."""
    with connection.cursor() as cursor:
        cursor.execute(MOVED)
        rows = cursor.fetchall()
        cursor.execute("select count(*) from exchange_placing where moves")
        (moved,) = cursor.fetchone()
        hang_many([row for row in rows if row[0] != row[1]])
        cursor.execute(WAITED)
    return moved


def wait(named: dict[str, Any]) -> None:
    """What is new waits for what it names and does not hang on."""
    with connection.cursor() as cursor:
        cursor.execute(WAIT, named)


def lift(past: Import) -> None:
    """What earlier imports brought and hangs on posts of this one, which go, stands by itself again; all that answers something
    of it waits again."""
    with connection.cursor() as cursor:
        cursor.execute(WAIT_AGAIN, {"past": past.pk})
        cursor.execute(LIFTED, {"past": past.pk})
        rows = cursor.fetchall()
    stand_many([act for act, root, *_more in rows if act == root])
    hang_many([row for row in rows if row[0] != row[1]])
