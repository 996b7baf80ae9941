"""Groups: smaller tables, open or closed, each with people who look after it."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from potluck.core import clock
from potluck.core.rules import Refused, may
from potluck.groups import queries, verbs
from potluck.groups.models import Group, JoinRequest, Membership
from tests import make

pytestmark = pytest.mark.django_db


def signed_in(person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def home(group) -> str:
    return reverse("groups:group", args=[group.key])


def sits(person, group) -> bool:
    return Membership.objects.filter(person=person, group=group).exists()


def hosts(person, group) -> bool:
    return Membership.objects.filter(person=person, group=group, is_host=True).exists()


@pytest.fixture
def host():
    return make.person("Jonas Feld")


@pytest.fixture
def other():
    return make.person("Kaja Linde")


def test_whoever_opens_a_group_looks_after_it(host):
    answer = signed_in(host).post(reverse("groups:new"), {"name": "Ersatzteile", "about": "Wer was hat.", "closed": "1"})
    group = Group.objects.get()
    assert answer["Location"] == home(group) and group.is_closed and hosts(host, group)


def test_a_group_without_a_name_is_not_opened_and_the_words_stay(host):
    answer = signed_in(host).post(reverse("groups:new"), {"name": " ", "about": "Wer was hat."})
    assert answer.status_code == 422 and "Wer was hat." in answer.content.decode() and not Group.objects.exists()


def test_guests_open_and_join_nothing(host):
    guest, group = make.guest(), make.group(host)
    assert signed_in(guest).get(reverse("groups:new")).status_code == 403
    assert signed_in(guest).post(reverse("groups:join", args=[group.key])).status_code == 404
    verbs.seat(group, guest)
    assert signed_in(guest).get(home(group)).status_code == 200


def test_what_is_given_in_a_closed_group_stays_there(host, other):
    group = make.group(host, closed=True)
    words = "Unter uns gesagt."
    act = make.post(host, words, group=group)
    for outsider in (other, make.manager(), make.administrator()):
        page = signed_in(outsider).get(home(group)).content.decode()
        assert group.name in page and host.name in page and words not in page
        assert signed_in(outsider).get(f"/acts/{act.key}/").status_code == 404
    verbs.seat(group, other)
    assert words in signed_in(other).get(home(group)).content.decode()


def test_outsiders_of_a_closed_group_see_its_hosts_alone(host, other):
    member = make.person("Tarek Holz")
    group = make.group(host, member, closed=True)
    for address in (home(group), reverse("groups:people", args=[group.key])):
        page = signed_in(other).get(address).content.decode()
        assert host.name in page and member.name not in page
        assert member.name in signed_in(host).get(address).content.decode()


def test_an_open_group_can_be_read_and_joined_and_left(host, other):
    group = make.group(host)
    make.post(host, "Kommt alle.", group=group)
    assert "Kommt alle." in signed_in(other).get(home(group)).content.decode()
    signed_in(other).post(reverse("groups:join", args=[group.key]))
    assert sits(other, group) and not hosts(other, group)
    signed_in(other).post(reverse("groups:leave", args=[group.key]))
    assert not sits(other, group)


def test_a_closed_group_is_asked_not_joined(host, other):
    group = make.group(host, closed=True)
    assert signed_in(other).post(reverse("groups:join", args=[group.key])).status_code == 403
    assert not sits(other, group)
    for _ in range(2):
        signed_in(other).post(reverse("groups:ask", args=[group.key]), {"words": "Ich fahre auch Stapler."})
    request = JoinRequest.objects.get()
    assert "Ich fahre auch Stapler." in signed_in(host).get(home(group)).content.decode()
    signed_in(host).post(reverse("groups:answer", args=[request.key]), {"yes": "1"})
    assert sits(other, group)


def test_who_has_asked_and_who_leaves_a_closed_group_reads_so_once(host, other):
    group, english = make.group(host, other, name="Nachtschicht", closed=True), {"Accept-Language": "en"}
    left = signed_in(other).post(reverse("groups:leave", args=[group.key]), headers=english, follow=True).content.decode()
    assert "You have left Nachtschicht. Whoever wants to come back asks again." in left
    page = signed_in(other).post(reverse("groups:ask", args=[group.key]), headers=english, follow=True).content.decode()
    assert page.count("The hosts have your question.") == 1
    lunch = make.group(host, other, name="Mittagstisch")
    left = signed_in(other).post(reverse("groups:leave", args=[lunch.key]), headers=english, follow=True).content.decode()
    assert "You have left Mittagstisch." in left and "asks again" not in left


def test_only_hosts_see_and_answer_who_asks(host, other):
    member = make.person()
    group = make.group(host, member, closed=True)
    request = verbs.ask_to_join(other, group, "Ich fahre auch Stapler.")
    for nosy in (member, other, make.administrator()):
        assert "Ich fahre auch Stapler." not in signed_in(nosy).get(home(group)).content.decode()
        assert signed_in(nosy).post(reverse("groups:answer", args=[request.key]), {"yes": "1"}).status_code == 404
    assert not sits(other, group)


def test_the_first_answer_to_a_request_stands(host, other):
    group = make.group(host, closed=True)
    request = verbs.ask_to_join(other, group)
    verbs.answer_request(host, request, yes=False)
    verbs.answer_request(host, request, yes=True)
    assert not sits(other, group)
    again = verbs.ask_to_join(other, group)
    assert again.pk != request.pk
    verbs.answer_request(host, again, yes=True)
    assert sits(other, group)


def test_the_last_host_stays_until_somebody_else_looks_after_the_group(host, other):
    group = make.group(host, other)
    assert signed_in(host).post(reverse("groups:leave", args=[group.key])).status_code == 403
    assert sits(host, group)
    signed_in(host).post(reverse("groups:make_host", args=[group.key, other.handle]))
    assert hosts(other, group)
    signed_in(host).post(reverse("groups:leave", args=[group.key]))
    assert not sits(host, group)


def test_the_last_one_may_close_the_door_behind_them(host):
    group = make.group(host)
    verbs.leave(host, group)
    assert not Membership.objects.exists()


def test_only_hosts_look_after_the_seats(host, other):
    member = make.person()
    group = make.group(host, member, other)
    seats = {"host": "groups:make_host", "out": "groups:take_out"}
    for route in seats.values():
        assert signed_in(member).post(reverse(route, args=[group.key, other.handle])).status_code == 403
    assert signed_in(member).get(reverse("groups:change", args=[group.key])).status_code == 403
    assert sits(other, group) and not hosts(other, group)
    signed_in(host).post(reverse("groups:take_out", args=[group.key, other.handle]))
    assert not sits(other, group)


def test_nobody_who_has_not_come_looks_after_a_group(host):
    awaited, machine = make.placeholder(), make.bot()
    group = make.group(host, awaited, machine)
    for nobody in (awaited, machine):
        with pytest.raises(Refused):
            verbs.make_host(host, group, nobody)


def test_a_host_changes_name_and_words_but_not_who_may_read(host):
    group = make.group(host, closed=True)
    signed_in(host).post(reverse("groups:change", args=[group.key]), {"name": "Teile", "about": "Neu.", "closed": ""})
    group.refresh_from_db()
    assert (group.name, group.about, group.is_closed) == ("Teile", "Neu.", True)


def test_an_archived_group_is_read_only(host, other):
    group = make.group(host, other)
    make.post(host, "Das war schoen.", group=group)
    Group.objects.filter(pk=group.pk).update(archived_at=clock.now())
    group.refresh_from_db()
    page = signed_in(other).get(home(group)).content.decode()
    assert "Das war schoen." in page and reverse("posts:new") not in page
    assert not may(make.person(), "groups.join", group) and not may(other, "groups.write", group)


def test_an_imported_group_without_host_can_be_joined(other):
    [group] = verbs.open_many([verbs.PastGroup(name="general", about="Alles.")])
    page = signed_in(other).get(home(group))
    assert page.status_code == 200 and reverse("groups:join", args=[group.key]) in page.content.decode()
    signed_in(other).post(reverse("groups:join", args=[group.key]))
    assert sits(other, group)


def test_an_imported_closed_group_is_known_to_its_members_alone(host, other):
    [group] = verbs.open_many([verbs.PastGroup(name="vorstand", closed=True)])
    verbs.seat(group, host)
    assert signed_in(other).get(home(group)).status_code == 404
    assert group.name not in signed_in(other).get(reverse("groups:shelf")).content.decode()
    assert group.name in signed_in(host).get(reverse("groups:shelf")).content.decode()


def test_ones_own_groups_come_first(host, other):
    first, second = make.group(host, name="Aa"), make.group(other, name="Bb")
    assert [group.pk for group in queries.shelf(other)] == [second.pk, first.pk]
    Group.objects.filter(pk=second.pk).update(archived_at=clock.now())
    assert [group.pk for group in queries.shelf(other)] == [first.pk, second.pk]


def test_people_of_a_large_group_come_page_by_page(host):
    group = make.group(host, *[make.person(f"P{n:02}") for n in range(5)])
    first, after = queries.people_page(host, group, limit=4)
    rest, end = queries.people_page(host, group, after, limit=4)
    assert [seat.person.name for seat in [*first, *rest]] == ["Jonas Feld", "P00", "P01", "P02", "P03", "P04"]
    assert after == first[-1].person.handle and end == ""
