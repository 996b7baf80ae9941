from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from potluck.core.forms import Line, Once, Words


class ThanksForm(forms.Form):
    """What somebody did, what it changed if the giver likes, and who may read it. For whom is chosen beside it."""

    for_what = Words(label=_("What for?"))
    what_changed = Words(label=_("What did it change?"), required=False)
    who = Line(label=_("For whom?"), limit=80, required=False)
    on_wall = forms.BooleanField(required=False)
    once = Once()
