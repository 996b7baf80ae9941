"""What a Slack export says, read without a house: every oddity that the real sample lacks, in small invented ones."""

from __future__ import annotations

import json
import time
from collections import Counter
from datetime import UTC, datetime

import pytest

from potluck.exchange.slack.reader import export
from potluck.exchange.source import (
    Known,
    Reach,
    Skipped,
    SourceJoin,
    SourcePerson,
    SourcePost,
    SourceReaction,
    SourceRoll,
)
from potluck.exchange.tests.make import DAY, channel, contents, person, said, slack, ts, zipped
from potluck.exchange.words import Somebody, html, markdown, mentioned


def read(path, private=False, messages=False):
    with export(path) as found:
        return [
            record
            for conversation in found.conversations
            for _day, records in found.read(conversation, private=private, messages=messages)
            for record in records
        ]


def of(kind, records):
    return [record for record in records if isinstance(record, kind)]


def skipped(records):
    reasons: Counter[str] = Counter()
    for record in of(Skipped, records):
        reasons[record.reason] += record.count
    return dict(reasons)


def naming(node):
    return Somebody(node.text or node.target)


def shown(post):
    return html(post.words, naming)


def typed(post):
    return markdown(post.words, naming)


def one(tmp_path, *messages, **lists):
    posts = of(SourcePost, read(slack(tmp_path, list(messages), **lists)))
    assert len(posts) == 1
    return posts[0]


# --- threads ---


def test_a_reply_names_its_root_and_a_root_names_none(tmp_path):
    records = read(
        slack(
            tmp_path,
            [
                said("Wer kommt?", at=0, thread_ts=ts(0), reply_count=1),
                said("Ich", "U2", 60, thread_ts=ts(0), parent_user_id="U1"),
            ],
        )
    )
    assert [(post.id, post.above) for post in of(SourcePost, records)] == [(ts(0), ()), (ts(60), (ts(0),))]


def test_a_reply_in_another_days_file_still_names_its_root(tmp_path):
    path = slack(
        tmp_path,
        {
            "allgemein/2023-11-15.json": [said("Ich", "U2", 90_000, thread_ts=ts(0))],
            "allgemein/2023-11-14.json": [said("Wer kommt?", at=0, thread_ts=ts(0))],
        },
    )
    assert [post.above for post in of(SourcePost, read(path))] == [(), (ts(0),)]


def test_a_broadcast_reply_is_a_reply(tmp_path):
    path = slack(
        tmp_path,
        [
            said("Wer kommt?", at=0, thread_ts=ts(0)),
            said("Alle!", "U2", 60, subtype="thread_broadcast", thread_ts=ts(0), root={"ts": ts(0)}),
        ],
    )
    assert [post.above for post in of(SourcePost, read(path))] == [(), (ts(0),)]


def test_a_deleted_root_is_skipped_and_its_reply_stays(tmp_path):
    path = slack(
        tmp_path,
        [
            said(
                "This message was deleted.", "USLACKBOT", 0, subtype="tombstone", hidden=True, thread_ts=ts(0)
            ),
            said("Ich auch", "U2", 60, thread_ts=ts(0)),
        ],
    )
    records = read(path)
    assert [post.above for post in of(SourcePost, records)] == [(ts(0),)]
    assert skipped(records) == {"deleted": 1}


def test_an_edit_keeps_its_time(tmp_path):
    post = one(tmp_path, said("Neun Uhr", edited={"user": "U1", "ts": ts(30)}))
    assert post.edited == datetime.fromtimestamp(DAY + 30, UTC)


# --- time ---


def test_a_time_is_exact_to_the_microsecond_and_knows_no_summer(tmp_path):
    before, after = "1698541199.999999", "1698541200.000001"  # the hour that Berlin had twice in 2023
    posts = of(SourcePost, read(slack(tmp_path, [said("zwei", at=before), said("noch einmal zwei", at=after)])))
    assert [post.at.isoformat() for post in posts] == [
        "2023-10-29T00:59:59.999999+00:00",
        "2023-10-29T01:00:00.000001+00:00",
    ]
    assert [post.id for post in posts] == [before, after]


