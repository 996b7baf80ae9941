"""An export becomes part of a house: what is written, for whom, and only once."""

from __future__ import annotations

from datetime import UTC, datetime

import psycopg
import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob

from potluck.acts import queries as acts
from potluck.acts.models import Act, Mention
from potluck.acts.verbs import withdraw
from potluck.core import text
from potluck.core.rules import Refused
from potluck.exchange.alone import IMPORTING
from potluck.exchange.models import Import, Source, Staged
from potluck.exchange.report import told
from potluck.exchange.source import BadArchive
from potluck.exchange.tests.make import DAY, MIRA, NIKO, channel, person, said, slack, ts, zipped
from potluck.exchange.verbs import bring_slack
from potluck.groups.models import Group, Membership
from potluck.groups.verbs import leave
from potluck.notices.models import Notice
from potluck.people.models import House, Logged, Person
from potluck.people.verbs import add_person, move_mailbox, the_house, write_down_mailbox
from potluck.posts.verbs import post
from potluck.talk import queries as talk
from potluck.talk.models import Comment, Reaction
from potluck.talk.verbs import comment, take_reaction_back
from tests import cluster

pytestmark = pytest.mark.django_db


@pytest.fixture
def nour():
    return add_person("nour@example.org", "Nour Halabi")


def words() -> list[str]:
    return list(Act.objects.order_by("at").values_list("words", flat=True))


def without_times(report: dict) -> dict:
    return {name: value for name, value in report.items() if not name.startswith("seconds")}


# --- people ---


def test_people_become_places_that_wait_for_them(tmp_path):
    report = bring_slack(slack(tmp_path, [said("Hallo")]))
    mira = Person.objects.get(email="mira@example.org")
    assert (mira.name, mira.handle, mira.is_placeholder, mira.is_bot, mira.arrived_at) == (
        "Mira Beispiel",
        "mira-beispiel",
        True,
        False,
        None,
    )
    assert (report["people"], report["placeholders"]) == (2, 2)


def test_a_place_that_waits_opens_no_door(settings, tmp_path):
    settings.MAIL_URL = "smtp://127.0.0.1:1"
    bring_slack(slack(tmp_path, [said("Hallo")]))
    nour = add_person("nour@example.org", "Nour Halabi")
    House.objects.filter(pk=the_house().pk).update(opened_at=nour.arrived_at)
    for address in ("mira@example.org", "nour@example.org", "unknown@example.org"):
        Client().post("/accounts/login/code/", {"email": address})
    assert [job.args["to"] for job in ProcrastinateJob.objects.all() if job.args["to"]] == ["nour@example.org"]


def test_who_is_in_the_house_with_the_same_address_is_the_same_person(tmp_path):
    here = add_person("mira@example.org", "Mira B.")
    export = slack(
        tmp_path, [said("Hallo")], users=[{**MIRA, "profile": {"real_name": "Mira", "email": "MIRA@Example.org"}}, NIKO]
    )
    report = bring_slack(export)
    assert Act.objects.get().by == here
    assert (report["people"], report["placeholders"]) == (2, 1)
    here.refresh_from_db()
    assert (here.name, here.is_placeholder) == ("Mira B.", False)


def test_two_people_with_one_name_stay_two(tmp_path):
    twins = [person("U1", "Jan Sander", "jan@example.org"), person("U2", "Jan Sander", "j.sander@example.org")]
    bring_slack(slack(tmp_path, [said("ich"), said("ich auch", "U2", 1)], users=twins))
    assert set(Person.objects.values_list("handle", flat=True)) == {"jan-sander", "jan-sander-2"}
    assert Act.objects.values("by").distinct().count() == 2


def test_two_accounts_with_one_address_are_one_person(tmp_path):
    accounts = [person("U1", "Jan Sander", "jan@example.org"), person("U2", "Jan (alt)", "jan@example.org", deleted=True)]
    report = bring_slack(slack(tmp_path, [said("ich"), said("früher ich", "U2", 1)], users=accounts))
    assert Act.objects.values("by").distinct().count() == 1
    assert (report["people"], report["placeholders"]) == (2, 1)


