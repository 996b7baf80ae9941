"""``potluck doctor``: what is right, what is wrong, and what to do about it."""
from __future__ import annotations

import argparse
import fcntl
import http.client
import json
import os
import select
import shutil
import socket
import stat
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import psycopg

from potluck.core import backup, clock, house, postgres
from potluck.core.trouble import Trouble

HELP = "Check the installation: what is wrong and what to do."
NEEDS = "nothing"  # it looks at each step of opening a house by itself

ENOUGH = 500 * 1024 * 1024  # bytes free on the disk below which it says so
SOON = 2  # seconds in which a NOTIFY must come back
WAKING = 15  # seconds that a worker may take to give its first sign of life
LATE = timedelta(minutes=10)  # after which a job that is due and not done is stalled
OLD = timedelta(days=8)  # a weekly backup that was forgotten once
DUE = "are due; the next `bin/run` makes them"  # nothing is wrong, but what is in them cannot be looked at yet
APART = timedelta(seconds=30)  # that this machine's clock and the database's may differ
ITS_ZONE = "potluck.people.queries.timezone_of_the_house"  # found by name: core knows no room

Check = Callable[[], str]


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--port", type=int, default=8000, help="the port to be served on, where nothing is served (8000)")
    parser.add_argument("--json", action="store_true", help="one JSON object on standard output")


def run(options: argparse.Namespace) -> int:
    """Say one sentence per check; 1 if any found something wrong. What depends on a failed check is not tried."""
    told = Told(aloud=not options.json)
    data = options.data
    for name, check in (("Python", _python), ("Data folder", lambda: _folder(data)), ("Secret", lambda: _secret(data)),
                        ("Mail", _mail), ("Port", lambda: _port(data, options.port)), ("Backup", lambda: _backup(data))):
        told.by(name, check)
    with _reached(options) as reached:
        if told.by("PostgreSQL", reached):
            for name, check in (("Durability", _durability), ("Extensions", _extensions), ("Live updates", _notify)):
                told.by(name, check)
            if told.by("Tables", lambda: _tables(data)) and DUE not in str(told.all[-1]["says"]):
                for name, check in (("Clock", _clock), ("Worker", lambda: _worker(data)), ("Jobs", lambda: _jobs(data))):
                    told.by(name, check)
    wrong = sum(not each["ok"] for each in told.all)
    if options.json:
        print(json.dumps({"well": not wrong, "version": version("potluck"), "checks": told.all}, ensure_ascii=False))
    else:
        print("All is well." if not wrong else f"{wrong} of these want a hand." if wrong > 1 else "One of these wants a hand.")
    return 1 if wrong else 0


class Told:
    """What the checks said, printed as they say it unless it will be one JSON object."""

    def __init__(self, *, aloud: bool) -> None:
        self.aloud = aloud
        self.all: list[dict[str, object]] = []

    def by(self, name: str, check: Check) -> bool:
        try:
            ok, says = True, check()
        except Trouble as trouble:
            ok, says = False, str(trouble)
        except psycopg.Error as error:
            ok, says = False, f"the database broke off ({str(error).splitlines()[0]}): try again."
        self.all.append({"name": name, "ok": ok, "says": says})
        if self.aloud:
            print(f"  {'ok   ' if ok else 'wrong'}  {name}: {says}")
        return ok


@contextmanager
def _reached(options: argparse.Namespace) -> Iterator[Check]:
    """PostgreSQL for as long as the other checks need it."""
    started = []

    def reach() -> str:
        house.prepare(options.data)
        cluster = house.reach(options.data)
        started.append(cluster)
        with _connection() as connection:
            number = connection.info.parameter_status("server_version")
        if cluster and shutil.disk_usage(cluster.base).free < ENOUGH:
            raise Trouble(f"only {shutil.disk_usage(cluster.base).free // 1024 ** 2} MB are free where the database lies: make "
                          f"room; `df -h {cluster.base}` shows the disk.")
        place = f"the one that comes along, in {cluster.base}" if cluster else "the one of DATABASE_URL"
        return f"{number}, {place}"

    try:
        yield reach
    finally:
        for cluster in started:
            if cluster:
                cluster.stop()


def _connection() -> psycopg.Connection:
    return psycopg.connect(os.environ["DATABASE_URL"], autocommit=True, connect_timeout=5)


def _python() -> str:
    return f"{sys.version.split()[0]} in {sys.prefix}"


