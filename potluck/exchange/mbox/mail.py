"""One mail: who wrote it, when, what it answers, and its text. Nothing in a mail is trusted, least of all what it says about
itself: a charset may be wrong, a date broken, an id without its brackets.

The few headers that matter are read by hand, and so is a mail that is plain text, as nearly all are; only what has parts
goes through Python's own parser, which takes ten times as long.
"""

from __future__ import annotations

import binascii
import hashlib
import quopri
import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from email import message_from_bytes
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from email.utils import getaddresses, parsedate_tz

from potluck.exchange.mbox.pages import text_of
from potluck.exchange.words import tidy, tidy_name

HEADER = re.compile(rb"^([!-9;-~]+)[ \t]*:[ \t]*([^\n]*(?:\n[ \t][^\n]*)*)", re.MULTILINE)
QUOTED_FROM = re.compile(rb"^>(>*From )", re.MULTILINE)
ID = re.compile(r"<\s*([^<>]+?)\s*>")
ADDRESS = re.compile(r'\s*(?:"([^"\\<>]*)"|([^"<>,;:@()\\]*?))\s*<\s*([^<>@\s,;"]{1,64}@[^<>@\s,;"]{1,190})\s*>\s*$')
EMAIL = re.compile(r"[^@\s,;<>\"()]{1,64}@[^@\s,;<>\"()]+\.[^@\s,;<>\"().]+$")
#: "mira at example.org (Mira Sand)", as public archives write it.
AT = re.compile(r"([^\s@<>()]+) at ([^\s@<>()]+\.[^\s@<>()]+)(?:\s*\(([^()]*)\))?")
#: "Mira Sand via Talk", "'Mira Sand' via Talk": a list wrote its own address into From.
VIA = re.compile(r"""^['"]?(.*?)['"]?\s+(?:via|über)\s+\S.*$|^['"]?(.*?)['"]?\s*\((?:via|über)\s[^()]*\)$""", re.IGNORECASE)
SUBJECT = re.compile(
    r"^\s*(?:(?:re|aw|antw|antwort|sv|fwd?|wg)\s*(?:\[\d+\]|\(\d+\))?\s*:\s*|\[[^\[\]]{1,60}\]\s*)+", re.IGNORECASE
)
CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:+-]+)", re.IGNORECASE)
#: What everybody declares, and what therefore says nothing.
SAYS_LITTLE = {"", "us-ascii", "ascii", "iso-8859-1", "latin-1", "latin1", "windows-1252", "unknown-8bit", "x-unknown"}
LONGEST_ID = 400
LONGEST_TEXT = 1_000_000


@dataclass(frozen=True, slots=True)
class Sender:
    """Who wrote a mail: ``id`` is their address in small letters; where a list hid it, their name."""

    id: str
    name: str
    email: str


