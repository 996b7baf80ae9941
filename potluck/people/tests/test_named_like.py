"""People and groups found by a name that is written so or almost so."""

from __future__ import annotations

import pytest

from potluck.groups import queries as groups
from potluck.groups.models import Group
from potluck.people import verbs
from potluck.people.queries import helping_with, named_like
from tests import make

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("typed", ["Özgür Jäger", "ozgur", "jager", "Jäg", "Özgru", "jaeger", "Jagr Ozgur"])
def test_a_name_is_found_without_accents_and_with_an_error(typed):
    one = make.person("Özgür Jäger")
    make.person("Bogdan Wieczny")
    assert named_like(make.person("Mira Sand"), typed) == [one]


def test_both_spellings_of_a_name_are_one():
    one = make.person("Jörn Mueller")
    assert named_like(make.person("Mira Sand"), "Müller") == named_like(one, "joern muller") == [one]


def test_the_name_itself_stands_alone_and_what_resembles_it_comes_where_it_is_not_there():
    hanno, hanna = make.person("Hanno Herd"), make.person("Hanna Holz")
    viewer = make.person("Mira Sand")
    assert named_like(viewer, "Hanno")[0] == hanno
    assert hanna in named_like(viewer, "Hann")
    assert named_like(viewer, "Hanno Herd") == [hanno]
    assert named_like(viewer, "") == named_like(viewer, "Xylofon") == []


def test_who_can_help_with_it_is_found_by_that():
    able = make.person("Hanno Herd", helps_with="Dimmer, Lampen")
    viewer = make.person("Mira Sand")
    assert helping_with(viewer, "dimmer") == helping_with(viewer, "lampe Dimmer") == [able]
    assert helping_with(viewer, "dimmer brot") == helping_with(viewer, " ") == helping_with(make.guest(), "dimmer") == []


def test_found_are_those_whom_the_directory_shows():
    viewer, keeper = make.person("Mira Sand"), make.administrator(name="Adele Admin")
    awaited, gone = make.placeholder("Paula Platz"), make.person("Paula Fort")
    verbs.deactivate(keeper, gone)
    make.bot("Paula Programm")
    assert named_like(viewer, "Paula") == [awaited]
    guest = make.guest(name="Gustav Gast")
    assert named_like(guest, "Paula") == []
    make.group(make.person("Paula Wirtin"), guest)
    assert [one.name for one in named_like(guest, "Paulla")] == ["Paula Wirtin"]


def test_groups_are_found_by_those_who_see_their_name():
    host, outsider, guest = make.person(), make.person(), make.guest()
    shown = make.group(host, name="Küche und Kantine", closed=True)
    hidden = make.group(host, name="Küchenrat", closed=True)
    Group.objects.filter(pk=hidden.pk).update(is_listed=False)
    assert groups.named_like(outsider, "kuche") == [shown]
    assert groups.named_like(outsider, "Kantiene") == [shown]
    assert set(groups.named_like(host, "Küche")) == {shown, hidden}
    assert groups.named_like(guest, "Küche") == []
