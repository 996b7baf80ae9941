"""The PostgreSQL of the tests: one per checkout, kept between runs in a temporary folder, fsync off, never migrated twice.

The pytest process that controls reserves it (before Django reads its settings) and starts it; its xdist workers inherit
``DATABASE_URL``. Two test runs in one checkout at the same time get two. Tables are made once per state of the
migrations, in a template database that each worker clones. ``DATABASE_URL`` given by the person wins here too.
"""
from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import psycopg
from psycopg import sql

from potluck.core import postgres
from potluck.core.trouble import Trouble

HOME = Path(__file__).resolve().parent.parent
FOLDER = Path(tempfile.gettempdir()) / f"potluck-tests-{os.geteuid()}-{hashlib.sha256(os.fsencode(HOME)).hexdigest()[:10]}"

_held = []  # locks of this process; they end with it


def reserve() -> None:
    """Choose the data folder and the database of this run and say so in the environment. Starts nothing."""
    if shared := os.environ.get("POTLUCK_TEST_FOLDER"):  # an xdist worker, or the server of a test
        worker = os.environ.get("PYTEST_XDIST_WORKER")
        if worker and os.environ.get("POTLUCK_DATA") == shared:
            # A folder for each worker: what one erases as nobody's could be a file that another just received.
            os.environ["POTLUCK_DATA"] = str(Path(shared) / worker)
            Path(shared, worker).mkdir(mode=0o700, exist_ok=True)
        return
    FOLDER.mkdir(mode=0o711, exist_ok=True)
    if FOLDER.stat().st_uid != os.geteuid():
        raise Trouble(f"{FOLDER} belongs to somebody else: set TMPDIR to a folder of your own.")
    for number in range(20):
        lock = (FOLDER / f"{number}.lock").open("w")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            continue
        _held.append(lock)
        data = FOLDER / str(number)
        postgres.make_data_folder(data)
        os.environ["POTLUCK_TEST_FOLDER"] = os.environ["POTLUCK_DATA"] = str(data)
        if "DATABASE_URL" not in os.environ:
            os.environ["DATABASE_URL"] = postgres.locate(data).url
            os.environ["POTLUCK_TEST_OWN_DATABASE"] = "1"
        return
    raise Trouble("Twenty test runs are under way in this checkout.")


def start() -> postgres.Cluster | None:
    """Start the reserved PostgreSQL; one that a crash of the machine left broken is made anew."""
    if "POTLUCK_TEST_OWN_DATABASE" not in os.environ:
        return None
    data = Path(os.environ["POTLUCK_TEST_FOLDER"])
    try:
        return postgres.start(data, durable=False)
    except Trouble:
        shutil.rmtree(postgres.locate(data).base / "cluster", ignore_errors=True)
        return postgres.start(data, durable=False)


def state_of_the_tables() -> str:
    """A name for what all migrations together make: a hash of their text, ours and our dependencies'."""
    from django.conf import settings

    digest = hashlib.sha256()
    for app in settings.INSTALLED_APPS:
        spec = find_spec(f"{app}.migrations") if find_spec(app) else None
        for folder in (spec.submodule_search_locations or []) if spec else []:
            for path in sorted(Path(folder).glob("*.py")):
                digest.update(app.encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def clone(name: str) -> None:
    """A fresh test database ``name`` with all tables, and Django's connection pointing to it."""
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection

    folder = Path(os.environ["POTLUCK_TEST_FOLDER"])
    template = f"tables_{state_of_the_tables()}"
    with (folder / "template.lock").open("w") as lock, psycopg.connect(_maintenance_url(), autocommit=True) as server:
        fcntl.flock(lock, fcntl.LOCK_EX)
        known = {row[0] for row in server.execute("select datname from pg_database").fetchall()}
        if template not in known:
            for stale in known:
                if stale.startswith("tables_"):
                    server.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(stale)))
            _create(server, f"{template}_making", "template0")
            _point_to(f"{template}_making")
            call_command("migrate", verbosity=0, interactive=False)
            call_command("createcachetable", verbosity=0)
            with connection.cursor() as cursor:  # between tests Django empties every table
                cursor.execute("alter table people_logged disable trigger is_not_emptied")
            _let_go(connection)
            server.execute(sql.SQL("alter database {} rename to {}").format(
                sql.Identifier(f"{template}_making"), sql.Identifier(template)))
        _create(server, name, template)
    _point_to(name)
    assert settings.DATABASES["default"]["NAME"] == name


@contextmanager
def beside(name: str) -> Iterator[None]:
    """A second database ``name`` with all tables and no rows, gone afterwards."""
    folder = Path(os.environ["POTLUCK_TEST_FOLDER"])
    with (folder / "template.lock").open("w") as lock, psycopg.connect(_maintenance_url(), autocommit=True) as server:
        fcntl.flock(lock, fcntl.LOCK_EX)
        _create(server, name, f"tables_{state_of_the_tables()}")
    try:
        yield
    finally:
        with psycopg.connect(_maintenance_url(), autocommit=True) as server:
            server.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))


@contextmanager
def django_in(name: str) -> Iterator[None]:
    """Within the block Django's connection leads to another database than the test's own."""
    from django.conf import settings

    own = settings.DATABASES["default"]["NAME"]
    _point_to(name)
    try:
        yield
    finally:
        _point_to(own)


def _create(server: psycopg.Connection, name: str, template: str) -> None:
    server.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))
    server.execute(sql.SQL("create database {} template {}").format(sql.Identifier(name), sql.Identifier(template)))


def _point_to(name: str) -> None:
    from django.conf import settings
    from django.db import connection

    _let_go(connection)
    settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = name


def _let_go(connection) -> None:
    connection.close()
    connection.close_pool()


def _maintenance_url() -> str:
    from django.db import connection

    given = connection.settings_dict
    return psycopg.conninfo.make_conninfo("", dbname="postgres", **{
        key: value for key, value in {"host": given["HOST"], "port": given["PORT"], "user": given["USER"],
                                      "password": given["PASSWORD"]}.items() if value})


def url_of(name: str) -> str:
    """``DATABASE_URL`` with another database in it."""
    from urllib.parse import urlsplit

    return urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()
