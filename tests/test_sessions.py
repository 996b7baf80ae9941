"""A session begins anew at every way in and ends everywhere when the password changes; none that was planted is ever used."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.conf import settings
from django.test import Client

from potluck.people import sessions, verbs
from potluck.people.models import House, Session
from potluck.people.tests import letterbox
from tests import make
from tests.test_often import costly
from tests.test_routes import everything

pytestmark = pytest.mark.django_db
PASSWORD, OTHER = "three warm spoons", "four cold forks"
COOKIE = settings.SESSION_COOKIE_NAME


@pytest.fixture(autouse=True)
def with_a_mail_server(settings) -> None:
    settings.MAIL_URL = "smtp://127.0.0.1:1"  # nobody talks to it: mails stay jobs


def person(email: str = "mira@example.org"):
    one = make.person(email=email)
    one.set_password(PASSWORD)
    one.save()
    return one


def key_of(client: Client) -> str:
    return client.cookies[COOKIE].value if COOKIE in client.cookies else ""


def signed_in(client: Client) -> bool:
    return client.get("/me/").status_code == 200


# --- every way in: what is done there, up to the step that lets one in ----------------------------------------------------


def by_password(client: Client) -> Callable:
    person()
    return lambda: client.post("/accounts/login/", {"login": "mira@example.org", "password": PASSWORD})


def by_link(client: Client) -> Callable:
    link = verbs.make_sign_in_link(person())
    return lambda: client.post(link)


def by_code(client: Client) -> Callable:
    client.post("/accounts/login/code/", {"email": person().email})
    code = letterbox.code_in(letterbox.to("mira@example.org")[0])
    return lambda: client.post("/accounts/login/code/confirm/", {"code": code})


def by_invitation(client: Client) -> Callable:
    path = verbs.invite(make.person(), None, "Ida", mail=False)[1]
    return lambda: client.post(path, {"name": "Ida", "password": PASSWORD})


def by_the_open_door(client: Client) -> Callable:
    make.person()
    House.objects.filter(pk=verbs.the_house().pk).update(mail_domains=["example.org"])
    client.post("/accounts/signup/", {"name": "Ida", "email": "ida@example.org"})
    code = letterbox.code_in(letterbox.to("ida@example.org")[0])
    return lambda: client.post("/accounts/signup/code/", {"code": code})


def by_the_first_link(client: Client) -> Callable:
    path = verbs.first_link()
    return lambda: client.post(path, {"name": "Adele", "email": "adele@example.org", "password": PASSWORD})


WAYS = {
    "account_login": by_password,
    "people:sign_in_link": by_link,
    "account_confirm_login_code": by_code,
    "claim:invitation": by_invitation,
    "account_signup_code": by_the_open_door,
    "people:start": by_the_first_link,
}


def handed_over(client: Client) -> str:
    """A session that somebody else had first, as an attacker's link or a shared machine leaves it."""
    theirs = sessions.SessionStore()
    theirs["planted"] = "theirs"
    theirs.save()
    client.cookies[COOKIE] = theirs.session_key
    return theirs.session_key


@pytest.mark.parametrize("way", WAYS.values(), ids=lambda way: way.__name__)
def test_every_way_in_begins_a_session_of_its_own(way):
    client = Client()
    planted = handed_over(client)
    come_in = way(client)
    before = {planted, key_of(client)}
    come_in()
    assert signed_in(client), "the control: one is in"
    assert key_of(client) not in before
    for old in before:
        attacker = Client()
        attacker.cookies[COOKIE] = old
        assert not signed_in(attacker) and not Session.objects.filter(pk=old).exists()


@pytest.mark.parametrize("way", WAYS.values(), ids=lambda way: way.__name__)
def test_a_key_that_nobody_gave_out_is_never_taken(way):
    client = Client()
    client.cookies[COOKIE] = "abcdefghijklmnopqrstuvwxyz012345"
    way(client)()
    assert signed_in(client) and key_of(client) != "abcdefghijklmnopqrstuvwxyz012345"


