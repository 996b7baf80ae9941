"""A real ``potluck import`` in a process of its own: killed at any moment it leaves nothing that can be seen, and goes on."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from potluck.exchange.tests.make import MIRA, NIKO, channel, person, said, slack, ts
from tests import cluster

pytestmark = pytest.mark.slow

HOME = Path(__file__).resolve().parents[3]
MESSAGES = 12_000
SEEN = "select (select count(*) from acts_act), (select count(*) from people_person), (select count(*) from groups_group)"


@pytest.fixture
def house(django_db_setup, django_db_blocker, database_name) -> Iterator[str]:
    """A database of its own, with all tables and nothing in it; its address."""
    name = f"{database_name}_killed"
    with django_db_blocker.unblock():
        cluster.clone(name)
        cluster._point_to(database_name)
    yield cluster.url_of(name)
    with psycopg.connect(cluster.url_of("postgres"), autocommit=True) as server:
        server.execute(f'drop database "{name}" with (force)')


@pytest.fixture(scope="module")
def large(tmp_path_factory) -> Path:
    """Two channels of 60 days each, every fourth message a reply, every tenth with two reactions."""
    talks = {}
    for number in range(MESSAGES):
        day, place = divmod(number, 100)
        folder = "werk" if day % 2 else "allgemein"
        at = day * 86_400 + place
        more = {"thread_ts": ts(at - place % 4)} if place % 4 else {}
        if place % 10 == 0:
            more["reactions"] = [{"name": "clap", "users": ["U1", "U2"], "count": 2}]
        name = f"{folder}/{2020 + day // 360}-{day // 30 % 12 + 1:02}-{day % 30 + 1:02}.json"
        talks.setdefault(name, []).append(said(f"Nachricht Nummer {number} von vielen", f"U{number % 3 + 1}", at, **more))
    return slack(
        tmp_path_factory.mktemp("large"),
        talks,
        users=[MIRA, NIKO, person("U3", "Olga Offen", "olga@example.org")],
        channels=[channel("C1", "allgemein"), channel("C2", "werk")],
    )


def begin(house: str, path: Path, data: Path) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-m", "potluck.core.cli", "--data", str(data), "import", "slack", str(path), "--json"],
        cwd=HOME,
        env={**os.environ, "DATABASE_URL": house, "LANG": "en_US.UTF-8", "LC_ALL": ""},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def wait_until(process: subprocess.Popen, house: str, condition: str) -> None:
    """Until ``condition`` (SQL) holds; meanwhile whoever looks sees nothing of the import, or all of it."""
    deadline = time.monotonic() + 60
    with psycopg.connect(house, autocommit=True) as outside:
        while not outside.execute(f"select {condition}").fetchone()[0]:
            assert process.poll() is None, process.communicate()
            assert time.monotonic() < deadline
            assert outside.execute(SEEN).fetchone() == (0, 0, 0)
            time.sleep(0.02)


STAGED = "(select count(*) from exchange_staged)"
MOMENTS = {
    "while it reads": f"{STAGED} between 1 and {MESSAGES} and exists (select from exchange_import where read_to <> '')",
    # Everything is staged, and the one transaction has been writing acts for a while.
    "while it settles": f"{STAGED} >= {MESSAGES} and pg_relation_size('acts_act') > 500000",
}


def test_killed_at_any_moment_it_leaves_nothing_and_goes_on(house, large, tmp_path):
    for moment in MOMENTS.values():
        process = begin(house, large, tmp_path / "data")
        wait_until(process, house, moment)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        with psycopg.connect(house) as outside:
            assert outside.execute(SEEN).fetchone() == (0, 0, 0)
            begun, to = outside.execute("select begun_at, read_to from exchange_import").fetchone()
            assert to

    process = begin(house, large, tmp_path / "data")
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    report = json.loads(out)
    assert (report["people"], report["groups"], report["skipped"]) == (3, 2, {})
    assert (report["posts"], report["comments"], report["reactions"]) == (MESSAGES // 4, MESSAGES * 3 // 4, MESSAGES // 5)
    with psycopg.connect(house) as outside:
        assert outside.execute(SEEN).fetchone() == (MESSAGES, 3, 2)
        assert outside.execute("select count(*) from talk_reaction").fetchone() == (MESSAGES // 5,)
        assert outside.execute("select begun_at from exchange_import").fetchall() == [(begun,)], "it went on, not again"
        assert outside.execute(f"select {STAGED}").fetchone() == (0,)

    again = begin(house, large, tmp_path / "data")
    out, err = again.communicate(timeout=120)
    assert again.returncode == 0, err
    assert {name for name, count in json.loads(out).items() if count and not name.startswith("seconds")} == {"skipped"}
