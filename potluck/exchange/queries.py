"""Every read about imports."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from potluck.core import house
from potluck.core.rules import require
from potluck.exchange import report
from potluck.exchange.models import Import


def past_imports(viewer: Any) -> list[SimpleNamespace]:
    """What was brought, newest first, each with its report in words; one that is not finished has none. Raises ``Refused``."""
    require(viewer, "imports.bring")
    return [
        SimpleNamespace(
            name=past.name,
            at=past.readable_at or past.begun_at,
            by=past.by,
            private=past.private,
            messages=past.messages,
            is_finished=past.readable_at is not None,
            came=list(report.numbers(past.report)),
            stayed_out=list(report.reasons(past.report)),
        )
        for past in Import.objects.select_related("by").order_by("-begun_at", "-pk")
    ]


def command() -> str:
    """What to type in the folder of this house, before the path of the export."""
    return f"{house.command()} import slack"
