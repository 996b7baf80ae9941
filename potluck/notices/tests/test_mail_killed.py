"""A mail comes never twice, whatever is killed when: a real worker process, killed at named points of handing over."""

from __future__ import annotations

import contextlib
import email
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone, translation
from procrastinate.contrib.django.models import ProcrastinateJob

from potluck.notices import jobs
from potluck.notices.models import Mail
from potluck.notices.tests.sink import Sink
from potluck.people.letters import post, write
from potluck.people.models import House
from potluck.people.verbs import invite, the_house
from tests import cluster, make

pytestmark = pytest.mark.slow

HOME = Path(__file__).resolve().parents[3]
WORK = "from potluck.core.jobs import work; work()"
#: The same worker with the one order reversed that keeps the promise: first the words, then the commit.
REVERSED = """
import os, django
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings"); django.setup()
from potluck.core.mail import Line
offer = Line.offer
def offer_and_give(line, message):
    offer(line, message); Line.really_give(line)
Line.really_give, Line.give, Line.offer = Line.give, lambda line: None, offer_and_give
from potluck.core.jobs import work; work()
"""


class Worker:
    """The process that ``potluck run`` starts as its worker."""

    def __init__(self, database_name: str, sink: Sink, program: str = WORK) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", program], cwd=HOME, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            env=os.environ | {"DATABASE_URL": cluster.url_of(database_name), "DJANGO_SETTINGS_MODULE": "tests.settings",
                              "POTLUCK_MAIL_URL": sink.url})

    def kill(self) -> None:
        os.kill(self.process.pid, signal.SIGKILL)

    def is_dead_within(self, seconds: float) -> bool:
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(seconds)
        return self.process.poll() is not None

    def end(self) -> None:
        if self.process.poll() is None:
            self.kill()
        self.process.wait()


@pytest.fixture
def sink() -> Iterator[Sink]:
    with Sink() as sink:
        yield sink


@pytest.fixture
def workers(transactional_db, database_name: str, sink: Sink) -> Iterator[Any]:
    """``workers()`` starts a worker; all are killed at the end. The house works around the clock."""
    started: list[Worker] = []
    the_house()
    House.objects.update(weekdays=[1, 2, 3, 4, 5, 6, 7], day_starts="00:00", day_ends="00:00")

    def start(program: str = WORK) -> Worker:
        started.append(Worker(database_name, sink, program))
        return started[-1]

    yield start
    for worker in started:
        worker.end()


