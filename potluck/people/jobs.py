"""What people's changes set in motion later."""

from __future__ import annotations

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from procrastinate.contrib.django import app


@app.task(name="people.mail_invitation", queue="mail")
def mail_invitation(invitation: int, path: str) -> None:
    """Sends an invitation, once: ``mailed_at`` is claimed before the mail is handed over."""
    from potluck.people.letters import send_invitation

    send_invitation(invitation, path)


@app.task(name="people.send", queue="mail")
def send(to: str, subject: str, text: str, html: str = "") -> None:
    """Hands one mail to the mail server."""
    message = EmailMultiAlternatives(subject, text, settings.DEFAULT_FROM_EMAIL, [to])
    if html:
        message.attach_alternative(html, "text/html")
    message.send()


@app.periodic(cron="17 3 * * *", periodic_id="people.forget")
@app.task(name="people.forget", queueing_lock="people.forget")
def forget(timestamp: int) -> None:
    """Every night: what is older than it may be kept is erased."""
    from potluck.people import verbs

    verbs.forget()
