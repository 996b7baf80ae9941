"""Forms from elsewhere, links that change something, and ways out of the house: every route, generated."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from tests import crawl, world
from tests.test_routes import blank, everything, form, routes, things, wanted, written

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def house() -> world.World:
    return world.build()


def asked(client: Client, method: str, address: str, typed: dict[str, str] | None = None) -> tuple[Any, int]:
    """One request that leaves no trace: (answer, rows written)."""
    with transaction.atomic():
        before = written()
        answer = getattr(client, method.lower())(address, typed or {})
        rows = written() - before
        transaction.set_rollback(True)
    return answer, rows


def addresses(house: world.World, name: str, needs: str) -> list[str]:
    if needs == "its own proof":
        return [reverse(name, args=blank(name))]
    return [reverse(name, args=thing.args) for thing in things(house, name, needs)]


# --- forms from elsewhere -------------------------------------------------------------------------------------------------

#: Mail programs post it on their own, without cookies: the token in its address is the right to do it (RFC 8058).
BY_TOKEN = {"notices:unsubscribe"}
#: Receives a large file before it can read the token behind it; it is tried with all the others all the same.
ASKS_ITSELF = {"exchange:uploads"}


def unsafe(house: world.World) -> list[tuple[str, str]]:
    found = [(name, at) for (name, method), needs in wanted().items() if method != "GET" for at in addresses(house, name, needs)]
    of_allauth = [name for name in everything() if name not in routes() and name not in ("account_inactive",)]
    return [*found, *((name, reverse(name, args=["1", "set-password"] if "key" in name and "done" not in name else []))
                      for name in of_allauth)]  # fmt: skip


def taken_from_elsewhere(house: world.World) -> tuple[list[str], int]:
    """What takes a form without its token, and how many were tried: as a member, as an administrator, as nobody."""
    taken, tried = [], 0
    for who in ("giver", "administrator", ""):
        client = Client(enforce_csrf_checks=True, HTTP_HOST="localhost")
        if who:
            client.force_login(house.actors[who])
        for name, address in unsafe(house):
            if name in BY_TOKEN:
                continue
            answer, rows = asked(client, "post", address, form(house, name))
            tried += 1
            refused = answer.status_code == 403 or not who and "/accounts/login/" in answer.get("Location", "")
            if not refused or rows:
                taken.append(f"{name} at {address} as {who or 'nobody'}: {answer.status_code}, {rows} rows")
    return taken, tried


def test_no_route_takes_a_form_from_elsewhere(house):
    taken, tried = taken_from_elsewhere(house)
    assert taken == [] and tried > 300


def test_a_route_that_takes_one_is_found(house, monkeypatch):
    """Positive control."""
    from django.middleware.csrf import CsrfViewMiddleware

    monkeypatch.setattr(CsrfViewMiddleware, "process_view", lambda *_: None)
    taken, _tried = taken_from_elsewhere(house)
    written_to = {line.split(" ")[0] for line in taken if not line.endswith(" 0 rows")}
    assert {"posts:posts", "talk:comments", "people:closing", "groups:leave", "pages:home", "acts:withdrawal"} <= written_to


def test_only_the_unsubscribe_link_needs_no_token():
    free = {name for name, view in everything().items() if getattr(view, "csrf_exempt", False)}
    assert free == BY_TOKEN | ASKS_ITSELF


# --- links change nothing -------------------------------------------------------------------------------------------------

#: Opening what one was told of is reading the notice: only its own mark changes, and not by asking for the head alone.
READS = {"notices:opened", "acts:act"}


def changing(house: world.World) -> tuple[list[str], int]:
    found, tried = [], 0
    for who in ("giver", "community-manager", "administrator", None):
        client = crawl.signed_in(house.actors[who] if who else None)
        for name, view in everything().items():
            needs = wanted().get((name, "GET"), "its own proof") if name in routes() else "its own proof"
            if name not in routes():
                at = [reverse(name, args=["1", "set-password"] if "from_key" in name and "done" not in name else [])]
            else:
                at = addresses(house, name, needs)
            for address in at:
                for method in ("head", "options") if name in READS else ("get", "head", "options"):
                    answer, rows = asked(client, method, address)
                    tried += 1
                    if rows or answer.status_code >= 500:
                        found.append(f"{method} {name} as {who}: {answer.status_code}, {rows} rows")
    return found, tried


def test_looking_changes_nothing(house):
    found, tried = changing(house)
    assert found == [] and tried > 1000


def test_a_link_that_changes_something_is_found(house, monkeypatch):
    """Positive control: a page that counts who looks."""
    from potluck.acts.models import Act
    from potluck.core import answers

    page = answers.render
    monkeypatch.setattr(answers, "render", lambda *args, **more: (Act.objects.update(language="de"), page(*args, **more))[1])
    found, _tried = changing(house)
    assert {"get groups:group", "head acts:act"} <= {line.partition(" as ")[0] for line in found}


# --- ways out -------------------------------------------------------------------------------------------------------------

EVIL = "evil.example"
#: Ways to say another host that a browser follows and a careless check lets pass.
OUT = [
    "https://evil.example/", "http://evil.example", "//evil.example/", "///evil.example", "////evil.example",
    "\\\\evil.example", "/\\evil.example", "\\/evil.example", "/\\/evil.example", "https:evil.example",
    "https:/evil.example", "http:///evil.example", "HTTPS://EVIL.EXAMPLE/", "//evil.example\\@localhost/",
    "https://localhost@evil.example/", "//localhost@evil.example", "https://localhost.evil.example/",
    "https://evil.example#localhost", "https://evil.example?localhost", "/\t/evil.example", "\t//evil.example",
    "/\n/evil.example", "\n//evil.example", "\r//evil.example", " //evil.example", " https://evil.example",
    "\x00//evil.example", "\x08//evil.example", "/%09/evil.example", "/%5cevil.example", "/%2f/evil.example",
    "%2f%2fevil.example", "//evil%E3%80%82example", "//evil。example", "//%65vil.example", "/.//evil.example",
    "/..//evil.example", "./\\evil.example", "/;@evil.example", "javascript:alert(1)//evil.example",
    "JaVaScRiPt:alert(1)", "java\tscript:alert(1)", "\x01javascript:alert(1)",
    "data:text/html,<script>alert(1)</script>", "vbscript:x", "blob:https://evil.example/x",
    "//[::ffff:203.0.113.7]/", "//0xcb007107/", "https://evil.example:443/", "//evil.example:80/",
    "http://[evil.example]/", "/\x0b/evil.example", "/\x0c/evil.example", "/http://evil.example",
    "//evil.example/%2e%2e", "/\u2028/evil.example", "\u202e//evil.example", "//\u00a0evil.example",
    "https://evil.example\u0000.localhost/", "//localhost:80@evil.example:443", "/x/../..//evil.example",
    "//evil.example/?next=/",
]  # fmt: skip
WHERE = ("next", "to", "return", "redirect", "url", "continue")


def leads_out(to: str, here: str = "http://localhost/acts/") -> bool:
    """Where a browser goes: tabs and line breaks are dropped, blanks and controls at the ends too, backslashes are slashes."""
    heard = re.sub(r"[\t\n\r]", "", to).strip("".join(map(chr, range(33)))).replace("\\", "/")
    try:
        parts = urlsplit(urljoin(here, heard))
    except ValueError:
        return True
    return parts.scheme not in ("http", "https") or parts.netloc != "localhost" or heard.startswith("//")


def ways_out(house: world.World, names: set[str], payloads: list[str]) -> list[str]:
    found = []
    client, stranger = crawl.signed_in(house.actors["giver"]), crawl.signed_in(None)
    client.raise_request_exception = stranger.raise_request_exception = False
    for name, address in unsafe(house):
        if name not in names:
            continue
        for payload in payloads:
            said = dict.fromkeys(WHERE, payload)
            for who in (client, stranger):
                for ajax in ({}, {"HX-Request": "true", "HX-Current-URL": f"http://localhost{payload}"}):
                    with transaction.atomic():
                        typed = form(house, name)
                        answer = who.post(address, {**said, **typed, "next": payload}, query_params=said, headers=ajax)
                        transaction.set_rollback(True)
                    to = answer.headers.get("Location") or answer.headers.get("HX-Redirect", "")
                    if answer.status_code >= 500 or to and leads_out(to):
                        found.append(f"{name}: {payload!r} leads to {to!r}")
    return found


@pytest.fixture(autouse=True)
def mail_goes_out(settings):
    settings.MAIL_URL = "smtp://127.0.0.1:1"  # nobody talks to it: doors that mail take what is typed


def test_no_next_leads_out_of_the_house(house):
    """Every hostile address at every route that takes one."""
    takers = {"look", "people:language", "thanks:new", "account_login", "account_logout", "account_request_login_code"}
    assert ways_out(house, takers, OUT) == []


@pytest.mark.nightly
def test_no_route_leads_out_of_the_house(house):
    assert ways_out(house, set(everything()), OUT) == []


def test_a_few_ways_out_at_every_route(house):
    assert ways_out(house, set(everything()), ["//evil.example/", "/\\evil.example"]) == []


def test_signing_in_leads_nowhere_else(house):
    person = house.actors["giver"]
    person.set_password("three warm spoons")
    person.save()
    for payload in OUT:
        with connection.cursor() as cursor:
            cursor.execute("delete from cache_rows")
        client = Client(HTTP_HOST="localhost")
        typed = {"login": person.email, "password": "three warm spoons", "next": payload}
        answer = client.post("/accounts/login/", typed, query_params={"next": payload})
        assert answer.status_code == 302 and not leads_out(answer["Location"]), payload


def test_a_house_that_follows_any_next_is_found(house, monkeypatch):
    """Positive control."""
    from potluck.core import look

    monkeypatch.setattr(look, "safe_next", lambda request, otherwise: request.POST["next"])
    assert len(ways_out(house, {"look"}, OUT)) > 60
    assert not leads_out("/acts/1/") and not leads_out("/http://evil.example") and leads_out("//evil.example")
