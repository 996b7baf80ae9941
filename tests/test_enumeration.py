"""Nobody learns at a door who is here: the same words, the same status, the same statements, the same work, for whoever is here,
is awaited, was here, or never was."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from procrastinate.contrib.django.models import ProcrastinateJob

from potluck.people import verbs
from potluck.people.models import House, Invitation
from tests import crawl, make

pytestmark = pytest.mark.django_db
PASSWORD = "three warm spoons"


class Counting(MD5PasswordHasher):
    """How often a password was hashed: with Argon2 each time is a fifth of a second."""

    hashed = 0

    def encode(self, password, salt):
        Counting.hashed += 1
        return super().encode(password, salt)


@pytest.fixture(autouse=True)
def counted(settings) -> None:
    settings.PASSWORD_HASHERS = ["tests.test_enumeration.Counting"]
    settings.MAIL_URL = "smtp://127.0.0.1:1"  # nobody talks to it: mails stay jobs


@pytest.fixture
def addresses() -> dict[str, str]:
    """One for each way an address can be known here, all equally long."""
    here = make.person(email="aaaa@example.org")
    here.set_password(PASSWORD)
    here.save()
    make.person(email="bbbb@example.org")  # never chose a password
    make.placeholder(email="cccc@example.org")
    verbs.deactivate(None, make.person(email="dddd@example.org"))
    verbs.write_down_mailbox(make.person(), "ffff@example.org")
    return {"not proved": "ffff@example.org",
            "here": "aaaa@example.org", "without a password": "bbbb@example.org", "awaited": "cccc@example.org",
            "closed": "dddd@example.org", "nobody": "eeee@example.org"}  # fmt: skip


def masked(words: str, address: str) -> str:
    words = re.sub(r"since=\d+", "since=", words)
    words = words.replace(address, "ADDRESS").replace(address.replace("@", "%40"), "ADDRESS")
    return re.sub(r'(csrfmiddlewaretoken" value="|X-CSRFToken": ")[^"]+', "TOKEN", words)


def plain(sql: str) -> str:
    """A statement without what differs from one try to the next: values are parameters, names of savepoints are not."""
    sql = re.sub(r"'(?:[^']|'')*'", "'...'", sql)
    sql = re.sub(r'SAVEPOINT "[^"]+"', "SAVEPOINT", sql)
    return re.sub(r"\b\d+\b", "N", sql)


def seen(client: Client, act: Callable[[Client], object], address: str) -> dict[str, object]:
    """What whoever stands at the door can tell: the answer, where it leads, and how much work it was."""
    before, jobs = Counting.hashed, ProcrastinateJob.objects.count()
    with CaptureQueriesContext(connection) as asked:
        answer = act(client)
    page = answer.content.decode()
    after = client.get(answer["Location"]) if answer.has_header("Location") else None
    return {
        "status": answer.status_code,
        "leads to": masked(answer.get("Location", ""), address),
        "says": masked(page, address),
        "and then": masked(after.content.decode(), address) if after else "",
        "mails made": ProcrastinateJob.objects.count() - jobs,
        "hashed": Counting.hashed - before,
        "statements": [plain(one["sql"]) for one in asked.captured_queries],
    }


def stranger() -> Client:
    return Client(headers={"Accept-Language": "en"})


DOORS = {
    "a wrong password": lambda address: lambda client: client.post(
        "/accounts/login/", {"login": address, "password": "wrong wrong"}
    ),
    "a code": lambda address: lambda client: client.post("/accounts/login/code/", {"email": address}),
    "a forgotten password": lambda address: lambda client: client.post("/accounts/password/reset/", {"email": address}),
    "the open door": lambda address: lambda client: client.post("/accounts/signup/", {"name": "Ida", "email": address}),
}


@pytest.fixture
def open_door() -> Iterator[None]:
    House.objects.filter(pk=verbs.the_house().pk).update(mail_domains=["example.org"])
    yield


def differing(found: dict[str, dict[str, object]]) -> list[str]:
    nobody = found["nobody"]
    return [
        f"{who}: {what}: {value!r} instead of {nobody[what]!r}"
        for who, one in found.items()
        for what, value in one.items()
        if value != nobody[what]
    ]


@pytest.mark.parametrize("door", DOORS)
def test_a_door_tells_no_stranger_who_is_here(addresses, open_door, door):
    seen(stranger(), DOORS[door]("warm@example.org"), "warm@example.org")  # what is loaded once is loaded
    assert differing({who: seen(stranger(), DOORS[door](one), one) for who, one in addresses.items()}) == []


def test_a_changed_mailbox_tells_no_member_who_has_it(addresses):
    def ask(address: str):
        return lambda client: client.post("/me/mailbox/", {"email": address})

    client = crawl.signed_in(make.person())
    seen(client, ask("warm@example.org"), "warm@example.org")
    found = {}
    for who, address in addresses.items():
        with connection.cursor() as cursor:
            cursor.execute("delete from cache_rows")  # five a minute are allowed
        found[who] = seen(client, ask(address), address)
    assert differing(found) == []


def test_a_link_that_opens_no_more_is_as_one_that_never_was(addresses):
    """Invitations: used, too old, closed, never made. Links to sign in: the same."""
    inviter = make.person()
    used, path_of_used = verbs.invite(inviter, None, "Ida", mail=False)
    verbs.claim(path_of_used.split("/")[2], name="Ida")
    old, path_of_old = verbs.invite(inviter, None, "Ole", mail=False)
    Invitation.objects.filter(pk=old.pk).update(expires_at=old.at)
    closed, path_of_closed = verbs.invite(inviter, None, "Ulf", mail=False)
    verbs.deactivate(None, closed.person)
    link = verbs.make_sign_in_link(inviter)
    verbs.use_sign_in_link(link.split("/")[2])
    for paths in ([path_of_used, path_of_old, path_of_closed, "/invitations/nothing/"], [link, "/sign-in/nothing/"]):
        for ask in (stranger().get, lambda path: stranger().post(path, {"name": "Ida", "password": PASSWORD})):
            answers = [ask(path) for path in paths]
            assert {answer.status_code for answer in answers} == {404}
            assert len({masked(answer.content.decode(), path) for answer, path in zip(answers, paths, strict=True)}) == 1


def test_a_door_that_tells_is_found(addresses, settings):
    """Positive control: without allauth's care a code is refused to whoever is not here."""
    settings.ACCOUNT_PREVENT_ENUMERATION = False
    found = {who: seen(stranger(), DOORS["a code"](one), one) for who, one in addresses.items()}
    assert any(line.startswith("here: status") for line in differing(found))
