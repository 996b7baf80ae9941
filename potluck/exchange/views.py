"""The administrator's page of history: how to bring it, and what came."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from potluck.core.answers import page, takes
from potluck.exchange import queries


@takes("GET")
def imports(request: HttpRequest) -> HttpResponse:
    return page(
        request, "exchange/imports.html", past=queries.past_imports(request.user), command=queries.command()
    )
