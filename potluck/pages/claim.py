"""Taking one's place: who invites, what waits there, and the gifts that were kept, before home. Nobody is told who looked."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse

from potluck.acts.queries import kept_for
from potluck.core.answers import go, once_more, open_to_all, page, takes
from potluck.core.often import with_proof
from potluck.people import queries, verbs
from potluck.people.forms import Claim
from potluck.people.sessions import sign_in


@open_to_all
@takes("GET", "POST")
@with_proof
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Who invites, and to which house; taking the place is a button, so that no mail scanner takes it."""
    invited = queries.opens(token)
    if invited is None:
        return page(request, "people/link_used.html", status=404, kind="invitation")
    known: dict[str, Any] = {"invited": invited, "givers": _givers(kept_for(invited.person))}
    if request.method != "POST":
        form = Claim(person=invited.person, initial={"name": invited.person.name})
        return page(request, "pages/invitation.html", form=form, **known)
    form = Claim(request.POST, person=invited.person)
    if not form.is_valid():
        return once_more(request, "pages/invitation.html", form=form, **known)
    person = verbs.claim(token, name=form.cleaned_data["name"], password=form.cleaned_data["password"] or None)
    sign_in(request, person)
    return go(request, reverse("claim:arrived"))


@takes("GET")
def arrived(request: HttpRequest) -> HttpResponse:
    """What was given while the place was empty: thanks, greetings, mentions, answers. Then home."""
    return page(request, "pages/arrived.html", gifts=kept_for(request.user))  # type: ignore[arg-type]


def _givers(gifts: list) -> list[str]:
    return list(dict.fromkeys(gift.by.name for gift in gifts))


app_name = "claim"

urlpatterns = [
    path("invitations/<str:token>/", invitation, name="invitation"),
    path("arrived/", arrived, name="arrived"),
]
