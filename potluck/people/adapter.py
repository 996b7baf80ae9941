"""allauth's way in, as this house wants it: signing up is closed, but for the mail domains the administrator opened."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter


def display(person: Any) -> str:
    return person.name


class Door(DefaultAccountAdapter):
    def is_open_for_signup(self, request: Any) -> bool:
        return False
