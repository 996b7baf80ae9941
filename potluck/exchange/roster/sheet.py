"""The rows of a people list, whatever wrote it: encoding, separator and headings are found out, and no row is lost silently.

This module knows neither database nor web. A row that cannot be understood becomes ``Unread``, with its line and the reason.
"""

from __future__ import annotations

import codecs
import csv
import hashlib
import io
import re
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from itertools import islice
from pathlib import Path
from typing import IO

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from potluck.core.text import typed
from potluck.exchange.source import BadArchive

#: The largest list that is read, in bytes, and the longest, in rows: a hundred times a large company's.
LARGEST, MOST = 100 * 1024**2, 500_000
SEPARATORS = ";,\t|"
#: How much is looked at to find the heading, in lines.
HEAD = 20

#: What a column may be called, in German and English, without spaces and signs. Where several columns say where somebody
#: works, the first of these counts.
HEADINGS: dict[str, tuple[str, ...]] = {
    "email": (
        "email", "emailadresse", "emailaddress", "mail", "mailadresse", "mailaddress", "adresse", "address", "workemail",
        "dienstlicheemail", "primaryemail", "emailwork", "emaildienstlich", "geschaeftlicheemail", "userprincipalname",
    ),
    "name": (
        "name", "vollername", "vollstaendigername", "fullname", "displayname", "anzeigename", "mitarbeiter", "mitarbeiterin",
        "mitarbeitername", "employee", "employeename", "person",
    ),
    "first": ("vorname", "rufname", "firstname", "givenname", "forename"),
    "last": ("nachname", "familienname", "zuname", "lastname", "surname", "familyname"),
    "unit": (
        "bereich", "unit", "einheit", "organisationseinheit", "orgunit", "abteilung", "department", "team", "standort", "site",
        "location", "ort", "division", "office",
    ),
    "id": (
        "personalnummer", "personalnr", "persnr", "pnr", "mitarbeiternummer", "mitarbeiternr", "mitarbeiterid", "employeeid",
        "employeenumber", "personnelnumber", "staffid", "id",
    ),
    "status": ("status", "state", "zustand"),
    "active": ("aktiv", "active", "isactive", "accountenabled", "enabled"),
    "left": (
        "austritt", "austrittsdatum", "austrittam", "ausgetretenam", "letzterarbeitstag", "left", "leftat", "leavingdate",
        "leaves", "enddate", "terminationdate", "lastday", "ende",
    ),
}  # fmt: skip
GONE = {
    "left", "gone", "inactive", "inaktiv", "ausgeschieden", "ausgetreten", "terminated", "deactivated", "deaktiviert", "disabled",
    "leaver", "former", "ehemalig", "gekündigt", "gesperrt", "retired", "im ruhestand",
}  # fmt: skip
NO = {"no", "nein", "n", "false", "falsch", "0"}


@dataclass(frozen=True, slots=True)
class Row:
    """Somebody on the list. ``unit`` is None where the list has no such column; ``gone``: the list itself says that they left."""

    line: int
    name: str
    email: str
    unit: str | None
    id: str
    left: date | None = None
    gone: bool = False


@dataclass(frozen=True, slots=True)
class Unread:
    """A row that stays out, why, and every word in it: whom it may be about is not taken for somebody who left."""

    line: int
    reason: str
    traces: frozenset[str]


@dataclass(frozen=True, slots=True)
class Sheet:
    fingerprint: str
    rows: Iterator[Row | Unread]


@contextmanager
def opened(path: Path) -> Iterator[Sheet]:
    """The list at ``path``. Raises ``BadArchive`` with a sentence for the reader, also while the rows are read."""
    try:
        with path.open("rb") as file:
            encoding, fingerprint = _looked_at(path, file)
            file.seek(0)
            yield Sheet(fingerprint, _rows(path, io.TextIOWrapper(file, encoding, "replace", newline="")))
    except FileNotFoundError as error:
        raise BadArchive(_("There is no file at “%(path)s”.") % {"path": path}) from error
    except IsADirectoryError as error:
        raise BadArchive(_("“%(path)s” is a folder. A people list is a single CSV file.") % {"path": path}) from error
    except PermissionError as error:
        raise BadArchive(_("“%(path)s” may not be read by this account.") % {"path": path}) from error


