"""``potluck import`` as people start it: a process of its own, with children."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

HOME = Path(__file__).resolve().parents[3]


def begin(house: str, system: str, path: Path, data: Path, **env: str) -> subprocess.Popen:
    """Starts the import of ``path`` into the database at ``house``; in a session of its own, as from a terminal."""
    return subprocess.Popen(
        [sys.executable, "-m", "potluck.core.cli", "--data", str(data), "import", system, str(path), "--json"],
        cwd=HOME,
        env={**os.environ, "DATABASE_URL": house, "LANG": "en_US.UTF-8", "LC_ALL": "", **env},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        # A test run in the background has its Ctrl-C ignored, and so would whatever it starts.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
