"""``potluck doctor`` finds what is wrong with an installation, says it in one sentence, and says what to do."""
from __future__ import annotations

import fcntl
import json
import os
import socket
import subprocess
import sys
import threading
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import psycopg
import pytest

from potluck.core import backup, clock
from potluck.core.commands import doctor
from potluck.core.tests.processes import free_port, own_environment
from potluck.core.trouble import Trouble
from potluck.people.verbs import the_house
from tests import cluster, make

POTLUCK = Path(sys.executable).parent / "potluck"


@pytest.fixture
def url(transactional_db, database_name, monkeypatch):
    """The database of this test is the one that the checks ask."""
    monkeypatch.setenv("DATABASE_URL", cluster.url_of(database_name))
    make.person()
    return os.environ["DATABASE_URL"]


@pytest.fixture
def data(tmp_path):
    folder = tmp_path / "data"
    folder.mkdir(mode=0o700)
    (folder / "secret").write_text("a secret")
    (folder / "secret").chmod(0o600)
    return folder


@contextmanager
def served(data: Path, address: str = "http://localhost:1"):
    """The folder as it is while ``potluck run`` serves it."""
    (data / "serving").write_text(f"{address}\n")
    with (data / "serving").open() as note:
        fcntl.flock(note, fcntl.LOCK_EX)
        yield


