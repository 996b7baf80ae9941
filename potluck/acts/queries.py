"""The feed and single acts, as narrow rows: hot pages read no model instances."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from types import SimpleNamespace
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Q
from django.http import Http404
from django.utils.translation import get_language

from potluck.acts import kinds
from potluck.acts.models import UNDO_LIVES, Act, Named, Reach
from potluck.acts.promise import promise
from potluck.core import clock, fragments, moments
from potluck.core import rows as core_rows
from potluck.groups.models import Group, Membership
from potluck.people.models import Person, Role, initials, tint

PAGE = 20

_COLUMNS = """
  a.id, a.key, a.kind, a.at, a.reach, a.title, a.html, a.language, a.is_imported, a.edited_at, a.withdrawn_at, a.on_id,
  p.id, p.handle, p.name, p.is_placeholder, p.is_bot, coalesce(u.name, ''), g.key, g.name, g.is_closed,
  g.archived_at, o.key, a.stirred, a.is_first
"""
_WIDTH = 25
FROM = """
  join people_person p on p.id = a.by_id
  left join people_unit u on u.id = p.unit_id
  left join groups_group g on g.id = a.group_id
  left join acts_act o on o.id = a.on_id
"""

# Four short lists, each with its own index, merged: a member of dormant groups only reads as little as
# anybody else. "Newest n of each of my groups" is lateral for the same reason.
_LIST = "select a.id, a.at from acts_act a where a.in_feed and a.withdrawn_at is null and (a.at, a.id) < (%(at)s, %(id)s)"
_END = "order by a.at desc, a.id desc limit %(limit)s"
_FEED = f"""
with ids as (
  (select * from ({_LIST} and a.reach = 'everyone' and %(member)s {_END}) everyone)
  union
  (select g.id, g.at from groups_membership m cross join lateral ({_LIST} and a.reach = 'group' and a.group_id = m.group_id
     {_END}) g where m.person_id = %(me)s order by g.at desc, g.id desc limit %(limit)s)
  union
  (select n.act_id, n.at from acts_named n join acts_act a on a.id = n.act_id
     where n.person_id = %(me)s and (n.at, n.act_id) < (%(at)s, %(id)s) and a.in_feed and a.withdrawn_at is null
       and a.reach <> 'group'
     order by n.at desc, n.act_id desc limit %(limit)s)
  union
  (select * from ({_LIST} and a.by_id = %(me)s {_END}) mine)
), newest as (select id, at from ids order by at desc, id desc limit %(limit)s)
select a.id, a.key, a.kind, a.at, a.by_id, a.stirred, chosen.raised, whole.*
from (select id, false as raised from newest union all select unnest(%(raised)s::bigint[]), true) chosen
join acts_act a on a.id = chosen.id
left join lateral (select {_COLUMNS} from (select 1) one {FROM}
  where chosen.raised or not a.kind = any(%(known)s)) whole on true
