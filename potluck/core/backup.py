"""A backup: one ZIP file with the whole house in it, made from one snapshot of the database while people go on writing.

    tables/<name>    every row, as PostgreSQL's COPY writes it: one line a row, in the order of the key
    files/<path>     what lies in the data folder and belongs to the house: the secret key, mail that has no server to go to
    manifest.json    the versions, which migrations made the tables, and of each table and file its rows, bytes and SHA-256

The tables themselves are not in it: the migrations make them (``core/restore.py``), so a backup can be brought into any
PostgreSQL that does, and into a younger Potluck. The manifest is written last and names everything else, and a file that
was cut off is no ZIP file any more: what cannot be read whole is not taken for a backup.
"""
from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import IO, Any
from zlib import error as ZlibError

import psycopg
from psycopg import sql

from potluck.core import clock, postgres
from potluck.core.trouble import Trouble

FORMAT = "potluck backup 1"
MANIFEST = "manifest.json"
FOLDER = "backups"  # in the data folder: a place for backups that is in none of them
NOTE = "backed-up"  # in the data folder: when the last backup was made
#: What lies in the data folder and belongs to this machine or this moment. Everything else belongs to the house.
OF_THE_MACHINE = {"postgres", "where", "lock", "serving", FOLDER, NOTE}
WITHOUT_A_MODEL = {"cache_rows"}  # tables that a migration made by SQL alone
STATE = "django_migrations"  # which migrations were made: in the manifest instead
CHUNK = 1 << 20  # bytes read at a time
#: However a server is set up, the same row is the same line.
ALIKE = ("set time zone 'UTC'; set datestyle = 'ISO, YMD'; set intervalstyle = 'postgres'; set bytea_output = 'hex'; "
         "set extra_float_digits = 1; set client_encoding = 'UTF8'; set row_security = off; set lock_timeout = '30s'")


Say = Callable[[str], None]


@dataclass(frozen=True)
class Table:
    """A table in a backup: its columns in their order, the columns of its key, and the digest of its lines."""

    name: str
    columns: list[str]
    key: list[str]
    rows: int = 0
    sha256: str = ""


@dataclass(frozen=True)
class File:
    """A file in a backup: its path in the data folder, its bytes and their digest."""

    path: str
    bytes: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    made_at: str
    potluck: str
    postgres: str
    migrations: list[list[str]]
    tables: list[Table]
    sequences: dict[str, list]  #: name: the last value, and whether it was given out
    files: list[File]

    @property
    def digest(self) -> str:
        """One digest for all content: equal for two houses exactly if every row and every file is."""
        content = {"tables": {table.name: [table.columns, table.rows, table.sha256] for table in self.tables},
                   "files": {file.path: file.sha256 for file in self.files}}
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


class Damaged(Trouble):
    """A file that is no backup, or not a whole one."""


def connect(url: str) -> psycopg.Connection:
    """A connection on which the same row is always the same line."""
    connection = psycopg.connect(url, connect_timeout=10)
    connection.execute(ALIKE)
    connection.commit()
    return connection


def backup(url: str, data: Path, to: Path, say: Say = lambda sentence: None) -> Manifest:
    """Write the house with this database and data folder into the file ``to`` (mode 0600), whole or not at all. It is read
    again before it gets its name. ``say`` is told what was left out. Raises ``Trouble``."""
    to = to.resolve()
    if to.is_relative_to(data.resolve()) and to.relative_to(data.resolve()).parts[0] != FOLDER:
        raise Trouble(f"Inside the data folder backups belong into {data / FOLDER}, where the next backup leaves them out: "
                      f"name a file there or elsewhere, as in `potluck backup {data / FOLDER / to.name}`.")
    beside = to.with_name(f".{to.name}.{os.getpid()}")
    try:
        if to.is_relative_to(data.resolve()):
            to.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with open(os.open(beside, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600), "w+b") as out:
            os.fchmod(out.fileno(), 0o600)
            with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=5) as archive, connect(url) as connection:
                manifest = _write(archive, connection, data, say)
            out.flush()
            os.fsync(out.fileno())
        if examine(beside) != manifest:
            raise Damaged(f"What was written to {to.parent} reads differently: look at that disk, and name another one.")
        beside.replace(to)
        _fsync(to.parent)
    except OSError as error:
        raise Trouble(f"{to} cannot be written ({error.strerror}): name a file in a folder that is yours, on a disk with "
                      "room.") from error
    finally:
        with contextlib.suppress(OSError):
            beside.unlink(missing_ok=True)
    with contextlib.suppress(OSError):
        (data / NOTE).write_text(json.dumps({"at": manifest.made_at, "file": str(to)}))
    return manifest


