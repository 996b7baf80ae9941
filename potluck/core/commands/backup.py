"""``potluck backup FILE``: the whole house in one file, while people go on writing."""
from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from potluck.core import backup, house

HELP = "backup FILE: the whole house in one file, while people go on writing."
NEEDS = "nothing"  # a backup before an upgrade must not upgrade: tables are taken as they are


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE", help="written beside and renamed when whole; mode 0600")
    parser.add_argument("--check", action="store_true", help="write nothing: read a backup through and compare its digests")


def run(options: argparse.Namespace) -> int:
    if options.check:
        print(_told(options.file, backup.examine(options.file), "is whole"), file=sys.stderr)
        return 0
    data = backup.folder_of(options.data)
    house.prepare(data)
    cluster = house.reach(data)
    try:
        manifest = backup.backup(os.environ["DATABASE_URL"], data, options.file,
                                 say=lambda sentence: print(sentence, file=sys.stderr))
    finally:
        if cluster:
            cluster.stop()
    print(_told(options.file, manifest, "is written and was read again"), file=sys.stderr)
    print("It holds everything, the secret key included: keep it as safe as the house, and not on the same disk.",
          file=sys.stderr)
    return 0


def _told(path: Path, manifest: backup.Manifest, how: str) -> str:
    rows = sum(table.rows for table in manifest.tables)
    return (f"{path} {how}: {rows} rows of {len(manifest.tables)} tables and {len(manifest.files)} files, "
            f"{path.stat().st_size / 1e6:.1f} MB, as of {manifest.made_at}, digest {manifest.digest[:16]}")
