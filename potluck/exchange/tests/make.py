"""Small invented Slack exports, in the layout of real ones."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

DAY = 1_700_000_000  # 14 November 2023, 22:13:20 UTC


def person(id: str, name: str, email: str = "", **more) -> dict:
    profile = {"real_name": name, **({"email": email} if email else {}), **more.pop("profile", {})}
    slug = name.lower().replace(" ", ".")
    return {"id": id, "team_id": "T1", "name": slug, "real_name": name, "profile": profile, **more}


def channel(id: str, name: str, members: list[str] | None = None, **more) -> dict:
    return {
        "id": id,
        "name": name,
        "created": DAY - 1000,
        "creator": "U1",
        "is_archived": False,
        "members": members if members is not None else ["U1", "U2"],
        "topic": {"value": ""},
        "purpose": {"value": ""},
        **more,
    }


def said(text: str, by: str = "U1", at: float | str = 0, **more) -> dict:
    """A message ``at`` seconds after DAY (or at a ``ts`` given as a string)."""
    ts = at if isinstance(at, str) else f"{DAY + int(at)}.{round(at % 1 * 1_000_000):06d}"
    return {"type": "message", "user": by, "text": text, "ts": ts, **more}


def ts(at: int) -> str:
    return f"{DAY + at}.000000"


MIRA, NIKO = person("U1", "Mira Beispiel", "mira@example.org"), person("U2", "Niko Muster", "niko@example.org")


def contents(messages: dict[str, list] | list, **lists) -> dict[str, str]:
    """The files of an export: ``messages`` by folder (or those of #allgemein), lists by their name."""
    messages = messages if isinstance(messages, dict) else {"allgemein": messages}
    lists = {"users": [MIRA, NIKO], "channels": [channel("C1", "allgemein")], **lists}
    files = {f"{name}.json": json.dumps(rows) for name, rows in lists.items() if rows is not None}
    for place, rows in messages.items():
        name = place if "/" in place else f"{place}/2023-11-14.json"
        files[name] = json.dumps(rows)
    return files


def zipped(path: Path, files: dict[str, str | bytes], name: str = "export.zip") -> Path:
    with zipfile.ZipFile(path / name, "w", zipfile.ZIP_DEFLATED) as archive:
        for file, content in files.items():
            archive.writestr(file, content)
    return path / name


def slack(path: Path, messages: dict[str, list] | list, name: str = "export.zip", **lists) -> Path:
    return zipped(path, contents(messages, **lists), name)
