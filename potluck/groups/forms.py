from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from potluck.core.forms import Line, Once, Words


class GroupForm(forms.Form):
    name = Line(label=_("What is it called?"), limit=80)
    about = Words(label=_("What happens here?"), limit=500, required=False)


class NewGroupForm(GroupForm):
    closed = forms.BooleanField(required=False)
    once = Once()


class AskForm(forms.Form):
    words = Words(label=_("A few words, if you like"), limit=300, required=False)
