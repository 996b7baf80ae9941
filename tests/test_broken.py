"""What does not arrive as it was typed: NUL bytes and bytes that are no UTF-8, in every field of every form that pages show."""

from __future__ import annotations

from html import unescape
from html.parser import HTMLParser
from typing import Any
from urllib.parse import quote, urlencode, urljoin

import pytest
from django import forms as django_forms
from django.db import transaction
from django.urls import resolve, reverse

from potluck.core import text
from potluck.core.forms import Marked, Once, unbroken
from tests import crawl, world
from tests.test_routes import everything, written

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

TYPED = {"textarea", "text", "password", "tel", "url", "email"}
BROKEN = {"a NUL": "%00", "no UTF-8": "%FF", "half a letter": "%C3"}
#: What a field that must not be empty takes, by its type or name.
FITTING = {"email": "neu@example.org", "password": "Drei Lieder am Morgen", "person": "", "receivers": ""}
SENTENCE = "kaputt"


@pytest.fixture
def house() -> world.World:
    return world.build()


class Forms(HTMLParser):
    """Every POST form of a page: action, what it would send untouched, and the names of its typed fields with their type."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[dict[str, Any]] = []
        self.inside: dict[str, Any] | None = None
        self.area = ""

    def handle_starttag(self, tag: str, attrs: list) -> None:
        given = dict(attrs)
        if tag == "form" and (given.get("method") or "").lower() == "post":
            self.inside = {"action": given.get("action") or "", "sends": {}, "typed": {}, "file": False}
            self.found.append(self.inside)
        elif self.inside is None or not given.get("name"):
            return
        elif tag == "textarea":
            self.area = given["name"]
            self.inside["typed"][self.area], self.inside["sends"][self.area] = "textarea", ""
        elif tag == "input":
            kind = given.get("type", "text")
            self.inside["file"] |= kind == "file"
            if kind in TYPED:
                self.inside["typed"][given["name"]] = kind
            if kind not in ("radio", "checkbox") or "checked" in given:
                self.inside["sends"][given["name"]] = given.get("value") or ""
        elif tag == "select":
            self.inside["sends"][given["name"]] = ""
            self.area = "select:" + given["name"]

    def handle_data(self, data: str) -> None:
        if self.inside is not None and self.area and not self.area.startswith("select:"):
            self.inside["sends"][self.area] += data.removeprefix("\n")

    def handle_startendtag(self, tag: str, attrs: list) -> None:
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if tag in ("textarea", "select"):
            self.area = ""
        elif tag == "form":
            self.inside = None


def forms_of(pages: dict[str, bytes]) -> dict[tuple[str, ...], tuple[str, dict[str, Any]]]:
    """One of each kind of form: (its names) -> (address it is sent to, the form)."""
    found: dict[tuple[str, ...], tuple[str, dict[str, Any]]] = {}
    for address, body in pages.items():
        reading = Forms()
        reading.feed(body.decode("utf-8", "replace"))
        for form in reading.found:
            if form["typed"] and not form["file"]:
                for name, kind in form["typed"].items():
                    form["sends"][name] = form["sends"][name] or FITTING.get(kind, FITTING.get(name, "Bleibt stehen"))
                found.setdefault(tuple(sorted(form["sends"])), (urljoin(address, form["action"]), form))
    return found


def sent(client: Any, address: str, fields: dict[str, str], broken: str = "", how: str = "") -> tuple[Any, int]:
    """One urlencoded form that leaves no trace, ``how`` put between the words of the field ``broken``: (answer, rows written)."""
    body = urlencode({name: value for name, value in fields.items() if name != broken})
    if broken:
        words = fields[broken]
        body += f"&{broken}={quote(words[:4])}{how}{quote(words[4:])}"
    with transaction.atomic():
        before = written()
        answer = client.generic("POST", address, body, content_type="application/x-www-form-urlencoded")
        rows = written() - before
        transaction.set_rollback(True)
    return answer, rows


def taken(house: world.World, people: tuple[str, ...]) -> tuple[list[str], set[str]]:
    """Fields that take something broken, or refuse it without the sentence or without keeping the rest; and all tried."""
    found, tried = [], set()
    for who in people:
        client = crawl.signed_in(house.actors[who])
        for at, form in forms_of(crawl.crawl(house.actors[who])).values():
            for name, kind in form["typed"].items():
                for what, how in BROKEN.items():
                    answer, rows = sent(client, at, form["sends"], name, how)
                    page = unescape(answer.content.decode())
                    kept = all(form["sends"][other] in page for other, was in form["typed"].items()
                               if other != name and was != "password")  # fmt: skip
                    marked = (
                        kind == "password"
                        or f"{form['sends'][name][:4]}?{form['sends'][name][4:]}" in page
                    )
                    said = SENTENCE in page
                    tried.add(f"{resolve(at).view_name}:{name}")
                    if answer.status_code != 422 or rows or not (said and kept and marked):
                        found.append(f"{what} in {name} at {at}: {answer.status_code}, {rows} rows, {said=} {kept=} {marked=}")
    return found, tried


def test_nothing_broken_is_taken_by_any_form_and_all_else_is_kept(house):
    found, tried = taken(house, ("administrator", "community-manager", "host"))
    assert "\n".join(found) == "" and len(tried) > 20, tried
    assert {
        "posts:posts:words",
        "talk:comments:words",
        "thanks:new:for_what",
        "people:profile:name",
        "groups:new:about",
    } <= tried


def test_a_form_that_takes_what_is_broken_is_found(house, monkeypatch):
    """Positive control."""
    monkeypatch.setattr(text, "is_broken", lambda _: False)
    found, _tried = taken(house, ("host",))
    assert any(" in words at /posts/: 303, " in line for line in found), found


def test_what_came_back_marked_can_be_sent(house):
    client = crawl.signed_in(house.actors["host"])
    answer, _rows = sent(client, reverse("posts:posts"), {"words": "Der Kuchen steht bereit."}, "words", "%FF")
    assert "Der ?Kuchen steht bereit." in answer.content.decode()
    answer, rows = sent(client, reverse("posts:posts"), {"words": "Der ?Kuchen steht bereit."})
    assert answer.status_code == 303 and rows


def every_form() -> list[type[django_forms.BaseForm]]:
    everything()  # the routes import whatever has a form
    queue, found = [django_forms.BaseForm], []
    while queue:
        found += (below := queue.pop().__subclasses__())
        queue += below
    return [form for form in found if form.__module__.startswith("potluck.")]


def unguarded() -> list[str]:
    """Text fields that would keep something broken. Keys (``Once``, a choice) are looked up: what is broken is not found."""
    return [
        f"{form.__module__}.{form.__name__}.{name}"
        for form in every_form()
        for name, field in getattr(form, "base_fields", {}).items()
        if isinstance(field, django_forms.CharField)
        and not isinstance(field, Marked | Once)
        and unbroken not in field.validators
    ]


def test_every_text_field_refuses_what_is_broken():
    """Of allauth's forms the new password is guarded where the form is made (the page test above sends it one)."""
    looked_up = {
        "potluck.posts.forms.PostForm.group",
        "potluck.talk.forms.CommentForm.to",
        "potluck.talk.forms.CommentForm.promised",
        "potluck.exchange.forms.Brought.end",
    }
    never_kept = {line for line in unguarded() if line.startswith("potluck.people.adapter.")}
    assert set(unguarded()) - never_kept == looked_up
    assert {line.rpartition(".")[2] for line in never_kept} <= {
        "email", "login", "password", "code", "oldpassword", "password1", "password2"
    }  # fmt: skip
