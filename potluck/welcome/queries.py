"""Who is new, and who has been greeted."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from django.db.models import Exists, OuterRef

from potluck.acts import queries as acts
from potluck.acts.models import Act, Reach
from potluck.core import clock
from potluck.people.models import NEW_FOR, House, Person
from potluck.people.queries import visible_to
from potluck.welcome.kinds import WELCOMED
from potluck.welcome.models import Asked


def _greeted(**by: Any) -> Any:
    return Exists(
        Act.objects.filter(kind=WELCOMED.name, withdrawn_at__isnull=True, named__person=OuterRef("pk"), **by)
    )


def newcomers(viewer: Any) -> Any:
    """Who arrived within thirty days, newest first, with ``was_greeted`` and ``i_greeted``; whoever opened the
    house is not a newcomer."""
    return (
        visible_to(viewer)
        .human()
        .filter(is_active=True, is_placeholder=False, arrived_at__gt=clock.now() - NEW_FOR)
        .exclude(pk__in=House.objects.exclude(opened_by=None).values("opened_by"))
        .select_related("unit")
        .annotate(was_greeted=_greeted(), i_greeted=_greeted(by=viewer))
        .order_by("-arrived_at", "pk")
    )


def not_yet_greeted(viewer: Any) -> Any:
    """Newcomers whom nobody has greeted, longest here first."""
    return newcomers(viewer).filter(was_greeted=False).order_by("arrived_at", "pk")


def greetings(viewer: Person, newcomer: Person) -> list[SimpleNamespace]:
    """The greetings to a newcomer that the viewer may read, as rows, the first one first."""
    given = Act.objects.visible_to(viewer).filter(kind=WELCOMED.name, named__person=newcomer)
    return acts.rows(viewer, given.values_list("pk", flat=True))[::-1]


def awaits_greeting(person: Person) -> bool:
    """Whether this is somebody's first home: new, and not greeted yet."""
    return not_yet_greeted(person).filter(pk=person.pk).exists()


def first_words(viewer: Person, newcomer: Person) -> SimpleNamespace | None:
    """The first thing somebody brought after they arrived, as a row, if the viewer may see it."""
    if newcomer.arrived_at is None:
        return None
    first = (
        Act.objects.visible_to(viewer)
        .filter(by=newcomer, in_feed=True, is_imported=False, kind__in=["posted", "asked"], at__gte=newcomer.arrived_at)
        .exclude(reach=Reach.NAMED)
        .order_by("at", "pk")
        .values_list("pk", flat=True)[:1]
    )
    rows = acts.rows(viewer, first)
    return rows[0] if rows else None


def asked(viewer: Person, ids: list[int]) -> dict[int, list[Asked]]:
    """{act id: who was asked to answer}, for community managers."""
    found: dict[int, list[Asked]] = {}
    if viewer.is_community_manager:
        for row in Asked.objects.filter(act__in=ids).select_related("person").order_by("at"):
            found.setdefault(row.act_id, []).append(row)  # type: ignore[arg-type]
    return found


def asked_to_greet(viewer: Person, newcomers: list[int]) -> dict[int, list[Asked]]:
    """{newcomer's id: who was asked to greet them}, for community managers."""
    found: dict[int, list[Asked]] = {}
    if viewer.is_community_manager:
        for row in Asked.objects.filter(newcomer__in=newcomers).select_related("person").order_by("at"):
            found.setdefault(row.newcomer_id, []).append(row)  # type: ignore[arg-type]
    return found


def asked_to_greet_of(viewer: Person, newcomer: Person) -> Asked | None:
    """With which words the viewer was asked to greet this newcomer, if they were."""
    return Asked.objects.filter(person=viewer, newcomer=newcomer).select_related("by").first()
