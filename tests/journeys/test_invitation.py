"""One comes in by invitation, finds what waited, and is met before anything is asked."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from potluck.core import clock
from potluck.people.models import House, Person
from tests import make

THANKS = "Du hast im Juli die Schicht getauscht."


@pytest.fixture
def member(house: House) -> Person:
    with clock.at(clock.now() - timedelta(days=90)):
        manager = make.manager(name="Cleo Kümmer", phone="030 1234", hours="Mo bis Do", place="Halle 2")
        House.objects.filter(pk=house.pk).update(turn_to=manager, opened_by=manager)
        make.person("Tarek Tür", likes_to_greet=True)
        return make.person("Milan Mittel")


@pytest.mark.row("X1", "I1", "R1")
def test_a_member_invites_and_the_invited_find_what_waited_and_a_face_before_the_table(comes_in, stranger, member):
    inviter = comes_in(member)
    inviter.begins("Me", within=inviter.page.get_by_role("navigation")).first.click()
    inviter.follows("Invite somebody")
    inviter.writes("Name", "Nele Neu")
    inviter.presses("Keep a place")
    inviter.reads("A place is kept for %(name)s.", name="Nele Neu")
    inviter.reads("This link is their way in")
    link = inviter.page.locator(".handed code").inner_text()

    # A gift to a place that waits: the giver reads, before giving, that it waits.
    nele = Person.objects.get(name="Nele Neu")
    inviter.goes(f"/people/{nele.handle}/").follows("Say thank you")
    inviter.sees(
        inviter.say(
            "%(name)s has not claimed their place yet. Your thank-you waits for them there. Nobody is told when it is read, "
            "not even you.",
            name="Nele Neu",
        )
    )
    inviter.writes("What for?", THANKS)
    inviter.presses("Give it to %(name)s", name="Nele")
    inviter.sees(THANKS)

    # The invited reads who invites and that something waits, not yet what.
    newcomer = stranger().goes(link)
    newcomer.is_under("Your place is kept")
    newcomer.sees("Milan Mittel")
    newcomer.sees_nothing_of(THANKS)
    newcomer.writes("Password", "Brot Salz Regen")
    newcomer.presses("Take my place")

    # What waited comes before home; home begins with a face and a number.
    newcomer.is_under("Good that you are here, %(name)s", name="Nele")
    newcomer.sees(THANKS)
    newcomer.follows("To the table")
    newcomer.is_under("Welcome, %(name)s. It is good that you are here.", name="Nele")
    expect(newcomer.link_to("030 1234")).to_be_visible()
    expect(newcomer.page.locator("#main").get_by_role("link", name="Tarek Tür").first).to_be_visible()

    # The link opened once.
    stranger().goes(link).is_under("This link opens no more")

    # Somebody says hello, from the newcomer's own page: the first home is over.
    inviter.goes(f"/people/{nele.handle}/").follows("Say hello")
    inviter.writes("Your greeting to %(name)s", "Schön, dass du da bist.", name="Nele")
    inviter.presses("Greet %(name)s", name="Nele")
    inviter.reads("Your greeting is with %(name)s.", name="Nele Neu")
    newcomer.goes("/").is_under("What are you bringing today?")
    newcomer.sees("Schön, dass du da bist.")
