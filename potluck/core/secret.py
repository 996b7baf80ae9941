"""The secret key of a house: made once, kept in the data folder, never in the repository."""

from __future__ import annotations

import os
import secrets
from pathlib import Path


def secret_key(data: Path) -> str:
    """The key in ``data/secret``; made (mode 0600) on the first call. Two processes that start together agree on one."""
    path = data / "secret"
    if not path.exists():
        data.mkdir(parents=True, exist_ok=True)
        own = path.with_name(f"secret.{os.getpid()}")
        own.write_text(secrets.token_urlsafe(48))
        own.chmod(0o600)
        try:
            os.link(own, path)  # fails where another process was first: then its key is the key
        except FileExistsError:
            pass
        finally:
            own.unlink()
    return path.read_text().strip()
