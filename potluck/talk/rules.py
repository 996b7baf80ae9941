from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from potluck.acts.kinds import of
from potluck.core.rules import rule
from potluck.talk.models import REACTIONS


@rule("talk.answer", _("This group is closed for new words."))
def where_the_group_still_talks(person: Any, act: Any) -> bool:
    return act.group is None or act.group.archived_at is None


@rule("talk.react", _("One reacts to what others gave, and to a thank-you in words."))
def to_what_others_gave_but_a_thank_you(person: Any, act: Any) -> bool:
    return act.by_id != person.pk and of(act).name != "thanked"


@rule("talk.helped", _("Only the person who asked can say what helped."))
def the_asker(person: Any, comment: Any) -> bool:
    root = comment.on
    return root is not None and of(root).asks and root.by_id == person.pk and comment.by_id != person.pk


def is_one_of_six(emoji: str) -> bool:
    return emoji in REACTIONS
