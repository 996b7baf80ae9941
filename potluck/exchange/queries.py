"""Every read about imports."""

from __future__ import annotations

from typing import Any

from potluck.core.rules import require
from potluck.exchange.models import Import


def past_imports(viewer: Any) -> Any:
    """What was brought, newest first. An unfinished import is among them, without a report. Raises ``Refused``."""
    require(viewer, "imports.bring")
    return Import.objects.select_related("by").order_by("-begun_at", "-pk")
