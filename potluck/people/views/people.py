"""The directory, and inviting somebody to it."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from potluck.core.answers import go, once_more, page, takes
from potluck.core.mail import has_server
from potluck.core.often import has_mail_sent, searches
from potluck.core.rules import may, require
from potluck.core.text import typed
from potluck.people import queries, verbs
from potluck.people.forms import Invite, InvitePlaceholder
from potluck.people.views.start import handed


@takes("GET")
@searches
def directory(request: HttpRequest) -> HttpResponse:
    words = typed(request.GET.get("q", ""), 80)
    people, after = queries.directory_page(request.user, words, request.GET.get("after", ""))
    return page(request, "people/directory.html", people=people, q=words, after=after, first="after" not in request.GET)


@takes("GET", "POST")
@has_mail_sent
def invite(request: HttpRequest) -> HttpResponse:
    """A place for somebody new, by mail or by a link to hand over."""
    viewer: Any = request.user
    require(viewer, "people.invite")
    with_role = may(viewer, "people.keep")
    if request.method != "POST":
        return _invite_page(request, Invite(with_role=with_role))
    form = Invite(request.POST, with_role=with_role)
    was_awaited = False
    if form.is_valid():
        was_awaited = queries.is_awaited_at(form.cleaned_data["email"])
        try:
            invitation, path = verbs.invite(
                viewer,
                form.cleaned_data["email"],
                form.cleaned_data["name"],
                role=form.cleaned_data.get("role", ""),
                once=form.cleaned_data["once"],
            )
        except verbs.Taken:
            form.add_error("email", _("Somebody with this address is here already."))
    if not form.is_valid():
        return _invite_page(request, form, 422)
    if not path:
        # The form came twice. The first one's link waits in the session, which this answer must not write over.
        return go(request, reverse("people:invite"))
    request.session["handed"] = path if _may_hold(viewer, was_awaited) else ""
    return go(request, reverse("people:invite"), _("A place is kept for %(name)s.") % {"name": invitation.person.name})


def _may_hold(viewer: Any, known_address: bool) -> bool:
    """Whether the inviter sees the link. Where somebody was awaited at a known address, what waits there is theirs alone: the
    link goes by mail, and only an administrator (or a house without a mail server) hands it over."""
    return not known_address or may(viewer, "people.keep") or not has_server()


def _invite_page(request: HttpRequest, form: Any, status: int = 200) -> HttpResponse:
    viewer: Any = request.user
    answer = once_more if status == 422 else page
    return answer(request, "people/invite.html", form=form, handed=handed(request), waiting=queries.own_invitations(viewer))


@takes("GET", "POST")
@has_mail_sent
def invite_placeholder(request: HttpRequest, handle: str) -> HttpResponse:
    """Somebody known from history is invited to claim their place: one mail at most, or a link to hand over."""
    viewer: Any = request.user
    person = queries.one(viewer, handle)
    if not person.is_placeholder or person.is_bot:
        raise Http404
    require(viewer, "people.invite")
    known: dict[str, Any] = {
        "person": person,
        "invited": queries.invited(viewer, person),
        "mailed": queries.was_mailed(person),
        "has_address": bool(person.email),
        "may_hold": _may_hold(viewer, bool(person.email)),
    }
    form = InvitePlaceholder(request.POST if request.method == "POST" else None)
    if request.method != "POST":
        return page(request, "people/invite_placeholder.html", form=form, handed=handed(request), **known)
    if form.is_valid():
        try:
            _invitation, path = verbs.invite(viewer, form.cleaned_data["email"], person.name, person=person)
        except verbs.Taken:
            form.add_error("email", _("Somebody with this address is here already."))
    if not form.is_valid():
        return once_more(request, "people/invite_placeholder.html", form=form, handed="", **known)
    request.session["handed"] = path if _may_hold(viewer, known["has_address"]) else ""
    return go(request, request.path, _("A place is kept for %(name)s.") % {"name": person.name})
