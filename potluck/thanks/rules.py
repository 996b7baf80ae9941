from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _

from potluck.core.rules import rule


@rule("thanks.give", _("You can thank anybody but yourself."))
def to_anyone_but_oneself(giver: Any, receivers: Iterable[Any]) -> bool:
    receivers = list(receivers)
    return bool(receivers) and all(r.pk != giver.pk and not r.is_bot for r in receivers)


@rule("thanks.answer", _("Only those who were thanked can say where it may be read."))
def a_receiver(person: Any, thanks: Any) -> bool:
    return thanks.receivers.filter(person=person).exists()


@rule("thanks.offer", _("Only the giver can offer this to the wall."))
def the_giver_offers(person: Any, thanks: Any) -> bool:
    return thanks.act.by_id == person.pk
