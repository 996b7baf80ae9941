"""The archive of a mailing list becomes part of a house: who answers whom, for whom, and only once."""

from __future__ import annotations

import random
import re
from datetime import UTC, datetime

import pytest
from django.core import mail as mailbox
from django.test import Client

from potluck.acts.models import Act
from potluck.acts.verbs import withdraw
from potluck.core import text
from potluck.exchange import withdrawing
from potluck.exchange.finishing import finish
from potluck.exchange.models import Import, Source, Staged
from potluck.exchange.placing import in_order, place
from potluck.exchange.source import BadArchive, Limits, What
from potluck.exchange.tests.mails import MIRA, NIKO, answer, mail, mbox
from potluck.exchange.verbs import bring_mbox, silent
from potluck.groups.models import Group, Membership
from potluck.groups.verbs import open_group
from potluck.notices.models import Notice
from potluck.people.models import Person
from potluck.people.verbs import add_person, the_house
from potluck.talk.models import Comment
from potluck.talk.verbs import comment
from tests import make

pytestmark = pytest.mark.django_db

OLGA = "Olga Offen <olga@example.org>"


def came(report: dict) -> dict:
    return {name: count for name, count in report.items() if count and not name.startswith("seconds")}


def standing() -> list[tuple]:
    """All that was written, where it stands, and how it looks."""
    rows = Act.objects.order_by("pk")
    return list(rows.values_list("pk", "words", "kind", "on", "in_feed", "title", "group", "comment__answers", "comment__below"))


def browser(viewer: Person) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(viewer)
    return client


def tree() -> dict[str, tuple[str | None, str | None, str | None]]:
    """{words: (root, answers, below)} of every comment, by their words."""
    rows = Comment.objects.select_related("act__on", "answers", "below")
    return {
        one.act.words: (
            one.act.on and one.act.on.words,
            one.answers and one.answers.words,
            one.below and one.below.words,
        )
        for one in rows
    }


# --- who answers whom ---


def test_replies_keep_whom_they_answer_and_stand_one_level_deep(tmp_path):
    report = bring_mbox(
        mbox(
            tmp_path,
            mail("Wer hat Lampen?"),
            answer("1", "Ich", id="2", at=60),
            answer("2", "Welche?", MIRA, id="3", at=120),
            answer("3", "Rote", id="4", at=180),
            answer("1", "Ich auch", OLGA, id="5", at=240),
        )
    )
    assert tree() == {
        "Ich": ("Wer hat Lampen?", "Wer hat Lampen?", None),
        "Welche?": ("Wer hat Lampen?", "Ich", "Ich"),
        "Rote": ("Wer hat Lampen?", "Welche?", "Ich"),
        "Ich auch": ("Wer hat Lampen?", "Wer hat Lampen?", None),
    }
    assert (report["people"], report["posts"], report["comments"], report["skipped"]) == (3, 1, 4, {})


def test_a_reply_that_is_dated_before_what_it_answers_stands_below_it(tmp_path):
    bring_mbox(mbox(tmp_path, answer("1", "früher", at=0), mail("später", at=3600), answer("2", "noch", MIRA, id="3", at=60)))
    assert tree() == {"früher": ("später", "später", None), "noch": ("später", "früher", "früher")}


def test_what_answers_something_missing_answers_what_went_before_else_opens_a_talk(tmp_path):
    report = bring_mbox(
        mbox(
            tmp_path,
            mail("Anfang"),
            answer("weg", "Ja", id="2", References="<1@example.org> <weg@example.org>"),
            answer("weg", "Nein", id="3", at=90),
            answer("weg", "Doch", id="4", at=99),
        )
    )
    assert tree() == {"Ja": ("Anfang", "Anfang", None)}
    assert (report["posts"], report["comments"]) == (3, 1), "two who answer the same missing mail do not answer each other"