def _folder(data: Path) -> str:
    postgres.make_data_folder(data)
    if stat.S_IMODE(data.stat().st_mode) & 0o066:
        raise Trouble(f"others can read {data}, where mail and the secret key lie: `chmod go-rw {data}` closes it.")
    free = shutil.disk_usage(data).free
    if free < ENOUGH:
        raise Trouble(f"only {free // 1024 ** 2} MB are free: make room; `df -h {data}` shows the disk.")
    return f"{data}, {free // 1024 ** 3} GB free"


def _secret(data: Path) -> str:
    path = data / "secret"
    if not path.exists():
        return "none yet; the first `bin/run` makes it"
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise Trouble(f"others can read {path}, which signs people in: `chmod 600 {path}` closes it.")
    if not os.access(path, os.R_OK):
        raise Trouble(f"{path} cannot be read by this user: run Potluck as the one it belongs to.")
    return "closed to others"


def _served(data: Path) -> str | None:
    """The address at which this house is being served now, or None."""
    try:
        with (data / "serving").open() as note:
            try:
                fcntl.flock(note, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return note.read().strip()
    except OSError:
        pass
    return None


def _port(data: Path, port: int) -> str:
    address = _served(data)
    if address is None:
        with socket.socket() as tried:
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                tried.bind(("127.0.0.1", port))
            except OSError as error:
                raise Trouble(f"{port} cannot be used ({error.strerror}), and this house is not served yet: choose another one "
                              f"with `bin/run --port {port + 1}`.") from error
        return f"{port} is free; the house is not being served"
    parts = urlsplit(address)
    asked = http.client.HTTPConnection("127.0.0.1", parts.port or 80, timeout=5)
    try:
        asked.request("GET", "/readyz", headers={"Host": parts.netloc})
        answer = asked.getresponse()
        said = json.loads(answer.read() or b"{}").get("status", "")
    except (OSError, ValueError, http.client.HTTPException) as error:
        raise Trouble(f"the house says that it is served at {address}, and does not answer there: end `potluck run` and start "
                      "it again.") from error
    finally:
        asked.close()
    if answer.status != 200:
        raise Trouble(f"the house answers at {address} that it is not ready ({said}): start `potluck run` again.")
    return f"served at {address}, and ready"


def _backup(data: Path) -> str:
    made, now = backup.last(data), datetime.now(UTC)
    if made is None:
        secret = data / "secret"
        if secret.exists() and now.timestamp() - secret.stat().st_mtime > OLD.total_seconds():
            raise Trouble("this house was never backed up: `potluck backup FILE` makes a backup, and docs/operate.md says how "
                          "it is made every night.")
        return "none yet; `potluck backup FILE` makes one while people write"
    at = datetime.fromisoformat(made["at"])
    if now - at > OLD:
        raise Trouble(f"the last one is of {at:%Y-%m-%d}: `potluck backup FILE` makes a new one, and docs/operate.md says how "
                      "it is made every night.")
    return f"the last one is of {at:%Y-%m-%d %H:%M} UTC, in {made['file']}"


def _mail() -> str:
    url = os.environ.get("POTLUCK_MAIL_URL")
    if not url:
        return "no POTLUCK_MAIL_URL, so mail stays in the data folder and `potluck login-link EMAIL` is the way in"
    parts = urlsplit(url)
    port = parts.port or {"smtps": 465}.get(parts.scheme, 587 if "starttls" in parts.query else 25)
    try:
        socket.create_connection((parts.hostname or "", port), 5).close()
    except OSError as error:
        raise Trouble(f"{parts.hostname}:{port} does not answer ({error}): look at POTLUCK_MAIL_URL.") from error
    return f"{parts.hostname}:{port} answers"


def _extensions() -> str:
    with _connection() as connection:
        rows = connection.execute("select name from pg_available_extensions where name = any(%s)", [["pg_trgm", "unaccent"]])
        missing = {"pg_trgm", "unaccent"} - {name for (name,) in rows}
    if missing:
        raise Trouble(f"PostgreSQL lacks {' and '.join(sorted(missing))}: `sudo apt-get install postgresql-contrib`.")
    return "pg_trgm and unaccent are there"


def _notify() -> str:
    """A NOTIFY to ourselves: through a pooler in transaction mode it never comes back, without any error."""
    with _connection() as listening, _connection() as speaking:
        listening.execute("listen potluck_doctor")
        speaking.execute("select pg_notify('potluck_doctor', 'well?')")
        select.select([listening.fileno()], [], [], SOON)
        if not list(listening.notifies(timeout=0.1, stop_after=1)):
            raise Trouble("a NOTIFY did not come back, so pages would not update by themselves: DATABASE_URL must lead to "
                          "PostgreSQL itself, or to a pooler in session mode.")
    return "a NOTIFY came back"


def _durability() -> str:
    """Does PostgreSQL have on the disk what it says it has? Without, a power cut takes what people were told is kept."""
    with _connection() as connection:
        off = [name for name in ("fsync", "synchronous_commit", "full_page_writes")
               if connection.execute("select current_setting(%s)", [name]).fetchone() == ("off",)]
    if off:
        raise Trouble(f"PostgreSQL runs with {' and '.join(f'{name} = off' for name in off)}, so a power cut loses what people "
                      f"were told is kept: `alter system reset {off[0]}`, then start it again.")
    return "fsync, synchronous_commit and full_page_writes are on"


def _tables(data: Path) -> str:
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    from potluck.core.database import let_go

    try:
        executor = MigrationExecutor(connection)
        graph = executor.loader.graph
        due = executor.migration_plan(graph.leaf_nodes())
        newer = [node for node in executor.loader.applied_migrations
                 if node not in graph.nodes and node not in executor.loader.replacements]
    finally:
        let_go()
    if newer:
        raise Trouble(f"they were made by a newer Potluck ({'.'.join(newer[0])}): bring this one up to date.")
    if due and _served(data):
        raise Trouble(f"{len(due)} migrations are due and the old code is being served: start `potluck run` again.")
    if due:
        return f"{len(due)} migrations {DUE}"
    return "as the code wants them"


def _clock() -> str:
    from django.utils.module_loading import import_string

    from potluck.core.database import let_go

    try:
        zone = import_string(ITS_ZONE)()
    finally:
        let_go()
    try:
        ZoneInfo(zone)
    except (KeyError, ValueError, OSError) as error:
        raise Trouble(f"this machine does not know the house's time zone {zone}: `sudo apt-get install tzdata`, or choose "
                      "another one on /house/.") from error
    with _connection() as connection:
        row = connection.execute("select now(), max(applied) from django_migrations").fetchone()
        assert row is not None
    there, migrated = row
    if abs(clock.now() - there) > APART:
        raise Trouble(f"this machine and the database are {abs(clock.now() - there).total_seconds():.0f} s apart, and links and "
                      "sessions live by both: let NTP set both clocks.")
    if clock.now() < migrated - APART:
        raise Trouble(f"this machine's clock says {clock.now():%Y-%m-%d %H:%M} UTC, before the tables were made: let NTP set it.")
    return f"{clock.now().astimezone(ZoneInfo(zone)):%H:%M} in {zone}, as the database says"


def _worker(data: Path) -> str:
    from potluck.core.jobs import SILENCE  # wants Django, which the checks before do without

    if _served(data) is None:
        return "the house is not being served, so none is needed"
    deadline = time.monotonic() + WAKING
    with _connection() as connection:
        while True:
            row = connection.execute("select count(*) from procrastinate_workers where last_heartbeat > now() - "
                                     "%s * interval '1 second'", [SILENCE]).fetchone()
            if row and row[0]:
                return "alive"
            if time.monotonic() > deadline:
                raise Trouble(f"none has given a sign of life for {SILENCE:.0f} s, so no mail goes out: start `potluck run` "
                              "again; what it says last is why.")
            time.sleep(0.5)


def _jobs(data: Path) -> str:
    with _connection() as connection:
        row = connection.execute("""
            select count(*) filter (where status = 'todo' and coalesce(scheduled_at, now()) <= now()),
                   count(*) filter (where status = 'failed'),
                   extract(epoch from now() - min(coalesce(scheduled_at, (
                       select min(e.at) from procrastinate_events e where e.job_id = j.id))) filter (where status = 'todo'))
            from procrastinate_jobs j""").fetchone()
        assert row is not None
    due, failed, oldest = row
    if oldest and oldest > LATE.total_seconds() and _served(data):
        raise Trouble(f"{due} wait, the oldest for {oldest / 60:.0f} minutes: start `potluck run` again, and look for what the "
                      "worker says last.")
    if failed:
        raise Trouble(f"{failed} failed in the last day: what the worker said then is why; its rows are done later all the "
                      "same.")
    return f"{due} wait, none has failed"
