"""Opening, joining, leaving and looking after groups. A group's own page shows its gifts, so it is in pages/."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from potluck.core.answers import Request, go, once_more, page, takes
from potluck.core.rules import require
from potluck.groups import queries, verbs
from potluck.groups.forms import AskForm, GroupForm, NewGroupForm


def home_of(group: Any) -> str:
    return reverse("groups:group", args=[group.key])


@takes("GET")
def shelf(request: Request) -> HttpResponse:
    """One's own groups, then the others."""
    groups = list(queries.shelf(request.user))
    return page(
        request,
        "groups/shelf.html",
        mine=[group for group in groups if group.is_mine and not group.archived_at],
        others=[group for group in groups if not group.is_mine and not group.archived_at],
        archived=[group for group in groups if group.archived_at],
        here="groups",
    )


@takes("GET", "POST")
def new(request: Request) -> HttpResponse:
    require(request.user, "groups.open")
    form = NewGroupForm(request.POST or None)
    if request.method != "POST":
        return page(request, "groups/new.html", form=form, here="groups")
    if not form.is_valid():
        return once_more(request, "groups/new.html", form=form, here="groups")
    group = verbs.open_group(
        request.user,
        form.cleaned_data["name"],
        about=form.cleaned_data["about"],
        closed=form.cleaned_data["closed"],
        once=form.cleaned_data["once"],
    )
    return go(request, home_of(group), _("The group is open. You look after it."))


@takes("GET", "POST")
def change(request: Request, key: str) -> HttpResponse:
    """A host changes what the group is called and what happens here."""
    group = queries.one(request.user, key)
    require(request.user, "groups.host", group)
    form = GroupForm(request.POST if request.method == "POST" else None, initial={"name": group.name, "about": group.about})
    if request.method != "POST":
        return page(request, "groups/change.html", form=form, group=group, here="groups")
    if not form.is_valid():
        return once_more(request, "groups/change.html", form=form, group=group, here="groups")
    verbs.change_group(request.user, group, name=form.cleaned_data["name"], about=form.cleaned_data["about"])
    return go(request, home_of(group), _("Changed."))


@takes("GET")
def people(request: Request, key: str) -> HttpResponse:
    """Who sits in a group, by name; for outsiders of a closed one its hosts alone."""
    group = queries.one(request.user, key)
    seats, after = queries.people_page(request.user, group, request.GET.get("after", ""))
    return page(
        request,
        "groups/people.html",
        group=group,
        seats=seats,
        after=after,
        readable=queries.readable(request.user, group),
        here="groups",
    )


@takes("POST")
def join(request: Request, key: str) -> HttpResponse:
    group = queries.one(request.user, key)
    verbs.join(request.user, group)
    return go(request, home_of(group), _("You sit in %(group)s now.") % {"group": group.name})


@takes("POST")
def leave(request: Request, key: str) -> HttpResponse:
    group = queries.one(request.user, key)
    verbs.leave(request.user, group)
    said = _("You have left %(group)s.")
    if group.is_closed:
        said = _("You have left %(group)s. Whoever wants to come back asks again.")
    return go(request, reverse("groups:shelf"), said % {"group": group.name})


@takes("POST")
def ask(request: Request, key: str) -> HttpResponse:
    """Asks the hosts of a closed group, with a few words."""
    group = queries.one(request.user, key)
    form = AskForm(request.POST)
    if not form.is_valid():
        return once_more(request, "groups/ask.html", form=form, group=group, here="groups")
    verbs.ask_to_join(request.user, group, form.cleaned_data["words"])
    return go(request, home_of(group))  # the page itself says that one has asked


@takes("POST")
def answer(request: Request, key: str) -> HttpResponse:
    """A host says yes (``yes=1``) or no to somebody who asks."""
    asked = queries.request_for_host(request.user, key)
    yes = request.POST.get("yes") == "1"
    verbs.answer_request(request.user, asked, yes=yes)
    said = _("%(name)s sits with you now.") if yes else _("%(name)s is told kindly.")
    return go(request, home_of(asked.group), said % {"name": asked.person.name})


@takes("POST")
def look_after(request: Request, key: str) -> HttpResponse:
    group = queries.one(request.user, key)
    verbs.look_after(request.user, group)
    said = _("You look after %(group)s now. Everybody who sits here is told.")
    return go(request, home_of(group), said % {"group": group.name})


@takes("POST")
def ask_for_host(request: Request, key: str) -> HttpResponse:
    group = queries.one(request.user, key)
    verbs.ask_for_host(request.user, group)
    return go(request, home_of(group), _("Those who sit here are asked. Whoever would like to says so."))


@takes("POST")
def make_host(request: Request, key: str, handle: str) -> HttpResponse:
    group = queries.one(request.user, key)
    person = queries.member(request.user, group, handle)
    verbs.make_host(request.user, group, person)
    return go(request, reverse("groups:people", args=[key]), _("%(name)s looks after the group, too.") % {"name": person.name})


@takes("POST")
def take_out(request: Request, key: str, handle: str) -> HttpResponse:
    group = queries.one(request.user, key)
    person = queries.member(request.user, group, handle)
    verbs.take_out(request.user, group, person)
    return go(request, reverse("groups:people", args=[key]), _("%(name)s sits here no longer.") % {"name": person.name})
