"""What was handed to the worker to be mailed, as tests read it."""

from __future__ import annotations

import re

from procrastinate.contrib.django.models import ProcrastinateJob

from potluck.people import jobs


def posted() -> list[dict]:
    """The mails waiting for the worker, oldest first: {to, subject, text, html}."""
    return [job.args for job in ProcrastinateJob.objects.filter(task_name="people.send").order_by("id")]


def to(address: str) -> list[dict]:
    return [mail for mail in posted() if mail["to"] == address]


def code_in(mail: dict) -> str:
    found = re.search(r"^\s*([A-Z0-9]{3,}-?[A-Z0-9]{2,})\s*$", mail["text"], re.M)
    assert found, mail["text"]
    return found[1]


def deliver_invitations() -> None:
    """Runs the jobs of invitations, as the worker would, twice over."""
    for job in ProcrastinateJob.objects.filter(task_name="people.mail_invitation").order_by("id"):
        for _again in range(2):
            jobs.mail_invitation.func(**job.args)
