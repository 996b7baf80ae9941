"""A real ``potluck import`` in a process of its own: ended at any moment it leaves nothing half to be seen, and goes on."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import pytest

from bench.house import children
from bench.mails import archive
from potluck.exchange.tests.make import MIRA, NIKO, channel, person, said, slack, ts
from potluck.exchange.tests.processes import begin

pytestmark = pytest.mark.slow

SEEN = "select (select count(*) from acts_act), (select count(*) from people_person), (select count(*) from groups_group)"
STAGED = "(select count(*) from exchange_staged)"
NOTHING = (0, 0, 0)
READABLE = "exists (select from exchange_import where readable_at is not null)"
HOLD_THE_LAST = "select from acts_act where id > (select max(id) - 500 from acts_act) for update"


@dataclass(frozen=True)
class Large:
    """An archive, how many messages are in it, and what its report has to say."""

    system: str
    path: Path
    messages: int
    truth: dict[str, int] = field(default_factory=dict)

    @property
    def all_of_it(self) -> tuple[int, int, int]:
        return self.messages, self.truth["people"], self.truth["groups"]


def slack_export(folder: Path) -> Large:
    """Two channels of 60 days each, every fourth message a reply, every tenth with two reactions."""
    many = 6_000
    talks = {}
    for number in range(many):
        day, place = divmod(number, 100)
        channel_ = "werk" if day % 2 else "allgemein"
        at = day * 86_400 + place
        more = {"thread_ts": ts(at - place % 4)} if place % 4 else {}
        if place % 10 == 0:
            more["reactions"] = [{"name": "clap", "users": ["U1", "U2"], "count": 2}]
        name = f"{channel_}/{2020 + day // 360}-{day // 30 % 12 + 1:02}-{day % 30 + 1:02}.json"
        talks.setdefault(name, []).append(said(f"Nachricht Nummer {number} von vielen", f"U{number % 3 + 1}", at, **more))
    path = slack(
        folder,
        talks,
        users=[MIRA, NIKO, person("U3", "Olga Offen", "olga@example.org")],
        channels=[channel("C1", "allgemein"), channel("C2", "werk")],
    )
    truth = {"people": 3, "groups": 2, "posts": many // 4, "comments": many * 3 // 4, "reactions": many // 5}
    return Large("slack", path, many, truth)


def mailing_list(folder: Path) -> Large:
    many = 4_000
    path = folder / "funk.mbox"
    truth = archive(path, many)
    people = set(re.findall(rb"nutzerin\d+@", path.read_bytes()))
    return Large("mbox", path, many, truth | {"people": len(people), "groups": 1, "reactions": 0})


@pytest.fixture(scope="module", params=[slack_export, mailing_list], ids=lambda one: one.__name__)
def large(request, tmp_path_factory) -> Large:
    return request.param(tmp_path_factory.mktemp("large"))


def moments(large: Large) -> dict[str, tuple[str, tuple[int, int, int], str]]:
    """{when: (a condition in SQL, what can be seen then, what the command says when it is interrupted)}"""
    unseen = "Nothing can be seen of it yet; the same command goes on where it was."
    return {
        "while it reads": (
            f"{STAGED} between 1 and {large.messages} and exists (select from exchange_import where read_to <> '')",
            NOTHING,
            unseen,
        ),
        # Everything is staged, and the one transaction has been writing acts for a while.
        "while it settles": (
            f"{STAGED} >= {large.messages} and pg_relation_size('acts_act') > 500000",
            NOTHING,
            unseen,
        ),
        # All of it can be read, and some of it has been looked at for its language.
        "while it finishes": (
            "exists (select from exchange_import where readable_at is not null and finished_to > 0 and finished_at is null)",
            large.all_of_it,
            "All of it can be read already; the same command does the rest.",
        ),
    }


def wait_until(process: subprocess.Popen, house: str, condition: str, large: Large) -> None:
    """Until ``condition`` (SQL) holds; meanwhile whoever looks sees nothing of the import, or all of it."""
    deadline = time.monotonic() + 60
    with psycopg.connect(house, autocommit=True) as outside:
        while not outside.execute(f"select {condition}").fetchone()[0]:
            assert process.poll() is None, process.communicate()
            assert time.monotonic() < deadline
            assert outside.execute(SEEN).fetchone() in (NOTHING, large.all_of_it)
            time.sleep(0.02)


def gone(pids: list[int]) -> bool:
    """Whether these processes end within a few seconds."""
    deadline = time.monotonic() + 10
    while any(map(runs, pids)):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def runs(pid: int) -> bool:
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


def ended(house: str, large: Large, data: Path) -> dict:
    """The report of one that nobody ends from outside."""
    process = begin(house, large.system, large.path, data)
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    return json.loads(out)


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT], ids=["killed", "interrupted"])
def test_ended_at_any_moment_it_leaves_nothing_half_and_goes_on(house, large, tmp_path, how):
    begun: set[object] = set()
    for condition, seen, sentence in moments(large).values():
        process = begin(house, large.system, large.path, tmp_path / "data")
        with psycopg.connect(house) as holder:
            if seen != NOTHING:  # it does not come to its end before it is ended
                wait_until(process, house, READABLE, large)
                holder.execute(HOLD_THE_LAST)
            wait_until(process, house, condition, large)
            processes = children(process.pid)
            assert all(map(runs, processes))
            if how == signal.SIGKILL:
                process.kill()
            else:
                os.killpg(process.pid, how)  # as the terminal does it: to the readers, too
        _out, err = process.communicate(timeout=60)
        assert gone(processes), "nobody goes on reading for somebody who is gone"
        assert how == signal.SIGKILL or (process.returncode == 130 and sentence in err), err
        with psycopg.connect(house) as outside:
            assert outside.execute(SEEN).fetchone() == seen
            began, read_to = outside.execute("select begun_at, read_to from exchange_import").fetchone()
            assert read_to
            begun.add(began)
    assert len(begun) == 1, "it went on, not again"

    with psycopg.connect(house) as outside:
        assert outside.execute("select report from exchange_import").fetchone()[0].items() >= large.truth.items()
    # All of it could be read already: the next one brings nothing more and does the rest.
    report = ended(house, large, tmp_path / "data")
    assert {name for name, count in report.items() if count and not name.startswith("seconds")} == {"skipped"}
    with psycopg.connect(house) as outside:
        assert outside.execute(SEEN).fetchone() == large.all_of_it
        assert outside.execute("select count(*) from talk_reaction").fetchone() == (large.truth["reactions"],)
        assert outside.execute("select count(*) from acts_act where language = '' or found is null").fetchone() == (0,)
        assert outside.execute("select count(*) from exchange_import where finished_at is null").fetchone() == (0,)
        assert outside.execute(f"select {STAGED}").fetchone() == (0,)
