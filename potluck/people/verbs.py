"""Every change to the house and its people."""

from __future__ import annotations

import hashlib
import re
import secrets
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from potluck.core import clock, jobs, often
from potluck.core.mail import has_server
from potluck.core.rules import Refused, may, require
from potluck.people.models import House, Invitation, Logged, Person, Role, Session, SignInLink, Unit

#: The job that tells of changed roles: telling is a room above this one, so it is called by its name.
TOLD_BY = "notices.tell_of_roles"
SIGN_IN_LINK_LIVES = timedelta(minutes=15)
INVITATION_LIVES = timedelta(days=30)
#: Twelve months, in days that no month can shorten: before that, the log refuses to forget.
LOG_LIVES = timedelta(days=367)


class Taken(ValueError):
    """Somebody has this e-mail address already."""


def digest(token: str) -> str:
    """What is kept of a link's secret: SHA-256; the secret itself is known to its holder alone."""
    return hashlib.sha256(token.encode()).hexdigest()


def sort_key(name: str) -> str:
    """``Öztürk, Straße`` in alphabetical order on every machine (the database collates by code point)."""
    folded = unicodedata.normalize("NFKD", name.casefold())
    return "".join(c for c in folded if not unicodedata.combining(c))[:160]


GERMAN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"})


def handle_base(name: str) -> str:
    """``Mira Sandvoß`` -> ``mira-sandvoss``: what a handle begins with."""
    words = name.translate(GERMAN)
    folded = unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", folded).strip("-")[:50].rstrip("-") or "person"


def free_handle(name: str) -> str:
    """A handle nobody has: ``mira-sandvoss``, ``mira-sandvoss-2``."""
    base = handle_base(name)
    taken = set(Person.objects.filter(handle__startswith=base).values_list("handle", flat=True))
    if base not in taken:
        return base
    return next(f"{base}-{n}" for n in range(2, len(taken) + 3) if f"{base}-{n}" not in taken)


def log(by: Person | None, right: str, on: Person | None, what: str = "") -> None:
    Logged.objects.create(by=by, right=right, on=on, what=what[:200], at=clock.now())


def the_house() -> House:
    """The house, made on the first call."""
    house = House.objects.first()
    if house is None:
        House.objects.bulk_create([House()], ignore_conflicts=True)
        house = House.objects.get()
    return house


def served_at(address: str) -> None:
    """Remembers where the house is served: the address of links in mails and on the shell."""
    House.objects.filter(pk=the_house().pk).exclude(address=address).update(address=address)


@transaction.atomic
def first_link() -> str | None:
    """The address of the first administrator's one-time link, or None where the house has been opened. Each call makes a
    new one and closes the one before."""
    house = House.objects.select_for_update().get(pk=the_house().pk)
    if house.opened_at:
        return None
    token = secrets.token_urlsafe(24)
    house.first_link = digest(token)
    house.save(update_fields=["first_link"])
    return f"/start/{token}/"


def first_link_opens(token: str) -> bool:
    house = the_house()
    return (
        bool(house.first_link)
        and not house.opened_at
        and secrets.compare_digest(house.first_link, digest(token))
    )


@transaction.atomic
def open_house(token: str, *, name: str, email: str, password: str, **profile: Any) -> Person:
    """The first administrator comes in by the one-time link. Raises ``Refused`` where the link opens no more."""
    house = House.objects.select_for_update().get(pk=the_house().pk)
    if house.opened_at or not secrets.compare_digest(house.first_link or "-", digest(token)):
        raise Refused(_("This link has been used. Ask whoever started Potluck for a new one."))
    person = _write_down(email, name, **{"roles": [Role.ADMINISTRATOR], **profile})
    person.set_password(password)
    person.save(update_fields=["password"])
    log(person, "house.open", person)
    House.objects.filter(pk=house.pk).update(
        opened_at=clock.now(), opened_by=person, first_link="", turn_to=person
    )
    return person


@transaction.atomic
def mark_as_demo() -> None:
    """The house becomes that of an invented company, with chairs for visitors (demo/). Raises ``Refused`` where somebody
    lives."""
    house = House.objects.select_for_update().get(pk=the_house().pk)
    if house.opened_at or Person.objects.exists():
        raise Refused(_("Somebody lives in this house already, and the demo company needs an empty one."))
    house.is_demo = True
    house.save(update_fields=["is_demo"])


