"""Mail about notices: what stands in it, and that it goes out once, whatever is killed when.

A ``Mail`` is made (a row, with its Message-ID), handed over, sent: three moments, three commits. While it is being handed
over its row is locked; "handed over" is committed after the server has agreed to sender and receiver, right before it gets
the words. Killed before that commit, the mail is tried again; killed after it, never: it may have arrived. So a mail comes
once, or, in the one unlucky moment, not at all; the inbox has all of it anyway.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import timedelta
from email.utils import formataddr
from types import SimpleNamespace
from typing import Any

from django.conf import settings
from django.core import signing
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.db.models import F, Q
from django.http import Http404
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from potluck.core import clock, text
from potluck.core.declared import random_key
from potluck.core.mail import Line, NotEver, NotNow, NotReached
from potluck.notices import hours, queries
from potluck.notices.models import Mail, MailChoice, Notice
from potluck.people.letters import language_of
from potluck.people.models import House, Person
from potluck.people.queries import waits_for_proof
from potluck.people.verbs import the_house

log = logging.getLogger(__name__)

#: A mail that no server takes is tried so long; then the inbox alone has it.
TRIED_FOR = timedelta(days=3)
#: A mail that cannot even be written, by a fault of ours, is tried so often.
TRIES = 5
LONGEST_WAIT = 15  # minutes between two tries
WORDS = 600  # characters of an act that stand in a mail

_signer = signing.Signer(salt="notices.unsubscribe")


def unsubscribe_path(person: Person) -> str:
    """Where this person, and nobody else, ends their mail without signing in."""
    return f"/unsubscribe/{_signer.sign(person.handle)}/"


def unsubscriber(token: str) -> Person:
    """Whose mail this link ends, or 404."""
    try:
        person = Person.objects.filter(handle=_signer.unsign(token)).first()
    except signing.BadSignature:
        person = None
    if person is None:
        raise Http404
    return person


# --- which, to whom -----------------------------------------------------------------------------------------------------


def may_be_mailed(person: Person) -> bool:
    """Whether notices go to somebody by mail. To an address that nobody has proved none do: it may be somebody else's."""
    return bool(
        person.email
        and person.is_active
        and not person.is_placeholder
        and not person.is_bot
        and queries.mail_choice(person) != MailChoice.OFF
        and not waits_for_proof(person.email)
    )


def deliver(receivers: Iterable[int] | None = None) -> None:
    """Mails what is due (to these people only, where they are named). Any number of workers may do so at once."""
    waiting = Notice.objects.filter(mail=None, no_mail=False, read_at=None)
    open_mails = Mail.objects.filter(handed_at=None, given_up_at=None)
    if receivers is not None:
        wanted = list(receivers)
        waiting, open_mails = waiting.filter(receiver__in=wanted), open_mails.filter(receiver__in=wanted)
    house = the_house()
    for person in Person.objects.filter(pk__in=waiting.values("receiver")):
        if hours.is_at_work(person, house, clock.now()):
            gather(person.pk)
    line = Line()
    try:
        for mail in open_mails.order_by("made_at").values_list("pk", flat=True):
            hand_over(mail, line)
    except NotReached as problem:
        log.warning("the mail server is not reached (%s); the mails wait", problem)
    finally:
        line.close()


@transaction.atomic
def gather(receiver: int) -> None:
    """Puts what somebody is to be told into their open mail."""
    person = Person.objects.select_for_update(skip_locked=True, no_key=True).filter(pk=receiver).first()
    if person is None:
        return
    notices = Notice.objects.filter(receiver=person, mail=None, no_mail=False, read_at=None)
    if not may_be_mailed(person):
        notices.update(no_mail=True)
    elif notices.exists():
        notices.update(mail=_open_mail(person))


def _open_mail(person: Person) -> Mail:
    mail = Mail.objects.filter(receiver=person, handed_at=None, given_up_at=None).first()
    return mail or Mail.objects.create(
        receiver=person, message_id=f"<{random_key()}@potluck>", made_at=clock.now()
    )


# --- once ---------------------------------------------------------------------------------------------------------------


def hand_over(pk: int, line: Line) -> None:
    """Hands a mail over, unless another worker is at it. Raises ``NotReached`` where there is no server to talk to."""
    with transaction.atomic():
        mail = _claimed(pk)
        if mail is None or not hours.is_at_work(mail.receiver, the_house(), clock.now()):
            return
        try:
            with transaction.atomic():
                message = write(mail)
            if message is None:  # all of it was read, or is gone
                mail.notices.update(no_mail=True)
                mail.delete()
                return
            line.offer(message)
        except NotReached:
            _failed(mail)
            unreached = True
        except NotNow as problem:
            log.warning("mail %s is not taken now: %s", mail.pk, problem)
            _failed(mail)
            return
        except NotEver as problem:
            _give_up(mail, problem)
            return
        except Exception:
            log.exception("mail %s cannot be written", mail.pk)
            _failed(mail, give_up=mail.failures + 1 >= TRIES)
            return
        else:
            unreached = False
            mail.handed_at = clock.now()
            mail.save(update_fields=["handed_at"])
    if unreached:
        raise NotReached
    try:
        line.give()
    except NotNow as problem:  # it said that it has not got it, so it may be tried again
        log.warning("mail %s is not taken now: %s", mail.pk, problem)
        _again(mail)
    except NotEver as problem:
        _give_up(mail, problem)
    except Exception as problem:
        log.warning("mail %s may have arrived, or not: %s", mail.pk, problem)
    else:
        Mail.objects.filter(pk=mail.pk).update(sent_at=clock.now())


