"""The place "Me": what others read about me, how I like it, where I am signed in, who used a right on me."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import NoReverseMatch, reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from potluck.core.answers import go, once_more, page, takes
from potluck.core.mail import has_server
from potluck.core.often import DAY, MINUTE, Limit, often, person, with_proof
from potluck.core.rules import Refused
from potluck.people import codes, letters, logwords, queries, verbs
from potluck.people.forms import Code, OwnMailbox, Profile, Settings
from potluck.people.middleware import language_for
from potluck.people.sessions import in_turn


@takes("GET")
def me(request: HttpRequest) -> HttpResponse:
    viewer: Any = request.user
    return page(
        request,
        "people/me.html",
        here="me",
        rooms=list(filter(None, map(_room, ROOMS))),
        sessions=[(one, one.session_key == request.session.session_key) for one in queries.own_sessions(viewer)],
        log=[(one.at, logwords.sentence(one, viewer)) for one in queries.own_log(viewer, 10)],
        mine=_where("pages:person", viewer.handle),
        all_log=_where("pages:log"),
        has_password=viewer.has_usable_password(),
        unproved=has_server() and queries.waits_for_proof(viewer.email or ""),
    )


#: What of one's own lies in other rooms; a room that does not exist yet is absent.
ROOMS = (
    ("notices:mail", "envelope", lambda: (_("Mail"), _("At once in working hours, or not at all."))),
    (
        "pages:waiting",
        "chat-circle",
        lambda: (_("What waits for you"), _("Questions and answers that nobody but you can go on with.")),
    ),
    (
        "thanks:mine",
        "hand-heart",
        lambda: (_("My thank-yous"), _("Received and given, and what may hang on the wall.")),
    ),
    (
        "acts:withdrawn",
        "arrow-u-up-left",
        lambda: (_("Taken back"), _("Your words of the last 30 days that you can put back.")),
    ),
    ("pages:questions", "chat-circle", lambda: (_("Open questions"), _("Questions here that still look for an answer."))),
)


def _room(one: tuple) -> dict[str, str] | None:
    route, icon, words = one
    url = _where(route)
    title, hint = words()
    return {"url": url, "icon": icon, "title": title, "hint": hint} if url else None


def _where(route: str, *args: str) -> str:
    try:
        return reverse(route, args=args)
    except NoReverseMatch:
        return ""


@takes("GET", "POST")
def profile(request: HttpRequest) -> HttpResponse:
    return _change(request, Profile, "people/profile.html", gettext_lazy("Your page says it now."))


@takes("GET", "POST")
def settings(request: HttpRequest) -> HttpResponse:
    return _change(request, Settings, "people/settings.html", gettext_lazy("It is as you like it now."))


def _change(request: HttpRequest, form_of: Any, template: str, said: Any) -> HttpResponse:
    viewer: Any = request.user
    if request.method != "POST":
        now = {name: getattr(viewer, name) for name in form_of.base_fields}
        return page(request, template, here="me", form=form_of(initial=now))
    form = form_of(request.POST)
    if not form.is_valid():
        return once_more(request, template, here="me", form=form)
    verbs.change_profile(viewer, **form.cleaned_data)
    with translation.override(language_for(request)):  # which may be the one they just chose
        return go(request, reverse("people:me"), str(said))


@takes("POST")
def end_session(request: HttpRequest, key: str) -> HttpResponse:
    viewer: Any = request.user
    verbs.end_session(viewer, queries.own_session(viewer, key))
    return go(request, reverse("people:me"), _("That device is signed out."))


# Who changes their own mailbox has the house write to any address they name: not often.
@takes("GET", "POST")
@often("own-mailbox", Limit(5, MINUTE, person), Limit(20, DAY, person))
def own_mailbox(request: HttpRequest) -> HttpResponse:
    """Another mailbox of one's own, or the one that is not proved yet: a code goes there. The answer is the same whether
    somebody has it already or not. Where no mail leaves the house no code can go there: a password says that it is oneself,
    and who has none asks an administrator."""
    viewer: Any = request.user
    if not has_server():
        return _write_down(request) if viewer.has_usable_password() else _by_administrators(request)
    unproved = queries.waits_for_proof(viewer.email or "")
    known: dict[str, Any] = {"here": "me", "unproved": unproved}
    if request.method != "POST":
        begun = {"email": viewer.email} if unproved else {}
        return page(request, "people/own_mailbox.html", form=OwnMailbox(person=viewer, initial=begun), **known)
    form = OwnMailbox(request.POST, person=viewer)
    if not form.is_valid():
        return once_more(request, "people/own_mailbox.html", form=form, **known)
    email = form.cleaned_data["email"]
    letters.prove_mailbox(viewer, email, codes.begin(request, "mailbox", email=email))
    return go(request, reverse("people:own_mailbox_code"))


def _write_down(request: HttpRequest) -> HttpResponse:
    viewer: Any = request.user
    if request.method != "POST":
        return page(request, "people/own_mailbox.html", here="me", unproved=False, form=OwnMailbox(person=viewer))
    form = OwnMailbox(request.POST, person=viewer)
    if form.is_valid():
        try:
            verbs.write_down_mailbox(viewer, form.cleaned_data["email"])
        except verbs.Taken:  # whose it is, and whether it is known here, is nobody's to find out
            form.add_error("email", _("This address cannot be written down here. Whoever looks after the house can help."))
    if not form.is_valid():
        return once_more(request, "people/own_mailbox.html", here="me", unproved=False, form=form)
    said = _("%(email)s is written down. You sign in with it from now on.") % {"email": viewer.email}
    return go(request, reverse("people:me"), said)


def _by_administrators(request: HttpRequest) -> HttpResponse:
    keepers = list(queries.administrators(request.user))
    answer = page if request.method != "POST" else once_more
    return answer(request, "people/own_mailbox.html", here="me", unproved=False, form=None, keepers=keepers)


@takes("GET", "POST")
@with_proof
@in_turn
def own_mailbox_code(request: HttpRequest) -> HttpResponse:
    """The code that came to the new mailbox, and it is theirs."""
    viewer: Any = request.user
    waiting = codes.waiting(request, "mailbox")
    if waiting is None or not has_server():
        return go(request, reverse("people:own_mailbox"))
    known = {"here": "me", "email": waiting["email"]}
    if request.method != "POST":
        return page(request, "people/own_mailbox_code.html", form=Code(), **known)
    form = Code(request.POST)
    if form.is_valid() and not codes.proves(request, "mailbox", form.cleaned_data["code"]):
        form.add_error("code", _("That is not the code from the mail. Copy it once more, or begin again."))
    if not form.is_valid():
        return once_more(request, "people/own_mailbox_code.html", form=form, **known)
    try:
        verbs.move_mailbox(viewer, waiting["email"])
    except verbs.Taken as taken:  # somebody was quicker; whoever reads that mailbox may know
        raise Refused(_("Somebody in this house has this address already.")) from taken
    return go(request, reverse("people:me"), _("Your mail goes to %(email)s now.") % {"email": waiting["email"]})