def test_replies_in_a_circle_are_cut_where_the_oldest_begins(tmp_path):
    report = bring_mbox(
        mbox(
            tmp_path,
            answer("3", "eins", id="1", at=0),
            answer("1", "zwei", id="2", at=60),
            answer("2", "drei", id="3", at=120),
            answer("3", "vier", id="4", at=180),
        )
    )
    assert tree() == {
        "zwei": ("eins", "eins", None),
        "drei": ("eins", "zwei", "zwei"),
        "vier": ("eins", "drei", "zwei"),
    }
    assert (report["posts"], report["comments"]) == (1, 3)


def test_any_tangle_of_replies_comes_in_whole_and_ends_at_a_root(tmp_path):
    for seed in range(12):
        dice = random.Random(seed)
        mails = [
            answer(str(dice.randrange(60)), f"{seed}/{n}", dice.choice([MIRA, NIKO, OLGA]), id=str(n), at=dice.randrange(40),
                   Message_ID=f"<{n}@example.org>", In_Reply_To=f"<{dice.randrange(60)}@example.org>",
                   References=" ".join(f"<{dice.randrange(70)}@example.org>" for _ in range(2)))
            for n in range(50)
        ]  # fmt: skip
        Source.objects.all().delete()
        before = Act.objects.count()
        parts = (mails,) if seed % 2 else (mails[:15], mails[15:35], mails[35:])
        reports = [bring_mbox(mbox(tmp_path, *part)) for part in parts]
        assert sum(report["posts"] + report["comments"] for report in reports) == 50 == Act.objects.count() - before
    for one in Comment.objects.select_related("act__on", "answers", "below"):
        assert one.act.on.in_feed and one.answers is not None
        if one.below is None:
            assert one.answers == one.act.on
        else:
            assert one.below.on == one.answers.on == one.act.on and one.below.comment.below is None


def test_a_talk_is_read_in_the_order_of_time_with_its_subject(tmp_path):
    mails = [mail("Wer hat Lampen?"), *[answer("1", f"Nummer {n}", id=str(n), at=60 * n) for n in (5, 3, 4)]]
    bring_mbox(mbox(tmp_path, *mails))
    root = Act.objects.get(on=None)
    assert (root.title, root.is_imported, root.at) == ("Lampen", True, datetime(2023, 11, 14, 12, tzinfo=UTC))
    assert list(Act.objects.exclude(on=None).order_by("pk").values_list("words", flat=True)) == [
        "Nummer 3",
        "Nummer 4",
        "Nummer 5",
    ]
    assert not Act.objects.exclude(title="Lampen").exclude(title="").exists()


def test_the_page_of_a_talk_shows_all_of_it(tmp_path):
    reader = make.person()
    body = "Ich habe eine.\n\n> Wer hat Lampen?\n> Und wo?\n-- \nNiko"
    bring_mbox(mbox(tmp_path, mail("Wer hat Lampen?\nUnd wo?"), answer("1", body)))
    client = Client(headers={"accept-language": "en"})
    client.force_login(reader)
    page = client.get(f"/acts/{Act.objects.get(on=None).key}/").content.decode()
    assert "Wer hat Lampen?" in page and "Ich habe eine." in page and "Niko Muster" in page
    assert page.count("<details><summary>Quoted words</summary>") == 1 and "<summary>Signature</summary>" in page


# --- what comes before what it answers ---


@pytest.mark.parametrize("seed", range(8))
def test_within_one_archive_the_order_does_not_matter(tmp_path, seed):
    dice = random.Random(seed)
    mails = [
        answer(str(n), f"Nummer {n}", dice.choice([MIRA, NIKO, OLGA]), id=str(n), at=n, Subject=f"Betreff {n}",
               In_Reply_To=f"<{n - dice.randint(1, 9)}@example.org>",
               References=" ".join(f"<{n - dice.randint(2, 20)}@example.org>" for _ in range(dice.randint(0, 3))))
        for n in range(60)
    ]  # fmt: skip
    bring_mbox(mbox(tmp_path, *mails))
    whole, headings = tree(), dict(Act.objects.values_list("words", "title"))
    assert len(whole) > 30 and all(headings[words] == "" for words in whole)
    assert all(title == words.replace("Nummer", "Betreff") for words, title in headings.items() if words not in whole)
    Act.objects.all().delete()
    Source.objects.all().delete()
    dice.shuffle(mails)
    path = mbox(tmp_path, *mails, name="gemischt.mbox")
    bring_mbox(path)
    assert (tree(), dict(Act.objects.values_list("words", "title"))) == (whole, headings)
    before = standing()
    assert list(came(bring_mbox(path))) == ["skipped"] and standing() == before


