"""The real export of a small community, written by strangers: the numbers were counted once by independent scripts."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from potluck.acts.models import Act, Mention
from potluck.exchange.verbs import bring_slack
from potluck.groups.models import Group, Membership
from potluck.notices.models import Mail, Notice
from potluck.people.models import Person
from potluck.talk.models import Reaction

ARCHIVES = Path(os.environ.get("POTLUCK_ARCHIVES", Path(__file__).resolve().parents[4] / "shared" / "data"))
HOUSTON = ARCHIVES / "houston-slack-export.zip"

pytestmark = [pytest.mark.archive, pytest.mark.django_db]

TRUTH = {
    "people": 71,
    "placeholders": 71,
    "bots": 0,
    "groups": 16,
    "posts": 1_031,
    "comments": 0,
    "reactions": 198,
    "joins": 320,
}


def test_houston_comes_in_whole_and_only_once():
    first = bring_slack(HOUSTON)
    assert {name: first[name] for name in TRUTH} == TRUTH
    assert first["skipped"] == {"event": 31, "reaction_on_event": 1}
    assert Act.objects.filter(is_imported=True, kind="posted").count() == 1_031
    assert Reaction.objects.filter(at=None).count() == 198
    assert Person.objects.filter(is_placeholder=True, is_active=True).count() == 71
    assert Group.objects.filter(is_closed=False).count() == 16
    assert Group.objects.filter(archived_at=None).count() == 7
    assert Mention.objects.count() == first["mentions"] > 100
    assert first["files"] == 61
    assert not Notice.objects.exists() and not Mail.objects.exists()

    tables = (Act, Reaction, Person, Group, Membership, Mention)
    before = [table.objects.count() for table in tables]
    second = bring_slack(HOUSTON)
    assert {name: second[name] for name in TRUTH} == dict.fromkeys(TRUTH, 0)
    assert second["skipped"]["already_here"] == 71 + 16 + 1_031 + 198 + 320 + 61
    assert [table.objects.count() for table in tables] == before


def test_houston_authors_and_reactors_are_who_they_were():
    bring_slack(HOUSTON)
    assert Act.objects.filter(is_imported=True).values("by").distinct().count() == 32
    assert Reaction.objects.values("by").distinct().count() == 17
    assert Reaction.objects.values("act").exclude(by=None).distinct().count() >= 88
    times = Act.objects.order_by("at").values_list("at", flat=True)
    assert (times.first().date().isoformat(), times.last().date().isoformat()) == ("2015-06-06", "2016-07-27")
