from django.utils.translation import gettext_lazy as _

from potluck.acts.kinds import Kind, hang, kind
from potluck.talk import queries

COMMENTED = kind(
    Kind(
        "commented",
        _("Answer"),
        dish="post",
        activity="Create",
        object_type="Note",
        template="talk/_comment.html",
        in_feed=False,
    )
)

hang("reactions", queries.reactions, shared=("words",))
hang("talk", queries.talk, shared=("voices", "helped"), everywhere=False)
