"""While PostgreSQL is away, every route answers 503 with a sentence and ``Retry-After``, whichever statement meets it first;
what needs no database goes on."""

from __future__ import annotations

import contextlib
import re
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from email.message import Message

import psycopg
import pytest
from django.db import InterfaceError, OperationalError, connection
from django.test import Client
from django.urls import reverse
from procrastinate.exceptions import ConnectorException

from conftest import serving
from potluck.core.answers import broken
from potluck.core.declared import random_key
from tests import cluster, crawl, make
from tests.test_routes import blank, routes

LANGUAGES = {"de": "Der Tisch wird gerade neu gedeckt", "en": "The table is being reset", "fr": "The table is being reset"}


@contextlib.contextmanager
def away_from(statement: int, problem: type[Exception] = OperationalError) -> Iterator[None]:
    """PostgreSQL goes when the statement of this number (from 0) is sent, and stays away."""
    sent = -1

    def send(execute, sql, params, many, context):
        nonlocal sent
        sent += 1
        if sent >= statement:
            raise problem("the connection is lost") from psycopg.OperationalError("the connection is lost")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(send):
        yield


def is_away(answer, language: str, method: str) -> None:
    text = answer.content.decode()
    assert answer.status_code == 503, (answer.status_code, text[:300])
    assert int(answer["Retry-After"]) > 0
    assert answer["Cache-Control"] == "no-store"
    if method != "HEAD":
        assert LANGUAGES[language] in text
        assert f'lang="{"en" if language == "fr" else language}"' in text
        assert ('class="button button-main"' in text) == (method == "GET")  # what was sent is not asked for again by a link


@pytest.mark.django_db
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_route_says_so_in_the_readers_language(language):
    client = crawl.signed_in(make.administrator())
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = language
    client.raise_request_exception = False
    asked = 0
    for name, view in routes().items():
        for method in getattr(view, "takes", ["GET", "POST"]):
            with away_from(0):
                is_away(client.generic(method, reverse(name, args=blank(name))), language, method)
            asked += 1
    assert asked > 100


@pytest.mark.django_db(transaction=True)
def test_it_may_go_at_any_statement_of_a_page():
    """Home, an answer and a sign-in: whichever statement is the first to fail, in one way or the other. That they succeed
    when all statements may be sent is the control."""
    mira, jonas = make.person(), make.person()
    act = make.question(mira)
    client, stranger = crawl.signed_in(jonas), Client(HTTP_HOST="localhost", HTTP_ACCEPT_LANGUAGE="de")
    tries = {
        "home": lambda: client.get("/"),
        "answer": lambda: client.post(f"/acts/{act.key}/comments/", {"words": "Im Keller.", "once": random_key()}),
        "sign in": lambda: stranger.post("/accounts/login/", {"login": "nobody@example.org", "password": "not it at all"}),
    }
    for one in (client, stranger):
        one.raise_request_exception = False
    for name, ask in tries.items():
        for statement in range(60):
            with away_from(statement, (OperationalError, InterfaceError)[statement % 2]):
                answer = ask()
            if answer.status_code < 500:
                break
            assert answer.status_code == 503, (name, statement, answer.status_code)
            assert "Retry-After" in answer
        assert statement > 1, name
        assert answer.status_code in (200, 303, 422), (name, answer.status_code)


def test_the_queue_of_jobs_says_it_in_an_exception_of_its_own(rf):
    """As procrastinate raises it; another fault of the queue is a fault of ours."""
    for cause, status in ((psycopg.OperationalError("gone"), 503), (psycopg.errors.UndefinedTable("jobs"), 500)):
        try:
            raise ConnectorException from cause
        except ConnectorException:
            assert broken(rf.post("/")).status_code == status


def test_the_language_chosen_at_the_door_holds_when_nobody_can_be_asked(settings, db):
    client = Client(HTTP_HOST="localhost", HTTP_ACCEPT_LANGUAGE="en")
    client.raise_request_exception = False
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "de"
    with away_from(0):
        is_away(client.get("/accounts/login/"), "de", "GET")


# --- the real process ------------------------------------------------------------------------------------------------------


def ask(address: str, path: str, **more) -> tuple[int, Message, str]:
    request = urllib.request.Request(address + path, **more)
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status, answer.headers, answer.read(2000).decode()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read().decode()


@pytest.mark.slow
def test_a_served_house_stays_polite_while_its_database_is_away(transactional_db, database_name, tmp_path):
    """Nobody is let into the database and all who were in it are sent out, as in a restart that takes long."""
    make.administrator()
    name = f"{database_name}_away"
    with cluster.beside(name), (tmp_path / "log").open("w+b") as log, serving(name, log) as address:
        cookie = {"Cookie": "potluck_session_house=0123456789abcdef0123456789abcdef"}
        assert ask(address, "/accounts/login/")[0] == 200
        assert ask(address, "/readyz")[0] == 200
        art = re.search(r'/static/css/[\w./-]+\.css', ask(address, "/accounts/login/")[2])
        assert art
        with psycopg.connect(cluster.url_of("postgres"), autocommit=True) as server:
            server.execute(f"alter database {name} with allow_connections false")
            server.execute("select pg_terminate_backend(pid) from pg_stat_activity where datname = %s", [name])
            for path, more in (("/accounts/login/", {}), ("/", {"headers": cookie}), ("/live/", {"headers": cookie}),
                               ("/look/", {"data": b"theme=evening", "headers": cookie}), ("/readyz", {})):
                status, headers, said = ask(address, path, **more)
                assert status == 503, (path, status, said)
                assert int(headers["Retry-After"]) > 0, path
                assert headers["Content-Type"] != "text/html; charset=utf-8" or headers["X-Request-Id"] in said, path
            began = time.monotonic()  # the first waited as long as a restart takes; nobody does after that
            assert ask(address, "/accounts/login/")[0] == 503
            assert time.monotonic() - began < 1
            for path in ("/healthz", art[0], "/static/art/abc.svg"):
                began = time.monotonic()
                assert ask(address, path)[0] in (200, 404), path
                assert time.monotonic() - began < 1
            assert ask(address, "/healthz")[0] == ask(address, art[0])[0] == 200
            server.execute(f"alter database {name} with allow_connections true")
        deadline = time.monotonic() + 15
        while ask(address, "/accounts/login/")[0] != 200:
            assert time.monotonic() < deadline
        assert ask(address, "/live/", headers=cookie)[0] == 204
        assert ask(address, "/readyz")[0] == 200
