"""What time does to asking."""

from __future__ import annotations

from procrastinate.contrib.django import app

from potluck.welcome import verbs


@app.periodic(cron="17 3 * * *", periodic_id="welcome.forget")
@app.task(name="welcome.forget", queueing_lock="welcome.forget")
def forget(timestamp: int) -> None:
    """Every night: what is older than it may be kept is erased."""
    verbs.forget()
