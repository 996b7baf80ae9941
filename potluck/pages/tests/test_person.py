import pytest

from potluck.talk import verbs as talk
from tests import make

pytestmark = pytest.mark.django_db


def page_of(client, viewer, person) -> str:
    client.force_login(viewer)
    return client.get(f"/people/{person.handle}/").content.decode()


def test_a_person_is_what_they_brought_and_how_to_reach_them(client):
    viewer, asker = make.person(language="en"), make.person("Nour Stern")
    helper = make.person("Bogdan Wieczny", phone="030 23125 233", place="Halle 2", helps_with="Elektrik, Löten")
    answer = make.comment(helper, make.question(asker), "Der Filz ist nur geklebt.")
    talk.say_it_helped(asker, answer)
    page = page_of(client, viewer, helper)
    for words in ("Der Filz ist nur geklebt.", "Nour says: this helped", 'href="tel:03023125233"', "Halle 2", "Löten"):
        assert words in page
    assert f"/posts/new/?question=1&amp;to={helper.handle}" in page and f"/people/{helper.handle}/greeting/" in page


def test_what_somebody_brought_is_shown_as_far_as_the_viewer_may_see_it(client):
    giver, member, stranger = make.person(), make.person(), make.person()
    group = make.group(giver, member, closed=True)
    make.post(giver, "Nur unter uns.", group=group)
    make.thank(giver, member, words="Ganz im Vertrauen.")
    assert "Nur unter uns." in page_of(client, member, giver)
    for viewer in (member, stranger, giver):
        assert "Ganz im Vertrauen." not in page_of(client, viewer, giver), "a private thank-you is on nobody's page"
    assert "Nur unter uns." not in page_of(client, stranger, giver)


def test_what_is_given_to_somebody_not_here_yet_is_said_to_wait(client):
    viewer, awaited = make.person(language="en"), make.placeholder("Wanda Wartend")
    page = page_of(client, viewer, awaited)
    assert "What you give waits here until they come." in page
    assert "/posts/new/?question=1" not in page, "who is not here cannot be asked"
    assert f"/people/{awaited.handle}/invitation/" in page
    assert "What you give waits" not in page_of(client, viewer, make.person())


def test_one_does_not_ask_thank_or_greet_oneself_or_a_program(client):
    viewer, bot = make.person(language="en"), make.bot()
    for person in (viewer, bot):
        page = page_of(client, viewer, person)
        assert "Say thank you" not in page and "Say hello" not in page
    assert "Say thank you" in page_of(client, viewer, make.person())


def test_a_guest_sees_whom_they_sit_with(client):
    guest, mate, stranger = make.guest(), make.person(), make.person()
    make.group(mate, guest)
    client.force_login(guest)
    assert client.get(f"/people/{mate.handle}/").status_code == 200
    assert client.get(f"/people/{stranger.handle}/").status_code == 404
    assert client.get("/people/nobody-at-all/").status_code == 404


def test_what_waits_and_what_is_open_have_their_pages(client):
    viewer, other = make.person(language="en"), make.person()
    question = make.question(viewer, "Wo liegt der Schlüssel?")
    client.force_login(other)
    assert "Wo liegt der Schlüssel?" in client.get("/questions/").content.decode()
    make.comment(other, question, "Am Haken.")
    assert "Wo liegt der Schlüssel?" not in client.get("/questions/").content.decode()
    client.force_login(viewer)
    page = client.get("/waiting/").content.decode()
    assert "Am Haken." in page and "Wo liegt der Schlüssel?" in page
    client.force_login(other)
    assert "Am Haken." not in client.get("/waiting/").content.decode()
