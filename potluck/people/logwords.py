"""The log in sentences: who used which right, as the person concerned reads it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from potluck.people.models import ROLE_WORDS

#: What a people list changed is said alike whoever brought the list.
LISTED = {
    "people.list-name": gettext_lazy("A people list changed your name: %(what)s."),
    "people.list-unit": gettext_lazy("A people list changed where you work: %(what)s."),
    "people.list-left": gettext_lazy("A people list did not name you any more, and your access was closed."),
    "people.list-back": gettext_lazy("A people list named you again, and your access was opened."),
}
LISTED_NOWHERE = gettext_lazy("A people list says no more where you work.")


def sentence(logged: Any, viewer: Any) -> str:
    """One row of the log as a whole sentence, in the viewer's language."""
    if logged.right in LISTED:
        is_nowhere = logged.right == "people.list-unit" and not logged.what
        return str(LISTED_NOWHERE if is_nowhere else LISTED[logged.right]) % {"what": logged.what}
    what = ", ".join(_role(part) for part in logged.what.split(", "))
    who = logged.by.name if logged.by else _("Somebody on the server's command line")
    if logged.by_id == viewer.pk:
        said = {
            "house.open": _("You opened the house with its first link."),
            "people.come": _("You came in by a code that went to your address."),
            "people.claim": _("You took your place."),
            "people.sign-in-link": _("You made a link that signs you in once."),
            "people.role": _("You changed your own roles: %(what)s."),
            "people.address": _("You wrote down another mailbox for yourself."),
            "people.address-proved": _("You confirmed your mailbox with a code."),
        }.get(logged.right, _("You did something here that concerns yourself."))
    else:
        said = {
            "people.add": _("%(who)s wrote you down here."),
            "people.invite": _("%(who)s invited you."),
            "people.sign-in-link": _("%(who)s made a link that signs you in once."),
            "people.role": _("%(who)s changed your roles: %(what)s."),
            "people.address": _("%(who)s wrote down another mailbox for you."),
            "people.deactivate": _("%(who)s closed your access."),
            "people.reactivate": _("%(who)s opened your access again."),
        }.get(logged.right, _("%(who)s did something here that concerns you."))
    return said % {"who": who, "what": what}


def _role(change: str) -> str:
    """``+leader`` as ``+ Leader``, in the viewer's language."""
    sign, role = (change[:1], change[1:]) if change[:1] in ("+", "-") else ("", change)
    word = str(ROLE_WORDS.get(role, role))
    return f"{sign} {word}" if sign else word
