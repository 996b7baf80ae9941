"""A dish is remembered by ``stirred``: the database counts every change of what the dish shows, whoever makes it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from potluck.acts.models import Act
from potluck.core import clock
from potluck.groups.models import Group
from potluck.people.models import Person, Unit
from tests import make

pytestmark = pytest.mark.django_db

READER = "Nour Haddad"
CHANGES: dict[str, tuple[type, str, Any]] = {
    "words": (Act, "html", "<p>Kekse</p>"),
    "title": (Act, "title", "Kekse"),
    "kind": (Act, "kind", "asked"),
    "edited": (Act, "edited_at", clock.now()),
    "first": (Act, "is_first", True),
    "name": (Person, "name", "Ilse Neumann"),
    "address": (Person, "handle", "ilse-neumann"),
    "claimed": (Person, "is_placeholder", True),
    "program": (Person, "is_bot", True),
    "unit": (Unit, "name", "Montage"),
    "group": (Group, "name", "Andere Runde"),
    "closed": (Group, "is_closed", True),
}


def brought() -> Act:
    """A post in a group that a reader and its giver sit in."""
    long_ago = clock.now() - timedelta(days=90)  # whoever is new stands in an open-handed place, with their name in its reason
    giver = make.person(unit=Unit.objects.create(name="Schlosserei"))
    Person.objects.filter(pk=giver.pk).update(arrived_at=long_ago)
    giver.refresh_from_db()
    return make.post(giver, "Kuchen", group=make.group(make.person(READER), giver))


def row_of(act: Act, model: type) -> Any:
    giver = act.by
    return {Act: act, Person: giver, Unit: giver.unit, Group: act.group}[model]


@pytest.mark.parametrize("what", CHANGES)
def test_every_change_of_what_a_dish_shows_is_counted(what):
    act = brought()
    model, field, value = CHANGES[what]
    before = Act.objects.get(pk=act.pk).stirred
    model.objects.filter(pk=row_of(act, model).pk).update(**{field: value})  # type: ignore[attr-defined]
    assert Act.objects.get(pk=act.pk).stirred == before + 1


def test_somebody_who_moves_to_another_unit_is_shown_there():
    act = brought()
    before = Act.objects.get(pk=act.pk).stirred
    Person.objects.filter(pk=act.by_id).update(unit=Unit.objects.create(name="Laden"))
    assert Act.objects.get(pk=act.pk).stirred == before + 1


def test_what_no_dish_shows_is_not_counted():
    act = brought()
    before = Act.objects.get(pk=act.pk).stirred
    Person.objects.filter(pk=act.by_id).update(phone="030 1234", introduction="Hallo")
    Group.objects.filter(pk=act.group_id).update(about="Für alle")
    assert Act.objects.get(pk=act.pk).stirred == before


def dish(act: Act) -> str:
    """The act as it stands at the reader's table."""
    client = Client()
    client.force_login(Person.objects.get(name=READER))
    return client.get("/").content.decode().partition(f'id="act-{act.key}"')[2].partition("</article>")[0]


def test_a_new_name_stands_on_a_dish_that_was_drawn_before():
    act = brought()
    assert "Ilse Neumann" not in dish(act)
    Person.objects.filter(pk=act.by_id).update(name="Ilse Neumann")
    assert "Ilse Neumann" in dish(act)


def test_without_the_database_counting_it_would_not():
    """Positive control: triggers switched off."""
    act = brought()
    assert dish(act)
    with connection.cursor() as cursor:
        cursor.execute("set local session_replication_role = replica")
        Person.objects.filter(pk=act.by_id).update(name="Ilse Neumann")
        cursor.execute("set local session_replication_role = origin")
    assert "Ilse Neumann" not in dish(act)
