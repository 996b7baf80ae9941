"""What stands around every page: who looks, the places one can go to, whether something is new."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Any, NamedTuple

from django.conf import settings
from django.contrib.messages import get_messages
from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.urls import reverse
from django.utils import translation
from django.utils.functional import SimpleLazyObject
from django.utils.html import format_html
from django.utils.translation import gettext as _

from potluck.core import clock, paging
from potluck.exchange.queries import nightly_list
from potluck.notices.queries import has_unread


class Place(NamedTuple):
    name: str
    label: str
    url: str
    icon: str


def places(viewer: Any) -> tuple[Place, ...]:
    """The places one can go to, in the viewer's language: the middle ones, and in the corner what is new, the desk of
    community managers, search, and whom to turn to."""
    return _places(translation.get_language(), viewer.is_community_manager)


@lru_cache(maxsize=16)
def _places(language: str | None, has_desk: bool) -> tuple[Place, ...]:
    wanted = [
        ("table", _("Table"), "pages:home", "fork-knife"),
        ("groups", _("Groups"), "groups:shelf", "users-three"),
        ("thanks", _("Thanks"), "thanks:wall", "hand-heart"),
        ("me", _("Me"), "people:me", "user"),
        ("inbox", _("Messages"), "notices:inbox", "bell"),
        *([("desk", _("Desk"), "desk:day", "clipboard-text")] if has_desk else []),
        ("search", _("Search"), "pages:search", "magnifying-glass"),
        ("help", _("Help"), "pages:turn_to", "lifebuoy"),
    ]
    return tuple(Place(name, label, reverse(route), icon) for name, label, route, icon in wanted)


def _unread(request: HttpRequest) -> Any:
    """Asked once, and only by a page that shows it; home has asked along the way."""
    known = getattr(request, "unread", None)
    return SimpleLazyObject(lambda: has_unread(request.user)) if known is None else known


def context(request: HttpRequest) -> dict[str, Any]:
    # The row itself, not Django's lazy stand-in for it: templates ask it a hundred things.
    viewer = getattr(request.user, "_wrapped", request.user) if request.user.is_authenticated else None
    token = cache(lambda: get_token(request))  # masked anew at each call: once is enough for a page
    return {
        "request": request,
        "csrf_token": SimpleLazyObject(token),
        "csrf_input": SimpleLazyObject(
            lambda: format_html('<input type="hidden" name="csrfmiddlewaretoken" value="{}">', token())
        ),
        "lang": (translation.get_language() or "en")[:2],
        "viewer": viewer,
        "house": getattr(request, "house", None),
        "places": places(viewer) if viewer else (),
        "unread": _unread(request) if viewer else False,
        "messages": get_messages(request),
        "theme": request.COOKIES.get("theme", ""),
        "density": request.COOKIES.get("density", ""),
        "keys": viewer.single_keys if viewer else True,
        "stream_url": f"/live/?since={paging.micros(clock.now())}" if viewer else None,
        "demo": settings.DEMO,
        "nightly_list": lambda: nightly_list(viewer),
    }
