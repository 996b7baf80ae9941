"""History on its way in: the import, where each thing came from, and what is read but not yet visible."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from potluck.core import clock
from potluck.core.declared import Readers, Retention, declared, key
from potluck.exchange.source import What
from potluck.people.models import Person

WHATS = [(what.value, what.name.capitalize()) for what in What]


class Import(models.Model):
    """One archive, brought once. Until ``readable_at`` nothing of it can be seen; killed before, it goes on where it was."""

    key = key(readers=Readers.ADMINISTRATORS, retention=Retention.HOUSE)
    system = declared(
        models.CharField(max_length=16),
        purpose="what wrote the archive, slack or mbox, or people: a people list",
        readers=Readers.ADMINISTRATORS,
        retention=Retention.HOUSE,
    )
    workspace = declared(
        models.CharField(max_length=64, blank=True),
        purpose="the source's own id: two exports of one workspace meet in it",
        readers=Readers.ADMINISTRATORS,
        retention=Retention.HOUSE,
    )
    name = declared(
        models.CharField(max_length=200),
        purpose="the name of the file, without its folder",
        readers=Readers.ADMINISTRATORS,
        retention=Retention.HOUSE,
    )
    fingerprint = declared(
        models.CharField(max_length=64),
        purpose="the same archive is recognised after an interruption",
        readers=Readers.NOBODY,
        retention=Retention.HOUSE,
    )
    private = declared(
        models.BooleanField(default=False),
        purpose="private channels were asked for",
        readers=Readers.ADMINISTRATORS,
        retention=Retention.HOUSE,
    )
    messages = declared(
        models.BooleanField(default=False),
        purpose="direct messages were asked for",
        readers=Readers.ADMINISTRATORS,
        retention=Retention.HOUSE,
    )
    by = declared(
        models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+"),
        purpose="who brought it; empty: the shell",
        readers=Readers.ADMINISTRATORS,
        retention=Retention.HOUSE,
    )
    begun_at = declared(
        models.DateTimeField(default=clock.now),
        purpose="when reading began",
        readers=Readers.ADMINISTRATORS,
        retention=Retention.HOUSE,
    )
    readable_at = declared(
        models.DateTimeField(null=True),
        purpose="when it became visible, all at once",
        readers=Readers.ADMINISTRATORS,
        retention=Retention.HOUSE,
    )
    finished_at = declared(
        models.DateTimeField(null=True),
        purpose="when the rest was done, too: in which language everything is",
        readers=Readers.ADMINISTRATORS,
        retention=Retention.HOUSE,
    )
    finished_to = declared(
        models.BigIntegerField(default=0, db_default=0),
        purpose="the last act whose language was looked at",
        readers=Readers.NOBODY,
        retention=Retention.IMPORT,
    )
    read_to = declared(
        models.CharField(max_length=500, blank=True),
        purpose="how far the archive is staged: a file in it, or a place",
        readers=Readers.NOBODY,
        retention=Retention.IMPORT,
    )
    skipped = declared(
        models.JSONField(default=dict),
        purpose="what stayed out so far, by reason",
        readers=Readers.ADMINISTRATORS,
        retention=Retention.HOUSE,
    )
    report = declared(
        models.JSONField(default=dict),
        purpose="what came in, in numbers",
        readers=Readers.ADMINISTRATORS,
        retention=Retention.HOUSE,
    )

    is_nightly = declared(
        models.BooleanField(default=False, db_default=False),
        purpose="a people list that was found in its folder at night",
        readers=Readers.ADMINISTRATORS,
        retention=Retention.HOUSE,
    )
    problem = declared(
        models.TextField(blank=True, db_default=""),
        purpose="why a list that was found at night was not taken in",
        readers=Readers.ADMINISTRATORS,
        retention=Retention.HOUSE,
    )
    withdrawal_at = declared(
        models.DateTimeField(null=True),
        purpose="when an administrator asked for it to be taken back; the worker does it",
        readers=Readers.ADMINISTRATORS,
        retention=Retention.HOUSE,
    )
    withdrawn_at = declared(
        models.DateTimeField(null=True),
        purpose="when it was taken back as a whole",
        readers=Readers.ADMINISTRATORS,
        retention=Retention.HOUSE,
    )
    withdrawn_by = declared(
        models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+"),
        purpose="who took it back; empty: the shell",
        readers=Readers.ADMINISTRATORS,
        retention=Retention.HOUSE,
    )
    is_hidden = declared(
        models.BooleanField(default=False, db_default=False),
        purpose="somebody had answered in it: it was hidden, not erased",
        readers=Readers.ADMINISTRATORS,
        retention=Retention.HOUSE,
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["system", "fingerprint", "private", "messages"],
                condition=Q(readable_at__isnull=True),
                name="one_unfinished_import_of_an_archive",
            )
        ]


class Source(models.Model):
    """Where a thing came from: what makes a second import of it add nothing. ``target`` is its row in this house, or empty
    where it left none (a join)."""

    system = declared(
        models.CharField(max_length=16),
        purpose="what wrote the archive",
        readers=Readers.NOBODY,
        retention=Retention.HOUSE,
    )
    workspace = declared(
        models.CharField(max_length=64, blank=True),
        purpose="the source's own id",
        readers=Readers.NOBODY,
        retention=Retention.HOUSE,
    )
    what = declared(
        models.CharField(max_length=8, choices=WHATS),
        purpose="what it was there",
        readers=Readers.NOBODY,
        retention=Retention.HOUSE,
    )
    object = declared(
        models.CharField(max_length=450), purpose="its id there", readers=Readers.NOBODY, retention=Retention.HOUSE
    )
    target = declared(
        models.BigIntegerField(null=True), purpose="its row here", readers=Readers.NOBODY, retention=Retention.HOUSE
    )
    of = declared(
        models.ForeignKey(Import, null=True, on_delete=models.SET_NULL, related_name="sources"),
        purpose="the import that brought it",
        readers=Readers.NOBODY,
        retention=Retention.HOUSE,
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["system", "workspace", "what", "object"], name="brought_once")]


class Staged(models.Model):
    """A record that was read and waits for the one transaction that makes it all visible. No page reads this table."""

    of = declared(
        models.ForeignKey(Import, on_delete=models.CASCADE, related_name="staged"),
        purpose="which import",
        readers=Readers.NOBODY,
        retention=Retention.IMPORT,
    )
    what = declared(
        models.CharField(max_length=8, choices=WHATS),
        purpose="what it was at its source",
        readers=Readers.NOBODY,
        retention=Retention.IMPORT,
    )
    space = declared(
        models.CharField(max_length=200, blank=True),
        purpose="the conversation it stands in",
        readers=Readers.NOBODY,
        retention=Retention.IMPORT,
    )
    object = declared(
        models.CharField(max_length=450),
        purpose="its id at its source",
        readers=Readers.NOBODY,
        retention=Retention.IMPORT,
    )
    at = declared(
        models.DateTimeField(null=True),
        purpose="when, so that a thread's root comes before its replies",
        readers=Readers.NOBODY,
        retention=Retention.IMPORT,
    )
    above = declared(
        models.JSONField(default=list),
        purpose="the ids of what it may answer, the best first",
        readers=Readers.NOBODY,
        retention=Retention.IMPORT,
    )
    record = declared(
        models.JSONField(), purpose="the record itself", readers=Readers.NOBODY, retention=Retention.IMPORT
    )

    class Meta:
        indexes = [models.Index(fields=["of", "what", "space", "at", "id"], name="staged_in_order")]


class Listed(models.Model):
    """Somebody a people list named, and what it last said of them: a change in the list is told from one that the person made
    themself. Whom no list ever named is not closed because a list does not name them."""

    who = declared(
        models.CharField(max_length=64, unique=True),
        purpose="hash of the address or number on the list: it is recognised after the address here changed",
        readers=Readers.NOBODY,
        retention=Retention.PERSON,
    )
    person = declared(
        models.OneToOneField(Person, on_delete=models.CASCADE, related_name="+"),
        purpose="who it is here",
        readers=Readers.NOBODY,
        retention=Retention.PERSON,
    )
    name = declared(
        models.CharField(max_length=80),
        purpose="the name on the list",
        readers=Readers.NOBODY,
        retention=Retention.PERSON,
    )
    unit = declared(
        models.CharField(max_length=80, blank=True),
        purpose="where they work, on the list",
        readers=Readers.NOBODY,
        retention=Retention.PERSON,
    )
    left_at = declared(
        models.DateTimeField(null=True),
        purpose="a list closed their access, and a list may open it again",
        readers=Readers.NOBODY,
        retention=Retention.PERSON,
    )
    of = declared(
        models.ForeignKey(Import, null=True, on_delete=models.SET_NULL, related_name="listed"),
        purpose="the list that kept a place for them; empty: they were here before",
        readers=Readers.NOBODY,
        retention=Retention.PERSON,
    )


class Upload(models.Model):
    """A file an administrator sent in by the browser, which the worker takes in; one at a time. The file lies in the data
    folder until that is done, and is erased then."""

    key = key(readers=Readers.ADMINISTRATORS, retention=Retention.DAYS_30)
    source = declared(
        models.CharField(max_length=16),
        purpose="what wrote it: slack, or people: a people list",
        readers=Readers.ADMINISTRATORS,
        retention=Retention.DAYS_30,
    )
    name = declared(
        models.CharField(max_length=120),
        purpose="the name of the file in its folder",
        readers=Readers.ADMINISTRATORS,
        retention=Retention.DAYS_30,
    )
    size = declared(
        models.BigIntegerField(), purpose="bytes", readers=Readers.ADMINISTRATORS, retention=Retention.DAYS_30
    )
    wishes = declared(
        models.JSONField(default=dict),
        purpose="what was asked for: private channels, direct messages, only a rehearsal",
        readers=Readers.ADMINISTRATORS,
        retention=Retention.DAYS_30,
    )
    by = declared(
        models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+"),
        purpose="who sent it",
        readers=Readers.ADMINISTRATORS,
        retention=Retention.DAYS_30,
    )
    at = declared(
        models.DateTimeField(default=clock.now),
        purpose="when it had arrived",
        readers=Readers.ADMINISTRATORS,
        retention=Retention.DAYS_30,
    )
    done_at = declared(
        models.DateTimeField(null=True),
        purpose="when it was taken in, or could not be",
        readers=Readers.ADMINISTRATORS,
        retention=Retention.DAYS_30,
    )
    tries = declared(
        models.PositiveSmallIntegerField(default=0, db_default=0),
        purpose="how often it was begun: what breaks the worker each time is given up",
        readers=Readers.NOBODY,
        retention=Retention.DAYS_30,
    )
    step = declared(
        models.CharField(max_length=8, blank=True),
        purpose="what is being done: read, settle",
        readers=Readers.ADMINISTRATORS,
        retention=Retention.DAYS_30,
    )
    percent = declared(
        models.PositiveSmallIntegerField(default=0, db_default=0),
        purpose="how far that is",
        readers=Readers.ADMINISTRATORS,
        retention=Retention.DAYS_30,
    )
    problem = declared(
        models.TextField(blank=True),
        purpose="why it could not be taken in",
        readers=Readers.ADMINISTRATORS,
        retention=Retention.DAYS_30,
    )
    report = declared(
        models.JSONField(default=dict),
        purpose="what came in, or would",
        readers=Readers.ADMINISTRATORS,
        retention=Retention.DAYS_30,
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["done_at"], condition=Q(done_at__isnull=True), nulls_distinct=False, name="one_upload_at_a_time"
            )
        ]
