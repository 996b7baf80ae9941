"""Walks every page that somebody can reach, as their browser would, and looks for words that they must not read."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable
from typing import Any
from urllib.parse import urldefrag, urljoin, urlsplit

from django.test import Client

from potluck.people.models import Person

#: Addresses that end something, serve files or need another kind of asking.
LEAVE_ALONE = re.compile(r"^/(static|live|accounts/logout|accounts/inactive)/")
_ADDRESS = re.compile(r"""(?:href|action|hx-get|hx-post|src)=["']([^"'<>]+)["']""")


def signed_in(person: Person | None, **headers: str) -> Client:
    client = Client(HTTP_HOST="localhost", HTTP_ACCEPT_LANGUAGE="de", **headers)
    if person is not None:
        client.force_login(Person.objects.get(pk=person.pk))  # as they are now: a test may have changed them
    return client


def heads(answer: Any) -> bytes:
    """What an answer says beside its body: headers and cookies."""
    return repr(sorted(answer.headers.items())).encode() + answer.cookies.output().encode()


def crawl(person: Person | None, start: Iterable[str] = ("/",), most: int = 400, **headers: str) -> dict[str, bytes]:
    """{address: body and head} of everything reached by links from ``start``, GET only, redirects included, errors too.
    ``HTTP_HX_REQUEST="true"``: the fragments instead of the pages."""
    client = signed_in(person, **headers)
    queue, seen, found = deque(start), set(start), {}
    while queue and len(found) < most:
        address = queue.popleft()
        answer = client.get(address)
        assert answer.status_code < 500, (address, answer.status_code)
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]
        found[address] = body + heads(answer)
        links = _ADDRESS.findall(body.decode("utf-8", "replace")) + [answer.headers.get("Location", "")]
        for link in links:
            here = urldefrag(urljoin(f"http://localhost{address}", link.replace("&amp;", "&")))[0]
            parts = urlsplit(here)
            path = parts.path + (f"?{parts.query}" if parts.query else "")
            if parts.netloc == "localhost" and path not in seen and not LEAVE_ALONE.match(path):
                seen.add(path)
                queue.append(path)
    return found
