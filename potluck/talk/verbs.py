"""Talking back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from django.db import connection, transaction
from django.utils.translation import gettext as _

from potluck.acts.models import Act, Named, Reach
from potluck.acts.promise import Widened, is_kept, promise
from potluck.acts.queries import standing, was_given
from potluck.acts.verbs import Past, note_answers, publish, record, record_many, stir
from potluck.core import clock, rows
from potluck.core.rules import Refused, require
from potluck.notices.verbs import tell, untell
from potluck.people.models import Person
from potluck.talk.kinds import COMMENTED
from potluck.talk.models import REACTIONS, Comment, Reaction


def _as_it_stands(giver: Person, root: Act) -> Act:
    """The act as it is now, and stays until the answer is there: what is taken back, or off the wall, at the same moment
    takes the answer along."""
    found = standing(giver, root.pk)
    if found is None:
        raise Refused(_("What you answer was taken back."))
    return found


@transaction.atomic
def comment(giver: Person, on: Act, words: str, *, once: str | None = None, promised: str = "") -> Act:
    """Answers an act, or a comment on one. One level is shown below a comment: deeper ones join it, and the direct parent
    is kept. Told: whoever is answered, the author of the root, and who is named. ``promised``: who reads it, as the form said
    (acts/promise.py); ``Widened`` where others would read it by now."""
    root = on.on if on.kind == COMMENTED.name else on
    if root is None:
        raise Refused(_("What you answer was erased."))
    root = _as_it_stands(giver, root)
    require(giver, "talk.answer", root)
    if not is_kept(promised, promise(root.reach, root.group)) and not was_given(giver, once):
        raise Widened(_("Others can read this now than when you began to write. Nothing was sent."))
    act = record(COMMENTED, by=giver, words=words, on=root, like=root, once=once)
    if act.was_given_before:  # type: ignore[attr-defined]
        return act
    above = None
    if on.pk != root.pk:
        above = Comment.objects.get(act=on).below or on
    rows.insert(Comment(act=act, below=above, answers=on))
    if root.answered_at is None:
        note_answers(root)
    cause = f"/acts/{root.key}/"
    authors = {on.by_id: on.by, root.by_id: root.by}
    tell(authors.values(), "answered", about=act, cause=cause, by=giver)
    mentioned = [person for person in act.told_by_name if person.pk not in authors]  # type: ignore[attr-defined]
    tell(
        [p for p in mentioned if Act.objects.visible_to(p).filter(pk=act.pk).exists()],
        "mentioned",
        about=act,
        cause=cause,
        by=giver,
    )
    return act


@transaction.atomic
def react(giver: Person, act: Act, emoji: str) -> None:
    """One of six words on an act; the same word again changes nothing."""
    require(giver, "talk.react", act)
    if emoji not in REACTIONS:
        raise Refused(_("There is no such reaction."))
    _row, new = Reaction.objects.get_or_create(act=act, by=giver, emoji=emoji, defaults={"at": clock.now()})
    if new:
        root = act.on if act.kind == COMMENTED.name and act.on else act
        tell([act.by], "reacted", about=act, cause=f"/acts/{root.key}/", by=giver)
        publish(act, "changed", by=giver)


@transaction.atomic
def take_reaction_back(giver: Person, act: Act, emoji: str) -> None:
    """One's own word on an act goes, whatever one may say to it today; where there is none, nothing changes."""
    gone, _each = Reaction.objects.filter(act=act, by=giver, emoji=emoji).delete()
    if not gone:
        return
    if not Reaction.objects.filter(act=act, by=giver).exists():
        untell("reacted", about=act, by=giver)
    publish(act, "changed", by=giver)


@transaction.atomic
def say_it_helped(asker: Person, answer: Act) -> None:
    """The asker says: this helped. The bowl is filled, and the helper is told."""
    require(asker, "talk.helped", answer)
    if Comment.objects.filter(act=answer, helped_at=None).update(helped_at=clock.now()):
        tell([answer.by], "helped", about=answer, cause=f"/acts/{answer.on.key}/", by=asker)  # type: ignore[union-attr]
        publish(answer, "changed", by=asker)


@transaction.atomic
def unsay_it_helped(asker: Person, answer: Act) -> None:
    require(asker, "talk.helped", answer)
    Comment.objects.filter(act=answer).update(helped_at=None)
    untell("helped", about=answer, by=asker)
    publish(answer, "changed", by=asker)


@dataclass(frozen=True, slots=True)
class PastAnswer:
    """A comment of an imported history: ``past.on`` is its root, ``answers`` the act it directly answers, ``below`` the
    comment it is shown under."""

    past: Past
    answers: int | None
    below: int | None = None


@transaction.atomic
def comment_many(answers: Sequence[PastAnswer]) -> None:
    """Comments of an imported history, each with its own id, in the reach of its root, whatever it says itself. Roots that
    somebody may have seen before are for the caller to ``stir``. Only ``exchange`` calls this."""
    found = Act.objects.filter(pk__in={one.past.on for one in answers}).only("by", "reach", "group", "withdrawn_at")
    roots = {act.pk: act for act in found}
    readers: dict[int, set[int]] = {}
    for act, person in Named.objects.filter(
        act__in=[pk for pk, root in roots.items() if root.reach == Reach.NAMED]
    ).values_list("act", "person"):
        readers.setdefault(act, set()).add(person)
    below = []
    for one in answers:
        root = roots[one.past.on or 0]
        below.append(
            replace(
                one.past,
                reach=root.reach,
                group=root.group_id,
                named=sorted(readers.get(root.pk, set()) | {root.by_id}) if root.reach == Reach.NAMED else (),
                root_withdrawn=root.withdrawn_at is not None,
            )
        )
    ids = record_many(COMMENTED, below)
    with connection.cursor() as cursor, cursor.copy("copy talk_comment (act_id, answers_id, below_id) from stdin") as copy:
        for pk, one in zip(ids, answers, strict=True):
            copy.write_row((pk, one.answers, one.below))


@transaction.atomic
def react_many(given: Iterable[tuple[int, int, str]]) -> None:
    """Reactions of an imported history, (act, person, emoji) each; they have no time, and none is invented. One that is
    there already stays as it is. Only ``exchange`` calls this."""
    given = list(given)
    Reaction.objects.bulk_create(
        [Reaction(act_id=act, by_id=person, emoji=emoji[:64], at=None) for act, person, emoji in given],
        batch_size=1000,
        ignore_conflicts=True,
    )
    stir({act for act, _person, _emoji in given})


@transaction.atomic
def unreact_many(given: Iterable[tuple[int, int, str]]) -> None:
    """Takes imported reactions away again: (act, person, emoji). Only ``exchange`` calls this."""
    for act, by, emoji in given:
        Reaction.objects.filter(act=act, by=by, emoji=emoji, at=None).delete()
        stir([act])
