"""Django's PostgreSQL, with moments read by the standard library (its own reading takes a twentieth of a home page), and with
less patience while it is away."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.db.backends.postgresql import base
from psycopg.adapt import AdaptersMap, Loader
from psycopg_pool import PoolTimeout

#: Seconds that a page waits for a connection after another one has waited in vain: a database that is away longer than a
#: restart takes must not hold all threads, and whoever asks is told at once.
IMPATIENT = 0.2


class Moment(Loader):
    """``timestamptz`` as text: the connection's time zone is UTC, so what comes is ISO 8601."""

    timezone = UTC  # Django looks here whether it must read otherwise

    def load(self, data: Any) -> datetime:
        return datetime.fromisoformat(str(data, "ascii"))


class DatabaseWrapper(base.DatabaseWrapper):
    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Waits for PostgreSQL as long as a restart of it takes; once that was in vain, hardly at all until it is back."""
        pool = self.pool
        try:
            connection = super().get_new_connection(conn_params)
        except PoolTimeout:
            if pool:
                pool.timeout = IMPATIENT
            raise
        if pool:
            pool.timeout = self.settings_dict["OPTIONS"]["pool"]["timeout"]
        return connection

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
