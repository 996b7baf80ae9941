"""A house is backed up while people write, destroyed, and restored: every row and every file the same, or nothing at all."""
from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import stat
import subprocess
import sys
import threading
import zipfile
from pathlib import Path

import psycopg
import pytest

from potluck.core import backup, house
from potluck.core.restore import restore as the_real_one
from potluck.core.tests.processes import open_folder, own_environment, within
from tests import cluster, make

POTLUCK = Path(sys.executable).parent / "potluck"


def rows_of(url: str) -> dict[str, str]:
    """What is in each table, looked at in another way than a backup does: rows as JSON, sorted, digested."""
    with psycopg.connect(url) as connection:
        names = [name for (name,) in connection.execute(
            "select table_name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'")]
        return {name: hashlib.sha256(json.dumps(sorted(row for (row,) in connection.execute(
            f'select to_jsonb(t)::text from "{name}" t'))).encode()).hexdigest() for name in names if name != backup.STATE}


def files_of(data: Path) -> dict[str, bytes]:
    return {str(path.relative_to(data)): path.read_bytes() for path in backup.house_files(data)}


@pytest.fixture
def url(transactional_db, database_name):
    return cluster.url_of(database_name)


@pytest.fixture
def data(tmp_path):
    folder = tmp_path / "data"
    (folder / "mail").mkdir(parents=True)
    (folder / "secret").write_text("the secret of this house")
    (folder / "mail" / "1.eml").write_bytes(b"Subject: a place for you\r\n\r\n\xff\x00")
    (folder / "mail" / ".2").write_text("not written to its end")
    (folder / "serving").write_text("http://localhost:8000")
    return folder


@pytest.fixture
def other_url(database_name):
    """An empty house: all tables, no rows."""
    with cluster.beside(f"{database_name}_other"):
        yield cluster.url_of(f"{database_name}_other")


def restore(url: str, data: Path, file: Path) -> backup.Manifest:
    with cluster.django_in(url.rpartition("/")[2].partition("?")[0]):
        return the_real_one(url, data, file)


@pytest.fixture
def kept(url, data, tmp_path):
    """A small house, and its backup."""
    mira, jonas = make.person("Mira Sand"), make.person("Jonas Größe \\ \t'Ölçü'")
    act = make.question(mira, "Wohin\nmit den Regenschirmen? \\N \\. 🎩")
    make.comment(jonas, act)
    make.thank(mira, jonas)
    file = tmp_path / "house.potluck"
    backup.backup(url, data, file)
    return file


def test_every_row_and_every_file_comes_back(kept, url, data, other_url, tmp_path):
    there = tmp_path / "there"
    there.mkdir()
    manifest = restore(other_url, there, kept)
    assert rows_of(other_url) == rows_of(url)
    assert files_of(there) == files_of(data)
    assert set(files_of(there)) == {"secret", "mail/1.eml"}
    assert stat.S_IMODE((there / "secret").stat().st_mode) == 0o600
    again = backup.backup(other_url, there, tmp_path / "again.potluck")
    assert again.digest == manifest.digest
    assert again.sequences == manifest.sequences
    with psycopg.connect(other_url) as connection:  # triggers are awake again
        assert connection.execute("select count(*) from pg_trigger where tgenabled = 'D'").fetchone() == (0,)


def test_one_flipped_row_is_another_digest(kept, url, data, tmp_path):
    before = backup.examine(kept).digest
    assert backup.backup(url, data, tmp_path / "same").digest == before
    with psycopg.connect(url) as connection:
        connection.execute("update people_person set name = reverse(name) where name like 'Mira%'")
    assert backup.backup(url, data, tmp_path / "other").digest != before


def test_every_table_of_the_house_is_in_it_and_only_the_house_may_read_it(kept, url):
    assert {table.name for table in backup.examine(kept).tables} == set(rows_of(url))
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert not [path for path in kept.parent.iterdir() if path.name.startswith(".")]