def _claimed(pk: int) -> Mail | None:
    now = clock.now()
    return (
        Mail.objects.select_for_update(skip_locked=True, of=("self",), no_key=True)
        .select_related("receiver")
        .filter(pk=pk, handed_at=None, given_up_at=None)
        .filter(Q(try_after=None) | Q(try_after__lte=now))
        .first()
    )


def _failed(mail: Mail, give_up: bool = False) -> None:
    now = clock.now()
    wait = timedelta(minutes=min(LONGEST_WAIT, 2 ** min(mail.failures, 10)))
    Mail.objects.filter(pk=mail.pk).update(
        failures=F("failures") + 1,
        try_after=now + wait,
        handed_at=None,
        given_up_at=now if give_up or mail.made_at < now - TRIED_FOR else None,
    )


@transaction.atomic
def _again(mail: Mail) -> None:
    """A mail that was handed over and not taken is open once more; what was gathered meanwhile is told with it."""
    Person.objects.select_for_update(no_key=True).get(pk=mail.receiver_id)
    for newer in Mail.objects.filter(receiver=mail.receiver_id, handed_at=None, given_up_at=None):
        newer.notices.update(mail=mail)
        newer.delete()
    _failed(mail)


def _give_up(mail: Mail, problem: Exception) -> None:
    log.warning("mail %s is not taken: %s", mail.pk, problem)
    Mail.objects.filter(pk=mail.pk).update(failures=F("failures") + 1, handed_at=None, given_up_at=clock.now())


# --- what stands in it --------------------------------------------------------------------------------------------------


def write(mail: Mail) -> EmailMultiAlternatives | None:
    """The mail as it is right now, or None if nothing of it is left to tell: read meanwhile, taken back, out of reach."""
    receiver, house = mail.receiver, the_house()
    if not may_be_mailed(receiver):
        return None
    with translation.override(language_of(receiver, house)), timezone.override(hours.zone_of(receiver, house)):
        causes = _causes(mail, house)
        if not causes:
            return None
        unsubscribe = house.address + unsubscribe_path(receiver)
        words: dict[str, Any] = {
            "causes": causes,
            "lang": (translation.get_language() or "en")[:2],
            "name": receiver.name if translation.get_language() == "de-sie" else receiver.first_name,
            "house": house,
            "unsubscribe": unsubscribe,
            "choose": f"{house.address}/me/mail/",
            "subject": _subject(causes, house),
        }
        message = EmailMultiAlternatives(
            words["subject"],
            render_to_string("notices/mail.txt", words),
            formataddr((house.name or "Potluck", settings.DEFAULT_FROM_EMAIL)),
            [receiver.email or ""],
            headers={
                "Message-ID": mail.message_id,
                "List-Unsubscribe": f"<{unsubscribe}>",
                "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
                "Auto-Submitted": "auto-generated",
            },
        )
        message.attach_alternative(render_to_string("notices/mail.html", words), "text/html")
        return message


def _subject(causes: list[SimpleNamespace], house: House) -> str:
    """What happened, by whom; never a word that somebody wrote: a subject is read by whoever looks at the screen."""
    said = [sentence for cause in causes for sentence in cause.said]
    subject = said[0] if len(said) == 1 else _("There is something new for you at %(house)s") % {"house": house.name or "Potluck"}
    return " ".join(subject.split())


def _causes(mail: Mail, house: House) -> list[SimpleNamespace]:
    """The notices of a mail by cause, oldest first, with the words that the receiver may read."""
    receiver, found = mail.receiver, {}
    for notice in (
        queries.visible_to(receiver)
        .filter(mail=mail, read_at=None)
        .select_related("by", "act", "act__on")
        .order_by("at", "pk")
    ):
        cause = found.setdefault(notice.cause, SimpleNamespace(notices=[], words=[]))
        cause.notices.append(notice)
        act = notice.act
        if act is not None and act.by_id == notice.by_id:
            cause.words.append(SimpleNamespace(by=notice.by.name, words=text.plain(act.html, WORDS), lang=act.language))
        elif notice.kind == "asked" and notice.subject:
            cause.words.append(SimpleNamespace(by=notice.by.name, words=notice.subject, lang=""))
    for cause in found.values():
        cause.said = queries.said(receiver, reversed(cause.notices))
        cause.taste, cause.lang = queries.taste(receiver, cause.notices[0]) if not cause.words else ("", "")
        cause.url = f"{house.address}/inbox/{cause.notices[-1].key}/"
    return list(found.values())
