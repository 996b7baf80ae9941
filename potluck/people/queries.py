"""Every read about people. The first parameter is who is looking."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.search import TrigramWordSimilarity
from django.db.models import Exists, OuterRef, Q
from django.db.models.expressions import RawSQL
from django.db.models.functions import Greatest, Lower
from django.http import Http404

from potluck.core import clock, text
from potluck.core.rules import may, require
from potluck.people.models import ROLE_WORDS, House, Invitation, Logged, Person, Role, Session, SignInLink
from potluck.people.verbs import GERMAN, digest, sort_key, the_house

#: What a plate and a name need.
PLATE = ("pk", "handle", "name", "unit__name")


def house() -> House:
    return the_house()


def timezone_of_the_house() -> str:
    """The zone the house lives in, or will by itself; for who only looks: no house is made."""
    found = House.objects.values_list("timezone", flat=True).first()
    return found or House._meta.get_field("timezone").get_default()


def visible_to(viewer: Any) -> Any:
    return Person.objects.visible_to(viewer)


def one(viewer: Any, handle: str) -> Person:
    """The person, or 404: what one may not see is the same as what does not exist."""
    person = visible_to(viewer).select_related("unit").filter(handle=handle).first()
    if person is None:
        raise Http404
    return person


def directory(viewer: Any, words: str = "") -> Any:
    """Everybody the viewer may see, by name; ``words`` narrows by name, unit or what they can help with."""
    people = visible_to(viewer).human().select_related("unit").order_by("sort_key", "pk")
    for word in words.split():
        people = people.filter(
            Q(name__icontains=word) | Q(unit__name__icontains=word) | Q(helps_with__icontains=word)
        )
    return people


#: Written so, begun so, or alike (pg_trgm); or one typing error away, which in a short name leaves few letters alike.
_LIKE = """select id from people_person where (is_active or is_placeholder) and (sort_key %%> %s or sort_key %%> %s
  or sort_key %%> %s or string_to_array(sort_key, ' ') && %s::text[])"""


def _spellings(name: str) -> list[str]:
    """As it is typed, with "ue" for "ü", and with "u" for "ue": nobody asks how a name is written in the passport."""
    plain = sort_key(name)
    return [plain, sort_key(name.translate(GERMAN)), plain.replace("ae", "a").replace("oe", "o").replace("ue", "u")]


def _misspellings(part: str) -> list[str]:
    plain = sort_key(part)
    return sorted(text.neighbours(plain)) if text.may_be_wrong(plain) else []


def named_like(viewer: Any, words: str, limit: int = 6) -> list[Person]:
    """Whom the viewer may see by a name written so or almost so, the nearest first. As in the directory: who is awaited is
    among them, programs and whose access is closed are not."""
    parts = words.split()[:8]
    if not parts:
        return []
    people = visible_to(viewer).human().select_related("unit")
    for part in parts:
        people = people.filter(pk__in=RawSQL(_LIKE, [*_spellings(part), _misspellings(part)]))  # noqa: S611 - the text is ours
    near = Greatest(*(TrigramWordSimilarity(words, "sort_key") for words in _spellings(" ".join(parts))))
    found = list(people.annotate(near=near).order_by("-near", "sort_key", "pk")[:limit])
    return [one for one in found if one.near > found[0].near - 0.25]  # beside the name itself, none that resembles it


def helping_with(viewer: Any, words: str, limit: int = 6) -> list[Person]:
    """Who says of themselves that they can help with all of it."""
    people = visible_to(viewer).human().select_related("unit").exclude(helps_with="")
    for word in words.split()[:8]:
        people = people.filter(helps_with__icontains=word)
    return list(people.order_by("sort_key", "pk")[:limit]) if words.strip() else []


def community_managers(viewer: Any) -> Any:
    return (
        visible_to(viewer)
        .filter(roles__contains=[Role.COMMUNITY_MANAGER], is_active=True)
        .order_by("sort_key")
    )


def administrators(viewer: Any) -> Any:
    """Who keeps the house, as far as the viewer sees them."""
    return (
        visible_to(viewer)
        .filter(roles__contains=[Role.ADMINISTRATOR], is_active=True, is_placeholder=False)
        .select_related("unit")
        .order_by("sort_key")
    )


def greeters(viewer: Any) -> Any:
    """Colleagues who ticked "I like to say hello"."""
    return (
        visible_to(viewer)
        .filter(likes_to_greet=True, is_active=True, is_placeholder=False)
        .exclude(pk=viewer.pk)
        .select_related("unit")
        .order_by("sort_key")
    )


def own_sessions(viewer: Person) -> Any:
    return Session.objects.filter(person=viewer, expire_date__gt=clock.now()).order_by("-began_at")


def stranger(name: str, email: str) -> Person:
    """Somebody who is not written down: what a password must not resemble."""
    return Person(name=name, email=email)


def role_words() -> dict[str, Any]:
    """Every role with what people call it."""
    return {str(role): word for role, word in ROLE_WORDS.items()}


def nobody_yet() -> bool:
    """Whether the house still waits for its first person."""
    return house().opened_at is None and not Person.objects.exists()


def opens(token: str) -> Invitation | None:
    """The invitation behind a link, with inviter and invited, while it can be taken."""
    return (
        Invitation.objects.filter(
            token=digest(token),
            used_at=None,
            expires_at__gt=clock.now(),
            person__is_placeholder=True,
            person__is_active=True,
        )
        .select_related("by", "by__unit", "person", "person__unit")
        .first()
    )


def sign_in_link_opens(token: str) -> bool:
    return SignInLink.objects.filter(
        token=digest(token), used_at=None, expires_at__gt=clock.now(), person__is_active=True
    ).exists()


def by_address(email: str) -> Person | None:
    return Person.objects.filter(email__iexact=email.strip()).first()


def waits_for_proof(email: str) -> bool:
    """Whether somebody's address was written down where no mail went out, and nobody has typed a code from there yet."""
    from allauth.account.models import EmailAddress

    return EmailAddress.objects.filter(email__iexact=email.strip(), verified=False).exists()


