"""Whether something is there does not show in how long the answer takes.

A clock says little on a busy machine. So what decides the time is compared, between what is not for somebody and what does not
exist: the statements, the rows they read, the calls that Python makes. ``bench/hidden.py`` measures the time itself, and
``potluck/acts/tests/test_finding.py`` looks into a search of many acts.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from potluck import urls
from potluck.acts.models import Act
from potluck.core import clock, text
from potluck.core.declared import random_key
from potluck.notices.models import Notice
from tests import crawl, world
from tests.test_enumeration import plain
from tests.test_routes import all_cells, ask, blank, clients, expected

pytestmark = pytest.mark.django_db

#: So many rows more a condition may look at before it says no, and so many calls pass them on: less than 0.1 ms in all.
ROWS, CALLS = 20, 60
READ = "select coalesce(sum(seq_tup_read + idx_tup_fetch), 0) from pg_stat_xact_user_tables where relname <> 'cache_rows'"


@dataclass
class Work:
    statements: list[str]
    rows: int
    calls: int

    def beside(self, nothing: Work) -> str:
        """What somebody with a good clock could tell it by from what does not exist; empty: by nothing."""
        if self.statements != nothing.statements:
            return f"{len(self.statements)} statements, {len(nothing.statements)} where nothing is"
        if abs(self.rows - nothing.rows) > ROWS:
            return f"{self.rows} rows read, {nothing.rows} where nothing is"
        if abs(self.calls - nothing.calls) > CALLS:
            return f"{self.calls} calls, {nothing.calls} where nothing is"
        return ""


def rows_read() -> int:
    with connection.cursor() as cursor:
        cursor.execute(READ)
        return int(cursor.fetchone()[0])


def work(act: Callable[[], Any]) -> Work:
    """What ``act`` takes when everything that is loaded once is loaded."""
    act()
    calls = 0

    def count(frame: Any, event: str, arg: Any) -> None:
        nonlocal calls
        calls += event == "call"

    before = rows_read()
    with CaptureQueriesContext(connection) as asked:
        listening = sys.getprofile()
        sys.setprofile(count)
        try:
            act()
        finally:
            sys.setprofile(listening)
        statements = [plain(one["sql"]) for one in asked.captured_queries]
    return Work(statements, rows_read() - before, calls)


def tells(there: Callable[[], Any], nothing: Callable[[], Any], known: Work | None = None) -> str:
    """``Work.beside`` of the two; ``known``: what nothing took before. What comes now and then in any request (memory that is
    tidied up) tells nobody anything: whatever tells, tells it again."""
    return work(there).beside(known or work(nothing)) and work(there).beside(work(nothing))


# --- every address that names something -----------------------------------------------------------------------------------


def hidden(house: world.World) -> list[tuple]:
    """The cells of the matrix in which something is there and the answer is that nothing is."""
    return [cell for cell in all_cells(house) if expected(house, cell[2], cell[3], cell[4].name) == "404" and cell[4].args]


def nothing_like(needs: str, name: str, args: list[str]) -> list[str]:
    """The same address of a thing that never was; of a seat: the same group, and somebody who never sat there."""
    if needs.startswith("the seat"):
        return [args[0], random_key()]
    return [one if one == "nothing-there" else old for one, old in zip(blank(name), args, strict=True)]


def telling(house: world.World, cells: list[tuple]) -> list[str]:
    asked, found = clients(house), []
    for client in asked.values():
        client.get("/nothing/")
    nothing: dict[tuple, Work] = {}
    for name, method, needs, actor, thing in cells:
        args = nothing_like(needs, name, thing.args)
        like = (name, method, actor, args[0] if needs.startswith("the seat") else "")
        one = partial(ask, asked[actor], house, name, method)
        if like not in nothing:
            nothing[like] = work(partial(one, args))
        if said := tells(partial(one, thing.args), partial(one, args), nothing[like]):
            found.append(f"{method} {name} ({thing.name}) as {actor}: {said}")
    return found


@pytest.mark.parametrize(
    "most",
    [pytest.param(60, id="a-part"), pytest.param(100_000, id="everything", marks=pytest.mark.nightly)],
)
@pytest.mark.slow
def test_what_is_hidden_takes_the_same_work_as_what_does_not_exist(most):
    house = world.build()
    cells = hidden(house)
    assert len(cells) > 1_000
    today = random.Random(clock.now().toordinal())
    assert telling(house, today.sample(cells, min(most, len(cells)))) == []


# --- every form and every question that names something -------------------------------------------------------------------


Request = Callable[[Client, str], Any]


def asking(house: world.World) -> dict[str, tuple[Request, str, str]]:
    """{how: (a request that names something, what is there but hidden from the member, what never was)}."""
    closed, act = house.groups["closed and not listed"], house.acts["to named people"]
    gone = house.people["whose access is closed"]
    notice = Notice.objects.get(kind="asked")
    words = {"words": "Ein Satz, der passt.", "for_what": "Ein Satz, der passt."}

    def get(path: str, field: str = "", **more: str) -> Request:
        return lambda client, named: client.get(path.replace("NAMED", named), {**more, **({field: named} if field else {})})

    def post(path: str, field: str) -> Request:
        return lambda client, named: client.post(path, {**words, field: named})

    return {
        "a post into a group": (post("/posts/", "group"), closed.key, random_key()),
        "a form for a group": (get("/posts/new/", "group"), closed.key, random_key()),
        "a thank-you for something": (get("/thanks/new/", "on"), act.key, random_key()),
        "a thank-you to somebody": (post("/thanks/new/", "to"), gone.handle, "frits-fort"),
        "a form to thank somebody": (get("/thanks/new/", "to"), gone.handle, "frits-fort"),
        "somebody to thank": (get("/thanks/people/", "q"), "Fritz", "Frits"),
        "the directory": (get("/people/", "q"), "Fritz", "Frits"),
        "a search for words": (get("/search/", "q"), "Trick gezeigt", "Trock gezeugt"),
        "a search for a person": (get("/search/", "q"), "Fritz", "Frits"),
        "a search for a group": (get("/search/", "q"), "Kanal", "Kanol"),
        "a search by somebody": (get("/search/", "by", q="Dimmer"), "Fritz", "Frits"),
        "a search in a group": (get("/search/", "group", q="Dimmer"), "Kanal", "Kanol"),
        "a notice of somebody else": (get("/inbox/NAMED/"), notice.key, random_key()),
    }


@pytest.mark.slow
def test_a_form_that_names_what_is_hidden_takes_the_same_work_as_one_that_names_nothing():
    house = world.build()
    member, found = crawl.signed_in(house.actors["member"]), {}
    for request, there, _nothing in asking(house).values():
        request(member, there)
    for how, (request, there, nothing) in asking(house).items():
        at_it, beside_it = request(member, there), request(member, nothing)
        assert at_it.status_code == beside_it.status_code < 500, how
        found[how] = tells(partial(request, member, there), partial(request, member, nothing))
    assert {how: said for how, said in found.items() if said} == {}


# --- controls -------------------------------------------------------------------------------------------------------------


def asks_the_database_once_more(there: bool) -> None:
    if there:
        Act.objects.count()


def reads_more_rows(there: bool) -> None:
    for _n in range(4):
        Act.objects.all()[: 100 if there else 1].count()


def cleans_the_words_first(there: bool) -> None:
    if there:
        text.clean("Das *sieht* [niemand](https://example.org) hier.")


@pytest.mark.parametrize(
    ("dearer", "by"),
    [(asks_the_database_once_more, "statements"), (reads_more_rows, "rows"), (cleans_the_words_first, "calls")],
    ids=lambda one: getattr(one, "__name__", one),
)
@pytest.mark.slow
def test_a_refusal_that_takes_longer_is_found(monkeypatch, dearer, by):
    """Positive control: whoever refuses what is there does a little more, of each kind."""
    house = world.build()
    keys, not_there = {act.key for act in house.acts.values()}, urls.handler404

    def longer(request: Any, exception: Exception) -> Any:
        dearer(bool(keys & set(request.path.split("/"))))
        return not_there(request, exception)

    cells = [cell for cell in hidden(house) if cell[0] == "acts:act" and cell[3] == "guest"]
    assert telling(house, cells) == []
    monkeypatch.setattr(urls, "handler404", longer)
    found = telling(house, cells)
    assert len(found) == len(cells) and all(by in line for line in found)
