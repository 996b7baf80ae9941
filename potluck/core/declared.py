"""Every stored fact about a person says, where it is defined, what it is for, who can read it and how long it stays.

``declared(models.CharField(...), purpose=..., readers=..., retention=...)`` returns the field unchanged but for
its declaration; ``tests/test_declared.py`` fails on a field without one. Source: GDPR Art. 5 and 30.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from django.db import models


class Readers(StrEnum):
    """Who can read a fact through the product."""

    NOBODY = "nobody"  # secrets and machinery: hashes, tokens, claims
    OWNER = "the person themself"
    MEMBERS = "everybody in the house"
    REACH = "whoever may see the act"
    GROUP = "whoever may see the group"
    HOSTS = "the hosts of the group"
    GIVER_AND_RECEIVERS = "the giver and the receivers"
    ADMINISTRATORS = "administrators, and the person themself"
    COMMUNITY_MANAGERS = "community managers"


class Retention(StrEnum):
    """How long a fact stays."""

    HOUSE = "as long as the house stands"
    PERSON = "until the person leaves the house"
    GROUP = "as long as the group"
    ACT = "as long as the act; withdrawn words 30 days more"
    SESSION = "until the session ends"
    USED = "until it is used or expires"
    MONTHS_12 = "twelve months"
    DAYS_90 = "ninety days"
    DAYS_30 = "thirty days"
    IMPORT = "as long as the import"


@dataclass(frozen=True)
class Declaration:
    purpose: str
    readers: Readers
    retention: Retention


Field = TypeVar("Field", bound=models.Field)


def declared(field: Field, *, purpose: str, readers: Readers, retention: Retention) -> Field:
    """The same field, declared."""
    field.declaration = Declaration(purpose, readers, retention)  # type: ignore[attr-defined]
    return field


def key(*, readers: Readers, retention: Retention) -> models.CharField:
    """The random name of a row in addresses: 12 characters of 5 bits, never a running number."""
    return declared(
        models.CharField(max_length=16, unique=True, default=random_key, editable=False),
        purpose="its name in addresses",
        readers=readers,
        retention=retention,
    )


#: 32 letters and digits that nobody confuses: no i, l, o, 1.
_LETTERS = "abcdefghjkmnpqrstuvwxyz023456789"


def random_key() -> str:
    """Twelve characters, 60 bits, from one look at the machine's randomness (a page asks for many)."""
    return "".join(_LETTERS[byte & 31] for byte in os.urandom(12))