def test_somebody_whom_no_list_knows_gets_a_place_by_the_best_name_there_is(tmp_path):
    report = bring_slack(
        slack(tmp_path, [said("da", "U7", user_profile={"real_name": "Gitte Gast"}), said("hier", "U8", 1)])
    )
    assert set(Person.objects.values_list("name", flat=True)) >= {"Gitte Gast", "Somebody from Slack (U8)"}
    assert report["placeholders"] == 4


def test_guests_stay_guests(tmp_path):
    bring_slack(slack(tmp_path, [], users=[person("U1", "Gerd Gast", is_restricted=True), NIKO]))
    assert Person.objects.get(name="Gerd Gast").is_guest and not Person.objects.get(name="Niko Muster").is_guest


def test_bots_are_marked_and_counted_apart(tmp_path):
    bot = {"type": "message", "subtype": "bot_message", "bot_id": "B1", "username": "Bauampel", "text": "grün", "ts": ts(5)}
    report = bring_slack(slack(tmp_path, [said("Hallo"), bot]))
    ampel = Person.objects.get(name="Bauampel")
    assert (ampel.is_bot, ampel.is_placeholder) == (True, False)
    assert ampel not in Person.objects.human()
    assert (report["people"], report["bots"], report["posts"], report["bot_posts"]) == (2, 1, 1, 1)
    assert Act.objects.filter(by=ampel).count() == 1


# --- threads ---


def test_a_thread_is_a_post_and_what_stands_below_it(tmp_path, nour):
    report = bring_slack(
        slack(
            tmp_path,
            {
                "allgemein/2023-11-14.json": [
                    said("Wer kommt?", at=0, thread_ts=ts(0)),
                    said("Ich", "U2", 60, thread_ts=ts(0), reactions=[{"name": "tada", "users": ["U1"], "count": 1}]),
                ],
                "allgemein/2023-11-16.json": [
                    said("Alle!", "U1", 150_000, subtype="thread_broadcast", thread_ts=ts(0)),
                    said("Etwas anderes", "U1", 150_001),
                ],
            },
        )
    )
    assert (report["posts"], report["comments"], report["reactions"]) == (2, 2, 1)
    root = Act.objects.get(words="Wer kommt?")
    assert [row.html for row in talk.comments(nour, root)[0]] == ["<p>Ich</p>", "<p>Alle!</p>"]
    assert all(answer.answers_id == root.pk and answer.below is None for answer in Comment.objects.all())
    assert Reaction.objects.get().act.words == "Ich"


def test_the_first_reply_stands_in_for_a_root_that_is_missing(tmp_path, nour):
    replies = [said(f"Antwort {n}", "U2", n, thread_ts=ts(-500)) for n in (1, 2, 3)]
    report = bring_slack(slack(tmp_path, replies[:2]))
    assert (report["posts"], report["comments"]) == (1, 1)
    assert bring_slack(slack(tmp_path, replies))["comments"] == 1
    root = Act.objects.get(words="Antwort 1")
    assert [row.html for row in talk.comments(nour, root)[0]] == ["<p>Antwort 2</p>", "<p>Antwort 3</p>"]


def test_a_reply_to_a_reply_stands_below_the_same_root(tmp_path):
    bring_slack(slack(tmp_path, [said("eins"), said("zwei", at=1, thread_ts=ts(0)), said("drei", at=2, thread_ts=ts(1))]))
    root = Act.objects.get(words="eins")
    assert set(Act.objects.filter(on=root).values_list("words", flat=True)) == {"zwei", "drei"}
    bring_slack(slack(tmp_path, [said("vier", at=3, thread_ts=ts(1))]))
    assert Act.objects.get(words="vier").on == root


def test_an_edit_is_told(tmp_path):
    bring_slack(slack(tmp_path, [said("Neun Uhr", edited={"user": "U1", "ts": ts(30)})]))
    assert Act.objects.get().edited_at == datetime.fromtimestamp(DAY + 30, UTC)


# --- groups ---