@transaction.atomic
def add_person(
    email: str | None,
    name: str,
    *,
    roles: Iterable[str] = (),
    unit: str = "",
    arrived: bool = True,
    by: Person | None = None,
    **profile: Any,
) -> Person:
    """Somebody new: arrived, or (``arrived=False``) a placeholder who is awaited. The address is theirs once they come.
    Raises ``Taken`` where somebody has the address."""
    person = _write_down(email, name, roles=roles, unit=unit, arrived=arrived, **profile)
    log(by, "people.add", person, ", ".join(person.roles))
    return person


def _write_down(
    email: str | None, name: str, *, roles: Iterable[str] = (), unit: str = "", arrived: bool = True, **profile: Any
) -> Person:
    unit_row = _unit(unit)
    try:
        with transaction.atomic():
            person = Person.objects.create(
                email=(email or "").strip().lower() or None,
                name=name.strip(),
                sort_key=sort_key(name),
                handle=free_handle(name),
                roles=sorted({role for role in roles if role != "member"}),
                unit=unit_row,
                is_placeholder=not arrived,
                arrived_at=clock.now() if arrived else None,
                password="!" + secrets.token_urlsafe(24),
                **profile,
            )
    except IntegrityError as error:
        if "one_person_per_address" not in str(error):
            raise
        raise Taken(email) from error
    if arrived and person.email:
        _own_address(person)
    return person


def _unit(name: str) -> Unit | None:
    return Unit.objects.get_or_create(name=name)[0] if name else None


def _own_address(person: Person, *, proved: bool = True) -> None:
    """The one address of somebody, as allauth keeps it. No code and no link for a new password goes to one that nobody proved
    (``queries.waits_for_proof``)."""
    from allauth.account.models import EmailAddress

    EmailAddress.objects.filter(user=person).exclude(email=person.email).delete()
    EmailAddress.objects.update_or_create(
        user=person, email=person.email, defaults={"verified": proved, "primary": True}
    )


@dataclass(frozen=True, slots=True)
class PastPerson:
    """Somebody of an imported history, whom nobody in the house is yet."""

    name: str
    email: str | None = None
    introduction: str = ""
    guest: bool = False
    bot: bool = False
    unit: str = ""


@transaction.atomic
def add_placeholders(past: Sequence[PastPerson], *, by: Person | None = None) -> list[Person]:
    """Keeps a place for everybody of an imported history, in the order given: they cannot sign in and get no mail until a
    member invites them and they claim it. A bot is nobody's place. Only ``exchange`` calls this."""
    taken = set(Person.objects.values_list("handle", flat=True))
    people = []
    next_number: dict[str, int] = {}
    units = {name: _unit(name) for name in sorted({one.unit for one in past})}
    for one in past:
        base = handle_base(one.name)
        number = next_number.get(base, 1)
        while (handle := base if number == 1 else f"{base}-{number}") in taken:
            number += 1
        next_number[base] = number + 1
        taken.add(handle)
        people.append(
            Person(
                email=one.email or None,
                name=one.name[:80],
                sort_key=sort_key(one.name[:80]),
                handle=handle,
                roles=[Role.GUEST] if one.guest else [],
                introduction=one.introduction[:200],
                unit=units[one.unit],
                is_placeholder=not one.bot,
                is_bot=one.bot,
                password="!" + secrets.token_urlsafe(24),
            )
        )
    people = Person.objects.bulk_create(people, batch_size=500)
    if people:
        log(by, "people.import", None, str(len(people)))
    return people


def places_nobody_holds(people: Iterable[int]) -> list[int]:
    """Those of these people whose place nobody claimed and to whom nothing in the house belongs or points: no gift, no seat, no
    invitation, no role. What only says what happened (the log) holds nobody."""
    waiting = Q(is_placeholder=True) | Q(is_bot=True)
    free = Person.objects.filter(waiting, pk__in=list(people)).exclude(roles__overlap=[*set(Role) - {Role.GUEST}])
    for relation in Person._meta.get_fields(include_hidden=True):
        if not (relation.auto_created and not relation.concrete and relation.related_model) or relation.related_model is Logged:
            continue
        if relation.one_to_many or relation.one_to_one:
            pointing = relation.related_model._default_manager.filter(**{relation.field.name: OuterRef("pk")})  # type: ignore
            free = free.filter(~Exists(pointing))
    return list(free.values_list("pk", flat=True))