class Mail:
    """A message as it stands in the archive, below the line that begins it there; where that line is empty, nothing in it was
    changed to be kept there. What is not asked for is not read."""

    def __init__(self, raw: bytes):
        if b"\r\n" in raw:
            raw = raw.replace(b"\r\n", b"\n")
        self.first_line, _newline, self.raw = raw.partition(b"\n")
        head, _gap, self.body = self.raw.partition(b"\n\n")
        self.headers: dict[bytes, bytes] = {}
        for found in HEADER.finditer(head):
            self.headers.setdefault(found[1].lower(), found[2])

    def header(self, name: str) -> str:
        """A header on one line, not yet decoded; empty where there is none."""
        value = self.headers.get(name.encode())
        return " ".join(_decoded(value, "").split()) if value else ""

    # --- who ---

    @property
    def sender(self) -> Sender | None:
        """Who wrote it. Where the list wrote itself into From, the person stands in Reply-To or X-Original-From."""
        name, address = _address(self.header("from"))
        if not address:
            return None
        via = VIA.match(name)
        if via is None:
            return Sender(address, name, address)
        name = via[1] or via[2] or ""
        for header in ("reply-to", "x-original-from", "x-original-sender"):
            own_name, own = _address(self.header(header))
            if own and own != address and own not in self._lists:
                return Sender(own, own_name or name, own)
        return Sender(f"via:{name.lower()}", name, "") if name else None

    @property
    def _lists(self) -> set[str]:
        posted = re.findall(r"mailto:([^?>\s]+)", self.header("list-post").lower())
        return {address for address in posted if "@" in address}

    @property
    def is_automatic(self) -> bool:
        """Written by a machine: an answer while away, a bounce, what a list sends by itself."""
        said = self.header("auto-submitted").lower()
        return bool(said) and not said.startswith("no")

    @property
    def may_not_be_kept(self) -> bool:
        """Whoever wrote it asked that no archive keeps it."""
        return self.header("x-no-archive").lower().startswith("yes")

    @property
    def list_id(self) -> str:
        """The list's own id, in small letters; empty where it says none."""
        found = ID.search(self.header("list-id"))
        return tidy_name(found[1] if found else "", 190).lower()

    @property
    def list_name(self) -> str:
        said = _in_words(ID.sub("", self.header("list-id")).strip(' "'))
        return tidy_name(said, 80) or self.list_id.partition(".")[0]

    # --- which, and after which ---

    @property
    def id(self) -> str:
        """Its id; one that has none gets the same each time it is read."""
        said = _ids(self.header("message-id"))
        if said:
            return said[0]
        digest = hashlib.sha256(
            b"\0".join([*(self.headers.get(name, b"") for name in (b"from", b"date", b"subject")), self.body])
        )
        return f"sha256:{digest.hexdigest()}"

    @property
    def above(self) -> tuple[str, ...]:
        """What it may answer, the best first: what it says it answers, then what went before, the last first."""
        own = self.id
        ids = [*_ids(self.header("in-reply-to")), *reversed(_ids(self.header("references")))]
        return tuple(one for one in dict.fromkeys(ids) if one != own)[:100]

    @property
    def subject(self) -> str:
        """What it is about, without "Re:" and the list's name in brackets."""
        said = tidy_name(_in_words(self.header("subject")), 300)
        return (SUBJECT.sub("", said).strip() or said)[:200]

    def at(self, latest: datetime) -> datetime | None:
        """When: by the sender's clock; where that is broken or beyond ``latest``, by the clock of who received it."""
        told = [self.header("date"), self.header("received").rpartition(";")[2]]
        told.append(self.first_line.decode("ascii", "replace").partition(" ")[2].partition(" ")[2])
        for one in told:
            moment = _moment(one)
            if moment and _FIRST_MAIL < moment <= latest:
                return moment
        return None

    @property
    def is_from_the_future(self) -> bool:
        return bool(_moment(self.header("date")))

    # --- what ---

    def read(self) -> tuple[str, tuple[str, ...]]:
        """Its text and the names of what is attached."""
        kind = self.header("content-type").lower()
        if kind and not kind.startswith("text/"):
            return _of_parts(self._as_message())
        body = self._unquoted(self.body)
        text = _decoded(_unpacked(body, self.header("content-transfer-encoding").lower()), _charset(kind))
        return _as_text(text, kind), ()

    def _as_message(self) -> Message:
        return message_from_bytes(self._unquoted(self.raw))

    def _unquoted(self, raw: bytes) -> bytes:
        return QUOTED_FROM.sub(rb"\1", raw) if self.first_line and b">From " in raw else raw


_FIRST_MAIL = datetime(1971, 10, 1, tzinfo=UTC)


def _of_parts(message: Message) -> tuple[str, tuple[str, ...]]:
    """The first plain text, else the first page; everything else is attached."""
    plain: str | None = None
    page: str | None = None
    attached: list[str] = []
    for part in message.walk():
        if part.is_multipart():
            continue
        kind, name = part.get_content_type(), part.get_filename()
        name = tidy_name(_in_words(name), 200) if name else ""
        is_text = kind in ("text/plain", "text/html") and part.get_content_disposition() != "attachment"
        if is_text and ((kind == "text/plain" and plain is None) or (kind == "text/html" and page is None)):
            payload = part.get_payload(decode=True)
            said = str(part.get("content-type", "")).lower()
            text = _as_text(_decoded(payload if isinstance(payload, bytes) else b"", _charset(said)), said)
            if kind == "text/plain":
                plain = text
            else:
                page = text
        elif name:
            attached.append(name)
    return (plain if plain and plain.strip() else page or plain or ""), tuple(attached)


