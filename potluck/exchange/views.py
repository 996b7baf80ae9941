"""The administrator's page of history: how to bring it, what is on its way, and what came."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from potluck.core.answers import go, is_htmx, page, takes
from potluck.core.often import DAY, MINUTE, Limit, often, person
from potluck.core.rules import require
from potluck.core.uploads import ToDisk
from potluck.exchange import queries, uploading, withdrawing
from potluck.exchange.forms import Brought

MB = 1024**2


@takes("GET")
def imports(request: HttpRequest) -> HttpResponse:
    return _imports(request)


def _imports(request: HttpRequest, status: int = 200, **more: Any) -> HttpResponse:
    known: dict[str, Any] = {
        "past": queries.past_imports(request.user),
        "command": queries.command(),
        "upload": queries.upload(request.user),
        "most": uploading.LARGEST // MB,
        "form": None,
        "source": "",
        "no_room": "",
        "is_too_large": False,
    }
    return page(request, "exchange/imports.html", status=status, **known | more)


@csrf_exempt  # the token stands in the form, and whether the form may be read is asked first: ``_receive`` checks it
@takes("POST")
@often("bring-history", Limit(10, MINUTE, person), Limit(60, DAY, person))  # half a gigabyte at a time
def uploads(request: HttpRequest) -> HttpResponse:
    """A file comes in: who may, how large and whether there is room is asked before a byte of it is read."""
    viewer: Any = request.user
    require(viewer, "imports.bring")
    size = request.META.get("CONTENT_LENGTH") or ""
    if not size.isdecimal() or int(size) > uploading.LARGEST + uploading.FORM:
        return _imports(request, status=413, is_too_large=True)
    try:
        with uploading.received(viewer, int(size)) as folder:
            request.upload_handlers = [ToDisk(folder, uploading.LARGEST)]
            return _receive(request)
    except uploading.NoRoom as full:
        return _imports(request, status=409, no_room=full.sentence)


@csrf_protect
def _receive(request: HttpRequest) -> HttpResponse:
    viewer: Any = request.user
    form = Brought(request.POST, request.FILES)
    if not form.is_valid():
        return _imports(request, status=422, source=request.POST.get("source", ""), form=form)
    uploading.take(viewer, form.cleaned_data["source"], form.cleaned_data["file"].path, **form.wishes)
    return go(request, f"{reverse('exchange:imports')}#upload")


@takes("GET")
def upload(request: HttpRequest, key: str) -> HttpResponse:
    """How far a file is, which its page asks for every two seconds."""
    found = queries.upload(request.user, key)
    if found is None:
        raise Http404
    if not is_htmx(request):
        return go(request, f"{reverse('exchange:imports')}#upload")
    return page(request, "exchange/_upload.html", upload=found)


@takes("GET", "POST")
def withdrawal(request: HttpRequest, key: str) -> HttpResponse:
    """One question that says what goes, and the answer to it."""
    found = queries.withdrawal(request.user, key)
    if request.method != "POST":
        return page(request, "exchange/withdrawal.html", one=found)
    viewer: Any = request.user
    withdrawing.ask(viewer, found.past)
    return go(request, reverse("exchange:imports"), _("It is being taken back. That may take a minute."))
