"""Every read of the talk around acts."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from django.db import connection
from django.db.models import Exists, F, OuterRef, Q
from django.http import Http404

from potluck.acts import queries as acts
from potluck.acts.kinds import of, those
from potluck.acts.models import Act
from potluck.people.models import Person


def reactions(viewer: Person, ids: list[int]) -> dict[int, SimpleNamespace]:
    """{act id: who reacted with what}: names, never a count. ``mine``: the viewer's words; ``by``: [(emoji, [name])]."""
    found: dict[int, SimpleNamespace] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            """select r.act_id, r.emoji, r.by_id, split_part(p.name, ' ', 1)
               from talk_reaction r join people_person p on p.id = r.by_id
               where r.act_id = any(%s) order by r.id""",
            [ids],
        )
        for act_id, emoji, by, name in cursor.fetchall():
            row = found.setdefault(act_id, SimpleNamespace(mine=set(), words={}))
            if by == viewer.pk:
                row.mine.add(emoji)
            row.words.setdefault(emoji, []).append(name)
    return found


def talk(viewer: Person, ids: list[int]) -> dict[int, SimpleNamespace]:
    """{act id: its talk}: ``voices`` (names of who answered, oldest first) and ``helped`` (the answer that helped, or None).
    A comment has its root's reach, so whoever reads the act may read its talk."""
    found: dict[int, SimpleNamespace] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            """
            select a.on_id, array_agg(p.name order by a.at, a.id),
                   (array_agg(a.id order by c.helped_at, a.id) filter (where c.helped_at is not null))[1]
            from acts_act a join talk_comment c on c.act_id = a.id join people_person p on p.id = a.by_id
            where a.on_id = any(%s) and a.withdrawn_at is null group by a.on_id""",
            [ids],
        )
        for on, voices, helped in cursor.fetchall():
            found[on] = SimpleNamespace(voices=list(dict.fromkeys(voices)), helped_id=helped, helped=None)
    helping = [row.helped_id for row in found.values() if row.helped_id]
    if helping:
        answers = {row.id: row for row in acts.rows(viewer, helping)}
        for row in found.values():
            row.helped = answers.get(row.helped_id)
    return found


def comments(viewer: Person, root: SimpleNamespace) -> list[SimpleNamespace]:
    """The answers to an act (a row), oldest first, each with its ``replies``."""
    ids = Act.objects.visible_to(viewer).filter(on=root.id, in_feed=False).values_list("pk", flat=True)
    return _placed(viewer, list(ids), root)


def helpful(ids: list[int]) -> dict[int, tuple[str, str | None]]:
    """{comment id: (kind of its root, first name of the asker whom it helped)}, for comments the viewer was shown."""
    with connection.cursor() as cursor:
        cursor.execute(
            """select c.act_id, r.kind, case when c.helped_at is not null then p.name end
               from talk_comment c join acts_act a on a.id = c.act_id join acts_act r on r.id = a.on_id
               join people_person p on p.id = r.by_id where c.act_id = any(%s)""",
            [ids],
        )
        return {pk: (kind, name and name.split(" ")[0]) for pk, kind, name in cursor.fetchall()}


def comment(viewer: Person, key: str) -> SimpleNamespace:
    """One comment with its replies, or 404."""
    act = acts.act(viewer, key)
    if of(act).in_feed or act.on_id is None:
        raise Http404
    root = acts.rows(viewer, [act.on_id])[0]
    below = Act.objects.visible_to(viewer).filter(comment__below=act).values_list("pk", flat=True)
    return _placed(viewer, [act.pk, *below], root)[0]


def _placed(viewer: Person, ids: list[int], root: SimpleNamespace) -> list[SimpleNamespace]:
    """Comments as rows where they stand: ``on`` and ``root`` (the act), ``replies``, ``below_key``, ``helped_at``, and, where
    one answers a reply, ``answers`` (a name)."""
    rows = {row.id: row for row in acts.dressed(viewer, list(reversed(acts.rows(viewer, ids))))}
    with connection.cursor() as cursor:
        cursor.execute(
            """select c.act_id, c.below_id, b.key, c.answers_id, c.helped_at, p.name from talk_comment c
                          left join acts_act b on b.id = c.below_id
                          left join acts_act a on a.id = c.answers_id and a.withdrawn_at is null
                          left join people_person p on p.id = a.by_id where c.act_id = any(%s)""",
            [ids],
        )
        places = {row[0]: row[1:] for row in cursor.fetchall()}
    top: list[SimpleNamespace] = []
    for pk, row in rows.items():
        below, row.below_key, answers, row.helped_at, name = places[pk]
        row.on = row.root = root
        row.replies = []
        row.answers = name if answers and answers not in (below, root.id) else None
        (rows[below].replies if below in rows else top).append(row)
    return top


def _answered() -> Any:
    """Somebody other than the author said something, and it stands."""
    return Exists(
        Act.objects.filter(
            on=OuterRef("pk"), in_feed=False, withdrawn_at__isnull=True, by__is_bot=False
        ).exclude(by=OuterRef("by"))
    )


def without_answer(viewer: Person) -> Any:
    """Questions that nobody has answered, in the viewer's reach, oldest first. History is never due."""
    return (
        Act.objects.visible_to(viewer)
        .filter(kind__in=those(asks=True), is_imported=False)
        .exclude(_answered())
        .order_by("at", "pk")
    )


def asked_too(viewer: Person, question: SimpleNamespace) -> SimpleNamespace | None:
    """Beside a question: another one that waits, by somebody else."""
    if not question.kind.asks:
        return None
    ids = without_answer(viewer).exclude(by__in=[viewer.pk, question.by_id]).values_list("pk", flat=True)[:1]
    return next(iter(acts.rows(viewer, ids)), None)


def first_posts_without_answer(viewer: Person, since: Any) -> Any:
    """First posts of people who arrived after ``since`` that nobody has answered, oldest first."""
    earlier = Act.objects.filter(
        by=OuterRef("by"), in_feed=True, is_imported=False, kind__in=["posted", "asked"]
    ).filter(Q(at__lt=OuterRef("at")) | Q(at=OuterRef("at"), pk__lt=OuterRef("pk")))
    return (
        Act.objects.visible_to(viewer)
        .filter(kind__in=["posted", "asked"], is_imported=False, by__arrived_at__gt=since)
        .exclude(_answered())
        .exclude(Exists(earlier))
        .order_by("at", "pk")
    )


def waiting_for(viewer: Person) -> Any:
    """What waits for the viewer's own answer: comments by others in their acts, or directly to their comments, to which they
    have said nothing since, nor reacted, nor said it helped; newest first."""
    to_me = (
        Act.objects.visible_to(viewer)
        .filter(in_feed=False, is_imported=False)
        .exclude(by=viewer)
        .filter(Q(on__by=viewer) | Q(comment__answers__by=viewer))
    )
    answered = Act.objects.filter(
        on=OuterRef("on"), by=viewer, in_feed=False, withdrawn_at__isnull=True, at__gt=OuterRef("at")
    )
    from potluck.talk.models import Reaction

    return (
        to_me.exclude(Exists(answered))
        .exclude(Exists(Reaction.objects.filter(act=OuterRef("pk"), by=viewer)))
        .exclude(comment__helped_at__isnull=False, on__by=viewer)
        .annotate(root_key=F("on__key"))
        .order_by("-at", "-pk")
    )
