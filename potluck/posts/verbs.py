"""Bringing something: a post, or a question."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from potluck.acts.models import Act
from potluck.acts.verbs import Past, record, record_many
from potluck.core.rules import require
from potluck.groups.models import Group
from potluck.notices.verbs import tell
from potluck.people.models import Person
from potluck.posts.kinds import ASKED, POSTED


@transaction.atomic
def post(
    giver: Person,
    words: str,
    *,
    question: bool = False,
    title: str = "",
    group: Group | None = None,
    once: str | None = None,
) -> Act:
    """Puts words on the table, to the whole house or into a group. Who is named in them is told."""
    require(giver, "posts.give", group)
    act = record(ASKED if question else POSTED, by=giver, words=words, title=title, group=group, once=once)
    if not act.was_given_before:  # type: ignore[attr-defined]
        tell(
            [
                person
                for person in act.told_by_name  # type: ignore[attr-defined]
                if Act.objects.visible_to(person).filter(pk=act.pk).exists()
            ],
            "mentioned",
            about=act,
            cause=f"/acts/{act.key}/",
            by=giver,
        )
    return act


@transaction.atomic
def write_many(past: Sequence[Past]) -> list[int]:
    """Posts of an imported history; returns their ids. Only ``exchange`` calls this."""
    return record_many(POSTED, past)