def _write(archive: zipfile.ZipFile, connection: psycopg.Connection, data: Path, say: Say) -> Manifest:
    connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
    connection.read_only = True
    tables = known_tables(connection, say)  # the first statement: from here on one snapshot
    made = clock.now()
    migrations = made_migrations(connection)
    full = []
    for table in tables:
        with archive.open(f"tables/{table.name}", "w", force_zip64=True) as entry:
            full.append(copied_out(connection, table, entry))
    sequences = {name: [last, given] for name, last, given in _sequences(connection)}  # later than the snapshot: never behind
    connection.commit()
    files = [kept for path in house_files(data) if (kept := _keep(archive, data, path))]  # after the rows that name them
    manifest = Manifest(made.isoformat(), version("potluck"), connection.info.parameter_status("server_version") or "",
                        migrations, full, sequences, files)
    archive.writestr(MANIFEST, json.dumps({"format": FORMAT, **asdict(manifest)}, indent=1))
    return manifest


def known_tables(connection: psycopg.Connection, say: Say = lambda sentence: None) -> list[Table]:
    """The tables of the house as they are now, without rows. What somebody else put into this database is left, and ``say``
    told of it."""
    found = connection.execute("""
        select c.relname, array_agg(a.attname::text order by a.attnum) filter (where a.attgenerated = ''),
               (select array_agg(k.attname::text order by i.place)
                from pg_index x, unnest(x.indkey) with ordinality i(number, place)
                join pg_attribute k on k.attnum = i.number
                where x.indrelid = c.oid and x.indisprimary and k.attrelid = c.oid)
        from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
        where c.relkind in ('r', 'p') and c.relnamespace = current_schema()::regnamespace
          and not exists (select 1 from pg_depend d where d.objid = c.oid and d.deptype = 'e')
        group by c.oid, c.relname order by c.relname""").fetchall()
    ours = _names(connection)
    for name, *_rest in found:
        if name not in ours and name != STATE:
            say(f"The table {name} is not Potluck's, so it is not in the backup.")
    return [Table(name, columns, key or columns) for name, columns, key in found if name in ours]


def _names(connection: psycopg.Connection) -> set[str]:
    """The tables that the migrations made so far have made."""
    from django.db.migrations.loader import MigrationLoader

    loader = MigrationLoader(None)
    made = [(app, name) for app, name in made_migrations(connection)]
    if unknown := [node for node in made if node not in loader.graph.nodes and node not in loader.replacements]:
        raise Trouble(f"The tables were made by a newer Potluck ({'.'.join(unknown[0])} is not known here): "
                      "bring this one up to date first.")
    state = loader.project_state([node for node in made if node in loader.graph.nodes])
    models = state.apps.get_models(include_auto_created=True)
    return {model._meta.db_table for model in models} | WITHOUT_A_MODEL


def made_migrations(connection: psycopg.Connection) -> list[list[str]]:
    """App and name of each migration that this database has seen, sorted; empty where there is no table of them."""
    if connection.execute("select to_regclass(%s)", [STATE]).fetchone() == (None,):
        return []
    return [list(row) for row in connection.execute(f"select app, name from {STATE} order by app, name").fetchall()]


def copied_out(connection: psycopg.Connection, table: Table, to: IO[bytes] | None = None) -> Table:
    """The table with its rows counted and digested, in the order of its key; its lines go to ``to``."""
    names = sql.SQL(", ").join(map(sql.Identifier, table.columns))
    key = sql.SQL(", ").join(map(sql.Identifier, table.key))
    rows, digest = 0, hashlib.sha256()
    with connection.cursor() as cursor, cursor.copy(sql.SQL("copy (select {} from {} order by {}) to stdout").format(
            names, sql.Identifier(table.name), key)) as lines:
        for chunk in lines:
            rows += bytes(chunk).count(b"\n")  # one within a value is written \n
            digest.update(chunk)
            if to:
                to.write(chunk)
    return Table(table.name, table.columns, table.key, rows, digest.hexdigest())


def _sequences(connection: psycopg.Connection) -> list[tuple]:
    names = connection.execute("""
        select c.relname from pg_class c where c.relkind = 'S' and c.relnamespace = current_schema()::regnamespace
        order by 1""").fetchall()
    return [(name, *_row(connection, sql.SQL("select last_value, is_called from {}").format(sql.Identifier(name))))
            for (name,) in names]


def _row(connection: psycopg.Connection, statement: sql.Composed) -> tuple:
    found = connection.execute(statement).fetchone()
    assert found is not None
    return found


