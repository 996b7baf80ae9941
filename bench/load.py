"""Weighs pages under load, beside a control, in one run on one machine; prints one JSON line a figure.

    .venv/bin/python -m bench.load [--members 1000] [--groups 20] [--acts 100000] [--seconds 6] [--seed 1] [--only home,...]

It makes a house of its own in a temporary folder (embedded PostgreSQL, durable), fills it (``bench/fill.py``), serves it
with the product's own web process, and asks it as random members, closed loop, at c = 1 and c = 16. Then the control
(``bench/control.py``) in the same server set-up on the same data. What to compare is the last line: ratios. Absolute
figures belong to the machine. Bounded in time; talks to 127.0.0.1 only.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import platform
import random
import re
import secrets
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

HOME = Path(__file__).resolve().parent.parent
TICKS = os.sysconf("SC_CLK_TCK")


def say(**figures: Any) -> None:
    print(json.dumps(figures, ensure_ascii=False), flush=True)


# --- the machine ---------------------------------------------------------------------------------------------------------


def children(pid: int) -> list[int]:
    with contextlib.suppress(OSError, ValueError):
        mine = [int(n) for n in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
        return [pid, *[n for child in mine for n in children(child)]]
    return []


def cpu(pids: list[int]) -> float:
    """Seconds of processor (user + system) that these processes have used."""
    used = 0
    for pid in pids:
        with contextlib.suppress(OSError):
            fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
            used += int(fields[11]) + int(fields[12]) + int(fields[13]) + int(fields[14])
    return used / TICKS


def pss(pids: list[int]) -> float:
    """Megabytes of memory these processes hold, shared pages divided among those who share them."""
    total = 0
    for pid in pids:
        with contextlib.suppress(OSError, AttributeError):
            total += int(re.search(r"^Pss:\s+(\d+)", Path(f"/proc/{pid}/smaps_rollup").read_text(), re.M)[1])  # type: ignore[index]
    return total / 1024


# --- asking ---------------------------------------------------------------------------------------------------------------


class Client:
    """One keep-alive connection; just enough HTTP to load a page or send a form."""

    def __init__(self, port: int, token: str) -> None:
        self.port, self.token = port, token

    async def open(self) -> None:
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port)

    async def ask(self, path: str, cookie: str, form: str | None = None) -> tuple[int, bytes]:
        lines = [
            f"{'GET' if form is None else 'POST'} {path} HTTP/1.1",
            f"Host: localhost:{self.port}",
            f"Cookie: {cookie}",
            "Accept-Language: de",
        ]
        payload = b""
        if form is not None:
            payload = form.encode()
            lines += [
                f"X-CSRFToken: {self.token}",
                "Content-Type: application/x-www-form-urlencoded",
                f"Content-Length: {len(payload)}",
                f"Origin: http://localhost:{self.port}",
            ]
        self.writer.write("\r\n".join([*lines, "", ""]).encode() + payload)
        head = await self.reader.readuntil(b"\r\n\r\n")
        status = int(head[9:12])
        lower = head.lower()
        if match := re.search(rb"content-length: (\d+)", lower):
            return status, await self.reader.readexactly(int(match[1]))
        if b"transfer-encoding: chunked" in lower:
            parts = []
            while (size := int(await self.reader.readline(), 16)) > 0:
                parts.append((await self.reader.readexactly(size + 2))[:-2])
            await self.reader.readline()
            return status, b"".join(parts)
        return status, b""


async def load(
    port: int, token: str, next_one: Callable[[], tuple[str, str, str | None]], c: int, seconds: float, ok: set[int]
) -> dict[str, Any]:
    """Closed loop of ``c`` connections for ``seconds``: requests a second, latencies (ms), bytes, anything but ``ok``."""
    times: list[float] = []
    sizes: list[int] = []
    wrong: dict[int, int] = {}
    end = time.perf_counter() + seconds

    async def one() -> None:
        client = Client(port, token)
        await client.open()
        while time.perf_counter() < end:
            path, cookie, form = next_one()
            began = time.perf_counter()
            status, got = await client.ask(path, cookie, form)
            times.append((time.perf_counter() - began) * 1000)
            sizes.append(len(got))
            if status not in ok:
                wrong[status] = wrong.get(status, 0) + 1
        client.writer.close()

    began = time.perf_counter()
    await asyncio.gather(*(one() for _ in range(c)))
    took = time.perf_counter() - began
    times.sort()
    return {
        "per_second": round(len(times) / took, 1),
        "p50_ms": round(times[len(times) // 2], 2),
        "p99_ms": round(times[min(len(times) - 1, len(times) * 99 // 100)], 2),
        "bytes": sum(sizes) // len(sizes),
        "requests": len(times),
        "wrong": wrong,
    }


# --- the house ------------------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def served(settings: str, url: str, data: Path) -> Iterator[tuple[int, int]]:
    """The product's web process with these settings: (port, pid)."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    env = os.environ | {
        "DATABASE_URL": url,
        "POTLUCK_DATA": str(data),
        "POTLUCK_PORT": str(port),
        "POTLUCK_HOUSE": "bench",
        "DJANGO_SETTINGS_MODULE": settings,
    }
    process = subprocess.Popen([sys.executable, "-m", "potluck.core.web"], cwd=HOME, env=env, stdin=subprocess.DEVNULL)
    try:
        for _ in range(300):
            with contextlib.suppress(OSError):
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            time.sleep(0.1)
        yield port, process.pid
    finally:
        process.terminate()
        process.wait(10)


