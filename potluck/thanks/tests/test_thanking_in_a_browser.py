"""Thanking by keyboard alone, and without any script: the same people, the same words, the same card."""

from __future__ import annotations

import re

import pytest
from django.conf import settings
from django.test import Client

from potluck.acts.models import Act
from potluck.thanks.models import Thanks
from tests import make

pytestmark = pytest.mark.browser
WORDS = "Du hast mir den Trick mit dem Foehn gezeigt."


def sit_down(page, server: str, person) -> None:
    client = Client()
    client.force_login(person)
    value = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": server}])


@pytest.fixture
def ilse():
    return make.person("Ilse Bach")


@pytest.fixture
def olumide():
    return make.person("Olumide Ufer")


@pytest.mark.row("R1")
def test_two_people_are_thanked_by_keyboard_alone(server, open_window, ilse, olumide):
    kaja = make.person("Kaja Linde")
    page = open_window()
    sit_down(page, server, ilse)
    page.goto("/thanks/new/")
    page.locator("#f-who:focus").wait_for()
    for typed, name in (("olu", olumide.name), ("Kaja", kaja.name)):
        page.keyboard.type(typed)
        page.get_by_role("option", name=name).wait_for()
        page.keyboard.press("ArrowDown")
        page.keyboard.press("ArrowUp")
        page.keyboard.press("Enter")
        page.locator(f".pick-chosen >> text={name}").wait_for()
    page.keyboard.press("Tab")
    page.keyboard.type(WORDS)
    page.keyboard.press("Control+Enter")
    page.locator(".note-words", has_text=WORDS).wait_for()
    act = Act.objects.get()
    assert {person.pk for person in act.to.all()} == {olumide.pk, kaja.pk} and act.words == WORDS
    assert page.url.endswith("/thanks/new/"), "the card came in the place of the form"


@pytest.mark.row("R1")
def test_a_chosen_person_can_be_let_go_and_the_form_says_whom_it_needs(server, open_window, ilse, olumide):
    page = open_window()
    sit_down(page, server, ilse)
    page.goto(f"/people/{olumide.handle}/thanks/")
    page.get_by_role("checkbox", name=re.compile(olumide.name)).uncheck()
    page.locator("#f-for_what").fill(WORDS)
    page.locator("[data-send]").click()
    page.locator("#f-who-error").wait_for()
    assert page.locator("#f-for_what").input_value() == WORDS
    assert not Thanks.objects.exists()


@pytest.mark.row("R1")
def test_thanking_needs_no_script(server, open_window, ilse, olumide):
    page = open_window(java_script_enabled=False)
    sit_down(page, server, ilse)
    page.goto("/thanks/new/")
    page.locator("#f-for_what").fill(WORDS)
    page.locator("#f-who").fill("olu")
    page.locator("button[name=look]").click()
    page.get_by_role("checkbox", name=re.compile(olumide.name)).check()
    page.locator("[data-send]").click()
    page.wait_for_url("**/acts/*/")
    assert page.locator(".note-words", has_text=WORDS).count() == 1
    assert Act.objects.get().to.get() == olumide


@pytest.mark.row("R2")
def test_a_yes_hangs_the_card_in_place_and_a_no_takes_it_down(server, open_window, ilse, olumide):
    act = make.thank(ilse, olumide, words=WORDS, offer_to_wall=True)
    page = open_window()
    sit_down(page, server, olumide)
    page.goto(f"/acts/{act.key}/")
    yes, no = (page.locator(f"form[action='/thanks/{act.key}/{word}/'] button").first for word in ("yes", "no"))
    yes.click()
    yes.wait_for(state="detached")
    assert Thanks.objects.get().hung_at
    assert page.locator("h1").count() == 1, "the card is still the head of its page"
    no.click()
    yes.wait_for()
    assert not Thanks.objects.get().hung_at
