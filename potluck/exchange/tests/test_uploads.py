"""A file that an administrator sends by the browser: received to disk, taken in by the worker, erased."""

from __future__ import annotations

import json
import subprocess
import sys
import tracemalloc
from pathlib import Path
from types import SimpleNamespace

import psycopg
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.urls import reverse

from potluck.acts.models import Act
from potluck.core.uploads import safe_name
from potluck.exchange import child, jobs, uploading
from potluck.exchange.models import Import, Upload
from potluck.exchange.tests.mails import mail, mbox
from potluck.exchange.tests.make import said, slack
from potluck.exchange.uploading import bring, ended, folder, take, waiting
from potluck.groups.models import Group
from potluck.groups.verbs import open_group
from potluck.people.models import Person
from tests import cluster, make

pytestmark = pytest.mark.django_db

CSV = "Name;E-Mail\nMira Sand;mira@example.org\nNiko Böhm;niko@example.org\n".encode()
UPLOADS = "/house/imports/uploads/"


@pytest.fixture(autouse=True)
def data(settings, tmp_path) -> Path:
    settings.DATA = tmp_path / "data"
    settings.DATA.mkdir()
    return settings.DATA


@pytest.fixture
def keeper() -> Person:
    return make.administrator(language="en")


def browser(person: Person | None, **more) -> Client:
    client = Client(headers={"accept-language": "en"}, **more)
    if person:
        client.force_login(person)
    return client


def send(client: Client, content: bytes = CSV, name: str = "liste.csv", source: str = "people", end: str = "1", **more):
    form = {"source": source, "file": SimpleUploadedFile(name, content), **more}
    return client.post(UPLOADS, form | ({"end": end} if end else {}))


def lying() -> list[str]:
    return sorted(str(path.relative_to(folder())) for path in folder().rglob("*")) if folder().is_dir() else []


def work() -> None:
    """What the worker does, in this process."""
    upload = waiting()
    assert upload is not None
    ended(upload, report=bring(upload))


def test_a_people_list_is_sent_waits_is_taken_in_and_erased(keeper):
    client = browser(keeper)
    answer = send(client)
    assert answer.status_code == 303 and answer["Location"] == "/house/imports/#upload"
    upload = Upload.objects.get()
    assert lying() == [upload.key, f"{upload.key}/liste.csv"]
    page = client.get("/house/imports/").content.decode()
    assert 'hx-trigger="every 2s"' in page and "Waiting for its turn" in page and not Person.objects.filter(name="Mira Sand")
    uploading.went(upload, "read", 43)
    assert 'value="43"' in client.get("/house/imports/").content.decode(), "a reload shows it without JavaScript"
    work()
    assert not lying() and Person.objects.filter(name="Mira Sand", is_placeholder=True).exists()
    page = client.get("/house/imports/").content.decode()
    assert "every 2s" not in page and "new, each with a place that waits" in page and "The file is erased." in page
    assert Import.objects.get().by == keeper and Import.objects.get().name == "liste.csv"


def test_a_slack_export_is_sent_with_the_wishes_of_the_command(keeper, tmp_path):
    content = slack(tmp_path, [said("Hallo aus der Vergangenheit")]).read_bytes()
    send(browser(keeper), content, "export.zip", "slack", private="1")
    assert Upload.objects.get().wishes == {"private": True}
    work()
    assert Act.objects.get().is_imported and Import.objects.get().private and not Import.objects.get().messages


def test_a_mailing_list_is_sent_packed_into_the_group_that_was_named(keeper, tmp_path):
    content = mbox(tmp_path, mail("Wer hat Lampen?"), name="funk.mbox.xz").read_bytes()
    send(browser(keeper), content, "funk.mbox.xz", "mbox", group="Funkende", private="1")
    work()
    act = Act.objects.get()
    assert (act.words, act.group.name, act.group.is_closed) == ("Wer hat Lampen?", "Funkende", True)


