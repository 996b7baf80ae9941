"""Where bin/test takes its Chromium from, on machines that have none: Debian and Ubuntu, as root and as an ordinary user."""
from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

BIN = Path(__file__).resolve().parent.parent / "bin"
RUNS = "#!/bin/sh\necho Chromium 1.0\n"
STUB = "#!/bin/sh\necho 'requires the chromium snap' >&2; exit 1\n"
UPDATE = "apt-get -q update"
INSTALL = "apt-get -q install -y --no-install-recommends chromium"


class Machine:
    """A machine without Chromium whose commands write down that they were called."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.programs, self.calls = folder, folder / "programs", folder / "calls"
        self.fetched = folder / "home/.cache/ms-playwright/chromium-1/chrome-linux64/chrome"
        self.programs.mkdir()
        for name in ("mktemp", "rm", "tail", "env", "timeout", "mkdir", "chmod", "cat", "dirname", "sh", "uname"):
            (self.programs / name).symlink_to(f"/usr/bin/{name}")
        self.has("id", "#!/bin/sh\necho 0\n")
        self.calls.touch()

    def has(self, name: str, text: str) -> None:
        path = self.programs / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(0o755)

    def records(self, name: str, then: str = "") -> None:
        self.has(name, f'#!/bin/sh\necho "${{0##*/}} $*" >>"{self.calls}"\n{then}\n')

    def brings(self, path: Path, text: str = RUNS) -> str:
        return f"mkdir -p '{path.parent}'; cat >'{path}' <<'END'\n{text}END\nchmod 755 '{path}'"

    def has_apt(self, text: str = RUNS) -> None:
        self.records("apt-get", f'case "$*" in *install*) {self.brings(self.programs / "chromium", text)}\n;; esac')

    def has_playwright(self) -> None:
        self.records("../house/.venv/bin/playwright", self.brings(self.fetched))

    def is_used_by_somebody_with(self, sudo: bool) -> None:
        self.has("id", "#!/bin/sh\necho 1000\n")
        self.has("sudo", '#!/bin/sh\n[ "$1" = -n ] && shift; exec "$@"\n' if sudo else "#!/bin/sh\nexit 1\n")
        self.has("true", "#!/bin/sh\nexit 0\n")

    def run(self, ubuntu: bool = False) -> subprocess.CompletedProcess:
        return subprocess.run(
            ["/bin/bash", "-euc", f". {BIN}/setup.sh; . {BIN}/chromium.sh; HOUSE={self.folder}/house; "
             f"is_ubuntu() {{ {'true' if ubuntu else 'false'}; }}; need_chromium; echo $CHROMIUM"],
            env={"PATH": str(self.programs), "HOME": str(self.folder / "home"), "TMPDIR": os.environ.get("TMPDIR", "/tmp")},
            capture_output=True, text=True, timeout=30, check=False)

    def asked(self) -> list[str]:
        return self.calls.read_text().splitlines()


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    machine = Machine(tmp_path)
    machine.has_apt()
    machine.has_playwright()
    return machine


def test_one_that_is_there_is_taken(machine):
    machine.has("google-chrome", RUNS)
    assert machine.run().stdout.strip() == str(machine.programs / "google-chrome")
    assert machine.asked() == []


def test_root_on_debian_gets_the_package(machine):
    assert machine.run().stdout.strip() == str(machine.programs / "chromium")
    assert machine.asked() == [UPDATE, INSTALL]


def test_an_ordinary_user_who_may_install_gets_it_too(machine):
    machine.is_used_by_somebody_with(sudo=True)
    assert machine.run().stdout.strip() == str(machine.programs / "chromium")
    assert machine.asked() == [UPDATE, INSTALL]


def test_on_ubuntu_no_stub_is_installed_and_one_that_is_there_is_passed_over(machine):
    machine.has("chromium-browser", STUB)
    assert machine.run(ubuntu=True).stdout.strip() == str(machine.fetched)
    assert machine.asked() == ["playwright install --with-deps chromium"]


def test_a_package_that_does_not_run_is_followed_by_one_that_does(machine):
    machine.has_apt(STUB)
    assert machine.run().stdout.strip() == str(machine.fetched)
    assert machine.asked() == [UPDATE, INSTALL, "playwright install --with-deps chromium"]


def test_who_may_install_nothing_gets_a_build_of_their_own(machine):
    machine.is_used_by_somebody_with(sudo=False)
    assert machine.run().stdout.strip() == str(machine.fetched)
    assert machine.asked() == ["playwright install chromium"]


def test_where_nothing_helps_one_sentence_says_what_does(machine):
    machine.records("../house/.venv/bin/playwright", "echo no way out >&2; exit 1")
    machine.records("apt-get", "exit 100")
    done = machine.run()
    assert done.returncode == 1
    assert "no way out" in done.stderr
    assert "sudo apt-get install chromium" in done.stderr and "bin/test --quick" in done.stderr
