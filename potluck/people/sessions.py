"""Django's database sessions, with the person they belong to, so that everybody can list and end their own."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from functools import cache, wraps
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, get_user, login
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.db import SessionStore as Rows
from django.db import connection, transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.http import base36_to_int

from potluck.core import clock, rows
from potluck.people import known


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
    known.greet(request, person)


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


def hold(uidb36: str) -> None:
    """Locks the row of whoever a link to a new password names, in the transaction of who asks."""
    from potluck.people.models import Person

    with suppress(ValueError, OverflowError):
        list(Person.objects.select_for_update(no_key=True).filter(pk=min(base36_to_int(uidb36), 2**62)).values_list("pk"))


def turn(request: HttpRequest, key: str | None) -> None:
    """Waits until nobody else is at this session, and reads it as it is then; whoever was quicker may have a new one."""
    from potluck.people.models import Session

    if key is None or not Session.objects.select_for_update().filter(pk=key).exists():
        request.session.flush()
    else:
        request.session._session_cache = request.session.load()  # type: ignore[attr-defined]


def in_turn(view: Any) -> Any:
    """POSTs of one session one after the other, each with what the one before left: what waits in a session to be proved by a
    code is used once, and tried as often as it may be, however many come at the same moment."""

    @wraps(view)
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if request.method != "POST":
            return view(request, *args, **kwargs)
        key = request.session.session_key
        with transaction.atomic():
            turn(request, key)
            answer = view(request, *args, **kwargs)
            if request.session.modified:
                request.session.save()
                # Written here, before the next in turn reads it; a new key still has to be told to the browser.
                request.session.modified = request.session.session_key != key
        return answer

    return inner
