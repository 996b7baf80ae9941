"""Weighs pages under load, beside controls, in one run on one machine; prints one JSON line a figure.

    .venv/bin/python -m bench.load [--members 1000] [--groups 20] [--acts 100000] [--seconds 6] [--seed 1] [--only home,...]

It makes a house of its own (``bench/house.py``), fills it (``bench/fill.py``), serves it with the product's own web
process, and asks it as random members, closed loop, at c = 1 and c = 16; in turns with the controls in the same server set-up on
the same data: SQL and Jinja2 (``control.py``), the ORM and Django templates (``control_orm.py``), bare ASGI and JSON
(``control_json.py``). What to compare is the last line: ratios, and which gates they pass. Absolute figures belong to the
machine.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import secrets
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from typing import Any

from bench.house import children, count_statements, cpu, house, load, machine, pss, say, served, sign_in

#: A page and its controls are asked in so many turns; a ratio is the median of theirs.
ROUNDS = 3
Ask = Callable[[], tuple[str, str, str | None]]
#: What must hold, as a share of the control: {figure: at least}.
GATES = {"home": 0.6, "comment": 0.5, "thank": 0.5}


def main() -> int:
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--members", type=int, default=1_000)
    ask.add_argument("--groups", type=int, default=20)
    ask.add_argument("--acts", type=int, default=100_000)
    ask.add_argument("--seconds", type=float, default=6.0)
    ask.add_argument("--seed", type=int, default=1)
    ask.add_argument("--only", default="", help="pages, separated by commas")
    options = ask.parse_args()
    with house() as (url, data, cluster):
        return weigh(options, url, data, cluster)


def weigh(options: argparse.Namespace, url: str, data: Path, cluster: Any) -> int:
    from bench.fill import fill

    began = time.perf_counter()
    made = fill(url, options.members, options.groups, options.acts, options.seed)
    say(what="fill", seconds=round(time.perf_counter() - began, 1), seed=options.seed, **made)
    rng = random.Random(options.seed)
    cookies = sign_in(rng.sample(range(1, options.members + 1), min(options.members, 400)))
    token = secrets.token_hex(16)
    pages = asked(rng, cookies, token, url)
    only = set(filter(None, options.only.split(",")))
    chosen = [name for name in pages if not only or name in only]
    writes = [name for name in ("home", "comment", "thank") if name in chosen]
    results: dict[tuple[str, int], list[float]] = {}

    def ask(label: str, name: str, port: int, pid: int, c: int, seconds: float) -> None:
        next_one, ok = pages[name]
        web, database = children(pid), children(cluster.process.pid)
        before = cpu(web), cpu(database)
        figures = asyncio.run(load(port, token, next_one, c, seconds, ok))
        after = cpu(web), cpu(children(cluster.process.pid))
        n = figures["requests"]
        results.setdefault((label + name, c), []).append(figures["per_second"])
        say(
            what=label + name,
            c=c,
            **figures,
            app_cpu_ms=round((after[0] - before[0]) / n * 1000, 2),
            database_cpu_ms=round((after[1] - before[1]) / n * 1000, 2),
            memory_mb=round(pss(web), 1),
            members=options.members,
            acts=options.acts,
            seed=options.seed,
            **machine(),
        )

    controls = {
        "control ": (writes, "", {}),
        "control orm ": (writes[:1], "", {"BENCH_CONTROL": "bench.control_orm"}),
        "control json ": (writes[:1], "bench.control_json:application", {}),
    }
    with ExitStack() as open_ones:
        serving = {"": open_ones.enter_context(served("potluck.settings", url, data))}
        for label, (_names, app, more) in controls.items():
            serving[label] = open_ones.enter_context(served("bench.control_settings", url, data, app, **more))
        for name in chosen:
            beside = ["", *(label for label, (names, _app, _more) in controls.items() if name in names)]
            for label in beside:
                asyncio.run(load(serving[label][0], token, pages[name][0], 4, 2, pages[name][1]))  # warm
            # In turns, since a machine is seldom as fast in one minute as in the next.
            rounds = ROUNDS if len(beside) > 1 else 1
            for c in (1, 16):
                for _round in range(rounds):
                    for label in beside:
                        ask(label, name, *serving[label], c, options.seconds / rounds)
    one = next(iter(cookies))
    read = [name for name in chosen if name not in ("comment", "thank")]
    say(what="statements", **{name: count_statements(pages[name][0]()[0], one) for name in read})
    ratios = {
        f"{name}_of_{control.strip().replace(' ', '_')}_c{c}": round(
            median(ours / theirs for ours, theirs in zip(results[name, c], results[control + name, c], strict=True)), 3
        )
        for name in writes
        for control in controls
        for c in (1, 16)
        if (control + name, c) in results
    }
    passed = {name: all(ratios[f"{name}_of_control_c{c}"] >= GATES[name] for c in (1, 16)) for name in writes}
    say(what="ratios", gates=GATES, passed=passed, **ratios)
    return 0 if all(passed.values()) else 1


def asked(rng: random.Random, cookies: dict[int, str], token: str, url: str) -> dict[str, tuple[Ask, set[int]]]:
    """The pages that are weighed: {name: (the next request, the statuses that are right)}."""
    import psycopg

    people = list(cookies)
    csrf = f"potluck_csrf_bench={token}"
    with psycopg.connect(url) as connection:

        def column(statement: str) -> list[Any]:
            return [row[0] for row in connection.execute(statement).fetchall()]

        hot = column(
            "select r.key from acts_act r join acts_act c on c.on_id = r.id where r.reach = 'everyone' group by r.key "
            "having count(*) between 15 and 40 limit 300"
        )
        monster = column(
            "select r.key from acts_act r join acts_act c on c.on_id = r.id group by r.key order by count(*) desc limit 1"
        )[0]
        groups = column("select key from groups_group where not is_closed")
        deep = column(
            "select extract(epoch from at) * 1000000 from acts_act where in_feed and reach = 'everyone' "
            "order by at desc offset 2000 limit 200"
        )

    def who() -> str:
        return f"{cookies[rng.choice(people)]}; {csrf}"

    def get(address: Callable[[], str]) -> tuple[Ask, set[int]]:
        return lambda: (address(), who(), None), {200}

    def comment() -> tuple[str, str, str]:
        return f"/acts/{rng.choice(hot)}/comments/", who(), f"words=Das+habe+ich+auch+schon+versucht&once={secrets.token_hex(8)}"

    def thank() -> tuple[str, str, str]:
        words = f"words=Du+hast+mir+geholfen&for_what=Du+hast+mir+geholfen&once={secrets.token_hex(8)}"
        return f"/people/p-{rng.choice(people)}/thanks/", who(), words

    return {
        "home": get(lambda: "/"),
        "thread": get(lambda: f"/acts/{rng.choice(hot)}/"),
        "thread of thousands": get(lambda: f"/acts/{monster}/"),
        "inbox": get(lambda: "/inbox/"),
        "person": get(lambda: f"/people/p-{rng.choice(people)}/"),
        "group": get(lambda: f"/groups/{rng.choice(groups)}/"),
        "page 100 and further": get(lambda: f"/?before={int(rng.choice(deep))}-0"),
        "search": get(lambda: f"/search/?q={rng.choice(('Maschine', 'Kaffee', 'Lampe+Regal', 'Kolegin'))}"),
        "comment": (comment, {200, 303}),
        "thank": (thank, {200, 303, 422}),
    }


if __name__ == "__main__":
    sys.exit(main())
