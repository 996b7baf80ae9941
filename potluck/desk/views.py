"""The desk. For everybody but community managers it does not exist."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from potluck.acts import queries as acts
from potluck.core import clock, moments
from potluck.core.answers import Request, go, once_more, page, takes
from potluck.core.often import searches
from potluck.desk import queries
from potluck.desk.forms import AskForm
from potluck.welcome import queries as welcome_queries
from potluck.welcome import verbs as welcome


def for_managers(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    @wraps(view)
    def inner(request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_community_manager:
            raise Http404
        return view(request, *args, **kwargs)

    return inner


@takes("GET")
@for_managers
def day(request: Request) -> HttpResponse:
    """What is open, and beside it the first card."""
    today = queries.day(request.user)
    first = today.cards[0] if today.cards else None
    pane: dict[str, Any] = {"act": None, "newcomer": None}
    if first is not None:
        pane = _greeting(request, first.newcomer) if first.newcomer else _asking(request, first.key)
    return page(request, "desk/day.html", is_day=True, **_frame(today, first.key if first else ""), **pane)


def _frame(today: Any, now: str) -> dict[str, Any]:
    return {"today": today, "date": moments.weekday(clock.now()), "now": now, "here": "desk"}


@takes("GET", "POST")
@for_managers
def asking(request: Request, key: str) -> HttpResponse:
    """One first post or question: who was asked, who may know, and asking somebody."""
    act = queries.waiting(request.user, key)
    if request.method != "POST":
        return _card(request, key, _asking(request, key))
    form = AskForm(request.POST)
    person = queries.who_can_answer(request.user, act).filter(handle=request.POST.get("person", "")).first()
    if "look" in request.POST or not form.is_valid() or person is None:
        return _card(request, key, _asking(request, key, form))
    welcome.ask_somebody(request.user, act, person, form.cleaned_data["words"])
    return go(request, reverse("desk:day"), _("%(name)s is asked, personally and once.") % {"name": person.name})


@takes("GET", "POST")
@for_managers
def greeting(request: Request, handle: str) -> HttpResponse:
    """One newcomer whom nobody has greeted: asking somebody to say hello; where somebody has meanwhile, who did."""
    newcomer = queries.newcomer(request.user, handle)
    if newcomer.was_greeted:
        greetings = welcome_queries.greetings(request.user, newcomer)
        typed = AskForm(request.POST)["words"].value() or ""
        answer = page if request.method != "POST" else once_more
        return answer(request, "desk/greeted.html", newcomer=newcomer, greetings=greetings, typed=typed, here="desk")
    if request.method != "POST":
        return _card(request, handle, _greeting(request, newcomer))
    form = AskForm(request.POST)
    person = queries.who_can_greet(request.user, newcomer).filter(handle=request.POST.get("person", "")).first()
    if "look" in request.POST or not form.is_valid() or person is None:
        return _card(request, handle, _greeting(request, newcomer, form))
    welcome.ask_to_greet(request.user, newcomer, person, form.cleaned_data["words"])
    return go(request, reverse("desk:day"), _("%(name)s is asked, personally and once.") % {"name": person.name})


def _card(request: Request, key: str, pane: dict[str, Any]) -> HttpResponse:
    answer = page if request.method == "GET" else once_more
    return answer(request, "desk/day.html", is_day=False, **_frame(queries.day(request.user), key), **pane)


def _asking(request: Request, key: str, form: AskForm | None = None) -> dict[str, Any]:
    act = queries.waiting(request.user, key)
    people = queries.who_can_answer(request.user, act)
    suggested = queries.who_may_know(people, act)
    return {
        "act": acts.row(request.user, key),
        "newcomer": None,
        "asked": welcome_queries.asked(request.user, [act.pk]).get(act.pk, []),
        "suggested": [
            (one.person, _("can help with: %(words)s") % {"words": ", ".join(one.words)}) for one in suggested
        ],
        "address": reverse("desk:asking", args=[key]),
        "matches_address": reverse("desk:people", args=["asking", key]),
        **_form(request, people, form),
    }


def _greeting(request: Request, newcomer: Any, form: AskForm | None = None) -> dict[str, Any]:
    people = queries.who_can_greet(request.user, newcomer)
    near = _("likes to say hello, works in the same place")
    return {
        "act": None,
        "newcomer": newcomer,
        "first": welcome_queries.first_words(request.user, newcomer),
        "asked": welcome_queries.asked_to_greet(request.user, [newcomer.pk]).get(newcomer.pk, []),
        "suggested": [
            (person, near if person.unit_id and person.unit_id == newcomer.unit_id else _("likes to say hello"))
            for person in queries.who_likes_to_greet(people, newcomer)
        ],
        "address": reverse("desk:greeting", args=[newcomer.handle]),
        "matches_address": reverse("desk:people", args=["greeting", newcomer.handle]),
        **_form(request, people, form),
    }


def _form(request: Request, people: Any, form: AskForm | None) -> dict[str, Any]:
    """What was chosen, and who matches what was typed; people are offered only from among ``people``."""
    looking = "look" in request.POST
    chosen = people.filter(handle=request.POST.get("person", "")).first()
    typed = str(request.POST.get("who", ""))
    return {
        "form": form or AskForm(),
        "chosen": chosen,
        "looking": looking,
        "matches": queries.found(people, typed) if looking else [],
        "nobody": form is not None and not looking and chosen is None,
    }


@takes("GET")
@for_managers
@searches
def people(request: Request, what: str, key: str) -> HttpResponse:
    """The people one may ask, as options of a list box, while one types (static/js/pick.js)."""
    if what == "asking":
        some = queries.who_can_answer(request.user, queries.waiting(request.user, key))
    else:
        some = queries.who_can_greet(request.user, queries.not_yet_greeted(request.user, key))
    typed = request.GET.get("q", "")
    return page(request, "desk/_matches.html", matches=queries.found(some, typed), q=typed)
