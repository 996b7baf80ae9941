from datetime import timedelta

import pytest

from potluck.core import clock
from tests import make

pytestmark = pytest.mark.django_db


def test_the_table_shows_a_post_and_its_page_shows_the_talk(client):
    asker, helper = make.person("Nour Stern"), make.person("Bogdan Wieczny")
    question = make.question(asker, "Wie tauscht man den Dimmer?", title="Der Dimmer der Alva")
    make.comment(helper, question, "Erst den Filz lösen.")
    client.force_login(helper)
    home = client.get("/").content.decode()
    assert "Der Dimmer der Alva" in home
    thread = client.get(f"/acts/{question.key}/").content.decode()
    assert "Erst den Filz lösen." in thread


def test_a_question_that_waits_says_truly_why_it_is_up_here(client):
    with clock.at(clock.now() - timedelta(days=40)):
        asker = make.person("Nour Stern")
    with clock.at(clock.now() - timedelta(hours=3)):
        make.question(asker, "Wer kennt sich aus?", title="Der Dimmer der Alva flackert")
    pages = {}
    for helps_with in ("Löten, dimmer", "Kuchen, Flack"):
        client.force_login(make.person(helps_with=helps_with, language="en"))
        pages[helps_with] = client.get("/").content.decode()
    assert "Up here because you can help with “dimmer”, your page says." in pages["Löten, dimmer"]
    assert "can help with" in pages["Kuchen, Flack"], "a word may go on: flackert"
    client.force_login(make.person(helps_with="lack", language="en"))
    assert "Up here because Nour would like to know it." in client.get("/").content.decode()
