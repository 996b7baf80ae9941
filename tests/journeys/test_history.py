"""Real history: a question that nobody here wrote is found, answered and thanked; its author comes later and finds it."""

from __future__ import annotations

import pytest
from django.utils import translation
from playwright.sync_api import expect

from potluck.exchange.tests.make import channel, person, said, slack
from potluck.exchange.verbs import bring_slack
from potluck.notices.models import Notice
from potluck.people.models import Person
from tests import make

QUESTION = "Weiß jemand, warum der Dimmer im Lager flackert?"
ANSWER = "Der Filz klemmt: nach links drehen, dann geht er wieder."
THANKS = "Deine Frage von damals hat mir heute den Abend gerettet."


@pytest.fixture
def history(house, tmp_path) -> None:
    people = [person("U1", "Mira Beispiel", "mira@example.org"), person("U2", "Niko Muster", "niko@example.org")]
    with translation.override("en"):
        messages = {"lager": [said(QUESTION), said("Bei uns auch.", by="U2", at=60)]}
        bring_slack(slack(tmp_path, messages, users=people, channels=[channel("C1", "lager")]))


@pytest.mark.row("X2", "I2", "R1")
def test_an_imported_question_is_answered_and_thanked_and_its_author_finds_both(comes_in, stranger, history):
    helper = comes_in(make.person("Hanno Hilft"))
    helper.goes("/groups/").page.get_by_role("link", name="lager").click()
    helper.sees(QUESTION)
    helper.reads("From before Potluck")

    # It can be answered and thanked like anything that was said here; the giver reads that the gift waits.
    asked = helper.page.get_by_role("article").filter(has_text=QUESTION)
    key = asked.get_attribute("id").removeprefix("act-")
    helper.goes(f"/acts/{key}/")
    helper.writes("Your answer", ANSWER)
    helper.presses("Give the answer")
    helper.sees(ANSWER)
    helper.follows("Say thank you", within=helper.gift(key))
    helper.sees(
        helper.say(
            "%(name)s has not claimed their place yet. Your thank-you waits for them there. Nobody is told when it is read, "
            "not even you.",
            name="Mira Beispiel",
        )
    )
    helper.writes("What for?", THANKS)
    helper.presses("Give it to %(name)s", name="Mira")
    helper.sees(THANKS)
    assert not Notice.objects.exists(), "history tells nobody, and a place that waits is told nothing"

    # A member invites the author; what waited is shown before home.
    mira = Person.objects.get(email="mira@example.org")
    helper.goes("/people/").link("Invite %(name)s", name="Mira Beispiel").click()
    helper.presses("Invite")
    link = helper.page.locator(".handed code").inner_text()
    author = stranger().goes(link)
    author.sees("Hanno Hilft")
    author.writes("Password", "Brot Salz Regen")
    author.presses("Take my place")
    author.is_under("Good that you are here, %(name)s", name="Mira")
    author.sees(THANKS)
    author.sees(ANSWER)

    # What they once said is theirs: they answer in their own talk.
    author.goes(f"/acts/{key}/")
    expect(author.gift(key)).to_contain_text(QUESTION)
    author.writes("Your answer", "Danke, das probiere ich.")
    author.presses("Give the answer")
    author.reads("Your answer is there.")
    author.goes(f"/people/{mira.handle}/").sees(QUESTION)
