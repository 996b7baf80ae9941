"""Who may bring history."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from potluck.core.rules import rule


@rule("imports.bring", _("Only administrators can bring history into the house."))
def administrators(person: Any) -> bool:
    return person.is_administrator


@rule("imports.withdraw", _("Only administrators can take an import back."))
def administrators_withdraw(person: Any) -> bool:
    return person.is_administrator
