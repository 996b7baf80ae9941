"""Somebody at a window: what journeys are told with. They speak the catalogues' words, so that each runs in both languages."""

from __future__ import annotations

import email
import email.policy
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from babel.messages.pofile import read_po
from django.conf import settings
from django.utils import translation
from playwright.sync_api import Locator, Page, expect

from potluck.notices.tests.streams import cookie_of
from potluck.people import verbs as people
from tests import cluster

HOME = Path(__file__).resolve().parent.parent.parent

WORK = "from potluck.core.jobs import work; work()"

expect.set_options(timeout=15_000)  # a busy machine is slow, not wrong


@cache
def catalogue() -> frozenset[str]:
    """Every English string the product says: a journey that asks for another one has lost touch with the pages."""
    with (HOME / "locale" / "de" / "LC_MESSAGES" / "django.po").open("rb") as file:
        found = read_po(file)
    return frozenset(words for message in found for words in ([message.id] if isinstance(message.id, str) else message.id))


class Somebody:
    """A person at a window of their own (or a stranger at the door). Every word is the source's English; it is looked for
    in the language of the window."""

    def __init__(self, page: Page, language: str, person: Any = None) -> None:
        self.page, self.language, self.person = page, language, person

    # --- words

    def say(self, words: str, **values: Any) -> str:
        """What the page says for ``words``."""
        assert words in catalogue(), f"the product does not say {words!r}"
        with translation.override(self.language):
            said = translation.gettext(words)
        return said % values if values else said

    def sentence(self, kind: str, thing: str, *names: str, subject: str = "") -> str:
        """What a notice says."""
        from potluck.notices.sentences import sentence

        with translation.override(self.language):
            return sentence(kind, thing, list(names), subject)

    # --- finding

    def button(self, words: str, within: Any = None, **values: Any) -> Locator:
        return (within or self.page).get_by_role("button", name=self.say(words, **values), exact=True)

    def link(self, words: str, within: Any = None, **values: Any) -> Locator:
        return (within or self.page).get_by_role("link", name=self.say(words, **values), exact=True)

    def field(self, words: str, within: Any = None, **values: Any) -> Locator:
        return (within or self.page).get_by_label(self.say(words, **values), exact=True)

    def choice(self, words: str, within: Any = None, **values: Any) -> Locator:
        """A radio or a tick whose card begins with these words (a hint may follow)."""
        begins = re.compile(rf"^\s*{re.escape(self.say(words, **values))}")
        place = within or self.page
        return place.get_by_role("radio", name=begins).or_(place.get_by_role("checkbox", name=begins))

    def link_to(self, text: str, within: Any = None) -> Locator:
        """A link in somebody's own words: a name, a number."""
        return (within or self.page).get_by_role("link", name=text, exact=True)

    def begins(self, words: str, within: Any = None, **values: Any) -> Locator:
        """A link whose name begins with these words: a door, a place with its mark."""
        return (within or self.page).get_by_role("link", name=re.compile(rf"^\s*{re.escape(self.say(words, **values))}"))

    def gift(self, act: Any) -> Locator:
        """The card of an act."""
        return self.page.locator(f"#act-{act if isinstance(act, str) else act.key}")

    # --- doing

    def goes(self, path: str) -> Somebody:
        self.page.goto(path)
        return self

    def presses(self, words: str, within: Any = None, **values: Any) -> None:
        self.button(words, within, **values).click()

    def follows(self, words: str, within: Any = None, **values: Any) -> None:
        self.link(words, within, **values).click()

    def writes(self, words: str, text: str, within: Any = None, **values: Any) -> None:
        self.field(words, within, **values).fill(text)

    def chooses(self, words: str, within: Any = None, **values: Any) -> None:
        self.choice(words, within, **values).check()

    def chooses_person(self, name: str) -> None:
        """A tick or a radio beside somebody's name."""
        place = self.page.get_by_role("main")
        place.get_by_role("checkbox", name=name).or_(place.get_by_role("radio", name=name)).check()

    # --- seeing

    def reads(self, words: str, within: Any = None, **values: Any) -> None:
        """The page says this, as a whole element."""
        expect((within or self.page).get_by_text(self.say(words, **values), exact=True).first).to_be_visible()

    def sees(self, text: str, within: Any = None) -> None:
        """Somebody's own words are to be seen."""
        expect((within or self.page).get_by_text(text).first).to_be_visible()

    def sees_nothing_of(self, text: str) -> None:
        expect(self.page.locator("body")).not_to_contain_text(text)

    def is_under(self, words: str, **values: Any) -> None:
        """The page's one heading says this."""
        expect(self.page.get_by_role("heading", level=1)).to_have_text(self.say(words, **values))

    def is_at_act(self, act: Any) -> None:
        expect(self.page).to_have_url(re.compile(rf"/acts/{act.key}/"))

    def is_at(self, path: str | re.Pattern[str]) -> None:
        expect(self.page).to_have_url(path if isinstance(path, re.Pattern) else re.compile(re.escape(path) + "$"))


