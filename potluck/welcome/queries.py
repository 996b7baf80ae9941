"""Who is new, and who has been greeted."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import Exists, F, OuterRef

from potluck.acts.models import Act
from potluck.core import clock
from potluck.people.models import House, Person
from potluck.people.queries import visible_to
from potluck.welcome.kinds import WELCOMED
from potluck.welcome.models import Asked

#: Somebody is new for so long.
NEW_FOR = timedelta(days=30)


def _greeted() -> Any:
    return Exists(
        Act.objects.filter(kind=WELCOMED.name, withdrawn_at__isnull=True, named__person=OuterRef("pk"))
    )


def newcomers(viewer: Any) -> Any:
    """Who arrived within thirty days, newest first, with ``was_greeted``; whoever opened the house is not a newcomer."""
    return (
        visible_to(viewer)
        .human()
        .filter(is_active=True, is_placeholder=False, arrived_at__gt=clock.now() - NEW_FOR)
        .exclude(pk__in=House.objects.exclude(opened_by=None).values("opened_by"))
        .select_related("unit")
        .annotate(was_greeted=_greeted())
        .order_by("-arrived_at", "pk")
    )


def not_yet_greeted(viewer: Any) -> Any:
    """Newcomers whom nobody has greeted, longest here first."""
    return newcomers(viewer).filter(was_greeted=False).order_by("arrived_at", "pk")


def awaits_greeting(person: Person) -> bool:
    """Whether this is somebody's first home: new, and not greeted yet."""
    return not_yet_greeted(person).filter(pk=person.pk).exists()


def asked(viewer: Person, ids: list[int]) -> dict[int, list[Asked]]:
    """{act id: who was asked to answer}, for community managers."""
    found: dict[int, list[Asked]] = {}
    if viewer.is_community_manager:
        for row in Asked.objects.filter(act__in=ids).select_related("person").order_by("at"):
            found.setdefault(row.act_id, []).append(row)
    return found


def asked_of(viewer: Person) -> Any:
    """What the viewer was asked to answer and nobody has answered since: {act key: Asked}."""
    return (
        Asked.objects.filter(person=viewer, act__in=Act.objects.visible_to(viewer))
        .select_related("act", "by")
        .annotate(question=F("act__key"))
        .order_by("-at")
    )
