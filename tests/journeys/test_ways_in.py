"""Ways in and out: a code by mail, a forgotten password, another device, a closed access. Mail goes through the worker."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests import make


@pytest.fixture
def server(mailing_server: str) -> str:
    return mailing_server


@pytest.mark.row("X1")
def test_one_comes_in_with_a_code_by_mail_and_with_a_new_password_when_the_old_is_forgotten(stranger, house, mail_to):
    make.person("Mira Sand", email="mira@example.org")
    mira = stranger().goes("/groups/")

    # A code by mail leads where one wanted to go.
    mira.is_under("Come in")
    mira.follows("Send me a code")
    mira.writes("E-mail address", "mira@example.org")
    mira.presses("Send me a code")
    mira.is_under("Type the code")
    code = re.search(r"^\s*([A-Z0-9]{3,4}-?[A-Z0-9]{3,4})\s*$", mail_to("mira@example.org"), re.M)[1]
    mira.writes("Code", code)
    mira.presses("Sign in")
    mira.is_under("Groups")

    # Forgotten: the link in the mail lets one choose a new password, which then opens the door.
    other = stranger().goes("/accounts/login/")
    other.follows("Forgotten your password?")
    other.writes("E-mail address", "mira@example.org")
    other.presses("Send me the link")
    other.is_under("Look into your mail")
    link = re.search(r"https?://\S+", mail_to("mira@example.org"))[0]
    other.page.goto(re.sub(r"^https?://[^/]+", "", link))
    other.writes("New password", "Brot Salz Regen")
    other.presses("Keep this password")
    # The old devices are signed out by the new password, and its owner is told.
    assert mail_to("mira@example.org")
    mira.goes("/").is_under("Come in")
    mira.writes("E-mail address", "mira@example.org")
    mira.writes("Password", "Salz Brot Regen")
    mira.presses("Sign in")
    expect(mira.page.get_by_role("alert")).to_be_visible()
    mira.writes("Password", "Brot Salz Regen")
    mira.presses("Sign in")
    mira.is_under("Welcome, %(name)s. It is good that you are here.", name="Mira")


@pytest.mark.row("X1")
def test_another_device_is_signed_out_and_its_page_hears_nothing_more(comes_in, house):
    person = make.person("Mira Sand")
    here, there = comes_in(person), comes_in(person)
    expect(there.page.locator("#live")).to_have_count(1)
    here.goes("/me/").page.get_by_role("button", name=re.compile(re.escape(here.say("Sign out: %(device)s", device="")))).click()
    here.reads("That device is signed out.")
    expect(there.page.locator("#live")).to_have_count(0)
    there.goes("/groups/").is_under("Come in")
    here.goes("/groups/").is_under("Groups")


@pytest.mark.row("X1")
def test_a_closed_access_acts_on_the_next_request_and_ends_the_stream(comes_in, house):
    person, administrator = make.person("Mira Sand"), make.administrator(name="Adele Admin")
    mira, adele = comes_in(person), comes_in(administrator)
    expect(mira.page.locator("#live")).to_have_count(1)
    adele.goes("/house/").link_to("Mira Sand").click()
    adele.presses("Close the access")
    expect(adele.button("Open it again")).to_be_visible()
    mira.is_under("Come in")  # the stream ends, and the open page leaves for the door
    mira.goes("/groups/").is_under("Come in")

    # Opened again, the same person comes in again by a link that the administrator hands over; it opens once.
    adele.presses("Open it again")
    adele.presses("Make a link")
    link = adele.page.locator(".handed code").inner_text()
    mira.goes(link).presses("Sign me in")
    mira.is_under("Welcome, %(name)s. It is good that you are here.", name="Mira")
    mira.goes(link).is_under("This link opens no more")
    mira.goes("/me/log/").sees("Adele Admin")
