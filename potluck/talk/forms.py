from __future__ import annotations

from django import forms

from potluck.core.forms import Once, Promised, Words


class CommentForm(forms.Form):
    words = Words()
    to = forms.CharField(required=False, max_length=16)
    once = Once()
    promised = Promised()
