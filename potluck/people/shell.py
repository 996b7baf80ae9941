"""What the commands of this room share."""

from __future__ import annotations

from potluck.core.trouble import Trouble
from potluck.people.models import Person
from potluck.people.queries import by_address


def somebody(email: str, *, who_may_come_in: bool = False) -> Person:
    """The person with this address; ``who_may_come_in``: neither closed, nor still awaited. Raises ``Trouble``."""
    person = by_address(email)
    if person is None:
        raise Trouble(f"Nobody has the address {email}: `potluck person add {email} --name NAME` adds them.")
    if who_may_come_in and person.is_placeholder:
        raise Trouble(f"{person.name} has not claimed their place yet: they come in by an invitation.")
    if who_may_come_in and not person.is_active:
        raise Trouble(f"The access of {person.name} is closed: an administrator opens it again on /house/people/.")
    return person