LATE = [
    answer("1", "Ich", id="2", Subject="Kabel (war: Lampen)"),
    answer("2", "Welche?", MIRA, id="3", at=90),
    answer("1", "Nein", OLGA, id="4", at=120, Subject="Re: Tische"),
]


def test_what_stands_is_never_moved_by_a_later_import(tmp_path):
    """Each stands with its heading, whatever comes, and when it goes again."""
    bring_mbox(mbox(tmp_path, *LATE, name="februar.mbox"), group="Funk")
    before = standing()
    assert [(words, title) for _pk, words, _kind, _on, _feed, title, *_more in before] == [
        ("Ich", "Kabel (war: Lampen)"), ("Welche?", ""), ("Nein", "Tische")
    ]  # fmt: skip
    report = bring_mbox(mbox(tmp_path, mail("Wer hat Lampen?"), answer("1", "Hier", id="5"), name="januar.mbox"), group="Funk")
    assert (report["posts"], report["comments"]) == (1, 1)
    assert standing()[:3] == before and tree()["Hier"] == ("Wer hat Lampen?", "Wer hat Lampen?", None)
    # What comes later still hangs on what stands, wherever that is.
    bring_mbox(mbox(tmp_path, answer("3", "Die rote", id="6"), name="maerz.mbox"), group="Funk")
    assert standing()[:3] == before and tree()["Die rote"] == ("Ich", "Welche?", "Welche?")
    for _again in range(2):
        withdrawing.withdraw(Import.objects.filter(withdrawn_at=None).order_by("pk").last())
    assert standing() == before


def test_what_was_answered_here_stays_when_a_later_import_goes(tmp_path):
    member = make.person()
    bring_mbox(mbox(tmp_path, *LATE, name="februar.mbox"), group="Funk")
    bring_mbox(mbox(tmp_path, mail("Wer hat Lampen?"), name="januar.mbox"), group="Funk")
    comment(member, Act.objects.get(words="Ich"), "Danke dir")
    withdrawing.withdraw(Import.objects.order_by("pk").last())
    assert not Import.objects.order_by("pk").last().is_hidden, "nobody had answered in that one"
    assert set(Act.objects.visible_to(member).values_list("words", flat=True)) == {"Ich", "Welche?", "Nein", "Danke dir"}


def test_a_form_that_was_open_while_what_it_answers_came_is_taken(tmp_path):
    member = make.person()
    bring_mbox(mbox(tmp_path, *LATE, name="februar.mbox"), group="Funk")
    root, above = Act.objects.get(words="Ich"), Act.objects.get(words="Welche?")
    page = browser(member).get(f"/acts/{root.key}/").content.decode()
    promised = re.search(r'name="promised" value="([^"]*)"', page)
    bring_mbox(mbox(tmp_path, mail("Wer hat Lampen?"), name="januar.mbox"), group="Funk")
    said = {"to": above.key, "words": "meine lange Antwort", "promised": promised[1] if promised else ""}
    assert browser(member).post(f"/acts/{root.key}/comments/", said).status_code == 303
    assert "meine lange Antwort" in browser(member).get(f"/acts/{root.key}/").content.decode()
    assert tree()["meine lange Antwort"] == ("Ich", "Welche?", "Welche?")


def test_what_was_taken_back_stays_so_when_what_it_answers_comes(tmp_path):
    niko = add_person("niko@example.org", "Niko")
    bring_mbox(mbox(tmp_path, answer("1", "Ich", id="2")), group="Funk")
    withdraw(niko, Act.objects.get())
    bring_mbox(mbox(tmp_path, mail("Wer hat Lampen?"), name="b.mbox"), group="Funk")
    assert tree() == {} and not Act.objects.visible_to(make.person()).filter(words="Ich").exists()


