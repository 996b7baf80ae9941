"""The web process: uvicorn on one port. PostgreSQL's return is told to it by a signal (``SIGUSR1``)."""
from __future__ import annotations

import os
import signal
import threading
from types import FrameType

import uvicorn

STREAMS_END = 2  # seconds that open streams and running requests get when the process is asked to end


def _postgres_is_back(number: int, frame: FrameType | None) -> None:
    """Drain the pool, beside the main thread: the signal may have come while that holds the pool's lock."""
    from potluck.core.database import drain

    threading.Thread(target=drain, daemon=True).start()


def serve() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "potluck.settings")
    from potluck.core.database import retry_soon

    retry_soon()
    signal.signal(signal.SIGUSR1, _postgres_is_back)
    uvicorn.run(
        "potluck.asgi:application",
        host=os.environ.get("POTLUCK_HOST", "127.0.0.1"),
        port=int(os.environ.get("POTLUCK_PORT", "8000")),
        lifespan="off",
        ws="none",
        access_log=False,
        log_level="warning",
        server_header=False,
        date_header=True,
        timeout_graceful_shutdown=STREAMS_END,
        # Nobody may say who they are but a reverse proxy on this machine.
        proxy_headers=True,
        forwarded_allow_ips="127.0.0.1",
    )


if __name__ == "__main__":
    serve()
