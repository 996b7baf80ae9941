"""Every read about people. The first parameter is who is looking."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.http import Http404

from potluck.core import clock
from potluck.people.models import House, Invitation, Person, Role, Session, SignInLink
from potluck.people.verbs import digest, the_house

#: What a plate and a name need.
PLATE = ("pk", "handle", "name", "unit__name")


def house() -> House:
    return the_house()


def visible_to(viewer: Any) -> Any:
    return Person.objects.visible_to(viewer)


def one(viewer: Any, handle: str) -> Person:
    """The person, or 404: what one may not see is the same as what does not exist."""
    person = visible_to(viewer).select_related("unit").filter(handle=handle).first()
    if person is None:
        raise Http404
    return person


def directory(viewer: Any, words: str = "") -> Any:
    """Everybody the viewer may see, by name; ``words`` narrows by name, unit or what they can help with."""
    people = visible_to(viewer).human().select_related("unit").order_by("sort_key", "pk")
    for word in words.split():
        people = people.filter(
            Q(name__icontains=word) | Q(unit__name__icontains=word) | Q(helps_with__icontains=word)
        )
    return people


def community_managers(viewer: Any) -> Any:
    return (
        visible_to(viewer)
        .filter(roles__contains=[Role.COMMUNITY_MANAGER], is_active=True)
        .order_by("sort_key")
    )


def greeters(viewer: Any) -> Any:
    """Colleagues who ticked "I like to say hello"."""
    return (
        visible_to(viewer)
        .filter(likes_to_greet=True, is_active=True, is_placeholder=False)
        .exclude(pk=viewer.pk)
        .select_related("unit")
        .order_by("sort_key")
    )


def own_sessions(viewer: Person) -> Any:
    return Session.objects.filter(person=viewer, expire_date__gt=clock.now()).order_by("-began_at")


def stranger(name: str, email: str) -> Person:
    """Somebody who is not written down: what a password must not resemble."""
    return Person(name=name, email=email)


def nobody_yet() -> bool:
    """Whether the house still waits for its first person."""
    return house().opened_at is None and not Person.objects.exists()


def opens(token: str) -> Invitation | None:
    """The invitation behind a link, with inviter and invited, while it can be taken."""
    return (
        Invitation.objects.filter(
            token=digest(token), used_at=None, expires_at__gt=clock.now(), person__is_placeholder=True
        )
        .select_related("by", "by__unit", "person", "person__unit")
        .first()
    )


def sign_in_link_opens(token: str) -> bool:
    return SignInLink.objects.filter(
        token=digest(token), used_at=None, expires_at__gt=clock.now(), person__is_active=True
    ).exists()


def by_address(email: str) -> Person | None:
    return Person.objects.filter(email__iexact=email.strip()).first()
