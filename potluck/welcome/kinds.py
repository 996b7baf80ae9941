from django.utils.translation import gettext_lazy as _

from potluck.acts.kinds import Kind, kind
from potluck.acts.queries import receivers

WELCOMED = kind(
    Kind(
        "welcomed",
        _("Welcome"),
        dish="welcome",
        activity="Create",
        object_type="Note",
        template="welcome/_act.html",
        details=receivers,
        greets=True,
    )
)
