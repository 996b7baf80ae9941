"""An answer that did not leave the browser says so where it was written, and the words stay."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import expect

from potluck.acts.models import Act
from potluck.notices.tests.streams import cookie_of
from tests import make

WORDS = "Erst den Filz lösen."
LOST = "Keine Verbindung: Das kam nicht durch."


@pytest.fixture
def screen() -> dict:
    return {"locale": "de-DE", "viewport": {"width": 390, "height": 844}}


@pytest.fixture
def writes(open_window: Any, server: str) -> Callable[[], Any]:
    """``writes()``: the page of a question, on which somebody has written an answer."""

    def one() -> Any:
        page, question = open_window(), make.question()
        key = cookie_of(make.person())
        page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": key, "url": server}])
        page.goto(f"/acts/{question.key}/")
        page.get_by_label("Deine Antwort", exact=True).fill(WORDS)
        return page

    return one


def sends(page: Any) -> None:
    page.get_by_role("button", name="Antwort geben").click()


def is_there_once(page: Any) -> None:
    expect(page.locator("#answers article")).to_have_count(1)
    expect(page.locator("form [role=alert]")).to_have_count(0)
    assert Act.objects.filter(kind="commented").count() == 1


def test_an_answer_sent_while_the_connection_is_cut_says_so_beside_its_words_until_it_is_sent(writes):
    page = writes()
    page.context.set_offline(True)
    sends(page)
    said = page.locator("#answer").get_by_role("alert")
    expect(said).to_contain_text(LOST)
    expect(page.get_by_label("Deine Antwort", exact=True)).to_have_value(WORDS)
    expect(page.locator(".toast")).to_have_count(0)
    sends(page)
    expect(said).to_have_count(1)
    page.context.set_offline(False)
    sends(page)
    is_there_once(page)


def test_an_answer_whose_receipt_was_lost_is_there_once_when_it_is_sent_again(writes):
    page = writes()

    def lost_on_the_way_back(route: Any) -> None:
        route.fetch()
        route.abort("connectionreset")

    page.route("**/comments/", lost_on_the_way_back, times=1)
    sends(page)
    expect(page.locator("#answer").get_by_role("alert")).to_contain_text(LOST)
    sends(page)
    is_there_once(page)


def test_an_answer_sent_while_the_house_is_being_restarted_says_so_beside_its_words(writes):
    page = writes()
    page.route("**/comments/", lambda route: route.fulfill(status=503, body="One moment, please."), times=1)
    sends(page)
    expect(page.locator("#answer").get_by_role("alert")).to_contain_text("Das hat nicht geklappt.")
    expect(page.get_by_label("Deine Antwort", exact=True)).to_have_value(WORDS)
    sends(page)
    is_there_once(page)
