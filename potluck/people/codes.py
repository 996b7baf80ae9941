"""Codes that prove an address: one goes there by mail, and whoever types it reads that mailbox. What is being proved waits in
the session, the code as a hash; ten minutes, five tries. The code to sign in with, which allauth keeps, looks and lives alike
(people/adapter.py)."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from potluck.core import clock
from potluck.people.verbs import digest

#: How long, which the mails and the page say in words.
LIVES = timedelta(seconds=settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT)
TRIES = settings.ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS
LETTERS = "BCDFGHJKLMNPQRSTVWXZ23456789"  # none that is taken for another, and no words


def fresh() -> str:
    """A code as a mail shows it: ``BCXV-NNDL``, 39 bits."""
    drawn = "".join(secrets.choice(LETTERS) for _n in range(8))
    return f"{drawn[:4]}-{drawn[4:]}"


def plain(typed: str) -> str:
    """A code as it is compared: with or without dash and spaces, in capitals or not."""
    return "".join(c for c in typed.upper() if c.isalnum())


def begin(request: HttpRequest, what: str, **proved: Any) -> str:
    """A new code for ``what`` (``join``, ``mailbox``), which closes the one before; ``proved`` counts once it is typed."""
    code = fresh()
    request.session[what] = proved | {"code": digest(plain(code)), "until": (clock.now() + LIVES).isoformat(), "left": TRIES}
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
    if secrets.compare_digest(digest(plain(typed)), found["code"]):
        del request.session[what]
        return True
    request.session[what] = found | {"left": found["left"] - 1}
    return False
