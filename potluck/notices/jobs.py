"""What telling sets in motion later. The rows are the queue: a job only looks which of them are due."""

from __future__ import annotations

from procrastinate.contrib.django import app

from potluck.notices import verbs


@app.periodic(cron="* * * * *", periodic_id="requests")
@app.task(name="notices.tell_of_requests", queueing_lock="notices.tell_of_requests", pass_context=False)
def tell_of_requests(timestamp: int) -> None:
    """Joining happens below notices, so its rows are told from here."""
    verbs.tell_of_requests()