def damaged(kept: Path, how: str) -> Path:
    """Another file, which is no whole backup."""
    bad = kept.with_name("bad.potluck")
    whole = kept.read_bytes()
    if how == "truncated":
        bad.write_bytes(whole[:-200])
    elif how == "a flipped bit":
        at = whole.index(b"tables/people_person") + 200
        bad.write_bytes(whole[:at] + bytes([whole[at] ^ 4]) + whole[at + 1:])
    elif how == "foreign":
        bad.write_bytes(b"-- PostgreSQL database dump\n" * 100)
    elif how == "another archive":
        with zipfile.ZipFile(bad, "w") as archive:
            archive.writestr("channels.json", "[]")
    elif how == "empty":
        bad.write_bytes(b"")
    else:
        with zipfile.ZipFile(kept) as good, zipfile.ZipFile(bad, "w") as archive:
            for name in good.namelist():
                words = good.read(name)
                if how == "a changed row" and name == "tables/people_person":
                    words = words.replace(b"Mira Sand", b"Mara Sind")
                if how == "a row less" and name == "tables/acts_act":
                    words = words[words.index(b"\n") + 1:]
                if how == "out of the folder" and name == backup.MANIFEST:
                    words = words.replace(b'"mail/1.eml"', b'"../1.eml"')
                if how == "over the database" and name == backup.MANIFEST:
                    words = words.replace(b'"mail/1.eml"', b'"postgres/1"')
                if how == "newer" and name == backup.MANIFEST:
                    words = words.replace(b'"0001_initial"', b'"0001_initial_of_tomorrow"', 1)
                if how == "a reference to nobody" and name == backup.MANIFEST:
                    words = words.replace(_digest(good, "tables/people_person"), hashlib.sha256(b"").hexdigest().encode())
                    told = json.loads(words)
                    next(table for table in told["tables"] if table["name"] == "people_person")["rows"] = 0
                    words = json.dumps(told).encode()
                if how == "a reference to nobody" and name == "tables/people_person":
                    words = b""
                if not (how == "a table less" and name == "tables/acts_act"):
                    archive.writestr(name, words)
            if how == "a file more":
                archive.writestr("files/extra", b"")
    return bad


def _digest(archive: zipfile.ZipFile, name: str) -> bytes:
    return hashlib.sha256(archive.read(name)).hexdigest().encode()


DAMAGES = ["truncated", "a flipped bit", "foreign", "another archive", "empty", "a changed row", "a row less",
           "a table less", "a file more", "out of the folder", "over the database", "newer", "a reference to nobody"]


@pytest.mark.parametrize("how", DAMAGES)
def test_what_is_not_a_whole_backup_is_refused_and_nothing_is_written(kept, other_url, tmp_path, how):
    there = tmp_path / "there"
    there.mkdir()
    before = rows_of(other_url)
    with pytest.raises(backup.Trouble) as told:
        restore(other_url, there, damaged(kept, how))
    assert "\n" not in str(told.value)
    assert rows_of(other_url) == before
    assert list(there.iterdir()) == []


def test_the_damages_are_damages(kept, other_url, tmp_path):
    """The control of the test above: copied in the same way, but not damaged, the same backup is taken."""
    there = tmp_path / "there"
    there.mkdir()
    restore(other_url, there, damaged(kept, "not at all"))
    assert "secret" in files_of(there)


def test_a_house_with_people_in_it_is_not_restored_over(kept, url, data):
    before = rows_of(url)
    with pytest.raises(backup.Trouble, match="into an empty one only"):
        restore(url, data, kept)
    assert rows_of(url) == before


def test_the_folder_of_another_house_is_not_restored_over(kept, other_url, tmp_path):
    there = tmp_path / "there"
    (there / "mail").mkdir(parents=True)
    (there / "mail" / "1.eml").write_text("of somebody else")
    with pytest.raises(backup.Trouble, match="of another house"):
        restore(other_url, there, kept)
    assert (there / "mail" / "1.eml").read_text() == "of somebody else"


def test_a_backup_is_one_moment_while_people_write(url, data, other_url, tmp_path):
    """Four people answer and thank all the time. What was acknowledged before the backup began is in it, and no half of
    anything: the restored house refuses a row that points nowhere, and every comment has the act it is."""
    from django.db import connection

    mira, *others = [make.person() for _ in range(5)]
    act = make.question(mira)
    stop, said, wrong = threading.Event(), [], []

    def write(person):
        try:
            while not stop.is_set():
                said.append(make.comment(person, act).pk)
                make.thank(person, mira)
        except Exception as problem:  # noqa: BLE001 - told below
            wrong.append(problem)
        finally:
            connection.close()

    writers = [threading.Thread(target=write, args=[person]) for person in others]
    for writer in writers:
        writer.start()
    try:
        within(20, lambda: len(said) > 20 or wrong)
        before, made = list(said), backup.backup(url, data, tmp_path / "house")
        during = len(said) - len(before)
    finally:
        stop.set()
        for writer in writers:
            writer.join()
    assert not wrong
    assert during > 0, "nobody wrote while the backup was made: the test shows nothing"
    there = tmp_path / "there"
    there.mkdir()
    assert restore(other_url, there, tmp_path / "house").digest == made.digest
    assert backup.backup(other_url, there, tmp_path / "again").digest == made.digest
    with psycopg.connect(other_url) as connection_there:
        kept = {pk for (pk,) in connection_there.execute("select act_id from talk_comment")}
        thanks = connection_there.execute("select count(*) from thanks_thanks").fetchone()[0]
    assert set(before) <= kept <= set(said)
    assert len(kept) - 4 <= thanks <= len(kept)
    assert rows_of(other_url) != rows_of(url)  # people went on writing


