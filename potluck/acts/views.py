"""Taking one's own act back, and the undo."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from potluck.acts import queries, verbs
from potluck.core.answers import Request, go, page, takes


@takes("POST")
def withdrawal(request: Request, key: str) -> HttpResponse:
    verbs.withdraw(request.user, queries.act(request.user, key))
    return go(request, reverse("acts:withdrawn"), _("Taken back. Nobody but you sees it now."))


@takes("POST")
def put_back(request: Request, key: str) -> HttpResponse:
    act = queries.own_act(request.user, key)
    verbs.put_back(request.user, act)
    return go(request, f"/acts/{key}/", _("It is back where it was."))


@takes("GET")
def withdrawn(request: Request) -> HttpResponse:
    """What one took back and can still put back."""
    return page(request, "acts/withdrawn.html", acts=queries.withdrawn(request.user), here="me")
