import pytest

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
