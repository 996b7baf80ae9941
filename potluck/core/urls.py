"""Addresses for whoever builds the house; they exist in debug mode only."""

from __future__ import annotations

from django.urls import path

from potluck.core.mailbox import mailbox, one_mail
from potluck.core.parts import parts

urlpatterns = [
    path("parts/", parts, name="parts"),
    path("mail/", mailbox, name="mailbox"),
    path("mail/<slug:name>/", one_mail, name="one-mail"),
]
