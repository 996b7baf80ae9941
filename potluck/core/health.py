"""``/healthz``: the process lives. ``/readyz``: it can serve, that is, the database answers and has today's tables."""
from __future__ import annotations

import json
import logging

from asgiref.sync import sync_to_async
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from potluck.core.answers import RETRY_AFTER

log = logging.getLogger(__name__)
_migrated = False  # tables only move forward: once right, this process need not look again


async def health(scope, receive, send) -> None:
    """ASGI: 200 ``{"status": "ok"}``, or 503 with what is missing."""
    status = "ok" if scope["path"] == "/healthz" else await sync_to_async(_ready, thread_sensitive=False)()
    body = json.dumps({"status": status}).encode()
    again = [] if status == "ok" else [(b"retry-after", RETRY_AFTER.encode())]
    await send({"type": "http.response.start", "status": 200 if status == "ok" else 503,
                "headers": [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode()),
                            (b"cache-control", b"no-store"), *again]})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})


def _ready() -> str:
    global _migrated
    try:
        if not _migrated:
            executor = MigrationExecutor(connection)
            if executor.migration_plan(executor.loader.graph.leaf_nodes()):
                return "migrations are missing"
            _migrated = True
        else:
            with connection.cursor() as cursor:
                cursor.execute("select 1")
    except Exception:  # whatever it is, the answer is the same and the log has the rest
        log.exception("not ready")
        return "the database does not answer"
    else:
        return "ok"
    finally:
        connection.close()
