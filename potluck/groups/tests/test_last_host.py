from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from potluck.core.rules import Refused
from potluck.groups import queries, verbs
from potluck.groups.models import Membership
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
