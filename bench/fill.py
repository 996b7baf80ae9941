"""A house of a given size, seeded, by COPY: skewed as real ones are.

Group sizes and activity follow a power law; one all-hands group; 5 % of members sit in dormant groups only, 1 % in 300 and
more (as far as there are so many); about 20 comments on hot posts and one with 5,000 (as far as there are acts); five
reactions a post; 0 to 500 unread notices. Not made by verbs: it is for weighing pages, never for showing them.
"""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg

WORDS = """der die das Tisch Maschine Schicht Lampe Kiste Regal Plan Kabel Frage Antwort heute morgen gestern wir haben
können zusammen neu alt warm leise schnell gut gern Werk Laden Büro Halle Tor Kaffee Brot Kollegin Kollege danke bitte und
aber weil wenn dann vielleicht sicher zeigt hilft bringt fragt findet macht schreibt liest""".split()  # noqa: SIM905
EMOJI = ("glad", "helps", "strong", "happy", "thinking", "laughing")
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def key(rng: random.Random) -> str:
    return uuid.UUID(int=rng.getrandbits(128)).hex[:12]


def body(rng: random.Random) -> str:
    """About 60 words in two paragraphs, as a person writes."""
    words = rng.choices(WORDS, k=max(12, int(rng.gauss(60, 20))))
    half = len(words) // 2
    return f"<p>{' '.join(words[:half]).capitalize()}.</p>\n<p>{' '.join(words[half:]).capitalize()}.</p>\n"


def copy(connection: psycopg.Connection, table: str, columns: str, rows: Iterator[tuple]) -> None:
    with connection.cursor() as cursor, cursor.copy(f"copy {table} ({columns}) from stdin") as out:
        for row in rows:
            out.write_row(row)