@pytest.mark.parametrize(
    ("group", "name"),
    [
        ("", "funk"), (" \t\r\n ", "funk"), ("\u202e\x07", "funk"), ("  Funk \r\n ende ", "Funk ende"),
        ("a\x07b\u202eFunk", "abFunk"), ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("../../etc/passwd", "../../etc/passwd"), ("=1+1", "=1+1"),
        ("--private", "--private"), ("{{ 7 * 7 }} %s %(x)s", "{{ 7 * 7 }} %s %(x)s"), ("x" * 80, "x" * 80), ("אור 💡", "אור 💡"),
        (["Erste", "Zweite"], "Zweite"), ("FUNKENDE", "Funkende"), ("geheim", "geheim"),
    ],
)  # fmt: skip
def test_whatever_is_typed_as_the_group_is_a_name_and_nothing_else(keeper, tmp_path, group, name):
    funkende = open_group(keeper, "Funkende", about="", closed=False)
    secret = open_group(keeper, "Geheim", about="", closed=True)
    content = mbox(tmp_path, mail("Wer hat Lampen?")).read_bytes()
    client = browser(keeper)
    assert send(client, content, "funk.mbox", "mbox", group=group).status_code == 303
    work()
    taken = Act.objects.get().group
    assert (taken.name, taken.is_closed) == (name, False) and taken != secret
    assert Group.objects.count() == (2 if taken == funkende else 3)
    for page in ("/house/imports/", f"/groups/{taken.key}/"):
        answer = client.get(page)
        assert answer.status_code == 200 and "<script>alert" not in answer.content.decode()


@pytest.mark.parametrize("group", ["Fu\0nk", [b"Fu\xffnk"]], ids=["a NUL", "no UTF-8"])
def test_a_group_whose_name_arrived_broken_is_asked_for_again_marked(keeper, tmp_path, group):
    content = mbox(tmp_path, mail("Nur für uns")).read_bytes()
    answer = send(browser(keeper), content, "funk.mbox", "mbox", group=group, private="1")
    assert answer.status_code == 422 and "Fu?nk" in answer.content.decode() and not Upload.objects.exists() and not lying()


def test_a_group_with_too_long_a_name_is_asked_for_again_and_every_wish_is_kept(keeper, tmp_path):
    content = mbox(tmp_path, mail("Nur für uns")).read_bytes()
    answer = send(browser(keeper), content, "funk.mbox", "mbox", group="Funk" * 21, private="1", dry_run="1")
    page = answer.content.decode()
    assert answer.status_code == 422 and not Upload.objects.exists() and not lying()
    form = page.partition('name="source" value="mbox"')[2].partition("</form>")[0]
    assert f'value="{"Funk" * 21}"' in form and "This is longer than 80 characters." in form
    assert 'name="private" value="1" checked' in form and 'name="dry_run" value="1" checked' in form
    others = page.replace(form, "")
    assert others.count('name="dry_run" value="1"') == 2 and 'value="1" checked' not in others and "longer than" not in others


def test_a_rehearsal_by_the_browser_changes_nothing(keeper):
    client = browser(keeper)
    send(client, dry_run="1")
    work()
    assert not Person.objects.filter(name="Mira Sand").exists() and not Import.objects.exists() and not lying()
    page = client.get("/house/imports/").content.decode()
    assert "this was a rehearsal" in page and "new, each with a place that waits" in page


def test_the_page_asks_htmx_for_the_fragment_alone(keeper):
    client = browser(keeper)
    send(client)
    key = Upload.objects.get().key
    fragment = client.get(f"{UPLOADS}{key}/", headers={"HX-Request": "true"}).content.decode()
    assert fragment.lstrip().startswith("<section") and "<html" not in fragment and f"{UPLOADS}{key}/" in fragment
    assert client.get(f"{UPLOADS}{key}/").status_code == 303
    assert client.get(f"{UPLOADS}nothing-there/").status_code == 404


