"""Limits at every route that signs in, sends mail or searches: counted per address, person or browser, in the database, and
never used up by somebody else's typing."""

from __future__ import annotations

import ast
import inspect
import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client

from potluck.core import often
from potluck.core.often import Limit
from tests import crawl, make
from tests.test_routes import everything

pytestmark = pytest.mark.django_db
PASSWORD = "three warm spoons"


@pytest.fixture(autouse=True)
def mail_goes_out(settings):
    settings.MAIL_URL = "smtp://127.0.0.1:1"  # nobody talks to it: mails stay jobs


# --- every route that needs one has one -----------------------------------------------------------------------------------

#: What a view names when it signs somebody in, sends mail or searches. ``typed`` is core/text.py's, for words to look for.
COSTLY = {"sign_in", "send_join_code", "prove_mailbox", "make_sign_in_link", "change_address", "answer_four_questions",
          "invite", "people_to_thank", "found", "directory_page", "keeping", "proves"}  # fmt: skip
#: And what the address of a page says that searches.
SEARCHES = re.compile(r"search|suggest|matches")
OF_ALLAUTH = {"account_login", "account_request_login_code", "account_confirm_login_code", "account_signup",
              "account_signup_code", "account_change_password", "account_set_password", "account_reset_password",
              "account_reset_password_from_key"}  # fmt: skip


def names_in(view) -> set[str]:
    tree = ast.parse(inspect.getsource(inspect.unwrap(view)).lstrip())
    body = tree.body[0].body if isinstance(tree.body[0], ast.FunctionDef) else []
    found = [node for part in body for node in ast.walk(part)]
    calls = [node.func for node in found if isinstance(node, ast.Call)]
    return {getattr(call, "attr", getattr(call, "id", "")) for call in calls}


def costly(name: str, view) -> bool:
    if view.__module__.startswith("allauth."):
        return name in OF_ALLAUTH
    return bool(SEARCHES.search(name) or names_in(view) & COSTLY)


def test_every_route_that_signs_in_mails_or_searches_has_a_limit():
    found = {name: view for name, view in everything().items() if costly(name, view)}
    assert [name for name, view in found.items() if not getattr(view, "often", None)] == []
    assert {"people:sign_in_link", "claim:invitation", "people:invite", "thanks:matches", "account_login"} <= set(found)


def test_a_route_without_one_is_found():
    """Positive control."""
    from potluck.people.views import doors

    bare = inspect.unwrap(doors.sign_in_link)
    assert costly("people:sign_in_link", bare) and not hasattr(bare, "often")


# --- counting -------------------------------------------------------------------------------------------------------------


def test_so_many_are_answered_and_the_next_is_told_when():
    limit = Limit(3, timedelta(minutes=5), often.address)
    waits = [often.wait("test", limit, "one") for _try in range(5)]
    assert waits[:3] == [0, 0, 0] and all(290 < left <= 300 for left in waits[3:])
    assert often.wait("test", limit, "another") == 0
    assert often.wait("another test", limit, "one") == 0


def test_what_counts_no_more_is_erased_and_counts_anew():
    limit = Limit(1, timedelta(minutes=5), often.address)
    assert often.wait("test", limit, "one") == 0 and often.wait("test", limit, "one") > 0
    with connection.cursor() as cursor:
        cursor.execute("update cache_rows set expires = now() - interval '1 second'")
        assert often.wait("test", limit, "one") == 0
        cursor.execute("update cache_rows set expires = now() - interval '1 second'")
        make.people.forget()
        cursor.execute("select count(*) from cache_rows")
        assert cursor.fetchone() == (0,)


def test_no_address_and_no_name_is_kept_of_a_try(mira):
    Client(REMOTE_ADDR="203.0.113.7").post("/accounts/login/", {"login": "mira@example.org", "password": "no"})
    with connection.cursor() as cursor:
        cursor.execute("select * from cache_rows")
        kept = str(cursor.fetchall())
    assert "often:" in kept and "203.0.113.7" not in kept and "mira" not in kept


def test_of_an_ipv6_network_all_addresses_are_one_and_another_is_not(rf):
    near, same, far = ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", "2001:db8:1:3::1")
    seen = [often.address(rf.get("/", REMOTE_ADDR=one)) for one in (near, same, far)]
    assert seen[0] == seen[1] != seen[2]


def test_a_header_changes_nothing_about_where_one_comes_from(rf):
    for header in ("X-Forwarded-For", "X-Real-IP", "Forwarded", "True-Client-IP", "CF-Connecting-IP"):
        assert often.address(rf.get("/", REMOTE_ADDR="203.0.113.7", headers={header: "198.51.100.1"})) == "203.0.113.7"


# --- at the doors ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def mira():
    person = make.person("Mira Sand", email="mira@example.org")
    person.set_password(PASSWORD)
    person.save()
    return person


