"""allauth's way in, as this house wants it: signing up is its own page (views/doors.py), mail is a job, a session knows
what tells it from others, and whoever has not claimed their place yet cannot be signed in."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from allauth.account.forms import (
    ChangePasswordForm,
    ConfirmLoginCodeForm,
    LoginForm,
    RequestLoginCodeForm,
    ResetPasswordForm,
    ResetPasswordKeyForm,
    SetPasswordForm,
)
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from potluck.core.answers import is_in_house
from potluck.core.forms import unbroken
from potluck.core.mail import has_server
from potluck.people import codes
from potluck.people.letters import post
from potluck.people.queries import by_address, by_login, waits_for_proof
from potluck.people.sessions import sign_in


def display(person: Any) -> str:
    return person.name


class Door(DefaultAccountAdapter):
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "account_inactive": _("This place is closed at the moment. Ask the person to turn to."),
        "email_password_mismatch": _("Address and password do not belong together. Try again, or have a code sent."),
        "username_password_mismatch": _("Address and password do not belong together. Try again, or have a code sent."),
        "enter_current_password": _("That is not the password you have now."),
        "incorrect_code": _("That is not the code from the mail. Copy it once more, or have a new one sent."),
        "invalid_password_reset": _("This link has been used or is too old. Ask for a new one."),
        "too_many_login_attempts": _("That was tried too often. Wait a few minutes, then try again."),
        "rate_limited": _("That was tried too often. Wait a few minutes, then try again."),
    }

    def validation_error(self, code: str, *args: Any) -> ValidationError:
        """Where no mail goes out, no code is promised to whoever mistyped their password."""
        if code in ("email_password_mismatch", "username_password_mismatch") and not has_server():
            return ValidationError(_("Address and password do not belong together. Try again."), code=code)
        return super().validation_error(code, *args)  # type: ignore[no-any-return]

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def generate_login_code(self) -> str:
        return codes.fresh()

    def is_safe_url(self, url: str | None) -> bool:
        """Where one may be led after a door: allauth's own check breaks over odd hosts."""
        return is_in_house(url)

    def pre_login(self, request: HttpRequest, user: Any, **more: Any) -> HttpResponse | None:
        if not may_sign_in(user):
            return self.respond_user_inactive(request, user)  # type: ignore[no-any-return]
        return super().pre_login(request, user, **more)

    def login(self, request: HttpRequest, user: Any) -> None:
        sign_in(request, user)

    def send_mail(self, template_prefix: str, email: str, context: dict) -> None:
        """As a job: an answer takes equally long whether somebody has the address or not (where nobody has, the mail is made
        and goes to nobody). In the language its receiver chose, else that of whoever asks."""
        request = self.request
        receiver = by_address(email)
        with translation.override((receiver.language if receiver else "") or translation.get_language()):
            message: EmailMessage = self.render_mail(
                template_prefix, email, {"request": request, "email": email, "house": request.house, **context}
            )
        post(message, to_nobody=template_prefix == "account/email/unknown_account")

    def send_notification_mail(self, template_prefix: str, user: Any, context: Any = None, email: Any = None) -> None:
        """A changed password is told to its owner; without the address and browser that allauth would name."""
        self.send_mail(template_prefix, email or user.email, {"user": user, **(context or {})})

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return "/me/"


def may_sign_in(person: Any) -> bool:
    return person.is_active and not person.is_placeholder and not person.is_bot


class Password(AuthenticationBackend):
    """One look and one hashing, whoever is typed: allauth looks twice, and hashes twice for whoever is here."""

    def _authenticate(self, request: HttpRequest | None, **credentials: Any) -> Any:
        typed = credentials.get("email") or credentials.get("username") or ""
        return self._check_password(by_login(typed), credentials.get("password") or "")


def _whole(form: Any) -> None:
    """What arrived broken is refused in our words, before a library's look at it."""
    for field in form.fields.values():
        field.validators.insert(0, unbroken)


class ByPassword(LoginForm):
    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        _whole(self)
        self.fields["login"].label = _("E-mail address")
        self.fields["login"].help_text = _("Without one, your name here: like mira-sand.")
        self.fields["login"].max_length = 254
        self.fields["login"].widget.attrs["autocomplete"] = "username"
        self.fields["password"].label = _("Password")
        self.fields["password"].help_text = ""


class AskForCode(RequestLoginCodeForm):
    _user: Any

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        _whole(self)
        self.fields["email"].label = _("E-mail address")

    def clean_email(self) -> str:
        email = super().clean_email()
        if waits_for_proof(email) or self._user and not may_sign_in(self._user):
            self._user = None
        return email


class TypeCode(ConfirmLoginCodeForm):
    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        _whole(self)
        self.fields["code"].label = _("Code")

    def clean_code(self) -> str:
        self.cleaned_data["code"] = codes.plain(self.cleaned_data["code"])
        return str(super().clean_code())


class Forgotten(ResetPasswordForm):
    users: list[Any]

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        _whole(self)
        self.fields["email"].label = _("E-mail address")

    def clean_email(self) -> str:
        email = super().clean_email()
        unproved = waits_for_proof(email)
        self.users = [person for person in self.users if may_sign_in(person) and not unproved]
        return email


class _Once:
    """A new password is typed once: it can be shown, and a forgotten one is no misfortune here."""

    fields: dict[str, Any]

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        del self.fields["password2"]
        _whole(self)
        self.fields["password1"].label = _("New password")
        self.fields["password1"].help_text = _("At least ten characters. Three words you like are easy to keep in mind.")


class NewPassword(_Once, ResetPasswordKeyForm):
    pass


class FirstPassword(_Once, SetPasswordForm):
    pass


class OtherPassword(_Once, ChangePasswordForm):
    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["oldpassword"].label = _("The password you have now")
        self.fields["oldpassword"].help_text = ""
