"""What happens in groups is told by the worker, at once: groups lie below notices and call the job by its name."""

from __future__ import annotations

import time

import pytest
from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from potluck.core import clock
from potluck.groups import verbs as groups
from potluck.notices.models import Notice
from potluck.notices.tests.sink import Sink
from potluck.notices.tests.test_mail_killed import Worker, wait_for
from tests import make


def jobs() -> int:
    return ProcrastinateJob.objects.filter(task_name=groups.TOLD_BY).count()


@pytest.mark.django_db
def test_a_request_and_its_answer_ask_to_be_told_in_the_same_transaction():
    host, person = make.person(), make.person()
    group = make.group(host, closed=True)
    request = groups.ask_to_join(person, group)
    assert jobs() == 1 and groups.TOLD_BY in app.tasks
    groups.ask_to_join(person, group)
    assert jobs() == 1, "asking twice asks once"
    with transaction.atomic():
        groups.answer_request(host, request, yes=True)
        assert jobs() == 2
        transaction.set_rollback(True)
    assert jobs() == 1, "what did not happen is not told"


@pytest.mark.django_db
def test_simulated_time_asks_for_nothing():
    group = make.group(closed=True)
    with clock.at(clock.now()):
        groups.ask_to_join(make.person(), group)
    assert jobs() == 0
    groups.ask_to_join(make.person(), group)
    assert jobs() == 1


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_hosts_hear_of_a_request_within_two_seconds(database_name: str):
    host = make.person()
    group = make.group(host, closed=True)

    def heard() -> int:
        return Notice.objects.filter(receiver=host, kind="knocked").count()

    with Sink() as sink:
        worker = Worker(database_name, sink)
        try:
            groups.ask_to_join(make.person(), group)
            assert wait_for(lambda: heard() == 1, 30), "the worker never came so far"
            for wanted in (2, 3):
                began = time.monotonic()
                groups.ask_to_join(make.person(), group)
                assert wait_for(lambda wanted=wanted: heard() == wanted, 10)
                assert time.monotonic() - began < 2
        finally:
            worker.end()
