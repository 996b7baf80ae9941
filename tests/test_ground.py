"""What the other tests stand on does what it says: closed network, real server, real browser, cloned tables."""
from __future__ import annotations

import json
import os
import socket
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from tests import rows


def test_no_test_reaches_beyond_this_machine():
    with pytest.raises(AssertionError, match="network is closed"):
        socket.create_connection(("192.0.2.1", 80), 1)
    with pytest.raises(AssertionError, match="network is closed"):
        socket.getaddrinfo("example.org", 443)


def test_this_machine_is_reached():
    with socket.socket() as here:
        here.bind(("127.0.0.1", 0))
        here.listen()
        socket.create_connection(here.getsockname(), 1).close()
        assert socket.getaddrinfo("newcomer.localhost", 80)


@pytest.mark.django_db
def test_every_table_is_there_without_migrating():
    tables = set(connection.introspection.table_names())
    assert {"people_person", "procrastinate_jobs", "cache_rows"} <= tables
    assert settings.DATABASES["default"]["NAME"].startswith("test_potluck_")


def get(address: str):
    return urllib.request.urlopen(address, timeout=10)


def test_the_server_sees_what_a_test_writes(server):
    from potluck.people.verbs import first_link, open_house

    path = first_link()
    open_house(path.split("/")[2], name="Mira", email="mira@example.org", password="a long enough word")
    assert get(f"{server}/readyz").status == 200
    assert b"<form" in get(f"{server}/accounts/login/").read()


def test_the_server_says_how_it_is(server):
    for path in ("/healthz", "/readyz"):
        answer = get(server + path)
        assert json.loads(answer.read()) == {"status": "ok"}
        assert answer.headers["Content-Type"] == "application/json"


def test_the_server_is_not_ready_while_a_migration_is_missing(server, django_db_blocker):
    from potluck.core import health

    health._migrated = False
    with connection.cursor() as cursor:
        cursor.execute("delete from django_migrations where app = 'people' returning app, name, applied")
        gone = cursor.fetchall()
        try:
            assert health._ready() == "migrations are missing"
        finally:
            cursor.executemany("insert into django_migrations (app, name, applied) values (%s, %s, %s)", gone)
    assert health._ready() == "ok"


def test_static_files_are_served_with_debug_off_and_kept(server):
    assert not settings.DEBUG
    answer = get(f"{server}/static/css/tokens.css")
    assert answer.headers["Content-Type"].startswith("text/css")
    assert "max-age" in answer.headers["Cache-Control"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    wrongs = ("/static/css/", "/static/css", "/static/../potluck/settings.py", "/static/%2e%2e/pyproject.toml",
              "/static/nothing.css", "/static/%00.css", f"/static/{'a' * 300}.css")
    for wrong in wrongs:
        with pytest.raises(urllib.error.HTTPError) as refused:
            get(server + wrong)
        assert refused.value.code == 404


def test_a_static_file_that_changes_under_the_running_house_is_served_as_it_is(server):
    """An update of the checkout changes, adds and removes files."""
    file = Path(settings.HOME) / "static" / f"changed-{os.getpid()}.css"
    try:
        for words in (b"a { color: red }", b"a { color: red }" * 50, b"a {}"):
            file.write_bytes(words)
            with get(f"{server}/static/{file.name}") as answer:
                assert (answer.headers["Content-Length"], answer.read()) == (str(len(words)), words)
    finally:
        file.unlink(missing_ok=True)
    with pytest.raises(urllib.error.HTTPError) as gone:
        get(f"{server}/static/{file.name}")
    assert gone.value.code == 404


def test_a_browser_opens_a_window_in_each_language(open_window, screen):
    page = open_window()
    page.goto("/accounts/login/")
    assert page.locator("html").get_attribute("lang") == screen["locale"][:2]
    assert page.evaluate("innerWidth") == screen["viewport"]["width"]
    assert page.context.cookies() == [] or all(cookie["domain"] == "localhost" for cookie in page.context.cookies())


def test_the_browser_reaches_nothing_else(open_window):
    from playwright.sync_api import Error

    with pytest.raises(Error, match="ERR_NAME_NOT_RESOLVED"):
        open_window().goto("http://example.org/")


class Item:
    """As much of a collected test as the table of rows asks for."""

    def __init__(self, nodeid, *ids):
        self.nodeid, self.ids = nodeid, ids

    def iter_markers(self, name):
        return [getattr(pytest.mark, name)(*self.ids).mark] if self.ids else []


def test_rows_are_listed_with_their_journeys_and_those_without(tmp_path):
    page = tmp_path / "promises.md"
    page.write_text("# Promises\n\n| row | promise |\n| --- | --- |\n| **R1** | Thanks in one step |\n| R2 | Nobody waits |\n")
    said = rows.table(page, [Item("tests/journeys/test_a.py::test_thanks[de]", "R1"), Item("tests/b.py::test_c", "R9"),
                             Item("tests/b.py::test_d")])
    assert "R1   Thanks in one step\n       tests/journeys/test_a.py::test_thanks\n" in said
    assert "R2   Nobody waits\n       -- no journey yet" in said
    assert "unknown row R9" in said
    assert "1 of 2 rows have a journey." in said
