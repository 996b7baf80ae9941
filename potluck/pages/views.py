"""Pages that show several subjects: the table, a person, what waits."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from potluck.acts import queries as acts
from potluck.core import clock, moments, paging
from potluck.core.answers import Request, go, is_htmx, page, takes
from potluck.core.rules import may
from potluck.pages import queries
from potluck.people import queries as people
from potluck.people import verbs as people_verbs
from potluck.talk import queries as talk
from potluck.welcome import queries as welcome


@takes("GET", "POST")
def home(request: Request) -> HttpResponse:
    """The table. POST chooses its order, which stays chosen; ``?before=`` shows older things."""
    viewer = request.user
    if request.method == "POST":
        order = request.POST.get("order")
        people_verbs.change_profile(viewer, feed_order="newest" if order == "newest" else "open-handed")
        return go(request, reverse("pages:home"))
    before = paging.before(request.GET.get("before"))
    rows, last = queries.table(viewer, before)
    context: dict[str, Any] = {
        "acts": rows,
        "older": paging.after(last) if last else None,
        "is_first": before is None,
        "here": "table",
    }
    if is_htmx(request) and before:
        return page(request, "pages/_older.html", **context)
    if before is None:
        is_new = welcome.awaits_greeting(viewer)
        context |= {
            "today": moments.weekday(clock.now()),
            "doors": _doors(viewer),
            "cards": queries.cards(viewer),
            "is_new": is_new,
            "greeters": list(people.greeters(viewer)[:6]) if is_new else [],
        }
    return page(request, "pages/home.html", **context)


def _doors(viewer: Any) -> list[dict[str, str]]:
    """What one can bring; a door whose room does not exist is absent."""
    doors = [
        ("post", _("share"), _("something you saw, a picture, something half done"), "posts:new", "", "posts.give"),
        ("question", _("ask"), _("also what you should have known long ago"), "posts:new", "?question=1", "posts.give"),
        ("thanks", _("thank"), _("somebody who made something easier"), "thanks:new", "", None),
        ("recommend", _("recommend"), _("a trick, a book, a person"), "reviews:new", "", None),
        ("welcome", _("welcome somebody"), _("say hello to who is new"), "welcome:new", "", "people.invite"),
    ]
    found = []
    for dish, word, hint, route, query, rule in doors:
        try:
            if rule is None or may(viewer, rule):
                found.append({"dish": dish, "word": word, "hint": hint, "url": reverse(route) + query})
        except NoReverseMatch:
            continue
    return found


@takes("GET")
def person(request: Request, handle: str) -> HttpResponse:
    """What somebody brought, what they can help with, how to reach them."""
    one = people.one(request.user, handle)
    before = paging.before(request.GET.get("before"))
    rows, older = queries.brought(request.user, one, before)
    context: dict[str, Any] = {"person": one, "acts": rows, "older": older, "here": "me" if one == request.user else ""}
    if is_htmx(request) and before:
        return page(request, "pages/_person_older.html", **context)
    return page(request, "pages/person.html", **context)


@takes("GET")
def waiting(request: Request) -> HttpResponse:
    """What waits for one's own answer."""
    return page(request, "pages/waiting.html", acts=queries.waiting(request.user), here="me")


@takes("GET")
def questions(request: Request) -> HttpResponse:
    """Questions that nobody has answered yet, in the viewer's reach."""
    ids = talk.without_answer(request.user).values_list("pk", flat=True)[: acts.PAGE * 5]
    rows = acts.rows(request.user, ids)
    return page(request, "pages/questions.html", acts=rows[::-1], here="table")
