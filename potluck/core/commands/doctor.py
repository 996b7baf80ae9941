"""``potluck doctor``: what is right, what is wrong, and what to do about it."""
from __future__ import annotations

import argparse
import os
import select
import shutil
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import psycopg

from potluck.core import house
from potluck.core.trouble import Trouble

HELP = "Check the installation: what is wrong and what to do."
NEEDS = "nothing"  # it looks at each step of opening a house by itself

ENOUGH = 500 * 1024 * 1024  # bytes free on the disk below which it says so
SOON = 2  # seconds in which a NOTIFY must come back


def arguments(parser: argparse.ArgumentParser) -> None:
    """None of its own."""


def run(options: argparse.Namespace) -> int:
    """Print one line per check; 1 if any failed. What depends on a failed check is not tried."""
    checks: list[tuple[str, Callable[[], str]]] = [
        ("Python", _python),
        ("Data folder", lambda: _folder(options)),
        ("Mail", _mail),
    ]
    wrong = sum(not _told(name, check) for name, check in checks)
    with _reached(options) as reached:
        if not _told("PostgreSQL", reached):
            return 1
        wrong += not _told("Extensions", _extensions)
        wrong += not _told("Live updates", _notify)
        wrong += not _told("Tables", _tables)
    print("All is well." if not wrong else f"{wrong} of these want a hand.")
    return 1 if wrong else 0


def _told(name: str, check: Callable[[], str]) -> bool:
    try:
        print(f"  ok     {name}: {check()}")
    except Trouble as trouble:
        print(f"  wrong  {name}: {trouble}")
        return False
    return True


@contextmanager
def _reached(options: argparse.Namespace) -> Iterator[Callable[[], str]]:
    """PostgreSQL for as long as the other checks need it."""
    started = []

    def reach() -> str:
        house.prepare(options.data)
        cluster = house.reach(options.data)
        started.append(cluster)
        with _connection() as connection:
            version = connection.info.parameter_status("server_version")
        place = f"the one that comes along, in {cluster.base}" if cluster else "the one of DATABASE_URL"
        return f"{version}, {place}"

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


def _folder(options: argparse.Namespace) -> str:
    house.postgres.make_data_folder(options.data)
    free = shutil.disk_usage(options.data).free
    if free < ENOUGH:
        raise Trouble(f"only {free // 1024 ** 2} MB are free: make room; `df -h {options.data}` shows the disk.")
    return f"{options.data}, {free // 1024 ** 3} GB free"


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


def _tables() -> str:
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    from potluck.core.database import let_go

    try:
        executor = MigrationExecutor(connection)
        due = executor.migration_plan(executor.loader.graph.leaf_nodes())
    finally:
        let_go()
    return f"{len(due)} migrations are due; the next `bin/run` makes them" if due else "as the code wants them"
