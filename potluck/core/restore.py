"""A backup becomes a house again: into an empty one only, whole or not at all.

The file is read through before anything is touched. Then the migrations that had made its tables make them again, all rows
come in in one transaction that ends only when every digest was computed anew from the tables and is the same, and the
migrations that came since do what they do.
"""
from __future__ import annotations

import hashlib
import os
import shutil
import zipfile
from pathlib import Path

import psycopg
from django.db.migrations.graph import MigrationGraph
from psycopg import sql

from potluck.core import backup, house
from potluck.core.backup import Manifest, Table
from potluck.core.trouble import Trouble

STAGE = ".restoring"  # in the data folder: files until the rows are in


def restore(url: str, data: Path, path: Path) -> Manifest:
    """Fill the empty house with this database and data folder. Raises ``Trouble``, and then the house is as empty as before."""
    manifest = backup.examine(path)
    with psycopg.connect(url, autocommit=True) as lock, backup.opened(path) as (archive, again):
        if again != manifest:
            raise backup.Damaged(f"{path} changes while it is read: nothing was changed.")
        lock.execute("select pg_advisory_lock(%s)", [house.MIGRATING])
        _empty(lock, data, manifest)
        _make_tables(lock, manifest)
        stage = _stage(archive, data, manifest)
        try:
            with backup.connect(url) as connection:  # committed at its end, rolled back by any exception
                _fill(connection, archive, manifest)
                _place(stage, data)
        except psycopg.Error as error:
            raise Trouble(f"The rows of {path} do not fit into this database ({_first_line(error)}): nothing was "
                          "changed.") from error
        finally:
            shutil.rmtree(stage, ignore_errors=True)
    house.migrate()
    return manifest


def _empty(connection: psycopg.Connection, data: Path, manifest: Manifest) -> None:
    """Nobody lives here, and no file would be written over by another."""
    from django.contrib.auth import get_user_model

    people = get_user_model()._meta.db_table
    lives = sql.SQL("select exists(select 1 from {})").format(sql.Identifier(people))
    if connection.execute("select to_regclass(%s)", [people]).fetchone() != (None,) \
            and connection.execute(lives).fetchone() == (True,):
        raise Trouble("People live in this house already, and a backup is restored into an empty one only: name another "
                      "folder with --data DIR (or another database in DATABASE_URL).")
    wanted = {file.path: file.sha256 for file in manifest.files}
    for file in backup.house_files(data):
        name = file.relative_to(data).as_posix()
        if name != "secret" and hashlib.sha256(file.read_bytes()).hexdigest() != wanted.get(name):
            raise Trouble(f"{file} is of another house, and a backup is restored into an empty one only: name another "
                          "folder with --data DIR.")


def _make_tables(connection: psycopg.Connection, manifest: Manifest) -> None:
    """The tables as they were when the backup was made; those of an empty house that has other ones are removed."""
    from django.db import connection as django_connection
    from django.db.migrations.executor import MigrationExecutor

    from potluck.core.database import let_go

    wanted = [(app, name) for app, name in manifest.migrations]
    there = [(app, name) for app, name in backup.made_migrations(connection)]
    try:
        known = MigrationExecutor(django_connection).loader
        if unknown := [node for node in wanted if node not in known.graph.nodes and node not in known.replacements]:
            raise Trouble(f"This backup was made by a newer Potluck ({manifest.potluck}; {'.'.join(unknown[0])} is not known "
                          "here): bring this one up to date first. Nothing was changed.")
        if sorted(there) == sorted(wanted):
            return
        if there:
            _remove_tables(connection)
            let_go()
        executor = MigrationExecutor(django_connection)
        executor.migrate(_last_of_each_app(executor.loader.graph, wanted))
    finally:
        let_go()


