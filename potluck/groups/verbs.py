"""Every change to groups."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from potluck.core import clock, jobs
from potluck.core.rules import Refused, require
from potluck.groups.models import Group, GroupNews, JoinRequest, Membership
from potluck.people.models import Person
from potluck.people.verbs import changed

#: The job that tells of what happened in groups: telling is a room above this one, so it is called by its name.
TOLD_BY = "notices.tell_of_groups"


@transaction.atomic
def open_group(
    host: Person, name: str, *, about: str = "", closed: bool = False, once: str | None = None
) -> Group:
    """A new group; whoever opens it is its first host. ``once`` is the form's key: the same key gives the same group again."""
    require(host, "groups.open")
    words = {"name": name.strip(), "about": about.strip(), "is_closed": closed, "opened_at": clock.now()}
    if once is None:
        group, new = Group.objects.create(opened_by=host, **words), True
    else:
        group, new = Group.objects.get_or_create(opened_by=host, once=once, defaults=words)
    if new:
        seat(group, host, as_host=True)
    return group


def _alone_with(group: Group) -> None:
    """Whoever changes who looks after a group waits for each other, so that a group keeps a host."""
    Group.objects.select_for_update(no_key=True).only("pk").get(pk=group.pk)


def seat(group: Group, person: Person, *, as_host: bool = False) -> Membership:
    membership, _made = Membership.objects.get_or_create(
        group=group, person=person, defaults={"is_host": as_host, "since": clock.now()}
    )
    changed(person)
    return membership


@transaction.atomic
def join(person: Person, group: Group) -> Membership:
    require(person, "groups.join", group)
    return seat(group, person)


@transaction.atomic
def ask_to_join(person: Person, group: Group, words: str = "") -> JoinRequest:
    """Asks the hosts of a closed group; asking twice asks once."""
    require(person, "groups.ask", group)
    request, made = JoinRequest.objects.get_or_create(
        group=group,
        person=person,
        answered_at=None,
        defaults={"words": words.strip()[:300], "at": clock.now()},
    )
    if made:
        jobs.soon(TOLD_BY)
    return request


@transaction.atomic
def answer_request(host: Person, request: JoinRequest, *, yes: bool) -> None:
    """Yes seats whoever asks. The first answer stands: another host who comes later changes nothing."""
    require(host, "groups.host", request.group)
    answered = JoinRequest.objects.filter(pk=request.pk, answered_at=None).update(
        answered_at=clock.now(), answered_by=host, accepted=yes
    )
    if answered and yes:
        seat(request.group, request.person)
    if answered:
        jobs.soon(TOLD_BY)


@transaction.atomic
def leave(person: Person, group: Group) -> None:
    _alone_with(group)
    require(person, "groups.leave", group)
    Membership.objects.filter(person=person, group=group).delete()
    changed(person)


@transaction.atomic
def make_host(host: Person, group: Group, person: Person) -> None:
    """Somebody of the group helps to look after it from now on. Who has not come yet, or is a program, cannot."""
    _alone_with(group)
    require(host, "groups.host", group)
    if person.is_placeholder or person.is_bot:
        raise Refused(_("%(name)s cannot look after a group yet.") % {"name": person.name})
    if not Membership.objects.filter(group=group, person=person).update(is_host=True):
        raise Refused(_("%(name)s is not in this group.") % {"name": person.name})


@transaction.atomic
def look_after(person: Person, group: Group) -> None:
    """Somebody who sits in a group that nobody looks after looks after it from now on; at an open one they sit down for it.
    Everybody there is told; who waits to be let in knocks once more, at their door."""
    _alone_with(group)
    require(person, "groups.look-after", group)
    seat(group, person)
    Membership.objects.filter(group=group, person=person).update(is_host=True)
    JoinRequest.objects.filter(group=group, answered_at=None).update(told_at=None)
    _tell_everybody(group, GroupNews.HOST_FOUND, person)


