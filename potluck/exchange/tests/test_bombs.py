"""Hostile files, each sent by the browser as each kind of import: taken in as what they are, or refused with a sentence.

Bounded in memory and time; nothing beside it is written, and the file goes."""

from __future__ import annotations

import gzip
import io
import json
import lzma
import resource
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from potluck.acts.models import Act
from potluck.exchange.models import Import
from potluck.exchange.source import BadArchive
from potluck.exchange.tests.mails import mail
from potluck.exchange.tests.make import contents, said
from potluck.exchange.tests.test_uploads import browser, lying, send
from potluck.exchange.uploading import bring, ended, waiting
from potluck.people.models import Person
from tests import make

pytestmark = pytest.mark.django_db
MB = 1024**2
#: What reading one of these may add to this process, and what it may compute: bytes, seconds.
MEMORY, SECONDS = 200 * MB, 30
UNPACKED = 25  # times 10 MB


def packed(files: dict[str, str | bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def export(**more: str | bytes) -> dict[str, str | bytes]:
    return {**contents([said("Hallo")]), **more}


def zip_bomb() -> bytes:
    return packed(export(**{"allgemein/2023-11-15.json": b"0" * (UNPACKED * 10 * MB)}))


def gzip_bomb() -> bytes:
    return gzip.compress(bytes(10 * MB)) * UNPACKED


def xz_bomb() -> bytes:
    return lzma.compress(bytes(10 * MB), preset=0) * UNPACKED


def deep_lists() -> bytes:
    return packed(export(**{"allgemein/2023-11-15.json": "[" * 200_000}))


def deep_parts() -> bytes:
    head = "Content-Type: multipart/mixed; boundary=b{}\n\n--b{}\n"
    return mail("".join(head.format(n, n) for n in range(2_000)), Content_Type="multipart/mixed; boundary=b", Subject="Tief")


def zip_in_zip() -> bytes:
    inner = packed({"a.json": "[]"})
    for _n in range(20):
        inner = packed({"users.json": inner})
    return inner


def truncated_zip() -> bytes:
    return packed(export())[:-40]


def truncated_gzip() -> bytes:
    return gzip.compress(mail("Hallo") * 1_000)[:-20]


def paths_that_lead_out() -> bytes:
    return packed(export(**{"../../flucht.json": "[]", "/etc/flucht": "[]", "..\\flucht.json": "[]"}))


def a_picture() -> bytes:
    return b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 400


def a_page() -> bytes:
    return b"<!doctype html><script>alert(1)</script>" * 2_000


def one_long_line() -> bytes:
    return b"Name;E-Mail\n" + b"x" * (20 * MB)


def many_small_files() -> bytes:
    return packed(export(**{f"allgemein/{n}.json": "[]" for n in range(5_000)}))


def many_small_lines() -> bytes:
    return b"From \n" * 300_000


def many_columns() -> bytes:
    return b"Name;E-Mail" + b";" * 100_000 + b"\n" + b";" * 1_000_000


def noughts() -> bytes:
    return bytes(2 * MB)


FILES = [
    zip_bomb, gzip_bomb, xz_bomb, deep_lists, deep_parts, zip_in_zip, truncated_zip, truncated_gzip, paths_that_lead_out,
    a_picture, a_page, one_long_line, many_small_files, many_small_lines, many_columns, noughts,
]  # fmt: skip
ENDS = {"gzip_bomb": ".gz", "truncated_gzip": ".gz", "xz_bomb": ".xz"}
SOURCES = {"slack": "export.zip", "mbox": "liste.mbox", "people": "liste.csv"}


@pytest.fixture(autouse=True)
def data(settings, tmp_path) -> Path:
    settings.DATA = tmp_path / "within" / "data"
    settings.DATA.mkdir(parents=True)
    return tmp_path


def peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def costs(act: Callable[[], object]) -> tuple[int, float]:
    """What ``act`` added to the most that this process ever held (bytes), and the seconds it computed."""
    held, computed = peak(), time.process_time()
    act()
    return peak() - held, time.process_time() - computed


def taken_or_refused(source: str, content: bytes, name: str) -> str:
    """Sends it and does what the worker does: the sentence that refuses it, or nothing."""
    keeper = make.administrator(language="en")
    answer = send(browser(keeper), content, name, source, private="1", messages="1")
    if answer.status_code == 422:
        return "at the form."
    assert answer.status_code == 303
    upload = waiting()
    assert upload is not None
    try:
        ended(upload, report=bring(upload))
    except BadArchive as bad:
        ended(upload, problem=str(bad))
        return str(bad)
    return ""


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("file", FILES, ids=lambda file: file.__name__)
@pytest.mark.slow
def test_a_hostile_file_is_bounded_and_leaves_nothing(data, file, source):
    content, before = file(), Person.objects.count()
    said: list[str] = []
    name = SOURCES[source] + ENDS.get(file.__name__, "")
    held, computed = costs(lambda: said.append(taken_or_refused(source, content, name)))
    assert held < MEMORY and computed < SECONDS, (held // MB, computed)
    assert not lying(), "the file goes"
    assert sorted(path.name for path in data.iterdir()) == ["within"] and not list(data.rglob("*flucht*"))
    if said[0]:
        assert said[0].endswith(".") and str(data) not in said[0]
        assert not Act.objects.exists() and Person.objects.count() == before + 1
        assert not Import.objects.exclude(readable_at=None).exists()


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.slow
def test_what_is_no_bomb_is_taken(source):
    """Positive control: of each kind, by the same way."""
    list_ = b"Name;E-Mail\nMira;mira@example.org\n"
    content = {"slack": packed(export()), "mbox": mail("Hallo"), "people": list_}[source]
    assert taken_or_refused(source, content, SOURCES[source]) == ""
    assert Act.objects.exists() or Person.objects.filter(name="Mira").exists()
    assert json.dumps(Import.objects.get().report)


@pytest.mark.slow
def test_a_bomb_that_is_unpacked_whole_would_be_noticed():
    """Positive control of the gauge."""
    bomb = gzip_bomb()
    held, _computed = costs(lambda: gzip.decompress(bomb))
    assert held > MEMORY
