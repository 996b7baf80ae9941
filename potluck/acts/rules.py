"""Who may do what with acts of every kind."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from potluck.core.rules import rule


@rule("acts.withdraw", _("Only the giver can take this back."))
def the_giver_withdraws(person: Any, act: Any) -> bool:
    return act.by_id == person.pk