@transaction.atomic
def erase_places(people: Iterable[int]) -> int:
    """Erases places that an import kept and that nobody holds (``places_nobody_holds``); how many. Only ``exchange`` calls
    this."""
    free = places_nobody_holds(people)
    for first in range(0, len(free), 1000):
        Person.objects.filter(pk__in=free[first : first + 1000]).delete()
    return len(free)


@transaction.atomic
def close_places(people: Iterable[int], closed: bool) -> None:
    """Places of a hidden import that nobody claimed are to be seen no more, or again. Only ``exchange`` calls this."""
    Person.objects.filter(Q(is_placeholder=True) | Q(is_bot=True), pk__in=list(people)).update(is_active=not closed)


@transaction.atomic
def invite(
    inviter: Person,
    email: str | None,
    name: str,
    *,
    role: str = "",
    unit: str = "",
    person: Person | None = None,
    mail: bool = True,
    once: str | None = None,
) -> tuple[Invitation, str]:
    """Invites somebody new, or a placeholder (``person``) to claim their place. Returns the invitation and the path of its
    link, which nobody can read again. The mail is sent by ``people.jobs`` (a placeholder gets one at most). ``once`` is the
    form's key: the same key gives the same invitation again, without a path."""
    require(inviter, "people.invite")
    if role:
        require(inviter, "people.keep")
    if once is not None:
        # A form sent twice at the same moment waits here for itself, and finds what it did.
        Person.objects.select_for_update(no_key=True).only("pk").get(pk=inviter.pk)
        given = Invitation.objects.filter(by=inviter, once=once).select_related("person").first()
        if given is not None:
            return given, ""
    if person is None and email:
        person = Person.objects.filter(email__iexact=email.strip(), is_placeholder=True, is_bot=False).first()
    if person is None:
        person = add_person(email, name, arrived=False, unit=unit, by=inviter)
    elif not person.is_placeholder:
        raise Refused(_("%(name)s is here already.") % {"name": person.name})
    elif not person.is_active:
        raise Refused(_("The access of %(name)s is closed: an administrator can open it.") % {"name": person.name})
    elif set(person.roles) - {Role.GUEST} or person.pk == the_house().turn_to_id:
        # Whoever invites holds the link: what comes with the place is given by those alone who may give it.
        require(inviter, "people.keep", person)
    if email and not person.email:
        _write_address(person, email)
    token = secrets.token_urlsafe(24)
    invitation = Invitation.objects.create(
        by=inviter,
        person=person,
        token=digest(token),
        role=role,
        at=clock.now(),
        expires_at=clock.now() + INVITATION_LIVES,
        once=once,
    )
    log(inviter, "people.invite", person, role)
    path = f"/invitations/{token}/"
    if mail and person.email:
        from potluck.people.jobs import mail_invitation

        # The token stands in the rows of the jobs until the mail is handed over, and is erased with them.
        mail_invitation.defer(invitation=invitation.pk, path=path)
    return invitation, path


@transaction.atomic
def claim(token: str, *, name: str, password: str | None = None) -> Person:
    """The invited person takes their place. Raises ``Refused`` where the link opens no more."""
    invitation = (
        Invitation.objects.select_for_update()
        .filter(token=digest(token), used_at=None, expires_at__gt=clock.now())
        .select_related("person")
        .first()
    )
    if invitation is None or not invitation.person.is_placeholder or not invitation.person.is_active:
        raise Refused(_("This invitation opens no more. Ask the person who invited you for a new one."))
    # Where no mail goes out the link went by hand: that the address is theirs was said by whoever invited, and proved by nobody.
    proved = has_server() or may(invitation.by, "people.keep")
    return _arrive(invitation.person, name, password=password, role=invitation.role, proved=proved)


def is_at_open_domain(email: str) -> bool:
    """Whether the administrator opened the door for this address's domain."""
    return email.rpartition("@")[2].lower() in the_house().mail_domains


def has_place(email: str) -> bool:
    """Whether somebody who has arrived has this address."""
    return Person.objects.filter(email__iexact=email, is_placeholder=False).exists()


