from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from potluck.core.forms import Once, Words


class GreetingForm(forms.Form):
    words = Words(label=_("Your greeting"), limit=4000)
    once = Once()
