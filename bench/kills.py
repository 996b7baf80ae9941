"""Kills processes of a served house at random moments while people write, mails go out and histories are taken in, and then
reads the ledger (``bench/ledger.py``): nothing that was acknowledged may be lost, nothing doubled, no mail come twice.

    .venv/bin/python -m bench.kills [--kills 200] [--seconds 1800] [--seed 1] [--log FILE]

It makes a house of its own with ``potluck run``, a mail server of its own, and prints one JSON line for the battery and one
for each control: a house whose database answers before it has written (``synchronous_commit = off``) must lose, and people
whose forms bring another key each time they are sent must find things doubled. Killing processes says nothing of a power cut:
what the kernel has, it keeps.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import json
import os
import random
import re
import secrets
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email.message import Message
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import psycopg

from bench.house import HOME, children, machine, say
from bench.ledger import Entry, Ledger, compare, compare_mails
from potluck.core import postgres
from potluck.core.tests.processes import end, lives, open_folder, own_environment, within
from potluck.core.tests.served import POTLUCK, Served
from potluck.exchange.tests.mails import MIRA, NIKO, answer, mail, mbox
from potluck.notices.tests.sink import Sink

PEOPLE = 10
WRITERS = 4
PATIENCE = 240  # seconds in which a write must be acknowledged, whatever is killed meanwhile; a busy machine is slow to start
WHOLE_AGAIN = 180  # seconds in which the house must be ready after a kill
MAILS_IN_A_LIST = 900

#: People who work around the clock, and a link for each who writes. Real verbs, in a process of its own.
FURNISH = """
import json, sys
from pathlib import Path
from potluck.core import house
house.prepare(Path(sys.argv[1]))
from potluck.people.models import House
from potluck.people.verbs import add_person, make_sign_in_link, the_house
people = [add_person(f"p{n}@example.org", f"Person {n}") for n in range(int(sys.argv[2]))]
House.objects.filter(pk=the_house().pk).update(weekdays=[1, 2, 3, 4, 5, 6, 7], day_starts="00:00", day_ends="00:00")
print(json.dumps({"house": the_house().short_id, "people": [[one.handle, one.email] for one in people],
                  "links": [make_sign_in_link(one) for one in people[: int(sys.argv[3])]]}))
"""


class House:
    """A served house with its people, its mail server, and what can be killed of it."""

    def __init__(self, data: Path, sink: Sink) -> None:
        self.sink = sink
        self.served = Served(data, POTLUCK_MAIL_URL=sink.url, POTLUCK_LOG="json")
        self.served.wait()
        self.place = postgres.locate(data)
        self.url = self.place.url
        made = subprocess.run(
            [sys.executable, "-c", FURNISH, str(data), str(PEOPLE), str(WRITERS)],
            cwd=HOME, env=own_environment(), capture_output=True, text=True, check=True, timeout=60,
        )  # fmt: skip
        furnished = json.loads(made.stdout)
        self.csrf = f"potluck_csrf_{furnished['house']}"
        self.people = dict(furnished["people"])
        self.cookies = dict(zip(self.people, map(self._signed_in, furnished["links"]), strict=False))
        self.faults: Counter[str] = Counter()

    def _signed_in(self, link: str) -> str:
        _status, head, _body = self.ask(link, {})
        found = re.search(r"potluck_session_\w+=[^;]+", " ".join(head.get_all("Set-Cookie", [])))
        if found is None:
            raise RuntimeError("the link signs nobody in")
        return found[0]

    def ask(
        self, path: str, form: dict[str, str] | None = None, cookie: str = "", htmx: bool = False, hang_up: float = 0
    ) -> tuple[int, Message, bytes]:
        """Status, headers and body of an answer that came in whole. Raises ``OSError`` or ``HTTPException`` where none did.
        ``hang_up``: after so many seconds nobody waits for the answer any more."""
        token = "0" * 32
        line = http.client.HTTPConnection("127.0.0.1", self.served.port, timeout=20)
        head = {"Host": f"localhost:{self.served.port}", "Cookie": f"{self.csrf}={token}; {cookie}"}
        if form is not None:
            head |= {
                "X-CSRFToken": token,
                "Origin": f"http://localhost:{self.served.port}",
                "Content-Type": "application/x-www-form-urlencoded",
            }
        if htmx:
            head["HX-Request"] = "true"
        try:
            line.request("GET" if form is None else "POST", path, None if form is None else urlencode(form), head)
            if hang_up:
                time.sleep(hang_up)
                raise ConnectionAbortedError
            came = line.getresponse()
            return came.status, came.headers, came.read()
        finally:
            line.close()

    # --- its processes ----------------------------------------------------------------------------------------------------

    def postmaster(self) -> int:
        """Whoever started it: a command that came while none ran starts one, too."""
        return int((self.place.base / "cluster" / "postmaster.pid").read_text().split("\n", 1)[0])

    def backends(self) -> list[int]:
        """PostgreSQL's processes that serve somebody."""
        with psycopg.connect(self.url, connect_timeout=2) as one:
            return [pid for (pid,) in one.execute("select pid from pg_stat_activity where backend_type = 'client backend' "
                                                  "and pid <> pg_backend_pid()")]  # fmt: skip

    def is_whole(self) -> bool:
        if self.served.process.poll() is not None:  # it says why in its log, and whoever keeps a house starts it again
            self.faults["ended by itself"] += 1
            self.served.begin()
        return {"web", "worker"} <= set(self.served.children()) and self.served.get("/readyz") == 200

    def heals(self) -> float:
        """Seconds until the whole is there again; fails when that takes too long."""
        began = time.monotonic()
        while not self.is_whole():
            if time.monotonic() - began > WHOLE_AGAIN:
                raise TimeoutError(f"not whole after {WHOLE_AGAIN} s: {self.served.said()[-2000:]}")
            time.sleep(0.1)
        return time.monotonic() - began

    def set(self, **settings: str) -> None:
        """Settings of PostgreSQL that hold from now on, through every kill."""
        with psycopg.connect(self.url, autocommit=True) as one:
            for name, value in settings.items():
                one.execute(f"alter system set {name} = '{value}'")
            one.execute("select pg_reload_conf()")
        time.sleep(0.5)

    def broke(self) -> list[str]:
        """Of each page that said 500: its route, and the exceptions with their innermost places, as the log has them."""
        found = []
        for line in self.served.log.read_text(errors="replace").splitlines():
            if '"status": 500' in line and '"exception"' in line:
                said = json.loads(line)
                found.append(" < ".join([said["route"], *(f"{one['type']} {one['in'][-2:]}" for one in said["exception"])]))
        return found

    def close(self) -> None:
        end(self.served.process)