def test_a_channel_is_an_open_group_with_its_people_and_since_when(tmp_path):
    about = channel("C1", "allgemein", purpose={"value": "Alles, was alle angeht"})
    bring_slack(slack(tmp_path, [said("<@U2> joined", "U2", 99, subtype="channel_join")], channels=[about]))
    group = Group.objects.get()
    assert (group.name, group.about, group.is_closed, group.archived_at) == (
        "allgemein",
        "Alles, was alle angeht",
        False,
        None,
    )
    seats = {seat.person.name: (seat.is_host, seat.since) for seat in group.memberships.select_related("person")}
    assert seats == {
        "Mira Beispiel": (True, datetime.fromtimestamp(DAY - 1000, UTC)),
        "Niko Muster": (False, datetime.fromtimestamp(DAY + 99, UTC)),
    }


def test_an_archived_channel_is_a_group_to_be_read(tmp_path):
    closed = said("archived", at=9, subtype="channel_archive", members=["U1", "U2"])
    archived = channel("C1", "allgemein", [], is_archived=True)
    bring_slack(slack(tmp_path, [said("Adieu"), closed], channels=[archived]))
    assert Group.objects.get().archived_at == datetime.fromtimestamp(DAY + 9, UTC)
    assert Membership.objects.count() == 2


# --- private stays private ---

LISTS = {
    "users": [MIRA, NIKO, person("U3", "Olga Offen", "olga@example.org")],
    "groups": [channel("G1", "vorstand", ["U1", "U3"])],
    "dms": [{"id": "D1", "created": DAY, "members": ["U1", "U2"]}],
}
TALKS = {
    "allgemein": [said("offen, siehe <#G1|vorstand>")],
    "vorstand": [said("geheim", at=1), said("sehr", "U3", 2, thread_ts=ts(1))],
    "D1": [said("unter uns", at=3), said("ja", "U2", 4, thread_ts=ts(3))],
}


def seen_by(viewer) -> set[str]:
    return set(Act.objects.visible_to(viewer).values_list("words", flat=True))


def test_private_things_stay_out_and_are_counted(tmp_path, nour):
    report = bring_slack(slack(tmp_path, TALKS, **LISTS))
    assert seen_by(nour) == {r"offen, siehe #private-group"}
    assert report["skipped"] == {"private_channel": 2, "direct_message": 2}
    assert Group.objects.count() == report["groups"] == 1


def test_private_things_that_come_in_are_read_by_their_people_alone(tmp_path, nour):
    here = {name: add_person(f"{name}@example.org", name.title()) for name in ("mira", "niko", "olga")}
    report = bring_slack(slack(tmp_path, TALKS, **LISTS), private=True, messages=True)
    assert (report["posts"], report["comments"], report["groups"]) == (3, 2, 2)
    opened = {"offen, siehe #private-group"}
    assert seen_by(nour) == opened
    assert seen_by(here["olga"]) == opened | {"geheim", "sehr"}
    assert seen_by(here["niko"]) == opened | {"unter uns", "ja"}
    assert seen_by(here["mira"]) == opened | {"geheim", "sehr", "unter uns", "ja"}
    assert Group.objects.visible_to(nour).count() == 1
    assert acts.feed(nour) == []
    assert [row.html for row in acts.feed(here["olga"]) if "geheim" in row.html] == ["<p>geheim</p>"]


def test_an_address_that_somebody_wrote_down_and_never_proved_opens_nobodys_messages(tmp_path, settings):
    settings.MAIL_URL = ""
    jo = add_person("jo@example.org", "Jo Neu")
    write_down_mailbox(jo, "Mira@example.org")
    report = bring_slack(slack(tmp_path, TALKS, **LISTS), private=True, messages=True)
    assert seen_by(jo) == {"offen, siehe #private-group"} and not Act.objects.filter(by=jo).exists()
    mira = Person.objects.get(name="Mira Beispiel")
    assert (mira.email, mira.is_placeholder) == (None, True)
    assert seen_by(mira) >= {"geheim", "unter uns"}
    assert report["placeholders"] == 3 and report["skipped"] == {"address_not_proved": 1}
    assert "not confirmed" in told(report, dry=False)


