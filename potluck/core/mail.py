"""Sending mail: to the server that ``POTLUCK_MAIL_URL`` names; without one, each mail is a file in the data folder."""
from __future__ import annotations

import os
import smtplib
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


def has_server() -> bool:
    """Whether mail leaves the house. Without a server administrators are told so on their pages."""
    return bool(settings.MAIL_URL)


class NotReached(Exception):
    """There is no server to talk to now; nothing was handed over."""


class NotNow(Exception):
    """The server does not take this mail now; it said so, and has not got it."""


class NotEver(Exception):
    """The server will not take this mail, now or later; it said so, and has not got it."""


class Line:
    """A line to the mail server for mails one after another, each handed over in two steps: ``offer`` says from whom and to
    whom, and may fail without harm; ``give`` sends the words. Whoever writes down in between that the mail is being handed
    over never sends it twice. Without a server a mail is a file."""

    def __init__(self) -> None:
        self.backend: EmailBackend | None = None
        self.offered: EmailMessage | None = None

    def offer(self, message: EmailMessage) -> None:
        """Raises ``NotReached``, ``NotNow`` or ``NotEver``."""
        if settings.MAIL_URL:
            try:
                smtp = self._smtp()
                smtp.ehlo_or_helo_if_needed()
                _expect(smtp.mail(parseaddr(message.from_email)[1]))
                for receiver in message.recipients():
                    _expect(smtp.rcpt(parseaddr(receiver)[1]))
            except (NotNow, NotEver):
                self.close()
                raise
            except (OSError, smtplib.SMTPException) as problem:
                self.close()
                raise NotReached(str(problem)) from problem
        self.offered = message

    def give(self) -> None:
        """Raises ``NotNow`` or ``NotEver`` where the server said that it did not take it. Anything else (``OSError``,
        ``SMTPServerDisconnected``) leaves open whether it did."""
        message, self.offered = self.offered, None
        if message is None:
            raise RuntimeError("nothing was offered")
        if not settings.MAIL_URL:
            _keep(message)
            return
        try:
            _expect(self._smtp().data(message.message().as_bytes(linesep="\r\n")))  # type: ignore[call-arg]
        except smtplib.SMTPDataError as problem:  # the word DATA itself was not welcome
            self.close()
            _expect((problem.smtp_code, problem.smtp_error))
        except Exception:
            self.close()
            raise

    def close(self) -> None:
        backend, self.backend = self.backend, None
        if backend is not None:
            backend.fail_silently = True
            backend.close()

    def _smtp(self) -> smtplib.SMTP:
        if self.backend is None:
            self.backend = EmailBackend(fail_silently=False, **server(settings.MAIL_URL))
            self.backend.open()
        return self.backend.connection  # type: ignore[return-value]


def _expect(answer: tuple[int, bytes | str]) -> None:
    """RFC 5321, 4.2.1: 2yz is yes, 4yz may be yes later, 5yz never."""
    code, said = answer
    if code == 421 or code < 200:
        raise smtplib.SMTPServerDisconnected(f"{code} {said!r}")
    if 400 <= code < 500:
        raise NotNow(f"{code} {said!r}")
    if code >= 500:
        raise NotEver(f"{code} {said!r}")


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
