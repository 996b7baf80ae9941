"""An import is taken back as a whole: erased until somebody answered in it, hidden afterwards; gifts of the living stay."""

from __future__ import annotations

import argparse
import io

import pytest
from django.test import Client
from django.utils import translation

from potluck.acts import verbs as acts
from potluck.acts.models import Act
from potluck.core import clock
from potluck.core.rules import Refused
from potluck.core.trouble import Trouble
from potluck.exchange import jobs, report
from potluck.exchange.commands import import_
from potluck.exchange.models import Import, Listed, Source, Staged
from potluck.exchange.roster.bringing import bring_people
from potluck.exchange.tests.mails import answer as answer_by_mail
from potluck.exchange.tests.mails import mail, mbox
from potluck.exchange.tests.make import MIRA, NIKO, channel, person, said, slack, ts
from potluck.exchange.verbs import bring_mbox, bring_slack
from potluck.exchange.withdrawing import Going, ask, can_go, going, withdraw
from potluck.groups.models import Group, Membership
from potluck.groups.verbs import join
from potluck.people.models import Person
from potluck.people.verbs import claim, invite
from potluck.talk.models import Reaction
from potluck.talk.verbs import react, say_it_helped
from tests import make

pytestmark = pytest.mark.django_db

TALK = [
    said("Wo ist der Filz?", thread_ts=ts(0), reactions=[{"name": "clap", "users": ["U2"], "count": 1}]),
    said("Im Lager.", by="U2", at=10, thread_ts=ts(0)),
    said("Danke!", at=20),
]
ROWS = (Act, Person, Group, Membership, Reaction, Source, Staged, Listed)


@pytest.fixture
def keeper() -> Person:
    return make.administrator(language="en")


@pytest.fixture
def bring(tmp_path, keeper):
    def bring(messages=TALK, name="export.zip", private=False, **lists) -> Import:
        bring_slack(slack(tmp_path, messages, name, **lists), by=keeper, private=private)
        return Import.objects.latest("pk")

    return bring


def take_back(past: Import, keeper: Person | None = None) -> None:
    ask(keeper, past)
    withdraw(past)


def counted() -> list[int]:
    return [model.objects.count() for model in ROWS]


def seen_by(viewer: Person) -> set[str]:
    return {act.words for act in Act.objects.visible_to(viewer)}


def test_what_nobody_answered_is_erased_as_if_it_had_never_come(bring, keeper):
    before = counted()
    past = bring()
    assert counted() != before
    gone = going(past)
    assert (gone.is_answered, gone.posts, gone.comments, gone.groups, gone.places) == (False, 2, 1, 1, 2)
    take_back(past, keeper)
    assert counted() == before
    past.refresh_from_db()
    assert past.withdrawn_at and not past.is_hidden and past.withdrawn_by == keeper


def test_the_same_archive_brings_it_again(bring, keeper):
    take_back(bring())
    again = bring()
    assert (again.report["posts"], again.report["comments"], again.report["placeholders"]) == (2, 1, 2)
    assert "Im Lager." in seen_by(make.person())


def answer(here: Person) -> None:
    make.comment(here, Act.objects.get(words="Wo ist der Filz?"), "Hier ist er ja.")


def reaction(here: Person) -> None:
    react(here, Act.objects.get(words="Danke!"), "glad")


def post(here: Person) -> None:
    group = Group.objects.get()
    join(here, group)
    make.post(here, "Hier ist er ja.", group=group)


def thanks(here: Person) -> None:
    niko, said_then = Person.objects.get(email="niko@example.org"), Act.objects.get(words="Im Lager.")
    make.thank(here, niko, words="Hier ist er ja.", because_of=said_then)


def helped(here: Person) -> None:
    asker, said = Person.objects.get(email="mira@example.org"), Act.objects.get(words="Im Lager.")
    Act.objects.filter(pk=said.on_id).update(kind="asked")
    _invitation, path = invite(here, None, "", person=asker, mail=False)
    say_it_helped(claim(path.split("/")[2], name="Mira", password="ein langes Wort"), Act.objects.get(pk=said.pk))


