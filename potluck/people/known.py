"""Browsers in which somebody has signed in before: a signed cookie says of whom, to this house alone. Whoever guesses a password
from the same office uses up their own tries there, and not those of the person whose browser it is."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from potluck.core.often import Limit, address, often, typed
from potluck.people.queries import by_login

COOKIE = f"potluck_browser_{settings.COOKIE_SUFFIX}"
LIVES = timedelta(days=365)
_signer = signing.Signer(salt="people.known")


def greet(request: HttpRequest, person: Any) -> None:
    """Somebody has signed in: their browser is told with the answer (``tell``)."""
    request.known_from_now = person.pk  # type: ignore[attr-defined]


def tell(request: HttpRequest, answer: HttpResponse) -> None:
    person = getattr(request, "known_from_now", None)
    if person is not None and _of(request) != person:
        value = _signer.sign(f"{person}.{secrets.token_urlsafe(9)}")
        answer.set_cookie(COOKIE, value, max_age=LIVES, httponly=True, samesite="Lax")


def _of(request: HttpRequest) -> int | None:
    try:
        return int(_signer.unsign(request.COOKIES.get(COOKIE, "")).partition(".")[0])
    except (signing.BadSignature, ValueError):
        return None


def browser(request: HttpRequest) -> str | None:
    """This browser, where whoever is typed has signed in before; else None."""
    known = _of(request)
    if known is None:
        return None
    person = by_login(request.POST.get("login", ""))
    return request.COOKIES[COOKIE] if person is not None and person.pk == known else None


def _unless_known(whose: Any) -> Any:
    return lambda request: None if browser(request) else whose(request)


signs_in = often(
    "signs-in",
    Limit(10, timedelta(minutes=5), browser),
    Limit(8, timedelta(minutes=5), _unless_known(typed("login"))),
    Limit(30, timedelta(minutes=1), _unless_known(address)),
)
