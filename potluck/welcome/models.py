"""Asking somebody to answer or to greet: a person asks a person, by name, for one act or for one newcomer."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from potluck.acts.models import Act
from potluck.core import clock
from potluck.core.declared import Readers, Retention, declared
from potluck.people.models import Person


class Asked(models.Model):
    act = declared(
        models.ForeignKey(Act, null=True, on_delete=models.CASCADE, related_name="asked"),
        purpose="what waits for an answer",
        readers=Readers.COMMUNITY_MANAGERS,
        retention=Retention.DAYS_90,
    )
    newcomer = declared(
        models.ForeignKey(Person, null=True, on_delete=models.CASCADE, related_name="+"),
        purpose="who waits for a greeting",
        readers=Readers.COMMUNITY_MANAGERS,
        retention=Retention.DAYS_90,
    )
    person = declared(
        models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+"),
        purpose="who could answer or greet",
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
        constraints = [
            models.UniqueConstraint(fields=["act", "person"], name="asked_once"),
            models.UniqueConstraint(fields=["newcomer", "person"], name="asked_to_greet_once"),
            models.CheckConstraint(
                condition=Q(act__isnull=False, newcomer__isnull=True) | Q(act__isnull=True, newcomer__isnull=False),
                name="asked_for_an_act_or_a_newcomer",
            ),
        ]