ANSWERS = (answer, reaction, post, thanks, helped)


@pytest.mark.parametrize("given", ANSWERS)
def test_what_somebody_answered_is_hidden_and_nothing_of_theirs_is_erased(bring, keeper, given):
    past, here = bring(), make.person()
    given(here)
    theirs = list(Act.objects.filter(by=here).values_list("pk", flat=True)), Reaction.objects.filter(by=here).count()
    before = counted()
    assert going(past).is_answered
    take_back(past, keeper)
    assert not {"Wo ist der Filz?", "Im Lager.", "Danke!"} & seen_by(here)
    assert counted() == before, "nothing is erased"
    assert (list(Act.objects.filter(by=here).values_list("pk", flat=True)), Reaction.objects.filter(by=here).count()) == theirs
    if given in (post, thanks):
        assert "Hier ist er ja." in seen_by(here)
    with clock.at(clock.now() + acts.UNDO_LIVES * 2):
        acts.erase_withdrawn()
    assert counted() == before, "not even after thirty days"


def test_the_same_archive_shows_what_was_hidden_again(bring, keeper):
    here = make.person()
    past = bring()
    answer(here)
    before = counted()
    take_back(past)
    again = bring()
    assert {"Wo ist der Filz?", "Im Lager.", "Danke!", "Hier ist er ja."} <= seen_by(here)
    assert again.report["shown_again"] == 3 and again.report["posts"] == 0 and counted() == before
    assert Person.objects.visible_to(here).filter(email="mira@example.org").exists()
    assert not can_go(again), "and it can be taken back again"
    take_back(again)
    assert seen_by(here) == set()


def test_what_is_not_in_the_later_archive_stays_hidden(bring, keeper):
    secret = {"allgemein": TALK, "leitung": [said("Nur unter uns.", by="U1", at=50)]}
    past = bring(secret, groups=[channel("G1", "leitung")], private=True)
    answer(make.person())
    take_back(past)
    bring(TALK, "ohne.zip")
    assert Act.objects.get(words="Nur unter uns.").is_hidden and not Act.objects.get(words="Danke!").is_hidden


def test_what_its_author_took_back_before_is_not_brought_again(bring, keeper):
    past = bring()
    gone = Act.objects.get(words="Danke!")
    acts.withdraw(gone.by, gone)
    take_back(past)
    again = bring()
    assert again.report["posts"] == 1 and not Act.objects.filter(words="Danke!").exists()


def test_a_hidden_word_is_not_put_back_by_its_giver(bring, keeper):
    past = bring()
    answer(make.person())
    take_back(past)
    act = Act.objects.get(words="Danke!")
    with pytest.raises(Refused):
        acts.put_back(act.by, act)
    from potluck.acts.queries import withdrawn

    assert withdrawn(act.by) == []


def test_places_that_something_belongs_to_stay(bring, keeper):
    users = [MIRA, NIKO, person("U3", "Olga Tal", "olga@example.org"), person("U4", "Uwe Öz", "uwe@example.org"),
             person("U5", "Ida Leer", "ida@example.org")]  # fmt: skip
    past = bring(users=users)
    names = ("mira", "niko", "olga", "uwe", "ida")
    mira, niko, olga, uwe, ida = (Person.objects.get(email=f"{name}@example.org") for name in names)
    _invitation, path = invite(keeper, None, "", person=mira, mail=False)
    claim(path.split("/")[2], name="Mira", password="ein langes Wort")
    make.thank(keeper, niko, words="Einfach so.")  # a gift that is not about anything imported
    invite(keeper, None, "", person=olga, mail=False)
    make.group(keeper, uwe, name="Andere")
    take_back(past)
    assert not Act.objects.filter(is_imported=True).exists()
    assert set(Person.objects.filter(pk__in=[one.pk for one in (mira, niko, olga, uwe, ida)])) == {mira, niko, olga, uwe}
    assert Act.objects.filter(by=keeper, words="Einfach so.").exists()


