"""Every code that goes out by mail looks alike, lives as long, and is taken however it is typed."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client

from potluck.core import clock
from potluck.people import codes, verbs
from potluck.people.models import House, Person
from potluck.people.tests import letterbox
from tests import make

pytestmark = pytest.mark.django_db

ENGLISH = {"accept-language": "en"}


@pytest.fixture(autouse=True)
def mail_goes_out(settings, open_house) -> None:
    settings.MAIL_URL = "smtp://127.0.0.1:1"  # nobody talks to it: mails stay jobs
    House.objects.update(mail_domains=["example.org"])


def to_sign_in(as_) -> tuple[Client, str, dict]:
    client, mira = Client(headers=ENGLISH), make.person("Mira Sand", email="mira@example.org")
    client.post("/accounts/login/code/", {"email": mira.email})
    return client, "/accounts/login/code/confirm/", letterbox.to(mira.email)[-1]


def to_join(as_) -> tuple[Client, str, dict]:
    client = Client(headers=ENGLISH)
    client.post("/accounts/signup/", {"name": "Ida Neu", "email": "ida@example.org"})
    return client, "/accounts/signup/code/", letterbox.to("ida@example.org")[-1]


def to_move(as_) -> tuple[Client, str, dict]:
    client = as_(make.person())
    client.post("/me/mailbox/", {"email": "new@example.org"})
    return client, "/me/mailbox/code/", letterbox.to("new@example.org")[-1]


EVERY = pytest.mark.parametrize("asked", [to_sign_in, to_join, to_move])


@EVERY
def test_a_code_is_two_groups_of_four_and_its_mail_says_how_long_it_lives(as_, asked):
    _client, _address, mail = asked(as_)
    code = letterbox.code_in(mail)
    assert re.fullmatch(rf"[{codes.LETTERS}]{{4}}-[{codes.LETTERS}]{{4}}", code) and code in mail["subject"]
    minutes = codes.LIVES // timedelta(minutes=1)
    assert re.search(rf"gilt {minutes} Minuten|good for {minutes} minutes", mail["text"])


@EVERY
@pytest.mark.parametrize(
    "typed",
    [str, str.lower, lambda code: code.replace("-", ""), lambda code: f" {code.replace('-', ' ').lower()} ",
     lambda code: " ".join(code), lambda code: code.replace("-", "\u2013")],
    ids=["as mailed", "in small letters", "without the dash", "with a space", "with many", "with another dash"],
)  # fmt: skip
def test_a_code_is_taken_however_it_is_typed(as_, asked, typed):
    client, address, mail = asked(as_)
    assert client.post(address, {"code": "BCDF-GHJK"}).status_code == 422, "the control"
    assert client.post(address, {"code": typed(letterbox.code_in(mail))}).status_code in (302, 303)


@EVERY
@pytest.mark.parametrize(("minutes", "opens"), [(9, True), (11, False)])
def test_a_code_opens_for_ten_minutes(as_, asked, monkeypatch, minutes, opens):
    client, address, mail = asked(as_)
    later = clock.now() + timedelta(minutes=minutes)
    monkeypatch.setattr("time.time", lambda: later.timestamp())
    before = verbs.Logged.objects.count(), Person.objects.count()
    with clock.at(later):
        answer = client.post(address, {"code": letterbox.code_in(mail)})
    came = client.get("/me/").status_code == 200 if address != "/me/mailbox/code/" else (
        verbs.Logged.objects.count(), Person.objects.count()) != before
    assert answer.status_code in (302, 303) and came is opens


def test_the_page_that_asks_says_how_long_too():
    assert "good for 10 minutes" in Client(headers=ENGLISH).get("/accounts/login/code/").content.decode()
    assert timedelta(minutes=10) == codes.LIVES
