"""The pool of connections: emptied when PostgreSQL came back, closed when a process is done with it."""
from __future__ import annotations

from django.db import connection
from psycopg_pool.base import AttemptWithBackoff

RETRY = 0.2  # seconds between two tries of the pool to reach PostgreSQL; its own are 1, 2, 4, ... and a page waits for them


def retry_soon() -> None:
    """Let the pools of this process find PostgreSQL as soon as it is back."""
    AttemptWithBackoff.INITIAL_DELAY = RETRY
    AttemptWithBackoff.DELAY_BACKOFF = 1.1


def drain() -> None:
    """Forget pooled connections and open new ones: after a restart of PostgreSQL the old ones are dead, and a pool that
    failed to connect meanwhile waits longer and longer before it tries again."""
    pool = getattr(connection, "pool", None)
    if pool is not None:
        pool.drain()


def let_go() -> None:
    """Close this thread's connection and the pool with its threads: nothing is asked of the database any more."""
    connection.close()
    if getattr(connection, "pool", None) is not None:
        connection.close_pool()  # type: ignore[attr-defined]  # PostgreSQL's alone
