"""Every read of the inbox. Only the receiver looks into it."""

from __future__ import annotations

from typing import Any

from potluck.notices.models import Notice


def has_unread(viewer: Any) -> bool:
    return Notice.objects.filter(receiver=viewer, read_at=None).exists()