def fill(url: str, members: int = 1_000, groups: int = 20, acts: int = 100_000, seed: int = 1) -> dict[str, Any]:
    """Fills an empty, migrated house; returns what it made. The ids of members are 1..``members``."""
    rng = random.Random(seed)
    with psycopg.connect(url) as connection:
        copy(connection, "people_house", HOUSE, iter([house_row()]))
        copy(connection, "people_unit", "id, name", ((n, f"Bereich {n}") for n in range(1, 21)))
        copy(connection, "people_person", PERSON, (person_row(rng, n) for n in range(1, members + 1)))
        copy(connection, "groups_group", GROUP, (group_row(rng, n) for n in range(1, groups + 1)))
        dormant = set(range(max(2, groups - groups // 10), groups + 1))
        live = [n for n in range(2, groups + 1) if n not in dormant]
        seats = dict(seated(rng, members, live, sorted(dormant)))
        pairs = [(person, group) for person, mine in seats.items() for group in mine]
        copy(
            connection,
            "groups_membership",
            "person_id, group_id, is_host, since",
            ((person, group, n % 97 == 0, NOW - timedelta(days=400)) for n, (person, group) in enumerate(pairs)),
        )
        made = acts_of(connection, rng, members, live, sorted(dormant), seats, acts)
        # The first of the two years came in as history; what somebody else answered is answered.
        connection.execute("update acts_act set is_imported = true where at < %s", [NOW - timedelta(days=365)])
        connection.execute("""update acts_act r set answered_at = c.at from (select a.on_id, min(a.at) as at from acts_act a
            join acts_act o on o.id = a.on_id and o.by_id <> a.by_id group by a.on_id) c where c.on_id = r.id""")
        connection.execute("""update acts_act set is_first = true where id in (select distinct on (a.by_id) a.id
            from acts_act a join people_person p on p.id = a.by_id where a.kind in ('posted', 'asked') and not a.is_imported
            and a.at < p.arrived_at + interval '30 days' order by a.by_id, a.at, a.id)""")
        for table in ("people_unit", "people_person", "groups_group", "acts_act"):
            connection.execute(f"select setval(pg_get_serial_sequence('{table}', 'id'), (select max(id) from {table}))")  # type: ignore[arg-type]
        connection.commit()
        connection.autocommit = True
        connection.execute("vacuum analyze")
    return {"members": members, "groups": groups, "seats": len(pairs), **made}


HOUSE = (
    '"only", name, short_id, language, timezone, day_starts, day_ends, weekdays, mail_domains, address, is_demo, '
    "opened_at, first_link"
)
PERSON = (
    "id, password, handle, email, name, sort_key, roles, unit_id, is_active, is_placeholder, is_bot, arrived_at, "
    "introduction, helps_with, phone, hours, place, likes_to_greet, language, timezone, single_keys, feed_order"
)
GROUP = "id, key, name, about, is_closed, is_listed, opened_at"
ACT = "id, key, by_id, kind, at, on_id, group_id, reach, in_feed, title, words, html, language, root_withdrawn, is_imported"


def house_row() -> tuple:
    return (
        True,
        "Haus der Waage",
        "bench",
        "de",
        "Europe/Berlin",
        "08:00",
        "17:00",
        "{}",
        "{}",
        "http://localhost:8000",
        False,
        NOW - timedelta(days=800),
        "",
    )


def person_row(rng: random.Random, n: int) -> tuple:
    return (
        n,
        "!",
        f"p-{n}",
        f"p{n}@example.org",
        f"Vorname{n} Nachname{n}",
        f"vorname{n} nachname{n}",
        "{}",
        rng.randint(1, 20),
        True,
        False,
        False,
        NOW - timedelta(days=rng.randint(60, 800)),
        "",
        "",
        "",
        "",
        "",
        False,
        "",
        "",
        True,
        "open-handed",
    )


def group_row(rng: random.Random, n: int) -> tuple:
    return (n, key(rng), "Alle" if n == 1 else f"Gruppe {n}", "", n % 5 == 0, True, NOW - timedelta(days=800))


def seated(rng: random.Random, members: int, live: list[int], dormant: list[int]) -> Iterator[tuple[int, list[int]]]:
    for person in range(1, members + 1):
        chance = rng.random()
        if chance < 0.05:
            yield person, rng.sample(dormant, min(2, len(dormant)))
        elif chance < 0.06:
            yield person, [1, *rng.sample(live, min(300, len(live)))]
        else:
            weights = [1 / (place + 1) for place in range(len(live))]
            wanted = min(len(live), 1 + int(rng.paretovariate(1.3)))
            yield person, [1, *sorted(set(rng.choices(live, weights, k=wanted)))]


def acts_of(
    connection: psycopg.Connection,
    rng: random.Random,
    members: int,
    live: list[int],
    dormant: list[int],
    seats: dict[int, list[int]],
    acts: int,
) -> dict[str, int]:
    """Roots and comments in the order of time, then what hangs on them."""
    by_group: dict[int, list[int]] = {}
    for person, mine in seats.items():
        for group in mine:
            by_group.setdefault(group, []).append(person)
    weights = [1 / (n + 1) ** 1.1 for n in range(members)]
    givers = rng.choices(range(1, members + 1), weights, k=acts)
    roots = acts // 4
    start = NOW - timedelta(days=730)
    step = timedelta(days=730) / roots
    rows, comments, reactions, hot = [], [], [], []
    closed = {n for n in (*live, *dormant, 1) if n % 5 == 0}
    for n in range(1, roots + 1):
        chance = rng.random()
        group = rng.choice(dormant) if chance < 0.002 else live[min(int(rng.paretovariate(1.2)) - 1, len(live) - 1)]
        everyone = chance > 0.6
        giver = givers[n] if everyone or group not in closed else rng.choice(by_group.get(group) or [givers[n]])
        kind = "asked" if rng.random() < 0.25 else "posted"
        html = body(rng)
        at = start + step * n
        if group in dormant and not everyone:
            at = start + timedelta(days=rng.random() * 30)
        rows.append(
            (
                n,
                key(rng),
                giver,
                kind,
                at,
                None,
                None if everyone else group,
                "everyone" if everyone else "group",
                True,
                "",
                "",
                html,
                "de",
                False,
                False,
            )
        )
        reactions += [(n, rng.randint(1, members), rng.choice(EMOJI)) for _ in range(min(40, int(rng.expovariate(1 / 5))))]
        if rng.random() < 0.1:
            hot.append(n)
    pk = roots
    left = acts - roots
    monster = min(5_000, left // 10)
    targets = [hot[len(hot) // 2]] * monster + rng.choices(hot, k=(left - monster) * 2 // 3)
    targets += rng.choices(range(1, roots + 1), k=left - len(targets))
    for n, root in enumerate(targets):
        pk += 1
        at, group, reach = rows[root - 1][4] + timedelta(minutes=rng.random() * 5_000), rows[root - 1][6], rows[root - 1][7]
        comments.append(
            (
                pk,
                key(rng),
                givers[roots + n - 1],
                "commented",
                at,
                root,
                group,
                reach,
                False,
                "",
                "",
                body(rng),
                "de",
                False,
                False,
            )
        )
    copy(connection, "acts_act", ACT, iter(rows + comments))
    copy(connection, "talk_comment", "act_id, answers_id", ((row[0], row[5]) for row in comments))
    copy(connection, "talk_reaction", "act_id, by_id, emoji, at", ((*row, NOW) for row in dict.fromkeys(reactions)))
    notices = [
        (
            key(rng) + str(n % 10),
            person,
            "answered",
            f"/acts/{rows[root - 1][1]}/",
            comments[n][0],
            comments[n][2],
            comments[n][4],
            None,
            True,
            "",
        )
        for person in range(1, members + 1)
        for n, root in ((n, targets[n]) for n in rng.sample(range(len(targets)), min(len(targets), rng.randint(0, 100))))
    ]
    copy(
        connection,
        "notices_notice",
        "key, receiver_id, kind, cause, act_id, by_id, at, read_at, no_mail, subject",
        iter(notices),
    )
    return {"acts": pk, "reactions": len(set(reactions)), "notices": len(notices)}
