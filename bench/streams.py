"""Weighs open streams: 2,000 idle ones on one web process, what each holds of memory, what an ordinary page costs meanwhile,
and how long it takes until all of them have heard of a post. Prints one JSON line.

    .venv/bin/python -m bench.streams [--streams 2000] [--members 1000] [--acts 20000] [--seconds 5] [--seed 1]

Gates: under 40 kB of memory a stream; a home page meanwhile at most twice as dear as before.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import resource
import secrets
import sys
import time
from pathlib import Path
from typing import Any

from bench.house import Client, children, house, load, machine, pss, say, served, sign_in

MEMORY_KB, PAGE_TIMES = 40, 2.0


class Ear:
    """One open stream; ``heard`` is when the first act was told."""

    def __init__(self) -> None:
        self.heard = asyncio.Event()
        self.at = 0.0

    async def open(self, port: int, cookie: str) -> None:
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", port)
        lines = ["GET /live/ HTTP/1.1", f"Host: localhost:{port}", f"Cookie: {cookie}", "Accept: text/event-stream", "", ""]
        self.writer.write("\r\n".join(lines).encode())
        head = await self.reader.readuntil(b"\r\n\r\n")
        if b" 200 " not in head.split(b"\r\n", 1)[0]:
            raise RuntimeError(head.decode())
        self.task = asyncio.ensure_future(self._listen())

    async def _listen(self) -> None:
        async for line in self.reader:
            if line.startswith(b"event: act") and not self.heard.is_set():
                self.at = time.perf_counter()
                self.heard.set()

    def close(self) -> None:
        self.task.cancel()
        self.writer.close()


async def weigh(options: argparse.Namespace, port: int, pid: int, cookies: dict[int, str]) -> dict[str, Any]:
    rng, people = random.Random(options.seed), list(cookies)
    token = secrets.token_hex(16)

    def home() -> tuple[str, str, None]:
        return "/", f"{cookies[rng.choice(people)]}; potluck_csrf_bench={token}", None

    await load(port, token, home, 4, 2, {200})  # warm
    alone = await load(port, token, home, 4, options.seconds, {200})
    before = pss(children(pid))
    ears = [Ear() for _ in range(options.streams)]
    began = time.perf_counter()
    for first in range(0, len(ears), 50):
        some = enumerate(ears[first : first + 50], first)
        await asyncio.gather(*(ear.open(port, cookies[people[n % len(people)]]) for n, ear in some))
    opened = time.perf_counter() - began
    await asyncio.sleep(1)
    after = pss(children(pid))
    meanwhile = await load(port, token, home, 4, options.seconds, {200})

    giver = people[0]
    writer = Client(port, token)
    await writer.open()
    said = time.perf_counter()
    words = f"words=Guten+Morgen&once={secrets.token_hex(8)}"
    status, _body = await writer.ask("/posts/", f"{cookies[giver]}; potluck_csrf_bench={token}", words)
    listeners = [ear for n, ear in enumerate(ears) if people[n % len(people)] != giver]
    await asyncio.wait_for(asyncio.gather(*(ear.heard.wait() for ear in listeners)), 30)
    told = sorted((ear.at - said) * 1000 for ear in listeners)
    for ear in ears:
        ear.close()
    writer.writer.close()
    each = (after - before) * 1024 / options.streams
    times = meanwhile["p50_ms"] / alone["p50_ms"]
    return {
        "what": "streams",
        "streams": options.streams,
        "kb_each": round(each, 1),
        "opened_per_second": round(options.streams / opened),
        "home_p50_ms_alone": alone["p50_ms"],
        "home_p50_ms_meanwhile": meanwhile["p50_ms"],
        "home_p99_ms_meanwhile": meanwhile["p99_ms"],
        "post_status": status,
        "told_ms_half": round(told[len(told) // 2], 1),
        "told_ms_all": round(told[-1], 1),
        "passed": {"kb_each": each < MEMORY_KB, "home_meanwhile": times <= PAGE_TIMES},
        "seed": options.seed,
        "members": options.members,
        **machine(),
    }


def main() -> int:
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--streams", type=int, default=2_000)
    ask.add_argument("--members", type=int, default=1_000)
    ask.add_argument("--acts", type=int, default=20_000)
    ask.add_argument("--seconds", type=float, default=5.0)
    ask.add_argument("--seed", type=int, default=1)
    options = ask.parse_args()
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = options.streams + 500
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(wanted, hard) if hard > 0 else wanted, hard))
    with house() as (url, data, _cluster):
        from bench.fill import fill

        fill(url, options.members, 20, options.acts, options.seed)
        cookies = sign_in(list(range(1, options.members + 1)))
        with served("potluck.settings", url, Path(data)) as (port, pid):
            figures = asyncio.run(weigh(options, port, pid, cookies))
    say(**figures)
    return 0 if all(figures["passed"].values()) else 1


if __name__ == "__main__":
    sys.exit(main())