def test_nobody_else_sends_or_sees_a_file(keeper):
    send(browser(keeper))
    key = Upload.objects.get().key
    work()
    for person in (make.person(), make.manager(), make.council(), make.leader(), make.guest()):
        assert send(browser(person)).status_code == 403
        assert browser(person).get(f"{UPLOADS}{key}/").status_code == 403
    assert send(browser(None)).status_code == 302 and browser(None).get(f"{UPLOADS}{key}/").status_code == 302
    assert Upload.objects.count() == 1 and not lying()


def test_a_form_from_elsewhere_is_refused_and_its_file_erased(keeper):
    strict = browser(keeper, enforce_csrf_checks=True)
    assert send(strict).status_code == 403
    assert not Upload.objects.exists() and not lying()
    token = strict.get("/house/imports/").content.decode().split('csrfmiddlewaretoken" value="')[1].split('"')[0]
    assert send(strict, csrfmiddlewaretoken=token).status_code == 303, "the guard lets the house's own form in"


def test_from_another_origin_nothing_stays(keeper):
    strict = browser(keeper, enforce_csrf_checks=True)
    form = {"source": "people", "file": SimpleUploadedFile("x.csv", CSV)}
    assert strict.post(UPLOADS, form, headers={"Origin": "https://evil.example"}).status_code == 403
    assert not Upload.objects.exists() and not lying()


def test_one_at_a_time(keeper):
    other = make.administrator(language="en")
    assert send(browser(keeper)).status_code == 303
    answer = send(browser(other))
    assert answer.status_code == 409 and "Another file is on its way in" in answer.content.decode()
    assert Upload.objects.count() == 1
    work()
    assert send(browser(other)).status_code == 303


def test_while_one_is_received_another_is_refused_before_it_is_read(keeper):
    with psycopg.connect(cluster.url_of(connection.settings_dict["NAME"]), autocommit=True) as elsewhere:
        elsewhere.execute("select pg_advisory_lock(%s)", [uploading.RECEIVING])
        assert send(browser(keeper)).status_code == 409 and not lying()
    assert send(browser(keeper)).status_code == 303


def test_what_is_too_large_is_told_with_the_command(keeper, monkeypatch):
    monkeypatch.setattr(uploading, "LARGEST", 100_000)
    answer = send(browser(keeper), bytes(200_000))
    page = answer.content.decode()
    assert answer.status_code == 413 and "too large" in page and "import slack slack-export.zip" in page and not lying()
    assert send(browser(keeper), CSV).status_code == 303


def test_a_file_that_is_larger_than_it_says_is_cut_off(keeper, monkeypatch):
    monkeypatch.setattr(uploading, "LARGEST", 1000)
    monkeypatch.setattr(uploading, "FORM", 1_000_000)
    assert send(browser(keeper), bytes(200_000)).status_code == 400
    assert not Upload.objects.exists() and not lying()


def test_a_full_disk_is_told_before_anything_is_read(keeper, monkeypatch):
    monkeypatch.setattr(uploading.shutil, "disk_usage", lambda place: SimpleNamespace(free=uploading.SPARE))
    answer = send(browser(keeper))
    assert answer.status_code == 409 and "not enough room" in answer.content.decode() and not lying()


@pytest.mark.parametrize(
    ("form", "words"),
    [({"end": ""}, "did not arrive whole"), ({"content": b""}, "This file is empty"), ({"source": "tar"}, "Bring history")],
)
def test_half_a_file_none_and_an_unknown_kind_are_not_taken(keeper, form, words):
    answer = send(browser(keeper), **form)
    assert answer.status_code == 422 and words in answer.content.decode()
    assert not Upload.objects.exists() and not lying()


