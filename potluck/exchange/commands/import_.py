"""``potluck import slack|mbox PATH``: a community's real history, with one command; ``import people PATH``: who works here."""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from pathlib import Path
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from potluck.core.rules import Refused
from potluck.core.trouble import Trouble
from potluck.exchange.queries import all_imports, imported
from potluck.exchange.report import gone, told
from potluck.exchange.roster import report as roster
from potluck.exchange.roster.bringing import bring_people
from potluck.exchange.source import BadArchive, Wanted
from potluck.exchange.verbs import Say, bring
from potluck.exchange.withdrawing import ask, can_go, going, withdraw
from potluck.people.verbs import the_house

HELP = "bring real history into the house (a Slack export, a mailing list), or people from a list (CSV)"


def arguments(parser: argparse.ArgumentParser) -> None:
    sources = parser.add_subparsers(dest="source", required=True, metavar="SOURCE")
    slack = sources.add_parser("slack", help="a Slack export: ZIP file or folder")
    slack.add_argument("path", type=Path, metavar="PATH", help="the ZIP file, or the folder it was unpacked to")
    _common(slack)
    slack.add_argument("--private", action="store_true", help="bring private channels too; they stay closed groups")
    slack.add_argument("--messages", action="store_true", help="bring direct messages too; only their people read them")
    mbox = sources.add_parser("mbox", help="the archive of a mailing list, plain or packed (.gz, .xz)")
    mbox.add_argument("path", type=Path, metavar="PATH", help="the mbox file, or the folder of a public-inbox (git)")
    _common(mbox)
    mbox.add_argument("--group", default="", metavar="NAME", help="the group that takes it in; without: named as the list")
    mbox.add_argument("--private", action="store_true", help="the list is private: it becomes a closed group of whoever wrote")
    people = sources.add_parser("people", help="who works here, from a CSV file: who is new, who moved, who left")
    people.add_argument("path", type=Path, metavar="PATH", help="the CSV file: name, address, and where they work")
    _common(people)
    people.add_argument("--yes", action="store_true", help="really close the access of more than a third of the people")
    back = sources.add_parser("withdraw", help="take an import back as a whole: without NAME those that can be are listed")
    back.add_argument("key", nargs="?", default="", metavar="NAME", help="the import, by its key in the list")
    back.add_argument("--yes", action="store_true", help="really do it; without, only what would go is said")


def _common(source: argparse.ArgumentParser) -> None:
    source.add_argument("--dry-run", action="store_true", help="say what would come in, and change nothing")
    source.add_argument("--json", action="store_true", help="end with one JSON object on standard output")


def _brought(options: argparse.Namespace, say: Say) -> dict[str, Any]:
    match options.source:
        case "people":
            return bring_people(options.path, dry_run=options.dry_run, yes=options.yes, say=say)
        case "mbox":
            wanted = Wanted("mbox", options.path, options.private, group=options.group)
        case _:
            wanted = Wanted("slack", options.path, options.private, options.messages)
    return bring(wanted, dry_run=options.dry_run, say=say)


def run(options: argparse.Namespace) -> int:
    """0: done; 1: the archive could not be taken in, and nothing was changed; 130: interrupted, to be gone on with."""
    bar = Bar(shown=sys.stderr.isatty())
    with translation.override(_language()):
        if options.source == "withdraw":
            return _withdraw(options.key, yes=options.yes)
        try:
            report = _brought(options, bar.say)
        except BadArchive as bad:
            kept = _("Nothing was changed.")
            raise Trouble(f"{bad} {kept}") from bad
        except Refused as refused:
            raise Trouble(str(refused.sentence)) from refused
        except KeyboardInterrupt:
            if bar.step == "finish":
                sentence = _("Stopped. All of it can be read already; the same command does the rest.")
            else:
                sentence = _("Stopped. Nothing can be seen of it yet; the same command goes on where it was.")
            print("\n" + sentence, file=sys.stderr)
            return 130
        finally:
            bar.end()
        tell = roster.told if options.source == "people" else told
        print(json.dumps(report) if options.json else tell(report, dry=options.dry_run))
    return 0


def _withdraw(key: str, *, yes: bool) -> int:
    """Says what goes with an import, and with ``yes`` does it."""
    found = imported(key)
    if found is None:
        rows = [one for one in all_imports() if not can_go(one)]
        print("\n".join(f"{one.key}  {one.begun_at:%Y-%m-%d}  {one.system}  {one.name}" for one in rows))
        if key:
            raise Trouble(_("There is no import called %(name)s: these can be taken back.") % {"name": key})
        return 0
    if why := can_go(found):
        raise Trouble(why)
    goes = going(found)
    if goes.is_people_list:
        print(
            _(
                "The places that this list kept and nobody claimed are erased. Names, units and closed accesses stay as they "
                "are: the next list changes those."
            )
        )
    elif goes.is_answered:
        print(_("Somebody has answered in it, so it is hidden and not erased."))
    else:
        print(_("Nobody has answered in it yet, so it is erased as if it had never come."))
    for words, count in gone(goes):
        print(f"{count:>9}  {words}")
    if not yes:
        print(_("Nothing was changed. The same command with --yes does it."))
        return 0
    try:
        ask(None, found)
        withdraw(found)
    except Refused as refused:
        raise Trouble(str(refused.sentence)) from refused
    print(_("Taken back."))
    return 0


def _language() -> str:
    """The shell's language where it is one of ours, else the house's; German is ``du`` or ``Sie`` as the house has it."""
    house = the_house()
    shell = next(filter(None, (os.environ.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))), "")[:2].lower()
    if shell == "en":
        return "en"
    if shell == "de":
        return "de-sie" if house.language == "de-sie" else "de"
    return house.language if house.opened_at else "en"


class Bar:
    """How far it is, on one line of a terminal, ten times a second at most."""

    WIDE = 30

    def __init__(self, shown: bool) -> None:
        self.shown = shown
        self.last = 0.0
        self.step = ""

    def say(self, step: str, done: int, total: int) -> None:
        if step == self.step and done < total and time.monotonic() - self.last < 0.1:
            return
        self.last, self.step = time.monotonic(), step
        if not self.shown:
            return
        words = {"read": _("Reading"), "settle": _("Setting the table"), "finish": _("Last touches")}[step]
        full = self.WIDE * min(done, total) // max(total, 1)
        percent = 100 * min(done, total) // max(total, 1)
        print(f"\r{words:20} {'█' * full}{'░' * (self.WIDE - full)} {percent:3} %", end="", file=sys.stderr, flush=True)

    def end(self) -> None:
        if self.shown and self.step:
            print(file=sys.stderr)
