"""The PostgreSQL that comes along, started for real."""
from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
from pathlib import Path

import psycopg
import pytest

from potluck.core import postgres
from potluck.core.tests.processes import end, lives, open_folder, own_environment, within
from potluck.core.trouble import Trouble

pytestmark = pytest.mark.slow

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root has this to worry about")


@pytest.fixture
def folder():
    with open_folder() as folder:
        yield folder


@pytest.fixture
def start(folder):
    """``start(data)`` like ``postgres.start``; all that were started are stopped after the test."""
    started = []

    def one(data=None, durable=False, **more):
        cluster = postgres.start(data or folder / "data", durable=durable, **more)
        started.append(cluster)
        return cluster

    yield one
    for cluster in started:
        cluster.stop()


def ask(cluster, question):
    with psycopg.connect(cluster.url, autocommit=True) as connection:
        cursor = connection.execute(question)
        return cursor.fetchone()[0] if cursor.description else None


def test_the_first_starts_it_and_the_second_joins(start):
    first, second = start(), start()
    assert first.process is not None
    assert second.process is None
    second.stop()
    assert first.alive()
    first.stop()
    assert not first.alive()


def test_what_was_written_is_there_after_the_next_start(start):
    first = start()
    ask(first, "create table kept as select 'bread' as dish")
    first.stop()
    assert ask(start(), "select dish from kept") == "bread"


def test_after_a_kill_it_starts_again_with_all_that_was_written(start):
    first = start(durable=True)
    ask(first, "create table kept as select 'bread' as dish")
    with psycopg.connect(first.url):  # a session that is open when it happens
        os.kill(first.process.pid, signal.SIGKILL)
        first.process.wait()
        assert not first.alive()
        again = start(durable=True)
    assert ask(again, "select dish from kept") == "bread"


def test_one_that_heals_itself_is_joined_when_it_is_well(start):
    """When one of its processes is killed, PostgreSQL ends all others, and lets nobody in until it has read its log again."""
    first = start(durable=True)
    for _try in range(20):
        with psycopg.connect(first.url) as one:
            os.kill(one.info.backend_pid, signal.SIGKILL)
            within(10, lambda: one.closed or not lives(one.info.backend_pid))
        if not first.alive():
            break
    assert first.lives() and not first.alive(), "it was never seen away"
    second = start(durable=True)
    assert second.process is None
    assert first.alive()


@pytest.mark.parametrize(("state", "waits"), [("starting", True), ("stopping", False)])
def test_one_that_still_reads_its_log_is_waited_for_however_long_one_that_hangs_is_not(folder, monkeypatch, state, waits):
    """Positive control: one that says something else meanwhile is named after a while."""
    cluster = postgres.Cluster(folder, folder)
    note = folder / "cluster" / "postmaster.pid"
    note.parent.mkdir()
    note.write_text(f"{os.getpid()}\n" + "\n" * 6 + f"{state}\n")
    monkeypatch.setattr(postgres, "_is_postgres", lambda *_: True)
    monkeypatch.setattr(postgres, "PATIENCE", 0.1)
    threading.Timer(0.6, lambda: note.unlink(missing_ok=True)).start()
    if waits:
        assert postgres._is_well_again(cluster) is False
    else:
        with pytest.raises(Trouble, match="does not answer"):
            postgres._is_well_again(cluster)


def test_a_note_of_a_dead_server_whose_number_is_another_program_now_does_not_stop_it(start, folder):
    first = start()
    first.stop()
    note = first.base / "cluster" / "postmaster.pid"
    other = subprocess.Popen(["sleep", "60"])
    try:
        note.write_text(f"{other.pid}\n{first.base / 'cluster'}\n")
        assert start().alive()
        assert lives(other.pid)
    finally:
        end(other)


def test_a_dead_server_that_nobody_has_buried_does_not_stop_it(start):
    first = start()
    first.process.send_signal(signal.SIGKILL)
    within(5, lambda: not lives(first.process.pid))  # a zombie now: not waited for
    assert start().alive()
    first.process.wait()


def test_letters_beyond_ascii_are_letters(start):
    cluster = start()
    ask(cluster, "create extension pg_trgm; create extension unaccent")
    assert ask(cluster, "select upper('äöü')") == "ÄÖÜ"
    assert ask(cluster, "select unaccent('Ä')") == "A"
    assert ask(cluster, "select similarity('Häuser', 'Hxuser') < similarity('Häuser', 'Häuserzeile')")
    assert ask(cluster, "select array_length(show_trgm('Häuser'), 1)") == 7  # eight letters' worth: Ä splits no word


