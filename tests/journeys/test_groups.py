"""A closed group: opened, asked into, let in, left; what lies in it is its members' alone."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from potluck.notices import verbs as notices
from tests import make

INSIDE = "Der Schlüssel liegt im Blumentopf."


@pytest.mark.row("G1", "T3")
def test_somebody_asks_into_a_closed_group_is_let_in_reads_and_leaves(comes_in, house):
    host = comes_in(make.person("Hanno Herd"))
    host.begins("Groups", within=host.page.get_by_role("navigation")).first.click()
    host.follows("Open a group")
    host.writes("What is it called?", "Nachtschicht")
    host.writes("What happens here?", "Was in der Nacht gebraucht wird.")
    host.chooses("Only its members")
    host.presses("Open the group")
    host.reads("The group is open. You look after it.")
    host.page.get_by_role("main").get_by_role("link", name=host.say("Write here"), exact=True).first.click()
    host.writes("Your words", INSIDE)
    host.presses("Put it on the table")
    host.reads("It is on the table.")

    # Its name is on the shelf; what lies in it is not.
    guest = comes_in(make.person("Milan Mittel"))
    guest.goes("/groups/").link_to("Nachtschicht").click()
    group = guest.page.url
    guest.sees_nothing_of(INSIDE)
    guest.writes("A few words, if you like", "Ich bin ab Montag nachts da.")
    guest.presses("Ask to join")
    guest.reads("You have asked to join.")

    # The host is told (the worker does it; no worker runs here), reads the words, says yes.
    notices.tell_of_groups()
    expect(host.page.locator("#news")).to_have_text(host.say("There is something new"))
    host.begins("Messages").click()
    host.page.get_by_role("link", name=host.sentence("knocked", "", "Milan Mittel", subject="Nachtschicht")).click()
    host.sees("Ich bin ab Montag nachts da.")
    host.presses("Yes, come in")
    host.reads("%(name)s sits with you now.", name="Milan Mittel")

    notices.tell_of_groups()
    let_in = guest.sentence("seated", "", "Hanno Herd", subject="Nachtschicht")
    guest.goes("/inbox/").page.get_by_role("link", name=let_in).click()
    guest.sees(INSIDE)

    # Whoever leaves reads no longer.
    guest.presses("Leave the group")
    guest.reads("You have left %(group)s. Whoever wants to come back asks again.", group="Nachtschicht")
    guest.page.goto(group)
    guest.sees_nothing_of(INSIDE)
    expect(guest.button("Ask to join")).to_be_visible()
