import re
from datetime import timedelta

import pytest

from potluck.acts import verbs as acts
from potluck.acts.models import Act
from potluck.core import clock
from potluck.people import verbs as people
from potluck.people.models import NEW_FOR, House
from potluck.talk import verbs as talk
from tests import make

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


def arrived(days: float, name: str = "", **fields):
    with clock.at(clock.now() - timedelta(days=days)):
        return make.person(name, **fields)


def greeted(name: str = "", **fields):
    """Somebody who has been here for long."""
    return arrived(200, name, language=fields.pop("language", "en"), **fields)


def home(client, viewer, query: str = "") -> str:
    client.force_login(viewer)
    return client.get(f"/{query}").content.decode()


def test_the_table_shows_a_post_and_its_page_shows_the_talk(client):
    asker, helper = greeted("Nour Stern"), greeted("Bogdan Wieczny")
    question = make.question(asker, "Wie tauscht man den Dimmer?", title="Der Dimmer der Alva")
    make.comment(helper, question, "Erst den Filz lösen.")
    assert "Der Dimmer der Alva" in home(client, helper)
    assert "Erst den Filz lösen." in client.get(f"/acts/{question.key}/").content.decode()


def test_a_first_post_and_a_waiting_question_stand_in_the_published_places(client):
    viewer, newcomer, asker, other = greeted(), arrived(3, "Mira Sand"), greeted("Jonas Feld"), greeted("Ilse Bach")
    with clock.at(clock.now() - timedelta(days=2)):
        first = make.post(newcomer, "Guten Morgen, ich bin Mira.")
        waits = make.question(asker, "Wer kennt den Drucker?")
    for n in range(30):
        make.post(other, f"Wort {n}.")
    page = home(client, viewer)
    order = [part.split('"')[0] for part in page.split('id="act-')[1:]]
    assert order[0] == first.key and order[3] == waits.key
    assert "Up here because Mira is new among you." in page
    dish = page.partition(f'id="act-{first.key}"')[2][:40]
    assert 'data-kind="welcome"' in dish, "a first post lies on the dish of a welcome"
    assert "Up here because Jonas would like to know it." in page
    people.change_profile(viewer, helps_with="Drucker, Löten")
    assert "because you can help with “Drucker”" in home(client, viewer)
    assert "nobody" not in page.partition('id="feed"')[2].lower(), "no reason says in public that nobody answered"
    make.comment(other, first)
    make.comment(other, waits)
    page = home(client, viewer)
    assert first.key not in page and "Up here" not in page, "what was answered takes the place its time gives it"


def test_places_hold_only_what_the_viewer_may_see(client):
    viewer, newcomer, host = greeted(), arrived(3, "Mira Sand"), greeted()
    closed = make.group(host, newcomer, closed=True)
    with clock.at(clock.now() - timedelta(days=1)):
        hidden = make.post(newcomer, "Nur für die Gruppe.", group=closed)
    assert hidden.key not in home(client, viewer)
    assert hidden.key in home(client, host)


def test_the_order_by_time_is_one_click_away_and_stays_chosen(client):
    viewer, newcomer, other = greeted(), arrived(3), greeted()
    with clock.at(clock.now() - timedelta(days=2)):
        first = make.post(newcomer)
    for n in range(5):
        make.post(other, f"Wort {n}.")
    keys = [part.split('"')[0] for part in home(client, viewer).split('id="act-')[1:]]
    assert keys[0] == first.key
    assert client.post("/", {"order": "newest"}).status_code == 303
    page = home(client, viewer)
    assert [part.split('"')[0] for part in page.split('id="act-')[1:]][-1] == first.key
    assert "Up here" not in page
    client.post("/", {"order": "open-handed"})
    assert "Up here" in home(client, viewer)


def test_older_things_come_with_a_link_and_with_htmx_at_the_end_of_the_feed(client):
    viewer, other = greeted(), greeted()
    for n in range(25):
        make.post(other, f"Wort Nummer {n}.")
    page = home(client, viewer)
    assert "Wort Nummer 5." in page and "Wort Nummer 4." not in page
    older = "?before=" + page.split('href="/?before=')[1].split('"')[0]
    whole = home(client, viewer, older)
    assert "Wort Nummer 4." in whole and "Wort Nummer 5." not in whole and "That was the table." in whole
    fragment = client.get(f"/{older}", headers=HTMX).content.decode()
    assert fragment.startswith('<div hx-swap-oob="beforeend:#feed">') and "<html" not in fragment
    assert "Wort Nummer 4." in fragment


def test_a_broken_cursor_is_the_first_page(client):
    viewer = greeted()
    make.post(viewer, "Ein Wort.")
    for before in ("x", "1-", "-1", "9" * 40 + "-1", "1-" + "9" * 40, "%00"):
        client.force_login(viewer)
        assert client.get("/", {"before": before}).status_code == 200


def test_until_somebody_says_hello_home_begins_with_a_face_and_a_number(client):
    host, greeter = greeted("Henrike Ostwald", phone="030 23125 100", place="Büro links"), greeted("Ilse Brandt")
    people.change_profile(greeter, likes_to_greet=True)
    people.the_house()
    House.objects.update(turn_to=host)
    newcomer = make.person("Emre Tal", language="en")
    page = home(client, newcomer)
    assert page.index("Welcome, Emre") < page.index("030 23125 100") < page.index("What are you bringing")
    assert "Büro links" in page and "Ilse Brandt" in page
    make.greet(greeter, newcomer)
    page = home(client, newcomer)
    assert "030 23125 100" not in page and "Schön, dass du da bist." in page


