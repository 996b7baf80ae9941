"""What an import says when it is done: one object for machines, and the same for people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from babel.numbers import format_decimal
from django.utils.translation import get_language, gettext_lazy, npgettext
from django.utils.translation import gettext as _

#: The numbers of a report, in their order, each with the words that follow it.
CAME: dict[str, Callable[[int], str]] = {
    "people": lambda count: npgettext("counted", "Person", "People", count),
    "placeholders": lambda count: npgettext(
        "counted", "of these, a place kept until it is claimed", "of these, places kept until they are claimed", count
    ),
    "bots": lambda count: npgettext("counted", "Bot (never counted as a person)", "Bots (never counted as people)", count),
    "groups": lambda count: npgettext("counted", "Group", "Groups", count),
    "posts": lambda count: npgettext("counted", "Post", "Posts", count),
    "comments": lambda count: npgettext("counted", "Answer", "Answers", count),
    "bot_posts": lambda count: npgettext("counted", "Message of a bot", "Messages of bots", count),
    "reactions": lambda count: npgettext("counted", "Reaction", "Reactions", count),
    "mentions": lambda count: npgettext("counted", "Mention of a person", "Mentions of people", count),
    "files": lambda count: npgettext(
        "counted",
        "File mentioned (its contents were not brought)",
        "Files mentioned (their contents were not brought)",
        count,
    ),
    "shown_again": lambda count: npgettext(
        "counted",
        "Post or answer shown again, which had been hidden with an earlier import",
        "Posts and answers shown again, which had been hidden with an earlier import",
        count,
    ),
    "joins": lambda count: npgettext(
        "counted", "Day on which somebody joined a group", "Days on which somebody joined a group", count
    ),
}

#: What goes when an import is taken back, likewise.
GOES: dict[str, Callable[[int], str]] = {
    "posts": CAME["posts"],
    "comments": CAME["comments"],
    "groups": CAME["groups"],
    "places": lambda count: npgettext("counted", "Place nobody claimed", "Places nobody claimed", count),
}

#: Named only where they are not zero.
SELDOM = {"shown_again"}

REASONS = {
    "already_here": gettext_lazy("already here, from an earlier import"),
    "event": gettext_lazy("system messages: somebody left, a channel was renamed, something was pinned"),
    "reaction_on_event": gettext_lazy("reactions to a system message, which is no post"),
    "private_channel": gettext_lazy("messages in private channels; --private brings them, and they stay private"),
    "direct_message": gettext_lazy("direct messages; --messages brings them, and they stay private"),
    "unknown_conversation": gettext_lazy("messages in conversations that no list in the export names: perhaps private"),
    "private_by_now": gettext_lazy("messages in a channel that was open at an earlier import and is private now"),
    "deleted": gettext_lazy("messages deleted at the source"),
    "empty": gettext_lazy("messages without words"),
    "automatic": gettext_lazy("mails that a machine wrote for somebody, for instance while they were away"),
    "not_to_be_kept": gettext_lazy("mails that no archive may keep, as their authors asked"),
    "too_large": gettext_lazy("mails larger than can be taken in"),
    "without_time": gettext_lazy("mails without a time"),
    "malformed": gettext_lazy("entries that could not be understood"),
    "not_a_message": gettext_lazy("documents that are no messages"),
    "without_author": gettext_lazy("messages without an author"),
    "time_in_the_future": gettext_lazy("messages dated in the future"),
    "twice_in_the_archive": gettext_lazy("twice in the archive"),
    "address_not_proved": gettext_lazy(
        "addresses that somebody here wrote down and has not confirmed: they name nobody, and a place waits without one"
    ),
    "erased_here": gettext_lazy("from people or groups that were erased here"),
    "reaction_without_a_name": gettext_lazy("reactions of which the export knows only the number, not the people"),
    "same_reaction_in_another_skin_tone": gettext_lazy("the same reaction of the same person in another skin tone"),
    "file_deleted": gettext_lazy("files deleted at the source"),
    "file_hidden_by_limit": gettext_lazy("files that the source hides on its free plan"),
    "file_without_access": gettext_lazy("files that the export was not allowed to see"),
}


def made(came: Mapping[str, int], skipped: Counter[str]) -> dict[str, Any]:
    """The report as JSON holds it, without its times: every number, zero or not, and the reasons that occurred."""
    return {
        **{name: came.get(name, 0) for name in CAME if came.get(name) or name not in SELDOM},
        "skipped": {reason: count for reason, count in sorted(skipped.items()) if count},
    }


def numbers(report: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """(words, number) of what came in, written in the reader's language; a zero says nothing."""
    for name, words in CAME.items():
        if report.get(name):
            yield words(report[name]), number(report[name])


def gone(going: Any) -> Iterator[tuple[str, str]]:
    """(words, number) of what goes with an import (``withdrawing.Going``); a zero says nothing."""
    for name, words in GOES.items():
        if count := getattr(going, name):
            yield words(count), number(count)


def reasons(report: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """(words, number) of what stayed out, the most frequent first."""
    for reason, count in sorted(report.get("skipped", {}).items(), key=lambda row: (-row[1], row[0])):
        yield str(REASONS.get(reason, reason)), number(count)


def number(count: int) -> str:
    """``12,345``, as the reader writes it."""
    return format_decimal(count, locale=(get_language() or "en")[:2])


def told(report: Mapping[str, Any], *, dry: bool) -> str:
    """The report in sentences, for a terminal."""
    came = [f"{count:>9}  {words}" for words, count in numbers(report)]
    if came:
        lines = [_("This would come in:") if dry else _("This came in:"), "", *came]
    else:
        lines = [_("Nothing new: all of it was here already.") if report["skipped"] else _("There was nothing in it.")]
    if report["skipped"]:
        lines += ["", _("This stayed out, and why:"), ""]
        lines += [f"{count:>9}  {words}" for words, count in reasons(report)]
    lines += [""]
    if report["placeholders"]:
        lines.append(
            _(
                "Everybody has a place that waits for them. Nobody was sent a mail: invite people when you like, "
                "and what was given to them waits until they come."
            )
        )
    if dry:
        lines.append(_("Nothing was changed: this was a rehearsal."))
    else:
        lines.append(
            _("Ready to read after %(readable)s s, finished after %(seconds)s s.")
            % {"readable": report["seconds_readable"], "seconds": report["seconds"]}
        )
    return "\n".join(lines)
