"""The talk in a real browser: answers swap in place, and all of it works with scripts off."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import expect

from potluck.acts.models import Act
from tests import make


@pytest.fixture
def screen() -> dict:
    return {"locale": "de-DE", "viewport": {"width": 390, "height": 844}}


@pytest.fixture
def sit(open_window, server: str):
    """``sit(person, path)``: a page of that person in a window of their own."""

    def one(person: Any, path: str, **changes: Any) -> Any:
        page = open_window(**changes)
        client = Client()
        client.force_login(person)
        cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
        page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": server}])
        page.goto(path)
        return page

    return one


def test_answers_reactions_and_replies_swap_in_place(sit):
    asker, helper = make.person("Nour Stern"), make.person("Bogdan Wieczny")
    question = make.question(asker)
    page = sit(helper, f"/acts/{question.key}/")
    page.evaluate("window.neverReloaded = true")
    for words in ("Erst den Filz lösen.", "Und dann die Schrauben."):
        page.get_by_label("Deine Antwort", exact=True).fill(words)
        page.get_by_role("button", name="Antwort geben").click()
        expect(page.locator("#answers")).to_contain_text(words)
        expect(page.get_by_label("Deine Antwort", exact=True)).to_have_value("")
    page.get_by_role("button", name="stark").first.click()
    expect(page.get_by_role("button", name="stark").first).to_have_attribute("aria-pressed", "true")
    expect(page.locator(f"#reactions-{question.key}")).to_contain_text("Bogdan findet das stark.")
    first = page.locator("#answers > article").first
    first.get_by_role("link", name="Antworten").click()
    page.get_by_label("Deine Antwort an Bogdan").fill("Nachtrag: vorsichtig.")
    page.get_by_label("Deine Antwort an Bogdan").press("Control+Enter")
    expect(first.locator(".reply")).to_contain_text("Nachtrag: vorsichtig.")
    assert page.evaluate("window.neverReloaded") is True
    assert Act.objects.filter(kind="commented").count() == 3


def test_words_that_cannot_be_taken_stay_in_the_form_with_a_sentence(sit):
    question, helper = make.question(), make.person()
    page = sit(helper, f"/acts/{question.key}/")
    words = "zu lang " * 3000
    page.get_by_label("Deine Antwort", exact=True).fill(words)
    page.get_by_role("button", name="Antwort geben").click()
    expect(page.locator("#answer .error")).to_contain_text("20000 Zeichen")
    expect(page.get_by_label("Deine Antwort", exact=True)).to_have_value(words)
    assert not Act.objects.filter(kind="commented").exists()


def test_the_asker_says_what_helped_and_takes_it_back_in_place(sit):
    asker, helper = make.person("Nour Stern"), make.person("Bogdan Wieczny")
    question = make.question(asker)
    answer = make.comment(helper, question)
    page = sit(asker, f"/acts/{question.key}/")
    card = page.locator(f"#act-{answer.key}")
    card.get_by_role("button", name="Das hat geholfen").click()
    expect(card).to_contain_text("Das hat geholfen, sagt Nour")
    expect(card.get_by_role("link", name="Danke sagen")).to_be_visible()
    card.get_by_role("button", name="Hat doch nicht geholfen").click()
    expect(card.get_by_role("button", name="Das hat geholfen")).to_be_visible()


def test_asking_answering_and_reacting_work_with_scripts_off(sit):
    asker, helper = make.person("Nour Stern"), make.person("Bogdan Wieczny")
    page = sit(asker, "/", java_script_enabled=False)
    page.get_by_role("link", name="fragen", exact=False).first.click()
    page.get_by_label("Deine Frage", exact=True).fill("Wie tauscht man den Dimmer?")
    page.get_by_role("button", name="Fragen").click()
    question = Act.objects.get()
    assert page.url.endswith(f"/acts/{question.key}/")
    page = sit(helper, "/", java_script_enabled=False)
    card = page.locator(f"#act-{question.key}")
    card.get_by_role("link", name="Reagieren").click()
    page.get_by_role("button", name="denke mit").click()
    expect(page.locator(f"#reactions-{question.key}")).to_contain_text("Bogdan denkt mit.")
    page.get_by_label("Deine Antwort", exact=True).fill("Erst den Filz lösen.")
    page.get_by_role("button", name="Antwort geben").click()
    expect(page.locator("#answers")).to_contain_text("Erst den Filz lösen.")
    page.locator("#answers").get_by_role("link", name="Antworten").click()
    page.get_by_label("Deine Antwort an Bogdan").fill("Und dann drehen.")
    page.get_by_role("button", name="Antwort geben").click()
    expect(page.locator("#answers .reply")).to_contain_text("Und dann drehen.")
    page.locator("#answers .reply").get_by_role("button", name="Zurücknehmen").click()
    expect(page.get_by_role("heading", name="Zurückgenommen")).to_be_visible()
    page.get_by_role("button", name="Zurückholen").click()
    expect(page.locator("#answers .reply")).to_contain_text("Und dann drehen.")


def test_older_dishes_join_the_feed_in_place_and_none_stands_there_twice(sit):
    reader, newcomer = make.person(), make.person()
    for n in range(23):
        make.post(newcomer, f"Wort {n}.")
    page = sit(reader, "/")
    expect(page.locator("#feed > article")).to_have_count(21)  # the newcomer's first post stands further up
    page.get_by_role("link", name="Ältere zeigen").click()
    expect(page.locator("#feed > article")).to_have_count(23)
    expect(page.get_by_text("Wort 0.")).to_have_count(1)
    expect(page.get_by_text("Das war der Tisch.")).to_be_visible()