@transaction.atomic
def come_by_address(email: str, name: str) -> Person:
    """Somebody who proved an address at an opened domain takes a place: the one kept for them, if there is one. Raises
    ``Refused`` where the door was closed meanwhile, or the place is taken or closed."""
    if not is_at_open_domain(email):
        raise Refused(_("The door is open for addresses of this house only. With another one, ask for an invitation."))
    kept = Person.objects.select_for_update().filter(email__iexact=email).first()
    if kept is None:
        person = _write_down(email, name)
        log(person, "people.come", person)
        return person
    if not kept.is_placeholder or not kept.is_active:
        raise Refused(_("Somebody in this house has this address already."))
    return _arrive(kept, name)


def _arrive(person: Person, name: str, *, password: str | None = None, role: str = "", proved: bool = True) -> Person:
    """A placeholder becomes a person who is here; every invitation to them is used up."""
    person.name, person.sort_key = name.strip(), sort_key(name)
    person.is_placeholder, person.arrived_at = False, clock.now()
    if role:
        person.roles = sorted({*person.roles, role})
    if password:
        person.set_password(password)
    person.save()
    if person.email:
        _own_address(person, proved=proved)
    if role == Role.COMMUNITY_MANAGER:
        House.objects.filter(turn_to__isnull=True).update(turn_to=person)
    Invitation.objects.filter(person=person, used_at=None).update(used_at=clock.now())
    log(person, "people.claim", person)
    return person


@transaction.atomic
def make_sign_in_link(person: Person, by: Person | None = None) -> str:
    """The path of a link that signs ``person`` in once, within 15 minutes. Asked for on the shell or, for a lost mailbox,
    by an administrator; the person can read of it in their own log."""
    if by is not None:
        require(by, "people.keep", person)
        if person.is_placeholder or not person.is_active:
            raise Refused(_("Only somebody who is here can be let in by a link."))
        from potluck.people.letters import tell_of_sign_in_link

        tell_of_sign_in_link(by, person)
    token = secrets.token_urlsafe(24)
    SignInLink.objects.create(person=person, token=digest(token), expires_at=clock.now() + SIGN_IN_LINK_LIVES)
    log(by, "people.sign-in-link", person)
    return f"/sign-in/{token}/"


@transaction.atomic
def use_sign_in_link(token: str) -> Person:
    """The person a link signs in; the link is used up. Fifty at once: one succeeds. Raises ``Refused``."""
    # Whoever waited for the row's lock reads it anew; an UPDATE over a join would not (it looks into a subquery).
    link = (
        SignInLink.objects.select_for_update(of=("self",))
        .filter(token=digest(token), used_at=None, expires_at__gt=clock.now(), person__is_active=True)
        .select_related("person")
        .first()
    )
    if link is None:
        raise Refused(_("This link has been used or is too old. Ask for a new one."))
    link.used_at = clock.now()
    link.save(update_fields=["used_at"])
    return link.person


def _keys_in_hand(by: Person | None, person: Person) -> None:
    """Whoever changes who keeps the house waits for each other, then looks anew at both: two administrators who shut each
    other out at the same moment would leave a house that nobody keeps."""
    House.objects.select_for_update(no_key=True).only("pk").get(pk=the_house().pk)
    for one in filter(None, (by, person)):
        one.refresh_from_db(fields=["roles", "is_active"])


@transaction.atomic
def give_role(by: Person | None, person: Person, role: str) -> None:
    """Gives a role; the person is told. ``by`` is None on the shell."""
    _keys_in_hand(by, person)
    if by is not None:
        require(by, "people.keep", person)
    if role in person.roles:
        return
    person.roles = sorted({*person.roles, role} - {"member"})
    person.save(update_fields=["roles"])
    if person.is_placeholder:
        # Whoever invited before the place came with this role holds no way to it.
        Invitation.objects.filter(person=person, used_at=None).exclude(by=by).update(expires_at=clock.now())
    log(by, "people.role", person, f"+{role}")
    jobs.soon(TOLD_BY)
    changed(person)


