from django.utils.translation import gettext_lazy as _

from potluck.acts.kinds import Kind, kind
from potluck.thanks import queries

THANKED = kind(
    Kind(
        "thanked",
        _("Thanks"),
        dish="thanks",
        activity="Like",
        object_type="Note",
        template="thanks/_act.html",
        details=queries.details,
    )
)
