"""What an administrator says beside a file."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from potluck.core.forms import Line


class Brought(forms.Form):
    """A file and the wishes of the command. ``end`` stands last in the form: without it the file did not arrive whole."""

    source = forms.ChoiceField(choices=[("slack", ""), ("mbox", ""), ("people", "")])
    file = forms.FileField(error_messages={"required": _("Choose a file first.")}, allow_empty_file=True)
    group = Line(limit=80, required=False)
    private = forms.BooleanField(required=False)
    messages = forms.BooleanField(required=False)
    yes = forms.BooleanField(required=False)
    dry_run = forms.BooleanField(required=False)
    end = forms.CharField(required=False)

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if not found.get("end") and found.get("file"):
            self.add_error("file", _("The file did not arrive whole. Please send it again."))
        elif found.get("file") and not found["file"].size:
            self.add_error("file", _("This file is empty."))
        return found

    @property
    def wishes(self) -> dict[str, bool | str]:
        ticked = {name: True for name in ("private", "messages", "yes", "dry_run") if self.cleaned_data.get(name)}
        return {**ticked, **({"group": group} if (group := self.cleaned_data.get("group")) else {})}
