"""What people's changes set in motion later."""

from __future__ import annotations

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import connection
from django.utils.crypto import salted_hmac
from procrastinate import JobContext, RetryStrategy
from procrastinate.contrib.django import app

from potluck.core.jobs import again, not_again
from potluck.core.mail import Line, NotNow, NotReached


@app.task(name="people.mail_invitation", queue="mail")
def mail_invitation(invitation: int, path: str) -> None:
    """Hands an invitation's mail to ``send``, once: that it was mailed and the job that mails it are committed together."""
    from potluck.people.letters import post_invitation

    post_invitation(invitation, path)


@app.task(name="people.send", queue="mail", pass_context=True,
          retry=RetryStrategy(max_attempts=4, exponential_wait=6, retry_exceptions=(NotReached, NotNow)))
def send(context: JobContext, to: str, subject: str, text: str, message_id: str = "", html: str = "") -> None:
    """Hands one mail to the mail server, at most once: that it is being handed over is committed before the server gets the
    words (as in ``notices/letters.py``). A server that is away, or says that it does not take it now, is tried for half an
    hour, each time with the same Message-ID. A job that was queued before jobs had one is given one by its number."""
    if not to:  # made for nobody (letters.post)
        return
    job: int = context.job.id  # type: ignore[assignment]  # a job that runs has a number
    message_id = message_id or f"<{salted_hmac('people.send', str(job)).hexdigest()[:12]}@potluck>"
    message = EmailMultiAlternatives(subject, text, settings.DEFAULT_FROM_EMAIL, [to], headers={"Message-ID": message_id})
    if html:
        message.attach_alternative(html, "text/html")
    line = Line()
    try:
        line.offer(message)
        not_again(job)
        try:
            line.give()
        except NotNow:  # it said that it has not got it, so it may be tried again
            again(job)
            raise
    finally:
        line.close()
        connection.close()


@app.periodic(cron="17 3 * * *", periodic_id="people.forget")
@app.task(name="people.forget", queueing_lock="people.forget")
def forget(timestamp: int) -> None:
    """Every night: what is older than it may be kept is erased."""
    from potluck.people import verbs

    verbs.forget()
