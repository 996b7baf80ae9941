"""Search over acts: every word one may read, by its stem, without accents, and with a typing error forgiven.

Each stem in ``Act.found`` is bound to the readers of its act, and the index is asked for the stems of what the viewer may read.
A word that stands only where they may not read is to them, and to the time it takes, the same as one that nobody ever
wrote. ``VISIBLE`` is asked all the same. What somebody searched for is stored nowhere. (docs/decisions/0008)
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from difflib import SequenceMatcher
from types import SimpleNamespace
from typing import Any

from django.db import connection

from potluck.acts import queries
from potluck.acts.models import Act
from potluck.acts.queries import NOW, PAGE, VISIBLE
from potluck.core import text

#: Of a search so many words count.
MOST_WORDS = 8
#: A word so long is found by its beginning, too: "Schicht" finds "Schichtplan".
BEGINS = 4
#: Typing errors are forgiven in what everybody reads, in one's own groups, and in so many groups in all.
FORGIVING = 24
#: The index is asked for so many groups at most, one's own first (a search holds 1 MB).
MOST_GROUPS = 4_000
#: How alike a word must be to stand for one that was typed wrong (0 to 1, ``difflib``).
ALIKE = 0.74
#: Stop words of the German list as somebody types them whose keyboard has no umlauts.
GLUE = {"fur", "fuer", "uber", "ueber", "wahrend", "waehrend", "konnen", "koennen", "koennte", "wuerde", "wuerden"}
_WORD = re.compile(r"\w(?:[\w.@'’-]*\w)?")


@dataclass(frozen=True)
class Narrowed:
    """What a search is narrowed to; None: not at all."""

    by: Sequence[int] | None = None  #: people
    groups: Sequence[int] | None = None
    kinds: Sequence[str] | None = None
    since: datetime | None = None

    def __bool__(self) -> bool:
        return any(one is not None for one in (self.by, self.groups, self.kinds, self.since))


@dataclass(frozen=True)
class Word:
    """A word as it was typed, and the stems that one of which an act must hold (all of a set)."""

    typed: str
    plain: str
    ways: tuple[tuple[str, ...], ...]


@dataclass
class Sought:
    """Words and where the viewer may read them, as ``Act.found`` knows it: what everybody reads, groups, one's own."""

    words: list[Word]
    open: list[str] = field(default_factory=list)  #: in the index
    near: list[str] = field(default_factory=list)  #: among what is named to one or one's own
    left: bool = False  #: of one's own acts some stand where one does not read otherwise: a guest's, and in groups one left
    mine: int = 0  #: so many of ``open`` come first: everyone's, and the groups one sits in


@dataclass
class Found:
    rows: list[SimpleNamespace]
    corrected: str = ""  #: for which words was searched instead, where nobody wrote those that were typed


# What the index is not asked for is looked through act by act, and only where the viewer is named or the giver.
_NARROW = """(%(by)s::bigint[] is null or a.by_id = any(%(by)s::bigint[]))
  and (%(groups)s::bigint[] is null or a.group_id = any(%(groups)s::bigint[]))
  and (%(kinds)s::text[] is null or a.kind = any(%(kinds)s::text[]))
  and (%(since)s::timestamptz is null or a.at >= %(since)s::timestamptz) and (a.at, a.id) < (%(at)s, %(id)s)"""
_END = f"and {_NARROW} and {VISIBLE} order by a.at desc, a.id desc limit %(limit)s"
# One look into the index for each place, newest first, then merged: as the feed does it, and for the same reason.
_IDS = f"""
  (select found.id, found.at from unnest(%(open)s::text[]) place cross join lateral (
     select a.id, a.at from acts_act a where a.reach <> 'named' and a.found @@ place::tsquery {_END}) found
     order by found.at desc, found.id desc limit %(limit)s)
  union
  (select a.id, a.at from acts_named n join acts_act a on a.id = n.act_id
     where n.person_id = %(me)s and a.reach <> 'group' and a.found @@ %(near)s::tsquery {_END})
  union
  (select a.id, a.at from acts_act a where a.by_id = %(me)s and a.reach = 'named' and a.found @@ %(near)s::tsquery {_END})
  union
  (select a.id, a.at from acts_act a where %(left)s and a.by_id = %(me)s and a.found @@ %(near)s::tsquery {_END})
"""
_FOUND = f"a.id in (select id from ({_IDS}) found order by at desc, id desc limit %(limit)s) order by a.at desc, a.id desc"

