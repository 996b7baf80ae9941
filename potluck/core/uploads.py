"""Files that a browser sends. No address takes any but the one that says so: it puts a ``ToDisk`` before the form is read."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler


class NoFiles(FileUploadHandler):
    """The handler of every other address: a form with a file in it is too large, before a byte of it is kept."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        raise RequestDataTooBig("this address takes no files")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        return raw_data

    def file_complete(self, file_size: int) -> None:
        return None


class Kept(UploadedFile):
    """A file that lies on the disk already; ``path`` is where."""

    def __init__(self, path: Path, name: str, size: int):
        super().__init__(None, name, size=size)
        self.path = path


class ToDisk(FileUploadHandler):
    """Writes the one file of a form into ``folder`` as it comes in, never more than ``most`` bytes, never into memory."""

    def __init__(self, folder: Path, most: int):
        super().__init__()
        self.folder, self.most = folder, most
        self.out: Any = None
        self.size = 0

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        if self.out is not None:
            raise RequestDataTooBig("one file at a time")
        self.path = self.folder / safe_name(self.file_name or "")
        self.out = self.path.open("xb")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self.size += len(raw_data)
        if self.size > self.most:
            self.out.close()
            raise RequestDataTooBig(f"more than {self.most} bytes")
        self.out.write(raw_data)

    def file_complete(self, file_size: int) -> Kept:
        self.out.close()
        return Kept(self.path, self.file_name or "", self.size)

    def upload_interrupted(self) -> None:
        if self.out is not None:
            self.out.close()


def safe_name(name: str) -> str:
    """A file's name that means nothing to a file system: no folder, no dot in front, no sign that a shell knows."""
    name = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    name = re.sub(r"[^\w.() -]", "_", name).strip(". ")
    stem, dot, end = name.rpartition(".")
    short = f"{stem[:80]}.{end[:16]}" if dot else name[:80]
    while len(short.encode()) > 200:
        short = short[1:]
    return "_" + short.lstrip("-") if short.startswith("-") else short or "file"
