"""For tests of real processes: waiting with an end, and folders that PostgreSQL's user can reach."""
from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path


def within(seconds: float, holds: Callable[[], object]) -> float:
    """Seconds until ``holds()`` is true; fails after ``seconds``."""
    began = time.monotonic()
    while not holds():
        assert time.monotonic() - began < seconds, f"not within {seconds} s"
        time.sleep(0.02)
    return time.monotonic() - began


def lives(pid: int) -> bool:
    """Does this process run (a zombie does not)?"""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] not in "ZX"
    except OSError:
        return False


@contextmanager
def open_folder() -> Iterator[Path]:
    """A folder that every user may pass (pytest's own have mode 0700); all is gone afterwards, what lies elsewhere too."""
    folder = Path(tempfile.mkdtemp(prefix="potluck-"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        for where in folder.glob("**/where"):
            shutil.rmtree(where.read_text().strip(), ignore_errors=True)
        shutil.rmtree(folder, ignore_errors=True)


def end(process: subprocess.Popen) -> None:
    """End a process that a test started, gently if it listens."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(8)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on just now."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def own_environment(**more: str) -> dict[str, str]:
    """The environment of a person who runs Potluck by hand: nothing of the test run is in it."""
    ours = ("POTLUCK_", "DJANGO_", "DATABASE_URL", "PYTEST_")
    return {name: value for name, value in os.environ.items() if not name.startswith(ours)} | more