_STEMS = """
select w.word, lower(unaccent(w.word)),
  tsvector_to_array(to_tsvector('potluck_de', w.word)), tsvector_to_array(to_tsvector('potluck_en', w.word))
from unnest(%s::text[]) with ordinality w (word, n) order by w.n
"""
_PLACES = """
select array(select m.group_id from groups_membership m where m.person_id = %(me)s order by m.group_id),
  array(select g.id from groups_group g where %(member)s and not g.is_closed order by g.id),
  array(select distinct a.group_id from acts_act a where a.by_id = %(me)s and a.reach = 'group'
    and not exists (select from groups_membership m where m.group_id = a.group_id and m.person_id = %(me)s)
    and not (%(member)s and exists (select from groups_group g where g.id = a.group_id and not g.is_closed)))
"""
_NEIGHBOURS = """
select array(select distinct l from unnest(tsvector_to_array(to_tsvector('potluck_de', %(all)s)
  || to_tsvector('potluck_en', %(all)s))) l)
"""


def find(
    viewer: Any,
    typed: str,
    narrowed: Narrowed | None = None,
    before: tuple[datetime, int] | None = None,
    limit: int = PAGE,
) -> Found:
    """Acts that hold all the words and that the viewer may see, newest first; ``before`` as in the feed. Where there is none,
    a word with a typing error is taken for the nearest one that the viewer may read. Without words: all that ``narrowed``
    leaves."""
    narrowed = narrowed or Narrowed()
    if viewer is None or not viewer.is_active:
        return Found([])
    sought = _sought(viewer, typed)
    if not sought.words:
        return Found(_unsearched(viewer, narrowed, before, limit) if narrowed else [])
    rows = _rows(viewer, sought, narrowed, before, limit)
    if rows or before:
        return Found(rows)
    if better := _corrected(viewer, sought):
        return Found(_rows(viewer, _sought(viewer, better), narrowed, before, limit), better)
    return Found([])


# --- words ----------------------------------------------------------------------------------------------------------------


def _sought(viewer: Any, typed: str) -> Sought:
    words = list(dict.fromkeys(_WORD.findall(typed)))[:MOST_WORDS]
    if not words:
        return Sought([])
    with connection.cursor() as cursor:
        cursor.execute(_STEMS, [words])
        stems = cursor.fetchall()
        cursor.execute(_PLACES, {"me": viewer.pk, "member": not viewer.is_guest})
        mine, everybodys, left = cursor.fetchone()
    groups = [f"g{pk}" for pk in dict.fromkeys([*mine, *everybodys])][:MOST_GROUPS]
    everyone = [] if viewer.is_guest else ["e"]
    near = ["n", "e", *(f"g{pk}" for pk in left)]
    return Sought(_words(stems), [*everyone, *groups], near, bool(left) or viewer.is_guest, len(everyone) + len(mine))


def _words(stems: list[tuple[str, str, list[str], list[str]]]) -> list[Word]:
    """A word that is only glue in one of the languages ("die", "was", "the") asks for nothing, unless there are only such."""
    full = [one for one in stems if one[2] and one[3] and one[1] not in GLUE]
    return [
        Word(typed, plain, tuple(dict.fromkeys(tuple(way) for way in (german, english) if way)))
        for typed, plain, german, english in (full or stems)
        if german or english
    ]


#: Where the place of a stem goes; stems hold no NUL (``text.typed``, and PostgreSQL has none).
_HERE = "\0"


def _all(words: Sequence[Word]) -> str:
    """What PostgreSQL is asked for in a place: all of the words."""
    return " & ".join(map(_anyway, words))


def _any(stems: Iterable[str]) -> str:
    """The same: one of the stems."""
    return " | ".join(map(_stem, stems))


def _anyway(word: Word) -> str:
    ways = ["(" + " & ".join(map(_stem, way)) + ")" for way in word.ways]
    if len(word.plain) >= BEGINS:
        ways.append(_stem(word.plain) + ":*")
    return f"({' | '.join(ways)})"


def _stem(stem: str) -> str:
    if "'" in stem or "\\" in stem:
        stem = stem.replace("\\", "\\\\").replace("'", "''")
    return f"'{_HERE} {stem}'"


def _in(places: Iterable[str], asked: str) -> list[str]:
    return [asked.replace(_HERE, place) for place in places]


# --- acts -----------------------------------------------------------------------------------------------------------------


