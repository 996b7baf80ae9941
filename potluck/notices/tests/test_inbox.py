"""One inbox: grouped by cause, newest first, each one click from its cause, only what one may still see."""

from __future__ import annotations

import json
import re
from html import unescape
from typing import Any

import psycopg
import pytest
from django.test import Client

from potluck.acts import verbs as acts
from potluck.groups import verbs as groups
from potluck.notices import live, queries, verbs
from potluck.notices.models import Notice
from potluck.people import verbs as people
from potluck.talk import verbs as talk
from potluck.thanks import verbs as thanks
from potluck.welcome import verbs as welcome
from tests import make

pytestmark = pytest.mark.django_db


def said(person: Any) -> list[list[str]]:
    return [row.said for row in queries.inbox(person)]


def inbox_of(person: Any, **ask: Any) -> str:
    client = Client()
    client.force_login(person)
    return unescape(client.get("/inbox/", ask, headers={"accept-language": "en"}).content.decode())


def test_what_happened_on_one_cause_stands_together_with_names(settings):
    asker, ilse, jonas = make.person(), make.person("Ilse Bach"), make.person("Jonas Feld")
    question = make.question(asker)
    make.comment(ilse, question)
    make.comment(jonas, question)
    talk.react(ilse, question, "helps")
    make.thank(jonas, asker)
    assert said(asker) == [
        ["Jonas Feld thanked you"],
        ["Ilse Bach reacted to your question", "Jonas Feld and Ilse Bach answered your question"],
    ]


@pytest.mark.parametrize("language", ["en", "de", "de-sie"])
def test_every_kind_that_is_told_has_its_own_sentence(language: str):
    from django.utils import translation

    me, other, manager = make.person(), make.person("Olu Ufer"), make.manager(name="Kaja Linde")
    closed = make.group(me, name="Lager", closed=True)
    post = make.post(me)
    answer = make.comment(me, make.question(other))
    make.comment(other, make.post(other, f"Frag @{me.handle}."))
    make.comment(other, post)
    talk.react(other, answer, "glad")
    talk.say_it_helped(other, answer)
    given = make.thank(me, other, offer_to_wall=True)
    thanks.agree(other, given.thanks)
    received = make.thank(other, me)
    thanks.offer(other, received.thanks)
    make.greet(other, me)
    welcome.ask_somebody(manager, make.question(other), me, "Du kennst doch die Lampe.")
    groups.ask_to_join(other, closed)
    foreign = make.group(other, name="Chor", closed=True)
    groups.answer_request(other, groups.ask_to_join(me, foreign), yes=True)
    third = make.group(other, name="Rat", closed=True)
    groups.answer_request(other, groups.ask_to_join(me, third), yes=False)
    verbs.tell_of_groups()
    adele = make.administrator(name="Adele Auf")
    people.give_role(adele, me, "works-council")
    people.take_role(adele, me, "works-council")
    people.change_address(adele, me, "me@elsewhere.example")
    verbs.tell_of_roles()
    kinds = set(Notice.objects.filter(receiver=me).values_list("kind", flat=True))
    assert kinds == {"mentioned", "answered", "reacted", "helped", "hung", "thanked", "offered", "welcomed", "asked",
                     "knocked", "seated", "declined", "role-given", "role-ended", "mailbox-changed"}
    with translation.override(language):
        sentences = [sentence for row in queries.inbox(me) for sentence in row.said]
        fallback = queries.sentences.sentence("", "", [])
    assert len(sentences) == len(set(sentences)) == len(kinds)
    assert fallback not in sentences
    assert all("%" not in sentence for sentence in sentences)
    assert sum("Olu Ufer" in sentence for sentence in sentences) == len(kinds) - 5  # Kaja, the hosts, Adele
    assert any("Lager" in sentence for sentence in sentences) and any("Rat" in sentence for sentence in sentences)


def test_opening_a_notice_leads_to_the_very_answer_and_marks_it_read(client):
    asker = make.person()
    question = make.question(asker)
    answer = make.comment(make.person(), question)
    client.force_login(asker)
    (row,) = queries.inbox(asker)
    assert row.is_new and queries.has_unread(asker)
    client.head(f"/inbox/{row.key}/")
    assert queries.has_unread(asker)
    opened = client.get(f"/inbox/{row.key}/")
    assert (opened.status_code, opened["Location"]) == (303, f"/acts/{question.key}/#act-{answer.key}")
    assert not queries.has_unread(asker)