def unproved_addresses() -> set[str]:
    """The addresses, in small letters, that somebody who is here wrote down and has not proved. A history or a list from
    elsewhere means nobody by them: anybody can write down somebody else's."""
    from allauth.account.models import EmailAddress

    waits = EmailAddress.objects.filter(user=OuterRef("pk"), email__iexact=OuterRef("email"), verified=False)
    people = Person.objects.filter(Exists(waits), is_placeholder=False)
    return set(people.values_list(Lower("email"), flat=True))


def by_login(typed: str) -> Person | None:
    """Whom an address, or for want of one a name in addresses, means at the door."""
    typed = typed.strip()
    return Person.objects.filter(Q(email__iexact=typed) | Q(handle__iexact=typed)).first()


# --- the directory --------------------------------------------------------------------------------------------------------

PAGE = 40


def directory_page(viewer: Any, words: str = "", after: str = "", limit: int = PAGE) -> tuple[list[Person], str]:
    """One page of the directory, and the handle after which the next one begins, or an empty one."""
    people = directory(viewer, words).annotate(is_invited=Exists(_open_invitations().filter(person=OuterRef("pk"))))
    last = visible_to(viewer).filter(handle=after).first() if after else None
    if last:
        people = people.filter(Q(sort_key__gt=last.sort_key) | Q(sort_key=last.sort_key, pk__gt=last.pk))
    found = list(people[: limit + 1])
    return found[:limit], found[limit - 1].handle if len(found) > limit else ""


# --- one's own ------------------------------------------------------------------------------------------------------------


def own_session(viewer: Person, key: str) -> Session:
    """One of one's own sessions, or 404."""
    session = Session.objects.filter(person=viewer, key=key).select_related("person").first()
    if session is None:
        raise Http404
    return session


def own_log(viewer: Person, limit: int = 50) -> list[Logged]:
    """Who used which right on the viewer, newest first."""
    return list(Logged.objects.filter(on=viewer).select_related("by").order_by("-at", "-pk")[:limit])


def own_invitations(viewer: Person, limit: int = 50) -> list[Invitation]:
    """Whom the viewer invited and who has not come yet."""
    return list(
        _open_invitations().filter(by=viewer).select_related("person", "person__unit").order_by("-at")[:limit]
    )


# --- for administrators ---------------------------------------------------------------------------------------------------

STATES = ("here", "awaited", "closed")


def keeping(keeper: Person, state: str, words: str = "", after: str = "", limit: int = PAGE) -> tuple[list[Person], str]:
    """People as administrators look after them: who is here, who is awaited, whose access is closed."""
    require(keeper, "people.keep")
    people = Person.objects.human().select_related("unit").order_by("sort_key", "pk")
    people = people.filter(
        **{
            "here": {"is_active": True, "is_placeholder": False},
            "awaited": {"is_active": True, "is_placeholder": True},
            "closed": {"is_active": False},
        }[state if state in STATES else "here"]
    )
    for word in words.split():
        people = people.filter(Q(name__icontains=word) | Q(email__icontains=word) | Q(unit__name__icontains=word))
    last = Person.objects.filter(handle=after).first() if after else None
    if last:
        people = people.filter(Q(sort_key__gt=last.sort_key) | Q(sort_key=last.sort_key, pk__gt=last.pk))
    found = list(people[: limit + 1])
    return found[:limit], found[limit - 1].handle if len(found) > limit else ""


def kept_one(keeper: Person, handle: str) -> Person:
    """One of them, closed ones too, or 404."""
    require(keeper, "people.keep")
    person = Person.objects.human().select_related("unit").filter(handle=handle).first()
    if person is None:
        raise Http404
    return person


def is_awaited_at(email: str | None) -> bool:
    """Whether a place is kept for somebody with this address already."""
    return bool(email) and Person.objects.filter(email__iexact=email, is_placeholder=True).exists()


def _open_invitations() -> Any:
    return Invitation.objects.filter(used_at=None, expires_at__gt=clock.now(), person__is_placeholder=True)


def invited(viewer: Any, person: Person) -> Invitation | None:
    """By whom and when a place that waits was last offered, while that invitation opens; for whoever could invite."""
    if not person.is_placeholder or not may(viewer, "people.invite"):
        return None
    return _open_invitations().filter(person=person).select_related("by").order_by("-at", "-pk").first()


def was_mailed(person: Person) -> bool:
    """Whether the one mail that a placeholder gets is on its way or gone."""
    return Invitation.objects.filter(person=person, mailed_at__isnull=False).exists()


def can_be_turned_to(keeper: Person) -> list[Person]:
    """Who can be the person to turn to: community managers and administrators, and whoever is it now."""
    now = house().turn_to_id
    return list(
        visible_to(keeper)
        .human()
        .filter(Q(roles__overlap=[Role.COMMUNITY_MANAGER, Role.ADMINISTRATOR]) | Q(pk=now or 0))
        .order_by("sort_key")
    )
