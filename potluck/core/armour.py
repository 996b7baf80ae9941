"""What every answer says to the browser about itself, whoever made it: page, error, static file, picture, stream.

It lies around the whole application (asgi.py), so that an answer of a new kind has it without knowing."""

from __future__ import annotations

from typing import Any

#: Said by every answer that does not say otherwise itself.
ALWAYS = {
    b"x-content-type-options": b"nosniff",
    b"referrer-policy": b"same-origin",
    b"cross-origin-opener-policy": b"same-origin",
    b"cross-origin-resource-policy": b"same-origin",
    b"x-frame-options": b"DENY",
    b"permissions-policy": b"camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
    b"content-security-policy": b"default-src 'none'; frame-ancestors 'none'",
    b"cache-control": b"no-store",
}
#: Said to whoever came by HTTPS: for a year they come no other way. A house on plain HTTP (a trial, one machine) must not.
BY_HTTPS = {b"strict-transport-security": b"max-age=31536000"}
#: Who serves is nobody's business.
NEVER = (b"server", b"x-powered-by")


def armoured(application: Any) -> Any:
    async def inner(scope: Any, receive: Any, send: Any) -> None:
        https = scope.get("scheme") == "https"

        async def told(message: Any) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": headers(message.get("headers", []), https)}
            await send(message)

        await application(scope, receive, told)

    return inner


def headers(given: Any, https: bool) -> list[tuple[bytes, bytes]]:
    """``given`` and what every answer says. A cookie of somebody who came by HTTPS never travels without it."""
    found = [(name.lower(), value) for name, value in given if name.lower() not in NEVER]
    if https:
        found = [(name, _secure(value) if name == b"set-cookie" else value) for name, value in found]
    there = {name for name, _value in found}
    return [*found, *((name, value) for name, value in {**ALWAYS, **(BY_HTTPS if https else {})}.items() if name not in there)]


def _secure(cookie: bytes) -> bytes:
    attributes = {part.strip().lower() for part in cookie.split(b";")[1:]}
    return cookie if b"secure" in attributes else cookie + b"; Secure"
