"""``python -m potluck.exchange.child KEY``: takes one upload in, in a process with limits of its own.

What comes in by a browser is read apart from the worker: whatever a hostile file does to this process, mails still go out.
It says on standard output how far it is, a line of JSON at a time, and ends when whoever began it is gone.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import threading
import time
from typing import Any

#: Bytes of memory, and of any one file this process may write; seconds of computing.
MEMORY, WRITTEN, COMPUTING = 4 * 1024**3, 2 * 1024**3, 4 * 3600
#: Seconds between two words about how far it is; seconds that another import may take until it gives up.
APART, PATIENCE = 1.0, 60.0


def limit() -> None:
    for what, most in (
        (resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_FSIZE, WRITTEN), (resource.RLIMIT_CPU, COMPUTING),
        (resource.RLIMIT_CORE, 0),
    ):  # fmt: skip
        _soft, hard = resource.getrlimit(what)
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (most, most))
    os.nice(5)  # pages first


def end_with_parent() -> None:
    """Standard input is a pipe that the parent holds: it ends when the parent does, however that ends."""

    def listen() -> None:
        while os.read(0, 1):
            pass
        os._exit(3)

    threading.Thread(target=listen, daemon=True).start()


def tell(**what: Any) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


def main(key: str) -> int:
    limit()
    end_with_parent()
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "potluck.settings")
    django.setup()
    from django.utils import translation

    from potluck.core.rules import Refused
    from potluck.exchange.source import BadArchive
    from potluck.exchange.uploading import bring, waiting
    from potluck.people.verbs import the_house

    upload = waiting()
    if upload is None or upload.key != key:
        return 0
    with translation.override(upload.by.language or the_house().language):
        try:
            tell(report=bring(upload, _say()))
        except BadArchive as bad:
            tell(problem=str(bad))
        except Refused as refused:
            tell(problem=str(refused.sentence))
        except MemoryError:
            from django.utils.translation import gettext as _

            tell(problem=_("This file asks for more memory than it may have. Nothing was changed."))
    return 0


def _say() -> Any:
    last: list[Any] = [0.0, ""]

    def say(step: str, done: int, total: int) -> None:
        now = time.monotonic()
        if step != last[1] or now - last[0] > APART:
            last[:] = now, step
            tell(step=step, percent=100 * min(done, total) // max(total, 1))

    return say


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
