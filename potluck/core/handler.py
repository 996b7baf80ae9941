"""Django's WSGI handler, with one patience: a page whose database went away underneath is made once more.
Each answer is a line of the log (``core/logs.py``)."""
from __future__ import annotations

from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.db import connection
from django.http.response import HttpResponseBase

from potluck.core import logs

SAFE = ("GET", "HEAD")  # what changes nothing may be asked twice


class Handler(WSGIHandler):
    def get_response(self, request: WSGIRequest) -> HttpResponseBase:  # type: ignore[override]
        began = logs.begin()
        response = super().get_response(request)
        if response.status_code >= 500 and request.method in SAFE and _lost():
            connection.close()
            request = WSGIRequest(request.environ)
            response = super().get_response(request)
        logs.end(request, response, began)
        return response


def _lost() -> bool:
    """Was there a connection to PostgreSQL, and is it dead?"""
    return connection.connection is not None and connection.errors_occurred and not connection.is_usable()
