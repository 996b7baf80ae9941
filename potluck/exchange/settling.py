"""Making staged history part of the house: one transaction, in which everything becomes visible at once.

Every thing is looked up by where it came from before it is written, so that the same archive again adds nothing and an
overlapping one adds only the rest. What was erased here is not brought back.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice
from typing import Any, TypeVar

from django.db import connection
from django.db.models import Count
from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from potluck.acts.models import Act, Reach
from potluck.acts.verbs import Past, stir
from potluck.core import clock, text
from potluck.exchange.models import Import, Source
from potluck.exchange.placing import Placed, brings_anything, in_order, place, remember, writers
from potluck.exchange.source import Known, What
from potluck.exchange.source import Reach as Openness
from potluck.exchange.staging import staged
from potluck.exchange.words import Node, Somebody, html, markdown, mentioned, unpacked
from potluck.groups.models import Group, Membership
from potluck.groups.verbs import PastGroup, PastSeat, open_many, seat_many
from potluck.people.models import Person
from potluck.people.queries import unproved_addresses
from potluck.people.verbs import PastPerson, add_placeholders
from potluck.posts.verbs import write_many
from potluck.talk.verbs import PastAnswer, comment_many, react_many

#: Acts written together.
BATCH = 500
#: Ids looked up together: a statement takes 65,535 parameters.
MANY = 10_000
BETTER = [Known.NOTHING, Known.GLIMPSE, Known.PROFILE]
HERE = "already_here"
ERASED = "erased_here"

Thing = TypeVar("Thing")


@dataclass
class Settling:
    """What is known while history settles: who is who, which space is which group, and what came in so far."""

    past: Import
    language: str
    say: Callable[[int, int], None]
    total: int
    done: int = 0
    people: dict[str, int | None] = field(default_factory=dict)
    names: dict[int, Somebody] = field(default_factory=dict)
    bots: set[int] = field(default_factory=set)
    spaces: dict[str, dict] = field(default_factory=dict)
    groups: dict[str, int | None] = field(default_factory=dict)
    titles: dict[str, Somebody] = field(default_factory=dict)
    came: Counter[str] = field(default_factory=Counter)
    skipped: Counter[str] = field(default_factory=Counter)

    def known(self, what: What, objects: Iterable[str]) -> dict[str, int | None]:
        """{id at the source: row here} of what was brought before."""
        found: dict[str, int | None] = {}
        for some in _batches(objects, MANY):
            rows = Source.objects.filter(system=self.past.system, workspace=self.past.workspace, what=what, object__in=some)
            found |= dict(rows.values_list("object", "target"))
        return found

    def remember(self, what: What, pairs: Iterable[tuple[str, int | None]], *, brought: bool = True) -> None:
        """Where things came from. Not ``brought``: it stood here before, and stays when the import is taken back."""
        past = self.past
        of = past.pk if brought else None
        with (
            connection.cursor() as cursor,
            cursor.copy("copy exchange_source (system, workspace, what, object, target, of_id) from stdin") as copy,
        ):
            for object_, target in pairs:
                copy.write_row((past.system, past.workspace, what, object_, target, of))

    def went(self, rows: int) -> None:
        self.done += rows
        self.say(self.done, self.total)


def settle(past: Import, language: str, say: Callable[[int, int], None]) -> tuple[Counter[str], Counter[str]]:
    """Writes what is staged; returns what came in and what stayed out. To be called in a transaction."""
    now = Settling(past, language[:2], say, past.staged.count())
    _people(now)
    _groups(now)
    wanted = [space for space in now.spaces if _is_wanted(now, space)]
    for space in wanted:
        _seats(now, space)
    _posts(now, wanted)
    for space in wanted:
        for rows in _batches(staged(past, What.REACTION, space)):
            _reactions(now, space, rows)
    return now.came, now.skipped


def _batches(rows: Iterable[Thing], size: int = BATCH) -> Iterator[list[Thing]]:
    rows = iter(rows)
    while batch := list(islice(rows, size)):
        yield batch


# --- people ---


def _people(now: Settling) -> None:
    met: dict[str, dict] = {}
    rows = 0
    for _space, person, _at, record in staged(now.past, What.PERSON):
        rows += 1
        if person not in met or BETTER.index(record["known"]) > BETTER.index(met[person]["known"]):
            met[person] = record
    known = now.known(What.PERSON, met)
    alive: set[int] = set()
    for some in _batches([pk for pk in known.values() if pk], MANY):
        alive.update(Person.objects.filter(pk__in=some).values_list("pk", flat=True))
    now.people = {person: pk if pk in alive else None for person, pk in known.items()}
    now.skipped[HERE] += len(known)

    new = {person: record for person, record in met.items() if person not in known}
    here: dict[str, int] = {}
    unproved = unproved_addresses()
    for record in new.values():
        if record["email"] in unproved:
            record["email"] = ""
            now.skipped["address_not_proved"] += 1
    for some in _batches([record["email"] for record in new.values() if record["email"]], MANY):
        by_address = Person.objects.annotate(address=Lower("email")).filter(address__in=some)
        here |= dict(by_address.values_list("address", "pk"))
    first: dict[str, str] = {}
    for person, record in new.items():
        if record["email"] and record["email"] not in here:
            first.setdefault(record["email"], person)
    to_add = [
        person
        for person, record in new.items()
        if not record["email"] or (record["email"] not in here and first[record["email"]] == person)
    ]
    added = add_placeholders(
        [
            PastPerson(
                name=new[person]["name"][:80] or _("Somebody from Slack (%(id)s)") % {"id": person},
                email=new[person]["email"] or None,
                introduction=new[person]["title"],
                guest=new[person]["guest"] and not new[person]["bot"],
                bot=new[person]["bot"],
            )
            for person in to_add
        ],
        by=now.past.by,
    )
    now.people |= {person: row.pk for person, row in zip(to_add, added, strict=True)}
    for person, record in new.items():
        if person not in now.people:
            email = record["email"]
            now.people[person] = here[email] if email in here else now.people[first[email]]
    now.remember(What.PERSON, [(person, now.people[person]) for person in new])
    now.came["people"] = sum(not record["bot"] for record in new.values())
    now.came["placeholders"] = sum(not row.is_bot for row in added)
    now.came["bots"] = sum(row.is_bot for row in added)
    for some in _batches({pk for pk in now.people.values() if pk}, MANY):
        for pk, name, handle, bot in Person.objects.filter(pk__in=some).values_list("pk", "name", "handle", "is_bot"):
            now.names[pk] = Somebody(name, f"/people/{handle}/", f"@{handle}")
            if bot:
                now.bots.add(pk)
    now.went(rows)


# --- groups ---


def _groups(now: Settling) -> None:
    for _space, space, at, record in staged(now.past, What.SPACE):
        now.spaces[space] = record | {"created": at}
    for space, _object, at, roll in staged(now.past, What.ROLL):
        if space in now.spaces:
            record = now.spaces[space]
            record["closed"] = at
            record["members"] = roll["members"] or record["members"]
    wanted = [space for space, record in now.spaces.items() if record["reach"] != Openness.NAMED and _is_wanted(now, space)]
    known = now.known(What.SPACE, wanted)
    standing = {group.pk: group for group in Group.objects.filter(pk__in=[pk for pk in known.values() if pk])}
    now.groups = {space: pk if pk in standing else None for space, pk in known.items()}
    now.skipped[HERE] += len(known)
    new = [space for space in wanted if space not in known]
    for space in [space for space in new if now.spaces[space]["writers_are_members"]]:
        if not brings_anything(now.past, space):
            now.spaces[space]["left_out"] = HERE
        elif not (here := _open_group(now.spaces[space])):
            continue
        else:
            now.groups[space] = here.pk
            standing[here.pk] = here
            now.remember(What.SPACE, [(space, here.pk)], brought=False)
        new.remove(space)
    added = open_many(
        [
            PastGroup(
                name=now.spaces[space]["name"],
                about=now.spaces[space]["about"],
                closed=now.spaces[space]["reach"] == Openness.CLOSED,
                opened_by=now.people.get(now.spaces[space]["creator"]),
                opened_at=now.spaces[space]["created"],
                archived_at=now.spaces[space].get("closed", clock.now()) if now.spaces[space]["archived"] else None,
            )
            for space in new
        ]
    )
    now.groups |= {space: group.pk for space, group in zip(new, added, strict=True)}
    now.remember(What.SPACE, [(space, now.groups[space]) for space in new])
    now.came["groups"] = len(new)
    standing |= {group.pk: group for group in added}
    for space, pk in now.groups.items():
        if pk is None:
            continue
        group = standing[pk]
        if now.spaces[space]["reach"] != Openness.OPEN and not group.is_closed:
            # It was open when it was brought, and private now: its new words stay out.
            now.groups[space] = None
            now.spaces[space]["left_out"] = "private_by_now"
        elif now.spaces[space]["reach"] == Openness.OPEN:
            now.titles[space] = Somebody(group.name, f"/groups/{group.key}/")
    now.went(len(now.spaces))


def _open_group(record: dict) -> Group | None:
    """The group of this house that was asked for by its name. What is closed is never opened this way, nor its door to whoever
    wrote elsewhere."""
    if record["may_be_here"] and record["reach"] == Openness.OPEN:
        return Group.objects.filter(name__iexact=record["name"], is_closed=False, archived_at=None).order_by("pk").first()
    return None


def _is_wanted(now: Settling, space: str) -> bool:
    match now.spaces[space]["reach"]:
        case Openness.OPEN:
            return True
        case Openness.CLOSED:
            return now.past.private
        case _:
            return now.past.messages


def _seats(now: Settling, space: str) -> None:
    record, group = now.spaces[space], now.groups.get(space)
    joins = list(staged(now.past, What.JOIN, space))
    known = now.known(What.JOIN, [f"{space}/{ts}" for _space, ts, _at, _record in joins])
    new = {f"{space}/{ts}": None for _space, ts, _at, _record in joins if f"{space}/{ts}" not in known}
    now.remember(What.JOIN, new.items())
    now.came["joins"] += len(new)
    now.skipped[HERE] += len(joins) - len(new)
    now.went(len(joins))
    if group is None:
        return
    since: dict[int, datetime] = {}
    for _space, _ts, at, join in joins:
        if person := now.people.get(join["person"]):
            since.setdefault(person, at)
    members = record["members"]
    if record["writers_are_members"]:
        members = [writer for writer in writers(now.past, space) if now.people.get(writer) not in now.bots]
    seats = {f"{space}/{member}": person for member in members if (person := now.people.get(member))}
    for seat in now.known(What.SEAT, seats):
        del seats[seat]
    creator = now.people.get(record["creator"])
    people = dict.fromkeys(seats.values())
    # The founder is host; without them the first in the list: every group has one. Whoever happened to write first to a mailing
    # list looks after nothing: who sits there takes it up.
    host = creator if creator in people else next((pk for pk in people if pk not in now.bots), None)
    if record["writers_are_members"] or Membership.objects.filter(group=group, is_host=True).exists():
        host = None
    seat_many(
        [
            PastSeat(
                group=group,
                person=person,
                since=since.get(person) or (record["created"] if person == creator else None),
                host=person == host,
            )
            for person in people
        ]
    )
    now.remember(What.SEAT, [(seat, group) for seat in seats])


# --- posts and what stands below them ---


def _posts(now: Settling, spaces: list[str]) -> None:
    """Everything that was written in these spaces: first what opens a talk, then what stands below it."""
    taken = [space for space in spaces if not _left_out(now, space)]
    for space, count in _counted(now, spaces).items():
        if space not in taken:
            now.skipped[_left_out(now, space)] += count
            now.went(count)
    placed = place(now.past, {space: now.groups.get(space) for space in taken}, now.people)
    now.skipped[HERE] += placed.here
    now.skipped[ERASED] += placed.erased
    now.skipped["twice_in_the_archive"] += placed.twice
    now.went(placed.here + placed.erased + placed.twice)
    for rows in _batches(in_order(), BATCH):
        posts: list[Past] = []
        answers: list[PastAnswer] = []
        for row in rows:
            past = _past(now, row)
            if row.root == row.act:
                posts.append(past)
            else:
                answers.append(PastAnswer(replace(past, on=row.root), row.answers, row.below))
            bot = row.by in now.bots
            now.came["bot_posts" if bot else "posts" if row.root == row.act else "comments"] += 1
            now.came["mentions"] += len(past.mentioned)
        write_many(posts)
        if answers:
            comment_many(answers)
        now.went(len(rows))
    stir(remember(now.past))
    _files(now, taken)


def _counted(now: Settling, spaces: list[str]) -> dict[str, int]:
    rows = now.past.staged.filter(what=What.POST, space__in=spaces)
    return dict(rows.values("space").annotate(count=Count("pk")).values_list("space", "count"))


def _left_out(now: Settling, space: str) -> str:
    """Why the words of a space do not come in, or nothing."""
    record = now.spaces[space]
    if record["reach"] == Openness.NAMED or now.groups.get(space):
        return ""
    return record.get("left_out", ERASED)


def _past(now: Settling, row: Placed) -> Past:
    record, space = row.record, row.space
    private = now.spaces[space]["reach"] == Openness.NAMED
    readers = now.spaces[space]["members"] if private else ()
    typed, clean, people = _said(now, space, record)
    return Past(
        id=row.act,
        by=row.by,
        at=row.at,
        title="" if row.root != row.act else record["title"],
        words=typed,
        html=clean,
        reach=Reach.NAMED if private else Reach.GROUP,
        language="",
        group=None if private else now.groups[space],
        named=[pk for member in readers if (pk := now.people.get(member)) and pk != row.by],
        mentioned=sorted(people - {row.by}),
        edited_at=datetime.fromisoformat(record["edited"]) if record["edited"] else None,
    )


def _said(now: Settling, space: str, record: dict) -> tuple[str, str, set[int]]:
    """The words as they are typed and as clean HTML, and who is mentioned in them."""
    if "html" in record:
        return record["markdown"], record["html"], set()
    words = unpacked(record["words"])

    def naming(node: Node) -> Somebody:
        if node.kind == "space":
            return now.titles.get(node.target) or Somebody(_own_title(now, space, node))
        pk = now.people.get(node.target)
        return now.names[pk] if pk else Somebody(node.text or node.target)

    people = {pk for person in mentioned(words) if (pk := now.people.get(person))}
    return markdown(words, naming), text.scrub(html(words, naming)), people


def _own_title(now: Settling, space: str, node: Node) -> str:
    """A space that is not open to all is named only inside itself: its name alone may say too much elsewhere."""
    return now.spaces[space]["name"] if node.target == space else _("private-group")


def _files(now: Settling, spaces: list[str]) -> None:
    """Files are named in the words; here they are counted, each once."""
    rows = now.past.staged.filter(what=What.FILE, space__in=spaces).order_by("object", "id").distinct("object")
    for some in _batches(rows.values_list("object", "record__by").iterator(1_000), MANY):
        files = [file for file, by in some if now.people.get(by)]
        known = now.known(What.FILE, files)
        new = [file for file in files if file not in known]
        now.remember(What.FILE, [(file, None) for file in new])
        now.came["files"] += len(new)
        now.skipped[HERE] += len(known)
        now.went(len(some))


# --- reactions ---


def _reactions(now: Settling, space: str, rows: list[tuple[str, str, Any, dict]]) -> None:
    now.went(len(rows))
    if reason := _left_out(now, space):
        now.skipped[reason] += len(rows)
        return
    acts = now.known(What.POST, {f"{space}/{ts}" for _space, ts, _at, _record in rows})
    standing = set(Act.objects.filter(pk__in=[pk for pk in acts.values() if pk]).values_list("pk", flat=True))
    given: dict[str, tuple[int, int, str]] = {}
    known = now.known(What.REACTION, [_reaction(space, ts, record) for _space, ts, _at, record in rows])
    for _space, ts, _at, record in rows:
        object_ = _reaction(space, ts, record)
        act, by = acts.get(f"{space}/{ts}"), now.people.get(record["by"])
        if object_ in known or object_ in given:
            now.skipped[HERE if object_ in known else "twice_in_the_archive"] += 1
        elif act not in standing or by is None:
            now.skipped[ERASED] += 1
        else:
            given[object_] = (act, by, record["emoji"])
    react_many(given.values())
    now.remember(What.REACTION, [(object_, act) for object_, (act, _by, _emoji) in given.items()])
    now.came["reactions"] += len(given)


def _reaction(space: str, ts: str, record: dict) -> str:
    return f"{space}/{ts}/{record['emoji']}/{record['by']}"
