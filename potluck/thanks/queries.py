"""Every read of thanks. What a receiver said about the wall is between the giver and the receivers."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from types import SimpleNamespace
from typing import Any

from django.db import connection
from django.db.models import Case, Exists, OuterRef, Q, When
from django.http import Http404

from potluck.acts import queries as acts
from potluck.acts.models import Act, Reach
from potluck.core import moments, text
from potluck.people import queries as people
from potluck.people.models import Person
from potluck.people.verbs import sort_key
from potluck.thanks.models import Receiver, StandingYes, Thanks

_DETAILS = f"""
select t.act_id, t.what_changed_html, t.is_offered, t.hung_at, mine.id is not null, mine.agreed_at, mine.declined_at, given.on_id,
  (select coalesce(root.key, a.key) from acts_act a left join acts_act root on root.id = a.on_id and not a.in_feed
   where a.id = given.on_id and {acts.VISIBLE}),
  coalesce((select json_agg(json_build_array(p.id, p.handle, p.name, p.is_placeholder, p.is_bot, coalesce(u.name, ''))
                            order by p.sort_key)
   from acts_named n join people_person p on p.id = n.person_id left join people_unit u on u.id = p.unit_id
   where n.act_id = t.act_id), '[]')
from thanks_thanks t join acts_act given on given.id = t.act_id
left join thanks_receiver mine on mine.thanks_id = t.act_id and mine.person_id = %(me)s
where t.act_id = any(%(ids)s)
"""


def details(viewer: Person, ids: list[int]) -> dict[int, SimpleNamespace]:
    """{act id: what a thank-you says beside its words}; its cause only if the viewer may see that. One statement."""
    found = {}
    with connection.cursor() as cursor:
        cursor.execute(_DETAILS, {"me": viewer.pk, "member": not viewer.is_guest, "ids": ids})
        for act_id, changed, offered, hung_at, am_receiver, agreed, declined, on_id, because, to in cursor.fetchall():
            found[act_id] = SimpleNamespace(
                to=[acts.person_row(*person) for person in to],
                changed=changed,
                is_offered=offered,
                hung_at=hung_at,
                am_receiver=am_receiver,
                i_agreed=bool(agreed),
                i_declined=bool(declined),
                waits_for_me=bool(offered and am_receiver and not agreed and not declined),
                on_id=on_id,
                because=because,
            )
    return found


def one(viewer: Any, key: str) -> Thanks:
    """The thank-you, or 404."""
    thanks = (
        Thanks.objects.filter(act__in=Act.objects.visible_to(viewer).filter(key=key))
        .select_related("act", "act__by")
        .first()
    )
    if thanks is None:
        raise Http404
    return thanks


def wall(
    viewer: Person,
    person: Person | None = None,
    before: tuple[datetime, int] | None = None,
    limit: int = acts.PAGE,
) -> list[SimpleNamespace]:
    """The wall of the house, or of a person (thanked or thanking): what hangs there, the newest on the wall first.
    ``before`` is the (hung_at, id) of the last one already read; each row carries its ``hung_at``."""
    hung = Thanks.objects.filter(
        hung_at__isnull=False, act__in=Act.objects.visible_to(viewer).filter(reach=Reach.EVERYONE)
    )
    if person is not None:
        hung = hung.filter(
            Q(act__by=person) | Exists(Receiver.objects.filter(thanks=OuterRef("pk"), person=person))
        )
    if before is not None:
        hung = hung.filter(Q(hung_at__lt=before[0]) | Q(hung_at=before[0], pk__lt=before[1]))
    since = dict(hung.order_by("-hung_at", "-pk").values_list("pk", "hung_at")[:limit])
    cards = acts.dressed(viewer, acts.rows(viewer, since))
    for card in cards:
        card.hung_at = since[card.id]
        card.when = ""  # a wall shows what was said; when is on the card's own page
    return sorted(cards, key=lambda card: (card.hung_at, card.id), reverse=True)


def received(viewer: Person, before: Any = None, limit: int = acts.PAGE) -> list[SimpleNamespace]:
    """Thanks to the viewer, newest first, private or on the wall."""
    mine = Act.objects.visible_to(viewer).filter(thanks__receivers__person=viewer)
    return acts.dressed(viewer, acts.newest(viewer, mine, before, limit))


def given(viewer: Person, before: Any = None, limit: int = acts.PAGE) -> list[SimpleNamespace]:
    """Thanks from the viewer, newest first."""
    mine = Act.objects.visible_to(viewer).filter(by=viewer, thanks__isnull=False)
    return acts.dressed(viewer, acts.newest(viewer, mine, before, limit))


def people_to_thank(viewer: Person, words: str, limit: int = 8) -> list[Person]:
    """Whom the viewer may mean by what they typed: by the beginning of any part of the name, else by name, unit or what
    they help with. Placeholders are among them (a gift waits for them); bots and the viewer are not."""
    words = " ".join(text.typed(words, 80).split())
    if not words:
        return []
    found = people.visible_to(viewer).human().exclude(pk=viewer.pk).select_related("unit")
    for word in words.split():
        found = found.filter(
            Q(sort_key__contains=sort_key(word)) | Q(unit__name__icontains=word) | Q(helps_with__icontains=word)
        )
    start = sort_key(words)
    begins = Q(sort_key__startswith=start) | Q(sort_key__contains=f" {start}")
    return list(found.order_by(Case(When(begins, then=0), default=1), "sort_key", "pk")[:limit])


def chosen(viewer: Person, handles: Iterable[str]) -> list[Person]:
    """The people behind these handles whom the viewer may thank, in the order they were chosen."""
    handles = list(dict.fromkeys(handles))
    found = {
        person.handle: person
        for person in people.visible_to(viewer).human().filter(handle__in=handles).select_related("unit")
        if person.pk != viewer.pk
    }
    return [found[handle] for handle in handles if handle in found]


def cause(viewer: Person, key: str) -> SimpleNamespace | None:
    """The act a thank-you is for, as a row, if the viewer may see it."""
    found = Act.objects.visible_to(viewer).filter(key=key).values_list("pk", flat=True)
    rows = acts.rows(viewer, found)
    return rows[0] if rows else None


def for_print(viewer: Person, key: str) -> SimpleNamespace:
    """The card as giver and receivers may print it; for everybody else there is none."""
    row = acts.row(viewer, key)
    if row.kind.name != "thanked" or not (row.is_mine or row.details.am_receiver):
        raise Http404
    row.when = moments.day(row.at)  # a card is read on another day
    return row


def waiting_for_yes(viewer: Person) -> list[SimpleNamespace]:
    """Thanks to the viewer that are offered to the wall and wait for their yes."""
    ids = Act.objects.visible_to(viewer).filter(
        thanks__is_offered=True,
        thanks__receivers__person=viewer,
        thanks__receivers__agreed_at=None,
        thanks__receivers__declined_at=None,
    )
    return acts.dressed(viewer, acts.rows(viewer, ids.values_list("pk", flat=True)))


def has_standing_yes(viewer: Person) -> bool:
    return StandingYes.objects.filter(person=viewer).exists()
