"""Who is new, and greeting them in one's own words."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils.translation import gettext as _

from potluck.acts import queries as acts
from potluck.core.answers import Request, go, is_htmx, once_more, page, takes
from potluck.core.rules import require
from potluck.notices import verbs as notices
from potluck.people import queries as people
from potluck.welcome import queries, verbs
from potluck.welcome.forms import GreetingForm


@takes("GET")
def newcomers(request: Request) -> HttpResponse:
    """Who came within the last thirty days; each with the way to greet them."""
    rows = queries.newcomers(request.user).exclude(pk=request.user.pk)
    return page(request, "welcome/newcomers.html", newcomers=rows, here="table")


@takes("GET", "POST")
def greet(request: Request, handle: str) -> HttpResponse:
    """A greeting for one person: the form, and giving it."""
    newcomer = people.one(request.user, handle)
    require(request.user, "welcome.greet", newcomer)
    form = GreetingForm(request.POST or None)
    # What they said of themselves, so that one can answer to it.
    first = queries.first_words(request.user, newcomer)
    asked = queries.asked_to_greet_of(request.user, newcomer)
    notices.read(request.user, request.path)
    if request.method != "POST" or not form.is_valid():
        template = "welcome/_form.html" if is_htmx(request) else "welcome/greet.html"
        answer = once_more if request.method == "POST" else page
        return answer(request, template, newcomer=newcomer, form=form, first=first, asked=asked, here="table")
    act = verbs.greet(
        request.user, newcomer, form.cleaned_data["words"], once=form.cleaned_data["once"]
    )
    said = (
        _("Your greeting waits for %(name)s until they claim their place.") % {"name": newcomer.name}
        if newcomer.is_placeholder
        else _("Your greeting is with %(name)s.") % {"name": newcomer.name}
    )
    if not is_htmx(request):
        return go(request, f"/acts/{act.key}/", said)
    return page(request, "welcome/_given.html", act=acts.row(request.user, act.key), said=said)
