"""Everything by keyboard alone: no pointer is used on this page of the book."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from potluck.people import verbs as people
from tests import make
from tests.journeys.conftest import Somebody

PASSWORD = "Brot Salz Regen"


@pytest.fixture
def screen() -> dict:
    """A keyboard lies before a desktop; once, in German."""
    return {"locale": "de-DE", "viewport": {"width": 1280, "height": 900}}


def tab_to(somebody: Somebody, target, most: int = 60) -> None:
    """Walks with Tab until the target has the focus; every stop on the way can be seen."""
    for _step in range(most):
        somebody.page.keyboard.press("Tab")
        shown = somebody.page.evaluate(
            """() => {
                const here = document.activeElement;
                const look = getComputedStyle(here);
                const box = here.getBoundingClientRect();
                const ring = (look.outlineStyle !== "none" && parseFloat(look.outlineWidth) > 0) || look.boxShadow !== "none";
                const isShown = (ring || here.parentElement.matches(":has(:focus-visible)")) && box.width > 0 && box.height > 0;
                return [here.outerHTML.slice(0, 120), here === document.body || isShown];
            }"""
        )
        assert shown[1], f"the focus cannot be seen on {shown[0]}"
        if target.evaluate("e => e === document.activeElement"):
            return
    raise AssertionError("Tab does not lead there")


def stands_on(page: Page) -> str:
    return page.evaluate("document.activeElement.closest('[data-move]')?.id ?? ''")


@pytest.mark.row("I5", "X1", "G1", "G2")
def test_one_signs_in_writes_reads_answers_and_thanks_without_a_pointer(stranger, house, comes_in):
    person, other = make.person("Mira Sand", email="mira@example.org"), make.person("Hanno Hilft")
    person.set_password(PASSWORD)
    person.save(update_fields=["password"])
    make.greet(other, person)
    first = make.post(other, "Im Pausenraum steht Kuchen.")

    mira = stranger().goes("/accounts/login/")
    keys = mira.page.keyboard
    tab_to(mira, mira.field("E-mail address"))
    keys.type("mira@example.org")
    tab_to(mira, mira.field("Password"))
    keys.type(PASSWORD)
    keys.press("Enter")
    mira.is_under("What are you bringing today?")

    # The first Tab leads past the frame.
    keys.press("Tab")
    expect(mira.link("To the content")).to_be_focused()
    keys.press("Enter")
    expect(mira.page.locator("#main")).to_be_focused()

    # ? shows the keys, Esc closes them.
    keys.press("?")
    expect(mira.page.get_by_role("dialog", name=mira.say("Keys"))).to_be_visible()
    keys.press("Escape")
    expect(mira.page.get_by_role("dialog")).to_have_count(0)

    # j and k walk over the gifts.
    keys.press("j")
    top = stands_on(mira.page)
    keys.press("j")
    assert stands_on(mira.page) != top
    keys.press("k")
    assert stands_on(mira.page) == top == f"act-{first.key}"

    # r leads to the answer, Ctrl+Enter sends it.
    keys.press("r")
    mira.is_at_act(first)
    expect(mira.field("Your answer")).to_be_focused()
    keys.type("Danke, ich komme!")
    keys.press("Control+Enter")
    mira.reads("Your answer is there.")
    mira.sees("Danke, ich komme!")

    # g h leads home, c to the composer.
    keys.press("Escape")
    mira.page.evaluate("document.activeElement.blur()")
    keys.press("g")
    keys.press("h")
    mira.is_under("What are you bringing today?")
    keys.press("c")
    expect(mira.field("Your words")).to_be_focused()
    keys.type("Ich habe die Leiter gefunden.")
    keys.press("Control+Enter")
    mira.reads("It is on the table.")
    mira.sees("Ich habe die Leiter gefunden.")

    # t thanks the giver of the gift one stands on.
    mira.goes(f"/acts/{first.key}/")
    keys.press("t")
    mira.is_under("Thank %(name)s", name="Hanno Hilft")
    tab_to(mira, mira.field("What for?"))
    keys.type("Der Kuchen war gut.")
    keys.press("Control+Enter")
    mira.reads("Your thank-you is with %(names)s.", names="Hanno Hilft")


@pytest.mark.row("I5")
def test_single_keys_that_are_switched_off_do_nothing(comes_in, house):
    person, other = make.person("Mira Sand"), make.person("Hanno Hilft")
    make.greet(other, person)
    post = make.post(other)
    mira = comes_in(person, "/me/settings/")
    keys = mira.page.keyboard
    tab_to(mira, mira.choice("Single keys"))
    keys.press("Space")
    keys.press("Enter")
    mira.reads("It is as you like it now.")
    mira.goes("/")
    for key in ("?", "j", "c", "g", "h", "t", "r"):
        keys.press(key)
    mira.is_at("/")
    assert stands_on(mira.page) == ""
    expect(mira.page.get_by_role("dialog")).to_have_count(0)

    # What is no single key goes on working.
    mira.goes(f"/acts/{post.key}/")
    mira.field("Your answer").focus()
    keys.type("jckt?")
    keys.press("Control+Enter")
    mira.sees("jckt?")
    people.change_profile(person, single_keys=True)
    mira.goes("/")
    keys.press("j")
    assert stands_on(mira.page)


@pytest.mark.row("X4", "I5")
def test_one_searches_without_a_pointer(comes_in, house):
    person, other = make.person("Mira Sand"), make.person("Hanno Hilft")
    make.greet(other, person)
    question = make.question(person, "Wie tauscht man den Dimmer?")
    answer = make.comment(other, question, "Erst den Filz lösen.")
    mira = comes_in(person)
    keys = mira.page.keyboard
    keys.press("/")
    mira.is_under("Search")
    expect(mira.field("What are you looking for?")).to_be_focused()
    keys.type("filz")
    keys.press("Enter")
    expect(mira.gift(answer)).to_be_visible()
    tab_to(mira, mira.link("Read the talk", within=mira.gift(answer)))
    keys.press("/")
    expect(mira.field("What are you looking for?")).to_be_focused()
    mira.goes("/search/?q=filz")
    keys.press("j")
    expect(mira.gift(answer)).to_be_focused()
    keys.press("r")
    mira.is_at_act(question)
