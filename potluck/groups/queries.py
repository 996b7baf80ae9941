"""Every read about groups."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.search import TrigramWordSimilarity
from django.db.models import Exists, F, Func, OuterRef, Q, Value
from django.db.models.functions import Greatest, Lower
from django.http import Http404

from potluck.groups.models import Group, JoinRequest, Membership
from potluck.groups.rules import nobody_hosts
from potluck.people.models import Person


def visible_to(viewer: Any) -> Any:
    return Group.objects.visible_to(viewer)


def one(viewer: Any, key: str) -> Group:
    group = visible_to(viewer).filter(key=key).first()
    if group is None:
        raise Http404
    return group


def shelf(viewer: Any) -> Any:
    """Groups the viewer may see, their own first, then by name; each with ``is_mine``, ``has_asked``; what is
    closed kindly comes last."""
    mine = Membership.objects.filter(group=OuterRef("pk"), person=viewer)
    asked = JoinRequest.objects.filter(group=OuterRef("pk"), person=viewer, answered_at=None)
    return (
        visible_to(viewer)
        .annotate(is_mine=Exists(mine), has_asked=Exists(asked))
        .order_by(F("archived_at").asc(nulls_first=True), "-is_mine", Lower("name"), "pk")
    )


def named_like(viewer: Any, words: str, limit: int = 6) -> list[Group]:
    """Groups the viewer may see, by a name written so or almost so (pg_trgm, accents do not count); the nearest first."""
    if not words.strip():
        return []
    name: Any = Func("name", function="unaccent")
    typed: Any = Func(Value(words.strip()), function="unaccent")
    mine = Membership.objects.filter(group=OuterRef("pk"), person=viewer)
    asked = JoinRequest.objects.filter(group=OuterRef("pk"), person=viewer, answered_at=None)
    return list(
        visible_to(viewer)
        .annotate(near=Greatest(TrigramWordSimilarity(typed, name), TrigramWordSimilarity(name, typed)))
        .filter(near__gte=0.5)
        .annotate(is_mine=Exists(mine), has_asked=Exists(asked))
        .order_by("-near", F("archived_at").asc(nulls_first=True), Lower("name"), "pk")[:limit]
    )


def writable(viewer: Any) -> Any:
    """Groups the viewer may write in, by name."""
    return Group.objects.filter(memberships__person=viewer, archived_at=None).order_by("name")


def members(viewer: Any, group: Group) -> Any:
    """The people of a group the viewer may read; hosts first. Of a closed group outsiders see the hosts alone."""
    seats = (
        Membership.objects.filter(group=group)
        .select_related("person", "person__unit")
        .filter(Q(person__is_active=True) | Q(person__is_placeholder=True))
    )
    if not Group.objects.readable_by(viewer).filter(pk=group.pk).exists():
        seats = seats.filter(is_host=True)
    return seats.order_by("-is_host", "person__sort_key")


def readable(viewer: Any, group: Group) -> bool:
    """Whether the viewer may read what is given in this group."""
    return Group.objects.readable_by(viewer).filter(pk=group.pk).exists()


def people_page(viewer: Any, group: Group, after: str = "", limit: int = 100) -> tuple[list[Membership], str]:
    """The next people of a group by name, and the handle after which the following ones come (or "")."""
    seats = members(viewer, group).order_by("person__sort_key", "person__pk")
    last = seats.filter(person__handle=after).values_list("person__sort_key", "person__pk").first() if after else None
    if last:
        seats = seats.filter(Q(person__sort_key__gt=last[0]) | Q(person__sort_key=last[0], person__pk__gt=last[1]))
    shown = list(seats[: limit + 1])
    return shown[:limit], shown[limit - 1].person.handle if len(shown) > limit else ""


def is_looked_after(viewer: Any, group: Group) -> bool:
    """Whether somebody who is here looks after the group; its hosts are seen by all who see its name."""
    return not nobody_hosts(group)


def my_seat(viewer: Any, group: Group) -> Membership | None:
    return Membership.objects.filter(group=group, person=viewer).first()


def my_open_request(viewer: Any, group: Group) -> JoinRequest | None:
    return JoinRequest.objects.filter(group=group, person=viewer, answered_at=None).first()


def member(viewer: Any, group: Group, handle: str) -> Person:
    """Somebody in the group, as far as the viewer may see who is there, or 404."""
    seat = members(viewer, group).filter(person__handle=handle).first()
    if seat is None:
        raise Http404
    return seat.person


def open_requests(viewer: Any, group: Group) -> Any:
    """Who asks to join, for hosts; nobody else sees any."""
    if not Membership.objects.filter(group=group, person=viewer, is_host=True).exists():
        return JoinRequest.objects.none()
    return (
        JoinRequest.objects.filter(group=group, answered_at=None)
        .select_related("person", "person__unit")
        .order_by("at")
    )


def request_for_host(viewer: Any, key: str) -> JoinRequest:
    request = (
        JoinRequest.objects.filter(
            key=key, group__memberships__person=viewer, group__memberships__is_host=True
        )
        .select_related("group", "person")
        .first()
    )
    if request is None:
        raise Http404
    return request