# --- only once ---


def test_a_second_import_adds_nothing(tmp_path):
    path = mbox(tmp_path, mail(), answer("1"), mail("x", OLGA, "3", List_Id=None))
    bring_mbox(path)
    tables = (Act, Comment, Person, Group, Membership, Source)
    before = [table.objects.count() for table in tables]
    for again in (path, mbox(tmp_path, mail(), answer("1"), mail("x", OLGA, "3"), name="anders.mbox.gz")):
        report = bring_mbox(again)
        assert list(came(report)) == ["skipped"] and report["skipped"]["already_here"] >= 6
    assert list(came(bring_mbox(path, group="Funk"))) == ["skipped"], "and no empty group"
    assert [table.objects.count() for table in tables] == before


def test_archives_that_overlap_meet(tmp_path):
    first, second, third, fourth = (
        mail("eins"),
        answer("1", "zwei"),
        answer("2", "drei", id="3", at=90),
        answer("1", "vier", id="4"),
    )
    bring_mbox(mbox(tmp_path, first, second, name="a.mbox"), group="Funk")
    report = bring_mbox(mbox(tmp_path, second, third, fourth, name="b.mbox"), group="Funk")
    assert (report["posts"], report["comments"], report["groups"], report["people"]) == (0, 2, 0, 0)
    assert tree() == {"zwei": ("eins", "eins", None), "drei": ("eins", "zwei", "zwei"), "vier": ("eins", "eins", None)}
    assert Group.objects.count() == 1


def test_what_stands_twice_in_an_archive_comes_in_once(tmp_path):
    report = bring_mbox(mbox(tmp_path, mail("eins"), mail("eins"), answer("1")))
    assert (report["posts"], report["comments"], report["skipped"]) == (1, 1, {"twice_in_the_archive": 1})


def test_what_was_taken_back_here_is_not_brought_again_and_its_answers_stand_alone(tmp_path):
    bring_mbox(mbox(tmp_path, mail("eins")))
    Act.objects.get().delete()
    report = bring_mbox(mbox(tmp_path, mail("eins"), answer("1", "zwei"), name="b.mbox"))
    assert list(Act.objects.values_list("words", "on")) == [("zwei", None)]
    assert report["skipped"]["already_here"] >= 1


def test_what_hangs_below_something_taken_back_is_hidden_with_it(tmp_path):
    mira = add_person("mira@example.org", "Mira")
    bring_mbox(mbox(tmp_path, mail("eins")), group="Funk")
    withdraw(mira, Act.objects.get())
    bring_mbox(mbox(tmp_path, mail("eins"), answer("1", "zwei"), name="b.mbox"), group="Funk")
    assert Act.objects.get(words="zwei").root_withdrawn
    assert not Act.objects.visible_to(make.person()).exists()


def test_a_dish_drawn_before_is_drawn_anew_when_history_hangs_on_it(tmp_path):
    bring_mbox(mbox(tmp_path, mail("eins"), mail("allein", id="9")), group="Funk")
    before = dict(Act.objects.values_list("words", "stirred"))
    bring_mbox(mbox(tmp_path, answer("1", "zwei"), name="b.mbox"), group="Funk")
    after = dict(Act.objects.filter(on=None).values_list("words", "stirred"))
    assert after == {"eins": before["eins"] + 1, "allein": before["allein"]}


# --- people and groups ---


def test_who_is_here_with_the_same_address_is_the_same_person(tmp_path):
    mira = add_person("mira@example.org", "Mira B.")
    report = bring_mbox(mbox(tmp_path, mail(by="Mira Beispiel <MIRA@example.org>"), answer("1")))
    assert Act.objects.get(on=None).by == mira and (report["people"], report["placeholders"]) == (2, 1)


