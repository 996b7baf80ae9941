"""What is declared to stay for a while goes when that is over; what may stay, stays."""

from __future__ import annotations

from datetime import timedelta

import pytest

from potluck.acts import verbs as acts
from potluck.acts.models import Act
from potluck.core import clock
from potluck.exchange import uploading
from potluck.exchange.models import Upload
from potluck.groups import verbs as groups
from potluck.groups.models import GroupNews, JoinRequest
from potluck.people import verbs as people
from potluck.people.models import Invitation, Logged, Session, SignInLink
from potluck.welcome import verbs as welcome
from potluck.welcome.models import Asked
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture(params=[False, True], ids=["too old", "young enough"])
def young(request) -> bool:
    return request.param


def days_ago(days: int, young: bool):
    return clock.at(clock.now() - timedelta(days=days - 2 if young else days + 2))


def test_keys_of_forms_stay_thirty_days(young):
    with days_ago(30, young):
        act = make.post(once="a1")
    acts.erase_withdrawn()
    assert (Act.objects.get(pk=act.pk).once == "a1") is young


def test_who_asked_to_join_and_who_was_asked_stays_ninety_days(young):
    closed, manager = make.group(closed=True), make.manager()
    with days_ago(90, young):
        groups.ask_to_join(make.person(), closed)
        groups.look_after(make.person(), groups.open_many([groups.PastGroup(name="kanal")])[0])
        welcome.ask_somebody(manager, make.question(), make.person())
    groups.forget()
    welcome.forget()
    assert JoinRequest.objects.exists() is young and Asked.objects.exists() is young
    assert GroupNews.objects.exists() is young


def test_reports_of_uploads_stay_thirty_days(young, settings, tmp_path):
    settings.DATA = tmp_path
    with days_ago(30, young):
        upload = Upload.objects.create(source="people", name="liste.csv", size=1, by=make.administrator())
        uploading.ended(upload, problem="-")
    uploading.forget()
    assert Upload.objects.exists() is young


def test_the_log_stays_twelve_months(young):
    with days_ago(367, young):
        person = make.person()
    people.forget()
    assert Logged.objects.filter(on=person).exists() is young


def test_links_go_when_they_open_no_more_but_that_somebody_awaited_was_mailed_is_kept():
    member, awaited, come = make.person(), make.placeholder(), make.placeholder()
    people.invite(member, None, awaited.name, person=awaited)
    mailed, _path = people.invite(member, None, awaited.name, person=awaited)
    Invitation.objects.filter(pk=mailed.pk).update(mailed_at=clock.now())
    _used, path = people.invite(member, None, come.name, person=come)
    people.make_sign_in_link(member)
    people.forget()
    assert Invitation.objects.count() == 3 and SignInLink.objects.count() == 1, "all of them still open"
    people.claim(path.split("/")[2], name=come.name)
    with clock.at(clock.now() + timedelta(days=31)):
        people.forget()
    assert list(Invitation.objects.all()) == [mailed] and not SignInLink.objects.exists()


def test_sessions_go_when_they_are_over(client):
    client.force_login(make.person())
    people.forget()
    assert Session.objects.count() == 1
    Session.objects.update(expire_date=clock.now() - timedelta(seconds=1))
    people.forget()
    assert not Session.objects.exists()
