"""Pages that show several subjects: the table, a person, what waits."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, NamedTuple

from django.http import HttpResponse
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from potluck.core import clock, moments, paging
from potluck.core.answers import Request, go, is_htmx, page, takes
from potluck.core.jinja import url
from potluck.core.rules import may
from potluck.exchange import queries as imports
from potluck.groups import queries as groups
from potluck.notices import verbs as notices
from potluck.pages import queries
from potluck.people import logwords
from potluck.people import queries as people
from potluck.people import verbs as people_verbs


@takes("GET", "POST")
def home(request: Request) -> HttpResponse:
    """The table. POST chooses its order, which stays chosen; ``?before=`` shows older things."""
    viewer = request.user
    if request.method == "POST":
        order = request.POST.get("order")
        people_verbs.change_profile(viewer, feed_order="newest" if order == "newest" else "open-handed")
        return go(request, reverse("pages:home"))
    if before := paging.before(request.GET.get("before")):
        seen = set(request.GET.get("seen", "").split("."))
        rows, older = queries.later_page(viewer, before, seen)
        template = "pages/_older.html" if is_htmx(request) else "pages/home.html"
        return page(request, template, acts=rows, older=older, seen=".".join(sorted(seen)), is_first=False, here="table")
    table = queries.first_page(viewer)
    request.unread = table.unread
    return page(
        request,
        "pages/home.html",
        acts=table.acts,
        older=table.older,
        seen=".".join(table.seen),
        is_first=True,
        is_new=table.is_new,
        today=moments.weekday(clock.now()),
        doors=_doors(viewer, table.newcomers),
        cards=table,
        greeters=list(people.greeters(viewer)[:6]) if table.is_new else [],
        has_groups=not table.acts and groups.shelf(viewer).exists(),
        history_came=imports.has_tables_to_offer(viewer),
        here="table",
    )


class Door(NamedTuple):
    dish: str
    word: str
    hint: str
    url: str


def _doors(viewer: Any, newcomers: tuple[Any, ...]) -> tuple[Door, ...]:
    """What one can bring today, in the viewer's language."""
    names = tuple(newcomer.first_name for newcomer in newcomers)
    return _doors_of(translation.get_language(), names, may(viewer, "posts.give"))


@lru_cache(maxsize=256)
def _doors_of(language: str | None, names: tuple[str, ...], may_post: bool) -> tuple[Door, ...]:
    new = ngettext("%(names)s is new here", "%(names)s are new here", len(names)) % {"names": moments.names(names)}
    doors = [
        ("post", _("share"), _("something you saw, a picture, something half done"), url("posts:new")),
        ("question", _("ask"), _("also what you should have known long ago"), url("posts:new") + "?question=1"),
        ("thanks", _("thank"), _("somebody who made something easier"), url("thanks:new")),
        ("welcome", _("welcome somebody"), new if names else _("say hello to who is new"), url("welcome:newcomers")),
    ]
    return tuple(Door(*one) for one in doors if may_post or one[0] not in ("post", "question"))


@takes("GET")
def person(request: Request, handle: str) -> HttpResponse:
    """What somebody brought, what they can help with, how to reach them."""
    one = people.one(request.user, handle)
    before = paging.before(request.GET.get("before"))
    rows, older = queries.brought(request.user, one, before)
    context: dict[str, Any] = {"person": one, "acts": rows, "older": older, "here": "me" if one == request.user else ""}
    if is_htmx(request) and before:
        return page(request, "pages/_person_older.html", **context)
    return page(request, "pages/person.html", invited=people.invited(request.user, one), **context)


@takes("GET")
def waiting(request: Request) -> HttpResponse:
    """What waits for one's own answer."""
    return page(request, "pages/waiting.html", acts=queries.waiting(request.user), here="me")


@takes("GET")
def questions(request: Request) -> HttpResponse:
    """Questions that nobody has answered yet, in the viewer's reach."""
    return page(request, "pages/questions.html", acts=queries.questions(request.user), here="table")


@takes("GET")
def log(request: Request) -> HttpResponse:
    """Everything in the log about the viewer; who reads it here has read what they were told of it."""
    rows = [(one.at, logwords.sentence(one, request.user)) for one in people.own_log(request.user, 500)]
    notices.read(request.user, request.path)
    return page(request, "pages/log.html", here="me", log=rows)


@takes("GET")
def turn_to(request: Request) -> HttpResponse:
    """Whom one can turn to: face, number, hours and place, before any form."""
    return page(request, "pages/turn_to.html", people=queries.to_turn_to(request.user), here="help")