# --- who writes -----------------------------------------------------------------------------------------------------------


class Writer(threading.Thread):
    """A member who writes, and sends a form again whose answer did not come, with the key that stands in it. ``careless``: with
    another key each time."""

    KINDS = ("posted", "asked", "commented", "commented", "thanked", "mentioned", "reacted")

    def __init__(self, house: House, ledger: Ledger, phase: str, handle: str, seed: int, careless: bool) -> None:
        super().__init__(daemon=True)
        self.house, self.ledger, self.phase, self.handle, self.careless = house, ledger, phase, handle, careless
        self.number = list(house.people).index(handle)
        self.dice = random.Random(seed)
        self.leaves = threading.Event()

    def run(self) -> None:
        count = 0
        while not self.leaves.is_set():
            count += 1
            self.write(f"zettel-{self.phase}-{self.number}-{count}")
            if self.dice.random() < 0.2:
                with contextlib.suppress(OSError, http.client.HTTPException):
                    self.read()
            self.leaves.wait(self.dice.uniform(0.02, 0.2))

    def read(self) -> None:
        status, _head, _body = self.house.ask("/", cookie=self.house.cookies[self.handle])
        if status not in (200, 503):
            self.house.faults[f"home answers {status}"] += 1

    def write(self, token: str) -> None:
        kind, dice = self.dice.choice(self.KINDS), self.dice
        others = [one for one in self.house.people if one != self.handle]
        acts = [one for one in self.ledger.acts() if one.by != self.handle]
        if kind in ("commented", "reacted") and not acts:
            kind = "posted"
        entry = Entry(token, kind, self.handle, once=secrets.token_hex(8))
        if kind == "commented":
            on = dice.choice(acts[-30:])
            entry.on, entry.told = on.key, on.by
            path, form = f"/acts/{on.key}/comments/", {"words": f"Dazu {token} von mir."}
        elif kind == "reacted":
            entry.on = dice.choice(acts[-30:]).key
            path, form = f"/acts/{entry.on}/reactions/", {"emoji": "glad"}
        elif kind == "thanked":
            entry.told = dice.choice(others)
            path, form = f"/people/{entry.told}/thanks/", {"for_what": f"Danke, {token} hat geholfen."}
        elif kind == "mentioned":
            entry.kind, entry.told = "posted", dice.choice(others)
            path, form = "/posts/", {"words": f"@{entry.told} sieh mal: {token}."}
        else:
            path, form = "/posts/", {"words": f"Ich bringe {token} mit.", "question": "1" if kind == "asked" else ""}
        self.send(self.ledger.open(entry), path, form)

    def send(self, entry: Entry, path: str, form: dict[str, str]) -> None:
        """Until it is acknowledged; one in eight members gives up when no answer comes."""
        deadline, gives_up = time.monotonic() + PATIENCE, self.dice.random() < 0.125
        often = 0.5 if self.careless else 0.06
        htmx = entry.kind in ("commented", "thanked") and self.dice.random() < 0.5
        while time.monotonic() < deadline:
            key = secrets.token_hex(8) if self.careless else entry.once
            status, place = 0, ""
            self.ledger.leaves(entry)
            try:
                hang_up = self.dice.uniform(0.002, 0.05) if entry.tries == 1 and self.dice.random() < often else 0
                status, head, _body = self.house.ask(path, form | {"once": key}, self.house.cookies[self.handle], htmx, hang_up)
                place = head.get("Location", "")
            except (OSError, http.client.HTTPException):
                status = 0
            finally:
                found = re.search(r"#act-(\w+)" if entry.kind == "commented" else r"^/acts/(\w+)/", place)
                self.ledger.came(entry, status, found[1] if found and entry.kind != "reacted" else "")
            if status not in (0, 503):
                return
            if gives_up:
                return
            time.sleep(self.dice.uniform(0.1, 0.5))
        self.house.faults["a write was not acknowledged in time"] += 1