def test_two_addresses_stay_two_people_and_one_name_does_not_join_them(tmp_path):
    bring_mbox(mbox(tmp_path, mail(by="Jan Sander <jan@home.example>"), mail(by="Jan Sander <jan@work.example>", id="2")))
    assert set(Person.objects.values_list("handle", flat=True)) == {"jan-sander", "jan-sander-2"}


def test_machines_are_marked_and_counted_apart(tmp_path):
    report = bring_mbox(mbox(tmp_path, mail(by="Build <noreply@example.org>"), answer("1")))
    assert (report["people"], report["bots"], report["posts"], report["bot_posts"]) == (1, 1, 0, 1)
    assert not Membership.objects.filter(person__is_bot=True).exists()


def test_whoever_wrote_sits_in_the_group_and_nobody_looks_after_it(tmp_path):
    bring_mbox(mbox(tmp_path, mail(List_Id="Radio talk <talk.lists.example.org>"), answer("1")))
    group = Group.objects.get()
    assert (group.name, group.is_closed, Membership.objects.filter(group=group).count()) == ("Radio talk", False, 2)
    assert not Membership.objects.filter(is_host=True).exists() and not Membership.objects.exclude(since=None).exists()


def test_a_group_of_the_house_takes_it_in_by_its_name_but_never_a_closed_one(tmp_path):
    host = make.person()
    funk = open_group(host, "Funk", about="", closed=False)
    secret = open_group(host, "Geheim", about="", closed=True)
    bring_mbox(mbox(tmp_path, mail("eins")), group="funk")
    bring_mbox(mbox(tmp_path, mail("zwei", id="2"), name="b.mbox"), group="Geheim")
    assert Act.objects.get(words="eins").group == funk
    other = Act.objects.get(words="zwei").group
    assert other != secret and not other.is_closed and Membership.objects.filter(group=secret).count() == 1


def test_a_private_list_stays_private(tmp_path):
    reader = make.person()
    bring_mbox(mbox(tmp_path, mail("geheim"), answer("1", "auch")), private=True)
    assert Group.objects.get().is_closed
    assert not Act.objects.visible_to(reader).exists()
    assert Act.objects.visible_to(Person.objects.get(name="Niko Muster")).count() == 2


def test_who_answers_in_private_what_was_said_openly_stays_in_private(tmp_path):
    reader = make.person()
    bring_mbox(mbox(tmp_path, mail("offen"), answer("1", "auch offen"), name="offen.mbox"))
    mails = answer("1", "geheim", id="3"), answer("3", "auch geheim", id="4"), answer("2", "und das", id="5")
    bring_mbox(mbox(tmp_path, *mails, name="geheim.mbox"), private=True)
    assert set(Act.objects.visible_to(reader).values_list("words", flat=True)) == {"offen", "auch offen"}
    assert tree() == {"auch offen": ("offen", "offen", None), "auch geheim": ("geheim", "geheim", None)}
    niko = Person.objects.get(name="Niko Muster")
    assert Act.objects.visible_to(niko).filter(group__is_closed=True).count() == 3

    # In the same group it hangs on what it answers.
    bring_mbox(mbox(tmp_path, answer("2", "offen wie eh", id="6"), name="offen.mbox"))
    assert tree()["offen wie eh"] == ("offen", "auch offen", "auch offen")


def test_what_is_private_hangs_on_nothing_open_that_comes_later(tmp_path):
    reader = make.person()
    bring_mbox(mbox(tmp_path, answer("1", "geheim", id="2")), group="Geheim", private=True)
    bring_mbox(mbox(tmp_path, mail("offen"), name="b.mbox"), group="Funk")
    assert tree() == {} and not Act.objects.visible_to(reader).filter(words="geheim").exists()


