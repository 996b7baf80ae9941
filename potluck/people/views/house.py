"""The house, for administrators: people, roles, doors, settings. They keep the house; they see no more of it than others."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from potluck.core.answers import go, once_more, page, takes
from potluck.core.mail import has_server
from potluck.core.often import has_mail_sent, searches
from potluck.core.rules import require
from potluck.core.text import typed
from potluck.people import queries, verbs
from potluck.people.forms import Furnishing, Mailbox, Roles
from potluck.people.views.start import handed, where


@takes("GET")
@searches
def house(request: HttpRequest) -> HttpResponse:
    """The people of the house by their state, with a search."""
    viewer: Any = request.user
    state = request.GET.get("state", "here")
    words = typed(request.GET.get("q", ""), 80)
    people, after = queries.keeping(viewer, state, words, request.GET.get("after", ""))
    return page(
        request,
        "people/house.html",
        people=people,
        state=state,
        q=words,
        after=after,
        imports_url=where("exchange:imports"),
    )


@takes("GET", "POST")
def furnish(request: HttpRequest) -> HttpResponse:
    viewer: Any = request.user
    require(viewer, "house.keep")
    kept = queries.house()
    candidates = [(person.handle, person.name) for person in queries.can_be_turned_to(viewer)]
    if request.method != "POST":
        so_far = {name: getattr(kept, name) for name in ("name", "language", "timezone", "day_starts", "day_ends")}
        so_far["weekdays"] = kept.weekdays or [1, 2, 3, 4, 5]
        so_far["turn_to"] = kept.turn_to.handle if kept.turn_to else ""
        so_far["mail_domains"] = ", ".join(kept.mail_domains)
        return page(request, "people/furnish.html", form=Furnishing(candidates=candidates, initial=so_far))
    form = Furnishing(request.POST, candidates=candidates)
    if not form.is_valid():
        return once_more(request, "people/furnish.html", form=form)
    handle = form.cleaned_data["turn_to"]
    turn_to = queries.one(viewer, handle) if handle else None
    verbs.furnish(viewer, **{**form.cleaned_data, "turn_to": turn_to})
    return go(request, reverse("people:furnish"), _("The house knows it now."))


@takes("GET")
def person(request: HttpRequest, handle: str) -> HttpResponse:
    return _person_page(request, handle)


def _person_page(request: HttpRequest, handle: str, **forms: Any) -> HttpResponse:
    viewer: Any = request.user
    kept = queries.kept_one(viewer, handle)
    answer = once_more if forms else page
    words: dict[str, Any] = {
        "person": kept,
        "roles": Roles(initial={"roles": kept.roles}),
        "mailbox": Mailbox(initial={"email": kept.email or ""}),
        "handed": handed(request),
        "invited": queries.invited(viewer, kept),
        **forms,
    }
    return answer(request, "people/house_person.html", **words)


@takes("POST")
def roles(request: HttpRequest, handle: str) -> HttpResponse:
    viewer: Any = request.user
    kept = queries.kept_one(viewer, handle)
    form = Roles(request.POST)
    if not form.is_valid():
        return _person_page(request, handle, roles=form)
    verbs.set_roles(viewer, kept, form.cleaned_data["roles"])
    return _back(request, handle, _("The roles of %(name)s are kept, and %(name)s can read it.") % {"name": kept.name})


@takes("POST")
@has_mail_sent
def mailbox(request: HttpRequest, handle: str) -> HttpResponse:
    viewer: Any = request.user
    kept = queries.kept_one(viewer, handle)
    form = Mailbox(request.POST)
    if form.is_valid():
        try:
            verbs.change_address(viewer, kept, form.cleaned_data["email"])
        except verbs.Taken:
            form.add_error("email", _("Somebody with this address is here already."))
    if not form.is_valid():
        return _person_page(request, handle, mailbox=form)
    said = (
        _("Mail for %(name)s goes there now. The old mailbox is told.")
        if has_server()
        else _("The address of %(name)s is written down. No mail leaves this house yet: they find it in their log.")
    )
    return _back(request, handle, said % {"name": kept.name})


@takes("POST")
@has_mail_sent
def sign_in_link(request: HttpRequest, handle: str) -> HttpResponse:
    """For a lost mailbox: a link to read out or hand over, which the person finds in their log."""
    viewer: Any = request.user
    kept = queries.kept_one(viewer, handle)
    request.session["handed"] = verbs.make_sign_in_link(kept, viewer)
    return _back(request, handle)


@takes("POST")
def closing(request: HttpRequest, handle: str) -> HttpResponse:
    viewer: Any = request.user
    kept = queries.kept_one(viewer, handle)
    verbs.deactivate(viewer, kept)
    return _back(request, handle, _("The access of %(name)s is closed on every device.") % {"name": kept.name})


@takes("POST")
def opening(request: HttpRequest, handle: str) -> HttpResponse:
    viewer: Any = request.user
    kept = queries.kept_one(viewer, handle)
    verbs.reactivate(viewer, kept)
    return _back(request, handle, _("%(name)s can come in again.") % {"name": kept.name})


def _back(request: HttpRequest, handle: str, said: str = "") -> HttpResponse:
    return go(request, reverse("people:house_person", args=[handle]), said)