def _last_of_each_app(graph: MigrationGraph, made: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Where to migrate to so that exactly these are made: one that is not the last of its app would mean going back to it."""
    return [node for node in made if node in graph.nodes
            and not any(child.key[0] == node[0] and child.key in made for child in graph.node_map[node].children)]


def _remove_tables(connection: psycopg.Connection) -> None:
    ours = {table.name for table in backup.known_tables(connection)} | {backup.STATE}
    others = connection.execute("""
        select c.relname from pg_class c where c.relkind in ('r', 'p', 'v', 'm') and c.relname <> all(%s)
          and c.relnamespace = current_schema()::regnamespace
          and not exists (select 1 from pg_depend d where d.objid = c.oid and d.deptype = 'e')""", [list(ours)]).fetchall()
    if others:
        raise Trouble(f"This database holds more than an empty house ({others[0][0]}): name an empty one in DATABASE_URL.")
    try:
        with connection.transaction():
            connection.execute("drop schema public cascade; create schema public")
    except psycopg.Error as error:
        raise Trouble(f"The tables of the empty house could not be removed ({_first_line(error)}): name an empty database in "
                      "DATABASE_URL, as `createdb` makes it.") from error


def _fill(connection: psycopg.Connection, archive: zipfile.ZipFile, manifest: Manifest) -> None:
    here = {table.name: table for table in backup.known_tables(connection)}
    for table in manifest.tables:
        if table.name not in here or {*table.columns} != {*here[table.name].columns}:
            raise Trouble(f"The table {table.name} of this backup is not one that its migrations make: nothing was changed.")
    for name in here:
        connection.execute(sql.SQL("alter table {} disable trigger user").format(sql.Identifier(name)))
    connection.execute(sql.SQL("truncate {}").format(sql.SQL(", ").join(map(sql.Identifier, here))))
    for table in _in_order(connection, manifest.tables):
        _copy_in(connection, archive, table)
    connection.execute("set constraints all immediate")  # what points somewhere points at something
    for name in here:
        connection.execute(sql.SQL("alter table {} enable trigger user").format(sql.Identifier(name)))
    for name, (last, given) in manifest.sequences.items():
        connection.execute("select setval(%s::regclass, %s, %s)", [f'"{name}"', last, given])
    for table in manifest.tables:
        if backup.copied_out(connection, table) != table:
            raise Trouble(f"The rows of {table.name} came in differently from how they are in the backup: nothing was changed.")


def _in_order(connection: psycopg.Connection, tables: list[Table]) -> list[Table]:
    """Tables after those they point at, where the database wants that at once (Django's own references can wait)."""
    points: dict[str, set[str]] = {}
    for source, target in connection.execute("""
            select conrelid::regclass::text, confrelid::regclass::text from pg_constraint
            where contype = 'f' and not condeferrable and conrelid <> confrelid"""):
        points.setdefault(source.strip('"'), set()).add(target.strip('"'))
    ordered: list[Table] = []
    left = list(tables)
    while left:
        waiting = {table.name for table in left}
        ready = [table for table in left if not points.get(table.name, set()) & waiting] or left
        ordered += ready
        left = [table for table in left if table not in ready]
    return ordered


def _copy_in(connection: psycopg.Connection, archive: zipfile.ZipFile, table: Table) -> None:
    names = sql.SQL(", ").join(map(sql.Identifier, table.columns))
    statement = sql.SQL("copy {} ({}) from stdin").format(sql.Identifier(table.name), names)
    with archive.open(f"tables/{table.name}") as lines, connection.cursor() as cursor, cursor.copy(statement) as copy:
        while chunk := lines.read(backup.CHUNK):
            copy.write(chunk)


def _stage(archive: zipfile.ZipFile, data: Path, manifest: Manifest) -> Path:
    """The files, beside where they belong, readable by the house alone, on the disk."""
    stage = data / STAGE
    shutil.rmtree(stage, ignore_errors=True)
    try:
        stage.mkdir(mode=0o700)
        for file in manifest.files:
            to = stage / file.path
            to.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with archive.open(f"files/{file.path}") as source, \
                    open(os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
                shutil.copyfileobj(source, out, backup.CHUNK)
                out.flush()
                os.fsync(out.fileno())
            if hashlib.sha256(to.read_bytes()).hexdigest() != file.sha256:
                raise Trouble(f"{file.path} came out differently from how it is in the backup: nothing was changed.")
    except BaseException:
        shutil.rmtree(stage, ignore_errors=True)
        raise
    return stage


def _place(stage: Path, data: Path) -> None:
    for source in sorted(path for path in stage.rglob("*") if path.is_file()):
        to = data / source.relative_to(stage)
        to.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        source.replace(to)


def _first_line(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]
