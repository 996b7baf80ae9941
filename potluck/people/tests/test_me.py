"""The place "Me", and the directory."""

from __future__ import annotations

import pytest

from potluck.people.models import Person, Session
from tests import make

pytestmark = pytest.mark.django_db

PROFILE = {
    "name": "Mira Sandvoss",
    "introduction": "Ich höre gern, wenn es klappert.",
    "helps_with": "alte Maschinen, Polnisch",
    "phone": "030 23125 233",
    "hours": "6 bis 14 Uhr",
    "place": "Halle 2",
    "likes_to_greet": "on",
}


def test_what_somebody_writes_about_themself_is_kept(as_, open_house):
    mira = make.person("Mira Sand")
    assert as_(mira).post("/me/profile/", PROFILE).headers["Location"] == "/me/"
    mira.refresh_from_db()
    assert mira.name == "Mira Sandvoss" and mira.likes_to_greet and mira.phone == "030 23125 233"
    assert mira.sort_key == "mira sandvoss"
    found = as_(make.person()).get("/people/?q=polnisch").content.decode()
    assert "Mira Sandvoss" in found and mira.email not in found


@pytest.mark.parametrize(
    ("field", "limit"), [("name", 80), ("introduction", 200), ("helps_with", 200), ("phone", 40), ("place", 120)]
)
def test_what_cannot_be_kept_is_said_at_its_field(as_, open_house, field, limit):
    mira = make.person("Mira Sand")
    answer = as_(mira).post("/me/profile/", PROFILE | {field: "x" * (limit + 1)})
    page = answer.content.decode()
    assert answer.status_code == 422 and f"f-{field}-error" in page and "Everything else is still here." in page
    for other in set(PROFILE) - {field, "likes_to_greet"}:
        assert PROFILE[other] in page
    mira.refresh_from_db()
    assert mira.name == "Mira Sand" and mira.phone == ""


def test_what_no_keyboard_types_is_dropped_and_the_rest_is_kept(as_, open_house):
    mira = make.person("Mira Sand")
    strange = {"name": "Mi\x01ra\x07  Sand\u202e", "introduction": "eins\r\nzwei", "phone": "\x02"}
    assert as_(mira).post("/me/profile/", PROFILE | strange).status_code == 303
    mira.refresh_from_db()
    assert (mira.name, mira.introduction, mira.phone) == ("Mira Sand", "eins zwei", "")


def test_a_name_of_nothing_but_what_is_dropped_is_none(as_, open_house):
    answer = as_(make.person()).post("/me/profile/", PROFILE | {"name": " \x07 "})
    assert answer.status_code == 422 and "Something is still missing here." in answer.content.decode()


def test_markup_in_a_profile_is_text(as_, open_house):
    mira = make.person("Mira Sand")
    client = as_(mira)
    client.post("/me/profile/", PROFILE | {"name": "<script>alert(1)</script>", "introduction": '"><img src=x onerror=alert(1)>'})
    for path in ("/me/", "/me/profile/", "/people/"):
        page = client.get(path).content.decode()
        assert "<script>alert" not in page and "<img src=x" not in page


def test_language_hours_and_keys_are_ones_own(as_, open_house):
    mira = make.person("Mira Sand")
    client = as_(mira)
    fields = {"language": "de-sie", "timezone": "Europe/Lisbon", "day_starts": "06:00", "day_ends": "14:00"}
    assert client.post("/me/settings/", fields).status_code == 303
    mira.refresh_from_db()
    assert (mira.language, mira.timezone, mira.day_starts.hour, mira.single_keys) == ("de-sie", "Europe/Lisbon", 6, False)
    page = client.get("/me/settings/").content.decode()
    assert "Das sehen nur Sie." in page and 'data-keys="off"' in page
    for wrong in ({"day_ends": ""}, {"day_ends": "05:00"}, {"language": "tlh"}, {"timezone": "Mars/Olympus"}):
        assert client.post("/me/settings/", fields | wrong).status_code == 422, wrong
    assert client.post("/me/settings/", {"single_keys": "on"}).status_code == 303
    mira.refresh_from_db()
    assert (mira.language, mira.timezone, mira.day_starts, mira.single_keys) == ("", "", None, True)


@pytest.mark.parametrize(
    ("before", "chosen", "said"),
    [
        ("de", "en", "It is as you like it now."),
        ("en", "de", "Jetzt ist es so, wie du es magst."),
        ("de", "de-sie", "Jetzt ist es so, wie Sie es mögen."),
    ],
)
def test_who_chooses_a_language_is_told_so_in_it(as_, open_house, before, chosen, said):
    client = as_(make.person(language=before))
    assert said in client.post("/me/settings/", {"language": chosen}, follow=True).content.decode()


def test_own_devices_are_listed_and_ended_and_nobody_elses(as_, open_house):
    mira, jonas = make.person("Mira Sand"), make.person("Jonas Feld")
    here = as_(mira)
    phone = as_(mira, **{"User-Agent": "Mozilla/5.0 (Android 14; Mobile) Gecko Firefox/133.0"})
    other = as_(jonas)
    page = here.get("/me/").content.decode()
    assert "Firefox, Android" in page and "127.0.0.1" not in page
    key = Session.objects.get(person=mira, device="Firefox, Android").key
    assert other.post(f"/me/sessions/{key}/end/").status_code == 404
    assert phone.get("/me/").status_code == 200
    assert here.get(f"/me/sessions/{key}/end/").status_code == 405
    assert here.post(f"/me/sessions/{key}/end/").status_code == 303
    assert phone.get("/me/").status_code == 302 and here.get("/me/").status_code == 200


def test_a_guest_finds_whom_they_share_a_group_with_and_nobody_else(as_, open_house):
    host = make.person("Hanno Herd")
    make.person("Ferdi Fern")
    guest = make.guest()
    make.group(host, guest)
    page = as_(guest).get("/people/").content.decode()
    assert "Hanno Herd" in page and "Ferdi Fern" not in page
    assert "Ferdi Fern" in as_(host).get("/people/").content.decode()


def test_the_directory_is_in_alphabetical_order(as_, open_house):
    for name in ("Zoe", "Öztürk", "anna", "Ädda"):
        make.person(name)
    page = as_(Person.objects.get(name="anna")).get("/people/").content.decode()
    order = sorted(("Zoe", "Öztürk", "anna", "Ädda"), key=lambda name: page.index(f">{name}</a>"))
    assert order == ["Ädda", "anna", "Öztürk", "Zoe"]


@pytest.mark.parametrize("path", ["/me/", "/me/log/", "/me/profile/", "/me/settings/", "/people/", "/invite/"])
@pytest.mark.parametrize(("language", "lang"), [("de", "de"), ("de-sie", "de"), ("en", "en")])
def test_every_page_of_ones_own_speaks_ones_language(as_, open_house, path, language, lang):
    mira = make.person("Mira Sand", language=language)
    page = as_(mira).get(path).content.decode()
    assert f'<html lang="{lang}"' in page and page.count("<h1") == 1