def test_an_answer_hangs_only_on_what_stands_in_its_own_group(tmp_path):
    """So nobody who reads only one of the two sees half a talk."""
    bring_mbox(mbox(tmp_path, mail("Wurzel"), name="b.mbox"), group="Basteln")
    mails = answer("1", "zwei", id="2", Subject="Andere"), answer("2", "drei", MIRA, id="3", at=90)
    bring_mbox(mbox(tmp_path, *mails, name="a.mbox"), group="Funk")
    assert tree() == {"drei": ("zwei", "zwei", None)} and Act.objects.get(words="zwei").title == "Andere"
    # What it names besides, and stands in its own, it hangs on.
    mails = [answer("1", "vier", id="4", References="<3@example.org> <1@example.org>", In_Reply_To=None)]
    bring_mbox(mbox(tmp_path, *mails, name="c.mbox"), group="Funk")
    assert tree()["vier"] == ("zwei", "drei", "drei")
    for one in Comment.objects.select_related("act__on"):
        assert one.act.group_id == one.act.on.group_id


def test_nothing_hangs_across_groups_within_one_import_either(tmp_path):
    """No archive of mails has two groups today; if one does, each keeps its own."""
    who, past = make.person(), Import.objects.create(system="mbox", fingerprint="x")
    for id_, space, above in (("2", "b", ["1"]), ("3", "a", ["2", "1"]), ("1", "a", []), ("4", "b", ["3", "2"])):
        at = datetime(2023, 11, 14, 12, int(id_), tzinfo=UTC)
        Staged.objects.create(of=past, what=What.POST, space=space, object=id_, at=at, above=above, record={"by": "x"})
    place(past, {"a": make.group(who).pk, "b": make.group(who).pk}, {"x": who.pk})
    by_act = {row.act: row.at.minute for row in in_order()}
    assert {by_act[row.act]: by_act.get(row.answers) for row in in_order()} == {1: None, 2: None, 3: 1, 4: 2}


# --- nobody is told, and nothing breaks ---


def test_nobody_is_told_and_one_can_answer(tmp_path):
    nour = make.person()
    bring_mbox(mbox(tmp_path, mail(f"Hallo @{nour.handle}"), answer("1")))
    assert not Notice.objects.exists() and not mailbox.outbox
    assert comment(nour, Act.objects.get(on=None), "Willkommen").on.title == "Lampen"
    assert Comment.objects.filter(answers__on=None).count() == 2


def test_a_rehearsal_says_the_same_and_changes_nothing(tmp_path):
    path = mbox(tmp_path, mail(), answer("1"), name="talk.mbox.xz")
    rehearsed = bring_mbox(path, dry_run=True)
    assert not Act.objects.exists() and not Import.objects.exists() and not Staged.objects.exists()
    assert came(bring_mbox(path)) == came(rehearsed)


@pytest.mark.slow
def test_a_large_archive_is_read_in_a_process_of_its_own_with_the_same_end(tmp_path, monkeypatch):
    mails = [mail("Wer hat Lampen?"), *[answer(str(n), f"Antwort {n}", id=str(n + 1), at=n) for n in range(1, 1_200)]]
    path = mbox(tmp_path, *mails)
    monkeypatch.setattr("potluck.exchange.staging.WORTH_A_PROCESS", 0)
    steps: list[tuple[str, int, int]] = []
    report = bring_mbox(path, say=lambda *step: steps.append(step))
    assert (report["posts"], report["comments"], report["skipped"]) == (1, 1_199, {})
    assert {step for step, _done, _total in steps} == {"read", "settle", "finish"}
    for step in ("read", "settle", "finish"):
        done = [(done, total) for name, done, total in steps if name == step]
        assert done == sorted(done) and done[-1][0] == done[-1][1]
    (tmp_path / "kaputt.gz").write_bytes(mbox(tmp_path, *mails, name="x.gz").read_bytes()[:-9])
    with pytest.raises(BadArchive, match="is not complete"):
        bring_mbox(tmp_path / "kaputt.gz")
    assert Act.objects.count() == 1_200


@pytest.mark.slow
def test_a_reader_that_wants_too_much_memory_is_ended_with_a_sentence(tmp_path, monkeypatch):
    path = mbox(tmp_path, mail("x\n" * 3_000_000))
    monkeypatch.setattr("potluck.exchange.staging.WORTH_A_PROCESS", 0)
    with pytest.raises(BadArchive, match="more memory"):
        bring_mbox(path, limits=Limits(memory=8 * 1024**2))
    assert bring_mbox(path)["posts"] == 1


