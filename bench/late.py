"""Potluck's addresses, with a refusal that looks for what it refuses first: the control of ``bench/hidden.py``."""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse

from potluck import urls
from potluck.urls import handler400, handler500, urlpatterns

__all__ = ["handler400", "handler404", "handler500", "urlpatterns"]


def handler404(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """The same page, later where there is something: its words are looked for in everything that was written."""
    with connection.cursor() as cursor:
        cursor.execute("select key from acts_act where key = any(%s)", [request.path.split("/")])
        for (key,) in cursor.fetchall():
            cursor.execute("select count(*) from acts_act where html ilike %s", [f"%{key}%"])
    return answer(request, exception)


answer: Any = urls.handler404