order by a.at desc, a.id desc
"""
_BRIEF = 7
#: ``Act.visible_to`` as SQL, for statements that answer several questions at once (a: the act; me, member: who looks).
#: acts/tests/test_seeing.py holds the two together.
VISIBLE = """(a.withdrawn_at is null and not a.root_withdrawn and (
  a.by_id = %(me)s
  or a.reach = 'everyone' and %(member)s
  or a.reach <> 'group' and exists (select from acts_named n where n.act_id = a.id and n.person_id = %(me)s)
  or a.reach = 'group' and (
    exists (select from groups_membership m where m.group_id = a.group_id and m.person_id = %(me)s)
    or %(member)s and exists (select from groups_group g where g.id = a.group_id and not g.is_closed))))"""
#: Where the first page begins: after everything.
NOW = (datetime.fromisoformat("9999-01-01T00:00:00+00:00"), 0)


class PersonRow(NamedTuple):
    """What plate and name need (core/templates/parts/plate.html)."""

    pk: int
    handle: str
    name: str
    unit: str
    initials: str
    tint: str
    first_name: str
    is_placeholder: bool
    is_bot: bool


class GroupRow(NamedTuple):
    key: str
    name: str
    is_closed: bool
    archived_at: datetime | None


@lru_cache(maxsize=4096)
def person_row(pk: int, handle: str, name: str, placeholder: bool, bot: bool, unit: str) -> PersonRow:
    return PersonRow(
        pk=pk,
        handle=handle,
        name=name,
        unit=unit,
        initials=initials(name),
        tint=tint(handle),
        first_name=name.split(" ")[0],
        is_placeholder=placeholder,
        is_bot=bot,
    )


@lru_cache(maxsize=64)
def _word(kind: str, language: str | None, first: bool = False) -> str:
    return str(kinds.named(kind).first if first else kinds.named(kind).word)


def _rows(viewer: Any, found: Iterable[Sequence[Any]]) -> list[SimpleNamespace]:
    """What the components show of acts (core/templates/parts/gift.html): words in the viewer's language, their addresses.
    Whatever a row tells of act, giver, unit or group is counted in ``stirred`` when it changes (migration 0009)."""
    language, when = get_language(), moments.teller()
    return [_row(viewer, columns, language, when) for columns in found]


def _row(viewer: Any, c: Sequence[Any], language: str | None, when: Callable[[datetime], str]) -> SimpleNamespace:
    kind = kinds.named(c[2])
    first = bool(c[24] and kind.first)
    group = GroupRow(*c[18:22]) if c[18] else None
    return SimpleNamespace(
        id=c[0],
        key=c[1],
        kind=kind,
        dish="welcome" if first else kind.dish,
        word=_word(kind.name, language, first),
        at=c[3],
        when=when(c[3]),
        reach=c[4],
        title=c[5],
        html=c[6],
        lang=c[7],
        is_imported=c[8],
        edited_at=c[9],
        withdrawn_at=c[10],
        on_id=c[11],
        url=f"/acts/{c[1]}/" if kind.in_feed else f"/acts/{c[22]}/#act-{c[1]}",
        by_id=c[12],
        by=person_row(*c[12:18]),
        group=group,
        promise=promise(c[4], group),
        is_mine=c[12] == viewer.pk,
        reason=None,
        stirred=c[23],
        drawn=None,
        is_brief=False,
    )


def feed(
    viewer: Person, before: tuple[datetime, int] | None = None, limit: int = PAGE
) -> list[SimpleNamespace]:
    """The newest acts in the viewer's reach, newest first; ``before`` is the (at, id) of the last one already read."""
    return _feed(viewer, [], before or NOW, limit, [])[0]


def feed_and(
    viewer: Person, raised: list[int], before: tuple[datetime, int] | None = None, limit: int = PAGE
) -> tuple[list[SimpleNamespace], dict[int, SimpleNamespace]]:
    """The feed, and in the same statement the acts that are raised from further down, by id: ids the viewer may see. A row of
    the feed whose dish looks the same for all is brief: ``dressed_to_serve`` reads the rest where it was not drawn before."""
    return _feed(viewer, raised, before or NOW, limit, kinds.those(same_for_all=True))


def _feed(
    viewer: Person, raised: list[int], before: tuple[datetime, int], limit: int, known: list[str]
) -> tuple[list[SimpleNamespace], dict[int, SimpleNamespace]]:
    at, pk = before
    asked: dict[str, Any] = {"me": viewer.pk, "member": not viewer.is_guest, "at": at, "id": pk, "limit": limit}
    fed, found = [], {}
    language, when = get_language(), moments.teller()
    with connection.cursor() as cursor:
        cursor.execute(_FEED, asked | {"raised": raised, "known": known})
        for columns in cursor.fetchall():
            whole = columns[_BRIEF] is not None
            row = _row(viewer, columns[_BRIEF:], language, when) if whole else _brief(viewer, columns, when)
            if columns[_BRIEF - 1]:
                found[row.id] = row
            else:
                fed.append(row)
    return fed, found


def _brief(viewer: Any, c: Sequence[Any], when: Callable[[datetime], str]) -> SimpleNamespace:
    return SimpleNamespace(
        id=c[0],
        key=c[1],
        kind=kinds.named(c[2]),
        at=c[3],
        when=when(c[3]),
        is_mine=c[4] == viewer.pk,
        stirred=c[5],
        reason=None,
        drawn=None,
        is_brief=True,
    )


