"""Told once: every gift reaches its receiver in one inbox and, where they like, by mail."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from potluck.acts.models import Act
from potluck.core import clock
from potluck.core.declared import Readers, Retention, declared, key
from potluck.people.models import Person


class MailChoice(models.TextChoices):
    AT_ONCE = "at-once"
    OFF = "off"


class Mail(models.Model):
    """One mail to one receiver over one or more notices. Claimed, handed over, sent: each a moment of its own, each committed
    before the next, so that a kill at any point never sends twice."""

    receiver = declared(
        models.ForeignKey(Person, on_delete=models.CASCADE, related_name="mails"),
        purpose="to whom",
        readers=Readers.NOBODY,
        retention=Retention.DAYS_90,
    )
    message_id = declared(
        models.CharField(max_length=80, unique=True),
        purpose="stable Message-ID",
        readers=Readers.NOBODY,
        retention=Retention.DAYS_90,
    )
    made_at = declared(
        models.DateTimeField(default=clock.now),
        purpose="when it was put together",
        readers=Readers.NOBODY,
        retention=Retention.DAYS_90,
    )
    handed_at = declared(
        models.DateTimeField(null=True),
        purpose="handing over began: after this it is never tried again",
        readers=Readers.NOBODY,
        retention=Retention.DAYS_90,
    )
    sent_at = declared(
        models.DateTimeField(null=True),
        purpose="the mail server took it",
        readers=Readers.NOBODY,
        retention=Retention.DAYS_90,
    )
    given_up_at = declared(
        models.DateTimeField(null=True),
        purpose="the mail server will not take it; the inbox still has what it tells",
        readers=Readers.NOBODY,
        retention=Retention.DAYS_90,
    )
    failures = declared(
        models.PositiveSmallIntegerField(default=0),
        purpose="how often handing it over did not succeed",
        readers=Readers.NOBODY,
        retention=Retention.DAYS_90,
    )
    try_after = declared(
        models.DateTimeField(null=True),
        purpose="when to try again",
        readers=Readers.NOBODY,
        retention=Retention.DAYS_90,
    )

    class Meta:
        constraints = [
            # What is told before a mail went out goes out with it.
            models.UniqueConstraint(
                fields=["receiver"],
                condition=Q(handed_at__isnull=True, given_up_at__isnull=True),
                name="one_open_mail_each",
            )
        ]


class Notice(models.Model):
    key = key(readers=Readers.OWNER, retention=Retention.MONTHS_12)
    receiver = declared(
        models.ForeignKey(Person, on_delete=models.CASCADE, related_name="notices"),
        purpose="who is told",
        readers=Readers.OWNER,
        retention=Retention.MONTHS_12,
    )
    kind = declared(
        models.CharField(max_length=24),
        purpose="what happened",
        readers=Readers.OWNER,
        retention=Retention.MONTHS_12,
    )
    cause = declared(
        models.CharField(max_length=200),
        purpose="the address of its cause; notices of one cause are shown together",
        readers=Readers.OWNER,
        retention=Retention.MONTHS_12,
    )
    act = declared(
        models.ForeignKey(Act, null=True, on_delete=models.CASCADE, related_name="notices"),
        purpose="the act, where there is one",
        readers=Readers.OWNER,
        retention=Retention.MONTHS_12,
    )
    by = declared(
        models.ForeignKey(Person, null=True, on_delete=models.CASCADE, related_name="+"),
        purpose="who caused it",
        readers=Readers.OWNER,
        retention=Retention.MONTHS_12,
    )
    subject = declared(
        models.CharField(max_length=300, blank=True),
        purpose="what it is about, where no act says it",
        readers=Readers.OWNER,
        retention=Retention.MONTHS_12,
    )
    at = declared(
        models.DateTimeField(default=clock.now),
        purpose="when",
        readers=Readers.OWNER,
        retention=Retention.MONTHS_12,
    )
    read_at = declared(
        models.DateTimeField(null=True),
        purpose="opened by the receiver; nobody else learns it",
        readers=Readers.OWNER,
        retention=Retention.MONTHS_12,
    )
    taken_back_at = declared(
        models.DateTimeField(null=True),
        purpose="what it told is so no more: a reaction taken back",
        readers=Readers.NOBODY,
        retention=Retention.MONTHS_12,
    )
    mail = declared(
        models.ForeignKey(Mail, null=True, on_delete=models.SET_NULL, related_name="notices"),
        purpose="the mail that told it",
        readers=Readers.NOBODY,
        retention=Retention.MONTHS_12,
    )
    no_mail = declared(
        models.BooleanField(default=False),
        purpose="decided when told: mail is off, or the past was simulated",
        readers=Readers.NOBODY,
        retention=Retention.MONTHS_12,
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["receiver", "kind", "act", "by"], nulls_distinct=True, name="told_once"
            )
        ]
        indexes = [
            models.Index(fields=["receiver", "-at", "-id"], name="the_inbox"),
            models.Index(fields=["receiver"], name="unread", condition=Q(read_at__isnull=True)),
            models.Index(
                fields=["at"],
                name="not_yet_mailed",
                condition=Q(mail__isnull=True, no_mail=False, read_at__isnull=True),
            ),
        ]


class Preference(models.Model):
    """How somebody wants to be told. No row: at once, within working hours."""

    person = declared(
        models.OneToOneField(Person, on_delete=models.CASCADE, primary_key=True, related_name="preference"),
        purpose="whose",
        readers=Readers.OWNER,
        retention=Retention.PERSON,
    )
    mail = declared(
        models.CharField(max_length=8, choices=MailChoice.choices, default=MailChoice.AT_ONCE),
        purpose="by mail: at once or off",
        readers=Readers.OWNER,
        retention=Retention.PERSON,
    )
