"""What every bench needs: a house of its own in a temporary folder, served as the product serves it; a client that asks it
in a closed loop; what processor and memory a process used. Talks to 127.0.0.1 only, and ends what it started."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import platform
import re
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


def peak_of(process: subprocess.Popen, seconds: float = 7_200) -> float:
    """Waits until a process ends, for ``seconds`` at most; megabytes that it and its children held, each at its own peak."""
    peaks: dict[int, float] = {}
    end = time.monotonic() + seconds
    while process.poll() is None:
        for pid in children(process.pid):
            with contextlib.suppress(OSError):
                status = Path(f"/proc/{pid}/status").read_text()
                if found := re.search(r"^VmHWM:\s+(\d+)", status, re.MULTILINE):
                    peaks[pid] = int(found[1]) / 1024
        if time.monotonic() > end:
            process.kill()
            raise TimeoutError(f"after {seconds} seconds it had not ended")
        time.sleep(0.1)
    return sum(peaks.values())


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
def house() -> Iterator[tuple[str, Path, Any]]:
    """An empty, migrated house with a durable PostgreSQL of its own: (DATABASE_URL, data folder, cluster)."""
    from potluck.core import house as core_house
    from potluck.core import postgres
    from potluck.core.database import let_go

    with tempfile.TemporaryDirectory(prefix="potluck-bench-", ignore_cleanup_errors=True) as folder:
        os.environ.pop("DATABASE_URL", None)
        os.environ["POTLUCK_HOUSE"] = "bench"  # the cookies' names, here and in the served processes
        core_house.prepare(Path(folder))
        cluster = postgres.start(Path(folder))
        try:
            core_house.migrate()
            yield cluster.url, Path(folder), cluster
        finally:
            let_go()
            cluster.stop()


def machine() -> dict[str, Any]:
    return {"machine": platform.machine(), "cores": os.cpu_count(), "python": platform.python_version()}



@contextlib.contextmanager
def served(settings: str, url: str, data: Path, app: str = "", **more: str) -> Iterator[tuple[int, int]]:
    """The product's web process with these settings, or another ASGI application in the same server: (port, pid)."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    env = os.environ | {
        "DATABASE_URL": url,
        "POTLUCK_DATA": str(data),
        "POTLUCK_PORT": str(port),
        "POTLUCK_HOUSE": "bench",
        "DJANGO_SETTINGS_MODULE": settings,
        **more,
    }
    quiet = ["--no-access-log", "--log-level", "warning", "--lifespan", "on"]
    what = ["uvicorn", app, "--port", str(port), *quiet] if app else ["potluck.core.web"]
    process = subprocess.Popen([sys.executable, "-m", *what], cwd=HOME, env=env, stdin=subprocess.DEVNULL)
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


