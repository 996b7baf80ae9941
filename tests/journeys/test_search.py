"""Found again: by a word written wrong, narrowed down, with and without scripts, and by those alone who may read it."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests import make

CORRECTED = "You can read nothing with “%(typed)s”. This is what was found for “%(nearest)s”."


@pytest.fixture
def lamps(house) -> dict:
    bogdan, nour = make.person("Bogdan Wieczny", helps_with="Dimmer"), make.person("Nour Stern")
    closed = make.group(bogdan, name="Lampenrunde", closed=True)
    question = make.question(nour, "Wie tauscht man den Dimmer im Lager?", title="Licht im Lager")
    return {
        "bogdan": bogdan,
        "nour": nour,
        "question": question,
        "answer": make.comment(bogdan, question, "Den Dimmer nach links drehen, dann den Filz lösen."),
        "secret": make.post(bogdan, "Der Dimmer wird heimlich ersetzt.", group=closed),
    }


@pytest.mark.row("X4", "X5", "T2")
def test_what_was_written_long_ago_is_found_again(comes_in, lamps):
    nour = comes_in(lamps["nour"])
    nour.link("Search", nour.page.get_by_role("navigation", name=nour.say("For you"))).click()
    expect(nour.field("What are you looking for?")).to_be_focused()

    # A word that is written wrong; the page is not loaded anew, and the address can be kept.
    nour.page.evaluate("window.stays = true")
    nour.writes("What are you looking for?", "Dimemr")
    nour.presses("Search")
    nour.reads(CORRECTED, typed="Dimemr", nearest="Dimmer")
    expect(nour.gift(lamps["question"])).to_be_visible()
    expect(nour.gift(lamps["answer"])).to_be_visible()
    nour.sees_nothing_of("heimlich")
    assert nour.page.evaluate("window.stays")
    nour.is_at(re.compile(r"/search/\?.*q=Dimemr"))

    # A person who can help with it stands above.
    nour.writes("What are you looking for?", "dimmer")
    nour.presses("Search")
    expect(nour.link_to("Bogdan Wieczny", nour.page.locator("#found .people"))).to_be_visible()

    # Narrowed down to who brought it and what it is.
    nour.page.get_by_text(nour.say("Narrow it down"), exact=True).click()
    nour.page.locator("#f-by").fill("Bogdn")
    nour.presses("Search")
    expect(nour.gift(lamps["question"])).to_have_count(0)
    expect(nour.gift(lamps["answer"])).to_be_visible()
    nour.page.locator("#f-kind").select_option("asked")
    nour.presses("Search")
    nour.reads("Nothing found.")
    nour.follows("Look in everything")
    nour.follows("Read the talk", within=nour.gift(lamps["answer"]))
    nour.is_at_act(lamps["question"])

    # The one who sits in the closed group finds what lies there.
    bogdan = comes_in(lamps["bogdan"], "/search/?q=heimlich")
    expect(bogdan.gift(lamps["secret"])).to_be_visible()


@pytest.mark.row("X4")
def test_search_works_without_scripts(comes_in, lamps):
    for n in range(22):
        make.post(lamps["bogdan"], f"Noch ein Filz, Nummer {n}.")
    nour = comes_in(lamps["nour"], java_script_enabled=False)
    nour.goes("/search/")
    nour.writes("What are you looking for?", "Fliz")
    nour.presses("Search")
    nour.reads(CORRECTED, typed="Fliz", nearest="Filz")
    nour.follows("Show older")
    expect(nour.gift(lamps["answer"])).to_be_visible()
