"""Django's database sessions, with the person they belong to, so that everybody can list and end their own."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth import login
from django.contrib.sessions.backends.db import SessionStore as Rows
from django.http import HttpRequest

from potluck.core import clock
from potluck.core.declared import random_key


class SessionStore(Rows):
    @classmethod
    def get_model_class(cls):  # type: ignore[no-untyped-def]
        from potluck.people.models import Session

        return Session

    def create_model_instance(self, data: dict) -> Any:
        row: Any = super().create_model_instance(data)
        row.person_id = int(data["_auth_user_id"]) if "_auth_user_id" in data else None
        row.device = data.get("device", "")
        if "began_at" in data:
            row.began_at = datetime.fromisoformat(data["began_at"])
            row.key = data["key"]
        return row


def sign_in(request: HttpRequest, person: Any) -> None:
    """This browser is ``person``'s from now on: a new session, with what tells it from their others."""
    login(request, person, backend=settings.AUTHENTICATION_BACKENDS[0])
    request.session["began_at"] = clock.now().isoformat()
    request.session["key"] = random_key()
    request.session["device"] = device(request.headers.get("User-Agent", ""))


BROWSERS = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrom", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),
    ("Windows", "Windows"),
    ("Macintosh", "Mac"),
    ("Linux", "Linux"),
)


def device(agent: str) -> str:
    """The browser's word for itself, as a person would say it: ``Firefox, Android``. Nothing else of it is kept."""
    found = [next((word for mark, word in kind if mark in agent), "") for kind in (BROWSERS, SYSTEMS)]
    return ", ".join(filter(None, found))[:40]
