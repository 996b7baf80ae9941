"""Mail about notices: when it may come, what stands in it, and that it goes out once."""

from __future__ import annotations

from django.core import signing
from django.http import Http404

from potluck.people.models import Person

_SALT = "notices.unsubscribe"


def unsubscribe_path(person: Person) -> str:
    """Where this person, and nobody else, ends their mail without signing in."""
    return f"/unsubscribe/{signing.dumps(person.handle, salt=_SALT)}/"


def unsubscriber(token: str) -> Person:
    """Whose mail this link ends, or 404."""
    try:
        person = Person.objects.filter(handle=signing.loads(token, salt=_SALT)).first()
    except signing.BadSignature:
        person = None
    if person is None:
        raise Http404
    return person
