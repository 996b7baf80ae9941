"""Thanking, the walls, and what the thanked and the thanking say about who may read it."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from potluck.acts import queries as acts
from potluck.core import paging
from potluck.core.answers import Request, go, is_htmx, once_more, page, safe_next, takes
from potluck.core.forms import keep_broken
from potluck.core.moments import names
from potluck.core.often import searches
from potluck.core.rules import require
from potluck.people import queries as people
from potluck.thanks import queries, verbs
from potluck.thanks.forms import ThanksForm

#: Cards on one page of a wall.
CARDS = 12


@takes("GET")
def wall(request: Request) -> HttpResponse:
    """What hangs on the wall of the house, and beside it the form to thank somebody."""
    cards, older = _page_of_wall(request)
    if is_htmx(request) and "before" in request.GET:
        return page(request, "thanks/_cards.html", cards=cards, older=older)
    return page(request, "thanks/wall.html", cards=cards, older=older, here="thanks", **_form(request, ThanksForm()))


@takes("GET")
def of_person(request: Request, handle: str) -> HttpResponse:
    """What hangs on the wall from or for one person."""
    person = people.one(request.user, handle)
    cards, older = _page_of_wall(request, person)
    if is_htmx(request) and "before" in request.GET:
        return page(request, "thanks/_cards.html", cards=cards, older=older)
    return page(request, "thanks/of_person.html", person=person, cards=cards, older=older, here="thanks")


def _page_of_wall(request: Request, person: Any = None) -> tuple[list[Any], str]:
    before = paging.before(request.GET.get("before"))
    found = queries.wall(request.user, person, before, CARDS + 1)
    shown, more = found[:CARDS], len(found) > CARDS
    return shown, f"{request.path}?before={paging.mark(shown[-1].hung_at, shown[-1].id)}" if more else ""


@takes("GET", "POST")
def new(request: Request) -> HttpResponse:
    """The form as a page: ``?on=KEY`` thanks the giver of that act for it, ``?to=HANDLE`` a person."""
    if request.method == "POST":
        return _give(request)
    on = queries.cause(request.user, request.GET["on"]) if request.GET.get("on") else None
    if request.GET.get("on") and on is None:
        raise Http404
    wanted = request.GET.getlist("to") or ([on.by.handle] if on else [])
    return page(request, "thanks/new.html", here="thanks", **_form(request, ThanksForm(), wanted, on))


@takes("GET", "POST")
def give(request: Request, handle: str) -> HttpResponse:
    """Thanks for one person (and for others who are added). GET is the form with their name in it."""
    if request.method == "POST":
        return _give(request, handle)
    person = people.one(request.user, handle)
    require(request.user, "thanks.give", [person])
    on = queries.cause(request.user, request.GET["on"]) if request.GET.get("on") else None
    return page(request, "thanks/new.html", here="thanks", **_form(request, ThanksForm(), [person.handle], on))


def _give(request: Request, *handles: str) -> HttpResponse:
    form = ThanksForm(request.POST)
    on = queries.cause(request.user, request.POST["on"]) if request.POST.get("on") else None
    wanted = [*handles, *request.POST.getlist("to")]
    receivers = queries.chosen(request.user, wanted)
    for handle in {*handles} - {person.handle for person in receivers}:  # not to be seen: 404; oneself or a program: a sentence
        require(request.user, "thanks.give", [people.one(request.user, handle)])
    looking = "look" in request.POST or (not receivers and bool(request.POST.get("who", "").strip()))
    if looking or not form.is_valid() or not receivers:
        if looking:
            keep_broken(form)
        again = _form(request, form, wanted, on, looking=looking, nobody=not receivers and not looking)
        return once_more(
            request, "thanks/_form.html" if is_htmx(request) else "thanks/new.html", here="thanks", **again
        )
    act = verbs.thank(
        request.user,
        receivers,
        form.cleaned_data["for_what"],
        what_changed=form.cleaned_data["what_changed"],
        because_of=acts.act(request.user, on.key) if on else None,
        offer_to_wall=form.cleaned_data["on_wall"],
        once=form.cleaned_data["once"],
    )
    whom = {"names": names([r.name for r in receivers], len(receivers))}
    said = _("Your thank-you is with %(names)s.") % whom
    if all(r.is_placeholder for r in receivers):
        said = _("Your thank-you waits for %(names)s until they claim their place.") % whom
    elif any(r.is_placeholder for r in receivers):
        said += " " + _("Where somebody has not claimed their place yet, it waits for them there.")
    if not is_htmx(request):
        return go(request, f"/acts/{act.key}/", said)
    return page(request, "thanks/_given.html", act=acts.row(request.user, act.key), said=said)


def _form(
    request: Request,
    form: ThanksForm,
    wanted: list[str] | None = None,
    on: Any = None,
    *,
    looking: bool = False,
    nobody: bool = False,
) -> dict[str, Any]:
    """What the form shows: who is chosen, who matches what was typed, what the thanks are for."""
    receivers = queries.chosen(request.user, wanted or [])
    typed = str(form["who"].value() or "")
    matches = [
        person
        for person in (queries.people_to_thank(request.user, typed) if looking else [])
        if person not in receivers
    ]
    return {
        "form": form,
        "receivers": receivers,
        "waiting": [person for person in receivers if person.is_placeholder],
        "matches": matches,
        "looking": looking,
        "nobody": nobody,
        "on": on,
    }


@takes("GET")
@searches
def matches(request: Request) -> HttpResponse:
    """The people one may mean, as options of a list box, while one types (static/js/pick.js)."""
    typed = request.GET.get("q", "")
    return page(request, "thanks/_matches.html", matches=queries.people_to_thank(request.user, typed), q=typed)


@takes("POST")
def yes(request: Request, key: str) -> HttpResponse:
    """A receiver says yes to the wall; ``always=1``: to all that are offered from now on."""
    verbs.agree(request.user, queries.one(request.user, key), always=request.POST.get("always") == "1")
    return _told(request, key)


@takes("POST")
def no(request: Request, key: str) -> HttpResponse:
    """A receiver would rather keep it, or takes their yes back."""
    verbs.keep_private(request.user, queries.one(request.user, key))
    return _told(request, key)


@takes("POST")
def offer(request: Request, key: str) -> HttpResponse:
    verbs.offer(request.user, queries.one(request.user, key))
    return _told(request, key)


@takes("POST")
def offer_withdrawal(request: Request, key: str) -> HttpResponse:
    verbs.take_offer_back(request.user, queries.one(request.user, key))
    return _told(request, key)


def _told(request: Request, key: str) -> HttpResponse:
    """The card as it stands now, or the page one came from."""
    if is_htmx(request):
        where = request.POST.get("where", "")
        return page(
            request,
            "thanks/_act.html",
            act=acts.row(request.user, key),
            where=where if where in ("feed", "wall", "page") else "feed",
            full=where == "page",
        )
    return go(request, safe_next(request, f"/acts/{key}/"))


@takes("GET")
def card(request: Request, key: str) -> HttpResponse:
    """A card for the pocket (A6), for giver and receivers."""
    return page(request, "thanks/card.html", act=queries.for_print(request.user, key), here="thanks")


@takes("GET", "POST")
def mine(request: Request) -> HttpResponse:
    """What one received and gave, the standing yes, and what waits for one's yes. Nobody else sees this page."""
    if request.method == "POST":
        if request.POST.get("always") == "1":
            verbs.say_always(request.user)
            return go(request, reverse("thanks:mine"), _("From now on what others offer hangs without asking you."))
        verbs.revoke_standing_yes(request.user)
        return go(request, reverse("thanks:mine"), _("From now on you are asked each time."))
    gave = request.GET.get("gave") == "1"
    read = queries.given if gave else queries.received
    shown, older = paging.page(
        read(request.user, paging.before(request.GET.get("before")), CARDS + 1), CARDS
    )
    if is_htmx(request) and "before" in request.GET:
        return page(request, "thanks/_cards.html", cards=shown, older=_older_of_mine(gave, older))
    return page(
        request,
        "thanks/mine.html",
        gave=gave,
        cards=shown,
        older=_older_of_mine(gave, older),
        waiting=queries.waiting_for_yes(request.user),
        always=queries.has_standing_yes(request.user),
        here="me",
    )


def _older_of_mine(gave: bool, cursor: str | None) -> str:
    return f"{reverse('thanks:mine')}?{'gave=1&' if gave else ''}before={cursor}" if cursor else ""
