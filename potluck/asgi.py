"""One port, five kinds of answer: is it alive, static files, the art of cards, the live stream, and the pages.

Pages are ordinary sync Django behind a pool of threads (half as dear per page as Django's own ASGI handler); the stream
is native ASGI and holds neither a thread nor a database connection while it is open.
"""
from __future__ import annotations

import gc
import os
from importlib import import_module

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "potluck.settings")

import django  # noqa: E402
from a2wsgi import WSGIMiddleware  # noqa: E402
from django.conf import settings  # noqa: E402

from potluck.core import pictures, web  # noqa: E402
from potluck.core.armour import armoured  # noqa: E402
from potluck.core.handler import Handler  # noqa: E402
from potluck.core.health import health  # noqa: E402
from potluck.core.static import static_files  # noqa: E402

# Fewer threads than pooled connections: a page never waits for a connection, and the stream's catching up finds one.
THREADS = max(2, settings.DATABASES["default"]["OPTIONS"]["pool"]["max_size"] - 2)

django.setup()
# What is loaded now stays, and a page makes some ten thousand small things that go with it: looking for cycles seldom saves
# about a tenth of a page (docs/decisions/0007).
gc.collect()
gc.freeze()
gc.set_threshold(20_000, 20, 50)
pages = WSGIMiddleware(Handler(), workers=THREADS)  # type: ignore
static = static_files(pages)


@armoured
async def application(scope, receive, send) -> None:
    """ASGI: finds who answers. Only plain HTTP comes here (no lifespan, no websockets)."""
    path = scope["path"]
    if path in ("/healthz", "/readyz"):
        await health(scope, receive, send)
    elif path == "/live/":
        await web.until_closing(import_module("potluck.notices.live").stream(scope, receive, send), send)
    elif path.startswith(pictures.FOLDER):
        await pictures.picture(scope, receive, send)
    elif path.startswith(settings.STATIC_URL):
        await static(scope, receive, send)
    else:
        await pages(scope, receive, send)
