"""A mail server for tests, which can be told to behave badly."""

from __future__ import annotations

import email
from typing import Any

from aiosmtpd.controller import Controller

from potluck.core.tests.processes import free_port


class Sink:
    """``taken``: the mails whose words came in whole (whether the sender heard a yes or not). ``refused``: those that
    came in whole and were answered otherwise. ``answers[step]``: what to say instead of yes at MAIL, RCPT or DATA.
    ``at[step]``: called when a step is reached: EHLO, MAIL, RCPT, DATA (its words are here, nothing is said yet), words."""

    def __init__(self) -> None:
        self.taken: list[bytes] = []
        self.refused: list[bytes] = []
        self.answers: dict[str, str] = {}
        self.at: dict[str, Any] = {}
        self.hang_up_after_the_words = False
        self.port = free_port()
        self.url = f"smtp://127.0.0.1:{self.port}"

    def start(self) -> None:
        self.controller = Controller(self, hostname="127.0.0.1", port=self.port)
        self.controller.start()

    def stop(self) -> None:
        self.controller.stop()

    def __enter__(self) -> Sink:
        self.start()
        return self

    def __exit__(self, *problem: object) -> None:
        self.stop()

    @property
    def message_ids(self) -> list[str]:
        return [email.message_from_bytes(mail)["Message-ID"] for mail in self.taken]

    def _reached(self, step: str) -> None:
        if step in self.at:
            self.at[step]()

    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        self._reached("EHLO")
        session.host_name = hostname
        return responses

    async def handle_MAIL(self, server, session, envelope, address, options):
        self._reached("MAIL")
        envelope.mail_from = address
        return self.answers.get("MAIL", "250 OK")

    async def handle_RCPT(self, server, session, envelope, address, options):
        self._reached("RCPT")
        if "RCPT" not in self.answers:
            envelope.rcpt_tos.append(address)
        return self.answers.get("RCPT", "250 OK")

    async def handle_DATA(self, server, session, envelope):
        self._reached("DATA")
        if "DATA" in self.answers:
            self.refused.append(envelope.content)
            return self.answers["DATA"]
        self.taken.append(envelope.content)
        self._reached("words")
        if self.hang_up_after_the_words:
            server.transport.abort()
        return "250 OK"