def test_who_was_here_before_the_import_stays(bring, keeper):
    mira = make.person(email="mira@example.org")
    past = bring()
    take_back(past)
    assert Person.objects.filter(pk=mira.pk, is_active=True).exists() and not Act.objects.exists()


def test_only_the_latest_import_of_a_source_can_go(bring, keeper):
    first = bring()
    second = bring([*TALK, said("Noch etwas.", at=99)], "mehr.zip")
    nothing_new = bring([*TALK, said("Noch etwas.", at=99)], "mehr.zip")
    with pytest.raises(Refused, match="later import"):
        ask(keeper, first)
    take_back(nothing_new)
    take_back(second)
    assert {"Wo ist der Filz?", "Im Lager.", "Danke!"} <= seen_by(keeper) and "Noch etwas." not in seen_by(keeper)
    assert Person.objects.filter(email="mira@example.org").exists()
    take_back(Import.objects.get(pk=first.pk))
    assert not Act.objects.exists() and not Person.objects.filter(email="mira@example.org").exists()


def test_reactions_that_a_later_import_brought_go_with_it(bring, keeper):
    bring()
    more = [{**TALK[0], "reactions": [{"name": "clap", "users": ["U1", "U2"], "count": 2}]}, *TALK[1:]]
    second = bring(more, "mehr.zip")
    assert Reaction.objects.count() == 2
    take_back(second)
    assert [one.by.email for one in Reaction.objects.all()] == ["niko@example.org"]


def test_twice_is_refused_and_an_unfinished_one_too(bring, keeper):
    past = bring()
    take_back(past)
    with pytest.raises(Refused, match="already"):
        ask(keeper, past)
    unfinished = Import.objects.create(system="slack", workspace="W", name="halb.zip", fingerprint="x")
    with pytest.raises(Refused, match="not finished"):
        ask(keeper, unfinished)


def test_nobody_else_takes_an_import_back(bring, keeper):
    past = bring()
    for one in (make.person(), make.manager(), make.council(), make.guest()):
        client = Client()
        client.force_login(one)
        assert client.get(f"/house/imports/{past.key}/withdrawal/").status_code == 403
        assert client.post(f"/house/imports/{past.key}/withdrawal/").status_code == 403
        with pytest.raises(Refused):
            ask(one, past)
    past.refresh_from_db()
    assert past.withdrawal_at is None


def test_one_question_says_what_goes_and_the_worker_does_it(bring, keeper):
    past = bring()
    client = Client(headers={"accept-language": "en"})
    client.force_login(keeper)
    address = f"/house/imports/{past.key}/withdrawal/"
    assert address in client.get("/house/imports/").content.decode()
    page = client.get(address).content.decode()
    assert "<b>2</b> <span>Posts</span>" in page and "Erase all of it" in page and "Hide all of it" not in page
    assert client.post(address).status_code == 303 and Act.objects.exists()
    assert "It is being taken back" in client.get("/house/imports/").content.decode()
    jobs.take_back()
    assert not Act.objects.exists()
    assert "Taken back: erased." in client.get("/house/imports/").content.decode()
    assert client.get("/house/imports/nothing-there/withdrawal/").status_code == 404


def test_the_page_says_when_it_will_be_hidden(bring, keeper):
    past = bring()
    answer(make.person())
    client = Client(headers={"accept-language": "en"})
    client.force_login(keeper)
    assert "Hide all of it" in client.get(f"/house/imports/{past.key}/withdrawal/").content.decode()


LETTERS = (mail("Wer hat Lampen?"), answer_by_mail("1", "Ich nicht."))