@pytest.fixture
def language(screen: dict) -> str:
    return screen["locale"][:2]


@pytest.fixture
def stranger(open_window: Callable[..., Page], language: str) -> Callable[..., Somebody]:
    """``stranger()``: a window in which nobody is signed in."""
    return lambda **changes: Somebody(open_window(**changes), language)


@pytest.fixture
def comes_in(stranger: Callable[..., Somebody], server: str) -> Callable[..., Somebody]:
    """``comes_in(person)``: a window of their own in which they are signed in, at home, and hear what happens."""

    def one(person: Any, path: str = "/", **changes: Any) -> Somebody:
        somebody = stranger(**changes)
        somebody.person = person
        somebody.page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie_of(person), "url": server}])
        if changes.get("java_script_enabled") is False:
            return somebody.goes(path)
        with somebody.page.expect_response(lambda answer: "/live/" in answer.url):
            somebody.goes(path)
        return somebody

    return one


@pytest.fixture
def house(server: str) -> Any:
    """A house that is open, with a name; nobody lives in it yet."""
    from django.utils import timezone

    from potluck.people.models import House

    House.objects.filter(pk=people.the_house().pk).update(name="Probehaus", opened_at=timezone.now())
    return people.the_house()


@pytest.fixture
def mail_to(server: str, database_name: str, tmp_path: Path) -> Iterator[Callable[[str], str]]:
    """``mail_to(address)``: the text of the one mail that the real worker wrote to somebody; without a mail server it is a
    file in the data folder."""
    out = (tmp_path / "log").open("w+b")
    worker = subprocess.Popen(
        [sys.executable, "-c", WORK], cwd=HOME, stdin=subprocess.DEVNULL, stdout=out, stderr=out,
        env=os.environ | {"DATABASE_URL": cluster.url_of(database_name), "DJANGO_SETTINGS_MODULE": "tests.settings",
                          "POTLUCK_DATA": str(tmp_path), "POTLUCK_POOL": "4"})
    opened: set[Path] = set()

    def one(address: str) -> str:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and worker.poll() is None:
            for path in sorted((tmp_path / "mail").glob("*.eml")):
                letter = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
                if path not in opened and letter["To"] == address:
                    opened.add(path)
                    return letter.get_body(("plain",)).get_content()
            time.sleep(0.1)
        out.seek(0)
        raise AssertionError(f"no mail to {address}; the worker said: {out.read().decode()}")

    yield one
    worker.terminate()
    try:
        worker.wait(10)
    except subprocess.TimeoutExpired:
        worker.kill()
        worker.wait()


def key_of(page: Page) -> str:
    """The key of the act whose page this is."""
    found = re.search(r"/acts/([a-z0-9]+)/", page.url)
    assert found, page.url
    return found[1]
