"""The live stream, on the real server: who hears what, who no longer does, and what is made good afterwards."""

from __future__ import annotations

import json
import time
from contextlib import ExitStack, closing
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import connection

from potluck.acts import verbs as acts
from potluck.core.tests.processes import within
from potluck.groups import verbs as groups
from potluck.notices.live import Hub, Reader
from potluck.notices.queries import Listener
from potluck.notices.tests.streams import Stream, cookie_of
from potluck.people import verbs as people
from potluck.people.models import Session
from potluck.talk import verbs as talk
from potluck.thanks import verbs as thanks
from tests import make

Person = get_user_model()


@pytest.fixture
def listen(server: str):
    """``listen(person)`` opens a stream; all are closed at the end."""
    with ExitStack() as stack:
        yield lambda person, **more: stack.enter_context(
            closing(Stream(server, more.pop("session", None) or cookie_of(person), **more))
        )


def all_hear(streams: dict[str, Stream], key: str, then: str) -> set[str]:
    """Who heard of the act, once everybody has heard what was told after it: a stream keeps the order."""
    assert all(stream.hears(then) for stream in streams.values())
    return {name for name, stream in streams.items() if ("new", key) in stream.acts}


def kill_the_ear() -> bool:
    """Ends the connection that listens, from the database's side."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity "
            "where query ilike 'listen potluck%' and datname = current_database()"
        )
        return bool(cursor.fetchall())


def test_only_readers_in_reach_are_told(listen):
    host, member, outsider, guest = make.person(), make.person(), make.person(), make.guest()
    closed, opened = make.group(host, member, closed=True), make.group(host, guest, name="Offen")
    giver, receiver = make.person(), make.person()
    groups.seat(closed, giver)
    streams = {
        name: listen(person)
        for name, person in {
            "member": member, "outsider": outsider, "guest": guest, "receiver": receiver
        }.items()
    }
    acts_told = {
        "everyone": make.post(giver).key,
        "a closed group": make.post(giver, group=closed).key,
        "an open group": make.post(host, group=opened).key,
        "somebody": make.thank(giver, receiver).key,
    }
    then = make.post(host, group=opened).key
    assert {what: all_hear(streams, key, then) for what, key in acts_told.items()} == {
        "everyone": {"member", "outsider", "receiver"},
        "a closed group": {"member"},
        "an open group": {"member", "outsider", "guest", "receiver"},
        "somebody": {"receiver"},
    }


def test_a_stream_carries_no_words_and_no_names(listen):
    giver, reader = make.person("Rosalinde Geheim"), make.person()
    stream = listen(reader)
    act = make.post(giver, "Wortwörtlich unwiederholbar")
    assert stream.hears(act.key)
    assert "unwiederholbar" not in stream.text and "Rosalinde" not in stream.text and giver.handle not in stream.text
    assert set(stream.events[0][1]) == {"act", "what"}


def test_nobody_is_told_of_their_own_doing(listen):
    giver, reader = make.person(), make.person()
    own, other = listen(giver), listen(reader)
    act = make.post(giver)
    assert other.hears(act.key) and not own.hears(act.key, seconds=0.3)
    talk.react(reader, act, "glad")
    assert own.hears(act.key, "changed") and not other.hears(act.key, "changed", 0.3)


def test_answers_help_and_taking_back_are_told(listen):
    asker, helper, reader = make.person(), make.person(), make.person()
    question = make.question(asker)
    stream = listen(reader)
    answer = make.comment(helper, question)
    assert stream.hears(answer.key)
    assert ("act", {"act": answer.key, "on": question.key, "what": "new"}) in stream.events
    talk.say_it_helped(asker, answer)
    assert stream.hears(answer.key, "changed")
    acts.withdraw(helper, answer)
    assert stream.hears(answer.key, "gone")
    acts.put_back(helper, answer)
    assert stream.wait(lambda: stream.acts.count(("new", answer.key)) == 2)


def test_a_thank_you_reaches_everyone_once_it_is_agreed_and_leaves_them_again(listen):
    giver, receiver, reader = make.person(), make.person(), make.person()
    stream = listen(reader)
    act = make.thank(giver, receiver, offer_to_wall=True)
    assert not stream.hears(act.key, seconds=0.3)
    thanks.agree(receiver, act.thanks)
    assert stream.hears(act.key, "new")
    thanks.keep_private(receiver, act.thanks)
    assert stream.hears(act.key, "changed")


def test_a_notice_rings_at_its_receiver_alone(listen):
    asker, helper, other = make.person(), make.person(), make.person()
    question = make.question(asker)
    streams = listen(asker), listen(other)
    make.comment(helper, question)
    assert streams[0].wait(lambda: ("notice", {}) in streams[0].events)
    assert not streams[1].wait(lambda: ("notice", {}) in streams[1].events, 0.3)


def test_leaving_a_group_ends_what_is_told_of_it_and_joining_begins_it(listen):
    host, member = make.person(), make.person()
    group = make.group(host, member, closed=True)
    stream = listen(member)
    assert stream.hears(make.post(host, group=group).key)
    groups.take_out(host, group, member)
    within(5, lambda: not stream.hears(make.post(host, group=group).key, seconds=0.5))
    missed = [make.post(host, group=group).key for _n in range(2)]
    groups.seat(group, member)
    within(5, lambda: stream.hears(make.post(host, group=group).key, seconds=0.5))
    assert not any(key in stream.text for key in missed), "what is told is told in order, so these never come"


def test_a_closed_access_closes_the_stream_within_two_seconds(listen):
    person, other = make.person(), make.person()
    stream, stays = listen(person), listen(other)
    people.deactivate(None, person)
    assert stream.is_closed_within(2)
    act = make.post()
    assert stays.hears(act.key) and act.key not in stream.text


@pytest.mark.parametrize("way", ["ended", "signed out", "expired", "new password", "new role"])
def test_a_session_that_ends_closes_its_stream_within_two_seconds(listen, way: str):
    person = make.person()
    session, other = cookie_of(person), cookie_of(person)
    stream, stays = listen(person, session=session), listen(person, session=other)
    row = Session.objects.get(pk=session)
    if way == "ended":
        people.end_session(person, row)
    elif way == "signed out":
        row.delete()
    elif way == "expired":
        Session.objects.filter(pk=session).update(expire_date="2020-01-01T00:00Z")
    elif way == "new password":
        person.set_password("ein neues langes Wort")
        person.save()
    else:
        people.give_role(None, person, "guest")
    assert stream.is_closed_within(2)
    if way in ("ended", "signed out", "expired"):
        assert not stays.is_closed_within(0.2)


@pytest.mark.parametrize("session", ["", "nothing", "x" * 5000])
def test_strangers_get_no_stream(server: str, session: str, transactional_db):
    with closing(Stream(server, session)) as stream:
        assert stream.status == 204


def test_deactivated_people_get_no_stream(server: str, transactional_db):
    person = make.person()
    session = cookie_of(person)
    Person.objects.filter(pk=person.pk).update(is_active=False)
    with closing(Stream(server, session)) as stream:
        assert stream.status == 204


def test_who_was_away_gets_what_was_missed_in_their_reach(listen):
    reader, giver, receiver = make.person(), make.person(), make.person()
    closed = make.group(giver, closed=True)
    taken_back, liked = make.post(giver), make.post(giver)
    stream = listen(reader)
    last = stream.last_id
    stream.close()
    missed, secret, private = make.post(giver), make.post(giver, group=closed), make.thank(giver, receiver)
    acts.withdraw(giver, taken_back)
    talk.react(receiver, liked, "glad")
    own = make.post(reader)
    again = listen(reader, last=last)
    assert again.hears(own.key, "changed")
    assert ("new", missed.key) in again.acts
    assert ("gone", taken_back.key) in again.acts
    assert liked.key in {key for _what, key in again.acts}
    assert not {secret.key, private.key} & {key for _what, key in again.acts}


def test_who_was_away_for_long_is_asked_to_look_anew(listen):
    reader, giver = make.person(), make.person()
    for _n in range(51):
        make.post(giver)
    stream = listen(reader, since="1")
    assert stream.wait(lambda: ("stale", {}) in stream.events)
    assert not stream.acts


@pytest.mark.parametrize("since", ["x", "-1", "99999999999999999999", "%00", "999999999999999999"])
def test_a_broken_place_in_the_stream_reads_as_none(listen, since: str):
    stream, act = listen(make.person(), since=since), make.post()
    assert stream.hears(act.key)


def test_after_the_ear_was_killed_nothing_is_missed(listen):
    reader, giver = make.person(), make.person()
    stream = listen(reader)
    assert kill_the_ear()
    act = make.post(giver)
    assert stream.hears(act.key, seconds=5)
    later = make.post(giver)
    assert stream.hears(later.key, seconds=5)


def test_a_person_closed_while_the_ear_was_gone_hears_no_more(listen):
    person = make.person()
    stream = listen(person)
    assert kill_the_ear()
    people.deactivate(None, person)
    assert stream.is_closed_within(3)


def test_three_hundred_streams_and_the_pages_are_served(server: str, listen):
    import urllib.request

    sessions = [cookie_of(make.person()) for _n in range(10)]
    streams = [listen(None, session=sessions[n % 10]) for n in range(300)]
    began = time.monotonic()
    with urllib.request.urlopen(f"{server}/readyz", timeout=5) as answer:
        assert answer.status == 200
    assert time.monotonic() - began < 2
    act = make.post()
    assert all(stream.hears(act.key) for stream in streams)


# --- the filter alone, and the proof that these tests would see it fail -------------------------------------------------


def reader(person: int = 1, is_guest: bool = False, groups: Any = ()) -> Reader:
    return Reader(Listener("s", person, 0, is_guest, frozenset(groups)), None)


def news(reach: str, **more: Any) -> dict[str, Any]:
    return {"act": "k", "what": "new", "reach": reach, "author": 9, "people": [9], **more}


@pytest.mark.parametrize(
    ("who", "what", "hears"),
    [
        (reader(), news("everyone"), True),
        (reader(is_guest=True), news("everyone"), False),
        (reader(is_guest=True), news("everyone", people=[1, 9]), True),
        (reader(), news("group", group=3, closed=True), False),
        (reader(groups=[3]), news("group", group=3, closed=True), True),
        (reader(), news("group", group=3, closed=False), True),
        (reader(is_guest=True), news("group", group=3, closed=False), False),
        (reader(is_guest=True, groups=[3]), news("group", group=3, closed=False), True),
        (reader(), news("group", group=3, closed=True, people=[1, 9]), False),
        (reader(), news("named"), False),
        (reader(), news("named", people=[1, 9]), True),
        (reader(person=9), news("named"), True),
        (reader(person=9), news("named", by=9), False),
    ],
)
def test_reach_is_what_visible_to_says(who: Reader, what: dict, hears: bool):
    assert who.may_hear(what) is hears


def test_these_tests_would_see_a_broken_reach():
    """The control: the same act, told through a filter that lets everybody hear, does arrive where it must not."""

    class Careful(Reader):
        heard = False

        def tell(self, event: bytes) -> None:
            type(self).heard = True

    class Careless(Careful):
        def may_hear(self, news: dict[str, Any]) -> bool:
            return True

    for kind in (Careful, Careless):
        here = Hub.__new__(Hub)
        here.readers = {kind(Listener("s", 1, 0, False, frozenset()), None)}
        here.hear(json.dumps(news("named")))
    assert Careless.heard and not Careful.heard