@pytest.mark.slow
def test_a_backup_from_before_the_last_migrations_is_brought_to_today(url, data, other_url, tmp_path):
    """The house of the first tables, with people in it, as a backup made then would be."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    _empty_of_tables(other_url)
    with cluster.django_in(other_url.rpartition("/")[2].partition("?")[0]):
        executor = MigrationExecutor(connection)
        executor.migrate(FIRST)
        people = executor.loader.project_state(FIRST).apps.get_model("people", "Person")
        people.objects.create(name="Mira Sand", handle="mira-sand", email="mira@example.org")
    backup.backup(other_url, data, tmp_path / "old")
    _empty_of_tables(other_url)
    there = tmp_path / "there"
    there.mkdir()
    with cluster.django_in(other_url.rpartition("/")[2].partition("?")[0]):
        house.migrate()  # the empty house was opened by today's code before
        restore(other_url, there, tmp_path / "old")
        executor = MigrationExecutor(connection)
        assert executor.migration_plan(executor.loader.graph.leaf_nodes()) == []
    with psycopg.connect(other_url) as database:
        assert database.execute("select name, handle from people_person").fetchall() == [("Mira Sand", "mira-sand")]


FIRST = [("people", "0002_cache_and_log"), *((room, "0001_initial") for room in (
    "groups", "acts", "talk", "notices", "thanks", "welcome", "exchange"))]


def _empty_of_tables(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as database:
        database.execute("drop schema public cascade; create schema public")


# --- the drill -----------------------------------------------------------------------------------------------------------


def potluck(*words, **environment) -> subprocess.CompletedProcess:
    return subprocess.run([POTLUCK, *map(str, words)], capture_output=True, text=True, timeout=90, check=False,
                          env=own_environment(**environment))


@pytest.mark.slow
def test_the_drill(tmp_path):
    """As it will be on the day: a served house, a backup from the shell, everything gone, a restore, and its pages again."""
    from potluck.core.tests.served import Served

    file = tmp_path / "house.potluck"
    with open_folder() as folder:
        house = Served(folder / "data")
        try:
            house.wait()
            assert potluck("--data", house.data, "person", "add", "mira@example.org", "--name", "Mira Sand").returncode == 0
            done = potluck("--data", house.data, "backup", file)
            assert done.returncode == 0, done.stderr
            assert "was read again" in done.stderr
            over = potluck("--data", house.data, "restore", file)
            assert over.returncode == 1
            assert "is served already" in over.stderr
        finally:
            house.process.send_signal(signal.SIGKILL)
            house.process.wait()
        secret = (house.data / "secret").read_bytes()
        where = house.data / "where"
        if where.exists():
            shutil.rmtree(where.read_text().strip())
        within(10, lambda: not any(map(_alive, house.data.glob("postgres/cluster/postmaster.pid"))))
        shutil.rmtree(house.data)

        cut = potluck("--data", house.data, "restore", _cut(file))
        assert cut.returncode == 1
        assert len(cut.stderr.splitlines()) == 1
        assert not house.data.exists()
        done = potluck("--data", house.data, "restore", file)
        assert done.returncode == 0, done.stderr
        twice = potluck("--data", house.data, "restore", file)
        assert twice.returncode == 1
        assert "People live in this house already" in twice.stderr
        assert (house.data / "secret").read_bytes() == secret
        house = Served(house.data)
        try:
            house.wait()
            assert house.get("/readyz") == house.get("/accounts/login/") == 200
        finally:
            house.process.send_signal(signal.SIGINT)
            house.process.wait(15)


def _cut(file: Path) -> Path:
    shorter = file.with_suffix(".cut")
    shorter.write_bytes(file.read_bytes()[:-1])
    return shorter


def _alive(note: Path) -> bool:
    try:
        os.kill(int(note.read_text().split()[0]), 0)
    except (OSError, ValueError):
        return False
    return True


def test_a_table_of_somebody_else_is_said_and_left_out(kept, url, data, tmp_path):
    said = []
    with psycopg.connect(url, autocommit=True) as database:
        database.execute("create table scratch (n int)")
        try:
            assert backup.backup(url, data, tmp_path / "again", said.append).digest == backup.examine(kept).digest
        finally:
            database.execute("drop table scratch")
    assert said == ["The table scratch is not Potluck's, so it is not in the backup."]


def test_a_backup_inside_the_data_folder_goes_where_the_next_one_leaves_it_out(kept, url, data):
    with pytest.raises(backup.Trouble, match="backups"):
        backup.backup(url, data, data / "house.potluck")
    first = backup.backup(url, data, data / "backups" / "house.potluck")
    assert backup.backup(url, data, data / "backups" / "again.potluck").files == first.files
    assert backup.last(data)["file"].endswith("again.potluck")
