"""Asking somebody to answer: a person asks a person, by name, for one act."""

from __future__ import annotations

from django.db import models

from potluck.acts.models import Act
from potluck.core import clock
from potluck.core.declared import Readers, Retention, declared
from potluck.people.models import Person


class Asked(models.Model):
    act = declared(
        models.ForeignKey(Act, on_delete=models.CASCADE, related_name="asked"),
        purpose="what waits for an answer",
        readers=Readers.COMMUNITY_MANAGERS,
        retention=Retention.DAYS_90,
    )
    person = declared(
        models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+"),
        purpose="who could answer",
        readers=Readers.COMMUNITY_MANAGERS,
        retention=Retention.DAYS_90,
    )
    by = declared(
        models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+"),
        purpose="who asked them",
        readers=Readers.COMMUNITY_MANAGERS,
        retention=Retention.DAYS_90,
    )
    words = declared(
        models.CharField(max_length=300, blank=True),
        purpose="what was said with it",
        readers=Readers.OWNER,
        retention=Retention.DAYS_90,
    )
    at = declared(
        models.DateTimeField(default=clock.now),
        purpose="when",
        readers=Readers.COMMUNITY_MANAGERS,
        retention=Retention.DAYS_90,
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["act", "person"], name="asked_once")]
