"""Bringing something to the table: one field, who will read it in words, and sending it."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from potluck.core.answers import Request, go, once_more, page, takes
from potluck.core.rules import may
from potluck.groups import queries as groups
from potluck.people import queries as people
from potluck.posts import verbs
from potluck.posts.forms import PostForm


@takes("GET")
def new(request: Request) -> HttpResponse:
    """The empty composer: ``?question=1``, ``?group=KEY`` and ``?to=HANDLE`` (whom one asks) fill in what is known."""
    asks = request.GET.get("question") == "1"
    to = request.GET.get("to", "")
    words = f"@{people.one(request.user, to).handle} " if to else ""
    form = PostForm(initial={"words": words, "group": request.GET.get("group", "")})
    return page(request, "posts/new.html", **_composer(request, form, asks))


@takes("POST")
def posts(request: Request) -> HttpResponse:
    asks = request.POST.get("question") == "1"
    form = PostForm(request.POST)
    if not form.is_valid():
        return once_more(request, "posts/new.html", **_composer(request, form, asks))
    wanted = form.cleaned_data["group"]
    act = verbs.post(
        request.user,
        form.cleaned_data["words"],
        question=asks,
        title=form.cleaned_data["title"],
        group=groups.one(request.user, wanted) if wanted else None,
        once=form.cleaned_data["once"],
    )
    return go(request, f"/acts/{act.key}/", _("Your question is on the table.") if asks else _("It is on the table."))


def _composer(request: Request, form: PostForm, asks: bool) -> dict[str, Any]:
    """The form and the tables one can set it on: the whole house, one's own groups, the group one came from."""
    chosen = str(form["group"].value() or "")
    seats = list(groups.writable(request.user))
    if chosen and all(group.key != chosen for group in seats):
        seats.append(groups.one(request.user, chosen))
    if not chosen and not may(request.user, "posts.give") and seats:
        chosen = seats[0].key
    return {"form": form, "asks": asks, "seats": seats, "chosen": chosen, "here": "table"}
