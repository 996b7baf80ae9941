from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from potluck.acts.models import Act
from potluck.core.rules import may, rule


@rule("welcome.greet", _("You can greet anybody but yourself."))
def anybody_but_oneself(giver: Any, newcomer: Any) -> bool:
    return giver.pk != newcomer.pk and not newcomer.is_bot and newcomer.is_active and not giver.is_guest


@rule("welcome.ask", _("Only community managers ask somebody to answer; and only somebody who may read it."))
def community_managers_ask_who_can_read(manager: Any, act: Any = None, person: Any = None) -> bool:
    if not manager.is_community_manager:
        return False
    return person is None or (
        person.pk != act.by_id
        and not person.is_placeholder
        and not person.is_bot
        and Act.objects.visible_to(person).filter(pk=act.pk).exists()
    )


@rule("welcome.ask-to-greet", _("Only community managers ask somebody to greet; and only somebody who may."))
def community_managers_ask_who_may_greet(manager: Any, newcomer: Any = None, person: Any = None) -> bool:
    if not manager.is_community_manager:
        return False
    return person is None or (not person.is_placeholder and not person.is_bot and may(person, "welcome.greet", newcomer))
