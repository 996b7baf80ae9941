"""What readers need not wait for: in which language everything is. Looked at a batch at a time, each with how far it got."""

from __future__ import annotations

from collections.abc import Callable

from django.db import connection, transaction
from django.db.models import Max, Min

from potluck.acts.verbs import say_languages
from potluck.core import clock, text
from potluck.exchange.models import Import
from potluck.exchange.source import What

BATCH = 2_000
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
    while True:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(NEXT, [past.pk, past.finished_to, BATCH])
                found = cursor.fetchall()
            if not found:
                break
            guesses = {pk: text.language_of(text.plain(html[:4_000], ENOUGH), otherwise) for pk, html, _now in found}
            say_languages({pk: guesses[pk] for pk, _html, now in found if guesses[pk] != now})
            past.finished_to = found[-1][0]
            past.save(update_fields=["finished_to"])
        say("finish", past.finished_to - first + 1, last - first + 1)
    past.staged.all().delete()
    past.finished_at = clock.now()
    past.save(update_fields=["finished_at"])