def _where(asked_for: str, places: list[str], sought: Sought | None) -> dict[str, Any]:
    """What the index is asked for, place by place, and what is compared act by act (with ``sought``) where no index is asked."""
    compared = " | ".join(f"({one})" for one in _in(sought.near, asked_for)) if sought else "'nowhere'"
    return {"open": _in(places, asked_for), "near": compared, "left": sought is not None and sought.left}


def _everywhere(narrowed: Narrowed, before: tuple[datetime, int] | None, limit: int) -> dict[str, Any]:
    at, pk = before or NOW
    return {
        "by": None if narrowed.by is None else list(narrowed.by),
        "groups": None if narrowed.groups is None else list(narrowed.groups),
        "kinds": None if narrowed.kinds is None else list(narrowed.kinds),
        "since": narrowed.since,
        "at": at,
        "id": pk,
        "limit": limit,
    }


def _rows(viewer: Any, sought: Sought, narrowed: Narrowed, before: Any, limit: int) -> list[SimpleNamespace]:
    where = _where(_all(sought.words), sought.open, sought)
    return queries.chosen(viewer, _FOUND, **where, **_everywhere(narrowed, before, limit))


def _unsearched(viewer: Any, narrowed: Narrowed, before: Any, limit: int) -> list[SimpleNamespace]:
    acts = Act.objects.visible_to(viewer)
    if narrowed.by is not None:
        acts = acts.filter(by__in=narrowed.by)
    if narrowed.groups is not None:
        acts = acts.filter(group__in=narrowed.groups)
    if narrowed.kinds is not None:
        acts = acts.filter(kind__in=narrowed.kinds)
    if narrowed.since is not None:
        acts = acts.filter(at__gte=narrowed.since)
    return queries.newest(viewer, acts, before, limit)


# --- typing errors --------------------------------------------------------------------------------------------------------


def _corrected(viewer: Any, sought: Sought) -> str:
    """The same words with those that the viewer reads nowhere replaced by the nearest that they do read; empty where that
    changes nothing. All of it is asked of what the viewer may see."""
    better, changed = [], False
    for word in sought.words:
        alone = replace(sought, words=[word])
        if text.may_be_wrong(word.plain) and not _rows(viewer, alone, Narrowed(), None, 1):
            nearest = _nearest(viewer, sought, word.plain)
            changed = changed or bool(nearest)
            better.append(nearest or word.typed)
        else:
            better.append(word.typed)
    return " ".join(better) if changed else ""


def _nearest(viewer: Any, sought: Sought, plain: str) -> str:
    """The word most like ``plain`` in what the viewer may read: one letter is missing, too many, wrong or in the wrong place,
    or more of it is wrong but its beginning."""
    with connection.cursor() as cursor:
        cursor.execute(_NEIGHBOURS, {"all": " ".join(text.neighbours(plain))})
        stems = cursor.fetchone()[0]
    one_error, begins = _any(stems), _stem(plain[:BEGINS]) + ":*"
    own, others = sought.open[: min(sought.mine, FORGIVING)], sought.open[sought.mine : FORGIVING]
    return (
        _most_alike(viewer, one_error, own, sought, plain)
        or (others and _most_alike(viewer, one_error, others, None, plain))
        or _most_alike(viewer, begins, sought.open[:FORGIVING], sought, plain)
    )


def _most_alike(viewer: Any, asked_for: str, places: list[str], sought: Sought | None, plain: str) -> str:
    """Of all that is written in the newest acts found so, the word most like ``plain``; of equals the more frequent one."""
    asked = _everywhere(Narrowed(), None, 40) | _where(asked_for, places, sought)
    asked |= {"me": viewer.pk, "member": not viewer.is_guest}
    with connection.cursor() as cursor:
        cursor.execute(
            f"select a.title || ' ' || a.html from acts_act a where {VISIBLE} and a.id in (select id from ({_IDS}) found)", asked
        )
        written = Counter(word for (html,) in cursor.fetchall() for word in set(_WORD.findall(text.plain(html))))
    alike = [(round(likeness(plain, _plainly(word)), 2), count, word) for word, count in written.items()]
    return max((one for one in alike if one[0] >= ALIKE), default=(0, 0, ""))[2]


def likeness(one: str, other: str) -> float:
    if abs(len(one) - len(other)) > 3:
        return 0.0
    return SequenceMatcher(None, one, other, autojunk=False).ratio()


def _plainly(word: str) -> str:
    """Without case and accents, as ``unaccent`` has it."""
    decomposed = unicodedata.normalize("NFKD", word.casefold())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))
