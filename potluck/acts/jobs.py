"""What time does to acts."""

from __future__ import annotations

from procrastinate.contrib.django import app

from potluck.acts import verbs


@app.periodic(cron="17 3 * * *")
@app.task(name="acts.erase_withdrawn", queueing_lock="acts.erase_withdrawn")
def erase_withdrawn(timestamp: int) -> None:
    """Every night: what was taken back more than 30 days ago is erased."""
    verbs.erase_withdrawn()
