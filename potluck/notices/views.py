"""The inbox, and how one is told by mail."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from potluck.core import paging
from potluck.core.answers import Request, go, is_htmx, once_more, open_to_all, page, takes
from potluck.notices import letters, queries, verbs
from potluck.notices.forms import MailForm


@takes("GET", "POST")
def inbox(request: Request) -> HttpResponse:
    """GET: what was told, newest first. POST: all of it is read."""
    viewer = request.user
    if request.method == "POST":
        verbs.read_all(viewer)
        return go(request, reverse("notices:inbox"), _("All read."))
    before = paging.before(request.GET.get("before"))
    rows, older = paging.page(queries.inbox(viewer, before, queries.PAGE + 1), queries.PAGE)
    template = "notices/_rows.html" if is_htmx(request) else "notices/inbox.html"
    some_new = request.unread = any(row.is_new for row in rows) or queries.has_unread(viewer)
    return page(request, template, here="inbox", rows=rows, older=older, is_first=before is None, some_new=some_new)


@takes("POST")
def seen(request: Request) -> HttpResponse:
    """What lay open when it was told (``cause``) is read; the answer is the mark beside the inbox, or nothing."""
    viewer = request.user
    if cause := request.POST.get("cause", ""):
        verbs.read(viewer, cause)
    return page(request, "notices/_news.html")


@takes("GET")
def opened(request: Request, key: str) -> HttpResponse:
    """To the cause of a notice; all that was told about it is read then."""
    viewer = request.user
    notice = queries.one(viewer, key)
    if request.method == "GET":
        verbs.read(viewer, notice.cause)
    return go(request, queries.place(notice))


@takes("GET", "POST")
def by_mail(request: Request) -> HttpResponse:
    viewer = request.user
    posted = request.POST if request.method == "POST" else None
    form = MailForm(posted, initial={"mail": queries.mail_choice(viewer)})
    if request.method != "POST":
        return page(request, "notices/mail_choice.html", here="me", form=form)
    if not form.is_valid():
        return once_more(request, "notices/mail_choice.html", here="me", form=form)
    verbs.choose_mail(viewer, form.cleaned_data["mail"])
    return go(request, reverse("notices:mail"), _("Kept."))


@csrf_exempt  # the mail program posts on its own, without cookies; the token in the address is the right to do it
@open_to_all
@takes("GET", "POST")
def unsubscribe(request: Request, token: str) -> HttpResponse:
    """No more mail to whoever got this link. Opening it changes nothing: programs open links too."""
    person = letters.unsubscriber(token)
    if request.method == "POST":
        verbs.choose_mail(person, "off")
    return page(request, "notices/unsubscribe.html", done=request.method == "POST")
