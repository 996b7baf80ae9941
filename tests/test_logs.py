"""The log helps whoever runs the house and tells nothing about anybody: canaries in every place that a request, a row or a
mail could carry into it."""

from __future__ import annotations

import json
import logging
import os
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from django.db import IntegrityError, connection, transaction

from conftest import serving
from potluck.core import answers, logs, postgres
from tests import make
from tests.leaks import holds

CANARY = "kanarienvogel77"


def said(problem: Exception | None = None, name: str = "potluck.test", msg: str = "it broke", *args, **extra) -> list[str]:
    """What both forms of the log write about this."""
    record = logging.LogRecord(name, logging.ERROR, "", 1, msg, args, (type(problem), problem, problem.__traceback__)
                               if problem else None)
    vars(record).update(extra)
    return [form.format(record) for form in (logs.Json(), logs.Line())]


def leaks(text: str, token: str = CANARY) -> bool:
    return holds(token, text.encode())


@pytest.mark.django_db
def test_a_broken_constraint_is_named_without_its_row():
    make.person(email=f"{CANARY}@example.org")
    with pytest.raises(IntegrityError) as problem, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("insert into people_unit (name) values (%s), (%s)", [CANARY, CANARY])
    assert CANARY in str(problem.value)  # the control: its own words hold it
    for line in said(problem.value):
        assert not leaks(line)
        assert "23505" in line and "people_unit" in line and "test_logs.py" in line


def test_of_an_exception_the_types_and_places_are_written_never_the_words():
    try:
        try:
            int(CANARY)
        except ValueError as cause:
            raise RuntimeError(f"no number: {CANARY}") from cause
    except RuntimeError as problem:
        written = said(problem)
    for line in written:
        assert not leaks(line)
        assert "RuntimeError" in line and "ValueError" in line and "test_of_an_exception" in line


def test_addresses_and_what_others_interpolate_are_not_written():
    for line in said(None, "potluck.notices", "mail 3 is not taken: 550 <%s> unknown", f"{CANARY}@example.org"):
        assert not leaks(line) and "(address)" in line
    for line in said(None, "django.request", "Internal Server Error: %s", f"/people/{CANARY}/"):
        assert not leaks(line) and "Internal Server Error" in line
    for line in said(None, "potluck.notices", "mail %s waits", 3):  # the control: ours are written whole
        assert "mail 3 waits" in line


@pytest.mark.skipif("POTLUCK_TEST_OWN_DATABASE" not in os.environ, reason="the log of another PostgreSQL is its own affair")
@pytest.mark.django_db
def test_postgres_writes_down_what_failed_without_the_row():
    file = postgres.locate(Path(os.environ["POTLUCK_TEST_FOLDER"])).base / "log"
    for verbosity in ("terse", "default"):  # the second is the control: so it would be
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            if verbosity != "terse":
                cursor.execute(f"set local log_error_verbosity = '{verbosity}'")
            before = file.stat().st_size
            cursor.execute("insert into people_unit (name) values (%s), (%s)", [CANARY, CANARY])
        written = file.read_bytes()[before:].decode()
        assert "duplicate key" in written
        assert leaks(written) == (verbosity == "default")


def test_a_page_that_broke_shows_the_id_of_its_line(rf):
    began, request = logs.begin(), rf.get("/")
    number = logs.this_request()
    for page in (answers.broken(request), answers.away(request)):
        assert page.status_code >= 500 and number in page.content.decode()
    assert number not in answers.other_host(request).content.decode()
    logs.end(request, page, began)
    assert page["X-Request-Id"] == number and logs.this_request() == ""


@pytest.mark.slow
def test_every_request_is_a_line_of_json_that_names_nobody(transactional_db, database_name, tmp_path):
    """The real process, asked with a canary in path, query, form, cookie, agent, referrer and headers of a proxy."""
    make.administrator(name=CANARY)
    with (tmp_path / "log").open("w+b") as log, serving(database_name, log, POTLUCK_LOG="json") as address:
        ids = []
        for path, more in ((f"/people/{CANARY}/", {}), (f"/accounts/login/?next=/{CANARY}/", {}), (f"/{CANARY}", {}),
                           ("/accounts/login/", {"data": f"login={CANARY}@example.org&password={CANARY}".encode()}),
                           (f"/link/{CANARY}/", {}), (f"/{CANARY}%00", {}), ("/", {"method": "PROPFIND"})):
            asked = urllib.request.Request(address + path, **more, headers={
                "User-Agent": CANARY, "Referer": f"http://localhost/{CANARY}", "Cookie": f"potluck_session_house={CANARY}",
                "X-Forwarded-For": "203.0.113.77", "X-Request-Id": CANARY})
            try:
                with urllib.request.urlopen(asked, timeout=20) as answer:
                    ids.append(answer.headers["X-Request-Id"])
            except urllib.error.HTTPError as error:
                ids.append(error.headers["X-Request-Id"])
        log.seek(0)
        text = log.read().decode()
        lines = [json.loads(line) for line in text.splitlines()]
        requests = {line["request"]: line for line in lines if line["from"] == "potluck.requests"}
        assert all(ids) and set(ids) <= set(requests)
        assert not leaks(text) and "203.0.113.77" not in text and "127.0.0.1" not in text
        for line in requests.values():
            assert {"at", "level", "request", "route", "method", "status", "ms"} <= set(line)
        assert {line["route"] for line in requests.values()} >= {"account_login", "none"}
        assert {line["method"] for line in requests.values()} == {"GET", "POST", "other"}