def _as_text(text: str, kind: str) -> str:
    if kind.startswith("text/html"):
        text = text_of(text[: 4 * LONGEST_TEXT])
    elif "format=flowed" in kind.replace('"', ""):
        text = _flowed(text, "delsp=yes" in kind.replace('"', ""))
    return tidy(text)[:LONGEST_TEXT]


def _flowed(text: str, drop_space: bool) -> str:
    """RFC 3676: a line that ends with a space goes on in the next of the same depth."""
    lines: list[str] = []
    depth_before, goes_on = 0, False
    for line in text.split("\n"):
        rest = line.lstrip(">")
        depth = len(line) - len(rest)
        rest = rest[1:] if rest.startswith(" ") and (depth or not rest.startswith("-- ")) else rest
        if goes_on and depth == depth_before and rest != "-- ":
            lines[-1] = (lines[-1][:-1] if drop_space else lines[-1]) + rest
        else:
            lines.append(">" * depth + (" " if depth and rest else "") + rest)
        depth_before, goes_on = depth, rest.endswith(" ") and rest != "-- "
    return "\n".join(lines)


def _unpacked(body: bytes, how: str) -> bytes:
    if "quoted-printable" in how:
        return quopri.decodestring(body)
    if "base64" in how:
        letters = re.sub(rb"[^A-Za-z0-9+/]", b"", body)
        with suppress(binascii.Error):
            return binascii.a2b_base64(letters + b"=" * (-len(letters) % 4))
    return body


def _charset(kind: str) -> str:
    found = CHARSET.search(kind)
    return found[1].lower() if found else ""


def _decoded(raw: bytes, charset: str) -> str:
    """Bytes as text: UTF-8 where it is that, whatever was declared; else as declared; else with marks for what is broken."""
    if raw.isascii() and not charset.startswith(("utf-7", "utf-16", "utf-32", "iso-2022", "hz")):
        return raw.decode("ascii")
    tries = ["utf-8", charset] if charset in SAYS_LITTLE else [charset, "utf-8"]
    for one in filter(None, tries):
        with suppress(UnicodeError, LookupError):
            return raw.decode(one)
    with suppress(LookupError, UnicodeError):
        text = raw.decode(charset if charset not in SAYS_LITTLE else "utf-8", "replace")
        broken = text.count("\ufffd")
        if broken <= sum(not sign.isascii() for sign in text) - broken:
            return text
    # More broken than whole: it was never that.
    return raw.decode("cp1252", "replace")


def _in_words(said: str) -> str:
    """A header's encoded words (RFC 2047) as text."""
    if "=?" not in said:
        return said
    try:
        parts = decode_header(said)
    except (ValueError, binascii.Error, HeaderParseError):
        return said
    return "".join(_decoded(part, (charset or "").lower()) if isinstance(part, bytes) else part for part, charset in parts)


def _address(said: str) -> tuple[str, str]:
    """(name, address in small letters) of the first address."""
    if found := ADDRESS.match(said):
        name, address = found[1] or found[2] or "", found[3]
    else:
        try:
            name, address = next(iter(getaddresses([said[:2_000]])), ("", ""))
        except (ValueError, IndexError):
            return "", ""
        if "@" not in address and (at := AT.match(said)):
            name, address = at[3] or "", f"{at[1]}@{at[2]}"
    address = tidy_name(address, 254).lower()
    name = tidy_name(_in_words(name), 200).strip("\"' ")
    return (name if name.lower() != address else ""), (address if EMAIL.match(address) else "")


def _ids(said: str) -> list[str]:
    """The ids in a header: what stands in angle brackets; where there are none, the first word."""
    found = ID.findall(said) if "<" in said else said.split()[:1]
    return [_kept(one) for one in found]


def _kept(one: str) -> str:
    one = tidy_name("".join(one.split()), 2_000)
    return one if len(one) <= LONGEST_ID else f"sha256:{hashlib.sha256(one.encode()).hexdigest()}"


def _moment(said: str) -> datetime | None:
    try:
        parts = parsedate_tz(said)
        if parts is None:
            return None
        year, month, day, hour, minute, second, _week, _year_day, _dst, east = parts
        zone = timezone(timedelta(seconds=east)) if east and abs(east) < 86_400 else UTC
        return datetime(year, month, day, hour, minute, min(second, 59), tzinfo=zone).astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
