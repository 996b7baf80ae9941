"""Without JavaScript every form works: it is sent, and a page answers."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests import make
from tests.journeys.conftest import key_of


@pytest.mark.row("G1", "G2", "R1", "X5", "I5")
def test_giving_and_taking_back_without_scripts(comes_in, house):
    person, other = make.person("Mira Sand"), make.person("Hanno Hilft")
    make.greet(other, person)
    cake = make.post(other, "Im Pausenraum steht Kuchen.")
    make.group(other, name="Ersatzteile")
    mira = comes_in(person, java_script_enabled=False)
    assert mira.page.locator("[data-opens]:visible").count() == 0, "what needs a script is not offered"

    # A post.
    mira.begins("share").click()
    mira.writes("Your words", "Die Leiter steht *im Lager*.")
    mira.presses("Put it on the table")
    mira.reads("It is on the table.")
    mine = key_of(mira.page)
    expect(mira.gift(mine).locator("em")).to_have_text("im Lager")

    # An answer, and an empty one that is refused with a sentence.
    mira.goes(f"/acts/{cake.key}/")
    mira.writes("Your answer", "Ich komme!")
    mira.presses("Give the answer")
    mira.reads("Your answer is there.")
    mira.sees("Ich komme!")

    # One of six words, given and taken back.
    mira.presses("made me happy", within=mira.gift(cake))
    pressed = mira.page.locator("button[aria-pressed=true]")
    expect(pressed).to_have_text(mira.say("made me happy"))
    pressed.click()
    expect(pressed).to_have_count(0)

    # A thank-you: somebody is found by a part of their name.
    mira.goes("/thanks/new/")
    mira.writes("For whom?", "hanno")
    mira.presses("Find")
    mira.chooses_person("Hanno Hilft")
    mira.writes("What for?", "Der Kuchen war gut.")
    mira.page.locator("#thanks-form [data-send]").click()
    mira.reads("Your thank-you is with %(names)s.", names="Hanno Hilft")

    # A group, joined and left.
    mira.goes("/groups/").link_to("Ersatzteile").click()
    mira.presses("Sit down here")
    mira.reads("You sit in %(group)s now.", group="Ersatzteile")
    mira.presses("Leave the group")
    mira.reads("You have left %(group)s.", group="Ersatzteile")

    # Taken back, and put back.
    mira.goes(f"/acts/{mine}/").presses("Take it back", within=mira.gift(mine))
    mira.reads("Taken back. Nobody but you sees it now.")
    hanno = comes_in(other, java_script_enabled=False)
    assert hanno.page.goto(f"/acts/{mine}/").status == 404
    mira.presses("Put it back")
    mira.reads("It is back where it was.")
    assert hanno.page.goto(f"/acts/{mine}/").status == 200