def read_with(viewer: Person, more: str, source: str, asked: dict[str, Any]) -> list[tuple[SimpleNamespace, tuple]]:
    """Rows together with ``more`` columns, for rooms whose own tables stand beside acts: ``source`` is SQL that begins with
    a table named ``a`` and may join others to it; only what the viewer may see."""
    asked |= {"me": viewer.pk, "member": not viewer.is_guest}
    with connection.cursor() as cursor:
        cursor.execute(f"select {_COLUMNS}, {more} from {source}", asked)
        found = cursor.fetchall()
    return list(zip(_rows(viewer, found), [columns[_WIDTH:] for columns in found], strict=True))


def chosen(viewer: Person, which: str, **asked: Any) -> list[SimpleNamespace]:
    """Acts that the viewer may see and that ``which`` chooses (SQL over ``a``, the act, with order and limit), in one
    statement."""
    asked |= {"me": viewer.pk, "member": not viewer.is_guest}
    with connection.cursor() as cursor:
        cursor.execute(f"select {_COLUMNS} from acts_act a {FROM} where {VISIBLE} and {which}", asked)
        return _rows(viewer, cursor.fetchall())


def rows(viewer: Person, ids: Iterable[int]) -> list[SimpleNamespace]:
    """These acts as rows, newest first; only what the viewer may see."""
    ids = list(ids)
    return chosen(viewer, "a.id = any(%(ids)s) order by a.at desc, a.id desc", ids=ids) if ids else []


def _read(viewer: Person, ids: list[int]) -> list[SimpleNamespace]:
    """These acts as rows, newest first; whoever asks has made sure that the viewer may see them."""
    if not ids:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            f"select {_COLUMNS} from acts_act a {FROM} where a.id = any(%s) order by a.at desc, a.id desc",
            [ids],
        )
        return _rows(viewer, cursor.fetchall())


def dressed_to_serve(viewer: Person, acts: list[SimpleNamespace]) -> list[SimpleNamespace]:
    """The same rows for a feed: whole and dressed, but for those whose dish was drawn before and looks the same for all."""
    known = [act for act in acts if act.kind.same_for_all]
    fragments.recall(known)
    if brief := [act.id for act in known if act.drawn is None and act.is_brief]:
        whole = {act.id: act for act in _read(viewer, brief)}
        acts = [whole[act.id] if act.drawn is None and act.is_brief else act for act in acts]
        fragments.recall(whole.values())
    dressed(viewer, [act for act in acts if act.drawn is None])
    return acts


def dressed(viewer: Person, acts: list[SimpleNamespace]) -> list[SimpleNamespace]:
    """The same rows with what their kind tells (``details``) and what hangs on them: one query a kind, one a hanging."""
    for kind in {act.kind for act in acts}:
        details = kind.details(viewer, [act.id for act in acts if act.kind is kind])
        for act in acts:
            if act.kind is kind:
                act.details = details.get(act.id)
    for name, (hanging, everywhere) in kinds.hung():
        those = [act.id for act in acts if everywhere or act.kind.in_feed]
        found = hanging(viewer, those) if those else {}
        for act in acts:
            setattr(act, name, found.get(act.id))
    return acts


def act(viewer: Any, key: str) -> Act:
    """The act, or 404. For verbs; pages read ``row``."""
    found = _act(viewer, "a.key = %(key)s", key=key)
    if found is None:
        raise Http404
    return found


def standing(viewer: Any, pk: int) -> Act | None:
    """The act as it is now, kept as it is until the transaction ends; None where the viewer may see it no more."""
    return _act(viewer, "a.id = %(pk)s for no key update of a", pk=pk)


def was_given(giver: Person, once: str | None) -> bool:
    """Whether this form, known by its key, gave its act before."""
    return bool(once) and Act.objects.filter(by=giver, once=once).exists()


def _act(viewer: Any, which: str, **asked: Any) -> Act | None:
    """The instance with ``by``, ``group`` and ``on``, read in one statement."""
    asked |= {"me": viewer.pk, "member": not viewer.is_guest}
    columns = core_rows.columns(a=Act, p=Person, g=Group, o=Act)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""select {columns} from acts_act a join people_person p on p.id = a.by_id
            left join groups_group g on g.id = a.group_id left join acts_act o on o.id = a.on_id where {VISIBLE} and {which}""",
            asked,
        )
        found = cursor.fetchone()
    if found is None or not viewer.is_active:
        return None
    act, act.by, act.group, act.on = core_rows.instances(found, Act, Person, Group, Act)
    return act


def own_act(viewer: Any, key: str) -> Act:
    """One's own act, withdrawn or not, or 404."""
    found = (
        Act.objects.in_reach_of(viewer).filter(key=key, by=viewer).select_related("by", "group", "on").first()
    )
    if found is None:
        raise Http404
    return found


