"""What stands on a person's plate where there is no picture: initials, in one of the six tones."""
from __future__ import annotations

from hashlib import blake2b

TINTS = ("bread", "carrot", "butter", "herb", "beet", "plum")


def tint(handle: str) -> str:
    """One of the six tones, always the same for a handle."""
    return TINTS[blake2b(handle.encode(), digest_size=4).digest()[0] % len(TINTS)]


def initials(name: str) -> str:
    """At most two letters: of the first and the last word (``Nour Halabi-Stern`` is NH), ``?`` for a name without letters."""
    words = [word for word in name.replace("(", " ").split() if any(letter.isalnum() for letter in word)]
    firsts = [next(letter for letter in word if letter.isalnum()) for word in words]
    return "".join(firsts[:1] + firsts[1:][-1:]).upper() or "?"
