"""Ways in that are not allauth's: a link from the shell, an invitation, a code to an address the house opened its door to."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from potluck.core.answers import go, once_more, open_to_all, page, safe_next, takes
from potluck.core.often import asks_for_mail, with_proof
from potluck.core.rules import Refused
from potluck.people import codes, letters, queries, verbs
from potluck.people.forms import Code, Join
from potluck.people.middleware import LANGUAGE_COOKIE, before_anybody
from potluck.people.sessions import in_turn, sign_in

LANGUAGE_COOKIE_LIVES = 60 * 60 * 24 * 365


@open_to_all
@takes("GET", "POST")
@with_proof
def sign_in_link(request: HttpRequest, token: str) -> HttpResponse:
    """A link that signs in once. Looking at it uses nothing up: mail scanners look at every link."""
    if request.method != "POST":
        if not queries.sign_in_link_opens(token):
            return page(request, "people/link_used.html", status=404, kind="sign-in")
        return page(request, "people/sign_in_link.html")
    try:
        person = verbs.use_sign_in_link(token)
    except Refused:
        return page(request, "people/link_used.html", status=404, kind="sign-in")
    sign_in(request, person)
    return go(request, "/")


@before_anybody
@open_to_all
@takes("POST")
def language(request: HttpRequest) -> HttpResponse:
    """The language of this browser, for whoever has not signed in or chosen one for themself."""
    answer = go(request, safe_next(request, "/"))
    wanted = request.POST.get("language", "")
    if wanted in ("de", "en"):
        answer.set_cookie(LANGUAGE_COOKIE, wanted, max_age=LANGUAGE_COOKIE_LIVES, samesite="Lax", secure=request.is_secure())
    return answer


@open_to_all
@takes("GET", "POST")
@asks_for_mail
def join(request: HttpRequest) -> HttpResponse:
    """Somebody with an address at a domain that the house opened its door to: a code goes there. The answer is the same
    whether somebody has the address already or not."""
    if request.user.is_authenticated:
        return go(request, "/")
    if not request.house.mail_domains:  # type: ignore[attr-defined]
        return page(request, "people/join_closed.html")
    if request.method != "POST":
        return page(request, "people/join.html", form=Join())
    form = Join(request.POST)
    if form.is_valid() and not verbs.is_at_open_domain(form.cleaned_data["email"]):
        form.add_error("email", _("The door is open for addresses of this house only. With another one, ask for an invitation."))
    if not form.is_valid():
        return once_more(request, "people/join.html", form=form)
    name, email = form.cleaned_data["name"], form.cleaned_data["email"].lower()
    code = codes.begin(request, "join", name=name, email=email)
    letters.send_join_code(email, code, known=verbs.has_place(email))
    return go(request, reverse("account_signup_code"))


@open_to_all
@takes("GET", "POST")
@with_proof
@in_turn
def join_code(request: HttpRequest) -> HttpResponse:
    """The code that came by mail, and one is in."""
    waiting = codes.waiting(request, "join")
    if waiting is None:
        return go(request, reverse("account_signup"))
    if request.method != "POST":
        return page(request, "people/join_code.html", form=Code(), email=waiting["email"])
    form = Code(request.POST)
    if form.is_valid() and not codes.proves(request, "join", form.cleaned_data["code"]):
        form.add_error("code", _("That is not the code from the mail. Copy it once more, or begin again."))
    if not form.is_valid():
        return once_more(request, "people/join_code.html", form=form, email=waiting["email"])
    try:
        person = verbs.come_by_address(waiting["email"], waiting["name"])
    except verbs.Taken:  # the same code from another tab was quicker
        return go(request, reverse("account_login"))
    sign_in(request, person)
    return go(request, reverse("claim:arrived"))
