"""Whatever stands in an export: it comes in, is counted as skipped, or is refused with a sentence. It never breaks."""

from __future__ import annotations

import random

import pytest

from potluck.acts.models import Act
from potluck.core import text
from potluck.exchange.models import Import, Staged
from potluck.exchange.source import BadArchive
from potluck.exchange.tests.make import MIRA, NIKO, channel, person, said, slack
from potluck.exchange.verbs import bring_slack

pytestmark = pytest.mark.django_db

ODD = [
    None, True, 0, -1, 1e308, 10**30, "", " ", "\u0000", "\ud800", "\u202e", "U1", "C1", "x" * 70_000, [], {},
    [None], [[[]]], {"U1": 1}, ["U1", 2], {"value": 3}, {"value": "v"}, "1700000000.000001", 1700000000, "<@U2|\ud83d>",
    "😀" * 300, "%s %(x)s", "../../etc", "<script>alert(1)</script>", "&lt;b&gt;",
    [{"name": "clap", "users": ["U1", None, 3, "U2"], "count": "x"}],
    [{"name": "x" * 300, "users": ["U" * 300], "count": 1}], [{"type": "rich_text", "elements": "x"}],
    [{"id": "F" * 300, "name": 3}], [{"id": "F1", "title": "\u0000"}], {"id": "F1", "initial_comment": 3},
]  # fmt: skip
KEYS = {
    "message": ["type", "subtype", "ts", "user", "bot_id", "username", "text", "blocks", "attachments", "files", "file", "edited",
                "reactions", "thread_ts", "user_profile", "bot_profile", "comment", "hidden", "members", "upload"],
    "user": ["id", "name", "real_name", "profile", "is_bot", "deleted", "team_id", "enterprise_user", "is_restricted"],
    "channel": ["id", "name", "created", "creator", "is_archived", "members", "topic", "purpose", "is_private", "is_im"],
}  # fmt: skip


def spoiled(dice: random.Random, row: dict, kind: str) -> object:
    if dice.random() < 0.03:
        return dice.choice(ODD)
    row = dict(row)
    for _ in range(dice.randint(0, 3)):
        row[dice.choice(KEYS[kind])] = dice.choice(ODD)
    return row


def spoiled_export(dice: random.Random, folder, messages: int):
    posts = ["", "me_message", "bot_message", "file_comment", "file_share", "thread_broadcast"]
    subtypes = [*posts, "channel_join", "channel_archive"]
    talk = []
    for number in range(messages):
        row = said("Hallo <@U2> *Welt*", at=number, subtype=dice.choice(subtypes))
        if dice.random() < 0.3:
            row["thread_ts"] = said("", at=dice.randrange(messages))["ts"]
        talk.append(spoiled(dice, row, "message"))
    people = [spoiled(dice, row, "user") for row in (NIKO, person("U3", "Olga"), person("U4", "Piet"))]
    return slack(
        folder,
        {"allgemein": talk, "werk": talk[: messages // 4]},
        users=[MIRA, *people],
        channels=[channel("C1", "allgemein"), spoiled(dice, channel("C2", "werk"), "channel")],
        groups=[spoiled(dice, channel("G1", "geheim"), "channel")],
        dms=[spoiled(dice, {"id": "D1", "members": ["U1", "U2"]}, "channel")],
    )


def comes_in_or_is_refused(seed: int, folder, messages: int) -> None:
    path = spoiled_export(random.Random(seed), folder, messages)
    try:
        report = bring_slack(path, private=True, messages=True)
    except BadArchive as bad:
        assert str(bad).endswith(".")
        assert not Act.objects.exists() and not Staged.objects.exclude(of__in=Import.objects.all()).exists()
        return
    assert Act.objects.count() == report["posts"] + report["comments"] + report["bot_posts"]
    for html in Act.objects.values_list("html", flat=True):
        assert html == text.scrub(html) and "\x00" not in html and "<script" not in html
    again = bring_slack(path, private=True, messages=True)
    assert again["posts"] == again["comments"] == again["reactions"] == again["people"] == again["groups"] == 0


@pytest.mark.parametrize("seed", range(3))
def test_odd_things_in_an_export_break_nothing(tmp_path, seed):
    comes_in_or_is_refused(seed, tmp_path, 150)


@pytest.mark.nightly
@pytest.mark.parametrize("seed", range(100, 160))
def test_many_odd_things_in_an_export_break_nothing(tmp_path, seed):
    comes_in_or_is_refused(seed, tmp_path, 200)
