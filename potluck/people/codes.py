"""Codes that prove an address: one goes there by mail, and whoever types it reads that mailbox. What is being proved waits in
the session, the code as a hash; ten minutes, five tries."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest

from potluck.core import clock
from potluck.people.verbs import digest

LIVES = timedelta(minutes=10)
TRIES = 5


def begin(request: HttpRequest, what: str, **proved: Any) -> str:
    """A new code for ``what`` (``join``, ``mailbox``), which closes the one before; ``proved`` counts once it is typed."""
    code = "".join(secrets.choice("BCDFGHJKLMNPQRSTVWXZ23456789") for _n in range(8))  # 39 bits
    request.session[what] = proved | {"code": digest(code), "until": (clock.now() + LIVES).isoformat(), "left": TRIES}
    return code


def waiting(request: HttpRequest, what: str) -> dict[str, Any] | None:
    """What waits to be proved, or None: nothing, too late, or tried too often."""
    found = request.session.get(what)
    if not found or datetime.fromisoformat(found["until"]) < clock.now() or found["left"] < 1:
        request.session.pop(what, None)
        return None
    return found  # type: ignore[no-any-return]


def proves(request: HttpRequest, what: str, typed: str) -> bool:
    """Whether this is the code. Then it is used up; else one try is."""
    found = request.session[what]
    plain = "".join(c for c in typed.upper() if c.isalnum())
    if secrets.compare_digest(digest(plain), found["code"]):
        del request.session[what]
        return True
    request.session[what] = found | {"left": found["left"] - 1}
    return False