def test_an_address_that_was_proved_after_it_was_written_down_names_its_person(tmp_path, settings):
    settings.MAIL_URL = ""
    here = add_person("mira@old.example", "Mira B.")
    write_down_mailbox(here, "mira@example.org")
    move_mailbox(here, "mira@example.org")
    report = bring_slack(slack(tmp_path, TALKS, **LISTS), private=True, messages=True)
    assert seen_by(here) >= {"geheim", "unter uns"}
    assert report["placeholders"] == 2 and not report["skipped"]


def test_what_stayed_out_can_come_in_later(tmp_path):
    export = slack(tmp_path, TALKS, **LISTS)
    bring_slack(export)
    report = bring_slack(export, private=True)
    assert (report["posts"], report["comments"], report["groups"]) == (1, 1, 1)


def test_a_channel_that_became_private_brings_nothing_more_into_its_open_group(tmp_path):
    bring_slack(slack(tmp_path, [said("offen")]))
    later = slack(
        tmp_path, [said("offen"), said("nun geheim", at=1)], "b.zip", channels=[], groups=[channel("C1", "allgemein")]
    )
    report = bring_slack(later, private=True)
    assert words() == ["offen"]
    assert report["skipped"]["private_by_now"] == 2


# --- once ---


def test_the_same_archive_again_adds_nothing(tmp_path):
    reacted = [{"name": "clap", "users": ["U1", "U2"], "count": 2}]
    bot = {"type": "message", "subtype": "bot_message", "bot_id": "B1", "username": "Ampel", "text": "grün", "ts": ts(5)}
    path = slack(
        tmp_path,
        [
            said("Wer?", thread_ts=ts(0), reactions=reacted),
            said("<@U1> Ich", "U2", 1, thread_ts=ts(0), files=[{"id": "F1", "name": "a.pdf"}]),
            said("joined", "U2", 2, subtype="channel_join"),
            bot,
        ],
    )
    first = bring_slack(path)
    rows = [
        list(table.objects.order_by("pk").values()) for table in (Act, Reaction, Person, Group, Membership, Mention, Source)
    ]
    second = bring_slack(path)
    assert {name: count for name, count in without_times(second).items() if count and name != "skipped"} == {}
    came = sum(
        first[name] for name in ("people", "bots", "groups", "posts", "comments", "bot_posts", "reactions", "files", "joins")
    )
    assert second["skipped"] == {"already_here": came}
    assert rows == [
        list(table.objects.order_by("pk").values()) for table in (Act, Reaction, Person, Group, Membership, Mention, Source)
    ]


def test_overlapping_exports_meet(tmp_path):
    talk_of = [said(f"Tag {n}", at=n * 90_000) for n in range(5)]
    talk_of[2]["reactions"] = [{"name": "tada", "users": ["U1"], "count": 1}]
    bring_slack(slack(tmp_path, talk_of[:3], "a.zip"))
    talk_of[2]["reactions"] = [{"name": "tada", "users": ["U1", "U2"], "count": 2}]
    talk_of.append(said("doch noch", "U2", 500_000, thread_ts=ts(0)))
    report = bring_slack(slack(tmp_path, talk_of[2:], "b.zip"))
    assert (report["posts"], report["comments"], report["reactions"]) == (2, 1, 1)
    assert Act.objects.get(words="doch noch").on.words == "Tag 0"
    assert Person.objects.count() == 2


def test_the_same_ids_in_another_workspace_are_others(tmp_path):
    bring_slack(slack(tmp_path, [said("hier")], "a.zip"))
    others = [{**person("U1", "Ida Andere"), "team_id": "T2"}, {**person("U2", "Ole Andere"), "team_id": "T2"}]
    report = bring_slack(slack(tmp_path, [said("dort")], "b.zip", users=others))
    assert (report["posts"], report["people"]) == (1, 2)


