"""One act, one row: who gave what to whom, its words and its reach. Feed, notices, progress and measures read from here."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Exists, Func, OuterRef, Q

from potluck.core import clock
from potluck.core.declared import Readers, Retention, declared, key
from potluck.groups.models import Group, Membership
from potluck.people.models import Person

#: Withdrawn words can be put back for so long; then a job erases them.
UNDO_LIVES = timedelta(days=30)


class Reach(models.TextChoices):
    EVERYONE = "everyone"
    GROUP = "group"
    NAMED = "named"


class Made(models.GeneratedField):
    """What PostgreSQL makes of other fields of the row and nobody but PostgreSQL reads."""

    db_returning = False  # type: ignore[assignment]


class ActQuerySet(models.QuerySet["Act"]):
    def in_reach_of(self, viewer: Any) -> ActQuerySet:
        """Acts the viewer may read by their reach, withdrawn or not."""
        if viewer is None or not viewer.is_active:
            return self.none()
        mine = Membership.objects.filter(person=viewer).values("group")
        groups: Any = Q(group__in=mine)
        if not viewer.is_guest:
            groups |= Q(group__is_closed=False)
        reach: Any = (
            Q(by=viewer)
            | Q(reach=Reach.GROUP) & groups
            | Q(reach=Reach.NAMED) & Exists(Named.objects.filter(act=OuterRef("pk"), person=viewer))
        )
        if not viewer.is_guest:
            reach |= Q(reach=Reach.EVERYONE)
        else:
            reach |= Q(reach=Reach.EVERYONE) & Exists(Named.objects.filter(act=OuterRef("pk"), person=viewer))
        return self.filter(reach)

    def visible_to(self, viewer: Any) -> ActQuerySet:
        """What the viewer may see: in their reach, not withdrawn, and a comment only below words that still stand."""
        return self.in_reach_of(viewer).filter(withdrawn_at__isnull=True, root_withdrawn=False)


class Act(models.Model):
    key = key(readers=Readers.REACH, retention=Retention.ACT)
    by = declared(
        models.ForeignKey(Person, on_delete=models.CASCADE, related_name="acts"),
        purpose="the giver",
        readers=Readers.REACH,
        retention=Retention.ACT,
    )
    kind = declared(
        models.CharField(max_length=16),
        purpose="what was given",
        readers=Readers.REACH,
        retention=Retention.ACT,
    )
    at = declared(
        models.DateTimeField(default=clock.now),
        purpose="when",
        readers=Readers.REACH,
        retention=Retention.ACT,
    )
    to = declared(
        models.ManyToManyField(Person, through="Named", related_name="acts_received"),
        purpose="for whom",
        readers=Readers.REACH,
        retention=Retention.ACT,
    )
    on = declared(
        models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="acts_on"),
        purpose="on what: a comment's root, what a thank-you is for",
        readers=Readers.REACH,
        retention=Retention.ACT,
    )
    group = declared(
        models.ForeignKey(Group, null=True, on_delete=models.CASCADE, related_name="acts"),
        purpose="the group it was given in",
        readers=Readers.REACH,
        retention=Retention.ACT,
    )
    reach = declared(
        models.CharField(max_length=8, choices=Reach.choices),
        purpose="who may read it",
        readers=Readers.REACH,
        retention=Retention.ACT,
    )
    in_feed = declared(
        models.BooleanField(default=True),
        purpose="stands at the table by itself; a comment does not",
        readers=Readers.NOBODY,
        retention=Retention.ACT,
    )
    title = declared(
        models.CharField(max_length=200, blank=True),
        purpose="its heading",
        readers=Readers.REACH,
        retention=Retention.ACT,
    )
    words = declared(
        models.TextField(blank=True), purpose="what was typed", readers=Readers.REACH, retention=Retention.ACT
    )
    html = declared(
        models.TextField(blank=True),
        purpose="the same, clean",
        readers=Readers.REACH,
        retention=Retention.ACT,
    )
    language = declared(
        models.CharField(max_length=2, default="de"),
        purpose="so that a screen reader says it right",
        readers=Readers.REACH,
        retention=Retention.ACT,
    )
    edited_at = declared(
        models.DateTimeField(null=True),
        purpose="an imported act changed after it was given",
        readers=Readers.REACH,
        retention=Retention.ACT,
    )
    answered_at = declared(
        models.DateTimeField(null=True),
        purpose="somebody other than its giver first answered; empty: it waits",
        readers=Readers.REACH,
        retention=Retention.ACT,
    )
    is_first = declared(
        models.BooleanField(default=False, db_default=False),
        purpose="the first that somebody new brought: it is set where it is seen",
        readers=Readers.REACH,
        retention=Retention.ACT,
    )
    withdrawn_at = declared(
        models.DateTimeField(null=True),
        purpose="taken back: gone for all but the giver, 30 days",
        readers=Readers.OWNER,
        retention=Retention.ACT,
    )
    root_withdrawn = declared(
        models.BooleanField(default=False),
        purpose="the act it is a comment on was taken back",
        readers=Readers.NOBODY,
        retention=Retention.ACT,
    )
    is_hidden = declared(
        models.BooleanField(default=False, db_default=False),
        purpose="its import was taken back after somebody answered: withdrawn, but neither erased nor put back by its giver",
        readers=Readers.NOBODY,
        retention=Retention.ACT,
    )
    is_imported = declared(
        models.BooleanField(default=False),
        purpose="history: never due, notifies nobody",
        readers=Readers.REACH,
        retention=Retention.ACT,
    )
    stirred = declared(
        models.PositiveIntegerField(default=0, db_default=0),
        purpose="how often what hangs on it changed (answers, reactions): a dish drawn before is drawn anew",
        readers=Readers.NOBODY,
        retention=Retention.ACT,
    )
    touched_at = declared(
        models.DateTimeField(null=True),
        purpose="when it or what hangs on it last changed: who was away gets what was missed; empty: history",
        readers=Readers.NOBODY,
        retention=Retention.ACT,
    )
    once = declared(
        models.CharField(max_length=40, null=True, blank=True),  # noqa: DJ001 - null: no key was sent
        purpose="the form's key: a form sent twice gives once",
        readers=Readers.NOBODY,
        retention=Retention.DAYS_30,
    )
    # Each stem is bound to the readers of the act ("e dimm": everyone; "g12 dimm": that group; "n dimm": named people), so that
    # the index is asked for what the viewer may see and never touches the rest (acts/finding.py, docs/decisions/0008).
    # Taken back: empty at once.
    found = declared(
        Made(
            expression=Func(
                "reach",
                "group",
                "withdrawn_at",
                "root_withdrawn",
                "language",
                "title",
                "html",
                function="potluck_found",
            ),
            output_field=SearchVectorField(),
            db_persist=True,
        ),
        purpose="the stems of its words, to be found by",
        readers=Readers.NOBODY,
        retention=Retention.ACT,
    )

    objects = ActQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["by", "once"], name="given_once"),
            models.CheckConstraint(
                condition=~Q(reach=Reach.GROUP) | Q(group__isnull=False), name="group_reach_has_a_group"
            ),
        ]
        indexes = [
            # The four lists of the feed, each newest first.
            models.Index(
                fields=["-at", "-id"],
                name="feed_everyone",
                condition=Q(reach="everyone", in_feed=True, withdrawn_at__isnull=True),
            ),
            models.Index(
                fields=["group", "-at", "-id"],
                name="feed_group",
                condition=Q(reach="group", in_feed=True, withdrawn_at__isnull=True),
            ),
            models.Index(
                fields=["by", "-at", "-id"],
                name="feed_mine",
                condition=Q(in_feed=True, withdrawn_at__isnull=True),
            ),
            models.Index(fields=["by"], name="acts_first", condition=Q(is_first=True)),
            # Search: what is private stands in no index of words, it is looked for among one's own.
            GinIndex(fields=["found"], name="acts_found", condition=~Q(reach="named")),
            models.Index(fields=["by"], name="acts_private", condition=Q(reach="named")),
            models.Index(fields=["on", "at", "id"], name="acts_on_an_act", condition=Q(on__isnull=False)),
            models.Index(fields=["touched_at"], name="acts_touched", condition=Q(touched_at__isnull=False)),
            models.Index(
                fields=["kind", "at", "id"],
                name="acts_waiting",
                condition=Q(
                    in_feed=True, answered_at__isnull=True, is_imported=False, withdrawn_at__isnull=True
                ),
            ),
            models.Index(
                fields=["kind", "-at"],
                name="acts_by_kind",
                condition=Q(is_imported=False, withdrawn_at__isnull=True),
            ),
        ]


class Named(models.Model):
    """For whom an act is. ``at`` repeats the act's, so that "named to me, newest first" is one index."""

    act = declared(
        models.ForeignKey(Act, on_delete=models.CASCADE, related_name="named"),
        purpose="which act",
        readers=Readers.REACH,
        retention=Retention.ACT,
    )
    person = declared(
        models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+"),
        purpose="for whom",
        readers=Readers.REACH,
        retention=Retention.ACT,
    )
    at = declared(
        models.DateTimeField(), purpose="when, as the act", readers=Readers.REACH, retention=Retention.ACT
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["act", "person"], name="named_once")]
        indexes = [models.Index(fields=["person", "-at", "-act"], name="feed_named")]


class Mention(models.Model):
    """Somebody was named in the words of an act."""

    act = declared(
        models.ForeignKey(Act, on_delete=models.CASCADE, related_name="mentions"),
        purpose="in which act",
        readers=Readers.REACH,
        retention=Retention.ACT,
    )
    person = declared(
        models.ForeignKey(Person, on_delete=models.CASCADE, related_name="mentions"),
        purpose="who was named",
        readers=Readers.REACH,
        retention=Retention.ACT,
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["act", "person"], name="mentioned_once")]
