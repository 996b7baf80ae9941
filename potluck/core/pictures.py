"""The art of the thank-you cards as pictures of their own, at an address that says all there is to know (the seed): a browser
keeps them for good, and a page carries none of it. They ask for nobody's name and tell nothing about any card.

The colours are those of ``static/css/tokens.css`` on paper: printed art keeps its daylight.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from django.conf import settings

from potluck.core.art import composition

FOLDER = f"{settings.STATIC_URL}art/"
_ADDRESS = re.compile(rf"{re.escape(FOLDER)}(tall/)?([A-Za-z0-9_-]{{1,40}})\.svg")
_HEADERS = [
    (b"content-type", b"image/svg+xml"),
    (b"cache-control", b"public, max-age=31536000, immutable"),
    (b"content-security-policy", b"default-src 'none'"),
    (b"x-content-type-options", b"nosniff"),
]


def address(seed: str, tall: bool = False) -> str:
    return f"{FOLDER}{'tall/' if tall else ''}{seed}.svg"


@lru_cache(maxsize=1)
def _tokens() -> tuple[dict[str, str], dict[str, str]]:
    """({token: its colour on paper}, {kind: its tone}), as the style sheet says them."""
    css = (settings.STATICFILES_DIRS[0] / "css" / "tokens.css").read_text()
    colours = dict(re.findall(r"--([a-z-]+): light-dark\((#[0-9A-F]{6}),", css))
    tones = {
        kind: tone
        for kinds, tone in re.findall(r"^ *((?:\[data-kind=.*?)) \{\s*--tint: var\(--([a-z]+)-tint\)", css, re.M)
        for kind in re.findall(r'\[data-kind="([a-z]+)"\]', kinds)
    }
    return colours, tones


def colour(paint: str, kind: str) -> str:
    """A tone by name: one of the card's kind (``dish``), one of the house (``carrot-rim``; ``carrot`` is its dish), ``page``."""
    colours, tones = _tokens()
    if paint in ("tint", "rim", "dish", "glaze"):
        return colours[f"{tones[kind]}-{paint}"]
    return colours.get(paint) or colours[f"{paint}-dish"]


@lru_cache(maxsize=256)
def drawn(seed: str, tall: bool = False) -> bytes:
    """The picture of a card as SVG."""
    card = composition(seed, tall)
    shapes = []
    for one in card.shapes:
        fill = colour(one.paint, card.kind)
        if one.form == "disc":
            shapes.append(f'<circle fill="{fill}" cx="{one.x}" cy="{one.y}" r="{one.r}"/>')
        else:
            turn = f' transform="{one.turn}"' if one.turn else ""
            shapes.append(f'<path fill="{fill}" d="{one.d}"{turn}/>')
    size = f'viewBox="0 0 {card.width} {card.height}" width="{card.width}" height="{card.height}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}>{"".join(shapes)}</svg>'.encode()


async def picture(scope: Any, receive: Any, send: Any) -> None:
    """ASGI (asgi.py routes here): the same address, the same picture, for ever."""
    found = _ADDRESS.fullmatch(scope["path"])
    status, body, headers = 404, b"", []
    if found and scope["method"] in ("GET", "HEAD"):
        status, body = 200, drawn(found[2], bool(found[1]))
        headers = [*_HEADERS, (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body if scope["method"] == "GET" else b""})
