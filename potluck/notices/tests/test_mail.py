"""Told by mail: when, what, to whom, and once."""

from __future__ import annotations

import email
import email.policy
import re
from datetime import datetime, time, timedelta
from email.message import EmailMessage
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from potluck.acts import verbs as acts
from potluck.core import clock
from potluck.groups import verbs as groups
from potluck.notices import hours, letters, verbs
from potluck.notices.models import Mail, Notice
from potluck.notices.tests.sink import Sink
from potluck.people import verbs as people
from potluck.people.verbs import the_house
from potluck.talk import verbs as talk
from potluck.thanks import verbs as thanks
from tests import make

pytestmark = pytest.mark.django_db
BERLIN = ZoneInfo("Europe/Berlin")
TUESDAY_NOON = datetime(2026, 11, 24, 12, 0, tzinfo=BERLIN)


class Now:
    """Real time for tests: ``clock.now`` moved, without ``clock.is_simulated`` being true (that sends no mail)."""

    def __init__(self, monkeypatch: Any) -> None:
        self.moment = TUESDAY_NOON
        monkeypatch.setattr("django.utils.timezone.now", lambda: self.moment)

    def at(self, moment: datetime) -> None:
        self.moment = moment


@pytest.fixture
def now(monkeypatch) -> Now:
    return Now(monkeypatch)


@pytest.fixture
def folder(settings, tmp_path, now):
    """The house has no mail server: what it sends lies here. ``folder()`` delivers what is due and returns all mails."""
    settings.DATA, settings.MAIL_URL = tmp_path, ""

    def read() -> list[EmailMessage]:
        letters.deliver()
        return [
            email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
            for path in sorted((tmp_path / "mail").glob("*.eml"))
        ]

    return read


def words_of(mail: EmailMessage) -> str:
    return "".join(part.get_content() for part in mail.walk() if part.get_content_maintype() == "text")


def test_an_answer_comes_at_once_and_once(folder):
    asker, helper = make.person(language="de"), make.person("Bogdan Anders")
    question = make.question(asker)
    make.comment(helper, question, "Erst den Filz lösen.")
    (mail,) = folder()
    assert mail["To"] == asker.email
    assert mail["Subject"] == "Bogdan Anders hat auf deine Frage geantwortet"
    assert "Erst den Filz lösen." in mail.get_body(("plain",)).get_content()
    assert "Erst den Filz lösen." in mail.get_body(("html",)).get_content()
    assert len(folder()) == 1


def test_it_speaks_the_receivers_language(folder):
    people.furnish(make.administrator(), language="de-sie")
    said = {}
    for language in ("de", "de-sie", "en", ""):
        asker = make.person(language=language)
        make.comment(make.person("Ilse Bach"), make.question(asker))
        said[language] = next(mail["Subject"] for mail in folder() if mail["To"] == asker.email)
    assert said == {
        "de": "Ilse Bach hat auf deine Frage geantwortet",
        "de-sie": "Ilse Bach hat auf Ihre Frage geantwortet",
        "": "Ilse Bach hat auf Ihre Frage geantwortet",
        "en": "Ilse Bach answered your question",
    }


def test_who_is_addressed_formally_is_greeted_by_the_whole_name(folder):
    said = {}
    for language in ("de", "de-sie", "en"):
        asker = make.person("Berta Beispiel", language=language)
        make.comment(make.person(), make.question(asker))
        mail = next(mail for mail in folder() if mail["To"] == asker.email)
        said[language] = {part.get_content_subtype(): part.get_content() for part in mail.iter_parts()}
    for language, greeting in (("de", "Hallo Berta,"), ("de-sie", "Guten Tag Berta Beispiel,"), ("en", "Hello Berta,")):
        assert greeting in said[language]["plain"] and greeting in said[language]["html"]


def test_a_subject_carries_no_words_that_somebody_wrote(folder):
    giver, receiver = make.person(), make.person()
    make.thank(giver, receiver, words="Geheimes Lob")
    host, member = make.person(), make.person()
    group = make.group(host, member, closed=True)
    make.comment(member, make.post(host, "Geheimer Anlass", group=group), "Geheime Antwort")
    mails = folder()
    assert len(mails) == 2
    assert all("Geheim" not in mail["Subject"] for mail in mails)
    words = {mail["To"]: words_of(mail) for mail in mails}
    assert "Geheimes Lob" in words[receiver.email] and "Geheime Antwort" in words[host.email]


