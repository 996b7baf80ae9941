"""Where no mail goes out, no page outside or inside promises any; where it does, each page says so."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob

from potluck.people import queries, verbs
from potluck.people.models import House, Person, Session
from tests import make

pytestmark = pytest.mark.django_db

ON, OFF = "smtp://127.0.0.1:1", ""
NONE_LEAVES = "No mail leaves this house yet"
KEINE = "Aus diesem Haus geht noch keine Mail hinaus"


@pytest.mark.parametrize(
    ("address", "promise"),
    [
        ("/accounts/login/", "A code comes by mail"),
        ("/accounts/login/code/", "Send me a code"),
        ("/accounts/password/reset/", "Send me the link"),
    ],
)
def test_a_door_promises_mail_only_where_mail_goes_out(settings, open_house, address, promise):
    settings.MAIL_URL = ON
    page = Client(headers={"accept-language": "en"}).get(address).content.decode()
    assert promise in page and NONE_LEAVES not in page
    settings.MAIL_URL = OFF
    page = Client(headers={"accept-language": "en"}).get(address).content.decode()
    assert promise not in page and NONE_LEAVES in page


def test_the_doors_say_it_in_german_by_du_and_by_sie(settings, open_house):
    settings.MAIL_URL = OFF
    for language, word in (("de", "macht dir einen Link"), ("de-sie", "macht Ihnen einen Link")):
        House.objects.update(language=language)
        page = Client(headers={"accept-language": "de"}).get("/accounts/password/reset/").content.decode()
        assert KEINE in page and word in page


def test_a_mistyped_password_is_answered_with_a_code_only_where_one_can_come(settings, open_house):
    make.person("Mira Sand", email="mira@example.org")
    typed = {"login": "mira@example.org", "password": "certainly not this"}
    for url, promised in ((ON, True), (OFF, False)):
        settings.MAIL_URL = url
        page = Client(headers={"accept-language": "en"}).post("/accounts/login/", typed).content.decode()
        assert "do not belong together" in page
        assert ("have a code sent" in page) is promised


def test_an_open_door_for_a_mail_domain_is_shown_only_where_a_code_can_go_there(settings, open_house):
    House.objects.update(mail_domains=["example.org"])
    for url, promised in ((ON, True), (OFF, False)):
        settings.MAIL_URL = url
        page = Client(headers={"accept-language": "en"}).get("/accounts/login/").content.decode()
        assert ("you can come in yourself" in page) is promised
        page = Client(headers={"accept-language": "en"}).get("/accounts/signup/").content.decode()
        assert ("Send me a code" in page) is promised and (NONE_LEAVES in page) is not promised


def test_an_invitation_is_handed_over_where_no_mail_goes_out(settings, as_, open_house):
    known, unknown = make.placeholder("Paul Platz"), make.placeholder("Olu Ufer", email=None)
    client = as_(make.person())
    for url, promised in ((ON, True), (OFF, False)):
        settings.MAIL_URL = url
        page = client.get("/invite/").content.decode()
        assert ("They get one mail" in page) is promised and ("no mail leaves this house yet" in page) is not promised
        assert ("Without one you hand the link over" in page) is promised
        page = client.get(f"/people/{known.handle}/invitation/").content.decode()
        assert ("One mail goes there" in page) is promised and (NONE_LEAVES in page) is not promised
        page = client.get(f"/people/{unknown.handle}/invitation/").content.decode()
        assert (NONE_LEAVES in page) is not promised


def test_a_mailbox_written_down_for_somebody_is_told_to_the_old_one_only_where_mail_goes_out(settings, as_, open_house):
    mira, client = make.person("Mira Sand", email="mira@example.org"), as_(make.administrator())
    for url, promised in ((ON, True), (OFF, False)):
        settings.MAIL_URL = url
        told = client.post(
            f"/house/people/{mira.handle}/mailbox/", {"email": f"mira{promised}@example.org"}, follow=True
        ).content.decode()
        assert ("The old mailbox is told." in told) is promised
        assert ("they find it in their log" in told) is not promised


ASKED = {
    "/accounts/login/code/": {"email": "mira@example.org"},
    "/accounts/password/reset/": {"email": "mira@example.org"},
    "/accounts/signup/": {"name": "Ida", "email": "ida@example.org"},
}


def what_is_kept() -> list[int]:
    """Rows that a form could have made: mails to send, people, browsers that are remembered, tries."""
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from cache_rows")
        tries = cursor.fetchone()[0]
    return [ProcrastinateJob.objects.count(), Person.objects.count(), Session.objects.count(), tries]


@pytest.mark.parametrize("address", ASKED)
def test_what_is_typed_in_all_the_same_is_answered_with_the_same_truth_and_writes_nothing(settings, open_house, address):
    make.person("Mira Sand", email="mira@example.org")
    House.objects.update(mail_domains=["example.org"])
    settings.MAIL_URL, before = OFF, what_is_kept()
    client = Client(headers={"accept-language": "en"})
    answer = client.post(address, ASKED[address])
    page = answer.content.decode()
    assert answer.status_code == 422 and NONE_LEAVES in page and 'name="email"' not in page
    assert what_is_kept() == before and not client.cookies.get(settings.SESSION_COOKIE_NAME)
    settings.MAIL_URL = ON
    assert client.post(address, ASKED[address]).status_code in (302, 303)
    assert what_is_kept() != before, "the control: with a server it is taken"


@pytest.mark.parametrize(
    ("waiting", "asking"),
    [
        ("/accounts/login/code/confirm/", "/accounts/login/code/"),
        ("/accounts/password/reset/done/", "/accounts/password/reset/"),
        ("/accounts/signup/code/", "/accounts/signup/"),
    ],
)
def test_no_page_waits_for_a_mail_that_cannot_come(settings, open_house, waiting, asking):
    """Asked for while a server was named, looked at when none is any more."""
    make.person("Mira Sand", email="mira@example.org")
    House.objects.update(mail_domains=["example.org"])
    settings.MAIL_URL = ON
    client = Client(headers={"accept-language": "en"})
    client.post(asking, ASKED[asking])
    assert "on its way" in client.get(waiting).content.decode()
    settings.MAIL_URL, before = OFF, ProcrastinateJob.objects.count()
    for answer in (client.get(waiting), client.post(waiting, {"code": "BCDF-GHJK", "action": "resend"})):
        assert answer.headers["Location"] == asking
    assert NONE_LEAVES in client.get(asking).content.decode()
    assert ProcrastinateJob.objects.count() == before


@pytest.mark.parametrize(
    ("administrator", "url", "proved"),
    [(False, OFF, False), (True, OFF, True), (False, ON, True)],
    ids=["by hand from a colleague", "by hand from an administrator", "by mail"],
)
def test_an_address_that_came_with_a_link_by_hand_is_proved_by_an_administrator_alone(
    settings, open_house, administrator, url, proved
):
    """Else whoever invites somebody at another's address, and takes the place, would stand in for them in what is imported."""
    settings.MAIL_URL = url
    inviter = make.administrator() if administrator else make.person()
    _invitation, path = verbs.invite(inviter, "mira@fremd.example", "Mira")
    verbs.claim(path.split("/")[2], name="Mira", password="Drei Lieder am Morgen")
    assert (queries.unproved_addresses() == set()) is proved
