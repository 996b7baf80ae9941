"""One's own log, in whole sentences that are true."""

from __future__ import annotations

import inspect
import re
from types import SimpleNamespace

import pytest
from django.test import Client
from django.utils import translation

from potluck.people import logwords, verbs
from potluck.people.models import Person
from potluck.people.tests import letterbox
from tests import make

#: Rights that people use on themselves alone, and that are used on others alone.
OWN = {"house.open", "people.come", "people.claim", "people.address-proved"}
OTHERS = {"people.add", "people.invite", "people.deactivate", "people.reactivate"}
#: What a people list does, whoever brought it.
LISTED = {"people.list-name", "people.list-unit", "people.list-left", "people.list-back"}


def rights() -> set[str]:
    """Every right that a verb logs on somebody."""
    return {right for right, on in re.findall(r'\blog\(\w+, "([a-z.-]+)", (\w+)', inspect.getsource(verbs)) if on != "None"}


@pytest.mark.parametrize("language", ["en", "de", "de-sie"])
def test_every_right_that_is_used_on_somebody_has_a_sentence_of_its_own(language):
    viewer, other = SimpleNamespace(pk=1, name="Ich"), SimpleNamespace(pk=2, name="Adele Auf")

    def said(right: str, by: SimpleNamespace) -> str:
        return logwords.sentence(SimpleNamespace(right=right, by=by, by_id=by.pk, what="+leader"), viewer)

    assert {"people.role", "people.address"} < rights() and rights() > OWN | OTHERS | LISTED
    with translation.override(language):
        by_oneself = [said(right, viewer) for right in rights() - OTHERS - LISTED] + [said("unheard.of", viewer)]
        by_others = [said(right, other) for right in rights() - OWN - LISTED] + [said("unheard.of", other)]
        by_a_list = [said(right, other) for right in LISTED]
    for sentences in (by_oneself, by_others, by_a_list):
        assert len(set(sentences)) == len(sentences)
        assert not any("people." in sentence or "unheard" in sentence or "%" in sentence for sentence in sentences)
    assert all(sentence.startswith("Adele Auf ") for sentence in by_others)
    assert not any("Adele Auf" in sentence for sentence in by_a_list)


@pytest.mark.django_db
def test_the_first_administrator_reads_that_they_opened_the_house(as_, open_house):
    page = as_(Person.objects.get(name="Adele Auf")).get("/me/log/").content.decode()
    assert "You opened the house with its first link." in page and "wrote you down" not in page


@pytest.mark.django_db
def test_whoever_came_by_the_open_door_reads_so(settings, as_, open_house):
    settings.MAIL_URL = "smtp://127.0.0.1:1"
    verbs.furnish(Person.objects.get(name="Adele Auf"), mail_domains=["example.org"])
    client = Client(headers={"Accept-Language": "en"})
    client.post("/accounts/signup/", {"name": "Jo Neu", "email": "jo@example.org"})
    client.post("/accounts/signup/code/", {"code": letterbox.code_in(letterbox.to("jo@example.org")[0])})
    page = client.get("/me/log/").content.decode()
    assert "You came in by a code that went to your address." in page and "wrote you down" not in page
    shell = as_(make.person()).get("/me/log/").content.decode()
    assert "command line wrote you down here." in shell, "and whom the shell wrote down reads that"
