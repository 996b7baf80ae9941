"""The line that everything hangs on: a welcome, a question that waits, an answer, a thank-you, the wall."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from potluck.core import clock
from potluck.people.models import House, Person
from tests import make
from tests.journeys.conftest import key_of

QUESTION = "Wie bekommt man den Dimmer im Lager wieder an?"
ANSWER = "Erst den Filz lösen, dann ganz nach links drehen."
THANKS = "Du hast mir den Trick mit dem Filz gezeigt."
HELLO = "Schön, dass du da bist. Die Kanne steht links."


@pytest.fixture
def colleagues(house: House) -> dict[str, Person]:
    """A newcomer, and three who have been here for a while."""
    with clock.at(clock.now() - timedelta(days=90)):
        known = {
            "manager": make.manager(name="Cleo Kümmer", phone="030 1234", hours="Mo bis Do, 9 bis 15 Uhr"),
            "helper": make.person("Hanno Hilft"),
            "other": make.person("Bo Beistand"),
        }
    House.objects.filter(pk=house.pk).update(turn_to=known["manager"], opened_by=known["manager"])
    return {"newcomer": make.person("Nele Neu"), **known}


@pytest.mark.row("I1", "I2", "C1", "T1", "T2", "T3", "R1", "R2", "X5")
def test_a_newcomer_is_welcomed_and_answered_and_their_thanks_hang_on_the_wall(comes_in, colleagues):
    newcomer, manager = comes_in(colleagues["newcomer"]), comes_in(colleagues["manager"])

    # Before anything else the house gives a face and a number.
    newcomer.is_under("Welcome, %(name)s. It is good that you are here.", name="Nele")
    expect(newcomer.link_to("030 1234")).to_be_visible()

    # The desk of whom one can turn to says so. They say hello; it arrives while the newcomer looks, whose first home is over.
    manager.begins("Desk").click()
    expect(manager.link("Nobody has greeted %(name)s yet", name="Nele Neu")).to_be_visible()
    manager.follows("Greet")
    manager.writes("Your greeting to %(name)s", HELLO, name="Nele")
    manager.presses("Greet %(name)s", name="Nele")
    manager.sees(HELLO)
    newcomer.presses("There is something new. Show it")
    newcomer.sees(HELLO)
    newcomer.goes("/").is_under("What are you bringing today?")

    # The newcomer asks.
    newcomer.begins("ask").click()
    newcomer.writes("Your question", QUESTION)
    newcomer.presses("Ask")
    newcomer.reads("Your question is on the table.")
    question = key_of(newcomer.page)

    # The desk shows that it waits. The manager asks somebody who may know; they are told while they look at the table.
    helper, other = comes_in(colleagues["helper"]), comes_in(colleagues["other"])
    manager.begins("Desk").click()
    manager.page.get_by_role("listitem").get_by_role("link", name=QUESTION).click()
    manager.writes("Name, place, or what they can help with", "Hanno")
    manager.page.get_by_role("option", name="Hanno Hilft").click()
    manager.writes("A sentence with it, if you like", "Du kennst das Lager.")
    manager.presses("Ask this person")
    manager.reads("%(name)s is asked, personally and once.", name="Hanno Hilft")
    expect(helper.page.locator("#news")).to_have_text(helper.say("There is something new"))
    helper.begins("Messages").click()
    helper.sees("Du kennst das Lager.")
    helper.page.get_by_role("link", name=helper.sentence("asked", "", "Cleo Kümmer")).click()

    # They answer; the newcomer sees it without reloading.
    helper.writes("Your answer", ANSWER)
    helper.presses("Give the answer")
    helper.reads("Your answer is there.")
    answer = newcomer.page.get_by_role("article").filter(has_text=ANSWER)
    expect(answer).to_be_visible()

    # The newcomer says that it helped, and thanks them, for everybody to read if they like.
    newcomer.presses("This helped", within=answer)
    newcomer.reads("This helped, says %(name)s", name="Nele")
    newcomer.follows("Say thank you", within=answer)
    newcomer.writes("What for?", THANKS)
    newcomer.chooses("Everybody, on the wall")
    newcomer.presses("Give it to %(name)s", name="Hanno")
    newcomer.reads("Your thank-you is with %(names)s.", names="Hanno Hilft")
    thanks = newcomer.page.get_by_role("article").filter(has_text=THANKS).get_attribute("id").removeprefix("act-")

    # Until Hanno says yes it is between the two. What Bo's table learns of is only what came for everybody.
    asked_for = []
    other.page.on("request", lambda request: asked_for.append(request.url))
    other.page.on("framenavigated", lambda frame: asked_for.append(frame.url))
    public = make.post(colleagues["manager"], "Um drei gibt es Kuchen.")
    other.presses("There is something new. Show it")
    expect(other.gift(public)).to_be_visible()
    assert any(f"/acts/{public.key}/" in address for address in asked_for)
    assert not any(thanks in address for address in asked_for)
    for path in ("/thanks/", f"/people/{colleagues['helper'].handle}/", f"/acts/{question}/"):
        other.goes(path).sees_nothing_of(THANKS)
    assert other.page.goto(f"/acts/{thanks}/").status == 404

    # It reaches Hanno live, one click from its cause, and he says yes.
    expect(helper.page.locator("#news")).to_have_text(helper.say("There is something new"))
    other.goes("/")
    helper.begins("Messages").click()
    helper.page.get_by_role("link", name=helper.sentence("thanked", "", "Nele Neu")).click()
    helper.sees(THANKS)
    helper.presses("Yes, it may")
    helper.reads("You said yes: it hangs on the wall.")

    # Now it hangs there for everybody, and appears on Bo's table without reloading.
    other.presses("There is something new. Show it")
    expect(other.gift(thanks)).to_contain_text(THANKS)
    for somebody in (other, newcomer, manager):
        somebody.begins("Thanks", within=somebody.page.get_by_role("navigation")).first.click()
        expect(somebody.gift(thanks)).to_contain_text(THANKS)