def withdrawn(viewer: Person) -> list[SimpleNamespace]:
    """What the viewer took back within the last 30 days and can put back, newest first."""
    mine = Act.objects.filter(by=viewer, withdrawn_at__gt=clock.now() - UNDO_LIVES, root_withdrawn=False, is_hidden=False)
    return _read(viewer, list(mine.values_list("pk", flat=True)))


def row(viewer: Any, key: str) -> SimpleNamespace:
    """The act as a dressed row, or 404."""
    return dressed(viewer, [plain_row(viewer, key)])[0]


def plain_row(viewer: Any, key: str) -> SimpleNamespace:
    """The act as a row with nothing hanging on it, or 404."""
    found = chosen(viewer, "a.key = %(key)s", key=key)
    if not found:
        raise Http404
    return found[0]


def of_group(
    viewer: Person, group: Group, before: tuple[datetime, int] | None = None, limit: int = PAGE
) -> list[SimpleNamespace]:
    """A group's acts, newest first."""
    return newest(viewer, Act.objects.visible_to(viewer).filter(group=group, in_feed=True), before, limit)


def of_person(
    viewer: Person, person: Person, before: tuple[datetime, int] | None = None, limit: int = PAGE
) -> list[SimpleNamespace]:
    """What somebody brought, in the viewer's reach. Comments are among it: an answer is a gift."""
    return newest(
        viewer, Act.objects.visible_to(viewer).filter(by=person).exclude(reach=Reach.NAMED), before, limit
    )


def newest(
    viewer: Person, acts: Any, before: tuple[datetime, int] | None = None, limit: int = PAGE
) -> list[SimpleNamespace]:
    """The newest of ``acts`` (a queryset of what the viewer may see) as rows; ``before`` as in ``feed``."""
    if before:
        acts = acts.filter(Q(at__lt=before[0]) | Q(at=before[0], pk__lt=before[1]))
    return _read(viewer, list(acts.order_by("-at", "-pk").values_list("pk", flat=True)[:limit]))


def kept_for(person: Person, limit: int = 50) -> list[SimpleNamespace]:
    """What was given to somebody while their place was empty (thanks, greetings, mentions, answers to what they once
    wrote), newest first, without what came in with the history itself."""
    acts = (
        Act.objects.visible_to(person)
        .filter(Q(named__person=person) | Q(mentions__person=person) | Q(on__by=person), is_imported=False)
        .exclude(by=person)
    )
    if person.arrived_at:
        acts = acts.filter(at__lt=person.arrived_at)
    ids = list(acts.order_by("-at", "-pk").values_list("pk", flat=True).distinct()[:limit])
    return dressed(person, _read(person, ids))


def receivers(viewer: Person, ids: list[int]) -> dict[int, list[PersonRow]]:
    """For whom acts are: {act id: [person row]}, in alphabetical order."""
    found: dict[int, list[PersonRow]] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            """select n.act_id, p.id, p.handle, p.name, p.is_placeholder, p.is_bot, coalesce(u.name, '')
                          from acts_named n join people_person p on p.id = n.person_id left join people_unit u on u.id = p.unit_id
                          where n.act_id = any(%s) order by p.sort_key""",
            [ids],
        )
        for act_id, *person in cursor.fetchall():
            found.setdefault(act_id, []).append(person_row(*person))
    return found


def readers(viewer: Any, act: Act) -> Any:
    """The people whom the viewer sees who may read this act: ``Act.visible_to`` seen from the other side."""
    seen = Person.objects.visible_to(viewer).filter(is_active=True)
    named = Q(pk__in=Named.objects.filter(act=act).values("person")) | Q(pk=act.by_id)
    member = ~Q(roles__contains=[Role.GUEST])
    seated = Q(pk__in=Membership.objects.filter(group=act.group_id).values("person"))
    if act.reach == Reach.EVERYONE:
        return seen.filter(member | named)
    if act.reach == Reach.NAMED:
        return seen.filter(named)
    return seen.filter(seated | Q(pk=act.by_id) if act.group.is_closed else seated | member)  # type: ignore[union-attr]
