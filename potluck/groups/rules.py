"""Who may look after groups."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from potluck.core import clock
from potluck.core.rules import rule
from potluck.groups.models import GroupNews, Membership

#: The members of a group are asked for a host once in so long.
ASKED_FOR = timedelta(days=7)


def is_member(person: Any, group: Any) -> bool:
    return Membership.objects.filter(person=person, group=group).exists()


def is_host(person: Any, group: Any) -> bool:
    return Membership.objects.filter(person=person, group=group, is_host=True).exists()


def present(group: Any) -> Any:
    """The seats of a group whose people have come and are still here."""
    return Membership.objects.filter(
        group=group, person__is_active=True, person__is_placeholder=False, person__is_bot=False
    )


def nobody_hosts(group: Any) -> bool:
    return not group.archived_at and not present(group).filter(is_host=True).exists()


@rule("groups.open", _("Guests cannot open groups."))
def members_open_groups(person: Any) -> bool:
    return not person.is_guest


@rule("groups.join", _("This group is closed. You can ask to join."))
def open_groups_are_open(person: Any, group: Any) -> bool:
    return not group.is_closed and not group.archived_at and not person.is_guest


@rule("groups.ask", _("You can ask to join a closed group you are not in."))
def outsiders_ask_at_closed_groups(person: Any, group: Any) -> bool:
    return (
        group.is_closed
        and group.is_listed
        and not group.archived_at
        and not person.is_guest
        and not is_member(person, group)
    )


@rule("groups.leave", _("A group needs a host. Make somebody else host first."))
def members_leave_but_the_last_host(person: Any, group: Any) -> bool:
    mine = Membership.objects.filter(person=person, group=group).first()
    if mine is None:
        return False
    others = Membership.objects.filter(group=group).exclude(pk=mine.pk)
    hosts = present(group).filter(is_host=True).exclude(pk=mine.pk)
    return not mine.is_host or not others.exists() or hosts.exists()


@rule("groups.host", _("Only the hosts of this group can do this."))
def hosts(person: Any, group: Any) -> bool:
    return is_host(person, group)


@rule("groups.look-after", _("Somebody looks after this group already, or you do not sit there."))
def who_sits_there_when_nobody_hosts(person: Any, group: Any) -> bool:
    return not person.is_guest and (not group.is_closed or is_member(person, group)) and nobody_hosts(group)


@rule("groups.ask-for-host", _("The person to turn to can ask the members once a week, while nobody looks after the group."))
def a_manager_while_nobody_hosts(person: Any, group: Any) -> bool:
    lately = GroupNews.objects.filter(group=group, what=GroupNews.HOST_WANTED, at__gt=clock.now() - ASKED_FOR)
    return (
        person.is_community_manager
        and nobody_hosts(group)
        and present(group).exclude(person=person).exists()
        and not lately.exists()
    )


@rule("groups.write", _("Only members can write in this group."))
def members_write(person: Any, group: Any) -> bool:
    return not group.archived_at and (
        is_member(person, group) or (not group.is_closed and not person.is_guest)
    )
