"""What every answer of the real process says about itself: pages, errors, static files, pictures, the stream; by HTTP and
behind a proxy that speaks HTTPS."""

from __future__ import annotations

import http.client
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.urls import reverse

from potluck.core.armour import ALWAYS, BY_HTTPS, headers
from tests import crawl, make
from tests.test_routes import blank, routes

#: As a reverse proxy on this machine says it.
BY_PROXY = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.7"}
COMMON = {name.decode(): value.decode() for name, value in ALWAYS.items()}
#: What a browser may keep, and nothing of it is anybody's: by its beginning.
KEPT = ("/static/",)


def ask(server: str, path: str, method: str = "GET", **said: str) -> http.client.HTTPResponse:
    """One request as it stands: no cookie jar, no redirects. The stream is left after its head."""
    line = http.client.HTTPConnection("127.0.0.1", urlsplit(server).port, timeout=20)
    line.request(method, path, headers={"Host": "localhost", **said})
    answer = line.getresponse()
    if answer.getheader("Content-Type", "").startswith("text/event-stream"):
        line.close()
    return answer


def cookie_of(person) -> str:
    client = crawl.signed_in(person)
    return f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"


def everywhere() -> list[str]:
    """Every address with arguments that name nothing, and what is no Django page at all."""
    pages = [reverse(name, args=blank(name)) for name in routes()]
    others = ["/healthz", "/readyz", "/live/", "/static/css/tokens.css", "/static/nothing.css", "/static/art/0123abcd.svg",
              "/static/art/none.txt", "/nothing/", "/acts/%00/", "/people/?after=%00"]  # fmt: skip
    return [*pages, "/accounts/login/", "/accounts/password/reset/", *others]


def lacking(path: str, answer: http.client.HTTPResponse, https: bool = False) -> list[str]:
    wrong = []
    for name, value in COMMON.items():
        said = answer.getheader(name, "")
        if name == "content-security-policy" and "default-src 'none'" in said and "unsafe" not in said:
            continue
        if name == "cache-control" and answer.status == 200 and path.startswith(KEPT):
            continue
        if said != value and not (name == "cache-control" and "no-store" in said):
            wrong.append(f"{path} ({answer.status}): {name}: {said or 'nothing'}")
    if answer.getheader("Server") or answer.getheader("X-Powered-By"):
        wrong.append(f"{path}: says who serves")
    if (answer.getheader("Strict-Transport-Security") is not None) is not https:
        wrong.append(f"{path}: HSTS is wrong")
    for cookie in answer.headers.get_all("Set-Cookie", []):
        parts = {part.strip().lower() for part in cookie.split(";")}
        if ("secure" in parts) is not https or "samesite=lax" not in parts:
            wrong.append(f"{path}: {cookie}")
        if cookie.startswith((settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME)) and "httponly" not in parts:
            wrong.append(f"{path}: {cookie}")
    return wrong


@pytest.mark.slow
def test_every_answer_says_what_a_browser_may_do_with_it(server):
    make.administrator()
    member = {"Cookie": cookie_of(make.person())}
    wrong, seen = [], set()
    for path in everywhere():
        for who in ({}, member):
            for https in (False, True):
                answer = ask(server, path, **who, **(BY_PROXY if https else {}))
                seen.add(answer.status)
                wrong += lacking(path, answer, https)
    assert wrong == []
    assert {200, 204, 302, 400, 404, 405} <= seen, "the control: answers of every sort were looked at"


@pytest.mark.slow
def test_the_cookies_of_somebody_who_comes_by_https_never_travel_without_it(server):
    """Signing in through a proxy on this machine: the session's cookie, the form's, what was said, light and language."""
    person = make.person()
    link = make.people.make_sign_in_link(person)
    for said, is_secure in (({}, False), (BY_PROXY, True)):
        form = ask(server, "/accounts/login/", **said)
        cookies = form.headers.get_all("Set-Cookie")
        assert cookies and all(("; Secure" in cookie) is is_secure for cookie in cookies)
    form = ask(server, link, **BY_PROXY)
    csrf = form.getheader("Set-Cookie", "").partition(";")[0]
    token = csrf.partition("=")[2]
    more = {"Cookie": csrf, "X-CSRFToken": token, "Origin": "https://localhost"}
    answer = ask(server, link, "POST", **more, **BY_PROXY)
    assert answer.status == 303
    [session] = [one for one in answer.headers.get_all("Set-Cookie") if one.startswith(settings.SESSION_COOKIE_NAME)]
    assert {"Secure", "HttpOnly", "SameSite=Lax"} <= {part.strip() for part in session.split(";")}


@pytest.mark.slow
def test_a_form_from_http_or_from_elsewhere_is_refused_behind_https(server):
    person = make.person()
    for origin in ("http://localhost", "https://evil.example", "null", "https://localhost.evil.example"):
        link = make.people.make_sign_in_link(person)
        csrf = ask(server, link, **BY_PROXY).getheader("Set-Cookie", "").partition(";")[0]
        more = {"Cookie": csrf, "X-CSRFToken": csrf.partition("=")[2], "Origin": origin}
        assert ask(server, link, "POST", **more, **BY_PROXY).status == 403, origin


@pytest.mark.slow
def test_another_host_gets_nothing(server):
    """Neither the name asked for nor what a proxy is said to have been asked for comes back in a page or a redirect."""
    for path in ("/", "/accounts/login/", "/accounts/password/reset/", "/invite/"):
        answer = ask(server, path, Host="evil.example")
        assert answer.status == 400 and b"evil.example" not in answer.read()
        for name in ("X-Forwarded-Host", "X-Host", "Forwarded", "X-Original-URL", "X-Rewrite-URL"):
            answer = ask(server, path, **{name: "host=evil.example" if name == "Forwarded" else "evil.example"})
            assert answer.status in (200, 302)
            assert b"evil.example" not in answer.read() and "evil" not in answer.getheader("Location", "")
    for odd in ("localhost:0@evil.example", "localhost.evil.example", "evil.example:80", "[::1]evil", "localhost\tevil"):
        assert ask(server, "/accounts/login/", Host=odd).status == 400, odd


def test_what_an_answer_says_itself_stands_and_a_bare_one_is_dressed():
    """Positive control: without the armour there is nothing of it."""
    bare = [(b"Set-Cookie", b"a=b; Path=/"), (b"Server", b"uvicorn"), (b"Cache-Control", b"public")]
    dressed = headers(bare, https=True)
    assert (b"set-cookie", b"a=b; Path=/; Secure") in dressed and (b"cache-control", b"public") in dressed
    assert {name for name, _value in dressed} >= {*ALWAYS, *BY_HTTPS} and b"server" not in dict(dressed)
    assert dict(headers(bare, https=False))[b"set-cookie"] == b"a=b; Path=/"
    assert b"strict-transport-security" not in dict(headers(bare, https=False))
    assert headers([(b"set-cookie", b"a=b; Secure")], https=True)[0] == (b"set-cookie", b"a=b; Secure")
