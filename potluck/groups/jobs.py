"""What time does to groups."""

from __future__ import annotations

from procrastinate.contrib.django import app

from potluck.groups import verbs


@app.periodic(cron="17 3 * * *", periodic_id="groups.forget")
@app.task(name="groups.forget", queueing_lock="groups.forget")
def forget(timestamp: int) -> None:
    """Every night: what is older than it may be kept is erased."""
    verbs.forget()
