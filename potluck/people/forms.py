"""What people type at the doors of the house: cleaned, and refused with a sentence at the field."""

from __future__ import annotations

from functools import cache
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.validators import EmailValidator
from django.utils.translation import gettext_lazy as _

from potluck.core import mail
from potluck.core.forms import Address, Line, Once, unbroken


class Autofilled(forms.Form):
    """A form whose fields know their autocomplete word."""

    auto: dict[str, str] = {}

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        for name, word in self.auto.items():
            if name in self.fields:
                self.fields[name].widget.attrs["autocomplete"] = word


def _name(**more: Any) -> Line:
    return Line(label=_("Name"), limit=80, **more)


def _email(**more: Any) -> Address:
    return Address(label=_("E-mail address"), max_length=254, **more)


def _password(**more: Any) -> forms.CharField:
    return forms.CharField(
        label=_("Password"),
        strip=False,
        max_length=200,
        validators=[unbroken],
        widget=forms.PasswordInput,
        help_text=_("At least ten characters. Three words you like are easy to keep in mind."),
        **more,
    )


class WithPassword(Autofilled):
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
    """Whoever was invited takes their place. Where no code can reach them, a password is the only way back in: they choose
    one."""

    auto = {"name": "name", "password": "new-password"}
    name = _name(help_text=_("As colleagues call you."))
    password = _password(required=False)

    def __init__(self, *args: Any, person: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.email_of = person.email or ""
        password = self.fields["password"]
        if not person.email:
            password.required = True
            password.help_text = _(
                "The house knows no address of yours: you come back in as %(handle)s with this password. "
                "At least ten characters."
            ) % {"handle": person.handle}
        elif not mail.has_server():
            password.required = True
            password.help_text = _(
                "No mail leaves this house yet, so no code can reach you: this password is your way back in. "
                "At least ten characters."
            )
        else:
            password.help_text = _(
                "If you like. Without one, a code comes by mail whenever you sign in. At least ten characters."
            )


class Join(Autofilled):
    """Somebody with an address that the house has opened its door to."""

    auto = {"name": "name", "email": "email"}
    name = _name(help_text=_("As colleagues call you."))
    email = _email()


class Code(Autofilled):
    auto = {"code": "one-time-code"}
    code = Line(label=_("Code"), limit=20)


#: Each language in its own words, whatever the page speaks.
LANGUAGES = [
    ("de", "Deutsch, per du"),
    ("de-sie", "Deutsch, per Sie"),
    ("en", "English"),
]


@cache
def _zones() -> list[tuple[str, str]]:
    names = sorted(
        name
        for name in available_timezones()
        if "/" in name and not name.startswith(("Etc/", "SystemV/", "US/", "Brazil/", "Canada/", "Chile/", "Mexico/"))
    )
    return [(name, name.replace("_", " ")) for name in [*names, "UTC"]]


def zones() -> list[tuple[str, Any]]:
    return list(_zones())


def zones_or_house() -> list[tuple[str, Any]]:
    return [("", _("As in the house")), *_zones()]


class Time(forms.TimeField):
    widget = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")

    def __init__(self, **more: Any) -> None:
        super().__init__(input_formats=["%H:%M", "%H:%M:%S"], **more)


def _reach() -> dict[str, Line]:
    return {
        "phone": Line(label=_("Telephone"), limit=40, required=False),
        "hours": Line(
            label=_("When"),
            limit=120,
            required=False,
            help_text=_("For example: Monday to Thursday, 9 to 15."),
        ),
        "place": Line(
            label=_("Where to find them"),
            limit=120,
            required=False,
            help_text=_("Building, floor, room, or by the coffee machine."),
        ),
    }


class OfHouse(Autofilled):
    """Name, language, working hours and time zone of the house."""

    name = Line(label=_("Name of the house"), limit=80, help_text=_("What people call your company."))
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
    other_name = Line(label=_("Their name"), limit=80, required=False)
    other_email = Address(label=_("Their e-mail address"), max_length=254, required=False)
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


class Profile(Autofilled):
    """What others read about somebody, and how they reach them."""

    auto = {"name": "name", "phone": "tel"}
    name = _name()
    introduction = Line(
        label=_("One sentence about you"),
        limit=200,
        required=False,
        help_text=_("What you like to be asked, or what you like."),
    )
    helps_with = Line(
        label=_("I can help with"),
        limit=200,
        required=False,
        help_text=_("Separated by commas: old machines, Polish, pivot tables."),
    )
    phone = Line(label=_("Telephone"), limit=40, required=False)
    hours = Line(label=_("When one reaches you"), limit=120, required=False)
    place = Line(label=_("Where one finds you"), limit=120, required=False)
    likes_to_greet = forms.BooleanField(
        label=_("I like to say hello"), required=False, help_text=_("Newcomers then see your face on their first day.")
    )


class Settings(Autofilled):
    """One's own language, hours and keys; what is left empty is as in the house."""

    language = forms.ChoiceField(label=_("Language"), choices=[("", _("As my browser says")), *LANGUAGES], required=False)
    timezone = forms.ChoiceField(label=_("Time zone"), choices=zones_or_house, required=False)
    day_starts = Time(label=_("No mail before"), required=False, help_text=_("Empty: as in the house."))
    day_ends = Time(label=_("No mail after"), required=False)
    single_keys = forms.BooleanField(
        label=_("Single keys"), required=False, help_text=_("One key is enough: c to write, j and k to move, ? for help.")
    )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        starts, ends = given.get("day_starts"), given.get("day_ends")
        if (starts is None) != (ends is None) and not self.errors:
            self.add_error("day_ends" if ends is None else "day_starts", _("Give both times, or none."))
        elif starts and ends and starts >= ends:
            self.add_error("day_ends", _("Work ends after it begins: choose a later time."))
        return given


class _Invited(Autofilled):
    """Their address, where mail can go there; where none leaves the house the link is handed over in any case."""

    email = _email(required=False, help_text=_("Without one you hand the link over yourself."))

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        if not mail.has_server():
            self.fields["email"].help_text = ""


class Invite(_Invited):
    """Somebody new. Without an address the link is handed over."""

    name = _name()
    role = forms.ChoiceField(label=_("Role"), required=False)
    once = Once()
    field_order = ("name", "email", "role", "once")

    def __init__(self, *args: Any, with_role: bool = False, **more: Any) -> None:
        super().__init__(*args, **more)
        if with_role:
            self.fields["role"].choices = [("", _("Member")), *roles()]  # type: ignore[attr-defined]
        else:
            del self.fields["role"]


class InvitePlaceholder(_Invited):
    """Somebody known from history: their address, where the house does not know it."""


def roles() -> list[tuple[str, Any]]:
    from potluck.people.queries import role_words

    return list(role_words().items())


class Roles(Autofilled):
    roles = forms.MultipleChoiceField(label=_("Roles"), required=False)

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["roles"].choices = roles()  # type: ignore[attr-defined]


class Mailbox(Autofilled):
    email = _email()


class OwnMailbox(Autofilled):
    """One's own mailbox: a new one, or the one that is not proved yet. Who has a password gives it: a browser left open is no
    way to somebody's place. Where no mail goes out, the password alone says who it is."""

    auto = {"email": "email", "password": "current-password"}
    email = _email(help_text=_("A code goes there. You sign in with it once you have typed the code here."))
    password = forms.CharField(
        label=_("The password you have now"), strip=False, max_length=200, validators=[unbroken], widget=forms.PasswordInput
    )

    def __init__(self, *args: Any, person: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.person = person
        if not person.has_usable_password():
            del self.fields["password"]
        if not mail.has_server():
            self.fields["email"].help_text = _(
                "You sign in with it from now on. Once mail leaves this house, you confirm it with a code."
            )

    def clean_email(self) -> str:
        from potluck.people.queries import waits_for_proof

        email = self.cleaned_data["email"].lower()
        if email == self.person.email and not (mail.has_server() and waits_for_proof(email)):
            raise forms.ValidationError(_("This is your mailbox already."))
        return str(email)

    def clean_password(self) -> str:
        password = self.cleaned_data["password"]
        if not self.person.check_password(password):
            raise forms.ValidationError(_("That is not the password you have now."))
        return str(password)


WEEKDAYS = [
    (1, _("Monday")),
    (2, _("Tuesday")),
    (3, _("Wednesday")),
    (4, _("Thursday")),
    (5, _("Friday")),
    (6, _("Saturday")),
    (7, _("Sunday")),
]


class Furnishing(OfHouse):
    """The settings of the house."""

    weekdays = forms.TypedMultipleChoiceField(label=_("Working days"), choices=WEEKDAYS, coerce=int, required=False)
    turn_to = forms.ChoiceField(label=_("The person to turn to"), required=False)
    mail_domains = Line(
        label=_("Mail domains with an open door"),
        limit=600,
        required=False,
        help_text=_("Whoever has an address there can come in by a code. Separated by commas; empty: by invitation only."),
    )

    def __init__(self, *args: Any, candidates: list[tuple[str, str]], **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["turn_to"].choices = [("", _("Nobody yet")), *candidates]  # type: ignore[attr-defined]

    def clean_mail_domains(self) -> list[str]:
        """``example.org, Example.com`` as a list. A domain where anybody gets an address is no house."""
        wanted = [part.strip().lower().lstrip("@") for part in self.cleaned_data["mail_domains"].split(",")]
        domains = list(dict.fromkeys(filter(None, wanted)))
        check = EmailValidator()
        for domain in domains:
            try:
                check(f"somebody@{domain}")
            except forms.ValidationError:
                raise forms.ValidationError(
                    _("%(domain)s is no mail domain: one looks like example.org."), params={"domain": domain}
                ) from None
            if domain in ANYBODYS:
                raise forms.ValidationError(
                    _("Anybody can get an address at %(domain)s: invite these people instead."), params={"domain": domain}
                )
            if len(domain) > 120:
                raise forms.ValidationError(_("A mail domain has at most 120 characters."))
        return domains


ANYBODYS = {
    "gmail.com", "googlemail.com", "outlook.com", "outlook.de", "hotmail.com", "hotmail.de", "live.com", "yahoo.com", "yahoo.de",
    "gmx.de", "gmx.net", "gmx.at", "gmx.ch", "web.de", "t-online.de", "freenet.de", "posteo.de", "mailbox.org", "icloud.com",
    "me.com", "aol.com", "proton.me", "protonmail.com",
}
