"""An open stream, as a browser holds it, for tests against the real server."""

from __future__ import annotations

import json
import socket
import time
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.test import Client


def cookie_of(person: Any) -> str:
    """Signs somebody in and returns the session's key."""
    client = Client()
    client.force_login(person)
    return client.cookies[settings.SESSION_COOKIE_NAME].value


class Stream:
    """``GET /live/`` over a plain socket. ``events`` are ``(name, data, id)``, in the order they came."""

    def __init__(self, server: str, session: str, *, last: str = "", since: str = "") -> None:
        at = urlsplit(server)
        self.socket = socket.create_connection(("127.0.0.1", at.port), 5)
        path = "/live/" + (f"?since={since}" if since else "")
        head = f"GET {path} HTTP/1.1\r\nHost: {at.netloc}\r\nCookie: {settings.SESSION_COOKIE_NAME}={session}\r\n"
        head += f"Last-Event-ID: {last}\r\n" if last else ""
        self.socket.sendall((head + "\r\n").encode())
        self.raw, self.ended = b"", False
        self._read_until(lambda: b"\r\n\r\n" in self.raw, 5)
        self.status = int(self.raw.split(b" ", 2)[1])
        self._rest = self.raw.partition(b"\r\n\r\n")[2]
        if self.status == 200:
            self.wait(lambda: self.last_id)

    def _read_until(self, there: Any, seconds: float) -> bool:
        deadline = time.monotonic() + seconds
        while not there():
            left = deadline - time.monotonic()
            if left <= 0 or self.ended:
                return bool(there())
            self.socket.settimeout(left)
            try:
                some = self.socket.recv(65536)
            except TimeoutError:
                return bool(there())
            except ConnectionError:
                some = b""
            if some:
                self.raw += some
            else:
                self.ended = True
        return True

    @property
    def text(self) -> str:
        """The body so far, its chunks put together."""
        rest, body = self.raw.partition(b"\r\n\r\n")[2], b""
        while b"\r\n" in rest:
            size, _, rest = rest.partition(b"\r\n")
            length = int(size, 16)
            body, rest = body + rest[:length], rest[length + 2 :]
            if length == 0:
                self.ended = True
        return body.decode()

    @property
    def events(self) -> list[tuple[str, Any]]:
        found = []
        for block in self.text.split("\n\n"):
            fields = dict(line.split(": ", 1) for line in block.splitlines() if ": " in line)
            if "event" in fields:
                found.append((fields["event"], json.loads(fields["data"])))
        return found

    @property
    def last_id(self) -> str:
        ids = [line[4:] for line in self.text.splitlines() if line.startswith("id: ")]
        return ids[-1] if ids else ""

    @property
    def acts(self) -> list[tuple[str, str]]:
        """``(what, key)`` of the acts told so far."""
        return [(data["what"], data["act"]) for name, data in self.events if name == "act"]

    def wait(self, there: Any, seconds: float = 5) -> bool:
        return self._read_until(there, seconds)

    def hears(self, key: str, what: str = "new", seconds: float = 5) -> bool:
        return self.wait(lambda: (what, key) in self.acts, seconds)

    def is_closed_within(self, seconds: float) -> bool:
        return self.wait(lambda: self.text is None or self.ended, seconds)

    def close(self) -> None:
        self.socket.close()
