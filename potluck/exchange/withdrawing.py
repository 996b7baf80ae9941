"""Taking an import back as a whole (docs/decisions: an import is taken back as a whole).

Until somebody answered in it, it is erased as if it had never come; afterwards it is hidden, and nothing that anybody gave here
is erased. Only the latest import of a source can go: what came after it builds on it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from potluck.acts.models import Act, Mention, Named
from potluck.acts.verbs import erase_many, hide_many, show_many
from potluck.core import clock, jobs
from potluck.core.rules import Refused, require
from potluck.exchange.alone import alone
from potluck.exchange.models import Import, Listed, Source
from potluck.exchange.placing import EVERYWHERE, PLACE
from potluck.exchange.source import What
from potluck.groups.verbs import erase_groups, list_groups, unseat_many
from potluck.people.models import Person
from potluck.people.verbs import close_places, erase_places, log
from potluck.talk.models import Comment, Reaction
from potluck.talk.verbs import unreact_many

WITHDRAWN_BY = "exchange.withdraw"
#: Ids looked up together.
MANY = 10_000


@dataclass(frozen=True, slots=True)
class Going:
    """What goes when an import is taken back: numbers, and whether somebody answered, so that it is hidden."""

    is_answered: bool
    posts: int
    comments: int
    groups: int
    places: int
    is_people_list: bool


def can_go(past: Import) -> str:
    """Why this import cannot be taken back now, in a sentence; empty: it can."""
    if past.readable_at is None:
        return _("This import is not finished: nothing of it can be seen, and another one begins anew.")
    if past.problem:
        return _("This list was not taken in: there is nothing to take back.")
    if past.withdrawn_at or past.withdrawal_at:
        return _("This import has been taken back already.")
    later = Import.objects.filter(system=past.system, workspace=past.workspace, withdrawn_at=None, pk__gt=past.pk)
    if past.system != "people" and any(any(later_one.report.get(name) for name in BUILT) for later_one in later):
        return _("A later import of the same source builds on this one. Take that back first.")
    return ""


#: What a later import may have hung on an earlier one.
BUILT = ("people", "groups", "posts", "comments", "bot_posts", "reactions")


def going(past: Import) -> Going:
    """What would go, looked at now."""
    acts = Act.objects.filter(pk__in=_targets(past, What.POST))
    people = Person.objects.filter(pk__in=_people(past)).filter(Q(is_placeholder=True) | Q(is_bot=True))
    return Going(
        is_answered=is_answered(past),
        posts=acts.filter(in_feed=True).count(),
        comments=acts.filter(in_feed=False).count(),
        groups=_targets(past, What.SPACE).count(),
        places=people.count(),
        is_people_list=past.system == "people",
    )


def is_answered(past: Import) -> bool:
    """Did anybody give something here on what this import brought: an answer, a thank-you, a reaction, a post in its group?"""
    acts, groups = _targets(past, What.POST), _targets(past, What.SPACE)
    lived = Act.objects.filter(is_imported=False)
    return (
        lived.filter(on__in=acts).exists()
        or lived.filter(group__in=groups).exists()
        or Comment.objects.filter(act__in=acts, helped_at__isnull=False).exists()
        or Reaction.objects.filter(act__in=acts, at__isnull=False).exists()  # of an imported one nobody knows when it was given
    )


@transaction.atomic
def ask(keeper: Person | None, past: Import) -> None:
    """An administrator takes an import back; the worker does it. Raises ``Refused``."""
    if keeper is not None:
        require(keeper, "imports.withdraw")
    past = Import.objects.select_for_update().get(pk=past.pk)
    if why := can_go(past):
        raise Refused(why)
    past.withdrawal_at, past.withdrawn_by = clock.now(), keeper
    past.save(update_fields=["withdrawal_at", "withdrawn_by"])
    jobs.soon(WITHDRAWN_BY)


def asked() -> Import | None:
    return Import.objects.filter(withdrawal_at__isnull=False, withdrawn_at=None).order_by("withdrawal_at").first()


def withdraw(past: Import) -> None:
    """Takes it back, in one transaction. Killed at any moment it has changed nothing, and is done when called again."""
    with alone(), transaction.atomic():
        past = Import.objects.select_for_update().get(pk=past.pk)
        if past.withdrawn_at:
            return
        if is_answered(past):
            _hide(past)
        else:
            _erase(past)
        past.withdrawn_at = clock.now()
        past.save(update_fields=["withdrawn_at", "is_hidden"])
        log(past.withdrawn_by, "imports.withdraw", None, f"{past.system} {past.name}")


def _erase(past: Import) -> None:
    acts, groups, people = list(_targets(past, What.POST)), list(_targets(past, What.SPACE)), _people(past)
    seated = list(_targets(past, What.SEAT).distinct())
    # What somebody took back or erased before is not brought again: that, and that alone, is remembered.
    erased = _gone(past, acts)
    _unreact(past, acts)
    erase_many(acts)
    Source.objects.filter(of=past).exclude(what=What.POST, target__in=erased).delete()
    erase_groups(groups)
    waiting = Person.objects.filter(Q(is_placeholder=True) | Q(is_bot=True), pk__in=people)
    unseat_many(seated, waiting.values_list("pk", flat=True))
    Listed.objects.filter(of=past, person__in=waiting).delete()
    held = set(Source.objects.filter(what=What.PERSON, target__in=people).values_list("target", flat=True))
    erase_places(pk for pk in people if pk not in held)


def _unreact(past: Import, acts: list[int]) -> None:
    """Reactions this import brought to what an earlier one had brought; those on its own acts go with these."""
    rows: Any = Source.objects.filter(of=past, what=What.REACTION).exclude(target__in=acts).values_list("object", "target")
    given = [(act, *object_.split("/")[-2:]) for object_, act in rows]
    known = Source.objects.filter(system=past.system, workspace=past.workspace, what=What.PERSON)
    people: dict[str, Any] = dict(known.filter(object__in={by for _act, _emoji, by in given}).values_list("object", "target"))
    unreact_many((act, people[by], emoji) for act, emoji, by in given if people.get(by))


def _gone(past: Import, acts: list[int]) -> list[int]:
    """Targets of this import whose act was erased here, or taken back by its giver."""
    standing: set[int] = set()
    for first in range(0, len(acts), MANY):
        rows = Act.objects.filter(pk__in=acts[first : first + MANY]).filter(Q(withdrawn_at=None) | Q(is_hidden=True))
        standing.update(rows.values_list("pk", flat=True))
    return [pk for pk in acts if pk not in standing]


def _hide(past: Import) -> None:
    acts = list(_targets(past, What.POST))
    hide_many(acts)
    groups = list(_targets(past, What.SPACE))
    alive = set(Act.objects.filter(group__in=groups, withdrawn_at=None, root_withdrawn=False).values_list("group", flat=True))
    list_groups([group for group in groups if group not in alive], listed=False)
    close_places(_unseen(past), closed=True)
    past.is_hidden = True


def _unseen(past: Import) -> list[int]:
    """Places nobody claimed, to whom nothing leads but what is hidden with this import."""
    people = set(_people(past))
    to_be_seen = Q(act__withdrawn_at=None, act__root_withdrawn=False)
    for meant in (
        Named.objects.filter(to_be_seen, person__in=people).values_list("person", flat=True),
        Mention.objects.filter(to_be_seen, person__in=people).values_list("person", flat=True),
        Act.objects.filter(by__in=people, withdrawn_at=None, root_withdrawn=False).values_list("by", flat=True),
        Listed.objects.filter(person__in=people).values_list("person", flat=True),
        Person.objects.filter(pk__in=people, invitations__isnull=False).values_list("pk", flat=True),
    ):
        people -= set(meant)
    return sorted(people)


def show_again(past: Import) -> int:
    """What an earlier import brought, was hidden, and stands in this archive again, is shown again and is this import's now; how
    many posts and answers. To be called while the archive is staged, in the transaction that makes it visible."""
    hidden = Import.objects.filter(system=past.system, workspace=past.workspace, is_hidden=True)
    if not hidden.exists():
        return 0
    everywhere = past.system in EVERYWHERE
    with connection.cursor() as cursor:
        cursor.execute(
            "update exchange_source k set of_id = %(new)s where k.of_id = any(%(hidden)s) and exists ("
            "select from exchange_staged s where s.of_id = %(new)s and s.what = k.what and k.object = "
            f"case when s.what in ('person', 'space') then s.object else {PLACE.format(object='s.object', space='s.space')} end)",
            {"new": past.pk, "hidden": list(hidden.values_list("pk", flat=True)), "everywhere": everywhere},
        )
    shown = show_many(list(_targets(past, What.POST)))
    list_groups(_targets(past, What.SPACE), listed=True)
    close_places(_people(past), closed=False)
    return shown


def _targets(past: Import, what: What) -> Any:
    return Source.objects.filter(of=past, what=what, target__isnull=False).values_list("target", flat=True)


def _people(past: Import) -> list[int]:
    if past.system == "people":
        return list(Listed.objects.filter(of=past).values_list("person", flat=True))
    return list(_targets(past, What.PERSON))
