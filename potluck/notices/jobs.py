"""What telling sets in motion later. The rows are the queue: a job only looks which of them are due, so that one that is
lost, or runs twice, loses and doubles nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection
from procrastinate.contrib.django import app

from potluck.notices import letters, verbs

#: Seconds until mail goes out at once: what several people say in one breath is one mail, and who reads it live gets none.
GRACE = 4


@contextmanager
def _then_let_go() -> Iterator[None]:
    """A worker's thread waits for its next job without a connection."""
    try:
        yield
    finally:
        connection.close()


@app.task(name="notices.mail_to", queue="mail")
def mail_to(receivers: list[int]) -> None:
    """Mails what these people were just told, where it is their working time."""
    with _then_let_go():
        letters.deliver(receivers)


@app.periodic(cron="* * * * *", periodic_id="notices.mail_due")
@app.task(name="notices.mail_due", queue="mail", queueing_lock="notices.mail_due")
def mail_due(timestamp: int) -> None:
    """Mails what became due: somebody's day began, a server is back, a worker was killed."""
    with _then_let_go():
        letters.deliver()


@app.task(name="notices.tell_of_groups")
def tell_of_groups() -> None:
    """What happens in groups happens below notices, so its rows are told from here: at once, for a group asks for this job by
    its name."""
    with _then_let_go():
        verbs.tell_of_groups()


@app.periodic(cron="* * * * *", periodic_id="notices.tell_of_groups_once_more")
@app.task(name="notices.tell_of_groups_once_more", queueing_lock="notices.tell_of_groups_once_more")
def tell_of_groups_once_more(timestamp: int) -> None:
    """What a job that was lost left untold."""
    with _then_let_go():
        verbs.tell_of_groups()


@app.task(name="notices.tell_of_roles")
def tell_of_roles() -> None:
    """Roles and mailboxes change in people, so they are told from here, at once."""
    with _then_let_go():
        verbs.tell_of_roles()


@app.periodic(cron="* * * * *", periodic_id="notices.tell_of_roles_once_more")
@app.task(name="notices.tell_of_roles_once_more", queueing_lock="notices.tell_of_roles_once_more")
def tell_of_roles_once_more(timestamp: int) -> None:
    """What a job that was lost left untold."""
    with _then_let_go():
        verbs.tell_of_roles()


@app.periodic(cron="17 3 * * *", periodic_id="notices.forget")
@app.task(name="notices.forget", queueing_lock="notices.forget")
def forget(timestamp: int) -> None:
    """Erases what is older than it may be kept."""
    with _then_let_go():
        verbs.forget()
