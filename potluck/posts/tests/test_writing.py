import pytest

from potluck.acts.models import Act
from tests import make

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


def send(client, words="Kuchen im Pausenraum.", **fields):
    return client.post("/posts/", {"words": words, "once": "abc123", **fields})


def test_words_reach_the_table_without_javascript(client):
    client.force_login(make.person())
    answer = send(client)
    act = Act.objects.get()
    assert answer.status_code == 303 and answer["Location"] == f"/acts/{act.key}/"
    assert "Kuchen im Pausenraum." in client.get("/").content.decode()


def test_a_form_sent_twice_gives_once(client):
    client.force_login(make.person())
    first, second = send(client), send(client)
    assert first["Location"] == second["Location"]
    assert Act.objects.count() == 1
    send(client, once="another")
    assert Act.objects.count() == 2


def test_markdown_is_understood_and_a_mention_is_told(client):
    giver, named = make.person(), make.person("Ilse Brandt")
    client.force_login(giver)
    send(client, f"**Neu:**\n\n- eins\n- zwei\n\n@{named.handle} weiß mehr.")
    html = Act.objects.get().html
    assert "<strong>Neu:</strong>" in html and "<li>eins</li>" in html and "@Ilse Brandt</a>" in html
    assert named.notices.get().kind == "mentioned"


@pytest.mark.parametrize("words", ["", "   \n ", "\x07", "x" * 100_000])
def test_what_cannot_be_taken_comes_back_with_the_words_and_a_sentence(client, words):
    client.force_login(make.person(language="en"))
    answer = send(client, words, question="1", title="Mein Titel")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in page and 'value="Mein Titel"' in page
    assert ("Write a few words first." in page) or ("longer than 20000 characters" in page and words in page)
    assert not Act.objects.exists()


def test_a_nul_between_words_comes_back_marked_and_nothing_is_written(client):
    client.force_login(make.person(language="en"))
    answer = send(client, "Ku\x00chen", question="1", title="Mein Titel")
    page = answer.content.decode()
    assert answer.status_code == 422 and "arrived broken" in page and "Ku?chen" in page and "Mein Titel" in page
    assert not Act.objects.exists()


@pytest.mark.parametrize(
    "words",
    [
        "<script>alert(1)</script>",
        '<img src=x onerror="alert(1)">',
        "[hier](javascript:alert(1))",
        '"><svg onload=alert(1)>',
        "<a href='javascript:alert(1)'>hier</a>",
    ],
)
def test_markup_is_words_and_nothing_else(client, words):
    client.force_login(make.person())
    send(client, words, question="1", title=words)
    act = Act.objects.get()
    for path in ("/", f"/acts/{act.key}/", "/questions/", f"/acts/{act.key}/reactions/"):
        page = client.get(path).content.decode()
        assert "alert(1)" in page, "the words themselves are kept"
        for danger in ("<script>alert", "<img src=x", "<svg onload", 'href="javascript', "<a href='javascript"):
            assert danger not in page


def test_a_guest_writes_in_their_group_and_not_to_the_house(client):
    guest = make.guest()
    group = make.group(make.person(), guest)
    client.force_login(guest)
    assert send(client).status_code == 403
    assert send(client, group=group.key).status_code == 303
    assert Act.objects.get().reach == "group"


def test_a_closed_group_of_others_takes_no_words(client):
    closed = make.group(closed=True)
    client.force_login(make.person())
    assert send(client, group=closed.key).status_code == 403
    client.force_login(make.guest())
    assert send(client, group=closed.key).status_code == 404
    assert not Act.objects.exists()


def test_the_composer_says_in_words_who_will_read_it(client):
    person = make.person(language="de")
    make.group(make.person(), person, name="Ersatzteile", closed=True)
    client.force_login(person)
    page = client.get("/posts/new/").content.decode()
    assert "Das ganze Haus" in page and "niemand außerhalb" in page
    assert "Ersatzteile" in page and "Das lesen nur die Mitglieder dieser Gruppe." in page


def test_asking_a_person_begins_with_their_name(client):
    asker, helper = make.person(), make.person("Bogdan Wieczny")
    client.force_login(asker)
    assert f"@{helper.handle} " in client.get(f"/posts/new/?question=1&to={helper.handle}").content.decode()
    assert client.get("/posts/new/?to=nobody-here").status_code == 404
