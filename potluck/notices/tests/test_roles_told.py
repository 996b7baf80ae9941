"""A changed role or mailbox is told to the person concerned, once, one click from the log that says who did it."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import translation
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from potluck.core.rules import Refused
from potluck.notices import queries, verbs
from potluck.notices.models import Notice
from potluck.people import verbs as people
from potluck.people.models import Logged, Role
from tests import make

pytestmark = pytest.mark.django_db


def jobs() -> int:
    return ProcrastinateJob.objects.filter(task_name=people.TOLD_BY).count()


@pytest.mark.parametrize(
    ("language", "given", "ended"),
    [
        ("en", "Adele Auf gave you a role: Leader", "Adele Auf ended a role of yours: Leader"),
        ("de", "Adele Auf hat dir eine Rolle gegeben: ", "Adele Auf hat eine Rolle von dir beendet: "),
        ("de-sie", "Adele Auf hat Ihnen eine Rolle gegeben: ", "Adele Auf hat eine Rolle von Ihnen beendet: "),
    ],
)
def test_a_role_given_and_ended_is_told_in_the_readers_language_one_click_from_the_log(language, given, ended):
    adele, mira = make.administrator(name="Adele Auf"), make.person(language=language)
    people.set_roles(adele, mira, ["leader"])
    assert jobs() == 1 and people.TOLD_BY in app.tasks, "the worker is asked in the same transaction"
    people.set_roles(adele, mira, ["leader"])
    people.set_roles(adele, mira, [])
    assert jobs() == 2, "what stays as it was is not told"
    assert verbs.tell_of_roles() == 2 and verbs.tell_of_roles() == 0
    with translation.override(language):
        (row,) = queries.inbox(mira)
        word = str(queries.sentences.role_words()["leader"])
    assert [sentence.removesuffix(word) for sentence in row.said] == [
        ended.removesuffix("Leader"), given.removesuffix("Leader")
    ]
    client = Client()
    client.force_login(mira)
    page = client.get(f"/inbox/{row.key}/", follow=True)
    assert page.request["PATH_INFO"] == "/me/log/" and "Adele Auf" in page.content.decode()
    assert not queries.has_unread(mira)
    assert not Notice.objects.exclude(receiver=mira).exists(), "and to nobody else"


@pytest.mark.parametrize("mail_url", ["", "smtp://mail.example"])
@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "Adele Auf wrote down another mailbox for you"),
        ("de", "Adele Auf hat für dich ein anderes Postfach eingetragen"),
        ("de-sie", "Adele Auf hat für Sie ein anderes Postfach eingetragen"),
    ],
)
def test_a_mailbox_that_an_administrator_wrote_down_is_told_one_click_from_the_log(settings, mail_url, language, said):
    settings.MAIL_URL = mail_url
    adele, mira = make.administrator(name="Adele Auf"), make.person(language=language)
    people.change_address(adele, mira, "mira@new.example")
    assert jobs() == 1, "the worker is asked in the same transaction"
    assert verbs.tell_of_roles() == 1 and verbs.tell_of_roles() == 0
    with translation.override(language):
        (row,) = queries.inbox(mira)
    assert row.said == [said]
    assert Notice.objects.get(receiver=mira).no_mail, "the new mailbox may be a stranger's"
    client = Client()
    client.force_login(mira)
    page = client.get(f"/inbox/{row.key}/", follow=True)
    assert page.request["PATH_INFO"] == "/me/log/" and said in page.content.decode()
    assert not queries.has_unread(mira) and not Notice.objects.exclude(receiver=mira).exists()


def test_who_moves_their_own_mailbox_is_told_nothing_of_it():
    mira = make.person()
    people.write_down_mailbox(mira, "mira@new.example")
    assert verbs.tell_of_roles() == 1 and not Notice.objects.exists()
    people.change_address(None, mira, "mira@newer.example")
    assert verbs.tell_of_roles() == 1 and Notice.objects.get().kind == "mailbox-changed", "but the shell tells"


def test_who_opens_the_log_by_itself_has_read_what_they_were_told_of_it():
    adele, mira = make.administrator(name="Adele Auf"), make.person()
    people.set_roles(adele, mira, ["leader"])
    make.greet(adele, mira)
    verbs.tell_of_roles()
    client = Client()
    client.force_login(mira)
    client.get("/me/")
    assert Notice.objects.filter(receiver=mira, read_at=None).count() == 2, "the log is elsewhere"
    assert "Adele Auf" in client.get("/me/log/").content.decode()
    assert list(Notice.objects.filter(receiver=mira, read_at=None).values_list("kind", flat=True)) == ["welcomed"]


def test_the_shell_tells_and_ones_own_doing_and_a_place_that_waits_are_told_nothing():
    adele, mira, olu = make.administrator(), make.person(), make.placeholder()
    people.give_role(None, mira, "leader")
    people.give_role(adele, adele, "community-manager")
    people.give_role(adele, olu, "leader")
    assert verbs.tell_of_roles() == 3
    assert list(Notice.objects.values_list("receiver", "kind", "by")) == [(mira.pk, "role-given", None)]


def test_a_role_that_cannot_go_is_told_to_nobody():
    adele = make.administrator()
    with pytest.raises(Refused):
        people.take_role(None, adele, Role.ADMINISTRATOR)
    assert jobs() == 0 and verbs.tell_of_roles() == 0


def test_that_it_was_told_is_written_down_once_and_for_all():
    from django.db import IntegrityError, transaction

    people.give_role(None, make.person(), "leader")
    verbs.tell_of_roles()
    for changed in ({"told_at": None}, {"what": "+administrator"}):
        with pytest.raises(IntegrityError, match="only grows"), transaction.atomic():
            Logged.objects.filter(right="people.role").update(**changed)
