from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, transaction

from potluck.core import clock
from potluck.core.rules import Refused
from potluck.groups import queries, verbs
from potluck.groups.models import Membership
from potluck.notices import verbs as notices
from potluck.people import verbs as people
from tests import make


def _alone(change, *on) -> str:
    """``change`` on a connection of its own: what came of it."""
    try:
        change(*on)
        return "done"
    except Refused:
        return "refused"
    finally:
        connection.close()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("second", ["leaves", "takes the first out"])
def test_two_hosts_who_go_in_the_same_moment_leave_one_behind(second):
    one, other, member = make.person(), make.person(), make.person()
    group = make.group(one, other, member)
    verbs.make_host(one, group, other)
    change, on = (verbs.leave, (other, group)) if second == "leaves" else (verbs.take_out, (other, group, one))
    with ThreadPoolExecutor(1) as beside:
        with transaction.atomic():
            if second == "leaves":
                verbs.leave(one, group)
            else:
                verbs.take_out(one, group, other)
            later = beside.submit(_alone, change, *on)
            time.sleep(0.3)
            assert not later.done(), "it waits for the one who was first"
        assert later.result(5) == "refused"
    assert Membership.objects.filter(group=group, is_host=True).count() == 1


@pytest.mark.django_db
def test_the_next_page_of_a_closed_group_says_nothing_about_who_sits_there():
    host, hidden, outsider = make.person("Anton Anfang"), make.person("Zora Zuletzt"), make.person()
    group = make.group(host, hidden, closed=True)
    assert [seat.person for seat in queries.people_page(outsider, group)[0]] == [host]
    assert list(queries.people_page(outsider, group, after=hidden.handle)[0]) == list(
        queries.people_page(outsider, group, after="nobody-there")[0]
    )


@pytest.mark.django_db
def test_a_form_sent_twice_opens_one_group(client):
    client.force_login(host := make.person())
    form = client.get("/groups/new/").content.decode()
    key = form.partition('name="once" value="')[2].partition('"')[0]
    assert len(key) == 12
    there = {client.post("/groups/new/", {"name": "Nähtreff", "once": key})["Location"] for _time in range(2)}
    assert len(there) == 1 and Membership.objects.filter(person=host, is_host=True).count() == 1
    assert client.post("/groups/new/", {"name": "Nähtreff", "once": "another"})["Location"] not in there


@pytest.mark.django_db
def test_a_host_whose_access_is_closed_looks_after_nobody():
    one, other, member = make.person(), make.person(), make.person()
    group = make.group(one, other, member)
    verbs.make_host(one, group, other)
    people.deactivate(None, other)
    with pytest.raises(Refused):
        verbs.leave(one, group)
    verbs.make_host(one, group, member)
    verbs.leave(one, group)


def left_alone(*members, closed: bool = True):
    """A group whose only host is no longer here."""
    gone = make.person()
    group = make.group(gone, *members, name="Nachtschicht", closed=closed)
    people.deactivate(None, gone)
    return group


def told(person) -> list[tuple[str, bool]]:
    return list(person.notices.order_by("pk").values_list("kind", "no_mail"))


@pytest.mark.django_db
def test_a_member_takes_up_a_group_that_nobody_looks_after_and_all_who_sit_there_are_told(client):
    member, other, outsider = make.person(language="en"), make.person(), make.person()
    group = left_alone(member, other)
    verbs.ask_to_join(outsider, group)
    notices.tell_of_groups()
    assert told(member) == told(other) == []
    client.force_login(member)
    address = f"/groups/{group.key}/host/"
    assert address in client.get(f"/groups/{group.key}/").content.decode()
    assert client.post(address).status_code == 303
    notices.tell_of_groups()
    assert told(other) == [("host-found", True)], "quietly: no mail"
    assert told(member) == [("knocked", False)], "who was waiting knocks once more"
    assert told(outsider) == []
    page = client.get(f"/groups/{group.key}/").content.decode()
    assert address not in page and hosts(member, group)
    client.force_login(other)
    assert client.post(address).status_code == 403 and not hosts(other, group)


def hosts(person, group) -> bool:
    return Membership.objects.filter(person=person, group=group, is_host=True).exists()


@pytest.mark.django_db
def test_at_an_open_group_any_member_of_the_house_sits_down_to_look_after_it():
    guest, anybody = make.guest(), make.person()
    group = left_alone(guest, closed=False)
    with pytest.raises(Refused):
        verbs.look_after(guest, group)
    verbs.look_after(anybody, group)
    assert hosts(anybody, group)


@pytest.mark.django_db
def test_nobody_takes_up_a_closed_group_from_outside_whatever_their_role():
    group = left_alone(make.person())
    for outsider in (make.person(), make.manager(), make.administrator()):
        with pytest.raises(Refused):
            verbs.look_after(outsider, group)
        assert not Membership.objects.filter(person=outsider, group=group).exists()


@pytest.mark.django_db
def test_the_community_manager_asks_those_who_sit_there_and_learns_no_name(client):
    member, manager = make.person("Ines Innen"), make.manager(language="en")
    group = left_alone(member)
    client.force_login(manager)
    address, page = f"/groups/{group.key}/host/asking/", f"/groups/{group.key}/"
    shown = client.get(page).content.decode()
    assert address in shown and "Ines Innen" not in shown
    assert client.post(address).status_code == 303
    notices.tell_of_groups()
    assert told(member) == [("host-wanted", True)]
    assert client.post(address).status_code == 403, "once a week"
    assert address not in client.get(page).content.decode()
    with clock.at(clock.now() + timedelta(days=8)):
        verbs.ask_for_host(manager, group)
    verbs.look_after(member, group)
    with clock.at(clock.now() + timedelta(days=20)), pytest.raises(Refused):
        verbs.ask_for_host(manager, group)


@pytest.mark.django_db
def test_a_host_who_has_not_come_or_is_a_program_looks_after_nobody():
    member = make.person()
    for absent in (make.placeholder(), make.bot()):
        [group] = verbs.open_many([verbs.PastGroup(name="kanal")])
        verbs.seat_many([verbs.PastSeat(group.pk, absent.pk, host=True), verbs.PastSeat(group.pk, member.pk)])
        verbs.look_after(member, group)
        assert hosts(member, group)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_take_up_a_group_in_the_same_moment_one_does():
    one, other = make.person(), make.person()
    group = left_alone(one, other)
    with ThreadPoolExecutor(1) as beside:
        with transaction.atomic():
            verbs.look_after(one, group)
            later = beside.submit(_alone, verbs.look_after, other, group)
            time.sleep(0.3)
            assert not later.done()
        assert later.result(5) == "refused"
