"""What stands around every page: who looks, the places one can go to, whether something is new."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.messages import get_messages
from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.urls import NoReverseMatch, reverse
from django.utils import translation
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from potluck.core import clock, paging
from potluck.notices.queries import has_unread


def places(viewer: Any) -> list[dict[str, str]]:
    """The five places, and in the corner what is new, whom to turn to and, for community managers, the desk. One whose room
    does not exist yet is absent."""
    wanted = [
        ("table", _("Table"), "pages:home", "fork-knife"),
        ("groups", _("Groups"), "groups:shelf", "users-three"),
        ("thanks", _("Thanks"), "thanks:wall", "hand-heart"),
        ("me", _("Me"), "people:me", "user"),
        ("inbox", _("Messages"), "notices:inbox", "bell"),
        *([("desk", _("Desk"), "desk:day", "clipboard-text")] if viewer.is_community_manager else []),
        ("help", _("Help"), "pages:turn_to", "lifebuoy"),
    ]
    found = []
    for name, label, route, icon in wanted:
        try:
            found.append({"name": name, "label": label, "url": reverse(route), "icon": icon})
        except NoReverseMatch:
            continue
    return found


def _unread(request: HttpRequest) -> Any:
    """Asked once, and only by a page that shows it; home has asked along the way."""
    known = getattr(request, "unread", None)
    return SimpleLazyObject(lambda: has_unread(request.user)) if known is None else known


def context(request: HttpRequest) -> dict[str, Any]:
    viewer = request.user if request.user.is_authenticated else None
    return {
        "request": request,
        "csrf_token": SimpleLazyObject(lambda: get_token(request)),
        "lang": (translation.get_language() or "en")[:2],
        "viewer": viewer,
        "house": getattr(request, "house", None),
        "places": places(viewer) if viewer else [],
        "unread": _unread(request) if viewer else False,
        "messages": get_messages(request),
        "theme": request.COOKIES.get("theme", ""),
        "density": request.COOKIES.get("density", ""),
        "keys": viewer.single_keys if viewer else True,
        "stream_url": f"/live/?since={paging.micros(clock.now())}" if viewer else None,
        "demo": settings.DEMO,
    }
