"""What a people list says when it was taken in, for people."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from potluck.exchange.report import number
from potluck.exchange.roster.settling import named

CAME = {
    "joined": gettext_lazy("new, each with a place that waits"),
    "renamed": gettext_lazy("with another name"),
    "moved": gettext_lazy("working elsewhere now"),
    "left": gettext_lazy("left: their access is closed, what they gave stays"),
    "back": gettext_lazy("back again: their access is open"),
    "unchanged": gettext_lazy("as they were"),
}

REASONS = {
    "no_name": gettext_lazy("without a name"),
    "no_address": gettext_lazy("without an address and without a personnel number"),
    "bad_address": gettext_lazy("with an address that is none"),
    "bad_date": gettext_lazy("with a leaving date that can be read in two ways, or in none"),
    "twice": gettext_lazy("a second row for the same person; the first counts"),
    "heading_again": gettext_lazy("the heading once more"),
    "left_before": gettext_lazy("left, and were never here"),
    "closed_here": gettext_lazy("closed by an administrator here; they stay closed"),
    "bot": gettext_lazy("the address of a bot"),
    "address_not_proved": gettext_lazy(
        "with an address that somebody here wrote down and has not confirmed: a place waits without it"
    ),
}

STAY = {
    "last_administrator": gettext_lazy(
        "The list does not name %(names)s any more, who is the last administrator of this house: first make somebody else one."
    ),
    "administrator": gettext_lazy(
        "The list does not name %(names)s any more. No file closes an administrator: end that role by hand, or their access."
    ),
    "turn_to": gettext_lazy(
        "The list does not name %(names)s any more, the person to turn to: first name somebody else under The house."
    ),
    "unread": gettext_lazy("Not closed, because a row that could not be read may be about them: %(names)s."),
    "address": gettext_lazy("The list has another address than the house, which keeps its own: %(names)s."),
}


def numbers(report: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """(words, number) of what changed; a zero says nothing."""
    for name, words in CAME.items():
        if report.get(name):
            yield str(words), number(report[name])


def reasons(report: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """(words with line numbers, number) of the rows that stayed out, the most frequent first."""
    for reason, count in sorted(report.get("skipped", {}).items(), key=lambda row: (-row[1], row[0])):
        lines = report["lines"][reason]
        said = _("line %(lines)s") if len(lines) == 1 else _("lines %(lines)s")
        yield f"{REASONS.get(reason, reason)} ({said % {'lines': ranges(lines)}})", number(count)


def sentences(report: Mapping[str, Any]) -> Iterator[str]:
    """Whom somebody has to look at, by name."""
    for why, words in STAY.items():
        if handles := report.get("stay", {}).get(why):
            yield str(words) % {"names": ", ".join(named(handles))}


def closed(report: Mapping[str, Any]) -> list[str]:
    """Whose access was closed, by name."""
    return named(report.get("closed", ()))


def ranges(lines: Iterable[int]) -> str:
    """``3, 7–9``: each line number, runs drawn together."""
    runs: list[list[int]] = []
    for line in sorted(lines):
        if runs and line == runs[-1][1] + 1:
            runs[-1][1] = line
        else:
            runs.append([line, line])
    return ", ".join(str(first) if first == last else f"{first}–{last}" for first, last in runs)


def has_changed(report: Mapping[str, Any]) -> bool:
    return any(report.get(name) for name in CAME if name != "unchanged")


def told(report: Mapping[str, Any], *, dry: bool) -> str:
    """The report in sentences, for a terminal."""
    if has_changed(report):
        lines = [_("This would change:") if dry else _("This changed:"), ""]
        lines += [f"{count:>9}  {words}" for words, count in numbers(report)]
    else:
        lines = [_("Nothing changed: everybody on the list is here as it says.")]
    if report["closed"]:
        words = _("Their access would be closed: %(names)s.") if dry else _("Their access is closed: %(names)s.")
        lines += ["", words % {"names": ", ".join(named(report["closed"]))}]
    if report["skipped"]:
        lines += ["", _("These rows stayed out, and why:"), ""]
        lines += [f"{count:>9}  {words}" for words, count in reasons(report)]
    if said := list(sentences(report)):
        lines += ["", *said]
    lines += [""]
    if report["joined"]:
        lines.append(_("Nobody was sent a mail: who is new has a place that waits, and comes in by an invitation."))
    if dry:
        lines.append(_("Nothing was changed: this was a rehearsal."))
    return "\n".join(lines).rstrip()
