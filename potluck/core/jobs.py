"""What runs later: procrastinate, whose jobs are rows beside what they are about. Each room has its own ``jobs.py``."""
from __future__ import annotations

import os
from typing import Any

from procrastinate import App

from potluck.core import clock

PERIOD = 1.0  # seconds between two looks for a due job: a NOTIFY that lands during a fetch is lost


def on_app_ready(app: App) -> None:
    """Called by procrastinate when Django is ready; tasks were found by name in each room's ``jobs.py``."""
    app.worker_defaults["fetch_job_polling_interval"] = PERIOD


def soon(task: str, **arguments: Any) -> None:
    """Puts a job into the queue by its name, in the transaction of the caller: it runs when that commits. For a room whose
    rows a room above it tells of. In simulated time nothing is due: whoever simulates calls the verb."""
    if clock.is_simulated():
        return
    from procrastinate.contrib.django import app

    app.configure_task(task, allow_unknown=False).defer(**arguments)


def work() -> None:
    """Run what is due until asked to stop (SIGTERM, SIGINT); a job that is running gets two seconds to end."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "potluck.settings")
    django.setup()
    from procrastinate.contrib.django import app

    with app.replace_connector(app.connector.get_worker_connector()) as worker:  # type: ignore
        worker.run_worker(fetch_job_polling_interval=PERIOD, concurrency=2, shutdown_graceful_timeout=2, delete_jobs="successful",
                          install_signal_handlers=True)