def test_a_mailing_list_goes_and_the_group_that_took_it_in_stays(tmp_path, keeper):
    host = make.person()
    group = make.group(host, name="Funk")
    make.post(host, "Hier wird gefunkt.", group=group)
    before = counted()
    bring_mbox(mbox(tmp_path, *LETTERS), by=keeper, group="Funk")
    past = Import.objects.get()
    assert not going(past).is_answered and going(past).groups == 0 and Act.objects.filter(group=group).count() == 3
    take_back(past, keeper)
    # That the list belongs into this group is still known, and nothing else.
    assert counted() == [count + (model is Source) for model, count in zip(ROWS, before, strict=True)]
    assert Group.objects.filter(pk=group.pk, is_listed=True).exists() and "Hier wird gefunkt." in seen_by(keeper)
    bring_mbox(mbox(tmp_path, *LETTERS), by=keeper, group="Funk")
    assert Act.objects.filter(group=group).count() == 3


def test_a_mailing_list_that_was_hidden_is_shown_again(tmp_path, keeper):
    bring_mbox(mbox(tmp_path, *LETTERS), by=keeper)
    make.comment(keeper, Act.objects.get(words="Wer hat Lampen?"), "Ich!")
    take_back(Import.objects.get(), keeper)
    assert seen_by(keeper) == set() and not Group.objects.visible_to(keeper).exists()
    report = bring_mbox(mbox(tmp_path, *LETTERS), by=keeper)
    assert report["shown_again"] == 2 and seen_by(keeper) == {"Wer hat Lampen?", "Ich nicht.", "Ich!"}
    assert Group.objects.visible_to(keeper).count() == 1


def test_a_people_list_goes_with_the_places_nobody_claimed(tmp_path, keeper):
    path = tmp_path / "liste.csv"
    path.write_text("Name;E-Mail\nMira;mira@example.org\nNiko;niko@example.org\n")
    bring_people(path, by=keeper)
    niko = Person.objects.get(email="niko@example.org")
    invite(keeper, None, "", person=niko, mail=False)
    take_back(Import.objects.get())
    assert not Person.objects.filter(email="mira@example.org").exists() and Person.objects.filter(pk=niko.pk).exists()
    bring_people(path, by=keeper)
    assert Person.objects.filter(email="mira@example.org", is_placeholder=True).exists()


def run(monkeypatch, *words: str) -> str:
    monkeypatch.setenv("LC_ALL", "en_GB.UTF-8")
    parser = argparse.ArgumentParser()
    import_.arguments(parser)
    out = io.StringIO()
    monkeypatch.setattr("sys.stdout", out)
    assert import_.run(parser.parse_args(["withdraw", *words])) == 0
    return out.getvalue()


@pytest.mark.parametrize(
    ("language", "one", "two"),
    [
        ("en", ["Group", "Post", "Answer", "Place nobody claimed"], ["Groups", "Posts", "Answers", "Places nobody claimed"]),
        (
            "de-sie",
            ["Gruppe", "Beitrag", "Antwort", "Platz, den niemand eingenommen hat"],
            ["Gruppen", "Beiträge", "Antworten", "Plätze, die niemand eingenommen hat"],
        ),
    ],
)
def test_one_thing_is_counted_in_the_singular(language, one, two):
    names = ("groups", "posts", "comments", "places")
    with translation.override(language):
        for count, words in ((1, one), (2, two)):
            goes = Going(is_answered=False, is_people_list=False, **dict.fromkeys(names, count))
            assert dict(report.gone(goes)) == dict.fromkeys(words, str(count))
            assert [said for said, _number in report.numbers(dict.fromkeys(names, count))] == words[:3]
        assert all(words(1) != words(2) for words in (report.CAME | report.GOES).values())


def test_the_command_lists_says_and_does(bring, monkeypatch):
    past = bring()
    assert past.key in run(monkeypatch)
    told = run(monkeypatch, past.key)
    assert "2  Posts" in told and "--yes" in told and Act.objects.exists()
    assert "Taken back." in run(monkeypatch, past.key, "--yes") and not Act.objects.exists()
    with pytest.raises(Trouble, match="already"):
        run(monkeypatch, past.key, "--yes")
    with pytest.raises(Trouble, match="no import called"):
        run(monkeypatch, "nothing")
