"""``/live/``: what happens in the house, told to whoever has a page open. Ids only, and only to readers in reach.

Native ASGI (asgi.py routes here). A process holds one connection that listens; an open stream holds none, neither a
thread: it is one waiting coroutine and a ``Reader``. What the verbs NOTIFY (``acts.verbs.publish``, ``notices.verbs.tell``,
``people.verbs.changed``) names its reach, and the hub tells it to the readers in that reach, whose groups it knows. Each
browser then fetches the fragment it may see. Whoever was away gets what was missed, from the database (``queries.missed``);
so do all readers of a process whose listening connection was lost.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from http.cookies import CookieError, SimpleCookie
from typing import Any, TypeVar
from urllib.parse import parse_qs

import psycopg
from django.conf import settings
from django.db import connection, connections

from potluck.core import clock, database, paging
from potluck.core.answers import DATABASE_AWAY, RETRY_AFTER
from potluck.notices import queries

log = logging.getLogger(__name__)

BEAT = 20.0  # seconds between two signs of life on a quiet stream; each carries the moment up to which all was told
LOOK = 1.0  # seconds between two looks whether the sessions of the open streams still stand
LATE = 10_000_000  # microseconds: a transaction commits at most so long after the moment written in its rows
WAITING = 200  # events that a stream may lag behind; then its browser is asked to look anew
#: Two threads at most: asgi.py leaves that many pooled connections to the stream.
_threads = ThreadPoolExecutor(2, thread_name_prefix="live")
_T = TypeVar("_T")


def _now() -> int:
    return paging.micros(clock.now())


async def ask(question: Callable[..., _T], *about: Any) -> _T:
    """Asks the database in a thread that gives its connection back at once."""

    def asked() -> _T:
        try:
            return question(*about)
        finally:
            connections.close_all()

    return await asyncio.get_running_loop().run_in_executor(_threads, asked)


class Reader:
    """One open stream: who reads, and what is on its way to them."""

    __slots__ = ("session", "person", "standing", "is_guest", "groups", "send", "waiting", "sending", "open")

    def __init__(self, who: queries.Listener, send: Any) -> None:
        self.session, self.person, self.standing = who.session, who.person, who.standing
        self.is_guest, self.groups = who.is_guest, who.groups
        self.send = send
        self.waiting: list[bytes] | None = None
        self.sending, self.open = False, True

    def may_hear(self, news: dict[str, Any]) -> bool:
        """The reach of an act, as ``Act.visible_to`` says it. Nobody is told of their own doing."""
        if news.get("by") == self.person:
            return False
        if self.person == news["author"]:
            return True
        if news["reach"] == "everyone":
            return not self.is_guest or self.person in news["people"]
        if news["reach"] == "group":
            return news["group"] in self.groups or not (news["closed"] or self.is_guest)
        return self.person in news["people"]

    def tell(self, event: bytes) -> None:
        """Puts an event on its way; never waits."""
        if self.waiting is None:
            self.waiting = []
        if len(self.waiting) >= WAITING:
            self.waiting = [_event("stale", {})]
        self.waiting.append(event)
        if not self.sending:
            self.sending = True
            _keep(self._send())

    async def _send(self) -> None:
        try:
            while self.waiting and self.open:
                body, self.waiting = b"".join(self.waiting), None
                await self.send({"type": "http.response.body", "body": body, "more_body": True})
        except OSError:
            self.open = False
        finally:
            self.sending = False

    def close(self) -> None:
        if self.open:
            self.open = False
            _keep(self.send({"type": "http.response.body", "body": b"", "more_body": False}))


_tasks: set[asyncio.Task] = set()


def _keep(coroutine: Any) -> None:
    """The loop keeps only weak references to its tasks."""
    task = asyncio.get_running_loop().create_task(coroutine)
    _tasks.add(task)
    task.add_done_callback(_tasks.discard)


def _event(name: str, data: dict[str, Any], cursor: int | None = None) -> bytes:
    place = f"id: {cursor}\n" if cursor else ""
    return f"event: {name}\n{place}data: {json.dumps(data)}\n\n".encode()


def act_event(news: dict[str, Any]) -> bytes:
    """What leaves: the key of the act, of what it is on, and whether it is new, changed or gone. No person, no words."""
    return _event("act", {key: news[key] for key in ("act", "on", "what") if key in news})


NOTICE = _event("notice", {})


class Hub:
    """All open streams of this process."""

    def __init__(self) -> None:
        self.readers: set[Reader] = set()
        self.heard = _now()  # up to here everything was told
        self.listens = False
        self.looks = asyncio.Event()
        self.tasks = [asyncio.ensure_future(run()) for run in (self.listen, self.look, self.beat)]

    # --- what the database says -----------------------------------------------------------------------------------

    async def listen(self) -> None:
        """Listens for ever; after a loss it empties the pool, whose connections are dead too, and tells what was missed."""
        patience = 0.1
        while True:
            try:
                async with await psycopg.AsyncConnection.connect(**_address(), autocommit=True) as ear:
                    await ear.execute("listen potluck")
                    await self.catch_up()
                    patience, self.listens = 0.1, True
                    async for notify in ear.notifies():
                        self.hear(notify.payload)
            except Exception as problem:  # whatever it is: the ear comes back
                log.warning("the stream lost its ear: %s", str(problem).strip() or type(problem).__name__)
            self.listens = False
            await asyncio.sleep(patience)
            patience = min(2.0, patience * 2)
            with contextlib.suppress(Exception):
                await ask(database.drain)

    def hear(self, payload: str) -> None:
        news = json.loads(payload)
        if "act" in news:
            event = act_event(news)
            for reader in self.readers:
                if reader.may_hear(news):
                    reader.tell(event)
        elif "notices" in news:
            told = set(news["notices"])
            for reader in self.readers:
                if reader.person in told:
                    reader.tell(NOTICE)
        elif "person" in news:
            _keep(self.refresh([reader for reader in self.readers if reader.person == news["person"]]))
            self.looks.set()
        elif "group" in news:
            _keep(self.refresh(list(self.readers)))

    async def catch_up(self) -> None:
        """After the ear came back: whoever lost their access goes, the others get what was missed meanwhile."""
        await self.refresh(list(self.readers))
        since = self.heard - LATE
        self.heard = _now()
        for reader in list(self.readers):
            await self.tell_missed(reader, since)

    async def tell_missed(self, reader: Reader, since: int) -> None:
        for event in await ask(missed_events, reader.person, since):
            reader.tell(event)

    # --- who may still listen ---------------------------------------------------------------------------------------

    async def refresh(self, readers: list[Reader]) -> None:
        """Learns anew in which groups readers are."""
        groups = await ask(queries.groups_of, {reader.person for reader in readers}) if readers else {}
        for reader in readers:
            reader.groups = groups.get(reader.person, frozenset())

    async def look(self) -> None:
        """Closes the streams whose session stands no more, or whose person may do less or more than when they began (their
        browser comes again and is asked again). Sessions also end without a word: by a sign-out, by their age, by hand."""
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LOOK):
                    await self.looks.wait()
            self.looks.clear()
            if readers := list(self.readers):
                try:
                    standing = await ask(queries.standing, [reader.session for reader in readers])
                except Exception as problem:  # the database is away; the ear says so too
                    log.debug("not looked: %s", problem)
                    continue
                for reader in readers:
                    if standing.get(reader.session) != reader.standing:
                        reader.close()

    async def beat(self) -> None:
        while True:
            await asyncio.sleep(BEAT)
            if self.listens:
                self.heard = _now()
            sign = f"id: {self.heard}\n\n".encode()
            for reader in self.readers:
                reader.tell(sign)


def missed_events(person: int, since: int) -> list[bytes]:
    news, notices, all_of_it = queries.missed(person, paging.moment(since))
    if not all_of_it:
        return [_event("stale", {})]
    return [*map(act_event, news), *([NOTICE] if notices else [])]


def _address() -> dict[str, Any]:
    """How Django reaches the database, for a connection of our own."""
    wanted = connection.get_connection_params()
    ours = {key: value for key, value in wanted.items() if key not in ("cursor_factory", "context", "prepare_threshold")}
    return {"keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3} | ours


_hubs: dict[asyncio.AbstractEventLoop, Hub] = {}


def hub() -> Hub:
    loop = asyncio.get_running_loop()
    if loop not in _hubs:
        _hubs[loop] = Hub()
    return _hubs[loop]


def session_key(headers: list[tuple[bytes, bytes]]) -> str:
    """The session's key in the cookies of a request, or ''."""
    for name, value in headers:
        if name == b"cookie":
            with contextlib.suppress(CookieError):
                if morsel := SimpleCookie(value.decode("latin-1")).get(settings.SESSION_COOKIE_NAME):
                    return morsel.value
    return ""


