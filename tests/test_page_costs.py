"""What a page costs that no machine can change: its statements and its bytes (tests/page_costs.json).

A page asks the same few things of the database however much there is to read. After a change that is meant,
``POTLUCK_WRITE_COSTS=1 bin/test tests/test_page_costs.py`` writes the file anew; the difference is then read and committed.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from potluck.talk import verbs as talk
from tests import make

pytestmark = pytest.mark.django_db
COSTS = Path(__file__).with_name("page_costs.json")
MOST_BYTES_OF_HOME = 60_000


def house(much: int) -> dict:
    """A house with ``much`` of everything: groups, members, posts, questions, answers, reactions, thanks, greetings."""
    viewer, asker, helper = make.person("Aylin Kestrow"), make.person("Nour Stern"), make.person("Bogdan Wieczny")
    people = [viewer, asker, helper, *(make.person() for _n in range(much))]
    groups = [make.group(helper, *people, name=f"Gruppe {n}") for n in range(much)]
    for n in range(much):
        by = people[n % len(people)]
        make.post(by, f"Beitrag {n}. " + "Ein paar Worte darüber, was heute war. " * 6, group=groups[n] if n % 3 == 0 else None)
        waiting = make.question(by, f"Frage {n}?")
        if by != helper:
            talk.react(helper, waiting, "thinking")
        make.thank(by, people[(n + 1) % len(people)])
    question = make.question(asker, "Wie tauscht man den Dimmer?", title="Der Dimmer")
    for n in range(much):
        answer = make.comment(people[n % len(people)], question, f"Antwort {n}.")
        if answer.by != viewer:
            talk.react(viewer, answer, "helps")
        make.comment(helper, answer, "Stimmt.")
    helped = make.comment(helper, question)
    talk.say_it_helped(asker, helped)
    make.greet(helper, viewer)
    make.thank(asker, viewer, words="Du hast mir den Trick gezeigt.")
    return {"viewer": viewer, "question": question, "helper": helper, "answer": helped}


def pages(made: dict) -> dict[str, str]:
    return {
        "home": "/",
        "thread": f"/acts/{made['question'].key}/",
        "person": f"/people/{made['helper'].handle}/",
        "waiting": "/waiting/",
        "questions": "/questions/",
        "composer": "/posts/new/",
        "older": "/?before=4000000000000000-1",
        "search": "/search/?q=Worte+Beitrag",
    }


def statements(client, made: dict) -> tuple[dict[str, int], dict[str, int]]:
    """(statements, bytes) of each page, for somebody whose notices of it are read already."""
    client.force_login(made["viewer"])
    counted, heavy = {}, {}
    for name, path in pages(made).items():
        client.get(path)
        with CaptureQueriesContext(connection) as asked:
            answer = client.get(path)
        assert answer.status_code == 200, path
        counted[name], heavy[name] = len(asked), len(answer.content)
    return counted, heavy


def test_a_page_asks_the_same_few_things_however_much_there_is_to_read(client):
    few, _bytes = statements(client, house(2))
    many, heavy = statements(client, house(30))
    assert few == many
    if os.environ.get("POTLUCK_WRITE_COSTS"):
        rounded = {name: (size * 11 // 10_000 + 1) * 1000 for name, size in heavy.items()}  # a tenth of room
        rounded["home"] = min(rounded["home"], MOST_BYTES_OF_HOME)
        costs = {name: {"statements": many[name], "bytes_at_most": rounded[name]} for name in many}
        COSTS.write_text(json.dumps(costs, indent=2) + "\n")
    known = json.loads(COSTS.read_text())
    assert many == {name: cost["statements"] for name, cost in known.items()}
    assert {name: size for name, size in heavy.items() if size > known[name]["bytes_at_most"]} == {}


def test_home_is_light_with_twenty_long_posts(client):
    viewer = make.person()
    for _n in range(25):
        make.post(words="Ein langer Bericht aus der Halle, Wort für Wort. " * 400, title="Ein Titel")
    client.force_login(viewer)
    answer = client.get("/")
    assert answer.content.count(b"<article") >= 20
    assert len(answer.content) < MOST_BYTES_OF_HOME


def test_one_more_statement_would_be_seen(client):
    """The positive control: a page that asks once for each act differs between the small house and the large one."""
    made = house(2)
    with CaptureQueriesContext(connection) as few:
        list(type(made["question"]).objects.all())
        for act in type(made["question"]).objects.all():
            str(act.by)
    assert len(few) > 2