def test_the_date_in_a_files_name_decides_nothing(tmp_path):
    path = slack(tmp_path, {"allgemein/2001-01-01.json": [said("Hallo", at=0)]})
    assert of(SourcePost, read(path))[0].at == datetime.fromtimestamp(DAY, UTC)


@pytest.mark.parametrize(
    "odd", [None, 1700000000.5, "gestern", "", "-5", "1e9", "99999999999999", "0", "١٧٠٠٠٠٠٠٠٠"]
)
def test_a_message_without_a_time_is_counted_as_malformed(tmp_path, odd):
    path = slack(tmp_path, [{**said("Hallo"), "ts": odd}, said("Guten Tag", at=1)])
    records = read(path)
    assert skipped(records) == {"malformed": 1}
    assert len(of(SourcePost, records)) == 1


def test_a_message_from_the_future_stays_out(tmp_path):
    records = read(slack(tmp_path, [said("Morgen", at=str(int(time.time()) + 400_000)), said("Heute")]))
    assert skipped(records) == {"time_in_the_future": 1}


# --- who ---


def test_a_file_comment_is_written_by_its_commenter(tmp_path):
    file = {"id": "F1", "title": "Plan.pdf", "user": "U1"}
    message = said("<@U2|niko> commented on U1's file", subtype="file_comment", file=file)
    del message["user"]
    message["comment"] = {"user": "U2", "comment": "Sieht gut aus"}
    post = one(tmp_path, message)
    assert post.by == "U2" and not post.bot
    assert typed(post).startswith("Sieht gut aus")


def test_a_bot_is_a_bot_by_profile_by_subtype_or_by_id(tmp_path):
    robot = person("U9", "Wetterbote", is_bot=True, profile={"bot_id": "B9"})
    records = read(
        slack(
            tmp_path,
            [
                said("Regen", "U9", 0, bot_id="B9"),
                {
                    "type": "message",
                    "subtype": "bot_message",
                    "bot_id": "B7",
                    "username": "Bauampel",
                    "text": "grün",
                    "ts": ts(1),
                },
                said("Hallo", "U8", 2, bot_id="B8"),
                said("Ich bin ein Mensch", "U1", 3, bot_id="B5"),
                said("Kaffee?", "USLACKBOT", 4),
            ],
            users=[person("U1", "Mira Beispiel"), robot],
        )
    )
    assert [(post.by, post.bot) for post in of(SourcePost, records)] == [
        ("U9", True),
        ("B7", True),
        ("U8", True),
        ("U1", False),
        ("USLACKBOT", True),
    ]
    assert {(met.id, met.name, met.bot) for met in of(SourcePerson, records)} == {
        ("B7", "Bauampel", True),
        ("U8", "", True),
        ("USLACKBOT", "Slackbot", True),
    }


def test_a_bridge_that_speaks_for_many_says_for_whom(tmp_path):
    bridge = {"type": "message", "subtype": "bot_message", "bot_id": "B1"}
    posts = of(
        SourcePost,
        read(
            slack(
                tmp_path,
                [
                    {**bridge, "username": "irc", "text": "verbunden", "ts": ts(0)},
                    {**bridge, "username": "alrun", "text": "Moin", "ts": ts(1)},
                ],
            )
        ),
    )
    assert [typed(post) for post in posts] == ["verbunden", "**alrun:** Moin"]


def test_somebody_without_a_profile_is_met_once_with_what_is_known(tmp_path):
    records = read(
        slack(
            tmp_path,
            [
                said("Ich bin Gast", "U77", 0, user_profile={"real_name": "Gitte Gast", "display_name": "gitte"}),
                said("immer noch", "U77", 1),
                said("und ich?", "U78", 2),
            ],
        )
    )
    assert of(SourcePerson, records) == [
        SourcePerson("U77", "Gitte Gast", known=Known.GLIMPSE),
        SourcePerson("U78", "", known=Known.NOTHING),
    ]


