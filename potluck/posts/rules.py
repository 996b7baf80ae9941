from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from potluck.core.rules import may, rule


@rule("posts.give", _("You can write where you sit: choose one of your groups."))
def members_everywhere_guests_in_their_groups(person: Any, group: Any = None) -> bool:
    return may(person, "groups.write", group) if group else not person.is_guest
