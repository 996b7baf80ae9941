"""Talking back: comments, one level of replies below them, reactions, "this helped"."""

from __future__ import annotations

from django.db import models

from potluck.acts.models import Act
from potluck.core import clock
from potluck.core.declared import Readers, Retention, declared
from potluck.people.models import Person

#: The six worded reactions, by what they say. An imported one keeps its own emoji instead.
REACTIONS = ("glad", "helps", "strong", "happy", "thinking", "laughing")


class Comment(models.Model):
    """Where a comment stands: ``act.on`` is its root; ``below`` the comment it is shown under; ``answers`` the direct parent."""

    act = declared(
        models.OneToOneField(Act, on_delete=models.CASCADE, primary_key=True, related_name="comment"),
        purpose="the words",
        readers=Readers.REACH,
        retention=Retention.ACT,
    )
    below = declared(
        models.ForeignKey(Act, null=True, on_delete=models.SET_NULL, related_name="replies"),
        purpose="the comment it is shown under; empty: it is one itself",
        readers=Readers.REACH,
        retention=Retention.ACT,
    )
    answers = declared(
        models.ForeignKey(Act, null=True, on_delete=models.SET_NULL, related_name="answered_by"),
        purpose="the act it directly answers",
        readers=Readers.REACH,
        retention=Retention.ACT,
    )
    helped_at = declared(
        models.DateTimeField(null=True),
        purpose="the asker says: this helped",
        readers=Readers.REACH,
        retention=Retention.ACT,
    )


class Reaction(models.Model):
    """A light gift: a word (or an imported emoji) on an act. Imported ones have no time, and none is invented."""

    act = declared(
        models.ForeignKey(Act, on_delete=models.CASCADE, related_name="reactions"),
        purpose="on what",
        readers=Readers.REACH,
        retention=Retention.ACT,
    )
    by = declared(
        models.ForeignKey(Person, on_delete=models.CASCADE, related_name="reactions"),
        purpose="the giver",
        readers=Readers.REACH,
        retention=Retention.ACT,
    )
    emoji = declared(
        models.CharField(max_length=64),
        purpose="which: one of six words, or an imported emoji",
        readers=Readers.REACH,
        retention=Retention.ACT,
    )
    at = declared(
        models.DateTimeField(null=True, default=clock.now),
        purpose="when; empty: not known",
        readers=Readers.REACH,
        retention=Retention.ACT,
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["act", "by", "emoji"], name="one_reaction_of_a_kind")]