def test_languages_are_looked_at_when_all_of_it_can_be_read(tmp_path):
    german = "Ich habe gestern eine neue Lampe in die Werkstatt gehängt, und sie leuchtet sehr schön."
    english = "Yesterday I put a new lamp into the workshop, and everybody says that it shines nicely."
    bring_mbox(mbox(tmp_path, mail(german), mail(english, id="2"), mail("Ok", id="3")))
    assert dict(Act.objects.values_list("words", "language")) == {german: "de", english: "en", "Ok": the_house().language[:2]}
    past = Import.objects.get()
    assert not Act.objects.filter(found=None).exists(), "and found by its words"
    assert past.finished_at and not Staged.objects.exists()

    # Ended after the first: the next import does the rest.
    Act.objects.update(language="de")
    first = Act.objects.order_by("pk").first()
    Import.objects.update(finished_at=None, finished_to=first.pk)
    bring_mbox(mbox(tmp_path, mail("Neu", id="4"), name="b.mbox"))
    assert Act.objects.get(words=english).language == "en"
    assert not Import.objects.filter(finished_at=None).exists()
    finish(past, "de", silent)
    assert Act.objects.get(words=english).language == "en"


ODD_HEADERS = ["From", "Date", "Message-ID", "In-Reply-To", "References", "Subject", "Content-Type",
               "Content-Transfer-Encoding", "Reply-To", "List-Id", "Auto-Submitted"]  # fmt: skip
ODD = [
    b"", b" ", b"\x00", b"\xff\xfe", b"<", b"<>", b"@", b"<@>", b"x" * 5_000, b"multipart/mixed",
    b'multipart/mixed; boundary=""', b"text/html; charset=utf-7", b'text/plain; charset="', b"base64", b"quoted-printable",
    b"uuencode", b"=?utf-8?b?\xff?=", b"=?x?q?=FF?=", b"message/rfc822", b"Mon, 99 Foo 9999 99:99:99 +9999",
    b'"\\" <a@b.c>', b"a@b.c, d@e.f", b"<a@b.c" * 99, b"text/plain; charset=idna", b"text/plain; charset=rot13",
    b"text/plain; charset=unicode_escape", b"1 Jan 0001 00:00:00 -2359",
]  # fmt: skip


def odd_archive(seed: int, folder, many: int):
    dice = random.Random(seed)
    mails = []
    for number in range(many):
        spoiled = {name.replace("-", "_"): dice.choice(ODD) for name in dice.sample(ODD_HEADERS, dice.randint(0, 3))}
        body = dice.choice([b"Hallo", b"> a\n--\n", bytes(dice.randbytes(300)), b"<b>" * 50, b"--\n--b\n\n--b--"])
        raw = mail(body, id=str(number), **spoiled)
        if dice.random() < 0.2:
            at = dice.randrange(60, len(raw))
            raw = raw[:at] + dice.choice([b"\n", b"\0", b"\nFrom x 12:00\n", b""]) + raw[at + dice.randrange(9) :]
        mails.append(raw)
    return mbox(folder, *mails)


@pytest.mark.parametrize("seed", range(4))
def test_odd_things_in_an_archive_break_nothing(tmp_path, seed):
    odd_things_break_nothing(tmp_path, seed, 150)


@pytest.mark.nightly
@pytest.mark.parametrize("seed", range(100, 160))
def test_many_odd_things_in_an_archive_break_nothing(tmp_path, seed):
    odd_things_break_nothing(tmp_path, seed, 300)


def odd_things_break_nothing(folder, seed: int, many: int) -> None:
    path = odd_archive(seed, folder, many)
    report = bring_mbox(path)
    assert Act.objects.count() == report["posts"] + report["comments"] + report["bot_posts"] > many / 3
    for html in Act.objects.values_list("html", flat=True):
        assert html == text.scrub(html) and "\x00" not in html and "<script" not in html
    again = bring_mbox(path)
    assert again["posts"] == again["comments"] == again["people"] == again["groups"] == 0
