"""A house keeps somebody who keeps it, and a place kept from history is a place like any other."""

from __future__ import annotations

import pytest

from potluck.core.rules import Refused
from potluck.people import queries, verbs
from potluck.people.models import House, Person, Role
from tests import make

pytestmark = pytest.mark.django_db


def administrators() -> int:
    return Person.objects.filter(roles__contains=[Role.ADMINISTRATOR], is_active=True).count()


def test_two_administrators_cannot_shut_each_other_out_in_the_same_moment():
    one, other = make.administrator(), make.administrator()
    as_the_other_read_it = [Person.objects.get(pk=person.pk) for person in (other, one)]
    verbs.deactivate(one, other)
    with pytest.raises(Refused):
        verbs.deactivate(*as_the_other_read_it)
    assert administrators() == 1


def test_two_administrators_cannot_take_each_others_role_in_the_same_moment():
    one, other = make.administrator(), make.administrator()
    as_the_other_read_it = [Person.objects.get(pk=person.pk) for person in (other, one)]
    verbs.take_role(one, other, Role.ADMINISTRATOR)
    with pytest.raises(Refused):
        verbs.take_role(*as_the_other_read_it, Role.ADMINISTRATOR)
    assert administrators() == 1


def test_an_awaited_administrator_keeps_no_house_yet():
    keeper = make.administrator()
    make.placeholder(roles=[Role.ADMINISTRATOR])
    with pytest.raises(Refused):
        verbs.take_role(keeper, keeper, Role.ADMINISTRATOR)


def test_roles_given_at_the_same_moment_do_not_undo_each_other():
    keeper, person = make.administrator(), make.person()
    as_another_read_it = Person.objects.get(pk=person.pk)
    verbs.give_role(keeper, person, Role.LEADER)
    verbs.give_role(keeper, as_another_read_it, Role.COMMUNITY_MANAGER)
    assert Person.objects.get(pk=person.pk).roles == [Role.COMMUNITY_MANAGER, Role.LEADER]


@pytest.fixture
def kept() -> Person:
    return verbs.add_placeholders([verbs.PastPerson("Paula Vorher", email="paula@example.org")])[0]


def test_a_place_kept_from_history_is_awaited_greeted_and_claimed_with_what_waits_there(kept):
    keeper, friend = make.administrator(), make.person("Jonas Feld")
    assert kept in queries.keeping(keeper, "awaited")[0] and kept not in queries.keeping(keeper, "closed")[0]
    greeting, thanks = make.greet(friend, kept), make.thank(friend, kept)
    from potluck.acts.queries import kept_for

    assert {row.id for row in kept_for(kept)} == {greeting.pk, thanks.pk}, "the page that claims the place names the givers"
    _invitation, path = verbs.invite(friend, None, kept.name, person=kept)
    assert verbs.claim(path.split("/")[2], name="Paula Vorher").pk == kept.pk


def test_whoever_proves_an_address_known_from_history_takes_that_place(kept):
    House.objects.filter(pk=verbs.the_house().pk).update(mail_domains=["example.org"])
    came = verbs.come_by_address("paula@example.org", "Paula Jetzt")
    assert came.pk == kept.pk and not came.is_placeholder


def test_an_invitation_does_not_open_what_an_administrator_closed(kept):
    _invitation, path = verbs.invite(make.person(), None, kept.name, person=kept)
    token = path.split("/")[2]
    assert queries.opens(token) is not None
    verbs.deactivate(make.administrator(), kept)
    assert queries.opens(token) is None
    with pytest.raises(Refused):
        verbs.claim(token, name="Paula Vorher")


def test_the_next_page_of_the_directory_says_nothing_about_people_one_may_not_see():
    guest, hidden = make.guest(name="Anton Anfang"), make.person("Zora Zuletzt")
    make.group(make.person("Berta Bank"), guest)
    assert hidden not in queries.directory_page(guest)[0]
    assert queries.directory_page(guest, after=hidden.handle) == queries.directory_page(guest, after="nobody-there")


def test_nobody_but_administrators_hands_out_a_place_that_comes_with_a_role():
    keeper, member = make.administrator(), make.person()
    with_role, to_turn_to = make.placeholder(roles=[Role.ADMINISTRATOR]), make.placeholder()
    House.objects.filter(pk=verbs.the_house().pk).update(turn_to=to_turn_to)
    for place in (with_role, to_turn_to):
        for ways in ({"person": place, "email": None}, {"email": place.email}):
            with pytest.raises(Refused):
                verbs.invite(member, name=place.name, **ways)
            assert verbs.invite(keeper, name=place.name, **ways)[0].person == place
    plain = make.placeholder(roles=[Role.GUEST])
    assert verbs.invite(member, None, plain.name, person=plain)[0].person == plain


def test_an_earlier_invitation_does_not_open_a_place_that_came_to_have_a_role():
    keeper, member, place = make.administrator(), make.person(), make.placeholder()
    _theirs, path = verbs.invite(member, None, place.name, person=place)
    _ours, way_in = verbs.invite(keeper, None, place.name, person=place)
    verbs.give_role(keeper, place, Role.COMMUNITY_MANAGER)
    with pytest.raises(Refused):
        verbs.claim(path.split("/")[2], name=place.name)
    assert verbs.claim(way_in.split("/")[2], name=place.name).is_community_manager


def test_a_guest_sees_the_person_to_turn_to_whatever_their_role(client):
    guest, other, keeper = make.guest(), make.person(), make.administrator()
    House.objects.filter(pk=verbs.the_house().pk).update(turn_to=keeper, opened_by=keeper)
    seen = set(queries.visible_to(guest))
    assert keeper in seen and other not in seen
    client.force_login(guest)
    assert client.get(f"/people/{keeper.handle}/").status_code == 200
