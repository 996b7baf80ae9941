"""Ways in for somebody who has a place: a link, a password, a code. None of them tells a stranger who is here."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client

from potluck.core import clock
from potluck.core.rules import Refused
from potluck.people import verbs
from potluck.people.models import House, Person, Session, SignInLink
from potluck.people.tests import letterbox
from tests import make

PASSWORD = "three warm spoons"


@pytest.fixture(autouse=True)
def mail_goes_out(settings):
    settings.MAIL_URL = "smtp://127.0.0.1:1"  # nobody talks to it: mails stay jobs


@pytest.fixture
def mira(open_house) -> Person:
    person = make.person("Mira Sand", email="mira@example.org")
    person.set_password(PASSWORD)
    person.save()
    return person


def signed_in(client: Client) -> bool:
    return client.get("/me/").status_code == 200


# --- a link ---------------------------------------------------------------------------------------------------------------


def test_looking_at_a_link_uses_nothing_up_and_the_button_does(client: Client, mira):
    link = verbs.make_sign_in_link(mira)
    for _scanner in range(3):
        assert client.get(link).status_code == 200
        assert Client().head(link).status_code == 200
    assert not signed_in(client)
    assert client.post(link).headers["Location"] == "/"
    assert signed_in(client)
    late = Client()
    assert late.get(link).status_code == 404 and late.post(link).status_code == 404
    assert not signed_in(late)


def test_a_link_opens_for_fifteen_minutes(client: Client, mira):
    with clock.at(clock.now() - timedelta(minutes=14)):
        young = verbs.make_sign_in_link(mira)
    with clock.at(clock.now() - timedelta(minutes=16)):
        old = verbs.make_sign_in_link(mira)
    assert client.post(old).status_code == 404
    assert client.post(young).status_code == 303


def test_a_link_for_somebody_whose_access_was_closed_opens_nothing(client: Client, mira):
    link = verbs.make_sign_in_link(mira)
    verbs.deactivate(None, mira)
    assert client.post(link).status_code == 404


def test_only_the_hash_of_a_link_is_kept(mira):
    token = verbs.make_sign_in_link(mira).split("/")[2]
    assert SignInLink.objects.get().token == verbs.digest(token) != token


@pytest.mark.django_db(transaction=True)
def test_of_fifty_uses_at_once_one_succeeds():
    token = verbs.make_sign_in_link(make.person()).split("/")[2]

    def use(_n: int) -> bool:
        try:
            return bool(verbs.use_sign_in_link(token))
        except Refused:
            return False
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as many:
        assert sorted(many.map(use, range(50))) == [False] * 49 + [True]


# --- a password -----------------------------------------------------------------------------------------------------------


def test_a_password_opens_and_the_session_says_which_browser_and_no_more(client: Client, mira):
    agent = "Mozilla/5.0 (Android 14; Mobile; rv:133.0) Gecko/133.0 Firefox/133.0"
    typed = {"login": "MIRA@example.org", "password": PASSWORD}
    answer = client.post("/accounts/login/?next=/people/", typed, headers={"User-Agent": agent})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/people/")
    session = Session.objects.get(person=mira)
    assert session.device == "Firefox, Android"
    assert "133.0" not in str(session.get_decoded()) and "127.0.0.1" not in str(session.get_decoded())


def test_a_name_in_addresses_opens_where_there_is_no_address_and_tells_no_stranger_who_is_here(open_house):
    olu = make.person("Olu Ufer", email=None)
    olu.set_password(PASSWORD)
    olu.save()
    client = Client(headers={"Accept-Language": "en"})
    answers = [client.post("/accounts/login/", {"login": name, "password": "wrong once"}) for name in (olu.handle, "nobody")]
    assert [answer.status_code for answer in answers] == [422, 422]
    assert masked(answers[0], olu.handle) == masked(answers[1], "nobody")
    assert "do not belong together" in answers[0].content.decode()
    assert client.post("/accounts/login/", {"login": olu.handle.upper(), "password": PASSWORD}).status_code == 302
    assert signed_in(client)


def test_a_place_that_waits_is_no_way_in(open_house):
    waits = make.placeholder("Olu Ufer", email=None)
    waits.set_password(PASSWORD)
    waits.save()
    client = Client()
    client.post("/accounts/login/", {"login": waits.handle, "password": PASSWORD})
    assert not signed_in(client)


def test_next_never_leads_out_of_the_house(client: Client, mira):
    answer = client.post("/accounts/login/?next=https://evil.example/", {"login": mira.email, "password": PASSWORD})
    assert answer.headers["Location"] == "/"


def masked(answer, address: str) -> str:
    page = answer.content.decode().replace(address, "ADDRESS")
    return re.sub(r'(csrfmiddlewaretoken" value="|X-CSRFToken": ")[^"]+', "TOKEN", page)


@pytest.mark.parametrize("language", ["de", "en"])
def test_a_wrong_password_and_an_unknown_address_look_the_same(mira, language):
    answers = [
        Client(headers={"Accept-Language": language}).post("/accounts/login/", {"login": address, "password": "wrong once"})
        for address in (mira.email, "nobody@example.org")
    ]
    assert [answer.status_code for answer in answers] == [422, 422]
    assert masked(answers[0], mira.email) == masked(answers[1], "nobody@example.org")
    assert ("gehören nicht zusammen" if language == "de" else "do not belong together") in answers[0].content.decode()


def test_guessing_ends_soon(mira):
    client = Client(headers={"Accept-Language": "en"})
    for _try in range(12):
        answer = client.post("/accounts/login/", {"login": mira.email, "password": "wrong wrong wrong"})
    assert "tried too often" in answer.content.decode() and answer.status_code in (422, 429)
    assert not signed_in(client)


def test_a_forgotten_password_is_chosen_anew_by_a_link_that_opens_once(client: Client, mira):
    client.post("/accounts/password/reset/", {"email": mira.email})
    link = re.search(r"http://testserver(/accounts/password/reset/key/\S+)", letterbox.to(mira.email)[0]["text"])[1]
    form = client.get(link, follow=True)
    assert client.post(form.request["PATH_INFO"], {"password1": "short"}).status_code == 422
    assert client.post(form.request["PATH_INFO"], {"password1": "four cold forks"}).status_code == 302
    mira.refresh_from_db()
    assert mira.check_password("four cold forks")
    again = Client().get(link, follow=True)
    assert 'name="password1"' not in again.content.decode()
    assert len(letterbox.to(mira.email)) == 2, "and its owner is told"


def test_asking_for_a_forgotten_password_tells_nobody_who_is_here(mira):
    answers = [Client().post("/accounts/password/reset/", {"email": address}) for address in (mira.email, "no@example.org")]
    assert {(answer.status_code, answer.headers["Location"]) for answer in answers} == {(302, "/accounts/password/reset/done/")}


def test_a_password_is_changed_with_the_old_one_and_stays_signed_in(as_, mira):
    client = as_(mira)
    wrong = client.post("/accounts/password/change/", {"oldpassword": "no", "password1": "four cold forks"})
    assert wrong.status_code == 422
    assert client.post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": "four cold forks"}).status_code == 302
    assert signed_in(client)
    mira.refresh_from_db()
    assert mira.check_password("four cold forks")


def test_a_password_that_is_missing_or_arrived_broken_is_asked_for_in_the_words_of_the_house(as_, mira):
    Person.objects.filter(pk=mira.pk).update(language="de")
    for path, fields, client in (
        ("/accounts/password/change/", ("oldpassword", "password1"), as_(mira)),
        ("/accounts/login/", ("login", "password"), Client(headers={"Accept-Language": "de"})),
    ):
        empty = client.post(path, {}).content.decode()
        assert empty.count("Hier fehlt noch etwas.") == len(fields) and "zwingend" not in empty, path
        for field in fields:
            broken = client.post(path, dict.fromkeys(fields, "four cold forks") | {field: "a\x00b"}).content.decode()
            assert "Davon ist etwas kaputt angekommen" in broken and "Nullzeichen" not in broken, (path, field)


def test_who_has_no_password_may_choose_one(as_, open_house):
    jonas = make.person()
    client = as_(jonas)
    assert client.get("/accounts/password/change/").headers["Location"] == "/accounts/password/set/"
    assert client.post("/accounts/password/set/", {"password1": "four cold forks"}).status_code == 302
    jonas.refresh_from_db()
    assert jonas.check_password("four cold forks")


# --- a code ---------------------------------------------------------------------------------------------------------------


def test_a_code_comes_by_mail_and_opens(client: Client, mira):
    asked = client.post("/accounts/login/code/?next=/people/", {"email": mira.email})
    assert asked.headers["Location"].startswith("/accounts/login/code/confirm/")
    (mail,) = letterbox.to(mira.email)
    assert client.post("/accounts/login/code/confirm/", {"code": "WRONG1"}).status_code == 422
    answer = client.post("/accounts/login/code/confirm/?next=/people/", {"code": letterbox.code_in(mail)})
    assert answer.status_code == 302 and signed_in(client)


def test_a_code_is_asked_for_alike_by_whoever_is_here_and_whoever_is_not(mira):
    awaited = make.placeholder(email="awaited@example.org")
    pages = []
    for address in (mira.email, "nobody@example.org", awaited.email):
        client = Client(headers={"Accept-Language": "en"})
        answer = client.post("/accounts/login/code/", {"email": address}, follow=True)
        pages.append((answer.status_code, answer.request["PATH_INFO"], masked(answer, address)))
    assert pages[0] == pages[1] == pages[2]
    assert "code" in letterbox.to(mira.email)[0]["subject"].lower()
    for address in ("nobody@example.org", awaited.email):
        assert "This is your code" not in "".join(mail["text"] for mail in letterbox.to(address))


def test_a_mail_speaks_the_language_of_its_receiver(client: Client, mira):
    verbs.change_profile(mira, language="en")
    client.post("/accounts/login/code/", {"email": mira.email}, headers={"Accept-Language": "de"})
    assert "This is your code" in letterbox.to(mira.email)[0]["text"]


# --- out again ------------------------------------------------------------------------------------------------------------


def test_signing_out_ends_this_session_and_looking_at_the_page_does_not(as_, mira):
    here, there = as_(mira), as_(mira)
    here.get("/accounts/logout/")
    assert signed_in(here)
    assert here.post("/accounts/logout/").status_code == 302
    assert not signed_in(here) and signed_in(there)


def test_a_closed_access_ends_on_the_next_request(as_, mira):
    client = as_(mira)
    assert signed_in(client)
    verbs.deactivate(None, mira)
    assert client.get("/me/").status_code == 302
    assert client.post("/accounts/login/", {"login": mira.email, "password": PASSWORD}).status_code in (302, 422)
    assert not signed_in(client)
    verbs.reactivate(None, mira)
    client.post("/accounts/login/", {"login": mira.email, "password": PASSWORD})
    assert signed_in(client), "and can be opened again"


# --- what a page says -----------------------------------------------------------------------------------------------------

STRANGERS = [
    "/accounts/login/",
    "/accounts/login/code/",
    "/accounts/signup/",
    "/accounts/password/reset/",
    "/accounts/password/reset/done/",
    "/accounts/password/reset/key/done/",
    "/accounts/inactive/",
    "/start/nothing/",
    "/sign-in/nothing/",
    "/invitations/nothing/",
]


@pytest.mark.parametrize("language", ["de", "en"])
def test_every_page_before_the_door_has_one_heading_and_its_language(open_house, language):
    client = Client(headers={"Accept-Language": language})
    titles = set()
    for path in STRANGERS:
        answer = client.get(path)
        page = answer.content.decode()
        assert answer.status_code in (200, 404), path
        assert len(re.findall("<h1", page)) == 1, path
        assert f'<html lang="{language}"' in page
        titles.add(re.search("<title>(.*?)</title>", page)[1])
    assert len(titles) == len(STRANGERS) - 2, "three links that open no more share theirs"


def test_language_is_the_persons_else_the_browsers_else_the_houses(as_, mira):
    House.objects.update(language="de-sie")
    stranger = Client()
    assert "Schön, dass Sie da sind" in stranger.get("/accounts/login/").content.decode(), "the house's"
    assert "Nice that you" in stranger.get("/accounts/login/", headers={"Accept-Language": "en-GB,de"}).content.decode()
    assert "Sie da sind" in stranger.get("/accounts/login/", headers={"Accept-Language": "fr,de-AT;q=0.8"}).content.decode()
    verbs.change_profile(mira, language="de")
    assert '<html lang="de"' in as_(mira).get("/me/").content.decode(), "the person's, in an English browser"


def test_the_language_can_be_changed_before_the_door(open_house):
    client = Client(headers={"Accept-Language": "en"})
    answer = client.post("/language/", {"language": "de", "next": "/accounts/login/"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/accounts/login/")
    assert '<html lang="de"' in client.get("/accounts/login/").content.decode()
    client.post("/language/", {"language": "klingon", "next": "//evil.example/"})
    assert '<html lang="de"' in client.get("/accounts/login/").content.decode()


@pytest.mark.parametrize(
    ("agent", "device"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/131.0 Safari/537.36 Edg/131.0", "Edge, Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile Safari/604.1", "Safari, iPhone"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0", "Firefox, Linux"),
        ("curl/8", ""),
    ],
)
def test_a_browser_is_called_as_people_call_it(agent, device):
    from potluck.people.sessions import device as of

    assert of(agent) == device
