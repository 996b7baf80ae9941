"""``potluck run``: the whole tree of processes, as a person starts, breaks and ends it."""
from __future__ import annotations

import os
import signal
import socket
import time

import psycopg
import pytest

from potluck.core import postgres
from potluck.core.house import MIGRATING
from potluck.core.tests.processes import end, free_port, lives, open_folder, within
from potluck.core.tests.served import SIGNS, Served, run_beside

pytestmark = pytest.mark.slow


@pytest.fixture
def folder():
    with open_folder() as folder:
        yield folder


@pytest.fixture
def serve(folder):
    served = []

    def one(name="data", wait=True) -> Served:
        served.append(Served(folder / name))
        if wait:
            served[-1].wait()
        return served[-1]

    yield one
    for each in served:
        end(each.process)


def test_a_house_is_served_healed_and_closed_without_a_trace(serve):
    house = serve()
    assert f"http://localhost:{house.port}" in house.said()
    assert f"http://localhost:{house.port}/start/" in house.said()
    assert house.get("/healthz") == house.get("/readyz") == house.get("/accounts/login/") == 200
    joined = run_beside("doctor", "--data", house.data)
    assert joined.returncode == 0, joined.stdout
    assert "All is well" in joined.stdout
    tree = house.children()
    assert set(tree) == set(SIGNS)
    assert "Traceback" not in house.said()

    for _ in range(3):  # the first of them right after the house was made
        os.kill(house.children()["postgres"], signal.SIGKILL)
        began = time.monotonic()
        assert house.get("/accounts/login/") == 200
        assert time.monotonic() - began < 2
        within(30, lambda: set(house.children()) == set(SIGNS))

    for _ in range(4):  # young each time: that is nobody's failure to start
        killed = house.children()["worker"]
        os.kill(killed, signal.SIGKILL)
        within(30, lambda: house.children().get("worker", killed) != killed)  # noqa: B023

    os.kill(house.children()["web"], signal.SIGKILL)
    within(60, lambda: house.get("/healthz") == 200)

    tree = house.children()
    house.process.send_signal(signal.SIGINT)
    house.process.wait(5)
    assert house.process.returncode == 0
    assert not any(map(lives, tree.values()))


def test_two_houses_side_by_side_each_served_once_and_a_tree_dies_with_its_parent(serve):
    one, two = serve("one"), serve("two")
    assert one.get("/readyz") == two.get("/readyz") == 200
    twice = run_beside("run", "--data", one.data, "--port", free_port())
    assert twice.returncode == 1
    assert f"is served already at http://localhost:{one.port}" in twice.stderr
    assert "Traceback" not in twice.stderr

    tree = one.children()
    one.process.kill()
    one.process.wait()
    within(3, lambda: not any(map(lives, tree.values())))
    with socket.socket() as free:
        free.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        free.bind(("127.0.0.1", one.port))
    assert two.get("/readyz") == 200
    assert serve("one").get("/readyz") == 200


def test_a_database_that_ends_with_the_command_that_started_it_is_replaced_while_a_house_opens(serve, folder):
    theirs = postgres.start(folder / "data")
    with psycopg.connect(theirs.url, autocommit=True) as other:
        other.execute("select pg_advisory_lock(%s)", [MIGRATING])
        joined = serve(wait=False)
        waits = "select exists (select from pg_locks where locktype = 'advisory' and not granted)"
        within(60, lambda: other.execute(waits).fetchone()[0])
        theirs.stop()
    joined.wait()
    assert joined.get("/readyz") == 200
    assert "postgres" in joined.children()
    assert "Traceback" not in joined.said()
