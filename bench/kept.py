"""How long a backup and a restore take, and that what comes back is the same; prints one JSON line a figure.

    .venv/bin/python -m bench.kept [--members 1000] [--groups 20] [--acts 100000] [--seed 1]

It makes a house of its own, fills it (``bench/fill.py``), backs it up while one writer goes on answering, destroys it,
restores it into another one, and compares. The control flips one row and must be noticed.
"""
from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import psycopg

from bench.house import house, machine, say


def main() -> int:
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--members", type=int, default=1_000)
    ask.add_argument("--groups", type=int, default=20)
    ask.add_argument("--acts", type=int, default=100_000)
    ask.add_argument("--seed", type=int, default=1)
    options = ask.parse_args()
    with tempfile.TemporaryDirectory(prefix="potluck-kept-") as folder:
        file = Path(folder) / "house.potluck"
        with house() as (url, data, _cluster):
            from bench.fill import fill

            say(what="fill", seed=options.seed, **fill(url, options.members, options.groups, options.acts, options.seed))
            figures, made, same = backed_up(url, data, file)
        say(what="backup", **figures, **machine())
        return 0 if restored(file, made) and same else 1


def backed_up(url: str, data: Path, file: Path) -> tuple[dict[str, Any], Any, bool]:
    """Figures of a backup while somebody writes, the backup of the house at rest, and whether a flipped row was noticed."""
    from potluck.core.backup import backup

    stop, waits = threading.Event(), []

    def write() -> None:
        with psycopg.connect(url, autocommit=True) as connection:
            while not stop.is_set():
                began = time.perf_counter()
                connection.execute("update people_person set handle = handle where id = 1")
                waits.append(time.perf_counter() - began)
                time.sleep(0.005)

    writer = threading.Thread(target=write)
    writer.start()
    began = time.perf_counter()
    backup(url, data, file)
    seconds = time.perf_counter() - began
    stop.set()
    writer.join()
    made = backup(url, data, file)  # of the house at rest
    with psycopg.connect(url) as connection:
        connection.execute("update people_person set name = name || '.' where id = 1")
    noticed = backup(url, data, file.with_suffix(".flipped")).digest != made.digest
    with psycopg.connect(url) as connection:
        connection.execute("update people_person set name = rtrim(name, '.') where id = 1")
    return {
        "seconds": round(seconds, 1),
        "rows": sum(table.rows for table in made.tables),
        "megabytes": round(file.stat().st_size / 1e6, 1),
        "writes_meanwhile": len(waits),
        "longest_write_ms": round(max(waits) * 1000, 1),
        "a_flipped_row_is_noticed": noticed,
    }, made, noticed


def restored(file: Path, made: Any) -> bool:
    """By the shell, into a folder where nothing was; then are all digests the same?"""
    from potluck.core.backup import examine

    def potluck(*words: Any) -> None:
        own = {name: value for name, value in os.environ.items() if not name.startswith(("POTLUCK_", "DATABASE_URL"))}
        subprocess.run([Path(sys.executable).parent / "potluck", *map(str, words)], env=own, check=True, capture_output=True)

    again = file.with_suffix(".again")
    with tempfile.TemporaryDirectory(prefix="potluck-kept-") as folder:
        began = time.perf_counter()
        potluck("--data", f"{folder}/data", "restore", file)
        seconds = time.perf_counter() - began
        potluck("--data", f"{folder}/data", "backup", again)
        where = Path(folder) / "data" / "where"
        if where.exists():  # as root, PostgreSQL lives elsewhere
            shutil.rmtree(where.read_text().strip())
    same = examine(again).digest == made.digest
    say(what="restore", seconds=round(seconds, 1), equal=same)
    return same


if __name__ == "__main__":
    sys.exit(main())