def _looked_at(path: Path, file: IO[bytes]) -> tuple[str, str]:
    """(encoding, fingerprint): reads the file once, in pieces."""
    head = file.read(4096)
    if head.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise BadArchive(
            _("“%(path)s” is a spreadsheet. Please save it as CSV (“Save as”, then “CSV UTF-8”) and bring that file.")
            % {"path": path}
        )
    file.seek(0)
    digest, size, strict = hashlib.sha256(), 0, codecs.getincrementaldecoder("utf-8")()
    is_utf8 = True
    while chunk := file.read(1 << 20):
        digest.update(chunk)
        size += len(chunk)
        if size > LARGEST:
            raise BadArchive(
                _("“%(path)s” is larger than %(most)s MB. No people list is.") % {"path": path, "most": LARGEST // 1024**2}
            )
        if is_utf8:
            try:
                strict.decode(chunk)
            except UnicodeDecodeError:
                is_utf8 = False
    if is_utf8:
        try:
            strict.decode(b"", final=True)
        except UnicodeDecodeError:
            is_utf8 = False
    return _encoding(head, is_utf8), digest.hexdigest()


def _encoding(head: bytes, is_utf8: bool) -> str:
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    # Without a mark, every second byte of most letters is zero in UTF-16.
    if len(head) > 3 and head[1::2].count(0) > len(head) // 4:
        return "utf-16-le"
    if len(head) > 3 and head[0::2].count(0) > len(head) // 4:
        return "utf-16-be"
    return "utf-8-sig" if is_utf8 else "cp1252"


def _rows(path: Path, file: IO[str]) -> Iterator[Row | Unread]:
    def lines() -> Iterator[str]:
        begun: list[str] = []  # of a line whose end was not read yet: looked through once, however long it is
        while chunk := file.read(1 << 16):
            chunk = chunk.replace("\0", "")
            if chunk.endswith("\r"):
                chunk += file.read(1).replace("\0", "")
            *whole, rest = re.split(r"(?<=\n)|(?<=\r)(?!\n)", chunk)
            if whole:
                yield "".join([*begun, whole[0]])
                yield from whole[1:]
                begun = []
            begun.append(rest)
        if last := "".join(begun):
            yield last

    source = lines()
    head = list(islice(source, HEAD))
    start, columns, separator = _heading(path, head)

    def all_lines() -> Iterator[str]:
        yield from head[start:]
        yield from source

    reader = csv.reader(all_lines(), delimiter=separator, strict=True)
    before, count = 0, 0
    while True:
        try:
            cells = next(reader, None)
        except csv.Error as error:
            raise BadArchive(
                _("“%(path)s” breaks at line %(line)s: a quotation mark is opened there and not closed as it should be.")
                % {"path": path, "line": start + before + 1}
            ) from error
        if cells is None:
            return
        line, before = start + before + 1, reader.line_num
        if line == start + 1 or not any(cell.strip() for cell in cells):
            continue
        count += 1
        if count > MOST:
            raise BadArchive(_("“%(path)s” has more than %(most)s rows.") % {"path": path, "most": f"{MOST:,}"})
        yield _row(line, cells, columns)


def _heading(path: Path, head: list[str]) -> tuple[int, dict[str, int], str]:
    """(number of lines before the heading, {what: column}, separator): the first line that names an address or a number."""
    for start, line in enumerate(head):
        best: dict[str, int] = {}
        by = ""
        for separator in SEPARATORS:
            try:
                columns = _columns(next(csv.reader([line], delimiter=separator), []))
            except csv.Error:
                continue
            if len(columns) > len(best):
                best, by = columns, separator
        if ("email" in best or "id" in best) and ("name" in best or "first" in best or "last" in best):
            return start, best, by
    raise BadArchive(
        _(
            "“%(path)s” has no heading that names people: its first line has to say at least “Name” (or “First name” and "
            "“Last name”) and “E-mail”, separated by ; or , or tabs."
        )
        % {"path": path}
    )


def _columns(cells: list[str]) -> dict[str, int]:
    named: dict[str, int] = {}
    for number, cell in enumerate(cells):
        named.setdefault(_bare(cell), number)
    columns = {}
    for what, names in HEADINGS.items():
        for name in names:
            if name in named:
                columns[what] = named[name]
                break
    return columns


def _bare(heading: str) -> str:
    """``E-Mail-Adresse`` -> ``emailadresse``, ``Vollständiger Name`` -> ``vollstaendigername``."""
    words = unicodedata.normalize("NFC", heading).casefold()
    for umlaut, letters in (("ä", "ae"), ("ö", "oe"), ("ü", "ue")):
        words = words.replace(umlaut, letters)
    return re.sub(r"[^a-z0-9]", "", words)


def _row(line: int, cells: list[str], columns: dict[str, int]) -> Row | Unread:
    def said(what: str) -> str:
        at = columns.get(what)
        return typed(unicodedata.normalize("NFC", cells[at])) if at is not None and at < len(cells) else ""

    def unread(reason: str) -> Unread:
        words = (" ".join(typed(cell).split()).casefold() for cell in cells)
        whole = " ".join(part for part in (said("first"), said("last")) if part).casefold()
        return Unread(line, reason, frozenset(word for word in (*words, whole) if word))

    if all(_bare(cells[at]) in HEADINGS[what] for what, at in columns.items() if at < len(cells)):
        return unread("heading_again")
    name = said("name") or " ".join(part for part in (said("first"), said("last")) if part)
    name = " ".join(name.split())[:80]
    email = said("email").lower()
    if email.startswith("mailto:"):
        email = email.removeprefix("mailto:")
    number = said("id")[:100]
    if email:
        try:
            validate_email(email)
        except ValidationError:
            return unread("bad_address")
        if len(email) > 254:
            return unread("bad_address")
    elif not number:
        return unread("no_address")
    if not name:
        return unread("no_name")
    left = None
    if words := said("left"):
        left = _date(words)
        if left is None:
            return unread("bad_date")
    gone = said("status").casefold() in GONE or said("active").casefold() in NO
    unit = " ".join(said("unit").split())[:80] if "unit" in columns else None
    return Row(line, name, email, unit, number, left, gone)


def _date(words: str) -> date | None:
    """``2026-03-31``, ``31.3.2026``, or with strokes where only one reading is possible."""
    words = re.split(r"[T ]", words.strip())[0]
    try:
        if found := re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})", words):
            return date(*map(int, found.groups()))
        if found := re.fullmatch(r"(\d{1,2})\.(\d{1,2})\.(\d{4})", words):
            return date(int(found[3]), int(found[2]), int(found[1]))
        if found := re.fullmatch(r"(\d{1,2})/(\d{1,2})/(\d{4})", words):
            one, two, year = map(int, found.groups())
            if one == two or one > 12:
                return date(year, two, one)
            if two > 12:
                return date(year, one, two)
    except ValueError:
        return None
    return None
