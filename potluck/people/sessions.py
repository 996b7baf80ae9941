"""Django's database sessions, with the person they belong to, so that everybody can list and end their own."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, get_user, login
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.db import SessionStore as Rows
from django.db import connection
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from potluck.core import clock, rows


class SessionStore(Rows):
    @classmethod
    def get_model_class(cls):  # type: ignore[no-untyped-def]
        from potluck.people.models import Session

        return Session

    #: Who this session belongs to and the house, read with the session in one statement; None where that found nobody.
    person: Any = None
    house: Any = None

    def _get_session_from_db(self) -> Any:
        """The session, its person and the house in one statement: every page needs all three."""
        from potluck.people.models import House, Person, Session, Unit

        found = None
        with connection.cursor() as cursor:
            cursor.execute(_looking(), {"key": self.session_key, "now": timezone.now()})
            found = cursor.fetchone()
        if found is None:
            self._session_key = None
            return None
        session, self.person, unit, self.house = rows.instances(found, Session, Person, Unit, House)
        if self.person is not None:
            self.person.unit = unit
        return session

    def create_model_instance(self, data: dict) -> Any:
        row: Any = super().create_model_instance(data)
        row.person_id = int(data["_auth_user_id"]) if "_auth_user_id" in data else None
        row.device = data.get("device", "")
        if "began_at" in data:
            row.began_at = datetime.fromisoformat(data["began_at"])
        # Its name in addresses follows from the secret, never the other way round; a new secret is a new name, since for
        # a moment both rows exist.
        row.key = sha256(row.session_key.encode()).hexdigest()[:16]
        return row


@cache
def _looking() -> str:
    from potluck.people.models import House, Person, Session, Unit

    return (
        f"select {rows.columns(s=Session, p=Person, u=Unit, h=House)} from people_session s left join people_house h on true "
        "left join people_person p on p.id = s.person_id left join people_unit u on u.id = p.unit_id "
        "where s.session_key = %(key)s and s.expire_date > %(now)s"
    )


def who_looks(request: HttpRequest) -> Any:
    """The person of this request's session, or nobody. As Django decides it (the session must have begun with the password
    that holds today, and access must be open), from the row that came with the session; else Django asks once more."""
    session: Any = request.session
    owner, proof = session.get(SESSION_KEY), session.get(HASH_SESSION_KEY)
    person = session.person
    if person is None or owner != str(person.pk) or session.get(BACKEND_SESSION_KEY) not in settings.AUTHENTICATION_BACKENDS:
        return get_user(request)
    if not person.is_active:
        return AnonymousUser()
    if proof and constant_time_compare(proof, person.get_session_auth_hash()):
        return person
    return get_user(request)


def sign_in(request: HttpRequest, person: Any) -> None:
    """This browser is ``person``'s from now on: a new session, with what tells it from their others."""
    login(request, person, backend=settings.AUTHENTICATION_BACKENDS[0])
    request.session["began_at"] = clock.now().isoformat()
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