@contextmanager
def answering(status: int, said: str):
    """A web that answers every question with this status."""
    class Answer(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(status)
            self.end_headers()
            self.wfile.write(json.dumps({"status": said}).encode())

        def log_message(self, *words):
            pass

    with HTTPServer(("127.0.0.1", 0), Answer) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://localhost:{server.server_port}"
        server.shutdown()


def test_open_doors_are_found(data):
    assert str(data) in doctor._folder(data)
    assert "closed" in doctor._secret(data)
    data.chmod(0o755)
    (data / "secret").chmod(0o640)
    with pytest.raises(Trouble, match="chmod go-rw"):
        doctor._folder(data)
    with pytest.raises(Trouble, match="chmod 600"):
        doctor._secret(data)


def test_a_full_disk_is_found(data, monkeypatch):
    monkeypatch.setattr(doctor, "ENOUGH", 1 << 62)
    with pytest.raises(Trouble, match="make room"):
        doctor._folder(data)


def test_a_forgotten_backup_is_found(data, tmp_path):
    assert "none yet" in doctor._backup(data)
    long_ago = (clock.now() - timedelta(days=9))
    os.utime(data / "secret", (long_ago.timestamp(),) * 2)
    with pytest.raises(Trouble, match="never backed up"):
        doctor._backup(data)
    (data / backup.NOTE).write_text(json.dumps({"at": clock.now().isoformat(), "file": "/mnt/house"}))
    assert "/mnt/house" in doctor._backup(data)
    (data / backup.NOTE).write_text(json.dumps({"at": long_ago.isoformat(), "file": "/mnt/house"}))
    with pytest.raises(Trouble, match="the last one is of"):
        doctor._backup(data)


def test_a_port_that_another_holds_is_found(data):
    assert "is free" in doctor._port(data, free_port())
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(Trouble, match="bin/run --port"):
            doctor._port(data, taken.getsockname()[1])


def test_a_house_that_is_served_and_not_ready_is_found(data):
    with answering(200, "ok") as address, served(data, address):
        assert "and ready" in doctor._port(data, 8000)
    with answering(503, "migrations are missing") as address, served(data, address), \
            pytest.raises(Trouble, match="migrations are missing"):
        doctor._port(data, 8000)
    with served(data, f"http://localhost:{free_port()}"), pytest.raises(Trouble, match="does not answer there"):
        doctor._port(data, 8000)


def test_a_database_that_forgets_in_a_power_cut_is_found(url, monkeypatch):
    """That of the tests is one. The control asks it as if it were not."""
    with pytest.raises(Trouble, match="fsync = off"):
        doctor._durability()
    monkeypatch.setattr(doctor, "_connection", lambda: Durable(url))
    assert "are on" in doctor._durability()


class Durable:
    """A connection to a server whose settings are all ``on``."""

    def __init__(self, url: str) -> None:
        self.connection = psycopg.connect(url)

    def __enter__(self):
        return self

    def __exit__(self, *problem):
        self.connection.close()

    def execute(self, statement, values):
        return self.connection.execute("select 'on'::text where %s = any(array['fsync', 'synchronous_commit', "
                                       "'full_page_writes'])", values)


def test_tables_of_another_version_are_found(url, data):
    assert doctor._tables(data) == "as the code wants them"
    with psycopg.connect(url, autocommit=True) as database:
        database.execute("insert into django_migrations (app, name, applied) values ('people', '0999_tomorrow', now())")
        try:
            with pytest.raises(Trouble, match="newer Potluck"):
                doctor._tables(data)
        finally:
            database.execute("delete from django_migrations where name = '0999_tomorrow'")
        (app, name) = database.execute("delete from django_migrations where id = (select max(id) from django_migrations "
                                       "where app = 'notices') returning app, name").fetchone()
        try:
            assert doctor.DUE in doctor._tables(data)
            with served(data), pytest.raises(Trouble, match="old code"):
                doctor._tables(data)
        finally:
            database.execute("insert into django_migrations (app, name, applied) values (%s, %s, now())", [app, name])


def test_a_wrong_clock_and_an_unknown_time_zone_are_found(url):
    assert "Europe/Berlin" in doctor._clock()
    with clock.at(clock.now() - timedelta(hours=3)), pytest.raises(Trouble, match="NTP"):
        doctor._clock()
    with psycopg.connect(url) as database:
        database.execute("delete from people_house")
    assert "Europe/Berlin" in doctor._clock()
    with psycopg.connect(url) as database:
        assert database.execute("select count(*) from people_house").fetchone() == (0,), "it only looks"
    the_house()
    with psycopg.connect(url) as database:
        database.execute("update people_house set timezone = 'Europe/Atlantis'")
    with pytest.raises(Trouble, match="Europe/Atlantis"):
        doctor._clock()


def test_a_worker_that_is_gone_is_found(url, data, monkeypatch):
    monkeypatch.setattr(doctor, "WAKING", 0)
    assert "none is needed" in doctor._worker(data)
    with served(data):
        with pytest.raises(Trouble, match="no mail goes out"):
            doctor._worker(data)
        with psycopg.connect(url, autocommit=True) as database:
            database.execute("insert into procrastinate_workers default values")
            try:
                assert doctor._worker(data) == "alive"
            finally:
                database.execute("delete from procrastinate_workers")


def test_jobs_that_nobody_does_are_found(url, data):
    def waiting(since: str, status: str = "todo"):
        with psycopg.connect(url) as database:
            database.execute("delete from procrastinate_jobs")
            database.execute("insert into procrastinate_jobs (queue_name, task_name, priority, args, scheduled_at, status) "
                             "values ('default', 'x', 0, '{}', now() - %s::interval, %s::procrastinate_job_status)",
                             [since, status])

    waiting("1 minute")
    with served(data):
        assert "1 wait" in doctor._jobs(data)
        waiting("20 minutes")
        with pytest.raises(Trouble, match="the oldest for 20 minutes"):
            doctor._jobs(data)
    assert "1 wait" in doctor._jobs(data)  # nobody serves, so nobody does them
    waiting("1 minute", "failed")
    with pytest.raises(Trouble, match="1 failed"):
        doctor._jobs(data)


@pytest.mark.slow
def test_what_is_wrong_is_in_the_exit_status_and_in_one_json_object(url, data):
    """The whole program, on the database of the tests, whose one fault is that it forgets in a power cut."""
    done = subprocess.run([POTLUCK, "doctor", "--data", data, "--json", "--port", str(free_port())], capture_output=True,
                          text=True, timeout=60, check=False, env=own_environment(DATABASE_URL=url))
    told = json.loads(done.stdout)
    assert done.returncode == 1
    assert not told["well"]
    assert [check["name"] for check in told["checks"] if not check["ok"]] == ["Durability"], told
    assert {"Data folder", "Secret", "Mail", "Port", "Backup", "PostgreSQL", "Extensions", "Live updates", "Tables", "Clock",
            "Worker", "Jobs"} <= {check["name"] for check in told["checks"]}


def test_only_the_mail_server_that_was_named_is_asked(monkeypatch):
    monkeypatch.delenv("POTLUCK_MAIL_URL", raising=False)
    assert "no POTLUCK_MAIL_URL" in doctor._mail()
    monkeypatch.setenv("POTLUCK_MAIL_URL", f"smtp://127.0.0.1:{free_port()}")
    with pytest.raises(Trouble, match="look at POTLUCK_MAIL_URL"):
        doctor._mail()


def test_a_database_that_is_away_is_said_and_the_rest_not_tried(data):
    done = subprocess.run([POTLUCK, "doctor", "--data", data, "--port", str(free_port())], capture_output=True, text=True,
                          timeout=60, check=False, env=own_environment(DATABASE_URL="postgresql://a:secret-word@127.0.0.1:1/b"))
    assert done.returncode == 1
    assert "wrong  PostgreSQL" in done.stdout
    assert "Tables" not in done.stdout
    assert "secret-word" not in done.stdout + done.stderr
    assert "One of these wants a hand." in done.stdout
