"""Who may look after people and the house."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from potluck.core.rules import rule


@rule("house.keep", _("Only administrators can change the house."))
def administrators(person: Any) -> bool:
    return person.is_administrator


@rule("people.invite", _("Guests cannot invite others."))
def members_invite(person: Any) -> bool:
    return not person.is_guest


@rule("people.keep", _("Only administrators can change other people's roles and addresses."))
def administrators_keep_people(person: Any, other: Any = None) -> bool:
    return person.is_administrator


@rule("people.deactivate", _("Only administrators can close somebody's access, and nobody their own."))
def administrators_but_not_themselves(person: Any, other: Any) -> bool:
    return person.is_administrator and person.pk != other.pk


@rule("profile.change", _("Only the person themself can change this."))
def oneself(person: Any, other: Any) -> bool:
    return person.pk == other.pk
