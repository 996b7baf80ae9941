"""The four chairs a visitor can sit in: whose they are stands in ``story/people.toml``, what to try first stands here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from potluck.demo import reading


@dataclass(frozen=True)
class Chair:
    name: str  #: also its address: ``newcomer.localhost``
    word: Any
    sentence: Any
    first: tuple[Any, ...]  #: what to try first


CHAIRS = (
    Chair(
        "newcomer",
        _("New in the house"),
        _(
            "Has just come, after nine years at the wheel of a bus. The first post is on the table, and nobody has said "
            "hello yet."
        ),
        (
            _("See what the house gives you before it asks for anything."),
            _("Fatou has asked you something: answer her."),
            _("Ask what you would need to know on your second day."),
        ),
    ),
    Chair(
        "colleague",
        _("Colleague"),
        _("Sews canopies on the early shift and knows how the new cloth wants to be treated."),
        (
            _("Niamh has thanked you: say whether it may hang on the wall."),
            _("Vito does not get on with the thread. You know how."),
            _("Say hello to Tilda, who is new in the shop."),
        ),
    ),
    Chair(
        "manager",
        _("Person to turn to"),
        _("Sees to it that nobody here speaks into the void."),
        (
            _("Open the desk: somebody new has not been greeted, and a question waits."),
            _("Ask somebody who may know the answer, instead of answering yourself."),
            _("Ottmar cannot find the way back to the light theme."),
        ),
    ),
    Chair(
        "leader",
        _("Leader"),
        _("Runs the plant, and says so when there is something she does not know yet."),
        (
            _("Kofi has asked about the gate: answer in front of everybody."),
            _("Imani would like to join those who plan the shifts. You can let her in."),
            _("Thank somebody for something you saw, in your own words."),
        ),
    ),
)


def sitters() -> dict[str, str]:
    """{chair: the story's name of who sits there}."""
    return {row["chair"]: key for key, row in reading.people().items() if "chair" in row}
