"""Who looks, at which house, in which language and time zone: decided once a request."""

from __future__ import annotations

from collections.abc import Callable
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation

from potluck.people.queries import house


class House:
    def __init__(self, answer: Callable[[HttpRequest], HttpResponse]):
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.house = house()  # type: ignore[attr-defined]
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
        if request.user.is_authenticated:
            answer.headers.setdefault("Cache-Control", "no-store")
        return answer


def language_for(request: HttpRequest) -> str:
    """The person's choice, else the browser's, else the house's. A German browser is addressed as the house chose."""
    of_house = request.house.language  # type: ignore[attr-defined]
    if request.user.is_authenticated and request.user.language:  # type: ignore[union-attr]
        return request.user.language  # type: ignore[union-attr]
    for part in request.headers.get("Accept-Language", "").split(","):
        wanted = part.split(";")[0].strip().lower()[:2]
        if wanted == "en":
            return "en"
        if wanted == "de":
            return of_house if of_house.startswith("de") else "de"
    return of_house
