"""``/mail/``: the mails that had no server to go to, for whoever builds or tries the house. In debug mode only."""

from __future__ import annotations

import email
import email.policy
from email.message import EmailMessage
from pathlib import Path

from django.http import Http404, HttpRequest, HttpResponse

from potluck.core import mail
from potluck.core.answers import open_to_all, page, takes

NEWEST = 100


def _read(path: Path) -> dict:
    message: EmailMessage = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    text = message.get_body(("plain", "html"))
    return {
        "name": path.stem,
        "to": message["To"] or "",
        "subject": message["Subject"] or "",
        "headers": [(name, str(value)) for name, value in message.items()],
        "text": text.get_content() if text is not None else "",
    }


@open_to_all
@takes("GET")
def mailbox(request: HttpRequest) -> HttpResponse:
    """The newest mails in the data folder, the latest first."""
    newest = sorted(mail.folder().glob("*.eml"), reverse=True)[:NEWEST]
    return page(request, "core/mailbox.html", mails=[_read(path) for path in newest])


@open_to_all
@takes("GET")
def one_mail(request: HttpRequest, name: str) -> HttpResponse:
    """One of them, its links to be followed."""
    path = mail.folder() / f"{name}.eml"
    if not path.is_file():
        raise Http404
    return page(request, "core/mailbox_one.html", mail=_read(path))
