"""Opening a house from the command line: which database, Django set up, the tables as the code wants them."""
from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from django.conf import settings

from potluck.core import postgres
from potluck.core.trouble import Trouble

OLDEST = 15  # the major version of PostgreSQL that still does
MIGRATING = 0x706F746C75636B  # the advisory lock of whoever changes the tables ("potluck")
OWN_DATABASE = "POTLUCK_OWN_DATABASE"  # set where DATABASE_URL is ours, for the processes that we start


def named_database() -> str | None:
    """The ``DATABASE_URL`` that the person gave; it always wins. None where the PostgreSQL that comes along is used."""
    return None if os.environ.get(OWN_DATABASE) else os.environ.get("DATABASE_URL") or None


def command() -> str:
    """How to call Potluck for this house, typed in the folder it was unpacked in."""
    data = "" if settings.DATA == settings.HOME / "data" else f" --data {shlex.quote(str(settings.DATA))}"
    return f".venv/bin/potluck{data}"


def prepare(data: Path, *, debug: bool = False) -> None:
    """Say in the environment which house this is (child processes inherit it) and set Django up. Starts nothing."""
    postgres.make_data_folder(data)
    url = named_database()
    if url is None:
        os.environ["DATABASE_URL"] = postgres.locate(data).url
        os.environ[OWN_DATABASE] = "1"
    elif urlsplit(url).scheme not in ("postgres", "postgresql"):
        raise Trouble("DATABASE_URL is not the address of a PostgreSQL: one looks like "
                      "`postgresql://user:password@localhost:5432/potluck`; `unset DATABASE_URL` uses the one "
                      "that comes along.")
    os.environ["POTLUCK_DATA"] = str(data)
    if debug:
        os.environ["POTLUCK_DEBUG"] = "1"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "potluck.settings")
    import django  # settings read the environment set above

    django.setup()


def reach(data: Path) -> postgres.Cluster | None:
    """PostgreSQL runs and answers when this returns: ours (started or joined), or None for the one that was named."""
    if named_database() is None:
        return postgres.start(data, say=lambda sentence: print(sentence, file=sys.stderr))
    ask(os.environ["DATABASE_URL"])
    return None


def ask(url: str) -> None:
    """Does the named database answer, and is it new enough? Raises ``Trouble`` with what helps."""
    parts = urlsplit(url)
    try:
        place = f"{parts.hostname or 'the local socket'}{f':{parts.port}' if parts.port else ''}{parts.path}"
        with psycopg.connect(url, connect_timeout=5) as connection:
            major = connection.info.server_version // 10000
    except (psycopg.Error, ValueError) as error:
        said = [line.strip() for line in str(error).splitlines() if line.strip()] or ["no answer"]
        help_ = f"`createdb {parts.path.lstrip('/')}` makes it" if "does not exist" in said[0] and "database" in said[0] else \
            "try it with `psql \"$DATABASE_URL\"`, or `unset DATABASE_URL` to use the PostgreSQL that comes along"
        raise Trouble(f"The PostgreSQL of DATABASE_URL ({place}) does not let us in ({said[0]}): {help_}.") from error
    if major < OLDEST:
        raise Trouble(f"The PostgreSQL of DATABASE_URL ({place}) is version {major}, and Potluck needs {OLDEST} or newer: "
                      "`unset DATABASE_URL` uses the one that comes along.")


def migrate() -> None:
    """Bring the tables to what the code wants; whoever comes second waits and finds it done."""
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    def due() -> list:
        executor = MigrationExecutor(connection)
        return executor.migration_plan(executor.loader.graph.leaf_nodes())

    try:
        if due():
            with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as lock:
                lock.execute("select pg_advisory_lock(%s)", [MIGRATING])
                if due():
                    call_command("migrate", verbosity=0, interactive=False)
    finally:
        connection.close()


@contextmanager
def open_here(data: Path) -> Iterator[None]:
    """An open house for one command, after ``prepare``. A PostgreSQL started for it ends with it."""
    cluster = reach(data)
    try:
        migrate()
        yield
    finally:
        from potluck.core.database import let_go

        let_go()
        if cluster:
            cluster.stop()
