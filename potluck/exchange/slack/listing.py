"""A JSON array, item by item, in memory for one item only."""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterator
from typing import IO

SPACE = " \t\r\n"
CHUNK = 1 << 16


class BadListing(ValueError):
    """Not a JSON array, or broken on the way. The text says where, in characters."""


class TooLarge(BadListing):
    """A single item is larger than any message can be."""


def items(file: IO[bytes], largest: int) -> Iterator[object]:
    """The items of the array in ``file``, none longer than ``largest`` characters; raises BadListing where
    it breaks.
    """
    reader = codecs.getincrementaldecoder("utf-8-sig")("replace")
    decoder = json.JSONDecoder()
    buffer, at, ended, passed = "", 0, False, 0

    def more(wanted: int) -> None:
        nonlocal buffer, at, ended, passed
        passed += at
        buffer, at = buffer[at:], 0
        chunk = file.read(wanted)
        ended = not chunk
        buffer += reader.decode(chunk, final=ended)

    def sign() -> str:
        nonlocal at
        while True:
            while at < len(buffer) and buffer[at] in SPACE:
                at += 1
            if at < len(buffer) or ended:
                return buffer[at : at + 1]
            more(CHUNK)

    if sign() != "[":
        raise BadListing("does not begin with [")
    at += 1
    if sign() == "]":
        return
    while True:
        sign()
        while True:
            try:
                item, end = decoder.raw_decode(buffer, at)
                if end < len(buffer) or ended:
                    break
            except RecursionError as error:
                raise BadListing(f"nested too deep at character {passed + at}") from error
            except ValueError as error:
                if ended:
                    raise BadListing(f"broken at character {passed + at}") from error
            if len(buffer) - at > largest:
                raise TooLarge(f"an item of more than {largest} characters at character {passed + at}")
            more(max(CHUNK, len(buffer) - at))
        if end - at > largest:
            raise TooLarge(f"an item of more than {largest} characters at character {passed + at}")
        yield item
        at = end
        match sign():
            case ",":
                at += 1
            case "]":
                return
            case _:
                raise BadListing(f"broken at character {passed + at}")
