"""An empty house: one link, four questions, three choices, and the table is laid."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from potluck.people import verbs as people


@pytest.mark.row("X1", "X6", "C1")
def test_whoever_opens_an_empty_house_answers_four_questions_and_sits_at_the_table(stranger):
    path = people.first_link()
    first = stranger()

    # Every other address says where the key is.
    first.goes("/").is_under("Nobody lives here yet")

    first.goes(path).is_under("You are the first")
    first.writes("Name", "Mira Sand")
    first.writes("E-mail address", "mira@example.org")
    first.writes("Password", "Brot Salz Regen")
    first.presses("Come in")

    first.is_under("Four questions about your house")
    first.writes("Name of the house", "Werk Nord")
    first.page.get_by_role("radio", name="Deutsch, per du").check()
    first.writes("Work begins at", "07:30")
    first.writes("Work ends at", "16:00")
    first.page.get_by_label(first.say("Time zone"), exact=True).select_option("Europe/Berlin")
    first.chooses("I am")
    first.writes("Telephone", "030 555 12")
    first.writes("When", "Mo bis Do, 9 bis 15 Uhr")
    first.writes("Where to find them", "Halle 2, neben der Kaffeemaschine")
    first.presses("Keep and go on")

    first.is_under("The table is laid")
    expect(first.link("Invite people")).to_be_visible()
    first.sees("import slack export.zip")
    first.sees("bin/run --demo --port 8001")
    first.follows("To the table")
    first.is_under("What are you bringing today?")

    # They are the person to turn to, with the number they gave.
    first.begins("Help").first.click()
    expect(first.link_to("Mira Sand")).to_be_visible()
    expect(first.link_to("030 555 12")).to_be_visible()

    # The link opened once.
    late = stranger().goes(path)
    late.is_under("This link opens no more")


@pytest.mark.row("X1", "C1")
def test_the_person_to_turn_to_may_be_somebody_else_who_comes_by_the_invitation_shown(stranger):
    first = stranger().goes(people.first_link())
    first.writes("Name", "Mira Sand")
    first.writes("E-mail address", "mira@example.org")

    # A password that is too short is refused with a sentence; what was written stays.
    first.writes("Password", "kurz")
    first.presses("Come in")
    expect(first.field("Name")).to_have_value("Mira Sand")
    expect(first.field("Password")).to_have_attribute("aria-invalid", "true")
    first.writes("Password", "Brot Salz Regen")
    first.presses("Come in")

    first.writes("Name of the house", "Werk Nord")
    first.chooses("Somebody else")
    first.writes("Their name", "Cleo Kümmer")
    first.writes("Their e-mail address", "cleo@example.org")
    first.presses("Keep and go on")
    first.reads("Here is the invitation for %(name)s", name="Cleo Kümmer")
    link = first.page.locator(".handed code").inner_text()

    cleo = stranger().goes(link)
    expect(cleo.field("Name")).to_have_value("Cleo Kümmer")
    cleo.writes("Password", "Brot Salz Regen")
    cleo.presses("Take my place")
    cleo.is_under("Good that you are here, %(name)s", name="Cleo")
    cleo.follows("To the table")
    assert people.the_house().turn_to.is_community_manager
    cleo.begins("Help").first.click()
    expect(cleo.link_to("Cleo Kümmer")).to_be_visible()
