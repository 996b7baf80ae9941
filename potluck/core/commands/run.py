"""``potluck run``: PostgreSQL, the web and the worker as one tree of processes that starts, heals and ends together."""
from __future__ import annotations

import argparse
import contextlib
import errno
import fcntl
import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from urllib.parse import urlsplit

import psycopg

from potluck.core import house, postgres
from potluck.core.trouble import Trouble

HELP = "Serve the house: PostgreSQL, web and worker, until Ctrl-C."
NEEDS = "nothing"  # it opens the house itself and keeps it open

PATIENCE = 3.5  # seconds for web and worker to end, before they are killed; PostgreSQL needs less than one
# Found by name, like the commands themselves: core knows no room.
THE_HOUSE = "potluck.people.verbs.the_house"
FIRST_LINK = "potluck.people.verbs.first_link"
SERVED_AT = "potluck.people.verbs.served_at"
FILL = "potluck.demo.fill.fill"

YOUNG = 5  # seconds: a process that fails younger than this did not really start
TRIES = 3  # times that a process may fail young in a row

PROCESSES = {
    "web": [sys.executable, "-m", "potluck.core.web"],
    "worker": [sys.executable, "-c", "from potluck.core.jobs import work; work()"],
}


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--port", type=_port, default=8000, help="default 8000")
    parser.add_argument("--host", default="127.0.0.1", help="default 127.0.0.1: reachable from this machine only")
    parser.add_argument("--debug", action="store_true", help="pages that explain themselves, on loopback only")
    parser.add_argument("--demo", action="store_true", help="a house with an invented company in it, filled if it is empty")


def run(options: argparse.Namespace) -> int:
    began = time.monotonic()
    if options.debug and options.host not in ("127.0.0.1", "localhost", "::1"):
        raise Trouble("--debug shows the inside of the house, so it works on loopback only: leave out --host or --debug.")
    with Bell() as bell, only_one(options.data) as note:
        _free(options.host, options.port)
        address = f"http://localhost:{options.port}"
        public = _public() or address
        os.environ |= {"POTLUCK_HOST": options.host, "POTLUCK_PORT": str(options.port)}
        house.prepare(options.data, debug=options.debug)
        tree = Tree(options.data, bell)
        try:
            link = _open(tree, options, public)
            note.write(address)
            bell.serving = True
            tree.start()
            if tree.cluster:  # while the two wake up
                tree.cluster.write_down()
            if not _serving(options.host, options.port, tree):
                return 0
            print(f"{address}   (after {time.monotonic() - began:.1f} s; Ctrl-C ends it)", flush=True)
            if link:
                print(f"Nobody lives here yet. This link, good once, makes its first administrator:\n{public}{link}",
                      flush=True)
            return tree.watch()
        finally:
            tree.stop()


def _public() -> str | None:
    """The address that people type, where a proxy serves this house to them (``POTLUCK_ADDRESS``); links in mails begin so."""
    address = os.environ.get("POTLUCK_ADDRESS", "").rstrip("/")
    if not address:
        return None
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path or parts.query:
        raise Trouble("POTLUCK_ADDRESS is the beginning of every address of the house, as in "
                      f"`POTLUCK_ADDRESS=https://potluck.example.org`, not {address!r}.")
    return address


def _open(tree: Tree, options: argparse.Namespace, address: str) -> str | None:
    """PostgreSQL runs, with today's tables and the house in them; what ``_open_the_house`` returns. A PostgreSQL that another
    command had started ends with that command, perhaps just now: then one of our own takes its place."""
    from django.db import InterfaceError, OperationalError

    while True:
        tree.cluster = house.reach(options.data)
        try:
            house.migrate()
            return _open_the_house(options, address)
        except (OperationalError, InterfaceError, psycopg.OperationalError):
            if tree.cluster is None or tree.cluster.process or tree.cluster.alive():
                raise


def _open_the_house(options: argparse.Namespace, address: str) -> str | None:
    """Fill a demo house that is empty; for any other empty house the path of the first administrator's link.

    Which house it is stands in its database, and the processes that serve it are told: by what name its cookies go, and
    whether it is a demo. ``--demo`` on a house of real people is refused."""
    from django.utils.module_loading import import_string

    from potluck.core.database import let_go

    try:
        import_string(SERVED_AT)(address)
        link = import_string(FIRST_LINK)()
        if options.demo and link:
            print("The demo company moves in ...", flush=True)
            import_string(FILL)()
            link = None
        house_row = import_string(THE_HOUSE)()
        if options.demo and not house_row.is_demo:
            raise Trouble(f"The house in {options.data} is a real one, and --demo is for an invented one: leave out --demo, "
                          "or name another folder with --data DIR.")
        os.environ |= {"POTLUCK_HOUSE": house_row.short_id, "POTLUCK_DEMO": "1" if house_row.is_demo else ""}
        return link
    finally:
        let_go()


