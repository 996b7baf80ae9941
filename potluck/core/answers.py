"""What a view answers: a page, a fragment, a redirect after a change, a form once more. Same words, with and without htmx."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import wraps
from typing import Any

import psycopg
from django.conf import settings
from django.contrib import messages
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import render
from django.template import engines
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language, get_language_from_request, ngettext, override
from django.utils.translation import gettext as _

from potluck.core import logs

View = Callable[..., HttpResponse]
RETRY_AFTER = "2"  # seconds after which a database that was away is usually back


class Request(HttpRequest):
    """What a view gets: whoever asks is signed in (core/middleware.py), and the house is known (people/middleware.py)."""

    user: Any
    house: Any
    unread: bool  #: whether something new waits in the inbox, where a view asked that along the way


def is_htmx(request: HttpRequest) -> bool:
    return request.headers.get("HX-Request") == "true"


def page(request: HttpRequest, template: str, status: int = 200, **context: Any) -> HttpResponse:
    return render(request, template, context, status=status)


def once_more(request: HttpRequest, template: str, **context: Any) -> HttpResponse:
    """A form that cannot be taken yet: 422, with what was typed and a sentence at the field."""
    return render(request, template, context, status=422)


def go(request: HttpRequest, to: str, said: Any = "") -> HttpResponse:
    """After a change: to another address (303; htmx: HX-Redirect), with a word on what happened."""
    if said:
        messages.success(request, said)
    if is_htmx(request):
        return HttpResponse(status=200, headers={"HX-Redirect": to})
    return HttpResponseRedirect(to, status=303)


def safe_next(request: HttpRequest, otherwise: str) -> str:
    """The address a form wants to return to, if it is in this house."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    return wanted if is_in_house(wanted) else otherwise


def is_in_house(address: str | None) -> bool:
    """Whether this is a path of this house, to any browser: no other host, however it is spelled."""
    if not address or not address.startswith("/") or not address.isprintable():
        return False
    try:
        return url_has_allowed_host_and_scheme(address, None)
    except ValueError:  # "http://[evil]/"
        return False


def takes(*allowed: str) -> Callable[[View], View]:
    """The methods a view takes; others are 405. GET includes HEAD."""
    names = {*allowed, *(["HEAD"] if "GET" in allowed else [])}

    def decorate(view: View) -> View:
        @wraps(view)
        def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.method not in names:
                return HttpResponseNotAllowed(sorted(names))
            return view(request, *args, **kwargs)

        inner.takes = sorted(allowed)  # type: ignore[attr-defined]
        return inner

    return decorate


def open_to_all(view: View) -> View:
    """A view that needs nobody to be signed in. Every other one does (core/middleware.py)."""
    view.open_to_all = True  # type: ignore[attr-defined]
    return view


def to_sign_in(request: HttpRequest) -> HttpResponse:
    """Sent to sign in, as a whole page also for htmx, and back to where one wanted to go afterwards. Whoever sent words after
    they were signed out reads them (403), so that nothing is lost; back is then the page on which they were written."""
    from urllib.parse import quote

    from django.urls import reverse

    here = request.get_full_path()
    if is_htmx(request) or request.method not in ("GET", "HEAD"):
        here = request.headers.get("HX-Current-URL") or request.headers.get("Referer", "")
    if "://" in here:
        here = "/" + here.split("://", 1)[1].partition("/")[2]
    to = reverse(settings.LOGIN_URL)
    if here not in ("", "/") and is_in_house(here):
        to += f"?next={quote(here)}"
    if is_htmx(request):
        return HttpResponse(status=200, headers={"HX-Redirect": to})
    wrote = request.method == "POST" and request.content_type == "application/x-www-form-urlencoded"  # no file is read for this
    if wrote and (typed := _typed(request)):
        return render(request, "core/not_taken.html", {"typed": typed, "to": to}, status=403)
    return HttpResponseRedirect(to)


def _error(request: HttpRequest, status: int, title: str, sentence: str) -> HttpResponse:
    return render(
        request, "core/error.html", {"title": title, "sentence": sentence, "status": status}, status=status
    )


