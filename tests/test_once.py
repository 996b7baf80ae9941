"""Every kind of link and code that proves something: fifty uses at the same moment, and one succeeds."""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client

from potluck.people import accounts, codes, sessions, verbs
from potluck.people.models import House, Logged, Person, Session
from potluck.people.tests import letterbox
from tests import make
from tests.test_routes import everything

pytestmark = pytest.mark.django_db(transaction=True)
AT_ONCE = 50


class Proof(NamedTuple):
    route: str
    address: str
    form: dict[str, str]
    #: The cookies with which each of the fifty comes.
    cookies: dict[str, str]
    #: Whether an answer says that this use succeeded.
    succeeded: Callable
    #: What is there once afterwards.
    once: Callable[[], int]


def leads_to(*places: str) -> Callable:
    return lambda answer: answer.status_code in (302, 303) and answer["Location"] in places


def browser() -> Client:
    return Client(headers={"Accept-Language": "en"})


def kept(client: Client) -> dict[str, str]:
    return {name: morsel.value for name, morsel in client.cookies.items()}


def sign_in_link() -> Proof:
    person = make.person()
    link = verbs.make_sign_in_link(person)
    return Proof("people:sign_in_link", link, {}, {}, leads_to("/"), Session.objects.filter(person=person).count)


def invitation() -> Proof:
    _invited, path = verbs.invite(make.person(), None, "Ida Neu", mail=False)
    arrived = Logged.objects.filter(right="people.claim").count
    form = {"name": "Ida Neu", "password": "three warm spoons"}
    return Proof("claim:invitation", path, form, {}, leads_to("/arrived/"), arrived)


def first_link() -> Proof:
    path = verbs.first_link()
    form = {"name": "Adele", "email": "adele@example.org", "password": "three warm spoons"}
    there = Person.objects.filter(email="adele@example.org").count
    return Proof("people:start", path, form, {}, leads_to("/house/start/"), there)


def new_password() -> Proof:
    person = make.person(email="mira@example.org")
    client = browser()
    client.post("/accounts/password/reset/", {"email": person.email})
    link = re.search(r"http://testserver(/accounts/password/reset/key/\S+)", letterbox.to(person.email)[0]["text"])[1]
    form = client.get(link, follow=True).request["PATH_INFO"]
    told = lambda: len(letterbox.to(person.email)) - 1  # noqa: E731
    done = leads_to("/accounts/password/reset/key/done/")
    return Proof("account_reset_password_from_key", form, {"password1": "four cold forks"}, kept(client), done, told)


def sign_in_code() -> Proof:
    person = make.person(email="mira@example.org")
    client = browser()
    client.post("/accounts/login/code/", {"email": person.email})
    code = letterbox.code_in(letterbox.to(person.email)[0])
    there = Session.objects.filter(person=person).count
    address = "/accounts/login/code/confirm/"
    return Proof("account_confirm_login_code", address, {"code": code}, kept(client), leads_to("/"), there)


def code_of_an_open_door() -> Proof:
    make.person()
    House.objects.filter(pk=verbs.the_house().pk).update(mail_domains=["example.org"])
    client = browser()
    client.post("/accounts/signup/", {"name": "Ida Neu", "email": "ida@example.org"})
    code = letterbox.code_in(letterbox.to("ida@example.org")[0])
    came = Logged.objects.filter(right="people.come").count
    return Proof("account_signup_code", "/accounts/signup/code/", {"code": code}, kept(client), leads_to("/arrived/"), came)


def code_of_a_mailbox() -> Proof:
    person = make.person()
    client = browser()
    client.post(verbs.make_sign_in_link(person))
    client.post("/me/mailbox/", {"email": "new@example.org"})
    code = letterbox.code_in(letterbox.to("new@example.org")[0])
    moved = Logged.objects.filter(right="people.address").count
    return Proof("people:own_mailbox_code", "/me/mailbox/code/", {"code": code}, kept(client), leads_to("/me/"), moved)


KINDS = [sign_in_link, invitation, first_link, new_password, sign_in_code, code_of_an_open_door, code_of_a_mailbox]


def use(proof: Proof) -> list:
    """The answers to fifty uses, eight at the same moment."""

    def one(_n: int):
        client = browser()
        for name, value in proof.cookies.items():
            client.cookies[name] = value
        client.raise_request_exception = False
        try:
            return client.post(proof.address, proof.form)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as many:
        return list(many.map(one, range(AT_ONCE)))


@pytest.fixture(autouse=True)
def with_a_mail_server(settings) -> None:
    settings.MAIL_URL = "smtp://127.0.0.1:1"  # nobody talks to it: mails stay jobs


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_of_fifty_uses_at_once_one_succeeds(kind):
    proof = kind()
    answers = use(proof)
    assert [answer.status_code for answer in answers if answer.status_code >= 500] == []
    assert sum(map(proof.succeeded, answers)) == 1
    assert proof.once() == 1


def test_every_route_with_a_proof_of_its_own_is_among_them():
    proving = {name for name, view in everything().items() if getattr(view, "often", ("",))[0] == "with-proof"}
    made = {"people:sign_in_link", "claim:invitation", "people:start", "account_reset_password_from_key",
            "account_confirm_login_code", "account_signup_code", "people:own_mailbox_code"}  # fmt: skip
    assert proving - {"demo:sit"} == made and len(made) == len(KINDS)


@pytest.mark.parametrize("kind", [new_password, code_of_a_mailbox], ids=lambda kind: kind.__name__)
def test_without_waiting_for_each_other_more_than_one_would(kind, monkeypatch):
    """Positive control: nobody is held up, and fifty look before anybody has written."""
    monkeypatch.setattr(accounts, "hold", lambda _uid: None)
    monkeypatch.setattr(sessions, "turn", lambda request, key: None)
    proof = kind()
    answers = use(proof)
    assert sum(map(proof.succeeded, answers)) > 1 or proof.once() > 1


def test_a_code_is_tried_five_times_however_many_try_at_once():
    """Fifty wrong codes from one session at the same moment: the sixth finds nothing left to try."""
    right = code_of_a_mailbox()
    answers = use(right._replace(form={"code": "WRONGONE"}))
    assert sum(answer.status_code == 422 for answer in answers) == codes.TRIES
    client = browser()
    for name, value in right.cookies.items():
        client.cookies[name] = value
    assert client.post(right.address, right.form)["Location"] == "/me/mailbox/", "and the right one comes too late"
    assert settings.SESSION_COOKIE_NAME in right.cookies