def at(address: str, **more) -> Client:
    return Client(REMOTE_ADDR=address, headers={"Accept-Language": "en"}, **more)


def try_password(client: Client, password: str, login: str = "mira@example.org"):
    return client.post("/accounts/login/", {"login": login, "password": password})


def test_guessing_a_password_is_refused_with_a_sentence_and_the_time(mira):
    here = at("203.0.113.7")
    answers = [try_password(here, f"wrong {n}") for n in range(10)]
    assert [answer.status_code for answer in answers] == [422] * 8 + [429] * 2
    assert "Try again in 5 minutes" in answers[-1].content.decode() and 0 < int(answers[-1]["Retry-After"]) <= 300
    assert try_password(here, PASSWORD).status_code == 429, "the right one is not told from a wrong one"


def test_guessing_many_names_at_one_address_is_refused_too(mira):
    here = at("203.0.113.7")
    answers = [try_password(here, "wrong", f"p{n}@example.org").status_code for n in range(32)]
    assert answers == [422] * 30 + [429] * 2


def test_a_name_spelled_otherwise_is_the_same_name(mira):
    here = at("203.0.113.7")
    spelled = ["mira@example.org", "MIRA@example.org", " mira@example.org ", "Mira@Example.org"]
    assert [try_password(here, "wrong", spelled[n % 4]).status_code for n in range(9)][-1] == 429
    assert at("203.0.113.7", SERVER_NAME="x.localhost").post(
        "/accounts/login/", {"login": "mira@example.org", "password": "no"}
    ).status_code == 429, "another name of the house is no way around"  # fmt: skip


def test_nobody_is_locked_out_by_somebody_elses_typing(mira):
    """Neither from elsewhere, nor, in a browser that is theirs, from the very same address."""
    own = at("203.0.113.7")
    assert try_password(own, PASSWORD).status_code == 302
    own.post("/accounts/logout/")
    guesser = at("203.0.113.7")
    for n in range(60):
        try_password(guesser, f"wrong {n}")
    assert try_password(guesser, PASSWORD).status_code == 429
    assert try_password(own, PASSWORD).status_code == 302, "her own browser, the same office"
    assert try_password(at("198.51.100.9"), PASSWORD).status_code == 302, "another browser, elsewhere"


def test_a_known_browser_may_not_guess_either_and_only_its_own_person_is_known(mira):
    own = at("203.0.113.7")
    try_password(own, PASSWORD)
    own.post("/accounts/logout/")
    assert [try_password(own, "wrong").status_code for _n in range(11)] == [422] * 10 + [429]
    other = make.person("Jonas Feld", email="jonas@example.org")
    other.set_password(PASSWORD)
    other.save()
    assert [try_password(own, "wrong", "jonas@example.org").status_code for _n in range(9)] == [422] * 8 + [429]
    [cookie] = [value for name, value in own.cookies.items() if "browser" in name]
    forged = at("198.51.100.9")
    forged.cookies[cookie.key] = f"{other.pk}.{cookie.value.partition('.')[2]}"
    assert [try_password(forged, "wrong", "jonas@example.org").status_code for _n in range(9)][-1] == 429


@pytest.mark.parametrize("door", ["/accounts/login/code/", "/accounts/password/reset/"])
def test_a_mailbox_is_not_flooded_and_whoever_asks_elsewhere_is_answered(mira, door):
    here = at("203.0.113.7")
    for address in (mira.email, "nobody@example.org"):
        assert [here.post(door, {"email": address}).status_code for _n in range(4)] == [302, 302, 302, 429]
    assert at("198.51.100.9").post(door, {"email": mira.email}).status_code == 302


def test_a_member_has_the_house_write_to_so_many_people_and_no_more():
    host = make.person()
    client, other = crawl.signed_in(host), crawl.signed_in(make.person())
    address = iter(range(1000))

    def invite(who: Client) -> int:
        return who.post("/invite/", {"name": "Ida", "email": f"ida{next(address)}@example.org", "once": "x"}).status_code

    answers = {invite(client) for _n in range(60)}
    assert 429 not in answers and invite(client) == 429
    assert invite(other) != 429


def test_searching_is_limited_and_looking_is_not():
    client = crawl.signed_in(make.person())
    seen = [client.get(f"/people/?q=a{n}").status_code for n in range(242)]
    assert seen == [200] * 240 + [429] * 2
    assert client.get("/people/").status_code == 200


def test_without_its_limit_a_door_answers_every_guess(mira, monkeypatch):
    """Positive control."""
    monkeypatch.setattr(often, "wait", lambda *_: 0)
    here = at("203.0.113.7")
    assert {try_password(here, f"wrong {n}").status_code for n in range(40)} == {422}
