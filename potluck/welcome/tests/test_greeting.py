"""A greeting is somebody's own words to a newcomer; it ends their first home."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from potluck.acts.models import Act, Reach
from potluck.core import clock
from potluck.core.rules import Refused
from potluck.notices.models import Notice
from potluck.welcome import queries, verbs
from tests import make

pytestmark = pytest.mark.django_db
WORDS = "Schoen, dass du da bist. Halb zwoelf an der Hintertuer?"


@pytest.fixture
def newcomer():
    return make.person("Mira Sand")


@pytest.fixture
def colleague():
    with clock.at(clock.now() - timedelta(days=400)):
        return make.person("Kaja Linde")


def signed_in(person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def test_a_greeting_reaches_the_newcomer_and_ends_their_first_home(newcomer, colleague):
    assert queries.awaits_greeting(newcomer)
    answer = signed_in(colleague).post(reverse("welcome:greet", args=[newcomer.handle]), {"words": WORDS})
    assert answer.status_code == 303
    act = Act.objects.get(kind="welcomed")
    assert act.words == WORDS and act.reach == Reach.EVERYONE and list(act.to.all()) == [newcomer]
    assert Notice.objects.filter(receiver=newcomer, kind="welcomed", act=act).count() == 1
    assert not queries.awaits_greeting(newcomer)


def test_a_greeting_taken_back_has_not_greeted(newcomer, colleague):
    from potluck.acts.verbs import withdraw

    act = make.greet(colleague, newcomer)
    assert not queries.awaits_greeting(newcomer)
    withdraw(colleague, act)
    assert queries.awaits_greeting(newcomer)


def test_a_greeting_for_one_greets_nobody_else(newcomer, colleague):
    other = make.person()
    make.greet(colleague, newcomer)
    assert queries.awaits_greeting(other)


def test_one_cannot_greet_oneself_and_guests_greet_nobody(newcomer, colleague):
    guest = make.guest()
    with pytest.raises(Refused):
        verbs.greet(newcomer, newcomer, WORDS)
    with pytest.raises(Refused):
        verbs.greet(guest, newcomer, WORDS)
    assert signed_in(newcomer).post(reverse("welcome:greet", args=[newcomer.handle]), {"words": WORDS}).status_code == 403
    assert not Act.objects.exists()
    assert verbs.greet(colleague, guest, WORDS)


def test_a_greeting_sent_twice_is_given_once(newcomer, colleague):
    client = signed_in(colleague)
    for _ in range(2):
        client.post(reverse("welcome:greet", args=[newcomer.handle]), {"words": WORDS, "once": "abc"})
    assert Act.objects.count() == 1


def test_an_empty_greeting_comes_back_with_a_sentence(newcomer, colleague):
    answer = signed_in(colleague).post(reverse("welcome:greet", args=[newcomer.handle]), {"words": "  "})
    assert answer.status_code == 422 and not Act.objects.exists()
    too_long = signed_in(colleague).post(reverse("welcome:greet", args=[newcomer.handle]), {"words": "x" * 5000})
    assert too_long.status_code == 422 and "x" * 5000 in too_long.content.decode()


def test_the_form_comes_empty(newcomer, colleague):
    page = signed_in(colleague).get(reverse("welcome:greet", args=[newcomer.handle])).content.decode()
    assert "</textarea>" in page
    assert page.split("</textarea>")[0].rsplit(">", 1)[1].strip() == ""


def test_who_is_new_is_listed_with_the_way_to_greet_them(newcomer, colleague):
    page = signed_in(colleague).get(reverse("welcome:newcomers")).content.decode()
    way = reverse("welcome:greet", args=[newcomer.handle])
    assert newcomer.name in page and way in page and colleague.name not in page
    make.greet(colleague, newcomer)
    assert way not in signed_in(colleague).get(reverse("welcome:newcomers")).content.decode()
    assert way in signed_in(make.person()).get(reverse("welcome:newcomers")).content.decode()


def test_a_greeting_form_shows_what_they_wrote_first_and_nothing_private(newcomer, colleague):
    make.post(newcomer, "Unter uns: ich bin nervoes.", group=make.group(newcomer, closed=True))
    assert queries.first_words(colleague, newcomer) is None
    first = make.post(newcomer, "Guten Morgen, ich bin Mira.")
    make.post(newcomer, "Und noch etwas.")
    assert queries.first_words(colleague, newcomer).id == first.pk


def test_htmx_gets_the_greeting_itself(newcomer, colleague):
    answer = signed_in(colleague).post(
        reverse("welcome:greet", args=[newcomer.handle]), {"words": WORDS}, headers={"HX-Request": "true"}
    )
    page = answer.content.decode()
    assert answer.status_code == 200 and WORDS in page and "<html" not in page
