"""How fast a mailing list comes in, and how much memory it takes; prints one JSON line.

    .venv/bin/python -m bench.import [--messages 50000] [--seed 1] [--archive PATH]

It makes a house of its own (embedded PostgreSQL, durable), writes an archive (``bench/mails.py``) or takes the one that is
given, and runs ``potluck import mbox`` on it as anybody would. ``peak_mb`` is what its processes held at most, each at its own
peak (PostgreSQL apart); that it does not grow with the archive is tested (``test_memory``). ``seconds_readable``: until
everybody can read all of it; ``seconds``: until language and search are complete, too.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from bench.house import HOME, house, machine, peak_of, say
from bench.mails import archive


def main() -> int:
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--messages", type=int, default=50_000)
    ask.add_argument("--seed", type=int, default=1)
    ask.add_argument("--archive", type=Path)
    options = ask.parse_args()
    with tempfile.TemporaryDirectory(prefix="potluck-import-") as folder, house() as (url, data, _cluster):
        path = options.archive or Path(folder) / "funk.mbox"
        truth = {} if options.archive else archive(path, options.messages, options.seed)
        load = os.getloadavg()[0]
        report, peak = imported(path, url, data)
    count = report["posts"] + report["comments"] + report["bot_posts"]
    right = all(report[name] == number for name, number in truth.items())
    say(
        what="import", seed=options.seed, messages=count, people=report["people"],
        seconds_readable=report["seconds_readable"], seconds=report["seconds"],
        readable_a_second=round(count / max(report["seconds_readable"], 0.1)),
        complete_a_second=round(count / max(report["seconds"], 0.1)),
        peak_mb=round(peak, 1), load_before=round(load, 2), right=right, **machine(),
    )  # fmt: skip
    return 0 if right else 1


def imported(path: Path, url: str, data: Path) -> tuple[dict[str, Any], float]:
    """The report of ``potluck import mbox PATH``, and the megabytes that its processes held at most."""
    process = subprocess.Popen(
        [sys.executable, "-m", "potluck.core.cli", "--data", str(data), "import", "mbox", str(path), "--json"],
        cwd=HOME,
        env={**os.environ, "DATABASE_URL": url},
        stdout=subprocess.PIPE,
        text=True,
    )
    peak = peak_of(process)
    out = process.stdout.read() if process.stdout else ""
    if process.returncode:
        raise SystemExit(f"the import ended with {process.returncode}")
    return json.loads(out), peak


if __name__ == "__main__":
    sys.exit(main())