@transaction.atomic
def take_role(by: Person | None, person: Person, role: str) -> None:
    """Ends a role; the person is told. Raises ``Refused`` for the last administrator."""
    _keys_in_hand(by, person)
    if by is not None:
        require(by, "people.keep", person)
    if role not in person.roles:
        return
    if (
        role == Role.ADMINISTRATOR
        and not Person.objects.filter(roles__contains=[role], is_active=True, is_placeholder=False).exclude(pk=person.pk).exists()
    ):
        raise Refused(_("A house needs at least one administrator."))
    person.roles = sorted(set(person.roles) - {role})
    person.save(update_fields=["roles"])
    log(by, "people.role", person, f"-{role}")
    jobs.soon(TOLD_BY)
    changed(person)


@transaction.atomic
def change_address(by: Person | None, person: Person, email: str) -> str | None:
    """A lost mailbox: an administrator writes down the new one; the person is told at the old one and in the house, and
    reads it in their own log. Every session and every link of theirs ends. Where no mail goes out they prove it later
    (``move_mailbox``). Returns the old address. Raises ``Taken``."""
    if by is not None:
        require(by, "people.keep", person)
    old = person.email
    _write_address(person, email)
    if not person.is_placeholder and (has_server() or person.email != old):
        _own_address(person, proved=has_server())
    Session.objects.filter(person=person).delete()
    SignInLink.objects.filter(person=person, used_at=None).delete()
    log(by, "people.address", person)
    jobs.soon(TOLD_BY)
    changed(person)
    if old:
        from potluck.people.letters import tell_of_new_mailbox

        tell_of_new_mailbox(old, person)
    return old


@transaction.atomic
def move_mailbox(person: Person, email: str) -> None:
    """Somebody's own mailbox, which they have proved by a code that went there: a new one, or the one they have, which was
    written down unproved. An old one that they had proved is told; links that went to it open no more. Raises ``Taken``."""
    from allauth.account.models import EmailAddress

    require(person, "profile.change", person)
    old = person.email
    if old == email.strip().lower():
        _own_address(person)
        log(person, "people.address-proved", person)
        return
    is_ours_to_tell = EmailAddress.objects.filter(user=person, email=old or "", verified=True).exists()
    _write_address(person, email)
    _own_address(person)
    log(person, "people.address", person)
    if old and is_ours_to_tell:
        from potluck.people.letters import tell_of_own_new_mailbox

        tell_of_own_new_mailbox(old, person)


@transaction.atomic
def write_down_mailbox(person: Person, email: str) -> None:
    """Somebody's own new mailbox where no mail goes out, so that no code can prove it and the old one cannot be told. Nobody
    comes in by it, but with the password, until they have proved it (``move_mailbox``). Raises ``Taken``."""
    require(person, "profile.change", person)
    _write_address(person, email)
    _own_address(person, proved=False)
    log(person, "people.address", person)


def _write_address(person: Person, email: str) -> None:
    before = person.email
    person.email = email.strip().lower()
    try:
        with transaction.atomic():
            person.save(update_fields=["email"])
    except IntegrityError as error:
        person.email = before
        raise Taken(email) from error


@transaction.atomic
def set_roles(by: Person, person: Person, roles: Iterable[str]) -> None:
    """Exactly these roles; each that comes or goes is logged. Raises ``Refused`` for the last administrator."""
    wanted = set(roles)
    for role in sorted(wanted - set(person.roles)):
        give_role(by, person, role)
    for role in sorted(set(person.roles) - wanted):
        take_role(by, person, role)


@transaction.atomic
def follow_list(by: Person | None, person: Person, *, name: str | None = None, unit: str | None = None) -> None:
    """Writes down what a people list says of somebody: their name, where they work (empty: nowhere any more). They read it in
    their own log; nobody is mailed. Only ``exchange`` calls this."""
    if by is not None:
        require(by, "people.keep", person)
    if name is not None:
        person.name, person.sort_key = name, sort_key(name)
        person.save(update_fields=["name", "sort_key"])
        log(by, "people.list-name", person, name)
    if unit is not None:
        person.unit = _unit(unit)
        person.save(update_fields=["unit"])
        log(by, "people.list-unit", person, unit)


