"""For tests of real processes: a house served by a ``potluck run`` of its own."""
from __future__ import annotations

import contextlib
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

from potluck.core.tests.processes import free_port, own_environment, within

POTLUCK = Path(sys.executable).parent / "potluck"
SIGNS = {"postgres": b"bin/postgres", "web": b"potluck.core.web", "worker": b"potluck.core.jobs"}


class Served:
    """A house that is served by a ``potluck run`` of its own; ``more`` goes into its environment."""

    def __init__(self, data: Path, **more: str) -> None:
        self.data, self.port, self.more = data, free_port(), more
        self.log = data.parent / f"{data.name}.log"
        self.begin()

    def begin(self) -> None:
        """Start it; after the whole was killed, start it again at the same address."""
        self.said_before = self.log.stat().st_size if self.log.exists() else 0
        with self.log.open("a") as log:
            self.process = subprocess.Popen(
                [POTLUCK, "run", "--data", self.data, "--port", str(self.port)], env=own_environment(**self.more),
                stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT)

    def wait(self) -> None:
        """Until it says that it serves."""
        within(90, lambda: "Ctrl-C ends it" in self.said() or self.process.poll() is not None)
        assert self.process.poll() is None, self.said()

    def said(self) -> str:
        """What it said since it was started last."""
        return self.log.read_bytes()[self.said_before:].decode(errors="replace")

    def get(self, path: str) -> int:
        """The status of a page; a refused connection counts as none (0)."""
        try:
            with urllib.request.urlopen(f"http://localhost:{self.port}{path}", timeout=10) as answer:
                return answer.status
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return 0

    def children(self) -> dict[str, int]:
        """The processes of the house by what they are."""
        found = {}
        for stat in Path("/proc").glob("[0-9]*/stat"):
            with contextlib.suppress(OSError):
                if stat.read_text().rsplit(")", 1)[1].split()[1] == str(self.process.pid):
                    line = stat.with_name("cmdline").read_bytes()
                    name = next((n for n, sign in SIGNS.items() if sign in line), None)
                    if name:
                        found[name] = int(stat.parent.name)
        return found


def run_beside(*words) -> subprocess.CompletedProcess:
    return subprocess.run([POTLUCK, *map(str, words)], env=own_environment(), capture_output=True, text=True, timeout=30,
                          check=False)