def test_without_a_file_the_form_says_so(keeper):
    answer = browser(keeper).post(UPLOADS, {"source": "people", "end": "1"})
    assert answer.status_code == 422 and "Choose a file first." in answer.content.decode()


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd", "passwd"), ("..\\..\\boot.ini", "boot.ini"), ("C:\\x\\a.zip", "a.zip"), (".htaccess", "htaccess"),
        ("-rf.zip", "_rf.zip"), ("a\0b;$(x).zip", "a_b__(x).zip"), ("...", "file"), ("", "file"), ("Übung 1.csv", "Übung 1.csv"),
        ("x" * 300 + ".zip", "x" * 80 + ".zip"),
    ],
)  # fmt: skip
def test_a_files_name_means_nothing_to_the_disk(name, kept):
    assert safe_name(name) == kept


def test_no_other_address_takes_a_file(keeper):
    for address in ("/language/", "/posts/", reverse("people:furnish"), "/accounts/login/"):
        answer = browser(keeper).post(address, {"file": SimpleUploadedFile("x.csv", CSV), "words": "Hallo"})
        assert answer.status_code == 400, address
    assert browser(keeper).post("/language/", {"language": "de"}).status_code != 400


class Stream:
    """The body of a form with a file of ``size`` bytes, made while it is read."""

    def __init__(self, size: int):
        field = b'--xx\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n'
        head = b'--xx\r\nContent-Disposition: form-data; name="file"; filename="x.csv"\r\nContent-Type: text/csv\r\n\r\n'
        self.parts = [field % (b"source", b"people") + head, size, b"\r\n" + field % (b"end", b"1") + b"--xx--\r\n"]
        self.size = sum(part if isinstance(part, int) else len(part) for part in self.parts)

    def readline(self, size: int = -1) -> bytes:
        return self.read(1024)

    def read(self, size: int) -> bytes:
        if not self.parts:
            return b""
        part = self.parts.pop(0)
        if isinstance(part, int):
            some, rest = b"x" * min(size, part), part - min(size, part)
        else:
            some, rest = part[:size], part[size:]
        if rest:
            self.parts.insert(0, rest)
        return some


def test_a_large_file_never_lies_in_memory(keeper):
    client, large = browser(keeper), 64 * 1024**2
    send(client)  # what is loaded once is loaded
    ended(waiting(), problem="-")
    body = Stream(large)
    tracemalloc.start()
    answer = client.post(
        UPLOADS, **{"wsgi.input": body, "CONTENT_LENGTH": str(body.size), "CONTENT_TYPE": "multipart/form-data; boundary=xx"}
    )
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert answer.status_code == 303 and peak < 8 * 1024**2
    assert (folder() / waiting().key / "x.csv").stat().st_size == large


def test_a_stream_that_breaks_off_is_not_taken(keeper):
    body = Stream(1024**2)
    broken = Stream(1024**2)
    broken.parts = broken.parts[:1] + [1000]
    answer = browser(keeper).post(
        UPLOADS, **{"wsgi.input": broken, "CONTENT_LENGTH": str(body.size), "CONTENT_TYPE": "multipart/form-data; boundary=xx"}
    )
    assert answer.status_code in (400, 422) and not Upload.objects.exists() and not lying()


def test_not_too_often(keeper):
    client = browser(keeper)
    answers = [client.post(UPLOADS, {"source": "people"}).status_code for _ in range(11)]
    assert answers == [422] * 10 + [429]
    assert browser(make.administrator()).post(UPLOADS, {"source": "people"}).status_code == 422


def test_who_is_no_administrator_any_more_brings_nothing(keeper):
    from potluck.core.rules import Refused

    send(browser(keeper))
    keeper.roles = []
    keeper.save()
    with pytest.raises(Refused):
        bring(waiting())


def test_what_a_killed_process_left_is_swept(keeper):
    (folder() / "left").mkdir(parents=True)
    (folder() / "left" / "half.zip").write_bytes(b"x")
    send(browser(keeper))
    assert "left" not in lying() and len(lying()) == 2
    uploading.forget()
    assert len(lying()) == 2, "what waits stays"
    ended(waiting(), problem="-")
    (folder() / "left").mkdir()
    uploading.forget()
    assert not lying()


