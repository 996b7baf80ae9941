"""Every read of thanks. What a receiver said about the wall is between the giver and the receivers."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from django.db.models import Q
from django.http import Http404

from potluck.acts import queries as acts
from potluck.acts.models import Act, Reach
from potluck.people.models import Person
from potluck.thanks.models import StandingYes, Thanks


def details(viewer: Person, ids: list[int]) -> dict[int, SimpleNamespace]:
    """{act id: what a thank-you says beside its words}; its cause only if the viewer may see that."""
    to = acts.receivers(viewer, ids)
    found = {}
    for thanks in (
        Thanks.objects.filter(act__in=ids)
        .select_related("act__on", "act__on__on")
        .prefetch_related("receivers")
    ):
        mine = next((r for r in thanks.receivers.all() if r.person_id == viewer.pk), None)
        found[thanks.pk] = SimpleNamespace(
            to=to.get(thanks.pk, []),
            changed=thanks.what_changed_html,
            is_offered=thanks.is_offered,
            hung_at=thanks.hung_at,
            am_receiver=mine is not None,
            i_agreed=bool(mine and mine.agreed_at),
            i_declined=bool(mine and mine.declined_at),
            waits_for_me=bool(thanks.is_offered and mine and not mine.agreed_at and not mine.declined_at),
            on_id=thanks.act.on_id,
            because=None,
        )
    causes = {row.on_id for row in found.values() if row.on_id}
    if causes:
        seen = dict(Act.objects.visible_to(viewer).filter(pk__in=causes).values_list("pk", "key"))
        roots = dict(Act.objects.filter(pk__in=seen, in_feed=False).values_list("pk", "on__key"))
        for row in found.values():
            if row.on_id in seen:
                row.because = roots.get(row.on_id) or seen[row.on_id]
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
    viewer: Person, person: Person | None = None, before: Any = None, limit: int = acts.PAGE
) -> list[SimpleNamespace]:
    """The wall of the house, or of a person (thanked or thanking), newest first by when it was given."""
    hung = Act.objects.visible_to(viewer).filter(thanks__hung_at__isnull=False, reach=Reach.EVERYONE)
    if person is not None:
        hung = hung.filter(Q(thanks__receivers__person=person) | Q(by=person)).distinct()
    return acts.dressed(viewer, acts._page(viewer, hung, before, limit))


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
