"""Weighs how home grows: at 1,000 and at 100,000 people (and at a million, on demand), and for the worst members of the larger
house beside a usual one: who sits in dormant groups only, who sits in 300. Prints one JSON line.

    .venv/bin/python -m bench.growth [--acts-each 10] [--seconds 5] [--seed 1] [--million]

Gates, in processor time of application and database a page, which other load disturbs less than the clock: home at 100,000
people at most 1.2 times that at 1,000, the worst member at most 2 times a usual one.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import secrets
import subprocess
import sys
import time
from typing import Any

from bench.house import children, cpu, house, load, machine, say, served, sign_in

GROWTH, WORST = 1.2, 2.0
LARGE = 100_000


def weigh(people: int, options: argparse.Namespace) -> dict[str, Any]:
    """Home in a house of so many people, by kind of member: {kind: figures}."""
    from bench.fill import fill

    with house() as (url, data, cluster):
        began = time.perf_counter()
        fill(url, people, max(20, people // 50), max(100_000, people * options.acts_each), options.seed)
        found: dict[str, Any] = {"people": people, "fill_seconds": round(time.perf_counter() - began)}
        kinds = {kind: sign_in(members) for kind, members in some(people, options.seed).items() if members}
        token = secrets.token_hex(16)
        rng = random.Random(options.seed)
        with served("potluck.settings", url, data) as (port, pid):
            for kind, cookies in kinds.items():
                of = list(cookies.values())

                def home(of: list[str] = of) -> tuple[str, str, None]:
                    return "/", f"{rng.choice(of)}; potluck_csrf_bench={token}", None

                asyncio.run(load(port, token, home, 4, 3, {200}))  # warm
                before = cpu(children(pid)) + cpu(children(cluster.process.pid))
                figures = asyncio.run(load(port, token, home, 1, options.seconds, {200}))
                used = cpu(children(pid)) + cpu(children(cluster.process.pid)) - before
                found[kind] = {
                    "p50_ms": figures["p50_ms"],
                    "p99_ms": figures["p99_ms"],
                    "cpu_ms": round(used / figures["requests"] * 1000, 2),
                    "bytes": figures["bytes"],
                    "wrong": figures["wrong"],
                }
    return found


def apart(people: int, options: argparse.Namespace) -> dict[str, Any]:
    """The same in a process of its own: Django's settings know one database."""
    same = [f"--{name}={getattr(options, name.replace('-', '_'))}" for name in ("acts-each", "seconds", "seed")]
    done = subprocess.run(
        [sys.executable, "-m", "bench.growth", f"--people={people}", *same], check=True, capture_output=True, text=True
    )
    return json.loads(done.stdout)


def some(people: int, seed: int) -> dict[str, list[int]]:
    """Members of each kind: usual ones, those who sit in dormant groups only, those who sit in the most groups."""
    from django.db import connection

    rng = random.Random(seed)
    with connection.cursor() as cursor:
        cursor.execute("select person_id, count(*), bool_or(group_id = 1) from groups_membership group by 1 order by 1")
        seats = cursor.fetchall()
    usual = [person for person, n, in_all in seats if in_all and n < 20]
    dormant = [person for person, _n, in_all in seats if not in_all]
    many = [person for person, n, _in_all in seats if n >= 300]
    return {name: rng.sample(of, min(len(of), 300)) for name, of in (("usual", usual), ("dormant", dormant), ("many", many))}


def main() -> int:
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--acts-each", type=int, default=10, help="acts a person; 100,000 at least")
    ask.add_argument("--seconds", type=float, default=5.0)
    ask.add_argument("--seed", type=int, default=1)
    ask.add_argument("--million", action="store_true")
    ask.add_argument("--people", type=int, help="one house of so many, in this process")
    options = ask.parse_args()
    if options.people:
        say(**weigh(options.people, options))
        return 0
    houses = [apart(people, options) for people in (1_000, LARGE, *([1_000_000] if options.million else []))]
    small, large = houses[0], houses[1]
    growth = large["usual"]["cpu_ms"] / small["usual"]["cpu_ms"]
    worst = max(large[kind]["cpu_ms"] for kind in ("dormant", "many") if kind in large) / large["usual"]["cpu_ms"]
    passed = {"growth": growth <= GROWTH, "worst": worst <= WORST}
    ratios = {"growth": round(growth, 2), "worst": round(worst, 2)}
    say(what="growth", houses=houses, **ratios, passed=passed, seed=options.seed, **machine())
    return 0 if all(passed.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
