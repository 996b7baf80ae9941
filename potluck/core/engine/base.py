"""Django's PostgreSQL, with moments read by the standard library: its own reading takes a twentieth of a home page."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.db.backends.postgresql import base
from psycopg.adapt import AdaptersMap, Loader


class Moment(Loader):
    """``timestamptz`` as text: the connection's time zone is UTC, so what comes is ISO 8601."""

    timezone = UTC  # Django looks here whether it must read otherwise

    def load(self, data: Any) -> datetime:
        return datetime.fromisoformat(str(data, "ascii"))


class DatabaseWrapper(base.DatabaseWrapper):
    def get_connection_params(self) -> dict[str, Any]:
        params = super().get_connection_params()
        adapters = AdaptersMap(params["context"].adapters)
        adapters.register_loader("timestamptz", Moment)
        params["context"] = _Context(adapters)
        return params


class _Context:
    """What psycopg takes adapters from."""

    connection = None

    def __init__(self, adapters: AdaptersMap) -> None:
        self.adapters = adapters
