"""What a notice says, as a whole sentence with the names of whoever did it. Never a word of what they wrote, so that the
same sentence can be the subject of a mail."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from potluck.core import moments
from potluck.people.queries import role_words


def sentence(kind: str, thing: str, names: list[str], subject: str = "") -> str:
    """``kind``: what happened; ``thing``: what of the reader's it is about (``queries.thing``), or ''; ``names``: who did it,
    the latest first; ``subject``: what no act says (a group's name, a role)."""
    many = len(names)
    say = _SAY.get((kind, thing)) or _SAY.get((kind, "")) or _anything
    if kind in ("role-given", "role-ended"):
        subject = str(role_words().get(subject, subject))
    return say(many) % {"names": moments.names(names) or _("Somebody"), "subject": subject}


def _anything(many: int) -> str:
    return _("There is something new for you")


_SAY = {
    ("answered", "question"): lambda many: ngettext(
        "%(names)s answered your question", "%(names)s answered your question", many
    ),
    ("answered", "post"): lambda many: ngettext(
        "%(names)s answered your post", "%(names)s answered your post", many
    ),
    ("answered", "thanks"): lambda many: ngettext(
        "%(names)s answered your thank-you", "%(names)s answered your thank-you", many
    ),
    ("answered", "welcome"): lambda many: ngettext(
        "%(names)s answered your welcome", "%(names)s answered your welcome", many
    ),
    ("answered", ""): lambda many: ngettext("%(names)s answered you", "%(names)s answered you", many),
    ("mentioned", ""): lambda many: ngettext("%(names)s mentioned you", "%(names)s mentioned you", many),
    ("reacted", "question"): lambda many: ngettext(
        "%(names)s reacted to your question", "%(names)s reacted to your question", many
    ),
    ("reacted", "post"): lambda many: ngettext(
        "%(names)s reacted to your post", "%(names)s reacted to your post", many
    ),
    ("reacted", "welcome"): lambda many: ngettext(
        "%(names)s reacted to your welcome", "%(names)s reacted to your welcome", many
    ),
    ("reacted", "answer"): lambda many: ngettext(
        "%(names)s reacted to your answer", "%(names)s reacted to your answer", many
    ),
    ("reacted", ""): lambda many: ngettext("%(names)s reacted to you", "%(names)s reacted to you", many),
    ("helped", ""): lambda many: ngettext(
        "Your answer helped %(names)s", "Your answer helped %(names)s", many
    ),
    ("thanked", ""): lambda many: ngettext("%(names)s thanked you", "%(names)s thanked you", many),
    ("offered", ""): lambda many: ngettext(
        "%(names)s would like to hang a thank-you to you on the wall",
        "%(names)s would like to hang a thank-you to you on the wall",
        many,
    ),
    ("hung", ""): lambda many: ngettext(
        "%(names)s said yes: your thank-you hangs on the wall",
        "%(names)s said yes: your thank-you hangs on the wall",
        many,
    ),
    ("welcomed", ""): lambda many: ngettext("%(names)s welcomed you", "%(names)s welcomed you", many),
    ("asked", ""): lambda many: ngettext(
        "%(names)s thinks that you could answer this", "%(names)s think that you could answer this", many
    ),
    ("asked-to-greet", ""): lambda many: ngettext(
        "%(names)s thinks that %(subject)s would be glad of a hello from you",
        "%(names)s think that %(subject)s would be glad of a hello from you",
        many,
    ),
    ("knocked", ""): lambda many: ngettext(
        "%(names)s would like to join %(subject)s", "%(names)s would like to join %(subject)s", many
    ),
    ("seated", ""): lambda many: ngettext(
        "%(names)s let you in: %(subject)s", "%(names)s let you in: %(subject)s", many
    ),
    ("host-wanted", ""): lambda many: ngettext(
        "%(names)s asks whether you would look after %(subject)s",
        "%(names)s ask whether you would look after %(subject)s",
        many,
    ),
    ("host-found", ""): lambda many: ngettext(
        "%(names)s looks after %(subject)s now", "%(names)s look after %(subject)s now", many
    ),
    ("role-given", ""): lambda many: ngettext(
        "%(names)s gave you a role: %(subject)s", "%(names)s gave you a role: %(subject)s", many
    ),
    ("role-ended", ""): lambda many: ngettext(
        "%(names)s ended a role of yours: %(subject)s", "%(names)s ended a role of yours: %(subject)s", many
    ),
    ("mailbox-changed", ""): lambda many: ngettext(
        "%(names)s wrote down another mailbox for you", "%(names)s wrote down another mailbox for you", many
    ),
    ("declined", ""): lambda many: _("The hosts of %(subject)s said no this time"),
}
