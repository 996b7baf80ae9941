"""What docs/operate.md promises to whoever runs a house: units that systemd can read, a proxy that is understood."""

from __future__ import annotations

import re
import shutil
import subprocess
import urllib.parse
import urllib.request
from pathlib import Path

import pytest

from conftest import serving
from potluck.core import cli
from potluck.core.commands import run
from potluck.core.trouble import Trouble
from tests import make

HOME = Path(__file__).resolve().parent.parent
OPERATE = (HOME / "docs" / "operate.md").read_text()


def test_every_command_and_file_that_the_page_names_is_there():
    for command in re.findall(r"(?:^|`|bin/)potluck(?: --data \S+)? ([a-z-]+)", OPERATE, re.M):
        assert command in cli.commands(), command
    for file in re.findall(r"(?<!s)(?<!venv/)(?:deploy|bin)/[\w.-]+\w", OPERATE.replace("potluck*", "potluck")):
        assert (HOME / file).exists(), file
    for name in re.findall(r"POTLUCK_[A-Z_]+", OPERATE):
        assert name in (HOME / "potluck" / "settings.py").read_text(), name


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="there is no systemd-analyze here")
def test_systemd_reads_the_units(tmp_path):
    """Of what it says only the programs and the user that are not on this machine are let pass. A unit with a fault in it is
    the control."""
    def complaints(folder: Path) -> list[str]:
        done = subprocess.run(["systemd-analyze", "verify", *sorted(folder.glob("potluck*"))], capture_output=True, text=True,
                              check=False, timeout=60)
        return [line for line in (done.stdout + done.stderr).splitlines()
                if "potluck" in line and "is not executable" not in line and "Unknown user" not in line]

    for unit in (HOME / "deploy").glob("potluck*"):
        shutil.copy(unit, tmp_path)
    assert complaints(tmp_path) == []
    unit = tmp_path / "potluck.service"
    unit.write_text(unit.read_text().replace("KillMode=mixed", "KillMode=gently"))
    assert complaints(tmp_path) != []


def test_the_address_of_the_house_is_the_one_that_was_named(monkeypatch):
    monkeypatch.delenv("POTLUCK_ADDRESS", raising=False)
    assert run._public() is None
    monkeypatch.setenv("POTLUCK_ADDRESS", "https://potluck.example.org/")
    assert run._public() == "https://potluck.example.org"
    for wrong in ("potluck.example.org", "ftp://potluck.example.org", "https://example.org/potluck"):
        monkeypatch.setenv("POTLUCK_ADDRESS", wrong)
        with pytest.raises(Trouble, match="POTLUCK_ADDRESS"):
            run._public()


@pytest.mark.slow
def test_a_form_comes_through_a_proxy_that_speaks_https(transactional_db, database_name, tmp_path):
    """As nginx and Caddy pass it on; without the header that says HTTPS, the same form is refused (the control)."""
    make.administrator()

    class Stay(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *about):
            return None

    opener = urllib.request.build_opener(Stay)

    def ask(path: str, headers: dict[str, str], form: dict[str, str] | None = None):
        asked = urllib.request.Request(address + path, urllib.parse.urlencode(form).encode() if form else None, headers)
        try:
            return opener.open(asked, timeout=20)
        except urllib.request.HTTPError as error:
            return error

    with (tmp_path / "log").open("w+b") as log, \
            serving(database_name, log, POTLUCK_ADDRESS="https://potluck.example.org") as address:
        proxied = {"Host": "potluck.example.org", "X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.7"}
        page = ask("/accounts/login/", proxied)
        assert page.status == 200
        cookies = page.headers.get_all("Set-Cookie")
        assert cookies and all("secure" in cookie.lower() for cookie in cookies)
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.read().decode())[1]
        cookie = "; ".join(cookie.partition(";")[0] for cookie in cookies)
        sent = {"Cookie": cookie, "Origin": "https://potluck.example.org", "Referer": "https://potluck.example.org/accounts/login/"}
        form = {"csrfmiddlewaretoken": token, "theme": "evening", "next": "/accounts/login/"}
        assert ask("/look/", proxied | sent, form).status == 303
        assert ask("/look/", {"Host": "potluck.example.org"} | sent, form).status == 403
        assert ask("/accounts/login/", proxied | {"Host": "other.example.org"}).status == 400