def since(scope: dict[str, Any]) -> int | None:
    """Up to where the browser was told: ``Last-Event-ID``, else the moment its page was made (``?since=``)."""
    said = dict(scope["headers"]).get(b"last-event-id", b"").decode("latin-1")
    said = said or parse_qs(scope["query_string"].decode("latin-1")).get("since", [""])[0]
    return int(said) if said.isascii() and said.isdigit() and len(said) < 18 else None


async def stream(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """ASGI: an event stream for somebody who is signed in; 204 for others, after which a browser asks no more; 503 while the
    database is away."""
    if scope["method"] != "GET":
        await _short(send, 405)
        return
    key = session_key(scope["headers"])
    try:
        who = await ask(queries.listener, key) if key else None
    except DATABASE_AWAY:
        await _short(send, 503, (b"retry-after", RETRY_AFTER.encode()))
        return
    if who is None:
        await _short(send, 204)
        return
    here = hub()
    await send({"type": "http.response.start", "status": 200,
                "headers": [(b"content-type", b"text/event-stream; charset=utf-8"), (b"cache-control", b"no-store"),
                            (b"x-accel-buffering", b"no")]})
    reader = Reader(who, send)
    here.readers.add(reader)
    try:
        reader.tell(f"id: {here.heard}\n\n".encode())
        if (last := since(scope)) is not None:
            await here.tell_missed(reader, last - LATE)
        while (await receive())["type"] != "http.disconnect":
            pass
    finally:
        reader.open = False
        here.readers.discard(reader)


async def _short(send: Any, status: int, *headers: tuple[bytes, bytes]) -> None:
    await send({"type": "http.response.start", "status": status, "headers": [(b"cache-control", b"no-store"), *headers]})
    await send({"type": "http.response.body", "body": b""})
