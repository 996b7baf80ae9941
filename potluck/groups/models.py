"""Groups: tables within the house, open or closed, each with people who feel at home as hosts."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q

from potluck.core import clock
from potluck.core.declared import Readers, Retention, declared, key
from potluck.people.models import Person


class GroupQuerySet(models.QuerySet["Group"]):
    def visible_to(self, viewer: Any) -> GroupQuerySet:
        """Members see every listed group (a closed one by its name, so that one can ask) and their own; a guest their own."""
        if viewer is None or not viewer.is_active:
            return self.none()
        mine = Q(pk__in=Membership.objects.filter(person=viewer).values("group"))
        return self.filter(mine if viewer.is_guest else mine | Q(is_listed=True))

    def readable_by(self, viewer: Any) -> GroupQuerySet:
        """Groups whose gifts the viewer may read: their own, and for members every open one."""
        if viewer is None or not viewer.is_active:
            return self.none()
        mine = Q(pk__in=Membership.objects.filter(person=viewer).values("group"))
        return self.filter(mine if viewer.is_guest else mine | Q(is_closed=False))


class Group(models.Model):
    key = key(readers=Readers.GROUP, retention=Retention.GROUP)
    name = declared(
        models.CharField(max_length=80),
        purpose="what the group is called",
        readers=Readers.GROUP,
        retention=Retention.GROUP,
    )
    about = declared(
        models.CharField(max_length=500, blank=True),
        purpose="what happens here",
        readers=Readers.GROUP,
        retention=Retention.GROUP,
    )
    is_closed = declared(
        models.BooleanField(default=False),
        purpose="only members read; one asks to join",
        readers=Readers.GROUP,
        retention=Retention.GROUP,
    )
    is_listed = declared(
        models.BooleanField(default=True),
        purpose="others may find it by its name and ask to join; imported private channels are not listed",
        readers=Readers.GROUP,
        retention=Retention.GROUP,
    )
    opened_by = declared(
        models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+"),
        purpose="who opened it",
        readers=Readers.GROUP,
        retention=Retention.GROUP,
    )
    opened_at = declared(
        models.DateTimeField(default=clock.now),
        purpose="since when it exists",
        readers=Readers.GROUP,
        retention=Retention.GROUP,
    )
    archived_at = declared(
        models.DateTimeField(null=True),
        purpose="closed kindly: to be read, not written in",
        readers=Readers.GROUP,
        retention=Retention.GROUP,
    )
    once = declared(
        models.CharField(max_length=40, null=True, blank=True),  # noqa: DJ001 - null: no key was sent
        purpose="the form's key: a form sent twice opens one group",
        readers=Readers.NOBODY,
        retention=Retention.DAYS_30,
    )

    objects = GroupQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["opened_by", "once"], name="opened_once")]


class Membership(models.Model):
    group = declared(
        models.ForeignKey(Group, on_delete=models.CASCADE, related_name="memberships"),
        purpose="where they sit",
        readers=Readers.GROUP,
        retention=Retention.GROUP,
    )
    person = declared(
        models.ForeignKey(Person, on_delete=models.CASCADE, related_name="memberships"),
        purpose="who sits there",
        readers=Readers.GROUP,
        retention=Retention.GROUP,
    )
    is_host = declared(
        models.BooleanField(default=False),
        purpose="lets people in, looks after the group",
        readers=Readers.GROUP,
        retention=Retention.GROUP,
    )
    since = declared(
        models.DateTimeField(null=True, default=clock.now),
        purpose="since when; empty: not known",
        readers=Readers.GROUP,
        retention=Retention.GROUP,
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "group"], name="one_seat_per_group")]


class JoinRequest(models.Model):
    """Somebody asks to sit in a closed group. Told to the hosts by notices/jobs.py, which ``told_at`` marks."""

    key = key(readers=Readers.HOSTS, retention=Retention.DAYS_90)
    group = declared(
        models.ForeignKey(Group, on_delete=models.CASCADE, related_name="join_requests"),
        purpose="where they would like to sit",
        readers=Readers.HOSTS,
        retention=Retention.DAYS_90,
    )
    person = declared(
        models.ForeignKey(Person, on_delete=models.CASCADE, related_name="join_requests"),
        purpose="who asks",
        readers=Readers.HOSTS,
        retention=Retention.DAYS_90,
    )
    words = declared(
        models.CharField(max_length=300, blank=True),
        purpose="what they say with it",
        readers=Readers.HOSTS,
        retention=Retention.DAYS_90,
    )
    at = declared(
        models.DateTimeField(default=clock.now),
        purpose="when they asked",
        readers=Readers.HOSTS,
        retention=Retention.DAYS_90,
    )
    told_at = declared(
        models.DateTimeField(null=True),
        purpose="the hosts were told",
        readers=Readers.NOBODY,
        retention=Retention.DAYS_90,
    )
    answered_at = declared(
        models.DateTimeField(null=True),
        purpose="a host answered",
        readers=Readers.HOSTS,
        retention=Retention.DAYS_90,
    )
    answered_by = declared(
        models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+"),
        purpose="which host",
        readers=Readers.HOSTS,
        retention=Retention.DAYS_90,
    )
    accepted = declared(
        models.BooleanField(null=True),
        purpose="the answer",
        readers=Readers.HOSTS,
        retention=Retention.DAYS_90,
    )
    answer_told_at = declared(
        models.DateTimeField(null=True),
        purpose="the person was told",
        readers=Readers.NOBODY,
        retention=Retention.DAYS_90,
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["group", "person"],
                condition=Q(answered_at__isnull=True),
                name="one_open_request_per_group",
            )
        ]
        indexes = [
            models.Index(fields=["at"], condition=Q(told_at__isnull=True), name="join_requests_untold")
        ]


class GroupNews(models.Model):
    """What happened to a group and everybody who sits there is told, by notices/jobs.py, which ``told_at`` marks."""

    HOST_WANTED = "host-wanted"
    HOST_FOUND = "host-found"

    group = declared(
        models.ForeignKey(Group, on_delete=models.CASCADE, related_name="news"),
        purpose="which group",
        readers=Readers.GROUP,
        retention=Retention.DAYS_90,
    )
    what = declared(
        models.CharField(max_length=24, choices=[(HOST_WANTED, HOST_WANTED), (HOST_FOUND, HOST_FOUND)]),
        purpose="somebody is asked to look after it, or looks after it now",
        readers=Readers.GROUP,
        retention=Retention.DAYS_90,
    )
    by = declared(
        models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+"),
        purpose="who asks, or looks after it",
        readers=Readers.GROUP,
        retention=Retention.DAYS_90,
    )
    at = declared(
        models.DateTimeField(default=clock.now),
        purpose="when; the members are asked once a week at most",
        readers=Readers.GROUP,
        retention=Retention.DAYS_90,
    )
    told_at = declared(
        models.DateTimeField(null=True),
        purpose="those who sit there were told",
        readers=Readers.NOBODY,
        retention=Retention.DAYS_90,
    )

    class Meta:
        indexes = [models.Index(fields=["at"], condition=Q(told_at__isnull=True), name="group_news_untold")]