def test_what_was_taken_back_here_is_not_brought_again(tmp_path, nour):
    mira, niko = add_person("mira@example.org", "Mira"), add_person("niko@example.org", "Niko")
    path = slack(tmp_path, [said("peinlich", reactions=[{"name": "tada", "users": ["U1"], "count": 1}])])
    bring_slack(path)
    act = Act.objects.get()
    take_reaction_back(mira, act, "🎉")
    withdraw(mira, act)
    leave(niko, Group.objects.get())
    later = slack(tmp_path, [said("peinlich"), said("wirklich", "U2", 5, thread_ts=ts(0))], "b.zip")
    bring_slack(path)
    bring_slack(later)
    assert Reaction.objects.count() == 0
    assert seen_by(nour) == set()
    assert Membership.objects.count() == 1
    Act.objects.all().delete()
    assert bring_slack(later)["skipped"]["already_here"] == 5
    assert not Act.objects.exists()


def test_somebody_erased_here_is_not_brought_again(tmp_path):
    bring_slack(slack(tmp_path, [said("eins")]))
    Act.objects.all().delete()
    Group.objects.update(opened_by=None)
    Person.objects.filter(email="mira@example.org").delete()
    report = bring_slack(slack(tmp_path, [said("eins"), said("zwei", at=1)], "b.zip"))
    assert not Act.objects.exists()
    assert report["skipped"]["erased_here"] == 1


# --- never due, nobody is told ---


def test_history_is_never_due_and_tells_nobody(tmp_path, nour):
    mira = add_person("mira@example.org", "Mira")
    bring_slack(slack(tmp_path, [said("Weiß das <@U1>?", "U2", 0, thread_ts=ts(0)), said("Ja", "U2", 1, thread_ts=ts(0))]))
    assert not Notice.objects.exists() and not ProcrastinateJob.objects.exists() and mail.outbox == []
    assert list(talk.without_answer(nour)) == [] and list(talk.waiting_for(mira)) == []
    assert Act.objects.filter(is_imported=True).count() == 2


def test_history_can_be_answered_and_then_its_author_is_told(tmp_path, nour):
    mira = add_person("mira@example.org", "Mira")
    bring_slack(slack(tmp_path, [said("Weiß das jemand?")]))
    comment(nour, Act.objects.get(), "Ja, ich")
    assert Notice.objects.get().receiver == mira


# --- words ---


def test_a_mention_is_a_link_to_the_person_and_a_channel_one_to_the_group(tmp_path):
    bring_slack(slack(tmp_path, [said("<@U2|niko>, sieh in <#C1|allgemein>, <@U99|fremd>")]))
    act, group = Act.objects.get(), Group.objects.get()
    niko = Person.objects.get(email="niko@example.org")
    assert f'<a href="/people/niko-muster/" rel="noopener noreferrer nofollow">@{niko.name}</a>' in act.html
    assert f'href="/groups/{group.key}/"' in act.html
    assert act.words == f"@niko-muster, sieh in [#allgemein](/groups/{group.key}/), @fremd"
    assert [mention.person for mention in act.mentions.all()] == [niko]


HOSTILE = [
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "<script>alert(1)</script>",
    "<javascript:alert(1)|klick>",
    '<https://example.org/"onmouseover=alert(1)|x>',
    "<data:text/html;base64,PHNjcmlwdD4=|x>",
    "&lt;img src=x onerror=alert(1)&gt;",
    "```&lt;/code&gt;&lt;script&gt;```",
    "[x](javascript:alert(1)) ![x](https://example.org/p.png)",
    "=cmd|' /C calc'!A0",
]


@pytest.mark.parametrize("hostile", HOSTILE)
def test_no_word_becomes_code(tmp_path, hostile):
    bring_slack(slack(tmp_path, [said(hostile)], users=[person("U1", hostile), NIKO], channels=[channel("C1", hostile)]))
    bring_slack(
        slack(
            tmp_path,
            {"C2": [said(hostile, at=1)]},
            "b.zip",
            users=[person("U1", hostile), NIKO],
            channels=[channel("C2", hostile)],
        )
    )
    for act in Act.objects.all():
        for shown in (act.html, text.clean(act.words)):
            assert "<script" not in shown and "<img" not in shown and "javascript:" not in shown.replace("](javascript:", "")
            assert " onmouseover" not in shown and 'href="data:' not in shown
    assert Act.objects.exists()


