"""Whether the time of an answer tells what is there: what is hidden beside what does not exist; prints one JSON line.

    .venv/bin/python -m bench.hidden [--members 1000] [--groups 40] [--acts 20000] [--times 500] [--seed 1]

It makes a house of its own (``bench/house.py``), fills it (``bench/fill.py``) and serves it as the product does. Members ask by
turns for what they may not see, for what never was, and once more for what never was, so that whatever else the machine does
falls on all alike. A figure is the difference of two medians in milliseconds over so many requests of each: of hidden and
nothing, and of nothing and nothing, which is what the machine makes of it by itself. The gate is 5 beyond that (exit status 1).
The control, ``late.py``, refuses later where there is something, and must be noticed. Bounded; 127.0.0.1 only.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import secrets
import sys
import time
from collections.abc import Callable
from statistics import median
from typing import Any

import psycopg

from bench.fill import key
from bench.house import Client, house, machine, say, served, sign_in

#: Milliseconds that the medians may lie apart, beyond those that the machine itself puts between two equal ones.
GATE = 5.0
VIEWERS = """select p.id from people_person p where not exists (
  select from groups_membership m join groups_group g on g.id = m.group_id and g.is_closed where m.person_id = p.id)
  order by p.id limit 200"""
HIDDEN = """select a.id, a.key from acts_act a join groups_group g on g.id = a.group_id and g.is_closed
  where a.reach = 'group' and a.by_id <> all(%s) order by a.id limit 2000"""
Ways = dict[str, tuple[Callable[[], str], Callable[[], str]]]


def main() -> int:
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--members", type=int, default=1_000)
    ask.add_argument("--groups", type=int, default=40)
    ask.add_argument("--acts", type=int, default=20_000)
    ask.add_argument("--times", type=int, default=500)
    ask.add_argument("--seed", type=int, default=1)
    options = ask.parse_args()
    rng = random.Random(options.seed)
    with house() as (url, data, _cluster):
        from bench.fill import fill

        made = fill(url, options.members, options.groups, options.acts, options.seed)
        viewers, ways = hide(url, rng)
        cookies = list(sign_in(viewers).values())
        found = {}
        for label, settings in (("apart_ms", "potluck.settings"), ("control_apart_ms", "bench.late_settings")):
            asked = ways if settings == "potluck.settings" else {"an act": ways["an act"]}
            with served(settings, url, data) as (port, _pid):
                found[label] = {how: asyncio.run(apart(port, cookies, *way, options.times)) for how, way in asked.items()}
    kept = all(abs(one["hidden"]) <= GATE + abs(one["nothing"]) for one in found["apart_ms"].values())
    control = found["control_apart_ms"]["an act"]
    noticed = control["hidden"] > GATE + abs(control["nothing"])
    size = {"members": options.members, "acts": made["acts"], "times": options.times, "seed": options.seed}
    say(what="hidden", **size, gate_ms=GATE, **found, kept=kept, control_noticed=noticed, **machine())
    return 0 if kept and noticed else 1


def hide(url: str, rng: random.Random) -> tuple[list[int], Ways]:
    """Members who sit in no closed group, and how they ask for what is hidden from them and for what never was."""
    with psycopg.connect(url) as connection:
        viewers = [pk for (pk,) in connection.execute(VIEWERS).fetchall()]
        acts = connection.execute(HIDDEN, [viewers]).fetchall()
        for pk, name in acts:
            connection.execute("update acts_act set html = html || %s where id = %s", [f"<p>geheim{name}</p>", pk])
        gone = [
            pk for (pk,) in connection.execute("select id from people_person order by id desc limit 300") if pk not in viewers
        ]
        connection.execute("update people_person set is_active = false where id = any(%s)", [gone])
        groups = [
            name for (name,) in connection.execute("update groups_group set is_listed = false where is_closed returning key")
        ]
        connection.commit()
        connection.autocommit = True
        connection.execute("vacuum analyze")
    names = [name for _pk, name in acts]

    def nothing(path: str) -> Callable[[], str]:
        return lambda: path % key(rng)

    def one_of(path: str, some: list[Any]) -> Callable[[], str]:
        return lambda: path % rng.choice(some)

    return viewers, {
        "an act": (one_of("/acts/%s/", names), nothing("/acts/%s/")),
        "an answer to it": (one_of("/acts/%s/comments/new/", names), nothing("/acts/%s/comments/new/")),
        "a person": (one_of("/people/p-%s/", gone), lambda: f"/people/p-{rng.randint(10**6, 10**7)}/"),
        "a group": (one_of("/groups/%s/", groups), nothing("/groups/%s/")),
        "a thank-you for it": (one_of("/thanks/new/?on=%s", names), nothing("/thanks/new/?on=%s")),
        "a search": (one_of("/search/?q=geheim%s", names), nothing("/search/?q=geheim%s")),
    }


async def apart(port: int, cookies: list[str], hidden: Callable[[], str], nothing: Callable[[], str], times: int) -> dict:
    """Medians of hidden minus nothing, and of nothing minus nothing, in milliseconds; and the median itself."""
    client, took = Client(port, secrets.token_hex(16)), ([], [], [])
    await client.open()
    statuses = set()
    for n in range(-20, times):
        for kept, way in zip(took, (hidden, nothing, nothing), strict=True):
            path, cookie = way(), cookies[n % len(cookies)]
            began = time.perf_counter()
            status, _body = await client.ask(path, cookie)
            if n >= 0:
                kept.append((time.perf_counter() - began) * 1000)
            statuses.add(status)
    client.writer.close()
    assert statuses in ({200}, {404}), statuses  # a search is answered, whatever is not there
    there, here, again = map(median, took)
    return {"hidden": round(there - here, 2), "nothing": round(again - here, 2), "median": round(here, 2)}


if __name__ == "__main__":
    sys.exit(main())