def wait_for(there: Any, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not there():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def look_again() -> None:
    """What the next minute does by itself; a mail that failed does not wait for its time."""
    Mail.objects.filter(handed_at=None).update(try_after=None)
    jobs.mail_due.configure(queueing_lock=f"again-{random.random()}").defer(timestamp=int(timezone.now().timestamp()))


def killed_at(step: str, sink: Sink, workers: Any, program: str = WORK) -> None:
    """A notice, a worker killed when handing over reaches ``step``, and another worker that looks afterwards."""
    asker = make.person()
    make.comment(make.person(), make.question(asker))
    first = workers(program)
    sink.at[step] = first.kill
    assert first.is_dead_within(30), "the worker never came so far"
    sink.at.clear()
    workers(program)
    look_again()
    wait_for(lambda: Mail.objects.exclude(sent_at=None).exists(), 4 if step == "words" else 30)
    time.sleep(0.5)


@pytest.mark.parametrize(
    "step", [pytest.param("EHLO", marks=pytest.mark.nightly), pytest.param("MAIL", marks=pytest.mark.nightly), "RCPT"]
)
def test_killed_before_the_words_it_comes_once(step: str, sink: Sink, workers):
    killed_at(step, sink, workers)
    assert len(sink.taken) == 1
    assert sink.message_ids == [Mail.objects.get().message_id]


def test_killed_after_the_words_it_came_once(sink: Sink, workers):
    killed_at("words", sink, workers)
    assert len(sink.taken) == 1
    assert Mail.objects.get().sent_at is None  # nobody heard the yes, and nobody asks again


def test_with_the_order_reversed_it_would_come_twice(sink: Sink, workers):
    """The control: these tests see the fault that they guard against."""
    killed_at("words", sink, workers, REVERSED)
    assert wait_for(lambda: len(sink.taken) == 2, 15)


# --- letters of the house: sign-in codes and the like, whose row is the job itself ------------------------------------------

FORGETS = """
import os, django
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings"); django.setup()
from potluck.people import jobs
jobs.not_again = lambda job: None
from potluck.core.jobs import work; work()
"""


def letter_killed_at(step: str, sink: Sink, workers: Any, program: str = WORK) -> ProcrastinateJob | None:
    """A letter, its worker killed at ``step``, and another worker that starts when the dead one has been silent long enough;
    the job of the letter, if it is still there in the end."""
    with translation.override("en"):
        post(write("mira@example.org", "join", code="ABC-DEF"))
    first = workers(program)
    sink.at[step] = first.kill
    assert first.is_dead_within(30), "the worker never came so far"
    sink.at.clear()
    left = ProcrastinateJob.objects.filter(task_name="people.send")
    assert left.get().status == "doing"
    with connection.cursor() as cursor:
        cursor.execute("update procrastinate_workers set last_heartbeat = last_heartbeat - interval '1 hour'")
    workers(program)
    assert wait_for(lambda: not left.filter(status__in=("doing", "todo")).exists(), 30)
    return left.first()


def test_a_letter_whose_worker_was_killed_before_the_words_comes_once(sink: Sink, workers):
    assert letter_killed_at("RCPT", sink, workers) is None
    assert len(sink.taken) == 1
    assert b"ABC-DEF" in sink.taken[0]


def test_a_letter_whose_worker_was_killed_after_the_words_came_once(sink: Sink, workers):
    job = letter_killed_at("words", sink, workers)
    assert job is not None
    assert job.status == "failed"
    assert len(sink.taken) == 1


def test_an_invitation_that_is_refused_once_after_its_words_comes_once_under_its_one_number(sink: Sink, workers):
    """Both jobs run in a real worker: the claim and the mail's job, then the mail, refused and tried again six seconds later."""
    sink.answers["DATA"] = "451 come back later"
    sink.at["DATA"] = lambda: sink.answers.clear() if sink.refused else None
    invite(make.person(), "olu@example.org", "Olu Ufer")
    workers()
    assert wait_for(lambda: sink.taken, 60)
    assert len(sink.refused) == 1
    (refused,) = (email.message_from_bytes(mail)["Message-ID"] for mail in sink.refused)
    assert wait_for(lambda: not ProcrastinateJob.objects.filter(task_name="people.send").exists(), 30)
    assert sink.message_ids == [refused]


def test_a_letter_whose_job_did_not_say_so_would_come_twice(sink: Sink, workers):
    """The control."""
    letter_killed_at("words", sink, workers, FORGETS)
    assert len(sink.taken) == 2


@pytest.mark.nightly
def test_two_workers_killed_at_any_moment_send_nothing_twice(sink: Sink, workers):
    """Two minutes of notices and kills at random moments; what was handed over and not heard of is the only loss."""
    seed = random.randrange(10**6)
    print(f"seed {seed}")
    dice = random.Random(seed)
    helper, askers = make.person(), [make.person() for _n in range(20)]
    running = [workers(), workers()]
    end = time.monotonic() + 120
    while time.monotonic() < end:
        make.comment(helper, make.question(dice.choice(askers)))
        time.sleep(dice.uniform(0.05, 0.6))
        if dice.random() < 0.15:
            dice.choice(running).kill()
        running = [worker if worker.process.poll() is None else workers() for worker in running]
        look_again()
    for _n in range(10):
        look_again()
        time.sleep(1)
    ids = sink.message_ids
    assert len(ids) == len(set(ids)), f"twice, with seed {seed}"
    assert len(ids) > 20
    unheard = set(Mail.objects.filter(sent_at=None).exclude(handed_at=None).values_list("message_id", flat=True))
    assert set(Mail.objects.values_list("message_id", flat=True)) - unheard <= set(ids)
