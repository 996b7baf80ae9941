"""Thanks: what somebody did, what it changed if the giver likes, private until both sides say otherwise."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from potluck.acts.models import Act
from potluck.core.declared import Readers, Retention, declared
from potluck.people.models import Person


class Thanks(models.Model):
    act = declared(
        models.OneToOneField(Act, on_delete=models.CASCADE, primary_key=True, related_name="thanks"),
        purpose="the words",
        readers=Readers.REACH,
        retention=Retention.ACT,
    )
    what_changed = declared(
        models.TextField(blank=True),
        purpose="what it changed",
        readers=Readers.REACH,
        retention=Retention.ACT,
    )
    what_changed_html = declared(
        models.TextField(blank=True),
        purpose="the same, clean",
        readers=Readers.REACH,
        retention=Retention.ACT,
    )
    is_offered = declared(
        models.BooleanField(default=False),
        purpose="the giver offers it to the wall",
        readers=Readers.GIVER_AND_RECEIVERS,
        retention=Retention.ACT,
    )
    hung_at = declared(
        models.DateTimeField(null=True),
        purpose="on the wall since: everybody said yes",
        readers=Readers.REACH,
        retention=Retention.ACT,
    )

    class Meta:
        indexes = [
            models.Index(fields=["-hung_at", "-act"], name="the_wall", condition=Q(hung_at__isnull=False))
        ]


class Receiver(models.Model):
    """What one receiver said about one thank-you."""

    thanks = declared(
        models.ForeignKey(Thanks, on_delete=models.CASCADE, related_name="receivers"),
        purpose="which thank-you",
        readers=Readers.REACH,
        retention=Retention.ACT,
    )
    person = declared(
        models.ForeignKey(Person, on_delete=models.CASCADE, related_name="thanks_received"),
        purpose="who was thanked",
        readers=Readers.REACH,
        retention=Retention.ACT,
    )
    agreed_at = declared(
        models.DateTimeField(null=True),
        purpose="said yes to the wall",
        readers=Readers.GIVER_AND_RECEIVERS,
        retention=Retention.ACT,
    )
    declined_at = declared(
        models.DateTimeField(null=True),
        purpose="would rather keep it; the giver is not told when or why",
        readers=Readers.OWNER,
        retention=Retention.ACT,
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["thanks", "person"], name="thanked_once_each"),
            models.CheckConstraint(
                condition=Q(agreed_at__isnull=True) | Q(declined_at__isnull=True), name="yes_or_no"
            ),
        ]


class StandingYes(models.Model):
    """A receiver's "yes, always" to the wall; revoked by deleting it."""

    person = declared(
        models.OneToOneField(Person, on_delete=models.CASCADE, primary_key=True, related_name="standing_yes"),
        purpose="agrees to the wall once for all",
        readers=Readers.OWNER,
        retention=Retention.PERSON,
    )
