"""The real archive of a mailing list, written by strangers: the numbers were counted once by independent scripts."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from potluck.acts.models import Act
from potluck.exchange.verbs import bring_mbox
from potluck.groups.models import Membership
from potluck.notices.models import Mail, Notice
from potluck.people.models import Person
from potluck.talk.models import Comment

ARCHIVES = Path(os.environ.get("POTLUCK_ARCHIVES", Path(__file__).resolve().parents[4] / "shared" / "data"))
RADIO = ARCHIVES / "radio-users.mbox.xz"

pytestmark = [pytest.mark.archive, pytest.mark.django_db, pytest.mark.slow]

TRUTH = {"people": 983, "placeholders": 983, "bots": 0, "groups": 1, "posts": 2_856, "comments": 8_529, "bot_posts": 0}


def test_radio_users_come_in_whole_and_only_once():
    first = bring_mbox(RADIO)
    assert {name: first[name] for name in TRUTH} == TRUTH
    assert first["skipped"] == {}
    assert Act.objects.filter(is_imported=True, in_feed=True).count() == 2_856
    assert Act.objects.values("by").distinct().count() == 983 == Membership.objects.count()
    assert not Notice.objects.exists() and not Mail.objects.exists()

    # What each directly answers: counted by the same scripts as replies to somebody else, and distinct pairs of them.
    answers = Comment.objects.exclude(answers__by=None).values_list("act__by", "answers__by")
    others = [(by, to) for by, to in answers if by != to]
    assert (len(others), len(set(others))) == (7_686, 3_219)
    roots = {(by, to) for by, to in Comment.objects.values_list("act__by", "act__on__by") if by != to}
    assert len(roots) == 2_242

    tables = (Act, Comment, Person, Membership)
    before = [table.objects.count() for table in tables]
    second = bring_mbox(RADIO)
    assert {name: second[name] for name in TRUTH} == dict.fromkeys(TRUTH, 0)
    assert [table.objects.count() for table in tables] == before
