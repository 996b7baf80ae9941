"""Reads of a demo house. Here nobody looks yet: a visitor is on the way to a chair."""

from __future__ import annotations

from types import SimpleNamespace

from django.http import Http404

from potluck.demo.chairs import CHAIRS, sitters
from potluck.demo.reading import address
from potluck.people.models import Person
from potluck.people.verbs import the_house


def chairs() -> list[SimpleNamespace]:
    """The chairs with who sits in them; 404 in a house that is no demo, whatever its process was told."""
    if not the_house().is_demo:
        raise Http404
    keys = sitters()
    there = {
        person.email: person
        for person in Person.objects.filter(email__in=map(address, keys.values()), is_active=True).select_related("unit")
    }
    return [
        SimpleNamespace(chair=chair, person=there[address(keys[chair.name])])
        for chair in CHAIRS
        if address(keys[chair.name]) in there
    ]


def sitter(name: str) -> Person:
    """Who sits in this chair, or 404."""
    for row in chairs():
        if row.chair.name == name:
            return row.person
    raise Http404
