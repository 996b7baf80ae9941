"""An empty house: the first link, four questions, three choices."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from potluck.core.answers import go, once_more, open_to_all, page, takes
from potluck.core.house import command
from potluck.core.often import has_mail_sent, with_proof
from potluck.core.rules import require
from potluck.people import queries, verbs
from potluck.people.forms import FirstPerson, FourQuestions
from potluck.people.middleware import before_anybody
from potluck.people.sessions import sign_in


@before_anybody
@open_to_all
@takes("GET", "POST")
@with_proof
def first_person(request: HttpRequest, token: str) -> HttpResponse:
    """The one-time link of an empty house: who is its first administrator?"""
    if not verbs.first_link_opens(token):
        return page(request, "people/link_used.html", status=404, kind="first")
    if request.method != "POST":
        return page(request, "people/first_person.html", form=FirstPerson())
    form = FirstPerson(request.POST)
    if not form.is_valid():
        return once_more(request, "people/first_person.html", form=form)
    try:
        person = verbs.open_house(token, **form.cleaned_data)
    except verbs.Taken:
        form.add_error("email", _("Somebody in this house has this address already. Take another one."))
        return once_more(request, "people/first_person.html", form=form)
    sign_in(request, person)
    return go(request, reverse("people:four_questions"))


@takes("GET", "POST")
@has_mail_sent
def four_questions(request: HttpRequest) -> HttpResponse:
    require(request.user, "house.keep")
    if request.method != "POST":
        return page(request, "people/four_questions.html", form=FourQuestions(initial=_so_far(request)))
    form = FourQuestions(request.POST)
    if not form.is_valid():
        return once_more(request, "people/four_questions.html", form=form)
    given: dict[str, Any] = form.cleaned_data
    other = (given.pop("other_name"), given.pop("other_email"))
    try:
        path = verbs.answer_four_questions(
            request.user, somebody_else=other if given.pop("who") == "other" else None, **given  # type: ignore[arg-type]
        )
    except verbs.Taken:
        form.add_error("other_email", _("Somebody in this house has this address already. Take another one."))
        return once_more(request, "people/four_questions.html", form=form)
    if path:
        request.session["handed"] = path
    return go(request, reverse("people:three_choices"))


def _so_far(request: HttpRequest) -> dict[str, Any]:
    house, viewer = queries.house(), request.user
    kept = {name: getattr(house, name) for name in ("name", "language", "timezone", "day_starts", "day_ends")}
    return {**kept, "who": "me", **{name: getattr(viewer, name) for name in ("phone", "hours", "place")}}


@takes("GET")
def three_choices(request: HttpRequest) -> HttpResponse:
    """Invite people, bring history, or look around first."""
    require(request.user, "house.keep")
    return page(
        request,
        "people/three_choices.html",
        handed=handed(request),
        turn_to=queries.house().turn_to,
        invite_url=where("people:invite"),
        imports_url=where("exchange:imports"),
        command=command(),
    )


def handed(request: HttpRequest) -> str:
    """The invitation link that was just made: shown once, since nobody can read it again."""
    path = request.session.pop("handed", "")
    return request.build_absolute_uri(path) if path else ""


def where(route: str) -> str:
    try:
        return reverse(route)
    except NoReverseMatch:
        return ""


def not_open_yet(request: HttpRequest) -> HttpResponse:
    """Every address of a house nobody has opened: where its first link is to be found."""
    if request.method not in ("GET", "HEAD"):
        raise Http404
    return page(request, "people/not_open_yet.html")