def sign_in(members: list[int]) -> dict[int, str]:
    """A session for each of these members, as their browser would hold it: {member: cookie}."""
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

    from potluck.people.models import Person
    from potluck.people.sessions import SessionStore

    cookies = {}
    for person in Person.objects.filter(pk__in=members):
        store = SessionStore()
        store[SESSION_KEY] = str(person.pk)
        store[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
        store[HASH_SESSION_KEY] = person.get_session_auth_hash()
        store.create()
        cookies[person.pk] = f"{settings.SESSION_COOKIE_NAME}={store.session_key}"
    return cookies


def count_statements(path: str, person: int) -> int:
    """SQL statements of one page, the way the test suite counts them."""
    from django.db import connection
    from django.test import Client as Asker
    from django.test.utils import CaptureQueriesContext

    from potluck.people.models import Person

    asker = Asker(HTTP_HOST="localhost", HTTP_ACCEPT_LANGUAGE="de")
    asker.force_login(Person.objects.get(pk=person))
    asker.get(path)
    with CaptureQueriesContext(
        connection,
    ) as seen:
        asker.get(path)
    return sum(
        1 for query in seen.captured_queries if query["sql"].split(None, 1)[0].lower() in ("select", "with", "insert", "update")
    )


def main() -> int:
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--members", type=int, default=1_000)
    ask.add_argument("--groups", type=int, default=20)
    ask.add_argument("--acts", type=int, default=100_000)
    ask.add_argument("--seconds", type=float, default=6.0)
    ask.add_argument("--seed", type=int, default=1)
    ask.add_argument("--only", default="", help="pages, separated by commas")
    options = ask.parse_args()

    with tempfile.TemporaryDirectory(prefix="potluck-bench-", ignore_cleanup_errors=True) as folder:
        data = Path(folder)
        from potluck.core import house, postgres

        os.environ.pop("DATABASE_URL", None)
        os.environ["POTLUCK_HOUSE"] = "bench"  # the cookies' names, here and in the served processes
        house.prepare(data)
        cluster = postgres.start(data)
        try:
            return weigh(options, cluster.url, data, cluster)
        finally:
            from potluck.core.database import let_go

            let_go()
            cluster.stop()


def weigh(options: argparse.Namespace, url: str, data: Path, cluster: Any) -> int:
    import psycopg

    from bench.fill import fill
    from potluck.core import house

    house.migrate()
    began = time.perf_counter()
    made = fill(url, options.members, options.groups, options.acts, options.seed)
    say(what="fill", seconds=round(time.perf_counter() - began, 1), seed=options.seed, **made)
    rng = random.Random(options.seed)
    cookies = sign_in(rng.sample(range(1, options.members + 1), min(options.members, 400)))
    token = secrets.token_hex(16)
    csrf = f"potluck_csrf_bench={token}"
    people = list(cookies)
    with psycopg.connect(url) as connection:
        hot = [
            row[0]
            for row in connection.execute(
                "select r.key from acts_act r join acts_act c on c.on_id = r.id where r.reach = 'everyone' group by r.key "
                "having count(*) between 15 and 40 limit 300"
            ).fetchall()
        ]
        monster = connection.execute(
            "select r.key from acts_act r join acts_act c on c.on_id = r.id group by r.key order by count(*) desc limit 1"
        ).fetchone()[0]  # type: ignore[index]

    def who() -> str:
        return f"{cookies[rng.choice(people)]}; {csrf}"

    pages: dict[str, tuple[Callable[[], tuple[str, str, str | None]], set[int]]] = {
        "home": (lambda: ("/", who(), None), {200}),
        "thread": (lambda: (f"/acts/{rng.choice(hot)}/", who(), None), {200}),
        "inbox": (lambda: ("/inbox/", who(), None), {200}),
        "comment": (
            lambda: (
                f"/acts/{rng.choice(hot)}/comments/",
                who(),
                f"words=Das+habe+ich+auch+schon+versucht&once={secrets.token_hex(8)}",
            ),
            {200, 303},
        ),
        "thank": (
            lambda: (
                f"/people/p-{rng.choice(people)}/thanks/",
                who(),
                f"words=Du+hast+mir+geholfen&for_what=Du+hast+mir+geholfen&once={secrets.token_hex(8)}",
            ),
            {200, 303, 403},
        ),
    }
    only = set(filter(None, options.only.split(",")))
    results: dict[tuple[str, int], float] = {}
    machine = {"machine": platform.machine(), "cores": os.cpu_count(), "python": platform.python_version()}
    for settings, names in (
        ("potluck.settings", [n for n in pages if not only or n in only]),
        ("bench.control_settings", ["home"]),
    ):
        control = settings.startswith("bench")
        with served(settings, url, data) as (port, pid):
            for name in names:
                next_one, ok = pages[name]
                asyncio.run(load(port, token, next_one, 4, 2, ok))  # warm
                for c in (1, 16):
                    web, database = children(pid), children(cluster.process.pid)
                    before = cpu(web), cpu(database)
                    figures = asyncio.run(load(port, token, next_one, c, options.seconds, ok))
                    after = cpu(web), cpu(children(cluster.process.pid))
                    n = figures["requests"]
                    label = "control home" if control else name
                    results[label, c] = figures["per_second"]
                    say(
                        what=label,
                        c=c,
                        **figures,
                        app_cpu_ms=round((after[0] - before[0]) / n * 1000, 2),
                        database_cpu_ms=round((after[1] - before[1]) / n * 1000, 2),
                        memory_mb=round(pss(web), 1),
                        members=options.members,
                        acts=options.acts,
                        seed=options.seed,
                        **machine,
                    )
    if not only or "thread" in only:
        say(
            what="statements",
            home=count_statements("/", people[0]),
            thread=count_statements(f"/acts/{hot[0]}/", people[0]),
            thread_of_thousands=count_statements(f"/acts/{monster}/", people[0]),
            inbox=count_statements("/inbox/", people[0]),
        )
    ratios = {
        f"home_of_control_c{c}": round(results["home", c] / results["control home", c], 3)
        for c in (1, 16)
        if ("home", c) in results
    }
    say(what="ratios", **ratios)
    return 0


if __name__ == "__main__":
    sys.exit(main())
