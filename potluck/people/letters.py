"""What people's doors send by mail: text and simple HTML, in the receiver's language, each posted once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from potluck.core import clock, jobs
from potluck.core.declared import random_key
from potluck.core.mail import has_server
from potluck.people.models import House, Invitation, Person
from potluck.people.queries import by_address
from potluck.people.verbs import the_house


def language_of(person: Person | None, house: House) -> str:
    """A letter speaks the language its receiver chose, else the house's: no browser is there to ask."""
    return (person.language if person else "") or house.language


@contextmanager
def in_language_of(person: Person | None, house: House) -> Iterator[None]:
    with translation.override(language_of(person, house)):
        yield


def post(message: EmailMessage, *, to_nobody: bool = False) -> None:
    """Hands a mail to the worker, in the transaction of the caller and under one Message-ID however often it is tried; one to
    nobody is made so that a page takes as long as it does for somebody."""
    from potluck.people.jobs import send

    html = next(
        (str(part.content) for part in getattr(message, "alternatives", []) if part.mimetype == "text/html"), ""
    )
    for receiver in message.to:
        jobs.put(
            send,
            to="" if to_nobody else receiver,
            subject=str(message.subject),
            text=str(message.body),
            message_id=f"<{random_key()}@potluck>",
            html=html,
        )


def write(to: str, letter: str, **words: Any) -> EmailMessage:
    """The letter ``people/letters/<letter>.txt``: its first line is the subject. The HTML says the same, with a button."""
    text = render_to_string(f"people/letters/{letter}.txt", {"house": the_house(), "link": "", **words})
    subject, _, body = text.strip().partition("\n")
    body = body.strip() + "\n"
    message = EmailMultiAlternatives(subject.strip(), body, settings.DEFAULT_FROM_EMAIL, [to])
    paragraphs = [part for part in body.split("\n\n") if part.strip()]
    html = render_to_string(
        "people/letters/letter.html",
        {
            "lang": translation.get_language()[:2],
            "subject": subject.strip(),
            "paragraphs": paragraphs,
            "link": words.get("link", ""),
            "button": words.get("button", ""),
        },
    )
    message.attach_alternative(html, "text/html")
    return message


@transaction.atomic
def post_invitation(pk: int, path: str) -> None:
    """Posts an invitation unless one was posted to this person before: that ``mailed_at`` is claimed and the mail's job are
    committed together, so that whatever is killed when, there are both or neither. Where no mail goes out nothing is claimed:
    the one mail waits for a server (in debug mode it lies in ``/mail/`` all the same)."""
    if not has_server() and not settings.DEBUG:
        return
    invitation = Invitation.objects.select_related("person", "by").get(pk=pk)
    house = the_house()
    # Two invitations to one place at once: the second waits, and finds the first one's claim.
    person = Person.objects.select_for_update(of=("self",)).get(pk=invitation.person_id)
    if not person.email:
        return
    claimed = not has_server() or (
        Invitation.objects.filter(pk=pk, mailed_at=None, used_at=None)
        .exclude(person__invitations__mailed_at__isnull=False)
        .update(mailed_at=clock.now())
    )
    if not claimed:
        return
    with in_language_of(person, house):
        post(
            write(
                person.email,
                "invitation",
                inviter=invitation.by,
                person=person,
                until=invitation.expires_at,
                link=house.address + path,
                button=_("Take your place"),
            )
        )


def tell_of_new_mailbox(old: str, person: Person) -> None:
    """Told to the mailbox that was replaced: if this was not the person, somebody can still be asked."""
    house = the_house()
    with in_language_of(person, house):
        post(write(old, "mailbox", person=person, turn_to=house.turn_to))


def tell_of_own_new_mailbox(old: str, person: Person) -> None:
    """Told to the mailbox that somebody gave up for another: whoever still reads it can say that it was not them."""
    house = the_house()
    with in_language_of(person, house):
        post(write(old, "moved", person=person, turn_to=house.turn_to))


def prove_mailbox(person: Person, email: str, code: str) -> None:
    """The code for the mailbox that ``person`` would like to have, or has and never proved. Whoever else has it is told,
    without a code; a place that waits for somebody gets no mail but its invitation. The page that asked says the same in each
    case, as fast."""
    house, owner = the_house(), by_address(email)
    if owner in (None, person) or owner.is_placeholder:
        with in_language_of(person, house):
            post(write(email, "prove", person=person, code=code), to_nobody=owner not in (None, person))
    else:
        with in_language_of(owner, house):
            post(write(email, "wanted", person=owner))


def tell_of_sign_in_link(by: Person, person: Person) -> None:
    """An administrator made a way in for somebody: told to their mailbox, whether they have lost it or not."""
    house = the_house()
    if not person.email:
        return
    with in_language_of(person, house):
        post(write(person.email, "link", person=person, by=by))


def send_join_code(email: str, code: str, *, known: bool) -> None:
    """The code for an address at an opened domain; to somebody who is here already, that they are. The page that asked says
    the same either way."""
    post(write(email, "known" if known else "join", code=code))
