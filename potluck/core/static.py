"""Static files without a collect step: servestatic over the folders that Django's finders know.

Each request looks at the disk. A list made at start would be cheaper by a fraction of a millisecond, and would promise
wrong lengths as soon as an update (``git pull``) changes a file under the running house."""
from __future__ import annotations

from django.conf import settings
from django.contrib.staticfiles import finders
from servestatic import ServeStaticASGI


def static_files(otherwise) -> ServeStaticASGI:
    """An ASGI application that answers for every static file, and hands what is none to ``otherwise``."""
    answer = ServeStaticASGI(otherwise, max_age=settings.SERVESTATIC_MAX_AGE, autorefresh=True,
                             allow_all_origins=False, add_headers_function=_no_sniffing)
    for finder in reversed(list(finders.get_finders())):  # what is added later wins, so ours comes last
        for storage in reversed(finder.storages.values()):  # type: ignore
            answer.add_files(storage.location, prefix=settings.STATIC_URL)
    return answer


def _no_sniffing(headers, path: str, url: str) -> None:
    headers["X-Content-Type-Options"] = "nosniff"
