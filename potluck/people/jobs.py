"""What people's changes set in motion later."""

from __future__ import annotations

from procrastinate.contrib.django import app


@app.task(name="people.mail_invitation", queue="mail")
def mail_invitation(invitation: int, path: str) -> None:
    """Sends an invitation, once: ``mailed_at`` is claimed before the mail is handed over."""
    from potluck.people.letters import send_invitation

    send_invitation(invitation, path)
