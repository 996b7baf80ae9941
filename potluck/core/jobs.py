"""What runs later: procrastinate, whose jobs are rows beside what they are about. Each room has its own ``jobs.py``.

A job whose worker was killed stays "doing". It is done again, unless its row says that it must not be (``not_again``)."""
from __future__ import annotations

import os
from datetime import timedelta
from typing import Any

from procrastinate import App, JobContext
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.exceptions import UniqueViolation
from procrastinate.manager import JobManager
from procrastinate.tasks import Task, configure_task

from potluck.core import clock

PERIOD = 1.0  # seconds between two looks for a due job: a NOTIFY that lands during a fetch is lost
SILENCE = 30.0  # seconds without a sign of life (a worker gives one every ten), after which its jobs are taken up
KEPT = 24  # hours that a job which failed is there to be looked at


def on_app_ready(app: App) -> None:
    """Called by procrastinate when Django is ready; tasks were found by name in each room's ``jobs.py``."""
    app.worker_defaults["fetch_job_polling_interval"] = PERIOD


def soon(task: str, **arguments: Any) -> None:
    """Puts a job into the queue by its name, in the transaction of the caller: it runs when that commits. For a room whose
    rows a room above it tells of. In simulated time nothing is due: whoever simulates calls the verb."""
    if clock.is_simulated():
        return
    app.configure_task(task, allow_unknown=False).defer(**arguments)


def put(task: Task, **arguments: Any) -> None:
    """Puts a job into the queue in the transaction of the caller, inside a worker too, where ``task.defer`` would commit it on
    a connection of the worker's own: what the caller wrote and the job are there together, or neither is."""
    configure_task(name=task.name, job_manager=_manager(), queue=task.queue).defer(**arguments)


def work() -> None:
    """Run what is due until asked to stop (SIGTERM, SIGINT); a job that is running gets two seconds to end."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "potluck.settings")
    django.setup()
    from potluck.core.database import let_go

    take_up()
    let_go()
    with app.replace_connector(app.connector.get_worker_connector()) as worker:  # type: ignore
        worker.run_worker(fetch_job_polling_interval=PERIOD, concurrency=2, shutdown_graceful_timeout=2, delete_jobs="successful",
                          stalled_worker_timeout=SILENCE, install_signal_handlers=True)


def not_again(job: int) -> None:
    """Says on the row of a job that is running, and commits it: whatever happens from here on, it is never run again."""
    _manager().cancel_job_by_id(job, abort=True)


def again(job: int) -> None:
    """Takes back what ``not_again`` said, and commits it: what the job was about has not happened, and somebody said so."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("update procrastinate_jobs set abort_requested = false where id = %s and status = 'doing'", [job])


def take_up(own: int | None = None) -> int:
    """Queues the jobs of workers that are gone (not those of the worker ``own``, who asks); their number. One that waits in
    the queue already, like the job of the next minute, is let go, and one that must not run again fails."""
    from django.db import connection, transaction
    from django.db.models import Q
    from django.db.models.functions import Now
    from procrastinate.contrib.django.models import ProcrastinateJob

    silent = Q(worker=None) | Q(worker__last_heartbeat__lt=Now() - timedelta(seconds=SILENCE))
    with transaction.atomic():
        # Whoever looks at the same time skips the locked rows, and whoever comes later finds them queued.
        left = ProcrastinateJob.objects.select_for_update(skip_locked=True, of=("self",)).filter(silent, status="doing")
        if own is not None:
            left = left.exclude(worker=own)
        taken = list(left.values_list("pk", flat=True))
        for job in taken:
            try:
                with transaction.atomic():
                    _manager().retry_job_by_id(job, retry_at=clock.now())
            except UniqueViolation:
                with connection.cursor() as cursor:
                    cursor.execute("select procrastinate_finish_job_v1(%s, 'aborted', true)", [job])
    return len(taken)


def _manager() -> JobManager:
    """Jobs, by the connection and in the transaction of the caller; a worker's own is another."""
    return JobManager(DjangoConnector())


@app.periodic(cron="* * * * *", periodic_id="core.take_up")
@app.task(name="core.take_up", queueing_lock="core.take_up", pass_context=True)
def take_up_what_was_left(context: JobContext, timestamp: int) -> None:
    """Every minute: no job is lost with its worker."""
    from django.db import connection

    try:
        take_up(own=context.job.worker_id)
    finally:
        connection.close()  # a worker's thread waits for its next job without one


@app.periodic(cron="17 3 * * *", periodic_id="core.forget")
@app.task(name="core.forget", queueing_lock="core.forget", pass_context=True)
async def forget(context: JobContext, timestamp: int) -> None:
    """Every night: jobs that failed are erased, with what stood in them."""
    await context.app.job_manager.delete_old_jobs(
        KEPT, include_failed=True, include_cancelled=True, include_aborted=True)
