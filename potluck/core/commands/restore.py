"""``potluck restore FILE``: a backup becomes a house again."""
from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from potluck.core import backup, house
from potluck.core.commands.run import only_one
from potluck.core.restore import restore

HELP = "restore FILE: a backup becomes a house again, in an empty one only."
NEEDS = "nothing"  # it makes the tables as they were, and only then as the code wants them


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE", help="what `potluck backup` wrote")


def run(options: argparse.Namespace) -> int:
    backup.examine(options.file)  # before there is even a folder
    with only_one(options.data):
        house.prepare(options.data)
        cluster = house.reach(options.data)
        try:
            manifest = restore(os.environ["DATABASE_URL"], options.data, options.file)
        finally:
            if cluster:
                cluster.write_down()
                cluster.stop()
    rows = sum(table.rows for table in manifest.tables)
    print(f"The house of {manifest.made_at} is here again: {rows} rows of {len(manifest.tables)} tables and "
          f"{len(manifest.files)} files, each compared, digest {manifest.digest[:16]}. `bin/run` opens it.", file=sys.stderr)
    return 0