def test_opening_the_cause_itself_marks_it_read_too(client):
    asker = make.person()
    question, other = make.question(asker), make.post(asker)
    make.comment(make.person(), question)
    make.comment(make.person(), other)
    client.force_login(asker)
    client.get(f"/acts/{question.key}/")
    assert [row.is_new for row in queries.inbox(asker)] == [True, False]


def test_all_is_read_with_one_button(client):
    asker = make.person()
    make.comment(make.person(), make.question(asker))
    assert "I have seen all of it" in inbox_of(asker)
    client.force_login(asker)
    assert client.post("/inbox/").status_code == 303
    page = inbox_of(asker)
    assert "I have seen all of it" not in page and "There is something new</span>" not in page


def test_nobody_opens_or_reads_the_notices_of_others(client):
    asker, other = make.person(), make.person()
    make.comment(make.person(), make.question(asker))
    (row,) = queries.inbox(asker)
    client.force_login(other)
    assert client.get(f"/inbox/{row.key}/").status_code == 404
    client.post("/inbox/")
    client.post("/inbox/seen/", {"cause": row.cause})
    assert queries.has_unread(asker) and said(other) == []


@pytest.mark.parametrize("gone", ["answer", "question", "group"])
def test_what_one_may_no_longer_see_is_not_in_the_inbox(gone: str):
    host, asker, helper = make.person(), make.person(), make.person()
    group = make.group(host, asker, helper, closed=True)
    question = make.question(helper, group=group)
    mine = make.comment(asker, question)
    answer = make.comment(helper, mine)
    assert len(said(asker)) == 1 and queries.has_unread(asker)
    if gone == "answer":
        acts.withdraw(helper, answer)
    elif gone == "question":
        acts.withdraw(helper, question)
    else:
        groups.take_out(host, group, asker)
    assert said(asker) == [] and not queries.has_unread(asker)
    assert "Nothing has been told yet" in inbox_of(asker)
    if gone == "answer":
        acts.put_back(helper, answer)
        assert len(said(asker)) == 1


def test_older_pages_follow_without_gap_or_double(client):
    asker, helper = make.person(), make.person()
    for _n in range(queries.PAGE * 2 + 3):
        make.comment(helper, make.question(asker))
    seen, ask = [], {}
    for _n in range(3):
        page = inbox_of(asker, **ask)
        seen += re.findall(r'id="told-(\w+)"', page)
        older = re.search(r'href="/inbox/\?before=([\d-]+)"', page)
        ask = {"before": older[1]} if older else {}
    assert not ask and len(seen) == len(set(seen)) == queries.PAGE * 2 + 3


def test_nobody_is_told_of_their_own_doing_and_each_thing_once():
    asker = make.person()
    question = make.question(asker)
    make.comment(asker, question)
    assert said(asker) == []
    helper = make.person()
    talk.react(helper, question, "glad")
    talk.take_reaction_back(helper, question, "glad")
    talk.react(helper, question, "glad")
    assert Notice.objects.filter(receiver=asker).count() == 1
    assert len(said(asker)) == 1


@pytest.mark.parametrize("what", ["reaction", "helped", "offer"])
def test_what_is_so_no_more_leaves_the_inbox(what: str):
    me, other = make.person(), make.person()
    if what == "reaction":
        post = make.post(me)
        talk.react(other, post, "glad")
        talk.react(other, post, "strong")
        talk.take_reaction_back(other, post, "glad")
        assert len(said(me)) == 1
        talk.take_reaction_back(other, post, "strong")
    elif what == "helped":
        answer = make.comment(me, make.question(other))
        talk.say_it_helped(other, answer)
        assert len(said(me)) == 1
        talk.unsay_it_helped(other, answer)
    else:
        thanked = make.thank(other, me).thanks
        verbs.read_all(me)
        thanks.offer(other, thanked)
        assert queries.has_unread(me)
        thanks.take_offer_back(other, thanked)
        assert [len(row.said) for row in queries.inbox(me)] == [1]
    assert what == "offer" or said(me) == []
    assert not queries.has_unread(me)


def test_hosts_are_told_who_knocks_once_and_the_answer_reaches_whoever_knocked():
    host, second, person = make.person(), make.person(), make.person("Emre Tal")
    group = make.group(host, name="Lager", closed=True)
    groups.seat(group, second, as_host=True)
    request = groups.ask_to_join(person, group)
    assert verbs.tell_of_groups() == 1 and verbs.tell_of_groups() == 0
    assert said(host) == said(second) == [["Emre Tal would like to join Lager"]]
    groups.answer_request(host, request, yes=False)
    verbs.tell_of_groups()
    assert said(person) == [["The hosts of Lager said no this time"]]


