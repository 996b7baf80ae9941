"""Search: one field over everything one may see, narrowed where one likes. What somebody searched for is stored nowhere."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from potluck.acts import finding, kinds
from potluck.acts import queries as acts
from potluck.acts.finding import Narrowed
from potluck.core import clock, paging, text
from potluck.core.answers import Request, is_htmx, page, takes
from potluck.core.often import searches
from potluck.groups import queries as groups
from potluck.people import queries as people

LIMIT = 200  # characters of a field
TIMES = {"week": timedelta(days=7), "month": timedelta(days=31), "year": timedelta(days=366)}
#: People and groups beside what they gave: so many of each.
BESIDE = 6
#: A name to narrow by may be that of several.
NAMESAKES = 20


class Option(NamedTuple):
    value: str
    word: str


@dataclass(frozen=True)
class Wanted:
    """What the form says, cleaned; all of it may be empty."""

    q: str
    by: str
    group: str
    kind: str
    time: str

    @property
    def is_narrowed(self) -> bool:
        return any((self.by, self.group, self.kind, self.time))

    def address(self, **changes: str) -> str:
        said = {"q": self.q, "by": self.by, "group": self.group, "kind": self.kind, "time": self.time} | changes
        return f"{reverse('pages:search')}?{urlencode({name: value for name, value in said.items() if value})}"


@takes("GET")
@searches
def search(request: Request) -> HttpResponse:
    """Without JavaScript a page; with htmx the results, or the older ones (``?before=``)."""
    viewer, wanted = request.user, _wanted(request)
    narrowed, nobody = _narrowed(viewer, wanted)
    before = paging.before(request.GET.get("before"))
    found = finding.find(viewer, wanted.q, narrowed, before, acts.PAGE + 1)
    rows, older = paging.page(found.rows, acts.PAGE)
    rows = _with_roots(viewer, acts.dressed_to_serve(viewer, rows))
    older_url = wanted.address(q=found.corrected or wanted.q, before=older) if older else ""
    if is_htmx(request) and before:
        return page(request, "pages/_search_acts.html", acts=rows, older_url=older_url)
    named = _people(viewer, wanted.q) if wanted.q and not wanted.is_narrowed and not before else []
    tables = groups.named_like(viewer, wanted.q, BESIDE) if wanted.q and not wanted.is_narrowed and not before else []
    return page(
        request,
        "pages/_search_found.html" if is_htmx(request) else "pages/search.html",
        wanted=wanted,
        acts=rows,
        older_url=older_url,
        people=named,
        groups=tables,
        corrected=found.corrected,
        nobody=nobody,
        said=_said(wanted, found.corrected, bool(rows or named or tables)),
        kinds=_kinds(get_language()),
        times=_times(get_language()),
        here="search",
    )


def _wanted(request: Request) -> Wanted:
    def line(name: str) -> str:
        return " ".join(text.typed(request.GET.get(name, ""), LIMIT).split())

    kind, time = line("kind"), line("time")
    known = {one.name for one in kinds.all_kinds()}
    return Wanted(line("q"), line("by"), line("group"), kind if kind in known else "", time if time in TIMES else "")


def _narrowed(viewer: Any, wanted: Wanted) -> tuple[Narrowed, str]:
    """What acts are narrowed to, and the name to narrow by that the viewer sees nowhere."""
    by = [one.pk for one in people.named_like(viewer, wanted.by, NAMESAKES)] if wanted.by else None
    tables = [one.pk for one in groups.named_like(viewer, wanted.group, NAMESAKES)] if wanted.group else None
    narrowed = Narrowed(
        by=by,
        groups=tables,
        kinds=[wanted.kind] if wanted.kind else None,
        since=clock.now() - TIMES[wanted.time] if wanted.time else None,
    )
    return narrowed, wanted.by if by == [] else wanted.group if tables == [] else ""


def _people(viewer: Any, words: str) -> list[Any]:
    """By their name, then by what they can help with."""
    named = people.named_like(viewer, words, BESIDE)
    able = [one for one in people.helping_with(viewer, words, BESIDE) if one not in named]
    return [*named, *able][:BESIDE]


def _with_roots(viewer: Any, rows: list[Any]) -> list[Any]:
    """An answer says to what, where the viewer may see that."""
    answers = [row for row in rows if not row.kind.in_feed]
    roots = {row.id: row for row in acts.rows(viewer, {row.on_id for row in answers if row.on_id})}
    for row in answers:
        row.root = roots.get(row.on_id)
    return rows


def _said(wanted: Wanted, corrected: str, is_found: bool) -> str:
    """What was done, in a sentence, for the eye and the ear."""
    if corrected:
        words = {"typed": wanted.q, "nearest": corrected}
        return _("You can read nothing with “%(typed)s”. This is what was found for “%(nearest)s”.") % words
    if not is_found:
        return _("Nothing found.") if wanted.q or wanted.is_narrowed else ""
    return _("Found for “%(words)s”, the newest first.") % {"words": wanted.q} if wanted.q else _("The newest first.")


@lru_cache(maxsize=8)
def _kinds(language: str | None) -> tuple[Option, ...]:
    return (Option("", _("everything")), *(Option(one.name, str(one.word)) for one in kinds.all_kinds()))


@lru_cache(maxsize=8)
def _times(language: str | None) -> tuple[Option, ...]:
    return (
        Option("", _("from any time")),
        Option("week", _("of the last week")),
        Option("month", _("of the last month")),
        Option("year", _("of the last year")),
    )