def not_there(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: there is nothing here, or nothing for you; the same answer."""
    return _error(
        request,
        404,
        _("There is nothing here"),
        _("Perhaps it was taken back, or it is only for some. Nothing of yours is lost."),
    )


def refused(request: HttpRequest, sentence: Any) -> HttpResponse:
    """403, with the sentence of the rule."""
    return _error(request, 403, _("This is not yours to do"), str(sentence))


def expired_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for a form that was open too long or came from elsewhere: what was typed is shown, so that nothing is lost."""
    return render(request, "core/not_taken.html", {"typed": _typed(request), "to": ""}, status=403)


def _typed(request: HttpRequest) -> list[str]:
    """What somebody wrote into a form that is not taken."""
    return [
        str(value)
        for name, value in request.POST.items()
        if name not in ("csrfmiddlewaretoken", "once", "promised") and "password" not in name and len(value) > 3
    ]


def too_often(request: HttpRequest, seconds: int) -> HttpResponse:
    """429, with the time after which it is answered again."""
    minutes = -(-seconds // 60)
    sentence = ngettext(
        "That was tried too often. Try again in a minute.",
        "That was tried too often. Try again in %(minutes)d minutes.",
        minutes,
    ) % {"minutes": minutes}
    answer = _error(request, 429, _("One moment, please"), sentence)
    answer["Retry-After"] = str(seconds)
    return answer


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _error(
        request,
        400,
        _("That could not be read"),
        _(
            "What your browser sent was too large or broken. Nothing was changed. Go back, shorten it and try again."
        ),
    )


def other_host(request: HttpRequest) -> HttpResponse:
    """400 for a request that names another host: whoever it is meant for, nothing here is said to them."""
    return _plainly(
        request,
        400,
        _("That could not be read"),
        _("This house is not known by that address. Ask whoever keeps it for the right one."),
    )


def _plainly(request: HttpRequest, status: int, title: str, sentence: str) -> HttpResponse:
    """A page that asks nothing of database, session or viewer: for when one of them is what broke."""
    template = engines["jinja2"].env.get_template("core/broken.html")  # type: ignore[attr-defined]
    words = {
        "title": title,
        "sentence": sentence,
        "lang": (get_language() or "en")[:2],
        "again": request.get_full_path() if request.method in ("GET", "HEAD") else "",
        "name_it": "",
    }
    if status >= 500 and (number := logs.this_request()):
        words["name_it"] = _("If you tell somebody about it, name this number: %(number)s") % {"number": number}
    answer = HttpResponse(template.render(words), status=status)
    answer["Cache-Control"] = "no-store"
    return answer


def _language(request: HttpRequest) -> str:
    """The language of this request, also where nobody could be asked who looks: then the browser's."""
    return getattr(request, "LANGUAGE_CODE", "") or get_language_from_request(request)


#: What Django and the driver raise when PostgreSQL does not answer, goes, or has no room left for us.
DATABASE_AWAY = (OperationalError, InterfaceError, psycopg.OperationalError, psycopg.InterfaceError)


def is_away(problem: BaseException | None) -> bool:
    """Is it that the database is away? A queue of jobs, for one, says so in an exception of its own."""
    while problem is not None and not isinstance(problem, DATABASE_AWAY):
        problem = problem.__cause__
    return problem is not None


def broken(request: HttpRequest) -> HttpResponse:
    """500: logged, and said plainly. Where the database is away, whoever noticed it first, it is 503."""
    if is_away(sys.exc_info()[1]):
        return away(request)
    with override(_language(request)):
        return _plainly(
            request,
            500,
            _("Something broke on our side"),
            _("It is written down. What you typed is still in your browser: go back and try again in a moment."),
        )


def away(request: HttpRequest) -> HttpResponse:
    """503 while the database is away: nothing was changed, try again soon."""
    with override(_language(request)):
        if request.method in ("GET", "HEAD"):
            sentence = _("The table is being reset. Nothing of yours is lost: try again in a few seconds.")
        else:
            sentence = _(
                "The table is being reset. What you typed is still in your browser: go back and send it again in a few "
                "seconds. It will be here once, however often you send it."
            )
        answer = _plainly(request, 503, _("One moment, please"), sentence)
    answer["Retry-After"] = RETRY_AFTER
    return answer