@transaction.atomic
def deactivate(by: Person | None, person: Person, *, listed: bool = False) -> None:
    """Closes somebody's access: their sessions end on the next request, their open streams at once. ``listed``: a people list
    does not name them any more."""
    _keys_in_hand(by, person)
    if by is not None:
        require(by, "people.deactivate", person)
    person.is_active = False
    person.save(update_fields=["is_active"])
    Session.objects.filter(person=person).delete()
    SignInLink.objects.filter(person=person, used_at=None).delete()
    if listed:
        log(by, "people.list-left", person)
    else:
        log(by, "people.deactivate", person)
    changed(person)


@transaction.atomic
def reactivate(by: Person | None, person: Person, *, listed: bool = False) -> None:
    """Opens somebody's access again. ``listed``: a people list that had left them out names them again."""
    if by is not None:
        require(by, "people.keep", person)
    person.is_active = True
    person.save(update_fields=["is_active"])
    if listed:
        log(by, "people.list-back", person)
    else:
        log(by, "people.reactivate", person)


def changed(person: Person) -> None:
    """Tells every process that this person's reach changed: streams close or refresh their groups (notices/live.py)."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("select pg_notify('potluck', %s)", [f'{{"person": {person.pk}}}'])


@transaction.atomic
def end_session(person: Person, session: Session) -> None:
    """Ends one of one's own sessions."""
    require(person, "profile.change", session.person)
    session.delete()
    changed(person)


@transaction.atomic
def change_profile(person: Person, **fields: Any) -> None:
    """One's own name, introduction, how to be reached, language, working hours, keys, order of the table."""
    allowed = {
        "name",
        "introduction",
        "helps_with",
        "phone",
        "hours",
        "place",
        "likes_to_greet",
        "language",
        "timezone",
        "day_starts",
        "day_ends",
        "single_keys",
        "feed_order",
    }
    unknown = set(fields) - allowed
    if unknown:
        raise ValueError(f"not a part of a profile: {', '.join(sorted(unknown))}")
    for name, value in fields.items():
        setattr(person, name, value)
    if "name" in fields:
        person.sort_key = sort_key(person.name)
        fields["sort_key"] = person.sort_key
    person.save(update_fields=list(fields))


@transaction.atomic
def furnish(keeper: Person, **fields: Any) -> House:
    """The answers of the first administrator, changeable later: name, language, hours, zone, the person to turn to."""
    require(keeper, "house.keep")
    allowed = {
        "name",
        "language",
        "timezone",
        "day_starts",
        "day_ends",
        "weekdays",
        "turn_to",
        "mail_domains",
    }
    unknown = set(fields) - allowed
    if unknown:
        raise ValueError(f"not a part of the house: {', '.join(sorted(unknown))}")
    house = the_house()
    for name, value in fields.items():
        setattr(house, name, value)
    house.save(update_fields=list(fields))
    log(keeper, "house.keep", None, ", ".join(sorted(fields)))
    return house


@transaction.atomic
def answer_four_questions(
    keeper: Person, *, phone: str, hours: str, place: str, somebody_else: tuple[str, str] | None = None, **house: Any
) -> str | None:
    """What the first administrator is asked. The person to turn to is the administrator themself, or ``somebody_else``
    (name, address), who becomes community manager by the invitation whose path is returned. Raises ``Taken``."""
    reach = {"phone": phone, "hours": hours, "place": place}
    path = None
    if somebody_else is None:
        person = keeper
        change_profile(keeper, **reach)
        give_role(keeper, keeper, Role.COMMUNITY_MANAGER)
    else:
        name, email = somebody_else
        person = add_person(email, name, arrived=False, by=keeper, **reach)
        path = invite(keeper, None, name, person=person, role=Role.COMMUNITY_MANAGER)[1]
    furnish(keeper, turn_to=person, **house)
    return path


@transaction.atomic
def forget() -> None:
    """Erases what is older than it may be kept (models.py says how long): links that were used or open no more, sessions
    that are over, the log after twelve months, tries that count no more. That a placeholder was mailed is kept until they come:
    one mail at most."""
    now = clock.now()
    over = Q(used_at__isnull=False) | Q(expires_at__lte=now)
    SignInLink.objects.filter(over).delete()
    Invitation.objects.filter(over).exclude(person__is_placeholder=True, mailed_at__isnull=False).delete()
    Session.objects.filter(expire_date__lte=now).delete()
    Logged.objects.filter(at__lt=now - LOG_LIVES).delete()
    often.forget()