def test_every_view_that_signs_in_is_among_them():
    import inspect

    signing = {
        name
        for name, view in everything().items()
        if costly(name, view) and "sign_in(request" in inspect.getsource(inspect.unwrap(view))
    }
    assert signing | {"account_login", "account_confirm_login_code"} == set(WAYS)


def test_without_a_new_key_a_planted_session_would_be_seen(monkeypatch):
    """Positive control: signing in that keeps the key it found."""
    monkeypatch.setattr(sessions.SessionStore, "cycle_key", lambda self: None)
    client = Client()
    planted = handed_over(client)
    by_link(client)()
    attacker = Client()
    attacker.cookies[COOKIE] = planted
    assert signed_in(attacker)


# --- ends everywhere ------------------------------------------------------------------------------------------------------


def in_three_browsers(one) -> list[Client]:
    browsers = [Client(), Client(), Client()]
    for client in browsers:
        client.post("/accounts/login/", {"login": one.email, "password": PASSWORD})
    assert all(map(signed_in, browsers))
    return browsers


def change_it(own: Client, one) -> None:
    own.post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": OTHER})


def forget_it(own: Client, one) -> None:
    Client().post("/accounts/password/reset/", {"email": one.email})
    link = re.search(r"http://testserver(/accounts/password/reset/key/\S+)", letterbox.to(one.email)[0]["text"])[1]
    stranger = Client()
    form = stranger.get(link, follow=True).request["PATH_INFO"]
    stranger.post(form, {"password1": OTHER})


def write_another_address(own: Client, one) -> None:
    verbs.change_address(make.administrator(), one, "mira@elsewhere.example.org")


def close_it(own: Client, one) -> None:
    verbs.deactivate(None, one)


@pytest.mark.parametrize("how", [change_it, forget_it, write_another_address, close_it], ids=lambda how: how.__name__)
def test_every_other_session_ends_on_the_next_request(how):
    one = person()
    own, *others = in_three_browsers(one)
    key = key_of(own)
    how(own, one)
    assert not any(map(signed_in, others))
    assert signed_in(own) is (how is change_it)
    assert how is not change_it or key_of(own) != key, "and one's own has a new key"


def test_links_that_wait_for_a_changed_password_open_no_more():
    """A reset link of before, and a link to sign in that went to a mailbox which is not theirs any more."""
    one = person()
    Client().post("/accounts/password/reset/", {"email": one.email})
    old = re.search(r"http://testserver(/accounts/password/reset/key/\S+)", letterbox.to(one.email)[0]["text"])[1]
    [own, *_others] = in_three_browsers(one)
    change_it(own, one)
    assert 'name="password1"' not in Client().get(old, follow=True).content.decode()
    link = verbs.make_sign_in_link(one)
    write_another_address(own, one)
    assert Client().post(link).status_code == 404


def test_a_session_that_does_not_ask_for_the_password_would_stay(monkeypatch):
    """Positive control."""
    from potluck.people.models import Person

    monkeypatch.setattr(Person, "get_session_auth_hash", lambda self: "always the same")
    one = person()
    own, *others = in_three_browsers(one)
    change_it(own, one)
    assert all(map(signed_in, others))


def test_nobody_ends_or_sees_a_session_of_somebody_else():
    one, other = person(), person("jonas@example.org")
    [own, *_others] = in_three_browsers(one)
    thief = Client()
    thief.post("/accounts/login/", {"login": other.email, "password": PASSWORD})
    key = Session.objects.filter(person=one).first().key
    assert thief.post(f"/me/sessions/{key}/end/").status_code == 404 and key not in thief.get("/me/").content.decode()
    assert signed_in(own) and Session.objects.filter(person=one).count() == 3
    assert all(secret not in own.get("/me/").content.decode() for secret in Session.objects.values_list("pk", flat=True))
