"""The bytes of an archive, message by message.

Packed or not is told by the first bytes, never by the name. Nothing is written to disk, no more than a few megabytes are
held, and what unpacks to very much more than it is, is no archive that anybody kept.
"""

from __future__ import annotations

import lzma
import re
import zlib
from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path
from typing import IO, Any

from django.utils.translation import gettext as _

from potluck.exchange.source import BadArchive, Limits

CHUNK = 1024**2
PIECE = 256 * 1024
#: What an archive may ask for to be unpacked: ``xz -9`` takes 65 MB.
DICTIONARY = 100 * 1024**2

#: A line that begins a message: "From ", a sender, a time; and after it a header. Anything else that begins with "From "
#: is words of a mail that nobody quoted.
LINE = rb"From [^\n]*\d:\d\d[^\n]*\n(?=[!-9;-~]+:)"
BEGIN, NEXT = re.compile(LINE), re.compile(rb"\n" + LINE)
LONGEST_LINE = 4_096


class Bytes:
    """A file of bytes, unpacked where it is packed. ``read_so_far`` counts the bytes of the file itself."""

    def __init__(self, path: Path, file: IO[bytes], limits: Limits):
        self.path, self.file, self.limits = path, file, limits
        self.read_so_far = 0
        self.unpacked = 0

    def messages(self, after: int = 0) -> Iterator[tuple[int, bytes]]:
        """(where it ends, the message with its first line) from the place ``after`` on; one that is too large comes empty.
        Raises ``BadArchive`` where no message begins."""
        pieces = _beyond(iter(self), after)
        held, place = (b"", after) if after else _first(self, pieces)
        looked, too_large = 0, False
        for piece in chain([b""], pieces):
            held += piece
            start = 0
            for found in NEXT.finditer(held, looked):
                at = found.start() + 1
                yield place + at, b"" if too_large else held[start:at]
                start, too_large = at, False
            held, place = held[start:], place + start
            looked = max(0, len(held) - LONGEST_LINE)
            if len(held) > self.limits.mail:
                held, place, looked, too_large = held[-LONGEST_LINE:], place + len(held) - LONGEST_LINE, 0, True
        if held:
            yield place + len(held), b"" if too_large else held

    def __iter__(self) -> Iterator[bytes]:
        self.file.seek(0)
        start = self.file.read(6)
        self.file.seek(0)
        try:
            if start[:2] == b"\x1f\x8b":
                pieces = self._unpacked(_Gzip)
            elif start == b"\xfd7zXZ\x00":
                pieces = self._unpacked(_Xz)
            else:
                pieces = self._pieces()
            for piece in pieces:
                self.unpacked += len(piece)
                self._check()
                yield piece
        except EOFError as error:
            raise BadArchive(
                _("“%(path)s” is not complete: its end is missing. Please fetch it again.") % {"path": self.path}
            ) from error
        except (lzma.LZMAError, zlib.error) as error:
            raise BadArchive(
                _("“%(path)s” is damaged and cannot be unpacked. Please fetch it again.") % {"path": self.path}
            ) from error
        except OSError as error:
            raise BadArchive(_("“%(path)s” cannot be read: %(why)s.") % {"path": self.path, "why": error.strerror}) from error

    def _pieces(self) -> Iterator[bytes]:
        while piece := self.file.read(PIECE):
            self.read_so_far += len(piece)
            yield piece

    def _unpacked(self, unpacker: Callable[[], Any]) -> Iterator[bytes]:
        """Several packed streams in one file follow each other, as ``cat`` leaves them."""
        one, begun = unpacker(), False
        for piece in self._pieces():
            while piece or not one.needs_more:
                if one.ended:
                    piece = piece.lstrip(b"\0")  # xz pads between its streams
                    if not piece:
                        break
                    one, begun = unpacker(), False
                out = one.feed(piece)
                begun = True
                if out:
                    yield out
                piece = one.rest if one.ended else b""
        if begun and not one.ended:
            raise EOFError

    def _check(self) -> None:
        limits = self.limits
        if self.unpacked > limits.unpacked:
            raise BadArchive(
                _("“%(path)s” would unpack to more than the %(most)s GB that can be opened safely.")
                % {"path": self.path, "most": f"{limits.unpacked / 1024**3:,.0f}"}
            )
        if self.unpacked > limits.ratio_from and self.unpacked > limits.ratio * max(1, self.read_so_far):
            raise BadArchive(
                _("“%(path)s” would unpack to more than %(ratio)s times its size. No real archive does, so it was not opened.")
                % {"path": self.path, "ratio": limits.ratio}
            )


class _Xz:
    def __init__(self) -> None:
        self.one = lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=DICTIONARY)

    def feed(self, piece: bytes) -> bytes:
        return self.one.decompress(piece, CHUNK)

    @property
    def ended(self) -> bool:
        return self.one.eof

    @property
    def rest(self) -> bytes:
        return self.one.unused_data

    @property
    def needs_more(self) -> bool:
        return self.one.eof or self.one.needs_input


class _Gzip:
    def __init__(self) -> None:
        self.one = zlib.decompressobj(wbits=31)
        self.full = False

    def feed(self, piece: bytes) -> bytes:
        out = self.one.decompress(self.one.unconsumed_tail + piece, CHUNK)
        self.full = len(out) == CHUNK
        return out

    @property
    def ended(self) -> bool:
        return self.one.eof

    @property
    def rest(self) -> bytes:
        return self.one.unused_data

    @property
    def needs_more(self) -> bool:
        return self.one.eof or not (self.one.unconsumed_tail or self.full)


def _beyond(pieces: Iterator[bytes], after: int) -> Iterator[bytes]:
    """The pieces without the first ``after`` bytes: they are staged already."""
    for piece in pieces:
        if after < len(piece):
            yield piece[after:]
        after = max(0, after - len(piece))


def _first(source: Bytes, pieces: Iterator[bytes]) -> tuple[bytes, int]:
    """The beginning, which must be that of a message, and where it lies."""
    held = b""
    while len(held) < 4 * LONGEST_LINE and (piece := next(pieces, b"")):
        held += piece
    start = len(held) - len(held.lstrip(b"\xef\xbb\xbf\r\n"))
    if not BEGIN.match(held, start):
        raise BadArchive(
            _("“%(path)s” is no mailing list archive: an mbox file begins with a line “From …”, and then comes a mail.")
            % {"path": source.path}
        )
    return held[start:], start