def test_people_come_with_the_best_name_and_a_lower_case_address(tmp_path):
    deleted = {"id": "U4", "team_id": "T1", "name": "alt", "deleted": True, "profile": {}}
    path = slack(
        tmp_path,
        [],
        users=[
            person("U1", "Mira Beispiel", "Mira@Example.ORG"),
            person("U2", "", "keine Adresse", profile={"display_name": "niko"}),
            person("U3", "Gerd Gast", is_ultra_restricted=True),
            deleted,
            "kein Mensch",
            {"ohne": "id"},
        ],
    )
    with export(path) as found:
        people = found.people
    assert [(p.name, p.email, p.guest) for p in people.values()] == [
        ("Mira Beispiel", "mira@example.org", False),
        ("niko", "", False),
        ("Gerd Gast", "", True),
        ("alt", "", False),
    ]


def test_the_people_of_an_enterprise_grid_are_in_their_own_list(tmp_path):
    grid = [person("W1", "Mira Beispiel", enterprise_user={"enterprise_id": "E1"}), person("W2", "Niko", team_id="T2")]
    path = slack(tmp_path, [said("Hallo", "W1")], users=None, org_users=grid)
    with export(path) as found:
        assert list(found.people) == ["W1", "W2"]
        assert found.workspace == "E1"


def test_whoever_renames_as_u00_is_nobody(tmp_path):
    records = read(slack(tmp_path, [said("renamed", "U00", 0, subtype="channel_name"), said("Hallo", "U00", 1)]))
    assert of(SourcePerson, records) == [] and of(SourcePost, records) == []
    assert skipped(records) == {"event": 1, "without_author": 1}


# --- what is no post ---


def test_events_are_counted_and_are_no_posts(tmp_path):
    kinds = ["channel_leave", "channel_topic", "pinned_item", "bot_add", "sh_room_created", "von_morgen"]
    path = slack(tmp_path, [said("…", at=n, subtype=kind) for n, kind in enumerate(kinds)])
    assert skipped(read(path)) == {"event": len(kinds)}


def test_joining_is_evidence_and_a_reaction_on_it_has_nowhere_to_go(tmp_path):
    waved = [{"name": "wave", "users": ["U1"], "count": 1}]
    joined = said("<@U2> has joined", "U2", 5, subtype="channel_join", reactions=waved)
    records = read(slack(tmp_path, [joined]))
    assert of(SourceJoin, records) == [SourceJoin("C1", ts(5), datetime.fromtimestamp(DAY + 5, UTC), "U2")]
    assert skipped(records) == {"reaction_on_event": 1}


def test_who_was_in_a_channel_when_it_closed_is_known_from_its_last_message(tmp_path):
    closed = said("archived", at=9, subtype="channel_archive", members=["U1", "U2"])
    archived = channel("C1", "allgemein", [], is_archived=True)
    assert of(SourceRoll, read(slack(tmp_path, [closed], channels=[archived]))) == [
        SourceRoll("C1", datetime.fromtimestamp(DAY + 9, UTC), ("U1", "U2"))
    ]


def test_things_that_are_no_messages_are_counted(tmp_path):
    document = {"type": "application/vnd.slack-docs", "ts": ts(0)}
    records = read(slack(tmp_path, [document, "Unsinn", None, 7, [], said("Hallo")]))
    assert skipped(records) == {"not_a_message": 1, "malformed": 4}
    assert len(of(SourcePost, records)) == 1


def test_a_message_with_nothing_in_it_is_counted_as_empty(tmp_path):
    assert skipped(read(slack(tmp_path, [said(""), said("   ", at=1), said(None, at=2)]))) == {"empty": 3}


# --- private stays private ---

