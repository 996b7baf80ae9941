"""What was said after a change ("Your answer is there."), until the next page shows it: in a signed cookie, so that a change
need not write the session, too. What is too long for a cookie lies in the session."""

from __future__ import annotations

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.contrib.messages.storage.fallback import FallbackStorage
from django.contrib.messages.storage.session import SessionStorage


class InCookie(CookieStorage):
    cookie_name = f"potluck_said_{settings.COOKIE_SUFFIX}"


class Said(FallbackStorage):
    storage_classes = (InCookie, SessionStorage)
