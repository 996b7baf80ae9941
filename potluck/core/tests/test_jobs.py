"""Jobs whose worker was killed: none is lost, none runs twice at once."""
from __future__ import annotations

from dataclasses import dataclass
from types import SimpleNamespace

import pytest
from asgiref.sync import async_to_sync
from django.db import connection
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from potluck.core.jobs import SILENCE, forget, not_again, take_up, take_up_what_was_left

pytestmark = pytest.mark.django_db


def said(sql: str, *values: object) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchone()[0]


def worker(silent_for: float = 0) -> int:
    """A worker that gave its last sign of life so many seconds ago."""
    return said("insert into procrastinate_workers (last_heartbeat) values (now() - %s * interval '1 second') returning id",
                silent_for)


@dataclass
class Begun:
    """A job that this worker fetched."""

    worker: int

    def __post_init__(self) -> None:
        app.configure_task("core.take_up").defer(timestamp=1)
        self.job = said("select id from procrastinate_fetch_job_v2(null, %s)", self.worker)

    @property
    def status(self) -> str | None:
        return ProcrastinateJob.objects.filter(pk=self.job).values_list("status", flat=True).first()


def test_the_job_of_a_silent_worker_is_taken_up_once():
    left = Begun(worker(SILENCE + 1))
    assert left.status == "doing"
    assert take_up() == 1
    assert left.status == "todo"
    assert take_up() == 0


def test_the_job_of_a_worker_that_is_gone_is_taken_up():
    left = Begun(worker(SILENCE + 1))
    said("delete from procrastinate_workers where id = %s returning id", left.worker)  # as the next worker does at its start
    assert take_up() == 1
    assert left.status == "todo"


def test_the_job_of_a_worker_that_lives_stays_with_it():
    kept = Begun(worker(SILENCE - 10))
    assert take_up() == 0
    assert kept.status == "doing"


def test_a_worker_that_slept_with_its_machine_leaves_its_own_job_alone():
    own, other = Begun(worker(SILENCE + 1)), Begun(worker(SILENCE + 1))
    assert take_up(own=own.worker) == 1
    assert (own.status, other.status) == ("doing", "todo")


def test_a_job_that_is_queued_already_is_let_go():
    left = Begun(worker(SILENCE + 1))
    app.configure_task("core.take_up").defer(timestamp=2)  # its queueing lock lets one wait
    assert take_up() == 1
    assert left.status is None
    assert [job.args["timestamp"] for job in ProcrastinateJob.objects.all()] == [2]


def test_a_job_that_must_not_run_again_fails_instead():
    left = Begun(worker(SILENCE + 1))
    not_again(left.job)
    assert left.status == "doing"
    assert take_up() == 1
    assert left.status == "failed"


def test_every_minute_somebody_looks_and_every_night_what_failed_is_erased():
    when = {task.task.name: task.cron for task in app.periodic_registry.periodic_tasks.values()}
    assert when[take_up_what_was_left.name] == "* * * * *"
    assert when[forget.name] == "17 3 * * *"


def test_what_failed_is_erased_after_a_day():
    old, young = Begun(worker()), Begun(worker())
    for one in (old, young):
        said("select 1 from procrastinate_finish_job_v1(%s, 'failed', false)", one.job)
    said("update procrastinate_events set at = at - interval '25 hours' where job_id = %s returning id", old.job)
    async_to_sync(forget.func)(SimpleNamespace(app=app), timestamp=1)
    assert (old.status, young.status) == (None, "failed")
