"""The pool of connections after PostgreSQL came back."""
from __future__ import annotations

from django.db import connection


def drain() -> None:
    """Forget pooled connections and open new ones: after a restart of PostgreSQL the old ones are dead, and a pool that
    failed to connect meanwhile waits longer and longer before it tries again."""
    pool = connection.pool  # type: ignore
    if pool is not None:
        pool.drain()
