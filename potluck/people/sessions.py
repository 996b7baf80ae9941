"""Django's database sessions, with the person they belong to, so that everybody can list and end their own."""

from __future__ import annotations

from typing import Any

from django.contrib.sessions.backends.db import SessionStore as Rows


class SessionStore(Rows):
    @classmethod
    def get_model_class(cls):  # type: ignore[no-untyped-def]
        from potluck.people.models import Session

        return Session

    def create_model_instance(self, data: dict) -> Any:
        row: Any = super().create_model_instance(data)
        row.person_id = int(data["_auth_user_id"]) if "_auth_user_id" in data else None
        row.device = data.get("device", "")
        if "began_at" in data:
            from datetime import datetime

            row.began_at = datetime.fromisoformat(data["began_at"])
            row.key = data["key"]
        return row
