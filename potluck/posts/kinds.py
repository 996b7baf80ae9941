from django.utils.translation import gettext_lazy as _

from potluck.acts.kinds import Kind, kind

POSTED = kind(
    Kind(
        "posted",
        _("Post"),
        dish="post",
        activity="Create",
        object_type="Note",
        template="posts/_act.html",
        begins=True,
        first=_("First post"),
        same_for_all=True,
    )
)
ASKED = kind(
    Kind(
        "asked",
        _("Question"),
        dish="question",
        activity="Create",
        object_type="Question",
        template="posts/_act.html",
        asks=True,
        gives=False,
        begins=True,
        same_for_all=True,
    )
)
