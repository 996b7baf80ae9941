"""The web process: uvicorn on one port. It hears of two things by signals: that it shall end (then its streams end at
once, instead of holding it up), and that PostgreSQL is back (``SIGUSR1``)."""
from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import threading
from collections.abc import Awaitable
from types import FrameType
from typing import Any

import uvicorn

REQUESTS_END = 2  # seconds that running requests get when the process is asked to end

_streams: set[asyncio.Future] = set()


async def until_closing(stream: Awaitable[None], send: Any) -> None:
    """An answer that may go on for hours: it ends properly when the process is asked to end."""
    task = asyncio.ensure_future(stream)
    _streams.add(task)
    try:
        await asyncio.wait([task])
    finally:
        _streams.discard(task)
        ended = task.cancelled()
        task.cancel()
    if ended:
        with contextlib.suppress(OSError, RuntimeError):  # the reader went, or nothing had been sent yet
            await send({"type": "http.response.body", "body": b"", "more_body": False})
    else:
        task.result()


class Server(uvicorn.Server):
    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        super().handle_exit(sig, frame)
        for task in list(_streams):
            task.get_loop().call_soon_threadsafe(task.cancel)


def _postgres_is_back(number: int, frame: FrameType | None) -> None:
    """Drain the pool, beside the main thread: the signal may have come while that holds the pool's lock."""
    from potluck.core.database import drain

    threading.Thread(target=drain, daemon=True).start()


def serve() -> None:
    """Serve until SIGTERM or SIGINT, at ``POTLUCK_HOST`` and ``POTLUCK_PORT``."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "potluck.settings")
    from potluck.core.database import retry_soon

    retry_soon()
    signal.signal(signal.SIGUSR1, _postgres_is_back)
    Server(uvicorn.Config(
        "potluck.asgi:application",
        host=os.environ.get("POTLUCK_HOST", "127.0.0.1"),
        port=int(os.environ.get("POTLUCK_PORT", "8000")),
        lifespan="off",
        ws="none",
        access_log=False,
        log_config=None,  # Django's settings say what is logged and how
        server_header=False,
        timeout_graceful_shutdown=REQUESTS_END,
        # Who the visitor is may be said by a reverse proxy on this machine, by nobody else.
        proxy_headers=True,
        forwarded_allow_ips="127.0.0.1",
    )).run()


if __name__ == "__main__":
    serve()
