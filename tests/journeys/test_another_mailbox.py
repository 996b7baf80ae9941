"""Somebody changes their own mailbox: a code goes to the new one, and from then on it is the way in. The web process knows a
mail server here; the worker, which knows none, leaves what it would send where it can be read."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests import make


@pytest.fixture
def server(mailing_server: str) -> str:
    return mailing_server


@pytest.mark.row("X1")
def test_one_changes_ones_own_mailbox_with_a_code_and_comes_in_by_the_new_one(comes_in, stranger, house, mail_to):
    mira = comes_in(make.person("Mira Sand", email="mira@example.org"), "/me/")
    mira.follows("E-mail address")
    mira.is_under("Another mailbox")
    mira.writes("E-mail address", "mira@new.example")
    mira.presses("Send me a code")
    mira.is_under("The code from the mail")
    code = re.search(r"^\s*([A-Z0-9]{4}-[A-Z0-9]{4})\s*$", mail_to("mira@new.example"), re.M)[1]

    # A code that is mistyped is refused with a sentence, and can be typed again.
    mira.writes("Code", "FALSCH22")
    mira.presses("This is my mailbox")
    expect(mira.field("Code")).to_have_attribute("aria-invalid", "true")
    mira.writes("Code", code)
    mira.presses("This is my mailbox")
    mira.reads("Your mail goes to %(email)s now.", email="mira@new.example")
    mira.sees(mira.say("You wrote down another mailbox for yourself."))
    assert "Mira Sand" in mail_to("mira@example.org"), "the old mailbox is told"

    door = stranger().goes("/accounts/login/code/")
    door.writes("E-mail address", "mira@new.example")
    door.presses("Send me a code")
    code = re.search(r"^\s*([A-Z0-9]{3,4}-?[A-Z0-9]{3,4})\s*$", mail_to("mira@new.example"), re.M)[1]
    door.writes("Code", code)
    door.presses("Sign in")
    door.is_under("Welcome, %(name)s. It is good that you are here.", name="Mira")
