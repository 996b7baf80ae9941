"""What is looked for where nobody may find it: tokens in fields, in every form in which a channel could carry them."""

from __future__ import annotations

import base64
import gzip
import html
import io
import quopri
import re
import secrets
import zipfile
import zlib
from collections.abc import Iterator
from string import ascii_lowercase
from urllib.parse import unquote_to_bytes

_ESCAPE = re.compile(rb"\\u00([0-9a-f]{2})|\\x([0-9a-f]{2})", re.I)


def token() -> str:
    """A word of letters alone: search forgives typing errors in words."""
    return "kanari" + "".join(secrets.choice(ascii_lowercase) for _n in range(12))


def forms_of(token: str) -> list[bytes]:
    """A token as it could stand in an answer: as it is, backwards, in hexadecimal, in base64 at each of three offsets. Any
    case: answers are looked through in lower case."""
    said = token.lower().encode()
    found = [said, said.hex().encode()]
    for case in {token, token.lower(), token.upper()}:
        for offset in range(3):
            coded = base64.b64encode(b"\0" * offset + case.encode()).decode().rstrip("=")
            found.append(coded[4 if offset else 0 : -2].lower().encode())
    return found


def readings(body: bytes) -> Iterator[bytes]:
    """A body as every reader could read it, in lower case: as it is; its references, escapes and percent signs resolved; quoted
    printable; without line breaks; as UTF-16; unpacked."""
    yield body.lower()
    if b"&" in body:
        yield html.unescape(body.decode("utf-8", "replace")).encode().lower()
    if b"%" in body:
        yield unquote_to_bytes(body).lower()
    if b"\\" in body:
        yield _ESCAPE.sub(lambda found: bytes([int(found[1] or found[2], 16)]), body).lower()
    if b"=" in body:
        yield quopri.decodestring(body).lower()
    if b"\n" in body:
        yield re.sub(rb"[\r\n\t ]+", b"", body).lower()
    if b"\0" in body:
        yield body.replace(b"\0", b"").lower()
    for inner in _unpacked(body):
        yield from readings(inner)


def _unpacked(body: bytes) -> Iterator[bytes]:
    if body.startswith(b"\x1f\x8b"):
        yield gzip.decompress(body)
    elif body.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(io.BytesIO(body)) as packed:
            yield from map(packed.read, packed.namelist())
    elif body.startswith(b"%PDF"):
        for stream in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", body, re.S):
            yield zlib.decompressobj().decompress(stream)


def holds(token: str, body: bytes) -> bool:
    forms = forms_of(token)
    return any(form in reading for reading in readings(body) for form in forms)


def holding(tokens: dict[str, str], found: dict[str, bytes]) -> set[tuple[str, str]]:
    """{(name of a token, address)} of the answers that hold it: every body is read once for all tokens."""
    forms = {name: forms_of(one) for name, one in tokens.items()}
    return {
        (name, address)
        for address, body in found.items()
        for reading in readings(body)
        for name, some in forms.items()
        if any(form in reading for form in some)
    }
