"""``potluck [--data DIR] COMMAND ...``: finds the command by its name, opens the house for it, runs it.

A command is a module ``potluck/<room>/commands/<name>.py`` (dashes in the name are underscores there, and a word
of Python like ``import`` ends with one) with ``HELP`` (one
line), ``arguments(parser)`` and ``run(options) -> int | None``, the exit status. It is imported when the house is open:
PostgreSQL runs, Django is set up, the tables are as the code wants them. ``NEEDS = "nothing"`` spares it all of that.
"""
from __future__ import annotations

import argparse
import ast
import contextlib
import difflib
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from pathlib import Path

from potluck.core.trouble import Trouble

POTLUCK = Path(__file__).resolve().parent.parent
HOME = POTLUCK.parent


@dataclass(frozen=True)
class Command:
    """A command that has been found but not imported."""

    name: str
    path: Path

    @cached_property
    def says(self) -> dict[str, str]:
        """The constants of the module, read from its text: importing it may need an open house."""
        found = {}
        for line in ast.parse(self.path.read_text()).body:
            if isinstance(line, ast.Assign) and isinstance(line.targets[0], ast.Name) and isinstance(line.value, ast.Constant):
                found[line.targets[0].id] = str(line.value.value)
        return found

    @property
    def module(self) -> str:
        return ".".join(["potluck", *self.path.with_suffix("").relative_to(POTLUCK).parts])


def commands() -> dict[str, Command]:
    """Every command of every room, by name."""
    return {
        name: Command(name, path)
        for path in sorted(POTLUCK.glob("*/commands/*.py"))
        if (name := path.stem.rstrip("_").replace("_", "-")) and not name.startswith("-")
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command line and return the exit status: 0 done, 1 something outside is wrong, 2 not understood."""
    try:
        return _main(list(sys.argv[1:] if arguments is None else arguments))
    except Trouble as trouble:
        print(f"potluck: {trouble}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # `potluck ... | head`
        with contextlib.suppress(OSError):
            sys.stdout.close()
        return 0


def _main(words: list[str]) -> int:
    data, words = _data(words)
    known = commands()
    if not words or words[0] in ("-h", "--help", "help"):
        print(_overview(known))
        return 0 if words else 2
    name, *rest = words
    command = known.get(name)
    if command is None:
        near = difflib.get_close_matches(name, known, 1)
        print(f"potluck: there is no command `{name}`{f', perhaps `{near[0]}`' if near else ''}: "
              "`potluck --help` lists them.", file=sys.stderr)
        return 2
    if command.says.get("NEEDS") == "nothing":
        return _run(command, rest, data)
    from potluck.core import house  # commands that need nothing start without it

    house.prepare(data)
    options, module = _understood(command, rest, data)
    with house.open_here(data):
        return module.run(options) or 0


def _run(command: Command, rest: list[str], data: Path) -> int:
    options, module = _understood(command, rest, data)
    return module.run(options) or 0


def _understood(command: Command, rest: list[str], data: Path):
    module = import_module(command.module)
    parser = argparse.ArgumentParser(prog=f"potluck {command.name}", description=module.HELP,
                                     epilog="--data DIR names the data folder (default: ./data beside the code).")
    module.arguments(parser)
    options = parser.parse_args(rest)
    options.data = data
    return options, module


def _data(words: list[str]) -> tuple[Path, list[str]]:
    """The data folder, and the words without ``--data DIR``, which may stand before or after the command."""
    data, rest = HOME / "data", []
    words = list(words)
    while words:
        word = words.pop(0)
        if word == "--":
            rest += [word, *words]
            break
        if word == "--data":
            if not words:
                raise Trouble("--data needs a folder, as in `potluck --data ./data run`.")
            data = Path(words.pop(0))
        elif word.startswith("--data="):
            data = Path(word.removeprefix("--data="))
        else:
            rest.append(word)
    return data.expanduser().resolve(), rest


def _overview(known: dict[str, Command]) -> str:
    wide = max(map(len, known))
    lines = [f"  {name:{wide}}  {command.says.get('HELP', '')}" for name, command in sorted(known.items())]
    return "\n".join(["potluck [--data DIR] COMMAND ...", "", *lines, "", "`potluck COMMAND --help` explains one."])


if __name__ == "__main__":
    sys.exit(main())