def test_it_listens_on_no_network_and_its_folders_are_closed(start):
    cluster = start()
    assert ask(cluster, "show listen_addresses") == ""
    for closed in (cluster.base, cluster.socket):
        assert closed.stat().st_mode & 0o777 == 0o700


def test_a_path_too_long_for_a_socket_gets_a_short_one(start, folder, monkeypatch):
    deep = folder.joinpath(*["a-folder-with-a-long-name"] * 5)
    monkeypatch.setattr(postgres, "FAR", deep / "far")
    cluster = start(deep / "data")
    assert len(os.fsencode(cluster.socket)) < 90
    assert cluster.socket.stat().st_mode & 0o777 == 0o700
    assert ask(cluster, "select 1") == 1
    cluster.stop()
    cluster.socket.rmdir()


def test_a_short_socket_folder_that_somebody_else_made_is_refused(folder, monkeypatch):
    long = folder.joinpath(*["a-folder-with-a-long-name"] * 5)
    monkeypatch.setattr(postgres, "FAR", long / "far")
    data = long / "data"
    socket = postgres.locate(data).socket
    assert socket.parent == Path("/tmp")
    socket.symlink_to(folder)
    try:
        with pytest.raises(Trouble, match="belongs to somebody else"):
            postgres.start(data)
    finally:
        socket.unlink()


@as_root
def test_below_a_closed_folder_roots_database_lies_elsewhere_and_where_names_it(start, folder, monkeypatch):
    monkeypatch.setattr(postgres, "FAR", folder / "far")
    closed = folder / "home"
    closed.mkdir(mode=0o700)
    said = []
    cluster = start(closed / "data", say=said.append)
    assert cluster.base.parent == folder / "far"
    assert (closed / "data" / "where").read_text().strip() == str(cluster.base)
    assert str(cluster.base) in said[0]
    assert ask(cluster, "select 1") == 1
    cluster.stop()
    assert start(closed / "data").base == cluster.base


@as_root
def test_a_data_folder_that_was_removed_and_made_again_begins_empty(start, folder, monkeypatch):
    monkeypatch.setattr(postgres, "FAR", folder / "far")
    closed = folder / "home"
    closed.mkdir(mode=0o700)
    first = start(closed / "data")
    ask(first, "create table kept as select 'bread' as dish")
    first.stop()
    shutil.rmtree(closed / "data")
    said = []
    assert ask(start(closed / "data", say=said.append), "select to_regclass('kept')") is None
    aside = next(path for path in (folder / "far").iterdir() if "-" in path.name)
    assert str(aside) in said[0]


@as_root
def test_programs_that_its_user_cannot_reach_are_copied_beside_the_data(start, folder, monkeypatch):
    real = postgres._reachable
    monkeypatch.setattr(postgres, "FAR", folder / "far")
    monkeypatch.setattr(postgres, "_reachable", lambda path: "site-packages" not in str(path) and real(path))
    cluster = start()
    assert str(cluster.base) in cluster.process.args[0]
    assert ask(cluster, "select 1") == 1


def test_data_of_another_major_version_is_refused_with_a_way_out(start, folder):
    first = start()
    first.stop()
    (first.base / "cluster" / "PG_VERSION").write_text("15\n")
    with pytest.raises(Trouble, match=r"written by PostgreSQL 15, and this Potluck brings \d+: .*DATABASE_URL"):
        start()


def test_a_full_disk_is_one_sentence(folder, monkeypatch):
    monkeypatch.setattr(postgres, "ROOM", 1 << 62)
    with pytest.raises(Trouble, match=r"The disk that holds .* is full .*`df -h"):
        postgres.start(folder / "data")


def test_a_first_start_that_was_cut_off_leaves_nothing_in_the_way(start, folder):
    postgres.start(folder / "other").stop()
    half = postgres.locate(folder / "data").base / "cluster.new"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")
    assert start().alive()


def test_a_data_folder_that_is_a_file_is_one_sentence(folder):
    (folder / "data").write_text("not a folder")
    with pytest.raises(Trouble, match="--data DIR"):
        postgres.start(folder / "data")


def test_it_dies_with_the_process_that_started_it(folder):
    starter = subprocess.Popen(
        [sys.executable, "-c", "import sys, time; from pathlib import Path; from potluck.core import postgres; "
         "print(postgres.start(Path(sys.argv[1])).process.pid, flush=True); time.sleep(60)", folder / "data"],
        stdout=subprocess.PIPE, text=True, env=own_environment())
    pid = int(starter.stdout.readline())
    assert lives(pid)
    starter.kill()
    starter.wait()
    within(5, lambda: not lives(pid))
