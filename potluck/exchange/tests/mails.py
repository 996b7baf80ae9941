"""Small invented archives of mailing lists, in the layout of real ones."""

from __future__ import annotations

import gzip
import lzma
from pathlib import Path

FIRST_LINE = b"From mboxrd@z Thu Jan  1 00:00:00 1970\n"
MIRA, NIKO = "Mira Beispiel <mira@example.org>", "Niko Muster <niko@example.org>"
PACKED = {".gz": gzip.compress, ".xz": lzma.compress, "": bytes}


def mail(text: str | bytes = "Hallo", by: str = MIRA, id: str | None = "1", at: int = 0, **headers: str | bytes | None) -> bytes:
    """A mail ``at`` seconds after noon of 14 November 2023; a header that is None is left out, ``_`` in its name is ``-``."""
    hours, seconds = divmod(at, 3600)
    told: dict[str, str | bytes | None] = {
        "From": by,
        "Date": f"Tue, 14 Nov 2023 {12 + hours:02}:{seconds // 60:02}:{seconds % 60:02} +0000",
        "Subject": "[Talk] Lampen",
        "Message-ID": f"<{id}@example.org>" if id is not None else None,
        "Content-Type": "text/plain; charset=utf-8",
        "Content-Transfer-Encoding": "8bit",
    }
    told |= {name.replace("_", "-"): value for name, value in headers.items()}
    lines = [name.encode() + b": " + _bytes(value) for name, value in told.items() if value is not None]
    return FIRST_LINE + b"\n".join(lines) + b"\n\n" + _bytes(text) + b"\n\n"


def answer(to: str, text: str | bytes = "Ja", by: str = NIKO, id: str = "2", at: int = 60, **headers) -> bytes:
    return mail(text, by, id, at, **{"In_Reply_To": f"<{to}@example.org>", "Subject": "Re: [Talk] Lampen", **headers})


def mbox(folder: Path, *mails: bytes, name: str = "talk.mbox") -> Path:
    """The archive, packed as its name says."""
    path = folder / name
    path.write_bytes(PACKED.get(path.suffix, bytes)(b"".join(mails)))
    return path


def _bytes(text: str | bytes) -> bytes:
    return text if isinstance(text, bytes) else text.encode()
