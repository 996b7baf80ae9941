"""What stands around the table: open-handed places in published positions, and at most three quiet cards."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from django.utils.translation import gettext as _

from potluck.acts import kinds
from potluck.acts import queries as acts
from potluck.core import clock, paging
from potluck.people.models import FeedOrder
from potluck.talk import queries as talk
from potluck.thanks import queries as thanks
from potluck.welcome import queries as welcome

#: Where the open-handed places are (the first dish is 1). Published in docs/decisions; no popularity, follower count or rank
#: is an input, here or anywhere in the feed.
PLACES = (1, 4, 8)
#: A question has this long to be answered by itself before it is set in an open-handed place.
PATIENCE = timedelta(hours=4)


def table(viewer: Any, before: Any = None) -> tuple[list[SimpleNamespace], Any]:
    """A page of the feed, dressed: the rows, and the row after which the next page begins (None: that was all)."""
    rows = acts.feed(viewer, before, acts.PAGE + 1)
    shown, more = rows[: acts.PAGE], len(rows) > acts.PAGE
    last = shown[-1] if more else None
    if before is None and viewer.feed_order == FeedOrder.OPEN_HANDED:
        shown = _with_open_hands(viewer, shown)
    return acts.dressed(viewer, shown), last


def _with_open_hands(viewer: Any, rows: list[SimpleNamespace]) -> list[SimpleNamespace]:
    """First posts of newcomers and questions that wait, set into the published places, each saying why it is here."""
    first = list(talk.first_posts_without_answer(viewer, clock.now() - welcome.NEW_FOR).exclude(by=viewer)[:2])
    waiting = list(talk.without_answer(viewer).exclude(by=viewer).filter(at__lt=clock.now() - PATIENCE)[:3])
    reasons = {act.pk: "new" for act in first} | {act.pk: "waits" for act in waiting if act not in first}
    raised = acts.rows(viewer, list(reasons)[: len(PLACES)])
    order = list(reasons)
    raised.sort(key=lambda row: order.index(row.id))
    rows = [row for row in rows if row.id not in reasons or row.id not in {r.id for r in raised}]
    for place, row in zip(PLACES, raised, strict=False):
        if reasons[row.id] == "new":
            row.reason = SimpleNamespace(
                sentence=_("Up here because %(name)s is new among you.") % {"name": row.by.first_name}, icon="map-pin"
            )
            row.word = _("First post") if not row.kind.asks else row.word
        else:
            row.reason = SimpleNamespace(
                sentence=_("Up here because you may know something about it."), icon="hand-waving"
            )
        rows.insert(min(place - 1, len(rows)), row)
    return rows


def cards(viewer: Any) -> SimpleNamespace:
    """Beside the feed: a question one may know the answer to, who is new, what waits for oneself."""
    question = talk.without_answer(viewer).exclude(by=viewer).first()
    return SimpleNamespace(
        question=acts.rows(viewer, [question.pk])[0] if question else None,
        newcomers=list(welcome.newcomers(viewer).exclude(pk=viewer.pk)[:2]),
        answers_wait=talk.waiting_for(viewer).exists(),
        thanks_wait=bool(thanks.waiting_for_yes(viewer)),
    )


def brought(viewer: Any, person: Any, before: Any = None) -> tuple[list[SimpleNamespace], str | None]:
    """A page of what somebody brought; an answer to a question shows the bowl, filled where it helped."""
    rows, older = paging.page(acts.of_person(viewer, person, before, acts.PAGE + 1), acts.PAGE)
    answers = talk.helpful([row.id for row in rows if not row.kind.in_feed])
    for row in rows:
        kind, row.helped_by = answers.get(row.id, ("", None))
        if kind and kinds.named(kind).asks:
            row.dish = kinds.named(kind).dish
    return rows, older


def waiting(viewer: Any) -> list[SimpleNamespace]:
    """Answers to the viewer that they have not answered, newest first: at most a hundred, each with its ``root``."""
    found = list(talk.waiting_for(viewer).values_list("pk", "on")[:100])
    roots = {row.id: row for row in acts.rows(viewer, [root for _pk, root in found])}
    rows = acts.rows(viewer, [pk for pk, _root in found])
    for row in rows:
        row.root = roots[row.on_id]
    return rows