@pytest.mark.parametrize(
    "typed",
    [
        "*fett* und _schräg_, `code` und ~weg~\n\nneuer Absatz",
        "eins * zwei * drei _ und __x__ [a](b) <https://example.org/a_b|hier>",
        "&gt; zitiert\n&gt; weiter\ndanach",
        "```\nwenn a &lt; b:\n    *los*\n```",
        "# 1. - + &gt; ~~~ ```",
        "1. eins\n2) zwei\n- drei\n+ vier\n&gt; fünf",
        "\\*nicht\\* &amp;amp; &amp;lt; 100%",
        "Grüße 🌻 שלום مرحبا :tada:",
        "    eingerückt\n\tauch",
        "===\n---\n***",
    ],
)
def test_what_is_read_and_what_is_edited_say_the_same(tmp_path, typed):
    bring_slack(slack(tmp_path, [said(typed)]))
    act = Act.objects.get()
    assert text.plain(text.clean(act.words)) == text.plain(act.html)


def test_a_hundred_kilobytes_and_nul_come_in(tmp_path):
    bring_slack(slack(tmp_path, [said("Wörter, viele Wörter.\u0000 " * 5_000)]))
    assert len(Act.objects.get().words) > 100_000


# --- nothing half-written ---


def test_a_broken_archive_changes_nothing(tmp_path):
    from potluck.exchange.tests.make import contents

    files = contents({f"allgemein/2023-11-{day}.json": [said("Hallo", at=day)] for day in range(10, 20)})
    path = zipped(tmp_path, {**files, "allgemein/2023-11-20.json": "[{"})
    with pytest.raises(BadArchive):
        bring_slack(path)
    assert not Act.objects.exists() and not Person.objects.exists() and not Group.objects.exists()
    assert not Source.objects.exists()


def test_a_rehearsal_counts_all_of_it_and_changes_nothing(tmp_path):
    path = slack(tmp_path, [said("Hallo <@U2>"), said("Welt", at=1)])
    rehearsed = bring_slack(path, dry_run=True)
    for table in (Act, Person, Group, Source, Staged, Import, Logged):
        assert not table.objects.exists()
    assert without_times(rehearsed) == without_times(bring_slack(path))


def test_nothing_of_the_way_in_is_left_behind(tmp_path):
    bring_slack(slack(tmp_path, [said("Hallo")]))
    assert not Staged.objects.exists()
    past = Import.objects.get()
    assert past.readable_at and past.report["posts"] == 1 and past.name == "export.zip"


def test_only_administrators_bring_history(tmp_path, nour):
    path = slack(tmp_path, [said("Hallo")])
    with pytest.raises(Refused):
        bring_slack(path, by=nour)
    assert not Act.objects.exists()
    keeper = add_person("ada@example.org", "Ada Admin", roles=["administrator"])
    bring_slack(path, by=keeper)
    assert Act.objects.count() == 1


def test_new_words_in_an_imported_group_stand_beside_the_old(tmp_path, nour):
    bring_slack(slack(tmp_path, [said("früher")]))
    post(nour, "heute", group=Group.objects.get())
    assert [text.plain(row.html) for row in acts.feed(nour) if row.group] == ["heute"]


def test_one_import_at_a_time(tmp_path):
    path = slack(tmp_path, [said("Hallo")])
    with psycopg.connect(cluster.url_of(connection.settings_dict["NAME"]), autocommit=True) as other:
        other.execute("select pg_advisory_lock(%s)", [IMPORTING])
        with pytest.raises(Refused):
            bring_slack(path)
        # Let go aloud: a closed connection lets go a moment later.
        other.execute("select pg_advisory_unlock(%s)", [IMPORTING])
    assert bring_slack(path)["posts"] == 1


def test_an_unfinished_import_of_another_archive_is_given_up(tmp_path):
    other = Import.objects.create(system="slack", name="anderes.zip", fingerprint="x", read_to="a")
    Staged.objects.create(of=other, what="person", object="U9", record={})
    bring_slack(slack(tmp_path, [said("Hallo")]))
    assert [past.name for past in Import.objects.all()] == ["export.zip"]
    assert not Staged.objects.exists()
