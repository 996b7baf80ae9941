from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from potluck.core.forms import Line
from potluck.welcome.verbs import WORDS_LIMIT


class AskForm(forms.Form):
    """Whom one asks is chosen beside it: suggested, or found by name."""

    who = Line(label=_("Somebody else"), limit=80, required=False)
    words = Line(label=_("A sentence with it, if you like"), limit=WORDS_LIMIT, required=False)