def house_files(data: Path) -> Iterator[Path]:
    """The files of the data folder that belong to the house. One that is being written (its name begins with a dot), a link
    and a socket are none."""
    for path in sorted(data.rglob("*")):
        parts = path.relative_to(data).parts
        if parts[0] in OF_THE_MACHINE or any(part.startswith(".") for part in parts):
            continue
        if path.is_file() and not path.is_symlink():
            yield path


def _keep(archive: zipfile.ZipFile, data: Path, path: Path) -> File | None:
    name = path.relative_to(data).as_posix()
    try:
        source = path.open("rb")
    except FileNotFoundError:  # sent or taken back a moment ago
        return None
    digest, size = hashlib.sha256(), 0
    with source, archive.open(f"files/{name}", "w", force_zip64=True) as entry:
        while chunk := source.read(CHUNK):
            digest.update(chunk)
            size += len(chunk)
            entry.write(chunk)
    return File(name, size, digest.hexdigest())


# --- reading -------------------------------------------------------------------------------------------------------------


def examine(path: Path) -> Manifest:
    """Read a backup from its first byte to its last and compare every digest. Raises ``Damaged``, with a sentence."""
    with opened(path) as (archive, manifest):
        wanted = {f"tables/{table.name}": (table.rows, table.sha256) for table in manifest.tables}
        wanted |= {f"files/{file.path}": (file.bytes, file.sha256) for file in manifest.files}
        for name, (size, sha256) in wanted.items():
            digest, counted = hashlib.sha256(), 0
            with archive.open(name) as entry:
                while chunk := entry.read(CHUNK):
                    digest.update(chunk)
                    counted += chunk.count(b"\n") if name.startswith("tables/") else len(chunk)
            if (counted, digest.hexdigest()) != (size, sha256):
                raise Damaged(f"{path} is damaged at {name}: nothing was changed; use another backup.")
        if {*archive.namelist()} != {*wanted, MANIFEST} or len(archive.namelist()) != len(wanted) + 1:
            raise Damaged(f"{path} holds something that its manifest does not name: nothing was changed; use another backup.")
        return manifest


@contextlib.contextmanager
def opened(path: Path) -> Iterator[tuple[zipfile.ZipFile, Manifest]]:
    """A backup and its manifest. Whatever is wrong with the file is said as ``Damaged``."""
    try:
        with zipfile.ZipFile(path) as archive:
            yield archive, _manifest(path, archive)
    except OSError as error:
        raise Damaged(f"{path} cannot be read ({error.strerror or error}).") from error
    except (zipfile.BadZipFile, ZlibError, EOFError, KeyError, NotImplementedError, RuntimeError) as error:
        raise Damaged(f"{path} is not a whole backup ({_short(error)}): nothing was changed; use another one.") from error


def _manifest(path: Path, archive: zipfile.ZipFile) -> Manifest:
    try:
        told: dict[str, Any] = json.loads(archive.read(MANIFEST))
        if told.pop("format") != FORMAT:
            raise ValueError
        tables = [Table(**table) for table in told.pop("tables")]
        files = [File(**file) for file in told.pop("files")]
        manifest = Manifest(tables=tables, files=files, **told)
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        raise Damaged(f"{path} is not a backup that this Potluck can read.") from error
    for file in manifest.files:  # never out of the data folder, never over what is the machine's
        parts = file.path.split("/")
        if parts[0] in OF_THE_MACHINE or not all(re.fullmatch(r"[^\x00/\\]+", part) and part[0] != "." for part in parts):
            raise Damaged(f"{path} names a file that no house has ({file.path!r}).")
    return manifest


def _short(error: BaseException) -> str:
    return " ".join(str(error).split())[:120] or type(error).__name__


def _fsync(folder: Path) -> None:
    """What was renamed in this folder is on the disk when this returns."""
    place = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(place)
    finally:
        os.close(place)


def last(data: Path) -> dict[str, str] | None:
    """When the last backup of this data folder was made (``at``, ISO) and where it was put (``file``)."""
    try:
        told = json.loads((data / NOTE).read_text())
        return {"at": str(told["at"]), "file": str(told["file"])}
    except (OSError, ValueError, KeyError, TypeError):
        return None


def folder_of(data: Path) -> Path:
    """The data folder, which is there: a backup of nothing is a mistake in ``--data``."""
    if not (data / "secret").exists() and not postgres.locate(data).base.exists():
        raise Trouble(f"There is no house in {data}: name its folder with --data DIR.")
    return data
