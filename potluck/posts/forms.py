from __future__ import annotations

from django import forms

from potluck.core.forms import Line, Once, Words


class PostForm(forms.Form):
    title = Line(limit=200, required=False)
    words = Words()
    group = forms.CharField(required=False, max_length=16)
    once = Once()
