"""A log line holds nothing that somebody wrote, no address and no secret of a link."""

import io
import logging

import pytest
from django.db import IntegrityError, connection
from procrastinate.jobs import Job

from potluck.core.logs import Line
from tests import make


@pytest.fixture(params=[Line, logging.Formatter])
def log(request):
    """A logger with the house's form of a line; once more with an ordinary one: the control."""
    said, logger = io.StringIO(), logging.Logger("procrastinate.worker")
    handler = logging.StreamHandler(said)
    handler.setFormatter(request.param())
    logger.addHandler(handler)
    logger.keeps = request.param is Line
    logger.said = said.getvalue
    return logger


def test_a_job_that_failed_is_named_without_what_it_was_about(log):
    words = {"to": "mira@example.org", "text": "Dein Code (privat): BCDFGH"}
    job = Job(id=7, status="doing", queue="mail", lock=None, queueing_lock=None, task_name="people.send", task_kwargs=words)
    log.error(f"Job {job.call_string} ended with status: Error, lasted 0.100 s")
    assert "people.send[7]" in log.said() and "ended with status" in log.said()
    assert ("BCDFGH" in log.said() or "mira" in log.said()) is not log.keeps


@pytest.mark.parametrize("path", ["/sign-in/s3cret/", "/start/s3cret/", "/invitations/s3cret/", "/unsubscribe/s3cret/",
                                  "/accounts/password/reset/key/1-s3cret/"])  # fmt: skip
def test_the_secret_of_a_link_is_left_out(log, path):
    log.error("Internal Server Error: %s", path)
    assert ("s3cret" in log.said()) is not log.keeps


@pytest.mark.django_db
def test_what_the_database_repeats_of_a_row_is_left_out(log):
    make.person(email="mira@example.org")
    with connection.cursor() as cursor:
        try:
            cursor.execute("update people_person set email = 'mira@example.org', handle = 'privat'")
            cursor.execute("insert into people_person select * from people_person")
        except IntegrityError:
            log.exception("not written")
    assert "IntegrityError" in log.said() and "test_what_a_line_leaves_out" in log.said()
    assert ("mira@" in log.said() or "DETAIL" in log.said()) is not log.keeps


def test_what_an_exception_quotes_is_left_out(log):
    try:
        try:
            int("was Nele mir schrieb")
        except ValueError as problem:
            raise KeyError("was Nele mir schrieb") from problem
    except KeyError:
        log.exception("broken")
    assert "KeyError" in log.said() and "ValueError" in log.said()
    assert ("KeyError: 'was Nele" in log.said() or "10: 'was Nele" in log.said()) is not log.keeps
