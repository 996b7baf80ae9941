"""An empty house: one door, one link, four questions, three choices."""

from __future__ import annotations

import pytest
from django.test import Client

from potluck.core.house import command
from potluck.people import verbs
from potluck.people.models import House, Invitation, Person, Role

pytestmark = pytest.mark.django_db

FIRST = {"name": "Ada Anfang", "email": "ada@example.org", "password": "three warm spoons"}
ANSWERS = {
    "name": "Lohbach Leuchten",
    "language": "de-sie",
    "day_starts": "07:00",
    "day_ends": "16:00",
    "timezone": "Europe/Vienna",
    "who": "me",
    "phone": "030 23125",
    "hours": "Mon to Thu",
    "place": "Hall 2",
}


@pytest.mark.parametrize(("language", "words"), [("de", "Hier wohnt noch niemand"), ("en", "Nobody lives here yet")])
def test_every_page_of_an_empty_house_says_where_its_link_is(client: Client, language, words):
    for path in ("/", "/people/", "/accounts/login/", "/me/"):
        answer = client.get(path, headers={"Accept-Language": language}, follow=True)
        assert answer.status_code == 200 and words in answer.content.decode(), path
        assert "/start/" not in answer.content.decode()


def test_a_house_where_somebody_lives_asks_to_sign_in_instead(client: Client):
    verbs.add_person("x@example.org", "Xaver")
    assert client.get("/me/").status_code == 302


def test_the_first_link_makes_one_administrator_and_opens_no_more(client: Client):
    link = verbs.first_link()
    assert client.get(link).status_code == 200
    assert client.post(link, FIRST).headers["Location"] == "/house/start/"
    first = Person.objects.get()
    assert first.is_administrator and first.check_password(FIRST["password"]) and House.objects.get().opened_by == first
    assert client.get("/house/start/").status_code == 200, "and is signed in"
    again = Client()
    assert again.get(link).status_code == 404
    assert again.post(link, FIRST | {"email": "eve@example.org"}).status_code == 404
    assert Person.objects.count() == 1
    assert verbs.first_link() is None


def test_a_newer_link_closes_the_one_before(client: Client):
    older, newer = verbs.first_link(), verbs.first_link()
    assert client.get(older).status_code == 404
    assert client.get(newer).status_code == 200


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "x" * 81),
        ("name", "\x00"),
        ("email", "not an address"),
        ("email", "a" * 260 + "@example.org"),
        ("password", "short"),
        ("password", "password12"),
        ("password", "ada@example.org"),
    ],
)
def test_what_cannot_be_taken_is_said_at_its_field_and_the_rest_is_kept(client: Client, field, value):
    answer = client.post(verbs.first_link(), FIRST | {field: value})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert f'id="f-{field}-error"' in page
    assert FIRST["password"] not in page
    for other in {"name", "email"} - {field}:
        assert FIRST[other] in page
    assert not Person.objects.exists()
    assert verbs.first_link(), "the door is still closed for nobody"


def test_four_answers_furnish_the_house_and_the_administrator_is_the_one_to_turn_to(client: Client):
    client.post(verbs.first_link(), FIRST)
    assert client.post("/house/start/", ANSWERS).headers["Location"] == "/house/start/choices/"
    house, ada = House.objects.get(), Person.objects.get()
    assert (house.name, house.language, house.timezone) == ("Lohbach Leuchten", "de-sie", "Europe/Vienna")
    assert (house.day_starts.hour, house.day_ends.hour) == (7, 16)
    assert house.turn_to == ada and ada.is_community_manager and ada.phone == "030 23125"
    choices = client.get("/house/start/choices/", headers={"Accept-Language": "de"}).content.decode()
    assert "bin/run --demo --port 8001" in choices and "/invite/" in choices
    assert f"{command()} import slack export.zip" in choices
    assert "Was möchten Sie zuerst tun?" in choices


def test_somebody_else_becomes_the_one_to_turn_to_by_invitation(client: Client):
    client.post(verbs.first_link(), FIRST)
    client.post("/house/start/", ANSWERS | {"who": "other", "other_name": "Frauke", "other_email": "frauke@example.org"})
    frauke = Person.objects.get(email="frauke@example.org")
    assert frauke.is_placeholder and House.objects.get().turn_to == frauke and frauke.phone == "030 23125"
    assert not Person.objects.get(email="ada@example.org").is_community_manager
    assert Invitation.objects.get().role == Role.COMMUNITY_MANAGER
    link = client.get("/house/start/choices/").content.decode().split("<code>")[1].split("</code>")[0]
    assert "/invitations/" not in client.get("/house/start/choices/").content.decode(), "shown once"
    Client().post(link[link.index("/invitations/") :], {"name": "Frauke Sielbeck", "password": FIRST["password"]})
    frauke.refresh_from_db()
    assert frauke.is_community_manager and not frauke.is_placeholder


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"who": "other"}, "other_name"),
        ({"who": "other", "other_name": "A", "other_email": "ada@example.org"}, "other_email"),
        ({"day_ends": "06:00"}, "day_ends"),
        ({"day_ends": "soon"}, "day_ends"),
        ({"timezone": "Mars/Olympus"}, "timezone"),
        ({"language": "tlh"}, "language"),
        ({"name": ""}, "name"),
    ],
)
def test_an_answer_that_cannot_be_taken_changes_nothing(client: Client, changed, field):
    client.post(verbs.first_link(), FIRST)
    answer = client.post("/house/start/", ANSWERS | changed)
    assert answer.status_code == 422
    assert 'class="error"' in answer.content.decode()
    assert House.objects.get().name == "" and Person.objects.count() == 1


def test_only_administrators_furnish(as_, open_house):
    member = as_(verbs.add_person("m@example.org", "Milan"))
    for path in ("/house/start/", "/house/start/choices/", "/house/settings/"):
        assert member.get(path).status_code == 403
    assert member.post("/house/start/", ANSWERS).status_code == 403
    assert House.objects.get().name == "Probehaus"
