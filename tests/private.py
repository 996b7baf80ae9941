"""What is private, by what the house itself says: pages by its addresses, facts by the readers of their fields.

The lists of ``test_two_worlds.py`` and ``test_canaries.py`` are held against it: a page or a field that is missing there, and
has no reason why, fails a test.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from urllib.parse import urlsplit

from django.db import models
from django.urls import resolve, reverse

from potluck.core.declared import Readers
from tests import test_declared as declarations
from tests import test_routes as matrix
from tests import world

_OWN_PROOF = "opened by a secret that one person holds: its room's tests walk it"
#: Pages that are not read by everybody in turn, each with its reason.
NOT_READ = {
    "claim:invitation": _OWN_PROOF,
    "exchange:upload": _OWN_PROOF,
    "exchange:withdrawal": _OWN_PROOF,
    "notices:opened": _OWN_PROOF,
    "notices:unsubscribe": _OWN_PROOF,
    "people:invite_placeholder": _OWN_PROOF,
    "people:own_mailbox_code": _OWN_PROOF,
    "people:sign_in_link": _OWN_PROOF,
    "people:start": _OWN_PROOF,
    "thanks:card": _OWN_PROOF,
}


def to_read() -> set[str]:
    """Names of all routes that show something."""
    return {name for name, view in matrix.routes().items() if "GET" in getattr(view, "takes", ["GET"])}


def pages(house: world.World) -> list[str]:
    """Every page of the house about every thing in it."""
    needs = {name: need for (name, method), need in matrix.wanted().items() if method == "GET"}
    return [
        reverse(name, args=thing.args)
        for name in sorted(to_read() & set(needs) - set(NOT_READ))
        for thing in matrix.things(house, name, needs[name])
    ]


def one_of_each(house: world.World) -> list[str]:
    """One page of each route."""
    return list({resolve(address).view_name: address for address in reversed(pages(house))}.values())


def not_among(addresses: Iterable[str]) -> list[str]:
    """Routes that show something, are asked for by none of these addresses, and have no reason why."""
    asked = {resolve(urlsplit(address).path).view_name for address in addresses}
    return sorted(to_read() - asked - set(NOT_READ))


def fields(*readers: Readers) -> dict[str, models.Field]:
    """{"room.Model.field": field} of everything we keep that these may read."""
    return {
        f"{model._meta.label}.{field.name}": field
        for model in declarations.ours()
        for field in declarations.fields_of(model)
        if field.declaration.readers in readers  # type: ignore[attr-defined]
    }


def without(found: Iterable[str], exceptions: Mapping[str, str]) -> list[str]:
    """What of ``found`` is not excepted, by its own name or by that of its model."""
    return sorted(name for name in found if name not in exceptions and name.rpartition(".")[0] not in exceptions)
