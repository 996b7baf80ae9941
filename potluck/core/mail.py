"""Sending mail: to the server that ``POTLUCK_MAIL_URL`` names; without one, each mail is a file in the data folder."""
from __future__ import annotations

import os
from collections.abc import Sequence
from email.utils import make_msgid, parseaddr
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.backends.smtp import EmailBackend
from django.utils.crypto import get_random_string

from potluck.core import clock

PORTS = {"smtp": 25, "smtps": 465}


def server(url: str) -> dict:
    """``smtp://user:password@host:port``, ``smtps://`` or ``?starttls=1`` as keywords for Django's SMTP backend.

    Raises ``ImproperlyConfigured`` for an address that is none."""
    parts = urlsplit(url)
    if parts.scheme not in PORTS or not parts.hostname:
        raise ImproperlyConfigured("POTLUCK_MAIL_URL looks like smtp://user:password@host:587?starttls=1 "
                                   "or smtps://user:password@host")
    starttls = parse_qs(parts.query).get("starttls", ["0"])[0].lower() in ("1", "true", "yes")
    return {
        "host": parts.hostname,
        "port": parts.port or (587 if starttls else PORTS[parts.scheme]),
        "username": unquote(parts.username or ""),
        "password": unquote(parts.password or ""),
        "use_ssl": parts.scheme == "smtps",
        "use_tls": starttls and parts.scheme != "smtps",
        "timeout": settings.EMAIL_TIMEOUT,
    }


def folder() -> Path:
    """Where mail lies that has no server to go to."""
    return settings.DATA / "mail"


class Backend(BaseEmailBackend):
    """Django's e-mail backend of a house (``EMAIL_BACKEND``)."""

    def __init__(self, fail_silently: bool = False, **ignored: object) -> None:
        super().__init__(fail_silently=fail_silently)
        self.smtp = EmailBackend(fail_silently=fail_silently, **server(settings.MAIL_URL)) if settings.MAIL_URL else None

    def open(self) -> bool | None:
        return self.smtp.open() if self.smtp else False

    def close(self) -> None:
        if self.smtp:
            self.smtp.close()

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Number of mails sent (or kept as a file); raises ``SMTPException`` or ``OSError`` unless ``fail_silently``."""
        for message in email_messages:
            if not any(name.lower() == "message-id" for name in message.extra_headers):
                # Named here: Django would ask the network for this machine's name.
                message.extra_headers["Message-ID"] = make_msgid(domain=_domain(message.from_email))
        if self.smtp:
            return self.smtp.send_messages(email_messages) or 0
        for message in email_messages:
            _keep(message)
        return len(email_messages)


def _keep(message: EmailMessage) -> None:
    """One ``.eml`` file, whole or not at all, readable by the house alone; names sort by time."""
    place = folder()
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    name = f"{clock.now():%Y%m%d-%H%M%S-%f}-{get_random_string(6)}"
    making = place / f".{name}"
    with open(os.open(making, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(message.message().as_bytes(linesep="\r\n"))  # type: ignore
    making.rename(place / f"{name}.eml")


def _domain(address: str) -> str:
    return parseaddr(address)[1].rpartition("@")[2] or "localhost"
