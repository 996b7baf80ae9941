"""Every route x method x person x state of the thing, from the URL configuration, against the table "Routes" of docs/roles.md.

A cell is one request. Allowed: 200, a redirect after a change, or a form once more (422). Not signed in: sent to sign in.
Not visible: 404, and the same answer as for what does not exist. Visible, not allowed: 403. On every refusal the database
is unchanged. The suite asks a sample of the cells, another one each day; ``--nightly`` asks all.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import URLResolver, get_resolver, reverse

from potluck.core import clock
from potluck.core.said import InCookie
from potluck.people import verbs as people
from tests import crawl, roles, world

pytestmark = pytest.mark.django_db

SAMPLE = 500
NOBODY = ("stranger", "closed access")
#: Third-party pages: allauth's own, open or asking for a person by themselves.
ALLAUTH = re.compile(r"^account_")


# --- what there is --------------------------------------------------------------------------------------------------------


def everything() -> dict[str, Any]:
    """{route name: view} of every address."""

    def walk(patterns: list, space: str = "") -> Iterator[tuple[str, Any]]:
        for one in patterns:
            if isinstance(one, URLResolver):
                yield from walk(one.url_patterns, f"{space}{one.namespace}:" if one.namespace else space)
            else:
                yield f"{space}{one.name}", one.callback

    return dict(walk(get_resolver().url_patterns))


def routes() -> dict[str, Any]:
    """{route name: view} of every address of ours."""
    return {name: view for name, view in everything().items() if not ALLAUTH.match(name)}


def wanted() -> dict[tuple[str, str], str]:
    """{(route, method): needs} as docs/roles.md says it."""
    return {(row["route"], method): row["needs"] for row in roles.table("Routes") for method in row["methods"].split()}


def test_every_route_and_method_has_a_row_and_every_row_a_route():
    there = {(name, method) for name, view in routes().items() for method in getattr(view, "takes", ["?"])}
    assert there == set(wanted())


def test_other_methods_are_refused(house):
    client = crawl.signed_in(house.actors["member"])
    for name, view in routes().items():
        for method in {"GET", "POST", "PUT", "DELETE"} - set(view.takes):
            answer = getattr(client, method.lower())(reverse(name, args=blank(name)))
            assert answer.status_code in (405, 404), (name, method, answer.status_code)


def blank(name: str) -> list[str]:
    """Arguments of the right number that name nothing."""
    if name == "desk:people":  # the first part is one of two words
        return ["asking", "nothing-there"]
    return ["nothing-there"] * len(re.findall(r"%\(", pattern_of(name)))


def pattern_of(name: str) -> str:
    *spaces, last = name.split(":")
    resolver: Any = get_resolver()
    for space in spaces:
        resolver = resolver.namespace_dict[space][1]
    return resolver.reverse_dict[last][0][0][0]


# --- the oracle -----------------------------------------------------------------------------------------------------------


@dataclass
class Thing:
    """What a route is asked about: its row in the tables of docs/roles.md and the arguments of the address."""

    name: str
    args: list[str]


THANKS = ("to named people", "on the wall")

#: The column "and only" of the table "Doing", said once more for the things of the world.
ONLY: dict[str, Callable[[world.World, str, str], bool]] = {
    "acts.withdraw": lambda house, actor, thing: actor == "giver",
    "talk.react": lambda house, actor, thing: thing not in THANKS and actor != "giver",
    "talk.helped": lambda house, actor, thing: False,
    "thanks.answer": lambda house, actor, thing: actor == "named",
    "thanks.offer": lambda house, actor, thing: actor == "giver",
    "thanks.give": lambda house, actor, thing: house.actors[actor] != house.people.get(thing),
    "welcome.greet": lambda house, actor, thing: house.actors[actor] != house.people.get(thing),
    "profile.change": lambda house, actor, thing: house.actors[actor] == house.people.get(thing),
    "people.deactivate": lambda house, actor, thing: house.actors[actor] != house.people.get(thing),
    "groups.host": lambda house, actor, thing: actor == "host" and thing in ("open", "closed"),
    "groups.join": lambda house, actor, thing: thing == "open",
    "groups.ask": lambda house, actor, thing: (
        thing in ("closed", "closed without a host") and actor not in SEATS[thing] and (thing, actor) != ("closed", "host")
    ),
    "groups.ask-for-host": lambda house, actor, thing: thing == "closed without a host",
    "groups.look-after": lambda house, actor, thing: thing == "closed without a host" and actor in SEATS[thing],
    "groups.leave": lambda house, actor, thing: actor in SEATS[thing],
    "groups.write": lambda house, actor, thing: (
        thing == "open" or actor in SEATS[thing] or actor == "host" and thing == "closed"
    ),
}
SEATS = {
    "open": ("giver", "named", "guest"),
    "closed": ("giver", "insider"),
    "closed without a host": ("insider",),
    "closed and not listed": (),
}
#: Actors of the world that are plain members.
PLAIN = ("giver", "named", "insider", "host", "former member")


def may(house: world.World, rule: str, actor: str, thing: str) -> bool:
    row = next(row for row in roles.table("Doing") if row["rule"] == rule)
    role = "member" if actor in PLAIN else actor
    return row[role] == "yes" and ONLY.get(rule, lambda *_: True)(house, actor, thing)


def sees(house: world.World, what: str, actor: str, thing: str) -> bool:
    if what == "act":
        column = "member" if actor == "former member" else actor
        return next(row for row in roles.table("Seeing an act") if row["act"] == thing)[column] == "yes"
    if what == "thank-you":
        return thing in THANKS and sees(house, "act", actor, thing)
    if what == "person":
        row = next(row for row in roles.table("Seeing a person") if row["person"] == thing)
        if house.people[thing] == house.actors[actor]:
            return True
        return row["member" if actor in PLAIN else actor] == "yes"
    if what == "seat":
        return thing == "open" or actor in SEATS[thing] or actor == "host" and thing == "closed"
    wanted_row = {"group": thing if thing == "closed and not listed" else f"{thing}, by its name"}[what]
    row = next(row for row in roles.table("Seeing a group") if row["group"].startswith(wanted_row))
    role = {"giver": "insider" if thing == "closed" else "member", "named": "member", "former member": "member"}.get(actor, actor)
    return row[role] == "yes"


def expected(house: world.World, needs: str, actor: str, thing: str) -> str:
    """``ok``, ``sign in``, ``404`` or ``403``. ``needs`` is a list joined by "and": nobody, anybody, the act, own withdrawn
    act, the thank-you, the comment, the person, the group, a role ("community-manager, else 404"), a rule."""
    if needs == "nobody":
        return "ok"
    if actor in NOBODY:
        return "sign in"
    for need in needs.split(" and "):
        if need == "anybody":
            continue
        if need.endswith(", else 404"):
            if actor != need.removesuffix(", else 404"):
                return "404"
        elif need == "an offer":
            if thing != "on the wall":
                return "403"
        elif need == "own withdrawn act":
            if actor != "giver" or thing != "withdrawn":
                return "404" if actor != "giver" else "403"
        elif need.startswith("the "):
            if not sees(house, need.removeprefix("the "), actor, thing):
                return "404"
        elif not may(house, need, actor, thing):
            return "403"
    return "ok"


def things(house: world.World, name: str, needs: str) -> list[Thing]:
    """On what a route is asked, from what it needs."""
    size = len(blank(name))
    if "act" in needs or "thank-you" in needs or "comment" in needs:
        return [Thing(state, [act.key]) for state, act in house.acts.items()]
    if "the person" in needs:
        return [Thing(state, [person.handle]) for state, person in house.people.items()]
    if "the group" in needs:
        return [Thing(state, [group.key]) for state, group in house.groups.items()]
    if "the seat" in needs:
        return [Thing(state, [house.groups[state].key, house.actors["giver"].handle]) for state in ("open", "closed")]
    if name in ("desk:asking", "desk:people"):
        key = house.acts["to everyone"].key
        return [Thing("a question that waits", [key] if name == "desk:asking" else ["asking", key])]
    # What only administrators do to a person is asked about one who is here.
    return [Thing("who is here", [house.people["who is here"].handle] * size)]


# --- asking ---------------------------------------------------------------------------------------------------------------

WRITES = (
    "select coalesce(sum(n_tup_ins + n_tup_upd + n_tup_del), 0) from pg_stat_xact_user_tables where relname <> 'cache_rows'"
)


def written() -> int:
    """Rows written in this transaction so far, taken back or not."""
    with connection.cursor() as cursor:
        cursor.execute(WRITES)
        return int(cursor.fetchone()[0])


def form(house: world.World, name: str) -> dict[str, str]:
    """A form that every POST route takes one or another part of."""
    if name.startswith("talk:"):
        return {"words": "Ein Satz, der passt.", "emoji": "glad"}
    return {
        "words": "Ein Satz, der passt.",
        "for_what": "Ein Satz, der passt.",
        "name": "Neuer Name",
        "emoji": "glad",
        "about": "",
        "to": house.people["who is here"].handle,
        "person": house.people["who is here"].handle,
        "order": "newest",
        "yes": "1",
        "receivers": house.people["who is here"].handle,
        "answer": "yes",
        "mail": "at-once",
    }


def masked(body: bytes, asked_for: list[str]) -> bytes:
    """A body without what differs from one request to the next, and without the very keys that were asked for."""
    body = re.sub(rb'(csrfmiddlewaretoken" value="|X-CSRFToken": ?"|once" value=")[^"]*', rb"\1", body)
    for key in asked_for:
        body = re.sub(rb"(?<![\w-])%b(?![\w-])" % re.escape(key).encode(), b"...", body)
    return re.sub(rb"since=\d+", b"", body)


@pytest.fixture
def house() -> world.World:
    return world.build()


def clients(house: world.World) -> dict[str, Client]:
    found = {name: crawl.signed_in(person) for name, person in house.actors.items()}
    gone = world.make.person("Zuvor Da")
    found["closed access"] = crawl.signed_in(gone)
    people.deactivate(house.actors["administrator"], gone)
    found["stranger"] = crawl.signed_in(None)
    return found


def ask(client: Client, house: world.World, name: str, method: str, args: list[str]) -> tuple[Any, int]:
    """One request that leaves no trace: (answer, rows written)."""
    address = reverse(name, args=args)
    with transaction.atomic():
        before = written()
        answer = client.get(address) if method == "GET" else client.post(address, form(house, name))
        after = written()
        transaction.set_rollback(True)
    client.cookies.pop(InCookie.cookie_name, None)  # what was said after it: no rollback takes that back
    return answer, after - before


def wrong(house: world.World, cells: list[tuple], asked: dict[str, Client]) -> list[str]:
    found = []
    for name, method, needs, actor, thing in cells:
        want = expected(house, needs, actor, thing.name)
        answer, rows = ask(asked[actor], house, name, method, thing.args)
        status, said = answer.status_code, ""
        sent_to_sign_in = status == 302 and "/accounts/login/" in answer["Location"]
        sent_to_sign_in |= status == 403 and actor in NOBODY and "/accounts/login/" in answer.content.decode()  # with their words
        got = "sign in" if sent_to_sign_in else {404: "404", 403: "403"}.get(status, "ok" if status < 500 else str(status))
        if got != want:
            said = f"{got}, expected {want}"
        elif want != "ok" and rows:
            said = f"{want}, but {rows} rows were written"
        elif want == "404" and method == "GET":
            missing = blank(name)
            nothing, _rows = ask(asked[actor], house, name, method, missing)
            if nothing.status_code == 404 and masked(nothing.content, missing) != masked(answer.content, thing.args):
                said = "404, but unlike what does not exist"
        if said:
            found.append(f"{method} {name} ({thing.name}) as {actor}: {said}")
    return found


def fail_with(lines: list[str]) -> None:
    if lines:
        pytest.fail("\n".join(sorted(lines)), pytrace=False)


def all_cells(house: world.World) -> list[tuple]:
    return [
        (name, method, needs, actor, thing)
        for (name, method), needs in wanted().items()
        for thing in things(house, name, needs)
        for actor in (*house.actors, *NOBODY)
        if needs != "its own proof"
    ]


@pytest.mark.slow
def test_a_sample_of_all_cells_is_as_the_page_says(house):
    cells = all_cells(house)
    today = random.Random(clock.now().toordinal())
    fail_with(wrong(house, today.sample(cells, min(SAMPLE, len(cells))), clients(house)))


@pytest.mark.nightly
def test_all_cells_are_as_the_page_says(house):
    cells = all_cells(house)
    print(f"{len(cells)} cells")
    fail_with(wrong(house, cells, clients(house)))


@pytest.fixture
def blind() -> Iterator[None]:
    """The guard switched off, in both its forms: everybody sees every act."""
    from potluck.acts import queries
    from potluck.acts.models import ActQuerySet

    kept, text = ActQuerySet.visible_to, queries.VISIBLE
    ActQuerySet.visible_to = lambda self, viewer: self  # type: ignore[method-assign]
    queries.VISIBLE = "(true or %(member)s or %(me)s = 0)"
    yield
    ActQuerySet.visible_to, queries.VISIBLE = kept, text  # type: ignore[method-assign]


@pytest.mark.slow
def test_a_matrix_without_guards_fails(house, blind):
    """Positive control."""
    cells = [cell for cell in all_cells(house) if cell[0] == "acts:act"]
    found = wrong(house, cells, clients(house))
    assert any("acts:act (in a closed group) as administrator: ok, expected 404" in line for line in found)
    assert any("acts:act (to named people) as community-manager: ok, expected 404" in line for line in found)


def test_only_the_very_key_that_was_asked_for_is_masked():
    said = b'<a href="/acts/k3y-of-it/withdrawal/">withdrawal</a> k3y-of-it-too'
    assert masked(said, ["k3y-of-it"]) == b'<a href="/acts/.../withdrawal/">withdrawal</a> k3y-of-it-too'


def test_a_refusal_that_names_what_it_refuses_is_found(house, monkeypatch):
    """Positive control: the page of what is not there says a word more where something is."""
    from potluck import urls
    from potluck.acts.models import Act

    not_there = urls.handler404

    def telling(request: Any, exception: Exception) -> Any:
        answer = not_there(request, exception)
        act = Act.objects.filter(key__in=request.path.split("/")).first()
        if act is not None:
            answer.content += act.by.handle.encode()
        return answer

    monkeypatch.setattr(urls, "handler404", telling)
    cells = [cell for cell in all_cells(house) if cell[0] == "acts:act" and cell[3] == "administrator"]
    assert "GET acts:act (in a closed group) as administrator: 404, but unlike what does not exist" in wrong(
        house, cells, clients(house)
    )