@transaction.atomic
def ask_for_host(manager: Person, group: Group) -> None:
    """The community manager, who sees no further into a closed group than anybody, asks those who sit in it whether one of
    them would look after it. Who is willing says so (``look_after``)."""
    _alone_with(group)
    require(manager, "groups.ask-for-host", group)
    _tell_everybody(group, GroupNews.HOST_WANTED, manager)


def _tell_everybody(group: Group, what: str, by: Person) -> None:
    GroupNews.objects.create(group=group, what=what, by=by, at=clock.now())
    jobs.soon(TOLD_BY)


@transaction.atomic
def change_group(host: Person, group: Group, *, name: str, about: str) -> None:
    require(host, "groups.host", group)
    group.name, group.about = name.strip(), about.strip()
    group.save(update_fields=["name", "about"])


@transaction.atomic
def take_out(host: Person, group: Group, person: Person) -> None:
    """A host takes somebody out of the group; their streams forget it at once."""
    _alone_with(group)
    require(host, "groups.host", group)
    if person.pk != host.pk:
        Membership.objects.filter(group=group, person=person).delete()
        changed(person)


@dataclass(frozen=True, slots=True)
class PastGroup:
    """A group of an imported history. A closed one is not listed: only its members know that it exists."""

    name: str
    about: str = ""
    closed: bool = False
    opened_by: int | None = None
    opened_at: datetime | None = None
    archived_at: datetime | None = None


@transaction.atomic
def open_many(past: Sequence[PastGroup]) -> list[Group]:
    """Groups of an imported history, in the order given; ``seat_many`` fills them. Only ``exchange`` calls this."""
    return Group.objects.bulk_create(
        [
            Group(
                name=one.name[:80],
                about=one.about[:500],
                is_closed=one.closed,
                is_listed=not one.closed,
                opened_by_id=one.opened_by,
                opened_at=one.opened_at or clock.now(),
                archived_at=one.archived_at,
            )
            for one in past
        ],
        batch_size=500,
    )


@dataclass(frozen=True, slots=True)
class PastSeat:
    """Somebody's seat in a group of this house; ``since`` only where the history says it."""

    group: int
    person: int
    since: datetime | None = None
    host: bool = False


@transaction.atomic
def seat_many(past: Sequence[PastSeat]) -> None:
    """Seats of an imported history; whoever sits there already keeps their own. Only ``exchange`` calls this."""
    Membership.objects.bulk_create(
        [Membership(group_id=one.group, person_id=one.person, since=one.since, is_host=one.host) for one in past],
        batch_size=1000,
        ignore_conflicts=True,
    )
    for person in Person.objects.filter(
        memberships__group__in={one.group for one in past}, is_active=True, is_placeholder=False, is_bot=False
    ).distinct():
        changed(person)


@transaction.atomic
def forget() -> None:
    """Erases what is older than it may be kept (models.py says how long): who asked to join, news, and
    keys of forms."""
    Group.objects.filter(once__isnull=False, opened_at__lt=clock.now() - timedelta(days=30)).update(once=None)
    JoinRequest.objects.filter(at__lt=clock.now() - timedelta(days=90)).delete()
    GroupNews.objects.filter(at__lt=clock.now() - timedelta(days=90)).delete()


@transaction.atomic
def erase_groups(groups: Iterable[int]) -> int:
    """Erases groups that an import brought, where nothing was ever given but what that import said; how many. Only
    ``exchange`` calls this."""
    empty = Group.objects.filter(pk__in=list(groups), acts=None)
    gone = empty.count()
    empty.delete()
    return gone


@transaction.atomic
def list_groups(groups: Iterable[int], listed: bool) -> None:
    """Open groups of a hidden import are found on no shelf, or again. Who sits there stays. Only ``exchange`` calls this."""
    Group.objects.filter(pk__in=list(groups), is_closed=False).update(is_listed=listed)


@transaction.atomic
def unseat_many(groups: Iterable[int], people: Iterable[int]) -> None:
    """Ends seats that an import gave to people who never came. Only ``exchange`` calls this."""
    Membership.objects.filter(group__in=list(groups), person__in=list(people)).delete()