def test_the_headers_are_what_mail_programs_ask_for(folder):
    asker = make.person()
    make.comment(make.person(), make.question(asker))
    (mail,) = folder()
    assert re.fullmatch(r"<[a-z0-9]{12}@potluck>", mail["Message-ID"])
    assert mail["Message-ID"] == Mail.objects.get().message_id
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail["Auto-Submitted"] == "auto-generated"
    address = re.fullmatch(r"<http://localhost:\d+(/unsubscribe/[^/]+/)>", mail["List-Unsubscribe"].strip())
    assert address, mail["List-Unsubscribe"]
    program = Client(enforce_csrf_checks=True)
    assert program.get(address[1]).status_code == 200
    assert letters.may_be_mailed(asker)
    assert program.post(address[1], {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert not letters.may_be_mailed(asker)
    make.comment(make.person(), make.question(asker))
    assert len(folder()) == 1


def test_an_address_gets_mail_once_it_is_proved(folder):
    asker = make.person()
    people.write_down_mailbox(asker, "asker@new.example")
    make.comment(make.person(), make.question(asker), "Liegt im Schrank.")
    assert folder() == [] and Notice.objects.get(receiver=asker).no_mail, "the inbox has it"
    people.move_mailbox(asker, "asker@new.example")
    make.comment(make.person(), make.question(asker), "Liegt im Keller.")
    (mail,) = folder()
    assert mail["To"] == "asker@new.example"
    assert "Liegt im Keller." in words_of(mail) and "Liegt im Schrank." not in words_of(mail)


def test_a_mail_that_waits_does_not_go_to_an_address_that_was_written_down_meanwhile(folder):
    asker = make.person()
    make.comment(make.person(), make.question(asker))
    letters.gather(asker.pk)
    assert Mail.objects.filter(receiver=asker, handed_at=None).exists()
    people.write_down_mailbox(asker, "asker@new.example")
    assert folder() == [] and not Mail.objects.exists()


def test_a_forged_link_ends_nobodys_mail(client):
    asker = make.person()
    token = letters.unsubscribe_path(asker).split("/")[2]
    for forged in (token[:-1], token.replace(token[:5], "aaaaa"), "x", "x:y:z"):
        assert client.post(f"/unsubscribe/{forged}/").status_code == 404
    assert letters.may_be_mailed(asker)


def test_every_link_of_a_mail_is_at_the_address_of_the_house_and_leads_to_its_cause(folder, client):
    asker = make.person()
    answer = make.comment(make.person(), question := make.question(asker))
    (mail,) = folder()
    links = re.findall(r'href="([^"]+)"', mail.get_body(("html",)).get_content())
    assert links and all(link.startswith(the_house().address + "/") for link in links)
    client.force_login(asker)
    opened = client.get(links[0].removeprefix(the_house().address))
    assert (opened.status_code, opened["Location"]) == (303, f"/acts/{question.key}/#act-{answer.key}")


def test_what_comes_outside_working_hours_goes_out_as_one_mail_when_the_day_starts(folder, now):
    asker = make.person(language="en")
    question = make.question(asker)
    now.at(TUESDAY_NOON.replace(hour=19))
    make.comment(make.person(), question, "one")
    make.comment(make.person(), make.question(asker), "two")
    assert folder() == []
    now.at(datetime(2026, 11, 25, 7, 59, tzinfo=BERLIN))
    assert folder() == []
    now.at(datetime(2026, 11, 25, 8, 0, tzinfo=BERLIN))
    (mail,) = folder()
    assert mail["Subject"].startswith("There is something new for you at")
    assert "one" in words_of(mail) and "two" in words_of(mail)


@pytest.mark.parametrize(
    ("own", "moment", "working"),
    [
        ({}, "2026-11-24T07:59", False),
        ({}, "2026-11-24T08:00", True),
        ({}, "2026-11-24T16:59", True),
        ({}, "2026-11-24T17:00", False),
        ({}, "2026-11-28T12:00", False),  # a Saturday
        ({"day_starts": time(6), "day_ends": time(10)}, "2026-11-24T06:00", True),
        ({"day_starts": time(6), "day_ends": time(10)}, "2026-11-24T12:00", False),
        ({"day_starts": time(22), "day_ends": time(6)}, "2026-11-24T23:00", True),
        ({"day_starts": time(22), "day_ends": time(6)}, "2026-11-24T12:00", False),
        ({"day_starts": time(22), "day_ends": time(6)}, "2026-11-28T05:00", True),  # Friday's shift
        ({"day_starts": time(22), "day_ends": time(6)}, "2026-11-23T05:00", False),  # Sunday's, who is off
        ({"timezone": "America/New_York"}, "2026-11-24T08:00", False),
        ({"timezone": "America/New_York"}, "2026-11-24T20:00", True),
        ({"timezone": "Mars/Olympus"}, "2026-11-24T08:00", True),
    ],
)
def test_working_hours_are_the_persons_own_else_the_houses(own, moment, working):
    there = datetime.fromisoformat(moment).replace(tzinfo=BERLIN)
    assert hours.is_at_work(make.person(**own), the_house(), there) is working


def test_the_house_may_work_on_other_days(folder):
    people.furnish(make.administrator(), weekdays=[6, 7])
    assert hours.is_at_work(make.person(), the_house(), datetime(2026, 11, 28, 12, tzinfo=BERLIN))
    assert not hours.is_at_work(make.person(), the_house(), TUESDAY_NOON)


@pytest.mark.parametrize("gone", ["read", "withdrawn", "left the group", "deactivated", "off", "no address"])
def test_right_before_it_goes_out_it_is_checked_once_more(folder, now, gone: str):
    host, asker, helper = make.person(), make.person(), make.person()
    group = make.group(host, asker, helper, closed=True)
    question = make.question(asker, group=group)
    now.at(TUESDAY_NOON.replace(hour=20))
    answer = make.comment(helper, question)
    if gone == "read":
        verbs.read(asker, f"/acts/{question.key}/")
    elif gone == "withdrawn":
        acts.withdraw(helper, answer)
    elif gone == "left the group":
        groups.take_out(host, group, asker)
    elif gone == "deactivated":
        people.deactivate(None, asker)
    elif gone == "off":
        verbs.choose_mail(asker, "off")
    else:
        type(asker).objects.filter(pk=asker.pk).update(email=None)
    now.at(TUESDAY_NOON + timedelta(days=1))
    assert [mail for mail in folder() if mail["To"] == asker.email] == []


def test_the_check_before_sending_also_covers_a_mail_that_is_made_already(folder, now, settings):
    asker, helper = make.person(), make.person()
    answer = make.comment(helper, make.question(asker))
    letters.gather(asker.pk)
    acts.withdraw(helper, answer)
    assert folder() == []
    assert not Mail.objects.exists() and Notice.objects.get().no_mail


def test_a_reaction_that_was_taken_back_is_not_mailed_even_if_it_comes_again_later(folder):
    giver, reader = make.person(), make.person()
    post = make.post(giver)
    talk.react(reader, post, "glad")
    talk.take_reaction_back(reader, post, "glad")
    assert folder() == []
    talk.react(reader, post, "glad")
    assert folder() == []


def test_nobody_who_is_not_here_is_mailed(folder):
    asker = make.person()
    for somebody in (make.placeholder(), make.bot()):
        verbs.tell([somebody], "answered", cause="/x/", by=asker)
        Notice.objects.create(receiver=somebody, kind="answered", cause="/x/", by=asker)  # even if a row came about
    assert folder() == []


def test_the_past_of_a_demo_company_sends_nothing(folder):
    with clock.at(TUESDAY_NOON - timedelta(days=3)):
        asker = make.person()
        make.comment(make.person(), make.question(asker))
    assert Notice.objects.filter(receiver=asker).exists()
    assert folder() == []


def test_whoever_chose_no_mail_gets_none_of_what_was_waiting(folder):
    asker = make.person()
    make.comment(make.person(), make.question(asker))
    verbs.choose_mail(asker, "off")
    assert folder() == []
    verbs.choose_mail(asker, "at-once")
    assert folder() == []
    make.comment(make.person(), make.question(asker))
    assert len(folder()) == 1


# --- a server that does not do what one would like ---------------------------------------------------------------------


@pytest.fixture
def sink(settings, now):
    with Sink() as sink:
        settings.MAIL_URL = sink.url
        yield sink


def told() -> Any:
    asker = make.person()
    make.comment(make.person(), make.question(asker))
    return asker


def test_a_server_takes_each_mail_once(sink):
    told()
    told()
    letters.deliver()
    letters.deliver()
    assert len(sink.taken) == 2 and len(set(sink.message_ids)) == 2
    assert Mail.objects.exclude(sent_at=None).count() == 2


def test_a_server_that_is_away_is_tried_again_and_the_inbox_has_it_meanwhile(sink, now, client):
    asker = told()
    sink.stop()
    letters.deliver()
    mail = Mail.objects.get()
    assert (mail.handed_at, mail.failures) == (None, 1)
    client.force_login(asker)
    assert client.get("/inbox/").content.count(b'class="list-row') == 1
    sink.start()
    letters.deliver()
    assert sink.taken == []  # not yet: the first try is a minute ago only
    now.at(now.moment + timedelta(minutes=2))
    letters.deliver()
    assert sink.message_ids == [mail.message_id]


@pytest.mark.parametrize("step", ["MAIL", "RCPT", "DATA"])
def test_not_now_is_tried_again_with_the_same_message_id(sink, now, step: str):
    told()
    sink.answers[step] = "451 come back later"
    letters.deliver()
    assert sink.taken == []
    del sink.answers[step]
    now.at(now.moment + timedelta(minutes=2))
    letters.deliver()
    assert sink.message_ids == [Mail.objects.get().message_id]


@pytest.mark.parametrize("step", ["MAIL", "RCPT", "DATA"])
def test_never_is_given_up_and_does_not_stop_the_others(sink, now, step: str):
    told()
    sink.answers[step] = "550 nobody here"
    letters.deliver()
    del sink.answers[step]
    told()
    for _n in range(3):
        now.at(now.moment + timedelta(minutes=30))
        letters.deliver()
    assert len(sink.taken) == 1
    assert Mail.objects.exclude(given_up_at=None).count() == 1


def test_a_mail_that_no_server_takes_is_let_go_after_three_days(sink, now):
    told()
    sink.answers["RCPT"] = "451 come back later"
    for _n in range(7):
        letters.deliver()
        now.at(now.moment + timedelta(days=1))
    assert Mail.objects.get().given_up_at is not None


def test_what_is_told_while_a_mail_waits_goes_out_with_it(sink, now):
    asker = told()
    sink.answers["DATA"] = "451 come back later"
    letters.deliver()
    make.comment(make.person(), make.question(asker))
    del sink.answers["DATA"]
    now.at(now.moment + timedelta(minutes=2))
    letters.deliver()
    assert len(sink.taken) == 1
    assert Notice.objects.filter(receiver=asker, mail__sent_at__isnull=False).count() == 2


def test_a_mail_that_may_have_arrived_is_never_sent_again(sink, now):
    told()
    sink.hang_up_after_the_words = True
    letters.deliver()
    sink.hang_up_after_the_words = False
    now.at(now.moment + timedelta(days=1))
    letters.deliver()
    assert len(sink.taken) == 1
    assert Mail.objects.get().sent_at is None


def test_a_reader_learns_what_happened_to_thanks(folder):
    giver, receiver = make.person(language="de"), make.person("Tarek Holz", language="de")
    act = make.thank(giver, receiver)
    thanks.offer(giver, act.thanks)
    thanks.agree(receiver, act.thanks)
    talk.react(receiver, make.post(giver), "glad")
    subjects = {mail["To"]: mail for mail in folder()}
    assert "Tarek Holz hat ja gesagt: Dein Danke hängt an der Wand" in words_of(subjects[giver.email])
    assert "möchte ein Danke an dich an die Wand hängen" in words_of(subjects[receiver.email])
