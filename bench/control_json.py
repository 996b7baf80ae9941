"""A third control, the limit: the rows of the home page as JSON from a bare ASGI application, without Django."""

from __future__ import annotations

import json
import os
from http.cookies import SimpleCookie
from typing import Any

from psycopg_pool import AsyncConnectionPool

from bench.control import FEED, WHO

COOKIE = f"potluck_session_{os.environ.get('POTLUCK_HOUSE', 'house')}"
NAMES = ("id", "key", "kind", "at", "html", "handle", "name", "group", "answers", "reactions", "mine")
pool: Any = AsyncConnectionPool(os.environ["DATABASE_URL"], min_size=1, max_size=4, open=False)


async def application(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] == "lifespan":
        await receive()
        await pool.open(wait=True)
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await pool.close()
        await send({"type": "lifespan.shutdown.complete"})
        return
    cookies = SimpleCookie(dict(scope["headers"]).get(b"cookie", b"").decode("latin-1"))
    async with pool.connection() as connection:
        me = await (await connection.execute(WHO, [cookies[COOKIE].value])).fetchone()
        found = await (await connection.execute(FEED, {"me": me[0]})).fetchall()
    body = json.dumps({"me": me, "acts": [dict(zip(NAMES, row, strict=True)) for row in found]}, default=str).encode()
    head = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": head})
    await send({"type": "http.response.body", "body": body})