PRIVATE = {
    "users": [person(f"U{n}", f"Person {n}") for n in (1, 2, 3)],
    "groups": [channel("G1", "vorstand", ["U1"])],
    "dms": [{"id": "D1", "created": DAY, "members": ["U1", "U2"]}],
    "mpims": [channel("G2", "mpdm-eins--zwei--drei-1", ["U1", "U2", "U3"])],
}
TALKS = {
    "allgemein": [said("offen")],
    "vorstand": [said("geheim", at=1)],
    "D1": [said("unter uns", at=2)],
    "mpdm-eins--zwei--drei-1": [said("zu dritt", at=3), said("ja", at=4)],
}


@pytest.mark.parametrize(
    ("private", "messages", "spaces", "out"),
    [
        (False, False, {"C1"}, {"private_channel": 1, "direct_message": 3}),
        (True, False, {"C1", "G1"}, {"direct_message": 3}),
        (False, True, {"C1", "D1", "G2"}, {"private_channel": 1}),
        (True, True, {"C1", "G1", "D1", "G2"}, {}),
    ],
)
def test_private_conversations_are_read_only_when_asked_for(tmp_path, private, messages, spaces, out):
    records = read(slack(tmp_path, TALKS, **PRIVATE), private=private, messages=messages)
    assert {post.space for post in of(SourcePost, records)} == spaces
    assert skipped(records) == out


def test_each_list_says_how_open_its_conversations_are(tmp_path):
    with export(slack(tmp_path, TALKS, **PRIVATE)) as found:
        assert {space.id: space.reach for space in found.spaces.values()} == {
            "C1": Reach.OPEN,
            "G1": Reach.CLOSED,
            "D1": Reach.NAMED,
            "G2": Reach.NAMED,
        }


def test_a_folder_that_no_list_names_is_never_read(tmp_path):
    path = slack(tmp_path, {"allgemein": [said("offen")], "vorstand": [said("geheim"), said("!", at=1)]})
    records = read(path, private=True, messages=True)
    assert len(of(SourcePost, records)) == 1
    assert skipped(records) == {"unknown_conversation": 2}


def test_a_private_channel_in_the_wrong_list_stays_private(tmp_path):
    by_flag = channel("C2", "leitung", is_private=True)
    twice = [channel("C3", "doppelt")]
    path = slack(
        tmp_path,
        {"leitung": [said("geheim")], "doppelt": [said("auch geheim")]},
        channels=[by_flag, *twice],
        groups=[channel("G3", "doppelt")],
    )
    records = read(path)
    assert of(SourcePost, records) == []
    assert skipped(records) == {"private_channel": 2}


# --- reactions ---


def test_skin_tones_of_one_person_are_one_reaction(tmp_path):
    path = slack(
        tmp_path,
        [
            said(
                "Geschafft!",
                reactions=[
                    {"name": "clap", "users": ["U1", "U2"], "count": 2},
                    {"name": "clap::skin-tone-3", "users": ["U2", "U1", "U3"], "count": 3},
                    {"name": "unser_logo", "users": ["U1"], "count": 1},
                ],
            )
        ],
    )
    records = read(path)
    assert {(r.by, r.emoji) for r in of(SourceReaction, records)} == {
        ("U1", "👏"),
        ("U2", "👏"),
        ("U3", "👏"),
        ("U1", ":unser_logo:"),
    }
    assert len(of(SourceReaction, records)) == 4
    assert skipped(records) == {"same_reaction_in_another_skin_tone": 2}


def test_reactions_that_are_only_a_number_invent_nobody(tmp_path):
    path = slack(tmp_path, [said("Hurra", reactions=[{"name": "tada", "users": ["U1"], "count": 40}])])
    records = read(path)
    assert [r.by for r in of(SourceReaction, records)] == ["U1"]
    assert skipped(records) == {"reaction_without_a_name": 39}


# --- words ---


