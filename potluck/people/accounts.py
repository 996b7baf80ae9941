"""The addresses below /accounts/: allauth's views, those that this house has a use for. A form that cannot be taken is 422."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account import views as allauth
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import path, re_path, reverse

from potluck.core.answers import go, once_more, open_to_all, page
from potluck.core.mail import has_server
from potluck.core.often import MINUTE, Limit, asks_for_mail, often, person, with_proof
from potluck.people.known import signs_in
from potluck.people.sessions import hold, in_turn
from potluck.people.views import doors


def asks(view: Callable[..., Any]) -> Callable[..., HttpResponse]:
    @wraps(view)
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        answer = view(request, *args, **kwargs)
        form = (getattr(answer, "context_data", None) or {}).get("form")
        if request.method == "POST" and answer.status_code == 200 and form is not None and form.is_bound and form.errors:
            answer.status_code = 422
        return answer

    return inner


def where_mail_goes_out(instead: Callable[[HttpRequest], HttpResponse]) -> Callable[..., Any]:
    """A page that mails, or says that a mail is on its way. Where none goes out nothing is made, and ``instead`` answers."""

    def decorate(view: Callable[..., Any]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            return view(request, *args, **kwargs) if has_server() else instead(request)  # type: ignore[no-any-return]

        return inner

    return decorate


def by_mail(template: str) -> Callable[..., Any]:
    """A form whose answer is a mail; where none goes out the page says what helps instead."""
    return where_mail_goes_out(lambda request: (once_more if request.method == "POST" else page)(request, template))


def after_a_mail(asking: str) -> Callable[..., Any]:
    """A page for whoever waits for a mail; where none goes out it leads to where one would have asked (``asking``)."""
    return where_mail_goes_out(lambda request: go(request, reverse(asking)))


#: Whoever sits at a browser left open guesses at the old password, and has the person told of a new one.
knows_the_old = often("knows-the-old", Limit(5, MINUTE, person))


def one_after_the_other(view: Callable[..., Any]) -> Callable[..., HttpResponse]:
    """Of many who choose a new password by one link at the same moment one succeeds: the others wait for the person's row,
    and then find the link used."""

    @wraps(view)
    def inner(request: HttpRequest, uidb36: str, key: str) -> HttpResponse:
        if request.method != "POST":
            return view(request, uidb36=uidb36, key=key)
        with transaction.atomic():
            hold(uidb36)
            return view(request, uidb36=uidb36, key=key)

    return inner


urlpatterns = [
    path("login/", open_to_all(signs_in(asks(allauth.login))), name="account_login"),
    path(
        "login/code/",
        open_to_all(by_mail("account/request_login_code.html")(asks_for_mail(asks(allauth.request_login_code)))),
        name="account_request_login_code",
    ),
    path(
        "login/code/confirm/",
        open_to_all(after_a_mail("account_request_login_code")(with_proof(in_turn(asks(allauth.confirm_login_code))))),
        name="account_confirm_login_code",
    ),
    path("logout/", open_to_all(allauth.logout), name="account_logout"),
    path("inactive/", open_to_all(allauth.account_inactive), name="account_inactive"),
    path("signup/", open_to_all(by_mail("people/join.html")(doors.join)), name="account_signup"),
    path("signup/code/", open_to_all(after_a_mail("account_signup")(doors.join_code)), name="account_signup_code"),
    path("password/change/", knows_the_old(asks(allauth.password_change)), name="account_change_password"),
    path("password/set/", knows_the_old(asks(allauth.password_set)), name="account_set_password"),
    path(
        "password/reset/",
        open_to_all(by_mail("account/password_reset.html")(asks_for_mail(asks(allauth.password_reset)))),
        name="account_reset_password",
    ),
    path(
        "password/reset/done/",
        open_to_all(after_a_mail("account_reset_password")(allauth.password_reset_done)),
        name="account_reset_password_done",
    ),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        open_to_all(with_proof(one_after_the_other(asks(allauth.password_reset_from_key)))),
        name="account_reset_password_from_key",
    ),
    path(
        "password/reset/key/done/",
        open_to_all(allauth.password_reset_from_key_done),
        name="account_reset_password_from_key_done",
    ),
]