def test_where_nobody_likes_to_greet_the_person_to_turn_to_stands_alone(client):
    host = greeted("Henrike Ostwald", phone="030 23125 100")
    people.the_house()
    House.objects.update(turn_to=host)
    page = home(client, make.person(language="en"))
    assert "030 23125 100" in page and "They like to say hello" not in page


def test_an_empty_house_is_kind_and_shows_its_administrator_the_first_steps(client):
    admin = arrived(100, language="en", roles=["administrator"])
    page = home(client, admin)
    assert "nothing stands on it yet" in page and "Invite" in page and "To the groups" not in page


def test_whoever_sits_in_no_group_is_shown_the_way_to_them(client):
    make.post(host := greeted(), "Nur in der Gruppe.", group=make.group(host))
    page = home(client, greeted())
    assert "nothing stands on it yet" in page and "To the groups" in page
    assert "To the groups" not in home(client, host), "whoever sits there finds it on the table"
    assert "Invite a few people" not in home(client, greeted())


def test_at_most_three_quiet_cards_stand_beside_the_feed(client):
    viewer, asker, newcomer, giver = greeted(), greeted("Jonas Feld"), arrived(2, "Emre Tal"), greeted()
    with clock.at(clock.now() - timedelta(days=1)):
        for n in range(5):
            make.question(asker, f"Offene Frage {n}?")
    mine = make.post(viewer)
    make.comment(giver, mine)
    make.thank(giver, viewer, offer_to_wall=True)
    page = home(client, viewer)
    aside = page.partition("<aside")[2]
    assert aside.count('<section class="card') == 3
    assert "Offene Frage 3?" in aside, "the first three stand on the table already"
    assert newcomer.name in aside and "A thank-you waits for your yes." in aside and "Somebody has answered you." in aside
    talk.react(viewer, mine.acts_on.get(), "glad")
    assert "Somebody has answered you." not in home(client, viewer)


def test_nothing_about_people_stands_beside_a_guests_feed(client):
    newcomer, guest = arrived(2, "Emre Tal"), make.guest(language="en")
    assert newcomer.name not in home(client, guest)
    assert newcomer.name in home(client, greeted())


def test_a_private_thank_you_stands_on_two_tables_only(client):
    giver, receiver, stranger = greeted(), greeted(), greeted()
    make.thank(giver, receiver, words="Nur für dich gesagt.")
    assert "Nur für dich gesagt." in home(client, giver)
    assert "Nur für dich gesagt." in home(client, receiver)
    assert "Nur für dich gesagt." not in home(client, stranger)


def test_reactions_are_names_and_words_and_never_a_number(client):
    viewer, act = greeted(), make.post(greeted())
    for name in ("Ilse Bach", "Jonas Feld", "Kaja Linde", "Olu Ufer"):
        talk.react(greeted(name), act, "glad")
    page = home(client, viewer)
    assert "Ilse, Jonas and others were glad to read it." in page


def test_what_was_remembered_of_a_dish_never_outlives_a_change(client):
    viewer, giver, reader = greeted(), greeted(), greeted("Ilse Bach")
    act = make.post(giver, "Kuchen im Pausenraum.")
    assert "Ilse was glad" not in home(client, viewer)
    talk.react(reader, act, "glad")
    assert "Ilse was glad to read it." in home(client, viewer)
    talk.take_reaction_back(reader, act, "glad")
    assert "Ilse was glad" not in home(client, viewer)
    acts.withdraw(giver, act)
    assert "Kuchen im Pausenraum." not in home(client, viewer)


def test_a_first_post_is_one_wherever_it_is_seen(client):
    newcomer, viewer, manager = arrived(1, "Tilda Neu", language="en"), greeted(), make.manager(language="en")
    group = make.group(newcomer)
    first = make.post(newcomer, "Guten Morgen.", group=group)
    later = make.post(newcomer, "Und noch etwas.", group=group)
    client.force_login(manager)
    places = {
        "home": "/", "own page": f"/people/{newcomer.handle}/", "group": f"/groups/{group.key}/", "desk": "/desk/",
        "its page": f"/acts/{first.key}/",
    }
    seen = {name: client.get(path).content.decode() for name, path in places.items()}
    seen["live"] = client.get(f"/acts/{first.key}/", headers={"HX-Request": "true"}).content.decode()

    def word(page: str, act) -> str:
        shown = page.partition(f'id="act-{act.key}"')[2]
        return re.search(r'^ data-kind="([a-z]+)".*?class="tag".*?<span>([^<]+)</span>', shown, re.S).groups()

    assert {name: word(page, first) for name, page in seen.items() if name != "desk"} == {
        name: ("welcome", "First post") for name in seen if name != "desk"
    }
    assert "First post" in seen["desk"]
    assert word(seen["own page"], later) == ("post", "Post")
    make.comment(viewer, first)
    assert word(home(client, newcomer), first) == ("welcome", "First post"), "answered, it is one still"


def test_a_first_post_that_is_taken_back_makes_room_for_the_next(client):
    newcomer = arrived(1, "Tilda Neu")
    first, second = make.post(newcomer), make.post(newcomer)

    def firsts() -> list[int]:
        return list(Act.objects.filter(by=newcomer, is_first=True).values_list("pk", flat=True))

    assert firsts() == [first.pk]
    acts.withdraw(newcomer, first)
    assert firsts() == [second.pk]
    acts.put_back(newcomer, first)
    assert firsts() == [first.pk]


def test_who_has_been_here_for_long_brings_no_first_post():
    with clock.at(clock.now() - NEW_FOR):
        old = make.person()
    make.post(old)
    assert not Act.objects.filter(is_first=True).exists()
    make.post(make.person())
    assert Act.objects.filter(is_first=True).exists()
