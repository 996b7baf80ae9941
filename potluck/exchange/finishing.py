"""What readers need not wait for: in which language everything is. Looked at a batch at a time, each with how far it got.

Saying it is what the database works for: it finds the stems of the words then. So batches are written side by side, by
connections of their own, while the next is looked at.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from django.db import connection
from django.db.models import Max, Min

from potluck.acts.verbs import say_languages
from potluck.core import clock, text
from potluck.exchange.models import Import
from potluck.exchange.source import What

BATCH = 2_000
#: Batches that are written at the same time.
ABREAST = 2
#: So many characters tell a language; more would only take longer.
ENOUGH = 300

NEXT = """
select a.id, a.html, a.language from exchange_source s join acts_act a on a.id = s.target
where s.of_id = %s and s.what = 'post' and s.target > %s order by s.target limit %s
"""


def finish(past: Import, otherwise: str, say: Callable[[str, int, int], None]) -> None:
    """Finishes what is readable already; killed, it goes on where it was. ``otherwise``: where words are too few to tell."""
    ends = past.sources.filter(what=What.POST).aggregate(first=Min("target"), last=Max("target"))
    first, last = ends["first"] or 0, ends["last"] or 0
    say("finish", max(0, past.finished_to - first + 1), last - first + 1)
    under_way: deque[tuple[int, Future[None]]] = deque()

    def await_one() -> None:
        to, written = under_way.popleft()
        written.result()
        past.finished_to = to
        past.save(update_fields=["finished_to"])
        say("finish", to - first + 1, last - first + 1)

    with ThreadPoolExecutor(ABREAST) as pool:
        # Within a transaction nobody else sees the rows yet.
        begin = _at_once if connection.in_atomic_block else pool.submit
        to = past.finished_to
        while found := _next(past, to):
            to = found[-1][0]
            guesses = {pk: text.language_of(text.plain(html[:4_000], ENOUGH), otherwise) for pk, html, _now in found}
            under_way.append((to, begin(_write, {pk: guesses[pk] for pk, _html, now in found if guesses[pk] != now})))
            if len(under_way) > ABREAST:
                await_one()
        while under_way:
            await_one()
    past.staged.all().delete()
    past.finished_at = clock.now()
    past.save(update_fields=["finished_at"])


def _next(past: Import, after: int) -> list[tuple[int, str, str]]:
    with connection.cursor() as cursor:
        cursor.execute(NEXT, [past.pk, after, BATCH])
        return cursor.fetchall()


def _write(languages: dict[int, str]) -> None:
    say_languages(languages)
    if not connection.in_atomic_block:
        connection.close()


def _at_once(write: Callable[[Any], None], languages: Any) -> Future[None]:
    done: Future[None] = Future()
    write(languages)
    done.set_result(None)
    return done
