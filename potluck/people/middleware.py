"""Who looks, at which house, in which language and time zone: decided once a request."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.utils.functional import SimpleLazyObject

from potluck.people import known
from potluck.people.queries import house, nobody_yet
from potluck.people.sessions import who_looks

LANGUAGE_COOKIE = settings.LANGUAGE_COOKIE_NAME


class Person(AuthenticationMiddleware):
    """``request.user``: Django's middleware, asking the row that came with the session (people/sessions.py)."""

    def process_request(self, request: HttpRequest) -> None:
        super().process_request(request)
        request.user = SimpleLazyObject(lambda: _once(request))  # type: ignore[assignment]


def _once(request: Any) -> Any:
    if not hasattr(request, "_cached_user"):
        request._cached_user = who_looks(request)
    return request._cached_user


class House:
    def __init__(self, answer: Callable[[HttpRequest], HttpResponse]):
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.session.get(SESSION_KEY)  # reads the session, and with it person and house
        request.user = _once(request)  # the row itself: a page asks it a hundred things, and a lazy stand-in each time twice
        request.house = request.session.house or house()  # type: ignore[attr-defined]
        language = language_for(request)
        translation.activate(language)
        request.LANGUAGE_CODE = language  # type: ignore[attr-defined]
        zone = (request.user.is_authenticated and request.user.timezone) or request.house.timezone  # type: ignore[attr-defined]
        try:
            timezone.activate(ZoneInfo(zone))
        except (ZoneInfoNotFoundError, ValueError):
            timezone.deactivate()
        answer = self.answer(request)
        answer.headers.setdefault("Content-Language", language[:2])
        answer.headers.setdefault("Vary", "Accept-Language, Cookie, HX-Request")
        known.tell(request, answer)
        if request.user.is_authenticated:
            answer.headers.setdefault("Cache-Control", "no-store")
        return answer


    def process_view(self, request: HttpRequest, view: Any, args: tuple, kwargs: dict) -> HttpResponse | None:
        """A house nobody has opened has one door; every other page says where its key is."""
        if request.user.is_authenticated or request.house.opened_at or getattr(view, "opens_house", False):  # type: ignore[attr-defined]
            return None
        if not nobody_yet():
            return None
        from potluck.people.views.start import not_open_yet

        return not_open_yet(request)


def before_anybody(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A view that a house answers with before anybody lives there."""
    view.opens_house = True  # type: ignore[attr-defined]
    return view


def language_for(request: HttpRequest) -> str:
    """The person's choice, else this browser's (chosen at the door, or its own), else the house's. A German browser is
    addressed as the house chose."""
    of_house = request.house.language  # type: ignore[attr-defined]
    if request.user.is_authenticated and request.user.language:  # type: ignore[union-attr]
        return request.user.language  # type: ignore[union-attr]
    at_the_door = request.COOKIES.get(LANGUAGE_COOKIE, "")
    for part in [at_the_door, *request.headers.get("Accept-Language", "").split(",")]:
        wanted = part.split(";")[0].strip().lower()[:2]
        if wanted == "en":
            return "en"
        if wanted == "de":
            return of_house if of_house.startswith("de") else "de"
    return of_house
