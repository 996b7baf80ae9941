"""The archive as a set of named files, opened only after it has been looked at from outside.

A ZIP file comes from somewhere else: before a single entry is unpacked, its list of contents must be small
enough, its names must stay inside it, and what it claims to unpack to must fit. Nothing is ever written to
disk. A folder, which is what an unpacked export is, keeps the same rules.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
import struct
import unicodedata
import zipfile
import zlib
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from django.utils.translation import gettext as _

from potluck.exchange.source import BadArchive, Limits

END = b"PK\x05\x06"
END64 = b"PK\x06\x06"
LEAST_ENTRY = 46
NOISE = re.compile(r"(^|/)(__MACOSX(/|$)|\.DS_Store$|Thumbs\.db$|desktop\.ini$|\._)")


# What zipfile raises where the bytes are not what the list of contents says.
DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    OSError,
    RuntimeError,
    NotImplementedError,
    UnicodeError,
    struct.error,
)


class Archive(ABC):
    """Files by name. ``names`` maps a name (NFC, ``/`` between folders) to its size in bytes."""

    def __init__(self, names: dict[str, int], fingerprint: str):
        self.names = names
        self.fingerprint = fingerprint

    @abstractmethod
    def open(self, name: str) -> IO[bytes]:
        """The bytes of one file, to be read in a stream."""

    @abstractmethod
    def close(self) -> None:
        """Whatever is open is let go."""


@contextmanager
def opened(path: Path, limits: Limits) -> Iterator[Archive]:
    """The archive at ``path``, a ZIP file or a folder. Raises BadArchive with a sentence for the reader."""
    archive: Archive
    try:
        archive = Folder(path, limits) if path.is_dir() else Zip(path, limits)
    except FileNotFoundError as error:
        raise BadArchive(_("There is no file or folder at “%(path)s”.") % {"path": path}) from error
    except PermissionError as error:
        raise BadArchive(_("“%(path)s” may not be read by this account.") % {"path": path}) from error
    except OSError as error:
        raise BadArchive(_("“%(path)s” cannot be read: %(why)s.") % {"path": path, "why": error.strerror}) from error
    try:
        yield archive
    finally:
        archive.close()


class Zip(Archive):
    def __init__(self, path: Path, limits: Limits):
        with path.open("rb") as file:
            if file.read(4) not in (b"PK\x03\x04", END):
                raise BadArchive(
                    _("“%(path)s” is not a ZIP file. A Slack export is a ZIP file, or the folder it was unpacked to.")
                    % {"path": path}
                )
            _check_contents(path, file, limits)
        try:
            self.zip = zipfile.ZipFile(path)
        except (zipfile.BadZipFile, struct.error, ValueError, NotImplementedError) as error:
            raise BadArchive(_truncated(path)) from error
        try:
            self.entries = _checked(path, self.zip.infolist(), limits)
        except BaseException:
            self.zip.close()
            raise
        contents = sorted((name, entry.file_size, entry.CRC) for name, entry in self.entries.items())
        super().__init__({name: entry.file_size for name, entry in self.entries.items()}, _fingerprint(contents))

    def open(self, name: str) -> IO[bytes]:
        return self.zip.open(self.entries[name])

    def close(self) -> None:
        self.zip.close()


def _truncated(path: Path) -> str:
    return _("“%(path)s” is not complete: the end of the ZIP file is missing. Please download the export again.") % {
        "path": path
    }


def _check_contents(path: Path, file: IO[bytes], limits: Limits) -> None:
    """How many entries the archive can hold, told from the size of its list before that list is read to
    memory.
    """
    size = file.seek(0, os.SEEK_END)
    start = max(0, size - 65_557)
    file.seek(start)
    tail = file.read()
    at = tail.rfind(END)
    if at < 0 or len(tail) - at < 22:
        raise BadArchive(_truncated(path))
    listed = int.from_bytes(tail[at + 12 : at + 16], "little")
    if listed == 0xFFFFFFFF:
        large = tail.rfind(END64, 0, at)
        if large < 0 or len(tail) - large < 56:
            raise BadArchive(_truncated(path))
        listed = int.from_bytes(tail[large + 40 : large + 48], "little")
    if listed > size:
        raise BadArchive(_truncated(path))
    if listed // LEAST_ENTRY > limits.entries and _entries_at_least(file, start + at - listed, listed, limits.entries):
        raise BadArchive(_too_many(path, limits))


def _entries_at_least(file: IO[bytes], start: int, listed: int, most: int) -> bool:
    """Whether the list of contents holds more than ``most`` entries; reads one fixed head after the other."""
    at, count, end = max(0, start), 0, start + listed
    while at < end and count <= most:
        file.seek(at)
        head = file.read(LEAST_ENTRY)
        if len(head) < LEAST_ENTRY or head[:4] != b"PK\x01\x02":
            break
        name, extra, comment = struct.unpack("<HHH", head[28:34])
        at += LEAST_ENTRY + name + extra + comment
        count += 1
    return count > most


def _too_many(path: Path, limits: Limits) -> str:
    return _("“%(path)s” holds more than %(most)s files, more than can be opened safely.") % {
        "path": path,
        "most": f"{limits.entries:,}",
    }


def _checked(path: Path, entries: list[zipfile.ZipInfo], limits: Limits) -> dict[str, zipfile.ZipInfo]:
    if len(entries) > limits.entries:
        raise BadArchive(_too_many(path, limits))
    files: dict[str, zipfile.ZipInfo] = {}
    for entry in entries:
        name = _name(entry)
        _check_name(path, name, entry.orig_filename)
        kind = stat.S_IFMT(entry.external_attr >> 16)
        if kind and kind not in (stat.S_IFREG, stat.S_IFDIR):
            raise BadArchive(
                _(
                    "“%(path)s” contains a link (“%(name)s”) instead of a file. A Slack export has none, "
                    "so it was not opened."
                )
                % {"path": path, "name": name}
            )
        if entry.is_dir() or NOISE.search(name):
            continue
        if entry.flag_bits & 0x1:
            raise BadArchive(
                _("“%(path)s” is protected by a password. Please unpack it and give the folder.") % {"path": path}
            )
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise BadArchive(
                _("“%(path)s” was packed in an unusual way. Please unpack it and give the folder.") % {"path": path}
            )
        if name in files:
            raise BadArchive(
                _("“%(path)s” contains “%(name)s” twice, so nobody can tell which is right.")
                % {"path": path, "name": name}
            )
        files[name] = entry
    _check_sizes(path, files, limits)
    _check_overlap(path, files)
    return files


def _name(entry: zipfile.ZipInfo) -> str:
    """Slack writes UTF-8 names without saying so; Python then reads them as cp437."""
    name = entry.orig_filename
    if not entry.flag_bits & 0x800:
        with suppress(UnicodeError):
            name = name.encode("cp437").decode("utf-8")
    return unicodedata.normalize("NFC", name)


def _check_name(path: Path, name: str, written: str) -> None:
    parts = name.rstrip("/").split("/")
    if (
        "\0" in name
        or "\\" in name
        or name.startswith("/")
        or re.match(r"[A-Za-z]:", name)
        or ".." in parts
        or "." in parts
    ):
        raise BadArchive(
            _("“%(path)s” contains a name that leads out of the archive (“%(name)s”), so it was not opened.")
            % {"path": path, "name": written.replace("\0", "\\0")}
        )


def _check_sizes(path: Path, files: dict[str, zipfile.ZipInfo], limits: Limits) -> None:
    unpacked = sum(entry.file_size for entry in files.values())
    packed = sum(entry.compress_size for entry in files.values())
    _check_total(path, unpacked, limits)
    worst = max(files.values(), key=lambda entry: entry.file_size, default=None)
    if (unpacked > limits.ratio_from and unpacked > limits.ratio * max(packed, 1)) or (
        worst and worst.file_size > limits.ratio_from and worst.file_size > limits.ratio * max(worst.compress_size, 1)
    ):
        raise BadArchive(
            _(
                "“%(path)s” would unpack to more than %(ratio)s times its size. No real export does, "
                "so it was not opened."
            )
            % {"path": path, "ratio": limits.ratio}
        )


def _check_total(path: Path, unpacked: int, limits: Limits) -> None:
    if unpacked > limits.unpacked:
        raise BadArchive(
            _("“%(path)s” would unpack to %(size)s GB, more than the %(most)s GB that can be opened safely.")
            % {"path": path, "size": f"{unpacked / 1024**3:,.1f}", "most": f"{limits.unpacked / 1024**3:,.0f}"}
        )


def _check_overlap(path: Path, files: dict[str, zipfile.ZipInfo]) -> None:
    """Entries that share their bytes are how a small file claims to be a huge one."""
    end = 0
    for entry in sorted(files.values(), key=lambda entry: entry.header_offset):
        if entry.header_offset < end:
            raise BadArchive(
                _(
                    "“%(path)s” was put together so that its files lie over each other. No real export is, "
                    "so it was not opened."
                )
                % {"path": path}
            )
        end = entry.header_offset + 30 + entry.compress_size


class Folder(Archive):
    def __init__(self, path: Path, limits: Limits):
        self.files: dict[str, Path] = {}
        names: dict[str, int] = {}
        contents = []
        for folder, folders, files in os.walk(path, followlinks=False):
            for found in [*folders, *files]:
                place = Path(folder, found)
                name = unicodedata.normalize("NFC", place.relative_to(path).as_posix())
                about = place.lstat()
                if NOISE.search(name) or stat.S_ISDIR(about.st_mode):
                    continue
                if not stat.S_ISREG(about.st_mode):
                    raise BadArchive(
                        _(
                            "“%(path)s” contains a link (“%(name)s”) instead of a file. "
                            "A Slack export has none, so it was not opened."
                        )
                        % {"path": path, "name": name}
                    )
                if len(names) >= limits.entries:
                    raise BadArchive(_too_many(path, limits))
                self.files[name] = place
                names[name] = about.st_size
                contents.append((name, about.st_size, about.st_mtime_ns))
        _check_total(path, sum(names.values()), limits)
        super().__init__(names, _fingerprint(sorted(contents)))

    def close(self) -> None:
        """Nothing stays open: each file is closed by whoever reads it."""

    def open(self, name: str) -> IO[bytes]:
        return self.files[name].open("rb")


def _fingerprint(contents: list[tuple[str, int, int]]) -> str:
    """The same archive has the same fingerprint wherever it lies: an interrupted import is recognised by
    it.
    """
    digest = hashlib.sha256()
    for row in contents:
        digest.update(repr(row).encode("utf-8", "surrogatepass"))
    return digest.hexdigest()
