"""The page of search: what is typed, narrowed, corrected and shown."""

from __future__ import annotations

import html
import re

import pytest

from potluck.acts.verbs import withdraw
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def ask(client):
    """``ask(person, q=...)``: the page, as its words."""

    def one(person, htmx: bool = False, **said: str) -> str:
        client.force_login(person)
        answer = client.get("/search/", said, headers={"Accept-Language": "en", **({"HX-Request": "true"} if htmx else {})})
        assert answer.status_code == 200
        return html.unescape(answer.content.decode())

    return one


def dishes(page: str) -> list[str]:
    return re.findall(r'id="act-([a-z0-9]+)"', page)


def test_words_people_and_groups_are_found_on_one_page(ask):
    person = make.person("Dimma Licht")
    group = make.group(person, name="Dimmer und Lampen")
    act = make.post(person, "Die Dimmer flackern.")
    page = ask(make.person("Mira Sand"), q="dimmer")
    assert dishes(page) == [act.key]
    assert f"/people/{person.handle}/" in page and f"/groups/{group.key}/" in page


def test_results_lie_on_the_same_dishes_as_at_the_table(ask, client):
    group = make.group()
    viewer, act = make.person(), make.question(words="Wie tauscht man den Dimmer?", title="Der Dimmer", group=group)
    dish = re.compile(rf'<article[^>]*id="act-{act.key}".*?</article>', re.S)
    page = ask(viewer, q="Dimmer")
    there = client.get(f"/groups/{group.key}/", headers={"Accept-Language": "en"}).content.decode()
    assert dish.search(page)[0] == dish.search(html.unescape(there))[0]


def test_an_answer_says_to_what_and_leads_there(ask):
    question = make.question(words="Wie tauscht man den Dimmer?", title="Licht im Lager")
    answer = make.comment(make.person(), question, "Erst den Filz lösen.")
    page = ask(make.person(), q="filz")
    assert dishes(page) == [answer.key]
    assert "An answer to “Licht im Lager”" in page and f"/acts/{question.key}/#act-{answer.key}" in page


def test_a_thank_you_is_paper_here_too(ask):
    giver, receiver = make.person(), make.person()
    make.thank(giver, receiver, words="Danke für den Filz.")
    assert "Danke für den Filz." in ask(receiver, q="filz")
    assert "Danke für den Filz." not in ask(make.person(), q="filz")


def test_a_correction_is_said_in_words_and_older_results_follow_it(ask):
    for n in range(22):
        make.post(words=f"Dimmer Nummer {n}.")
    page = ask(make.person(), q="Dimemr")
    assert "You can read nothing with “Dimemr”. This is what was found for “Dimmer”." in page
    older = re.search(r'href="(/search/\?[^"]*before=[^"]*)"', page)
    assert "q=Dimmer" in older[1]


def test_older_results_come_as_a_page_and_as_a_fragment(ask, client):
    made = [make.post(words=f"Dimmer Nummer {n}.").key for n in range(25)]
    viewer = make.person()
    page = ask(viewer, q="dimmer")
    assert dishes(page) == made[:4:-1]
    older = re.search(r'href="(/search/\?[^"]*before=[^"]*)"', page)[1]
    for headers, begins in (({}, "<!doctype"), ({"HX-Request": "true"}, "<article")):
        answer = html.unescape(client.get(older, headers=headers).content.decode())
        assert answer.lstrip().lower().startswith(begins)
        assert dishes(answer) == made[4::-1]


def test_a_search_is_narrowed_by_names_that_are_written_almost_right(ask):
    mira, jonas = make.person("Mira Sand"), make.person("Jonas Feld")
    group = make.group(mira, name="Werkstatt")
    by_mira, by_jonas = make.post(mira, "Ein Dimmer.", group=group), make.post(jonas, "Noch ein Dimmer.")
    viewer = make.person("Olu Ufer")
    assert dishes(ask(viewer, q="dimmer", by="Mria")) == [by_mira.key]
    assert dishes(ask(viewer, q="dimmer", group="werkstat")) == [by_mira.key]
    assert dishes(ask(viewer, q="dimmer", kind="asked")) == []
    assert dishes(ask(viewer, q="dimmer", time="week")) == [by_jonas.key, by_mira.key]
    assert dishes(ask(viewer, by="Jonas", kind="posted")) == [by_jonas.key]
    assert "“Xylofon” is no name that you see here." in ask(viewer, q="dimmer", by="Xylofon")


def test_what_nobody_sees_is_no_name_to_narrow_by(ask):
    viewer = make.person("Olu Ufer")
    make.group(make.person(), name="Heimlich", closed=True)
    act = make.post(words="Ein Dimmer.")
    assert dishes(ask(viewer, q="dimmer", group="Heimlich")) == [], "seen by its name, not read"
    assert dishes(ask(viewer, q="dimmer")) == [act.key]


def test_htmx_gets_the_results_and_the_sentence_alone(ask):
    make.post(words="Die Dimmer flackern.")
    page = ask(make.person(), htmx=True, q="dimmer")
    assert "<!doctype" not in page.lower() and "<form" not in page
    assert 'id="search-said" role="status" hx-swap-oob="true"' in page


def test_an_empty_page_helps_and_a_guest_is_not_sent_where_they_may_not_write(ask):
    assert "A word is enough." in ask(make.person())
    page = ask(make.person(), q="nirgends")
    assert "Ask at the table" in page and page.count("Nothing found") == 1, "said once, by the line that is also heard"
    assert "Ask at the table" not in ask(make.guest(), q="nirgends")


@pytest.mark.parametrize(
    "odd",
    [{"q": "\x00"}, {"q": "x" * 5000}, {"kind": "nothing"}, {"time": "ever"}, {"before": "9-9-9"}, {"q": "a", "before": "-1"},
     {"by": "' or 1=1 --"}, {"group": "%"}, {"q": "Dimmer", "by": "\ud800"}],
)
def test_nothing_in_the_address_breaks_the_page(ask, odd):
    ask(make.person(), **{name: value.encode("utf-8", "surrogatepass") for name, value in odd.items()})


def test_what_was_taken_back_leaves_the_page_at_once(ask):
    giver, viewer = make.person(), make.person()
    act = make.post(giver, "Die Dimmer flackern.")
    assert dishes(ask(viewer, q="dimmer")) == [act.key]
    withdraw(giver, act)
    assert "flackern" not in ask(viewer, q="dimmer") + ask(viewer, q="flakern")
    assert dishes(ask(viewer, q="flackern")) == []