class Importer(threading.Thread):
    """Brings one mailing list after the other with the command, and gives the same command again until it is done."""

    REST = 3  # seconds between two lists: others want the processor, too

    def __init__(self, house: House, folder: Path, phase: str) -> None:
        super().__init__(daemon=True)
        self.house, self.folder, self.phase = house, folder, phase
        self.leaves = threading.Event()
        self.process: subprocess.Popen | None = None
        self.begun = self.runs = 0

    def run(self) -> None:
        while not self.leaves.is_set():
            self.begun += 1
            path = mbox(self.folder, *self.mails(self.begun), name=f"{self.phase}-{self.begun}.mbox")
            for _try in range(20):
                self.runs += 1
                command = [POTLUCK, "--data", self.house.served.data, "import", "mbox", path, "--group", self.name_of(self.begun)]
                self.process = subprocess.Popen(
                    [*map(str, command)], env=own_environment(), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL, start_new_session=True,
                )  # fmt: skip
                try:
                    if self.process.wait(120) == 0:
                        break
                except subprocess.TimeoutExpired:
                    self.process.kill()
                    self.process.wait()
                    self.house.faults["an import hung"] += 1
                time.sleep(0.2)
            else:
                self.house.faults["an import never ended"] += 1
                return
            self.leaves.wait(self.REST)

    def name_of(self, number: int) -> str:
        return f"Liste {self.phase} {number}"

    def mails(self, number: int) -> Iterator[bytes]:
        """Every third begins a thread; the others answer the one before."""
        name = f"{self.phase}{number}"
        for n in range(MAILS_IN_A_LIST):
            one = {"text": f"brief-{name}-{n}", "by": (MIRA, NIKO)[n % 2], "id": f"{name}.{n}", "at": n}
            more = {"Subject": f"[{name}] Lampen", "List_Id": f"<{name}.lists.example.org>"}
            yield mail(**one, **more) if n % 3 == 0 else answer(f"{name}.{n - 1}", **one, **more)

    def kill(self) -> bool:
        if self.process is None or self.process.poll() is not None:
            return False
        self.process.kill()
        return True

    def is_at_it(self) -> bool:
        """Is one of them half in?"""
        if self.process is None or self.process.poll() is not None:
            return False
        with contextlib.suppress(psycopg.Error), psycopg.connect(self.house.url, connect_timeout=1) as one:
            row = one.execute("select exists (select from exchange_import where finished_at is null)").fetchone()
            return bool(row and row[0])
        return False

    def compare(self) -> dict[str, Any]:
        """``import_wrong``: lists that are not in the house exactly as they are in their file."""
        wrong, messages = [], 0
        with psycopg.connect(self.house.url) as one:
            for number in range(1, self.begun + 1):
                rows = one.execute(
                    "select a.kind, a.words from acts_act a join groups_group g on g.id = a.group_id "
                    "where g.name = %s and a.is_imported", [self.name_of(number)]).fetchall()  # fmt: skip
                tokens = Counter(re.search(r"brief-\w+-(\d+)", words)[1] for _kind, words in rows)  # type: ignore[index]
                kinds = Counter(kind for kind, _words in rows)
                messages += len(rows)
                if (
                    tokens != Counter(map(str, range(MAILS_IN_A_LIST)))
                    or kinds != {"posted": MAILS_IN_A_LIST // 3, "commented": MAILS_IN_A_LIST * 2 // 3}
                ):  # fmt: skip
                    wrong.append(f"{self.name_of(number)}: {dict(kinds)}")
            for what in ("exchange_staged", "exchange_import where finished_at is null"):
                if left := one.execute(f"select count(*) from {what}").fetchone()[0]:  # type: ignore[index]
                    wrong.append(f"{left} of {what}")
        return {"imports": self.begun, "import_runs": self.runs, "import_messages": messages, "import_wrong": wrong}


# --- who kills ------------------------------------------------------------------------------------------------------------


@dataclass
class Battery:
    house: House
    folder: Path
    seed: int
    #: So many kills of each; ``all`` is PostgreSQL with everything of it at the same moment, ``backend`` one who serves.
    KINDS = {"web": 4, "worker": 4, "postmaster": 2, "all": 3, "backend": 3, "parent": 2, "import": 2}

    def run(
        self, phase: str, plan: list[str], *, seconds: float, settle: float = 10, careless: bool = False, imports: bool = True,
        lasts: float = 0,
    ) -> dict[str, Any]:  # fmt: skip
        """Kills as planned, within ``seconds``; then lets everything settle and reads the ledger. ``lasts``: people write for
        so long at least."""
        began, house, dice = time.monotonic(), self.house, random.Random(self.seed)
        ledger, before = Ledger(), Counter(house.faults)
        importer = Importer(house, self.folder, phase)
        writers = [Writer(house, ledger, phase, handle, dice.random(), careless) for handle in house.cookies]  # type: ignore[arg-type]
        threads: list[Any] = [*writers, *([importer] if imports else [])]
        for one in threads:
            one.start()
        killed: Counter[str] = Counter()
        moments: Counter[str] = Counter()
        slowest = 0.0
        try:
            for kind in plan:
                if time.monotonic() - began > seconds:
                    break
                went = ledger.acknowledged()
                self._wait(lambda: ledger.acknowledged() > went + 4, 30)  # noqa: B023 - people write again
                time.sleep(dice.uniform(0.0, 1.0))
                at = self._kill(kind, dice, ledger, importer)
                while at is None and time.monotonic() - began < seconds:  # who was meant had just ended
                    at = self._kill(kind, dice, ledger, importer)
                if at is None:
                    break
                moments.update(at)
                killed[kind] += 1
                slowest = max(slowest, house.heals())
            time.sleep(max(0.0, lasts - (time.monotonic() - began)))
        finally:
            for one in threads:
                one.leaves.set()
        for one in threads:
            one.join(PATIENCE + 60)
        house.heals()
        told = {entry.token: house.people[entry.told] for entry in ledger.entries if entry.told}
        self._until_mailed(settle)
        return {
            "phase": phase,
            "seed": self.seed,
            "kills": sum(killed.values()),
            "killed": dict(killed),
            "moments": dict(moments),
            "slowest_to_heal": round(slowest, 1),
            **compare(ledger, house.url, phase),
            **(importer.compare() if imports else {}),
            **compare_mails(house.sink.taken, told, house.url),
            "faults": dict(house.faults - before),
            "broke": house.broke(),
            "seconds": round(time.monotonic() - began, 1),
        }

    def _kill(self, kind: str, dice: random.Random, ledger: Ledger, importer: Importer) -> list[str] | None:
        """Kills one of them, in the middle of something; says of what, or None where nobody was alive to be killed."""
        do = {
            "web": lambda: self._process("web"),
            "worker": lambda: self._process("worker"),
            "postmaster": lambda: [self.house.postmaster()],
            "all": lambda: children(self.house.postmaster()),
            "backend": lambda: self.house.backends()[:1],
            "parent": lambda: [self.house.served.process.pid],
            "import": lambda: [importer.process.pid] if importer.process else [],
        }[kind]
        tree = self.house.served.children()
        if kind == "import":
            self._wait(importer.is_at_it, 15)
        aim = dice.choice({"worker": ["mail", "mail", ""], "import": [""]}.get(kind, ["write", "write", "mail", "import"]))
        victims = do()  # looked for beforehand: the moment does not wait
        done = threading.Event()
        at: list[str] = []
        struck: list[int] = []

        def strike() -> None:
            at.extend(["write"] if ledger.in_flight else [])
            for pid in filter(lives, victims):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
                    struck.append(pid)
            done.set()

        if aim == "mail":
            step = dice.choice(("MAIL", "RCPT", "words"))
            self.house.sink.at[step] = lambda: done.is_set() or strike()
            if done.wait(8):
                at.append("mail")
            self.house.sink.at.clear()
        elif aim == "import":
            self._wait(importer.is_at_it, 8)
        else:
            self._wait(lambda: ledger.in_flight > 1, 2)
        if importer.is_at_it():
            at.append("import")
        if not done.is_set():
            strike()
        if kind == "parent":
            self.house.served.process.wait()
            within(5, lambda: not any(lives(tree[name]) for name in ("web", "worker") if name in tree))
            self.house.served.begin()
        return at if struck else None

    def _process(self, name: str) -> list[int]:
        self.house.heals()
        return [self.house.served.children()[name]]

    @staticmethod
    def _wait(there: Callable[[], object], seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while not there() and time.monotonic() < deadline:
            time.sleep(0.01)

    def _until_mailed(self, seconds: float) -> None:
        """What people were told is on its way by mail, at the latest a minute afterwards."""
        waits = ("select exists (select from notices_notice where mail_id is null and not no_mail and read_at is null) "
                 "or exists (select from notices_mail where handed_at is null and given_up_at is null)")  # fmt: skip
        deadline = time.monotonic() + seconds
        with psycopg.connect(self.house.url, autocommit=True) as one:
            while one.execute(waits).fetchone()[0] and time.monotonic() < deadline:  # type: ignore[index]
                time.sleep(0.5)
        time.sleep(0.5)

    def plan(self, kills: int) -> list[str]:
        """So many, mixed; every kind is among the first seven."""
        dice, kinds = random.Random(self.seed), list(self.KINDS)
        dice.shuffle(kinds)
        more = dice.choices(kinds, [self.KINDS[one] for one in kinds], k=max(0, kills - len(kinds)))
        return [*kinds[:kills], *more]


WRONG = ("lost", "doubled", "not_as_sent", "untold", "from_nowhere", "import_wrong", "mails_twice", "mails_missing", "broke")


def wrong(figures: dict[str, Any]) -> dict[str, Any]:
    """What of a battery's figures must be empty and is not: a refusal that nobody can mean is wrong, too."""
    odd = {status: count for status, count in figures["answers"].items() if status not in ("0", "200", "303", "503")}
    found = {name: figures[name] for name in (*WRONG, "faults") if figures.get(name)}
    return found | ({"answers": odd} if odd else {})


def counted(figures: dict[str, Any]) -> dict[str, Any]:
    """For one line: how many, and the first of them by name."""
    return {name: len(value) if isinstance(value, list) else value for name, value in figures.items()} | {
        f"{name}_first": value[:3] for name, value in figures.items() if isinstance(value, list) and value
    }


@contextlib.contextmanager
def battery(seed: int, log: Path | None = None) -> Iterator[Battery]:
    """A house of its own, gone afterwards; what it said about itself is kept in ``log``."""
    with open_folder() as folder, Sink() as sink:
        house = House(folder / "data", sink)
        try:
            yield Battery(house, folder, seed)
        finally:
            house.close()
            if log:
                shutil.copy(house.served.log, log)


def careless(one: Battery, seconds: float = 4) -> dict[str, Any]:
    """Control: nobody is killed, but an answer is lost now and then, and what is sent again has another key."""
    return one.run("careless", [], seconds=60, settle=0, careless=True, imports=False, lasts=seconds)


def answers_too_early(one: Battery, kills: int = 2) -> dict[str, Any]:
    """Control: the one setting changed by which PostgreSQL says yes before it has written."""
    one.house.set(synchronous_commit="off", wal_writer_delay="10s")
    return one.run("early", ["all"] * kills, seconds=60, settle=0, imports=False)


def main() -> int:
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--kills", type=int, default=200)
    ask.add_argument("--seconds", type=float, default=1_500, help="at most; what was not killed by then is not")
    ask.add_argument("--seed", type=int, default=1)
    ask.add_argument("--log", type=Path, help="keep here what the house said about itself")
    options = ask.parse_args()
    with battery(options.seed, options.log) as one:
        figures = one.run("kills", one.plan(options.kills), seconds=options.seconds, settle=130)
        say(what="kills", **counted(figures), **machine())
        doubled, early = careless(one), answers_too_early(one, 3)
        say(what="control: another key each time", **counted(doubled))
        say(what="control: synchronous_commit = off", **counted(early))
    return 0 if not wrong(figures) and doubled["doubled"] and early["lost"] else 1


if __name__ == "__main__":
    sys.exit(main())