@pytest.mark.parametrize(
    ("source", "source_again", "page"),
    [
        ("*fett* und _schräg_ und ~weg~", "**fett** und *schräg* und ~~weg~~",
         "<p><strong>fett</strong> und <em>schräg</em> und <s>weg</s></p>"),
        ("*fett _und schräg_*", "**fett *und schräg***", "<p><strong>fett <em>und schräg</em></strong></p>"),
        ("2*3*4 und snake_case_name", r"2\*3\*4 und snake_case_name", "<p>2*3*4 und snake_case_name</p>"),
        ("`*nicht fett*`", "`*nicht fett*`", "<p><code>*nicht fett*</code></p>"),
        ("```a &lt; b\n*c*```", "```\na < b\n*c*\n```", "<pre><code>a &lt; b\n*c*\n</code></pre>"),
        ("&lt;b&gt; &amp;amp; mehr", r"\<b\> \&amp; mehr", "<p>&lt;b&gt; &amp;amp; mehr</p>"),
        ("<https://example.org/a_b_c|hier>", "[hier](<https://example.org/a_b_c>)",
         '<p><a href="https://example.org/a_b_c">hier</a></p>'),
        ("<https://example.org/?a=1&amp;b=2>", "<https://example.org/?a=1&b=2>",
         '<p><a href="https://example.org/?a=1&amp;b=2">https://example.org/?a=1&amp;b=2</a></p>'),
        ("<javascript:alert(1)|klick>", "klick", "<p>klick</p>"),
        ("<mailto:a@example.org|a@example.org>", "[a@example.org](<mailto:a@example.org>)",
         '<p><a href="mailto:a@example.org">a@example.org</a></p>'),
        ("<@U2|niko> sieh in <#C1|allgemein>", "@niko sieh in #allgemein", "<p>@niko sieh in #allgemein</p>"),
        ("<!here> <!channel> <!everyone> <!subteam^S1|@werk>", "@here @channel @everyone @werk",
         "<p>@here @channel @everyone @werk</p>"),
        (":+1: :clap::skin-tone-3: :fire_engine: :flag-de: :unser_logo:", "👍 👏 🚒 🇩🇪 :unser_logo:",
         "<p>👍 👏 🚒 🇩🇪 :unser_logo:</p>"),
        ("10:30: los", "10:30: los", "<p>10:30: los</p>"),
        ("&gt; zitiert\n&gt; weiter\nAntwort", "> zitiert\n> weiter\n\nAntwort",
         "<blockquote>\n<p>zitiert<br>\nweiter</p>\n</blockquote>\n<p>Antwort</p>"),
        ("&gt;&gt;&gt; alles\nbis zum Ende", "> alles\n> bis zum Ende",
         "<blockquote>\n<p>alles<br>\nbis zum Ende</p>\n</blockquote>"),
        ("eins\nzwei\n\ndrei", "eins\nzwei\n\ndrei", "<p>eins<br>\nzwei</p>\n<p>drei</p>"),
        ("# kein Titel\n1. kein Punkt\n- auch nicht", "\\# kein Titel\n1\\. kein Punkt\n\\- auch nicht",
         "<p># kein Titel<br>\n1. kein Punkt<br>\n- auch nicht</p>"),
        ("Grüße 🌻 שלום مرحبا", "Grüße 🌻 שלום مرحبا", "<p>Grüße 🌻 שלום مرحبا</p>"),
        ("<script>alert(1)</script>", r"alert(1)", None),
        ("&lt;script&gt;alert(1)&lt;/script&gt;", r"\<script\>alert(1)\</script\>",
         "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>"),
    ],
)
def test_slack_markup_becomes_ours(tmp_path, source, source_again, page):
    post = one(tmp_path, said(source))
    if page is None:
        assert "<script" not in shown(post)
        return
    assert typed(post) == source_again
    assert shown(post) == page


def test_an_unclosed_code_block_is_text(tmp_path):
    assert shown(one(tmp_path, said("so: ```halb"))) == "<p>so: ```halb</p>"


