"""The house as the story leaves it: what is open on purpose, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import pytest
from django.core import mail
from django.db import connection, transaction

from potluck.acts.models import Act
from potluck.core import clock
from potluck.core.rules import Refused
from potluck.demo.chairs import CHAIRS, sitters
from potluck.demo.fill import fill
from potluck.demo.reading import BERLIN, address
from potluck.groups.models import JoinRequest
from potluck.notices.models import Mail, Notice
from potluck.people import queries as people
from potluck.people.models import NEW_FOR, House, Person, Role
from potluck.talk import queries as talk
from potluck.talk.models import Reaction
from potluck.thanks.models import Receiver, Thanks
from potluck.welcome import queries as welcome
from tests import make

END = datetime(2026, 11, 24, 14, tzinfo=BERLIN)  # a Tuesday afternoon


@contextmanager
def filled_house(end: datetime) -> Iterator[None]:
    """A house filled at ``end``, gone afterwards."""
    with transaction.atomic():
        with clock.at(end):
            fill()
        yield
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def house(django_db_setup, django_db_blocker) -> Iterator[None]:
    """Filled once for all tests that only look."""
    with django_db_blocker.unblock(), filled_house(END), clock.at(END):
        yield


def who(key: str) -> Person:
    return Person.objects.get(email=address(key))


def everybody() -> list[Person]:
    return list(Person.objects.all())


def test_the_company_is_a_demo_and_lives_at_three_places(house):
    row = House.objects.get()
    assert row.is_demo and row.name == "Regenhold Schirme" and row.turn_to == who("malik") and row.opened_by == who("wiebke")
    assert 35 <= Person.objects.count() <= 50
    roles = {role: {p.email for p in Person.objects.filter(roles__contains=[role])} for role in Role.values}
    assert roles[Role.COMMUNITY_MANAGER] == {address("malik")}
    assert all(roles.values())
    assert 150 <= Act.objects.count() <= 250
    assert Person.objects.filter(language="en").count() >= 4
    assert len(people.greeters(who("tilda"))) >= 4


def test_nobody_has_a_password_but_what_nobody_knows(house):
    assert not any(p.has_usable_password() for p in everybody() if not p.is_administrator)


def test_one_newcomer_is_not_greeted_and_has_a_first_post_without_an_answer(house):
    assert list(welcome.not_yet_greeted(who("malik"))) == [who("tilda")]
    waiting = talk.first_posts_without_answer(who("malik"), clock.now() - NEW_FOR)
    assert [act.by for act in waiting] == [who("tilda")]


def test_one_question_waits_that_a_colleague_could_answer(house):
    for person in everybody():
        waits = list(talk.without_answer(person))
        assert [act.by for act in waits] == ([] if person.is_guest else [who("vito")])
    question = talk.without_answer(who("malik")).get()
    words = f"{question.title} {question.words}".lower()
    could = {p for p in everybody() for topic in p.helps_with.split(", ") if topic.lower() in words}
    assert who("aylin") in could


def test_one_thank_you_waits_for_the_yes_of_the_colleague(house):
    waiting = Receiver.objects.filter(thanks__is_offered=True, agreed_at=None, declined_at=None)
    assert [row.person for row in waiting] == [who("aylin")]
    assert Thanks.objects.filter(hung_at=None, is_offered=False).exists(), "some stay private"
    assert Thanks.objects.exclude(hung_at=None).count() >= 12


def test_one_person_asks_to_join_and_the_hosts_know(house):
    request = JoinRequest.objects.get(answered_at=None)
    assert request.person == who("imani") and request.told_at
    assert Notice.objects.filter(kind="knocked", receiver=who("solveig"), read_at=None).exists()


@pytest.mark.parametrize("chair", CHAIRS, ids=lambda chair: chair.name)
def test_something_waits_for_a_word_at_every_chair(house, chair):
    person = who(sitters()[chair.name])
    waits = list(talk.waiting_for(person))
    assert len(waits) == 1 and waits[0].at > END - timedelta(hours=2)
    assert 1 <= Notice.objects.filter(receiver=person, read_at=None).count() <= 2


def test_the_past_sends_no_mail(house):
    assert Notice.objects.count() > 300
    assert not Notice.objects.filter(no_mail=False).exists()
    assert not Mail.objects.exists() and mail.outbox == []
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from procrastinate_jobs")
        assert cursor.fetchone() == (0,), "nothing is left to be done later"


def test_a_text_is_in_the_language_it_is_written_in(house):
    english = {"priya", "callum", "grace", "kofi", "niamh"}
    both = {"malik", "imani", "hatice", "lorenz", "fenja"}
    for act in Act.objects.select_related("by"):
        key = str(act.by.email).split("@")[0]
        if key not in both:
            assert act.language == ("en" if key in english else "de"), act.words


def what_happened(end: datetime) -> list[tuple]:
    acts = Act.objects.values_list("at", "by__handle", "kind", "title", "words", "group__name", "reach", "on__words")
    reactions = Reaction.objects.values_list("at", "by__handle", "emoji", "act__words")
    notices = Notice.objects.values_list("at", "receiver__handle", "kind", "act__words")
    yes = Receiver.objects.exclude(agreed_at=None).values_list("agreed_at", "person__handle", "thanks__act__words")
    seats = Person.objects.values_list("arrived_at", "handle", "memberships__group__name")
    return sorted(repr((end - row[0], *row[1:])) for rows in (acts, reactions, notices, yes, seats) for row in rows)


@pytest.mark.slow
@pytest.mark.django_db
def test_two_fillings_are_the_same_acts_at_the_same_offsets():
    told = []
    for end in (END, END + timedelta(days=7)):
        with filled_house(end):
            told.append(what_happened(end))
    assert len(told[0]) > 1000
    assert told[0] == told[1]


@pytest.mark.django_db
def test_a_house_where_somebody_lives_is_left_alone():
    make.person()
    with pytest.raises(Refused, match="Somebody lives in this house already"):
        fill()
    assert Person.objects.count() == 1 and not Act.objects.exists() and not House.objects.filter(is_demo=True).exists()
