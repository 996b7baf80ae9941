"""The desk shows what waits, never who does how much; it connects people, and sees no more than its viewer does."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from potluck.acts import queries as acts
from potluck.acts.models import Act
from potluck.core import clock
from potluck.core.rules import Refused
from potluck.desk import queries
from potluck.groups import verbs as groups
from potluck.notices.models import Notice
from potluck.people.models import Person
from potluck.welcome import verbs
from potluck.welcome.models import Asked
from tests import make, world

pytestmark = pytest.mark.django_db


@pytest.fixture
def old_times():
    """People who have been here for long."""
    with clock.at(clock.now() - timedelta(days=400)):
        yield


@pytest.fixture
def manager(old_times):
    return make.manager(name="Paulina Ribeiro")


@pytest.fixture
def asker(old_times):
    return make.person("Jonas Feld")


@pytest.fixture
def helper(old_times):
    return make.person("Aylin Tal", helps_with="Etiketten, alte Drucker")


@pytest.fixture(autouse=True)
def now(manager, asker, helper):
    """What the tests do happens today; the people above came long ago."""
    with clock.at(clock.now() + timedelta(days=400)):
        yield


def signed_in(person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def on_desk(manager) -> set:
    return {card.act.id if card.act else card.newcomer.pk for card in queries.day(manager).cards}


def test_the_desk_exists_for_community_managers_alone(manager, asker):
    question = make.question(asker)
    newcomer = make.person()
    addresses = [
        reverse("desk:day"),
        reverse("desk:asking", args=[question.key]),
        reverse("desk:greeting", args=[newcomer.handle]),
        reverse("desk:people", args=["asking", question.key]),
    ]
    for person in (asker, make.leader(), make.council(), make.administrator(), make.guest()):
        assert {signed_in(person).get(address).status_code for address in addresses} == {404}
    assert {signed_in(manager).get(address).status_code for address in addresses} == {200}


def test_a_newcomer_is_on_the_desk_until_somebody_greets_them(manager, asker):
    newcomer = make.person("Mira Sand")
    assert on_desk(manager) == {newcomer.pk}
    assert newcomer.name in signed_in(manager).get(reverse("desk:day")).content.decode()
    make.greet(asker, newcomer)
    assert on_desk(manager) == set()


def test_a_question_is_on_the_desk_until_somebody_else_answers_it(manager, asker, helper):
    question = make.question(asker)
    assert on_desk(manager) == {question.pk}
    make.comment(asker, question, "Ich meine den alten.")
    assert on_desk(manager) == {question.pk}
    make.comment(helper, question)
    assert on_desk(manager) == set()
    assert signed_in(manager).get(reverse("desk:asking", args=[question.key])).status_code == 404


def test_a_first_post_without_answer_is_on_the_desk_a_second_one_is_not(manager, asker):
    newcomer = make.person("Mira Sand")
    make.greet(asker, newcomer)
    first = make.post(newcomer, "Guten Morgen, ich bin Mira.")
    make.post(newcomer, "Und noch etwas.")
    make.post(asker, "Von jemandem, der lange hier ist.")
    assert on_desk(manager) == {first.pk}


def test_history_is_never_due(manager, asker):
    question = make.question(asker)
    assert on_desk(manager) == {question.pk}
    Act.objects.filter(pk=question.pk).update(is_imported=True)
    assert on_desk(manager) == set()


def test_nobody_is_on_the_desk_for_being_quiet_or_for_not_having_come(manager):
    quiet = make.person("Still Er")
    make.greet(manager, quiet)
    make.placeholder()
    make.bot()
    assert on_desk(manager) == set()


def test_the_desk_does_not_look_into_closed_groups(manager, asker):
    group = make.group(asker, closed=True)
    secret = make.question(asker, "Was sagen wir dem Betriebsrat?", group=group)
    assert on_desk(manager) == set()
    assert signed_in(manager).get(reverse("desk:asking", args=[secret.key])).status_code == 404
    groups.seat(group, manager)
    assert on_desk(manager) == {secret.pk}


def test_the_desk_begins_with_something_to_celebrate_if_both_sides_show_it(manager, asker, helper):
    private = make.thank(asker, helper, words="Unter uns.")
    assert queries.day(manager).celebrate is None
    hung = make.thank_on_wall(asker, helper)
    assert queries.day(manager).celebrate.id == hung.pk != private.pk
    with clock.at(clock.now() + timedelta(days=8)):
        assert queries.day(manager).celebrate is None


def test_the_day_never_has_more_than_twenty_cards(manager, asker):
    for _ in range(queries.CARDS + 3):
        make.question(asker)
    assert len(queries.day(manager).cards) == queries.CARDS


def test_whoever_is_asked_is_told_once_with_the_words(manager, asker, helper):
    question = make.question(asker, "Wie lernt der Etikettendrucker das Euro-Zeichen?")
    client, address = signed_in(manager), reverse("desk:asking", args=[question.key])
    answer = client.post(address, {"person": helper.handle, "words": "Du kennst ihn doch."})
    assert answer.status_code == 303
    verbs.ask_somebody(manager, question, helper, "Noch einmal.")
    notice = Notice.objects.get(receiver=helper, kind="asked")
    assert (notice.act, notice.by, notice.subject) == (question, manager, "Du kennst ihn doch.")
    assert Asked.objects.count() == 1 and not Notice.objects.exclude(receiver=helper).exists()
    [card] = queries.day(manager).cards
    assert [one.person for one in card.asked] == [helper]
    assert client.post(address, {"person": helper.handle}).status_code == 422


def test_only_who_may_read_it_can_be_asked(manager, asker, helper):
    group = make.group(asker, manager, closed=True)
    secret = make.question(asker, "Unter uns gefragt.", group=group)
    for wrong in (helper, asker, make.placeholder(), make.bot()):
        with pytest.raises(Refused):
            verbs.ask_somebody(manager, secret, wrong)
        answer = signed_in(manager).post(reverse("desk:asking", args=[secret.key]), {"person": wrong.handle})
        assert answer.status_code == 422
    assert not Asked.objects.exists() and not Notice.objects.exists()
    groups.seat(group, helper)
    assert verbs.ask_somebody(manager, secret, helper)


def test_nobody_but_community_managers_asks_others_to_answer(manager, asker, helper):
    question = make.question(asker)
    with pytest.raises(Refused):
        verbs.ask_somebody(asker, question, helper)
    with pytest.raises(Refused):
        verbs.ask_to_greet(asker, make.person(), helper)
    assert verbs.ask_somebody(manager, question, helper)


def test_somebody_is_asked_to_greet_once_and_reads_by_whom(manager, asker, helper):
    newcomer = make.person("Mira Sand")
    address = reverse("desk:greeting", args=[newcomer.handle])
    signed_in(manager).post(address, {"person": helper.handle, "words": "Ihr sitzt Wand an Wand."})
    verbs.ask_to_greet(manager, newcomer, helper)
    notice = Notice.objects.get(receiver=helper)
    assert (notice.kind, notice.cause) == ("asked-to-greet", reverse("welcome:greet", args=[newcomer.handle]))
    page = signed_in(helper).get(notice.cause).content.decode()
    assert "Ihr sitzt Wand an Wand." in page and manager.name in page
    assert "Ihr sitzt Wand an Wand." not in signed_in(asker).get(notice.cause).content.decode()
    assert on_desk(manager) == {newcomer.pk}


def test_a_stale_card_says_who_has_greeted_meanwhile_and_is_nothing_to_anybody_else(manager, asker, helper):
    newcomer = make.person("Mira Sand")
    address = reverse("desk:greeting", args=[newcomer.handle])
    ask = {"person": helper.handle, "words": "Ihr sitzt <Wand> an Wand."}
    assert "ist schon begrüßt" not in signed_in(manager).get(address).content.decode()
    make.greet(asker, newcomer, "Komm zum Kaffee.")
    seen, stale = signed_in(manager).get(address), signed_in(manager).post(address, ask)
    assert (seen.status_code, stale.status_code) == (200, 422)
    kept = stale.content.decode()
    assert "Ihr sitzt &lt;Wand&gt; an Wand." in kept and 'id="f-words-kept"' in kept
    for nothing in (seen, signed_in(manager).post(address, {**ask, "words": ""})):
        assert "ist schon begrüßt" in nothing.content.decode() and 'id="f-words' not in nothing.content.decode()
    for answer in (seen, stale):
        page = answer.content.decode()
        assert asker.name in page and "Komm zum Kaffee." in page
        assert reverse("desk:day") in page and reverse("welcome:greet", args=[newcomer.handle]) in page
    assert not Asked.objects.exists(), "nobody is asked for what is done"
    assert signed_in(manager).get(reverse("desk:people", args=["greeting", newcomer.handle])).status_code == 404
    for person in (asker, newcomer, make.administrator()):
        assert signed_in(person).get(address).status_code == 404
    for nobody in ("nobody-there", asker.handle):  # unknown, or here for long
        assert signed_in(manager).get(reverse("desk:greeting", args=[nobody])).status_code == 404


def test_who_says_to_help_with_it_is_suggested(manager, asker, helper):
    make.person("Ohne Thema", helps_with="Brot backen")
    question = make.question(asker, "Wie lernt der alte Etikettendrucker das Euro-Zeichen?")
    people = queries.who_can_answer(manager, question)
    [suggestion] = queries.who_may_know(people, question)
    assert suggestion.person == helper and suggestion.words == ["Etiketten", "alte Drucker"]
    verbs.ask_somebody(manager, question, helper)
    assert queries.who_may_know(queries.who_can_answer(manager, question), question) == []


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [("dimmer", "dimmers", True), ("maschine", "maschinen", True), ("brot", "brotzeit", True), ("alt", "alte", False),
     ("drucker", "druckluft", False), ("etikett", "dimmer", False)],
)
def test_words_are_alike_where_one_begins_with_the_other(one, other, alike):
    assert queries._alike(one, other) is alike


def test_without_a_script_a_typed_name_becomes_a_choice_and_the_words_stay(manager, asker, helper):
    question = make.question(asker, "Wo steht die Leiter?")
    answer = signed_in(manager).post(
        reverse("desk:asking", args=[question.key]), {"who": "ayl", "look": "1", "words": "Bitte schau mal."}
    )
    page = answer.content.decode()
    assert answer.status_code == 422 and f'value="{helper.handle}"' in page and "Bitte schau mal." in page
    assert not Asked.objects.exists()


def test_who_may_read_an_act_is_whom_it_is_visible_to():
    house = world.build()
    viewer = house.actors["member"]
    narrower = set()
    for name, act in house.acts.items():
        if name == "withdrawn":
            continue
        seen = Person.objects.visible_to(viewer).filter(is_active=True)
        expected = {one.pk for one in seen if Act.objects.visible_to(one).filter(pk=act.pk).exists()}
        assert {one.pk for one in acts.readers(viewer, act)} == expected, name
        if len(expected) < len(seen):
            narrower.add(name)
    assert {"to everyone", "in a closed group", "to named people"} <= narrower


def suggested_by_hand(people, act) -> list[tuple[str, list[str]]]:
    """What ``who_may_know`` says in SQL, said once more by reading everybody."""
    spoken = [word for word in queries._words(f"{act.title} {act.words}") if len(word) >= 4]
    found = [(person.name, queries._matching(person, spoken)) for person in people]
    return sorted([one for one in found if one[1]], key=lambda one: -len(one[1]))[: queries.SUGGESTED]


@pytest.mark.parametrize(
    "words",
    [
        "Wo liegen die Etiketten für die Straßenbahn?",
        "MASCHINE und Maschinen, wer lötet?",
        "Größere Übergaben: Schichtplan, Gießerei",
        "ab cd ef",
        "Dimmer Etikettendrucker Löten Schichtplan Straße",
    ],
)
def test_who_may_know_is_the_same_in_sql_as_by_reading_everybody(manager, asker, words):
    for n, topics in enumerate(
        ("Etikettendrucker, Straßenverkehr", "STRASSE; Löten", "Maschine\nÜbergabe", "Löt", "Schichtpläne, Schichtplan, Gießen",
         "Dimmers,, ;", "Etikett", "Maschinenbau, Dimmer, Etiketten", "größe", "")
    ):
        make.person(f"Kennt {n:02}", helps_with=topics)
    question = make.question(asker, words)
    people = queries.who_can_answer(manager, question)
    by_sql = [(one.person.name, one.words) for one in queries.who_may_know(people, question)]
    assert by_sql == suggested_by_hand(people, question)
    assert bool(by_sql) is (words != "ab cd ef")


def test_of_thousands_who_may_know_only_those_who_are_shown_are_read(manager, asker, helper):
    many = [
        Person(handle=f"viele-{n}", name=f"Viele {n}", sort_key=f"viele {n:04}", arrived_at=clock.now(), password="!",
               helps_with="Dimmer, Lampen" if n % 2 else "Drucker", likes_to_greet=True)
        for n in range(4000)
    ]
    Person.objects.bulk_create(many, batch_size=1000)
    question = make.question(asker, "Welcher Dimmer passt zu welchen Lampen? " + "Ein langer Bericht aus der Halle. " * 200)
    fetched = []

    def counted(execute, sql, params, many, context):
        result = execute(sql, params, many, context)
        fetched.append(context["cursor"].rowcount)
        return result

    with connection.execute_wrapper(counted):
        suggestions = queries.who_may_know(queries.who_can_answer(manager, question), question)
        greeters = queries.who_likes_to_greet(queries.who_can_greet(manager, helper), helper)
    assert [one.words for one in suggestions] == [["Dimmer", "Lampen"]] * 3 and len(greeters) == 3
    assert sum(fetched) <= 3 * queries.SUGGESTED
    with connection.execute_wrapper(counted):
        list(queries.who_can_answer(manager, question))
    assert sum(fetched) > 4000, "positive control: reading everybody would be counted"
