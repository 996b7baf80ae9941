"""What people type at the doors of the house: cleaned, and refused with a sentence at the field."""

from __future__ import annotations

from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from potluck.core.text import typed


class Words(forms.CharField):
    """A line of text: control characters are an error (NUL) or dropped, ends are trimmed."""

    def to_python(self, value: Any) -> str:
        value = super().to_python(value)
        return value if "\x00" in value else typed(value)


class Asked(forms.Form):
    """A form whose fields know their autocomplete word."""

    auto: dict[str, str] = {}

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        for name, word in self.auto.items():
            if name in self.fields:
                self.fields[name].widget.attrs["autocomplete"] = word


def _name(**more: Any) -> Words:
    return Words(label=_("Name"), max_length=80, **more)


def _email(**more: Any) -> forms.EmailField:
    return forms.EmailField(label=_("E-mail address"), max_length=254, **more)


def _password(**more: Any) -> forms.CharField:
    return forms.CharField(
        label=_("Password"),
        strip=False,
        max_length=200,
        widget=forms.PasswordInput,
        help_text=_("At least ten characters. Three words you like are easy to keep in mind."),
        **more,
    )


class WithPassword(Asked):
    """Checks the password against name and address, too."""

    email_of = ""

    def clean(self) -> dict[str, Any]:
        from potluck.people.queries import stranger

        typed_in = super().clean() or {}
        password = typed_in.get("password")
        if password:
            try:
                validate_password(password, stranger(typed_in.get("name", ""), typed_in.get("email") or self.email_of))
            except forms.ValidationError as wrong:
                self.add_error("password", wrong)
        return typed_in


class FirstPerson(WithPassword):
    """The first administrator."""

    auto = {"name": "name", "email": "email", "password": "new-password"}
    name = _name(help_text=_("As colleagues call you."))
    email = _email(help_text=_("You sign in with it, and mail goes there."))
    password = _password()


class Claim(WithPassword):
    """Whoever was invited takes their place."""

    auto = {"name": "name", "password": "new-password"}
    name = _name(help_text=_("As colleagues call you."))
    password = _password(required=False)

    def __init__(self, *args: Any, email_of: str = "", **more: Any) -> None:
        super().__init__(*args, **more)
        self.email_of = email_of
        self.fields["password"].help_text = _(
            "If you like. Without one, a code comes by mail whenever you sign in. At least ten characters."
        )


class Join(Asked):
    """Somebody with an address that the house has opened its door to."""

    auto = {"name": "name", "email": "email"}
    name = _name(help_text=_("As colleagues call you."))
    email = _email()


class Code(Asked):
    auto = {"code": "one-time-code"}
    code = Words(label=_("Code"), max_length=20)


#: Each language in its own words, whatever the page speaks.
LANGUAGES = [
    ("de", "Deutsch, per du"),
    ("de-sie", "Deutsch, per Sie"),
    ("en", "English"),
]


def _zones() -> list[tuple[str, str]]:
    names = sorted(
        name
        for name in available_timezones()
        if "/" in name and not name.startswith(("Etc/", "SystemV/", "US/", "Brazil/", "Canada/", "Chile/", "Mexico/"))
    )
    return [(name, name.replace("_", " ")) for name in [*names, "UTC"]]


zones = lazy(_zones, list)


class Time(forms.TimeField):
    widget = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")

    def __init__(self, **more: Any) -> None:
        super().__init__(input_formats=["%H:%M", "%H:%M:%S"], **more)


def _reach() -> dict[str, Words]:
    return {
        "phone": Words(label=_("Telephone"), max_length=40, required=False),
        "hours": Words(
            label=_("When"),
            max_length=120,
            required=False,
            help_text=_("For example: Monday to Thursday, 9 to 15."),
        ),
        "place": Words(
            label=_("Where to find them"),
            max_length=120,
            required=False,
            help_text=_("Building, floor, room, or by the coffee machine."),
        ),
    }


class OfHouse(Asked):
    """Name, language, working hours and time zone of the house."""

    name = Words(label=_("Name of the house"), max_length=80, help_text=_("What people call your company."))
    language = forms.ChoiceField(label=_("Language"), choices=LANGUAGES)
    day_starts = Time(label=_("Work begins at"))
    day_ends = Time(label=_("Work ends at"))
    timezone = forms.ChoiceField(label=_("Time zone"), choices=zones)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("day_starts") and given.get("day_ends") and given["day_starts"] >= given["day_ends"]:
            self.add_error("day_ends", _("Work ends after it begins: choose a later time."))
        return given


class FourQuestions(OfHouse):
    """What the first administrator is asked, once."""

    auto = {"phone": "tel"}
    who = forms.ChoiceField(choices=[("me", "me"), ("other", "other")])
    other_name = Words(label=_("Their name"), max_length=80, required=False)
    other_email = forms.EmailField(label=_("Their e-mail address"), max_length=254, required=False)
    phone = _reach()["phone"]
    hours = _reach()["hours"]
    place = _reach()["place"]

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        if given.get("who") == "other":
            for name, sentence in (
                ("other_name", _("Who is it? Write their name.")),
                ("other_email", _("Where does the invitation go? Write their e-mail address.")),
            ):
                if not given.get(name) and name not in self.errors:
                    self.add_error(name, sentence)
        return given
