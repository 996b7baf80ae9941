"""Mail: to the server that is named, else into the data folder."""
from __future__ import annotations

import email
import email.policy

import pytest
from aiosmtpd.controller import Controller
from django.core.exceptions import ImproperlyConfigured
from django.core.mail import EmailMessage, send_mail

from potluck.core import mail
from potluck.core.tests.processes import free_port


@pytest.fixture
def house_mail(settings, tmp_path):
    """The house's own backend (Django's test run replaces it) with a data folder of its own."""
    settings.EMAIL_BACKEND = "potluck.core.mail.Backend"
    settings.DATA = tmp_path
    settings.MAIL_URL = ""
    return settings


def read(path):
    return email.message_from_bytes(path.read_bytes(), policy=email.policy.default)


def test_without_a_mail_server_each_mail_is_a_file_for_the_house_alone(house_mail, tmp_path):
    assert send_mail("Grüße", "Kartoffelsalat, größer", "house@example.org", ["mira@example.org"]) == 1
    send_mail("Two", "more", "house@example.org", ["mira@example.org"])
    first, second = sorted((tmp_path / "mail").iterdir())
    assert first.suffix == second.suffix == ".eml"
    assert first.stat().st_mode & 0o777 == 0o600
    assert read(first)["Subject"] == "Grüße"
    assert read(first).get_content().strip() == "Kartoffelsalat, größer"
    assert read(first)["Message-ID"].endswith("@example.org>")


def test_a_message_id_of_our_own_stays(house_mail, tmp_path):
    EmailMessage("One", "word", "house@example.org", ["mira@example.org"], headers={"Message-ID": "<act-1@house>"}).send()
    assert read(next((tmp_path / "mail").iterdir()))["Message-ID"] == "<act-1@house>"


class Post:
    def __init__(self):
        self.came = []

    async def handle_DATA(self, server, session, envelope):
        self.came.append(envelope)
        return "250 OK"


def test_with_a_mail_server_it_goes_there_and_nothing_stays(house_mail, tmp_path):
    post = Post()
    controller = Controller(post, hostname="127.0.0.1", port=free_port())
    controller.start()
    try:
        house_mail.MAIL_URL = f"smtp://127.0.0.1:{controller.port}"
        assert send_mail("Hello", "there", "house@example.org", ["mira@example.org"]) == 1
    finally:
        controller.stop()
    assert post.came[0].rcpt_tos == ["mira@example.org"]
    assert not (tmp_path / "mail").exists()


@pytest.mark.parametrize(("url", "port", "ssl", "tls", "name"), [
    ("smtp://mail.example.org", 25, False, False, ""),
    ("smtps://me%40example.org:p%2Fw@mail.example.org", 465, True, False, "me@example.org"),
    ("smtp://me:pw@mail.example.org?starttls=1", 587, False, True, "me"),
    ("smtp://me:pw@mail.example.org:2525?starttls=1", 2525, False, True, "me"),
])
def test_the_address_of_a_mail_server_is_understood(url, port, ssl, tls, name):
    found = mail.server(url)
    assert (found["host"], found["port"]) == ("mail.example.org", port)
    assert (found["use_ssl"], found["use_tls"], found["username"]) == (ssl, tls, name)


@pytest.mark.parametrize("url", ["mail.example.org", "http://mail.example.org", "smtp://"])
def test_an_address_that_is_none_says_how_one_looks(url):
    with pytest.raises(ImproperlyConfigured, match="smtps://"):
        mail.server(url)