class Tree:
    """The processes of one house. What ends unasked is started again; what will not start ends the whole, with a sentence."""

    def __init__(self, data: Path, bell: Bell) -> None:
        self.data, self.bell = data, bell
        self.cluster: postgres.Cluster | None = None
        self.processes: dict[str, subprocess.Popen] = {}
        self.born: dict[str, float] = {}
        self.young: dict[str, int] = dict.fromkeys(PROCESSES, 0)

    def start(self) -> None:
        for name in PROCESSES:
            self._start(name)

    def _start(self, name: str) -> None:
        self.born[name] = time.monotonic()
        self.processes[name] = subprocess.Popen(PROCESSES[name], stdin=subprocess.DEVNULL, process_group=0,
                                                preexec_fn=postgres.die_with_parent(signal.SIGKILL))

    def watch(self) -> int:
        """Until a signal asks for the end (0) or something cannot be kept alive (1)."""
        while not self.bell.asked:
            self.heal()
            self.bell.sleep(1)
        print("\nClosing ...", file=sys.stderr, flush=True)
        return 0

    def heal(self) -> None:
        if self.cluster and not self.cluster.alive():
            print("PostgreSQL ended; it is started again.", file=sys.stderr, flush=True)
            if self.processes:
                self.processes["worker"].kill()  # it listens for jobs on one connection, which is gone
            found = postgres.start(self.data)
            if found.process or not self.cluster.lives():  # else it is ours still, and came to itself
                self.cluster = found
            if self.processes:
                self.processes["web"].send_signal(signal.SIGUSR1)  # it drains its pool of dead connections
                self.processes["worker"].wait()
                self._start("worker")
        for name, process in list(self.processes.items()):
            if process.poll() is None:
                continue
            failed = process.returncode not in (0, -signal.SIGKILL)  # else killed, or its database went
            self.young[name] = self.young[name] + 1 if failed and time.monotonic() - self.born[name] < YOUNG else 0
            if self.young[name] >= TRIES:
                raise Trouble(f"The {name} process ends as soon as it starts (status {process.returncode}); what it said "
                              "stands above. `potluck doctor` checks the installation.")
            print(f"The {name} process ended (status {process.returncode}); it is started again.",
                  file=sys.stderr, flush=True)
            self._start(name)

    def stop(self) -> None:
        """Web and worker first, then PostgreSQL; within five seconds whatever they are doing."""
        for process in self.processes.values():
            process.terminate()
        deadline = time.monotonic() + PATIENCE
        for process in self.processes.values():
            try:
                process.wait(max(0.05, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        if self.cluster:
            self.cluster.stop(1)


class Bell:
    """The signals that ask for the end. Before ``serving`` they break off whatever is being done; then ``asked`` is set.
    They, and the end of a child, cut ``sleep`` short."""

    def __init__(self) -> None:
        self.asked = self.serving = False

    def __enter__(self) -> Bell:
        self.hears, self.rings = os.pipe()
        for end in (self.hears, self.rings):
            os.set_blocking(end, False)
        signal.set_wakeup_fd(self.rings, warn_on_full_buffer=False)
        self.before = {number: signal.signal(number, self._ring) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
        self.before[signal.SIGCHLD] = signal.signal(signal.SIGCHLD, lambda number, frame: None)
        return self

    def __exit__(self, *problem: object) -> None:
        for number, handler in self.before.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(-1)
        os.close(self.hears)
        os.close(self.rings)

    def _ring(self, number: int, frame: FrameType | None) -> None:
        again, self.asked = self.asked, True
        if not self.serving and not again:
            raise KeyboardInterrupt

    def sleep(self, seconds: float) -> None:
        """Until a signal comes, at most ``seconds``."""
        if select.select([self.hears], [], [], seconds)[0]:
            with contextlib.suppress(BlockingIOError):
                os.read(self.hears, 4096)


class Note:
    """The file ``serving`` in the data folder: locked while the house is served, and it keeps the last address."""

    def __init__(self, data: Path) -> None:
        self.path = data / "serving"
        self.file = self.path.open("a+")

    def read(self) -> str:
        return self.path.read_text().strip()

    def write(self, address: str) -> None:
        self.file.truncate(0)
        self.file.write(f"{address}\n")
        self.file.flush()


@contextmanager
def only_one(data: Path) -> Iterator[Note]:
    postgres.make_data_folder(data)
    note = Note(data)
    try:
        fcntl.flock(note.file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise Trouble(f"The house in {data} is served already at {note.read()}: another one needs a folder and a port of its "
                      "own, as in `bin/run --data ./data-2 --port 8001`.") from error
    with note.file:
        yield note


def _port(word: str) -> int:
    if word.isdigit() and 0 < int(word) < 65536:
        return int(word)
    raise argparse.ArgumentTypeError(f"a port is a number from 1 to 65535, not {word!r}")


def _free(host: str, port: int) -> None:
    """Can we listen there? Asked before anything is started."""
    try:
        family, kind, _, _, place = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as tried:
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            tried.bind(place)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise Trouble(f"Port {port} is in use by another program: choose another one with "
                          f"`bin/run --port {port + 1}`.") from error
        if error.errno == errno.EACCES:
            raise Trouble(f"Port {port} is only for root: choose another one with `bin/run --port 8000`.") from error
        raise Trouble(f"This machine cannot listen on {host} ({error.strerror}): leave out --host for 127.0.0.1.") from error


def _serving(host: str, port: int, tree: Tree) -> bool:
    """Wait until the web answers; False when the end was asked for before."""
    where = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104
    while not tree.bell.asked:
        with contextlib.suppress(OSError), socket.create_connection((where, port), 1):
            return True
        tree.heal()
        tree.bell.sleep(0.05)
    return False
