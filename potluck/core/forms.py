"""Form fields that take whatever a keyboard, a paste or a broken browser sends, and say kindly what to do."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from potluck.core import text
from potluck.core.declared import random_key

#: What any field says that is needed and came empty, of ours, Django's or a library's form.
forms.Field.default_error_messages["required"] = _("Something is still missing here.")


def unbroken(typed: Any) -> None:
    """Refuses what did not arrive as it was typed, for fields that show nothing again (a password)."""
    if text.is_broken(str(typed)):
        raise forms.ValidationError(_("Some of it arrived broken, so nothing was kept. Type it once more."), code="broken")


def keep_broken(form: forms.BaseForm) -> None:
    """Of all errors only what arrived broken: somebody is still looking for a person, nothing needs to be complete yet."""
    for name in [name for name in form.errors if not form.has_error(name, "broken")]:
        del form.errors[name]


class Marked:
    """A field whose words, when they arrived broken, are refused once: they come back with a question mark in each broken
    place, and can be sent so."""

    broken: Any = _(
        "Some characters arrived broken: a question mark stands in their place, all else is kept. "
        "Look it over and send it once more."
    )

    def bound_data(self, data: Any, initial: Any) -> Any:
        return text.marked(data) if isinstance(data, str) else data

    def whole(self, value: Any) -> None:
        if text.is_broken(str(value or "")):
            raise forms.ValidationError(self.broken, code="broken")


class Address(Marked, forms.EmailField):
    """An e-mail address. Its domain may have any letters, so a broken one would pass."""

    def clean(self, value: Any) -> Any:
        self.whole(value)
        return super().clean(value)


class Words(Marked, forms.CharField):
    """Typed words, cleaned as they are kept (other control characters dropped). ``limit`` in characters."""

    widget: Any = forms.Textarea
    missing: Any = _("Write a few words first.")
    too_long: Any = _("This is longer than %(limit)s characters. Shorten it, or give it in two parts.")

    def __init__(self, *, limit: int = 20_000, **options: Any):
        self.limit = limit
        super().__init__(strip=True, **options)

    def to_python(self, value: Any) -> str:
        return text.typed(str(value or ""))

    def clean(self, value: Any) -> str:
        self.whole(value)
        words = self.to_python(value)
        if self.required and not words:
            raise forms.ValidationError(self.missing)
        if len(words) > self.limit:
            raise forms.ValidationError(self.too_long % {"limit": self.limit})
        return words

    def run_validators(self, value: Any) -> None:
        """Everything there is to say is said in ``clean``."""


class Line(Words):
    """Words in one line; the browser lets nobody type more than ``limit``."""

    widget = forms.TextInput
    missing = _("Something is still missing here.")
    too_long = _("This is longer than %(limit)s characters. Shorten it.")

    def __init__(self, *, limit: int, **options: Any):
        super().__init__(limit=limit, **options)
        self.max_length = limit

    def to_python(self, value: Any) -> str:
        return " ".join(super().to_python(value).split())


class Once(forms.CharField):
    """The form's key: a form sent twice gives once. A missing or odd one is replaced, never refused."""

    widget = forms.HiddenInput

    def __init__(self) -> None:
        super().__init__(required=False, initial=random_key)

    def clean(self, value: Any) -> str:
        value = str(value or "")
        return value if value.isalnum() and len(value) <= 40 and value.isascii() else random_key()


class Promised(forms.CharField):
    """Who will read it, as the form said when it was drawn (acts/promise.py). An odd one is no error: no reach keeps it."""

    widget = forms.HiddenInput

    def __init__(self) -> None:
        super().__init__(required=False)

    def clean(self, value: Any) -> str:
        return str(value or "")[:40]
