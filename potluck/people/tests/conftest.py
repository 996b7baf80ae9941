from __future__ import annotations

import pytest
from django.test import Client

from potluck.people import verbs
from potluck.people.models import House


@pytest.fixture
def as_():
    """``as_(person)``: a browser in which this person has signed in by a link."""

    def browser(person, **headers) -> Client:
        client = Client(headers={"Accept-Language": "en", **headers})
        answer = client.post(verbs.make_sign_in_link(person))
        assert answer.status_code == 303, answer.status_code
        return client

    return browser


@pytest.fixture
def open_house(db) -> House:
    """A house that was opened in the ordinary way."""
    token = verbs.first_link().split("/")[2]  # type: ignore[union-attr]
    opener = verbs.open_house(token, name="Adele Auf", email="adele@example.org", password="three warm spoons")
    verbs.answer_four_questions(
        opener,
        phone="030 1",
        hours="9 to 15",
        place="Room 1",
        name="Probehaus",
        language="de",
        timezone="Europe/Berlin",
        day_starts="08:00",
        day_ends="17:00",
    )
    return House.objects.get()
