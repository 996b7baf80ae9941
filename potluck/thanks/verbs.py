"""Thanking. Private first; on the wall only when the giver offers it and every receiver says yes, for as long as both do."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext as _

from potluck.acts.models import Act, Reach
from potluck.acts.verbs import WORDS_LIMIT, record, widen
from potluck.core import clock, rows, text
from potluck.core.rules import Refused, require
from potluck.notices.verbs import tell, untell
from potluck.people.models import Person
from potluck.thanks.kinds import THANKED
from potluck.thanks.models import Receiver, StandingYes, Thanks


@transaction.atomic
def thank(
    giver: Person,
    receivers: Iterable[Person],
    for_what: str,
    *,
    what_changed: str = "",
    because_of: Act | None = None,
    offer_to_wall: bool = False,
    once: str | None = None,
) -> Act:
    """Thanks one or several people, in the giver's own words, for what they did. Only giver and receivers read it."""
    receivers = list({person.pk: person for person in receivers}.values())
    require(giver, "thanks.give", receivers)
    act = record(THANKED, by=giver, to=receivers, on=because_of, words=for_what, only_named=True, once=once)
    if act.was_given_before:  # type: ignore[attr-defined]
        return act
    what_changed = text.typed(what_changed, WORDS_LIMIT)
    thanks = Thanks(
        act=act,
        what_changed=what_changed,
        what_changed_html=text.clean(what_changed),
        is_offered=offer_to_wall,
    )
    rows.insert(thanks)
    for person in receivers:
        rows.insert(Receiver(thanks=thanks, person=person))
    tell(receivers, "thanked", about=act, cause=f"/acts/{act.key}/", by=giver)
    _count_standing_yes(thanks)
    _hang_or_take_down(thanks)
    return act


def _count_standing_yes(thanks: Thanks) -> None:
    """Who said "yes, always" says it to this one in the moment it is offered, and not before: what was given in private
    waits for its own yes once the standing one is revoked."""
    if thanks.is_offered:
        always = StandingYes.objects.values("person")
        thanks.receivers.filter(agreed_at=None, declined_at=None, person__in=always).update(agreed_at=clock.now())


def _hang_or_take_down(thanks: Thanks) -> None:
    """The wall follows from what both sides say; nothing else hangs a thank-you or takes it down."""
    everybody = thanks.is_offered and not thanks.receivers.filter(agreed_at=None).exists()
    if everybody and not thanks.hung_at:
        Thanks.objects.filter(pk=thanks.pk).update(hung_at=clock.now())
        widen(thanks.act, Reach.EVERYONE)
    elif not everybody and thanks.hung_at:
        Thanks.objects.filter(pk=thanks.pk).update(hung_at=None)
        widen(thanks.act, Reach.NAMED)


@transaction.atomic
def agree(receiver: Person, thanks: Thanks, *, always: bool = False) -> None:
    """A receiver says yes to the wall; with ``always``, to all that are offered from now on."""
    require(receiver, "thanks.answer", thanks)
    thanks = Thanks.objects.select_for_update().select_related("act").get(pk=thanks.pk)
    if not thanks.is_offered:
        raise Refused(_("The giver has taken the offer back. Nothing is asked of you."))
    thanks.receivers.filter(person=receiver, agreed_at=None).update(agreed_at=clock.now(), declined_at=None)
    if always:
        say_always(receiver)
    _hang_or_take_down(thanks)
    thanks.refresh_from_db()
    if thanks.hung_at:
        tell([thanks.act.by], "hung", about=thanks.act, cause=f"/acts/{thanks.act.key}/", by=receiver)


@transaction.atomic
def keep_private(receiver: Person, thanks: Thanks) -> None:
    """A receiver would rather keep it, at first or later. No notice goes out; the wall shows it no more."""
    require(receiver, "thanks.answer", thanks)
    thanks = Thanks.objects.select_for_update().select_related("act").get(pk=thanks.pk)
    thanks.receivers.filter(person=receiver).update(agreed_at=None, declined_at=clock.now())
    _hang_or_take_down(thanks)


@transaction.atomic
def say_always(receiver: Person) -> None:
    """A standing yes: what is offered from now on hangs without asking. What already waits still waits."""
    StandingYes.objects.get_or_create(person=receiver)


@transaction.atomic
def revoke_standing_yes(receiver: Person) -> None:
    """From now on each one is asked again; what hangs keeps hanging until it is taken down."""
    StandingYes.objects.filter(person=receiver).delete()


@transaction.atomic
def offer(giver: Person, thanks: Thanks) -> None:
    """The giver offers an earlier thank-you to the wall; its receivers are asked."""
    require(giver, "thanks.offer", thanks)
    thanks = Thanks.objects.select_for_update().select_related("act").get(pk=thanks.pk)
    if not thanks.is_offered:
        Thanks.objects.filter(pk=thanks.pk).update(is_offered=True)
        thanks.is_offered = True
        _count_standing_yes(thanks)
        asked = [
            r.person
            for r in thanks.receivers.filter(agreed_at=None, declined_at=None).select_related("person")
        ]
        tell(asked, "offered", about=thanks.act, cause=f"/acts/{thanks.act.key}/", by=giver)
        _hang_or_take_down(thanks)


@transaction.atomic
def take_offer_back(giver: Person, thanks: Thanks) -> None:
    """The giver would rather keep it between them; the wall lets go of it at once."""
    require(giver, "thanks.offer", thanks)
    thanks = Thanks.objects.select_for_update().select_related("act").get(pk=thanks.pk)
    Thanks.objects.filter(pk=thanks.pk).update(is_offered=False)
    # A yes was to this offer; another one asks anew (but for those who said "always").
    thanks.receivers.update(agreed_at=None)
    untell("offered", about=thanks.act, by=giver)
    thanks.is_offered = False
    _hang_or_take_down(thanks)
