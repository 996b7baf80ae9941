"""One's own mailbox, changed by oneself: the new one is proved, the old one is told, nobody learns who is here."""

from __future__ import annotations

import pytest
from allauth.account.models import EmailAddress
from django.test import Client

from potluck.people.models import Person
from potluck.people.tests import letterbox
from tests import make

pytestmark = pytest.mark.django_db

ASK, PROVE = "/me/mailbox/", "/me/mailbox/code/"
NEW = "mira@new.example"


@pytest.fixture(autouse=True)
def mail_goes_out(settings):
    settings.MAIL_URL = "smtp://127.0.0.1:1"


@pytest.fixture
def mira(open_house) -> Person:
    return make.person("Mira Sand", email="mira@example.org")


def code_for(address: str) -> str:
    return letterbox.code_in(letterbox.to(address)[-1])


def test_a_new_mailbox_counts_once_its_code_is_typed_and_the_old_one_is_told(as_, mira):
    client = as_(mira)
    assert client.post(ASK, {"email": "Mira@NEW.example"}).headers["Location"] == PROVE
    mira.refresh_from_db()
    assert mira.email == "mira@example.org" and not letterbox.to(mira.email), "asking changes nothing"
    assert client.post(PROVE, {"code": "WRONG"}).status_code == 422
    assert client.post(PROVE, {"code": code_for(NEW).lower()}).headers["Location"] == "/me/"
    mira.refresh_from_db()
    assert mira.email == NEW
    assert list(EmailAddress.objects.filter(user=mira).values_list("email", "verified")) == [(NEW, True)]
    assert "Das hier ist die letzte Mail" in letterbox.to("mira@example.org")[0]["text"]
    assert "You wrote down another mailbox for yourself." in client.get("/me/log/").content.decode()
    somewhere = Client()
    somewhere.post("/accounts/login/code/", {"email": NEW})
    assert len(letterbox.to(NEW)) == 2, "a code to come in goes to the new one"
    assert client.get(PROVE).headers["Location"] == ASK, "the code is used up"


def test_a_link_for_a_new_password_that_lies_in_the_old_mailbox_opens_no_more(as_, mira):
    Client().post("/accounts/password/reset/", {"email": mira.email})
    link = letterbox.to(mira.email)[0]["text"].split("http://testserver")[1].split()[0]
    assert b'name="password1"' in Client().get(link, follow=True).content
    client = as_(mira)
    client.post(ASK, {"email": NEW})
    client.post(PROVE, {"code": code_for(NEW)})
    assert b'name="password1"' not in Client().get(link, follow=True).content


def test_an_address_of_somebody_else_is_answered_alike_and_moves_nothing(as_, mira):
    here, awaited = make.person(email="here@example.org"), make.placeholder(email="awaited@example.org")
    seen = []
    for address in (NEW, here.email, awaited.email):
        client = as_(mira)
        answer = client.post(ASK, {"email": address})
        page = client.get(PROVE).content.decode().replace(address, "ADDRESS")
        seen.append((answer.status_code, answer.headers["Location"], "A mail is on its way to ADDRESS." in page))
        assert client.post(PROVE, {"code": "WRONG"}).status_code == 422
    assert seen == [(303, PROVE, True)] * 3
    (told,) = letterbox.to(here.email)
    assert "Das ist schon dein Postfach" in told["subject"]
    assert not letterbox.to(awaited.email), "a place that waits gets its invitation and nothing else"
    mira.refresh_from_db()
    assert mira.email == "mira@example.org"


def test_whoever_was_quicker_keeps_the_address(as_, mira):
    client = as_(mira)
    client.post(ASK, {"email": NEW})
    make.person(email=NEW)
    answer = client.post(PROVE, {"code": code_for(NEW)})
    mira.refresh_from_db()
    assert answer.status_code == 403 and mira.email == "mira@example.org"
    assert EmailAddress.objects.get(user=mira).email == "mira@example.org"


def test_who_has_a_password_gives_it(as_, mira):
    mira.set_password("three warm spoons")
    mira.save()
    client = as_(mira)
    assert client.post(ASK, {"email": NEW}).status_code == 422
    assert client.post(ASK, {"email": NEW, "password": "wrong wrong wrong"}).status_code == 422
    assert not letterbox.posted()
    assert client.post(ASK, {"email": NEW, "password": "three warm spoons"}).status_code == 303
    assert letterbox.to(NEW)


@pytest.mark.parametrize("email", ["", "no address", "MIRA@example.org", "a" * 250 + "@example.org", "a\x00@example.org"])
def test_what_cannot_be_a_new_mailbox_is_said_at_its_field(as_, mira, email):
    answer = as_(mira).post(ASK, {"email": email})
    assert answer.status_code == 422 and "f-email-error" in answer.content.decode()
    assert not letterbox.posted()


def test_five_guesses_close_the_code(as_, mira):
    client = as_(mira)
    client.post(ASK, {"email": NEW})
    for _guess in range(5):
        client.post(PROVE, {"code": "GUESSING"})
    assert client.post(PROVE, {"code": code_for(NEW)}).headers["Location"] == ASK
    mira.refresh_from_db()
    assert mira.email == "mira@example.org"


def test_nobody_has_the_house_write_to_many_addresses(as_, mira):
    client = as_(mira)
    answers = [client.post(ASK, {"email": f"n{n}@new.example"}).status_code for n in range(7)]
    assert answers == [303] * 5 + [429] * 2 and len(letterbox.posted()) == 5
    others = as_(make.person())
    assert others.post(ASK, {"email": "n@new.example"}).status_code == 303, "and it is counted for each person"


def test_where_no_mail_goes_out_the_page_says_who_writes_it_down(as_, mira, settings):
    settings.MAIL_URL = ""
    client = as_(mira)
    page = client.get(ASK).content.decode()
    assert "No mail leaves this house yet" in page and "Adele Auf" in page and 'name="email"' not in page
    assert client.post(ASK, {"email": NEW}).status_code == 422 and not letterbox.posted()
    adele = Person.objects.get(name="Adele Auf")
    assert f"/house/people/{adele.handle}/" in as_(adele).get(ASK).content.decode()


def test_somebody_without_an_address_gives_their_first_one(as_, open_house):
    olu = make.person("Olu Ufer", email=None)
    client = as_(olu)
    client.post(ASK, {"email": "olu@new.example"})
    client.post(PROVE, {"code": code_for("olu@new.example")})
    olu.refresh_from_db()
    assert olu.email == "olu@new.example"