def test_what_never_ends_is_given_up(keeper):
    send(browser(keeper))
    for _ in range(uploading.TRIES):
        assert uploading.begun(waiting())
    assert not uploading.begun(waiting()) and waiting() is None and not lying()
    assert "begun several times" in browser(keeper).get("/house/imports/").content.decode()


def test_a_problem_is_told_without_where_the_file_lay(keeper, data):
    from potluck.exchange.source import BadArchive

    send(browser(keeper), b"kein Archiv", "export.zip", "slack")
    with pytest.raises(BadArchive) as bad:
        bring(waiting())
    assert "“export.zip” is not a ZIP file" in str(bad.value) and str(data) not in str(bad.value)


class Context:
    """A worker that is not asked to end, until it is."""

    def __init__(self) -> None:
        self.is_over = False

    def should_abort(self) -> bool:
        return self.is_over


def saying(*words: dict, then: str = "") -> list[str]:
    """A process that says these words, in place of the child."""
    lines = "".join(f"print({json.dumps(json.dumps(word))}, flush=True);" for word in words)
    return [sys.executable, "-c", f"import sys, time, os;{lines}{then}"]


@pytest.fixture
def instead(monkeypatch):
    """``instead(*words)``: what the child says."""
    popen = subprocess.Popen

    def instead(*words: dict, then: str = "") -> None:
        monkeypatch.setattr(jobs.subprocess, "Popen", lambda line, **how: popen(saying(*words, then=then), **how))

    return instead


def test_the_worker_shows_how_far_the_child_is_and_ends_with_its_report(keeper, instead, monkeypatch):
    send(browser(keeper))
    went = []
    monkeypatch.setattr(uploading, "went", lambda upload, step, percent: went.append((step, percent)))
    instead({"step": "read", "percent": 10}, {"step": "settle", "percent": 90}, {"report": {"joined": 2, "skipped": {}}})
    jobs.take_in(waiting(), Context())
    assert went == [("read", 10), ("settle", 90)]
    assert Upload.objects.get().report["joined"] == 2 and Upload.objects.get().done_at and not lying()


def test_a_child_that_dies_leaves_it_to_be_begun_again(keeper, instead):
    send(browser(keeper))
    instead({"step": "read", "percent": 10}, then="os.kill(os.getpid(), 9)")
    jobs.take_in(waiting(), Context())
    assert waiting() is not None and len(lying()) == 2


def test_a_worker_that_ends_ends_its_child_and_leaves_it_to_the_next(keeper, instead, monkeypatch):
    send(browser(keeper))
    context = Context()
    monkeypatch.setattr(uploading, "went", lambda *said: setattr(context, "is_over", True))
    instead({"step": "read", "percent": 10}, then="time.sleep(600)")
    jobs.take_in(waiting(), context)
    assert waiting() is not None and len(lying()) == 2


def test_a_child_has_limits_and_ends_with_its_parent(tmp_path):
    code = (
        "from potluck.exchange import child; import resource, time; child.MEMORY = 600 * 1024**2; child.limit();"
        "child.end_with_parent(); print(resource.getrlimit(resource.RLIMIT_AS)[0], flush=True);"
        "\ntry:\n    bytearray(2 * 1024**3)\nexcept MemoryError:\n    print('no', flush=True)\ntime.sleep(600)"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(child.__file__).parents[2],
    )
    assert process.stdout.readline().strip() == str(600 * 1024**2)
    assert process.stdout.readline().strip() == "no"
    process.stdin.close()
    assert process.wait(10) == 3


def test_a_take_is_told_to_the_worker_in_the_same_transaction(keeper, tmp_path):
    from procrastinate.contrib.django.models import ProcrastinateJob

    place = tmp_path / "ort"
    place.mkdir()
    (place / "x.csv").write_bytes(CSV)
    take(keeper, "people", place / "x.csv")
    assert ProcrastinateJob.objects.filter(task_name=uploading.TAKEN_BY, status="todo").exists()
    assert connection.in_atomic_block
