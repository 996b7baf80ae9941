"""A dish in a feed is drawn once and shown to everybody: it says the same to all of them, and cannot ask who looks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from types import SimpleNamespace

import pytest
from django.template import engines
from jinja2 import ChoiceLoader, DictLoader, UndefinedError

from potluck.acts import kinds, queries
from potluck.core import fragments
from potluck.talk import verbs as talking
from tests import make, world

pytestmark = pytest.mark.django_db


@pytest.fixture
def house() -> Iterator[world.World]:
    """Everybody reacts to what they see, so that each has something of their own on each dish."""
    house = world.build()
    for person in house.actors.values():
        for act in [house.acts["to everyone"], house.acts["in an open group"], house.acts["in a closed group"]]:
            if act.by != person and queries.rows(person, [act.pk]):
                talking.react(person, act, "glad")
    helped = make.comment(house.actors["named"], house.acts["to everyone"])
    talking.say_it_helped(house.actors["giver"], helped)
    yield house
    fragments._dishes.clear()


def different(house: world.World) -> set[str]:
    """Acts whose dishes, remembered as one, say different things to those who see them."""
    found: dict[object, dict[str, str]] = {}
    for name, person in house.actors.items():
        fragments._dishes.clear()
        rows = [row for row in queries.feed(person) if row.kind.same_for_all]
        for row in queries.dressed_to_serve(person, rows):
            found.setdefault(row.dish_key, {})[name] = row.kind.served(row)
    assert sum(len(seen) > 1 for seen in found.values()) >= 3, "several people see the same dish"
    return {key[0] for key, seen in found.items() if len(set(seen.values())) > 1}  # type: ignore[index]


def test_a_dish_says_the_same_to_everybody_who_sees_it(house):
    assert different(house) == set()


def test_a_dish_that_says_who_looks_is_found(house, monkeypatch):
    """Positive control: among the voices of a talk stands whoever reads it."""

    def telling(viewer, ids):
        return {pk: SimpleNamespace(voices=[viewer.name], helped=None) for pk in ids}

    monkeypatch.setitem(kinds._hung, "talk", (telling, False))
    assert house.acts["to everyone"].pk in different(house)


@pytest.mark.parametrize(
    ("asks", "error"),
    [
        ("{{ act.is_saved }}", kinds.ShowsToOthers),
        ("{% if act.is_saved is defined %}saved{% endif %}", kinds.ShowsToOthers),
        ("{{ act.details }}", kinds.ShowsToOthers),
        ("{{ act.reactions.mine }}", kinds.ShowsToOthers),
        ('{% if may(viewer, "talk.react", act) %}React{% endif %}', UndefinedError),
        ("{{ csrf_input }}", UndefinedError),
        ("{{ request.user.name }}", UndefinedError),
        ("{{ act.title }} {{ act.reactions.words }}", None),
    ],
)
def test_a_dish_for_everybody_cannot_ask_who_looks(monkeypatch, asks, error):
    env = engines["jinja2"].env
    monkeypatch.setattr(env, "loader", ChoiceLoader([DictLoader({"planted.html": asks}), env.loader]))
    reader, act = make.person(), make.post()
    talking.react(reader, act, "glad")
    row = queries.row(reader, act.key)
    row.is_saved = True
    kind = replace(row.kind, template="planted.html")
    if error is None:
        assert "glad" in kind.served(row)
    else:
        with pytest.raises(error):
            kind.served(row)