def test_a_request_that_was_answered_before_the_hosts_were_told_is_told_to_nobody_but_the_person():
    host, person = make.person(), make.person()
    group = make.group(host, name="Lager", closed=True)
    groups.answer_request(host, groups.ask_to_join(person, group), yes=True)
    verbs.tell_of_groups()
    assert said(host) == [] and len(said(person)) == 1


def test_words_in_an_inbox_cannot_break_out_of_their_place():
    asker = make.person()
    make.comment(make.person("<b>Bold</b>"), make.question(asker, "<script>alert(1)</script> & <i>so</i>"))
    client = Client()
    client.force_login(asker)
    page = client.get("/inbox/").content.decode()
    assert "<script>alert" not in page and "<b>Bold" not in page and "&lt;b&gt;Bold" in page


def test_how_one_is_told_by_mail_is_chosen_and_a_broken_choice_is_said(client):
    person = make.person()
    client.force_login(person)
    assert client.post("/me/mail/", {"mail": "off"}).status_code == 303
    assert queries.mail_choice(person) == "off"
    broken = client.post("/me/mail/", {"mail": "hourly"})
    assert broken.status_code == 422 and queries.mail_choice(person) == "off"
    client.post("/me/mail/", {"mail": "at-once"})
    assert queries.mail_choice(person) == "at-once"


@pytest.mark.parametrize(("url", "told"), [("", True), ("smtp://127.0.0.1:1", False)])
def test_whoever_chooses_mail_is_told_where_none_goes_out(client, settings, url, told):
    settings.MAIL_URL = url
    client.force_login(make.person())
    page = client.get("/me/mail/", headers={"accept-language": "en"}).content.decode()
    assert ("No mail leaves this house yet" in page) is told


@pytest.mark.django_db(transaction=True)
def test_many_are_told_at_once_in_as_many_pieces_as_a_notify_holds(monkeypatch):
    monkeypatch.setattr(verbs, "_PEOPLE_AT_ONCE", 2)
    giver, *many = [make.person() for _n in range(6)]
    with psycopg.connect(**live._address(), autocommit=True) as ear:
        ear.execute("listen potluck")
        verbs.tell(many, "answered", cause="/x/", by=giver)
        rung = [json.loads(one.payload)["notices"] for one in ear.notifies(timeout=2, stop_after=3)]
    assert rung == [[one.pk for one in many[first : first + 2]] for first in (0, 2, 4)]
    assert Notice.objects.filter(cause="/x/").count() == 5


def test_old_notices_are_forgotten():
    from datetime import timedelta

    from potluck.core import clock

    asker = make.person()
    make.comment(make.person(), make.question(asker))
    verbs.forget()
    assert Notice.objects.exists()
    with clock.at(clock.now() + timedelta(days=366)):
        verbs.forget()
    assert not Notice.objects.exists()


def test_administrators_are_told_that_mail_stays_in_the_house(client, settings):
    client.force_login(make.administrator())
    settings.MAIL_URL = ""
    assert b"POTLUCK_MAIL_URL" in client.get("/house/").content
    settings.MAIL_URL = "smtp://127.0.0.1:1"
    assert b"POTLUCK_MAIL_URL" not in client.get("/house/").content


def test_deactivated_people_are_told_nothing():
    asker = make.person()
    question = make.question(asker)
    people.deactivate(None, asker)
    make.comment(make.person(), type(question).objects.get(pk=question.pk))
    assert not Notice.objects.filter(receiver=asker).exists()


def test_the_mark_on_every_page_knows_what_the_inbox_knows(client):
    """The mark is asked in three ways (home, a talk, any other page): each forgets what was taken back."""
    giver, reader = make.person(), make.person()
    act = make.post(giver)
    elsewhere = make.post(giver)
    make.greet(reader, giver)
    verbs.read_all(giver)
    client.force_login(giver)
    pages = ("/", f"/acts/{elsewhere.key}/", "/groups/")

    def marked() -> list[bool]:
        return ['class="news"' in client.get(page).content.decode() for page in pages]

    assert marked() == [False] * 3
    talk.react(reader, act, "glad")
    assert marked() == [True] * 3
    talk.take_reaction_back(reader, act, "glad")
    assert not Notice.objects.filter(receiver=giver, read_at=None, taken_back_at=None).exists()
    assert marked() == [False] * 3