def test_mentions_are_people_each_once(tmp_path):
    post = one(tmp_path, said("<@U2> und <@U1|mira> und *<@U2|niko>* und `<@U3>`"))
    assert mentioned(post.words) == ["U2", "U1"]


def test_nul_and_half_characters_do_not_come_in(tmp_path):
    post = one(tmp_path, said("a\u0000b\ud83dc\u0007\r\nd"))
    assert typed(post) == "ab\ufffdc\nd"


@pytest.mark.parametrize("sign", ["*", "_ ", "`", "<", ":a", "*a", "*a ", "_a*b~", "&gt;", "```", ":+1:", "<@U1>", "*a*", "\n"])
def test_a_hundred_kilobytes_of_anything_are_read_at_once(tmp_path, sign):
    path = slack(tmp_path, [said("Anfang " + sign * (100_000 // len(sign)))])
    begun = time.process_time()
    post = of(SourcePost, read(path))[0]
    shown(post), typed(post)
    assert time.process_time() - begun < 5, "it grows with the square of the message"


def test_a_hundred_kilobytes_of_words_stay_whole(tmp_path):
    words = "Wörter, viele Wörter. " * 5_000
    assert typed(one(tmp_path, said(words))).count("viele") == 5_000


RICH = [
    {"type": "rich_text", "elements": [
        {"type": "rich_text_section", "elements": [
            {"type": "text", "text": "Hallo "},
            {"type": "user", "user_id": "U2"},
            {"type": "text", "text": " schau ", "style": {"bold": True}},
            {"type": "link", "url": "https://example.org", "text": "hier"},
            {"type": "emoji", "name": "wave"},
            {"type": "text", "text": "x=1", "style": {"code": True}},
            {"type": "broadcast", "range": "here"},
        ]},
        {"type": "rich_text_list", "style": "ordered", "elements": [
            {"type": "rich_text_section", "elements": [{"type": "text", "text": "eins"}]},
            {"type": "rich_text_section", "elements": [{"type": "text", "text": "zwei"}]},
        ]},
        {"type": "rich_text_quote", "elements": [{"type": "text", "text": "gesagt"}]},
        {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": "a = <b>"}]},
    ]},
]


def test_words_that_stand_only_in_blocks_are_read_from_there(tmp_path):
    post = one(tmp_path, said("", blocks=RICH))
    assert shown(post) == (
        "<p>Hallo @U2 <strong>schau</strong> <a href=\"https://example.org\">hier</a>👋<code>x=1</code>@here</p>\n"
        "<ol>\n<li>eins</li>\n<li>zwei</li>\n</ol>\n"
        "<blockquote>\n<p>gesagt</p>\n</blockquote>\n"
        "<pre><code>a = &lt;b&gt;\n</code></pre>"
    )
    assert typed(post) == (
        "Hallo @U2 **schau** [hier](<https://example.org>)👋`x=1`@here\n\n1. eins\n2. zwei\n\n> gesagt\n\n```\na = <b>\n```"
    )
    assert mentioned(post.words) == ["U2"]


HALF = {"type": "rich_text", "elements": [3, {"type": "rich_text_section", "elements": {}}]}


@pytest.mark.parametrize("blocks", [None, [], "x", [None], [{"type": "rich_text"}], [HALF]])
def test_odd_blocks_are_empty_blocks(tmp_path, blocks):
    assert skipped(read(slack(tmp_path, [said("", blocks=blocks)]))) == {"empty": 1}


def test_blocks_that_contain_themselves_too_deep_end_somewhere(tmp_path):
    block = {"type": "rich_text_section", "elements": [{"type": "text", "text": "tief"}]}
    for _ in range(100):
        block = {"type": "rich_text_list", "style": "bullet", "elements": [block]}
    path = slack(tmp_path, [said("", blocks=[{"type": "rich_text", "elements": [block]}])])
    assert skipped(read(path)) == {"empty": 1}


def test_words_that_stand_only_in_attachments_are_read_from_there(tmp_path):
    post = one(tmp_path, said("", attachments=[{"title": "Bericht", "title_link": "https://example.org/b", "text": "*gut*"}]))
    assert typed(post) == "[Bericht](<https://example.org/b>)\n**gut**"


def test_saying_what_one_does_is_a_post(tmp_path):
    assert typed(one(tmp_path, said("winkt", subtype="me_message"))) == "*winkt*"


# --- files ---


def test_a_file_is_named_and_never_linked(tmp_path):
    file = {"id": "F1", "name": "plan.pdf", "title": "Plan", "url_private": "https://files.slack.com/x?t=geheim"}
    post = one(tmp_path, said("Hier:", files=[file]))
    assert typed(post) == "Hier:\n\n📎 Plan"
    assert [found.id for found in post.files] == ["F1"]


def test_an_old_upload_says_what_the_person_said(tmp_path):
    file = {"id": "F1", "title": "Plan", "initial_comment": {"user": "U1", "comment": "Erster Entwurf"}}
    post = one(tmp_path, said("<@U1|mira> uploaded a file: <https://x.slack.com/F1|Plan> and commented: Erster Entwurf",
                              subtype="file_share", upload=True, file=file, bot_id=None))
    assert typed(post) == "Erster Entwurf\n\n📎 Plan"


def test_a_document_that_lies_elsewhere_keeps_its_address(tmp_path):
    file = {"id": "F1", "title": "Tabelle", "is_external": True, "url_private": "https://docs.example.org/t"}
    assert typed(one(tmp_path, said("", files=[file]))) == "[📎 Tabelle](<https://docs.example.org/t>)"


def test_files_that_are_gone_are_counted_with_their_reason(tmp_path):
    path = slack(tmp_path, [said("drei", files=[{"id": "F1", "mode": "tombstone"}, {"id": "F2", "mode": "hidden_by_limit"},
                                                {"id": "F3", "file_access": "access_denied"}])])
    records = read(path)
    assert skipped(records) == {"file_deleted": 1, "file_hidden_by_limit": 1, "file_without_access": 1}
    assert typed(of(SourcePost, records)[0]) == "drei"


# --- layout ---


def test_a_folder_is_as_good_as_a_zip_file(tmp_path):
    files = contents([said("Hallo")])
    for name, content in files.items():
        (tmp_path / "export" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "export" / name).write_text(content)
    assert [typed(post) for post in of(SourcePost, read(tmp_path / "export"))] == ["Hallo"]


def test_an_export_that_somebody_packed_again_is_found_inside(tmp_path):
    files = {f"Firma Export/{name}": content for name, content in contents([said("Hallo")]).items()}
    path = zipped(tmp_path, {**files, "__MACOSX/Firma Export/._users.json": "x"})
    assert len(of(SourcePost, read(path))) == 1


def test_a_channel_with_an_umlaut_is_found_under_its_mangled_name(tmp_path):
    files = contents({}, channels=[channel("C5", "größe")])
    path = zipped(tmp_path, {**files, "größe/2023-11-14.json": "[" + json.dumps(said("Hallo")) + "]"})
    # Slack writes the name in UTF-8 and does not say so.
    raw = path.read_bytes()
    name = "größe/2023-11-14.json".encode()
    at = raw.find(name)
    assert at > 0
    for head, flag in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = raw.rfind(head, 0, raw.rfind(name) if head == b"PK\x01\x02" else at)
        raw = raw[: start + flag + 1] + bytes([raw[start + flag + 1] & ~0x08]) + raw[start + flag + 2 :]
    path.write_bytes(raw)
    assert [post.space for post in of(SourcePost, read(path))] == ["C5"]


def test_purpose_and_topic_are_what_a_group_is_about(tmp_path):
    about = channel("C1", "allgemein", purpose={"value": "Alles &amp; jedes"}, topic={"value": "siehe <https://example.org|hier>"})
    with export(slack(tmp_path, [], channels=[about])) as found:
        assert found.spaces["C1"].about == "Alles & jedes\n\nsiehe hier"
