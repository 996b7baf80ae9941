"""``potluck demo``: a company that lives moves into an empty house."""

from __future__ import annotations

import argparse

from potluck.core.rules import Refused
from potluck.core.trouble import Trouble
from potluck.demo.fill import NAME, fill

HELP = "Fill an empty house with a company that lives, to look around in."


def arguments(parser: argparse.ArgumentParser) -> None:
    """None but those every command has."""


def run(options: argparse.Namespace) -> None:
    try:
        fill()
    except Refused as refused:
        raise Trouble(f"{refused} Another folder is an empty house: `potluck --data ./data-demo demo`.") from refused
    print(f"{NAME} has moved in. `potluck --data {options.data} run` opens the house.")
