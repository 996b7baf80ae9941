"""One's own mailbox, changed by oneself: the new one is proved, the old one is told, nobody learns who is here."""

from __future__ import annotations

import pytest
from allauth.account.models import EmailAddress
from django.db import connection
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
    adele.set_unusable_password()
    adele.save()
    assert f"/house/people/{adele.handle}/" in as_(adele).get(ASK).content.decode()


# --- written down where no mail goes out, proved once it does ---------------------------------------------------------------

PASSWORD = "three warm spoons"
ON, OFF = "smtp://127.0.0.1:1", ""


def with_password(person: Person) -> Person:
    person.set_password(PASSWORD)
    person.save()
    return person


def comes_in_by_password(email: str) -> bool:
    client = Client()
    client.post("/accounts/login/", {"login": email, "password": PASSWORD})
    return client.get("/me/").status_code == 200


def mailed_at_the_doors(email: str) -> int:
    """How many mails a stranger who types this address has sent there."""
    with connection.cursor() as cursor:
        cursor.execute("delete from cache_rows")
    before = len(letterbox.to(email))
    for door in ("/accounts/login/code/", "/accounts/password/reset/"):
        assert Client().post(door, {"email": email}).status_code == 302
    return len(letterbox.to(email)) - before


def test_where_no_mail_goes_out_a_password_changes_ones_own_address(as_, mira, settings):
    settings.MAIL_URL = OFF
    client = as_(with_password(mira))
    page = client.get(ASK).content.decode()
    assert "Your password is enough." in page and 'name="password"' in page and "The mailbox you have now is told" not in page
    for email, password in ((NEW, ""), (NEW, "wrong wrong wrong"), ("adele@example.org", PASSWORD)):
        answer = client.post(ASK, {"email": email, "password": password})
        assert answer.status_code == 422 and "Somebody in this house" not in answer.content.decode()
        mira.refresh_from_db()
        assert mira.email == "mira@example.org"
    assert client.post(ASK, {"email": "Mira@NEW.example", "password": PASSWORD}).headers["Location"] == "/me/"
    mira.refresh_from_db()
    assert mira.email == NEW and not letterbox.posted()
    assert list(EmailAddress.objects.filter(user=mira).values_list("email", "verified")) == [(NEW, False)]
    assert "You wrote down another mailbox for yourself." in client.get("/me/log/").content.decode()
    assert "Not confirmed yet" not in client.get("/me/").content.decode(), "nothing can be confirmed now"
    assert client.post(ASK, {"email": NEW, "password": PASSWORD}).status_code == 422, "it is theirs already"
    assert comes_in_by_password(NEW) and not comes_in_by_password("mira@example.org")


def test_once_mail_goes_out_an_address_that_was_written_down_is_proved_before_it_lets_anybody_in(as_, mira, settings):
    settings.MAIL_URL = OFF
    client = as_(with_password(mira))
    client.post(ASK, {"email": NEW, "password": PASSWORD})
    settings.MAIL_URL = ON
    assert mailed_at_the_doors(NEW) == 0, "whoever reads that mailbox may be somebody else"
    assert comes_in_by_password(NEW)
    assert "Not confirmed yet" in client.get("/me/").content.decode()
    page = client.get(ASK).content.decode()
    assert "Confirm it with a code" in page and f'value="{NEW}"' in page
    assert client.post(ASK, {"email": NEW, "password": PASSWORD}).headers["Location"] == PROVE
    assert client.post(PROVE, {"code": code_for(NEW)}).headers["Location"] == "/me/"
    assert EmailAddress.objects.get(user=mira).verified and len(letterbox.to(NEW)) == 1
    assert "You confirmed your mailbox with a code." in client.get("/me/log/").content.decode()
    assert "Not confirmed yet" not in client.get("/me/").content.decode()
    assert mailed_at_the_doors(NEW) == 2, "the control: now it does"
    assert client.post(ASK, {"email": NEW, "password": PASSWORD}).status_code == 422, "it is theirs already"


def test_an_address_that_was_written_down_can_be_changed_for_another_once_mail_goes_out(as_, mira, settings):
    settings.MAIL_URL = OFF
    client = as_(with_password(mira))
    client.post(ASK, {"email": "tpyo@new.example", "password": PASSWORD})
    settings.MAIL_URL = ON
    client.post(ASK, {"email": NEW, "password": PASSWORD})
    client.post(PROVE, {"code": code_for(NEW)})
    mira.refresh_from_db()
    assert mira.email == NEW and EmailAddress.objects.get(user=mira).verified
    assert not letterbox.to("tpyo@new.example"), "whoever reads that mailbox is told nothing"


@pytest.mark.parametrize(("url", "lets_in"), [(ON, 2), (OFF, 0)])
def test_what_an_administrator_writes_down_is_proved_too_where_no_mail_went_out(as_, mira, settings, url, lets_in):
    """A lost mailbox is found again by a code to the new one; where none could go there, nobody knows whose it is."""
    settings.MAIL_URL = url
    keeper = as_(make.administrator())
    page = keeper.get(f"/house/people/{mira.handle}/").content.decode()
    assert ("The old one is told" in page) is bool(url) and ("they confirm the address with a code" in page) is not bool(url)
    assert keeper.post(f"/house/people/{mira.handle}/mailbox/", {"email": NEW}).status_code == 303
    assert EmailAddress.objects.get(user=mira, email=NEW).verified is bool(url)
    settings.MAIL_URL = ON
    assert mailed_at_the_doors(NEW) == lets_in
    keeper.post(f"/house/people/{mira.handle}/mailbox/", {"email": NEW})
    assert mailed_at_the_doors(NEW) == 2, "written down once more now that mail goes out"


def test_an_address_that_stays_the_same_stays_proved(as_, mira, settings):
    settings.MAIL_URL = OFF
    as_(make.administrator()).post(f"/house/people/{mira.handle}/mailbox/", {"email": mira.email})
    assert EmailAddress.objects.get(user=mira).verified


def test_somebody_without_an_address_gives_their_first_one(as_, open_house):
    olu = make.person("Olu Ufer", email=None)
    client = as_(olu)
    client.post(ASK, {"email": "olu@new.example"})
    client.post(PROVE, {"code": code_for("olu@new.example")})
    olu.refresh_from_db()
    assert olu.email == "olu@new.example"
