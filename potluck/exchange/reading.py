"""Reading an archive in a process of its own: its words are parsed on one core while the other writes them down.

The process knows no database. It is held to little memory, whatever stands in the archive, and ends with the one that
started it. What it says are frames: a line of JSON, then as many bytes as that line says, ready for COPY.
"""

from __future__ import annotations

import gc
import json
import os
import resource
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Generator, Iterable, Iterator
from contextlib import AbstractContextManager, ExitStack, closing, suppress
from dataclasses import asdict, dataclass, field
from datetime import datetime
from itertools import cycle
from pathlib import Path
from typing import Any

from django.apps import apps
from django.utils import translation
from django.utils.translation import gettext as _

from potluck.core import text
from potluck.exchange import mbox, slack
from potluck.exchange.source import (
    WHOLE,
    BadArchive,
    History,
    Limits,
    Record,
    Share,
    Skipped,
    SourceJoin,
    SourcePerson,
    SourcePost,
    SourceReaction,
    SourceRoll,
    SourceSpace,
    Wanted,
    What,
)
from potluck.exchange.words import Words, html, markdown, names_nobody, packed

#: Records that travel together, at most: a transaction each.
BATCH = 2_000
#: The same in bytes.
BYTES = 4 * 1024**2
#: From here on (bytes, as the archive counts its own) a process is worth its start.
WORTH_A_PROCESS = 2 * 1024**2
SYSTEMS = {"slack": slack, "mbox": mbox}


def history(wanted: Wanted) -> AbstractContextManager[History]:
    """The archive, opened. Raises ``BadArchive``."""
    return SYSTEMS[wanted.system].history(wanted)


@dataclass
class Frame:
    """Some records, and how far the archive is read with them: ``mark`` and ``done`` as in ``Chunk``."""

    mark: str = ""
    done: int = 0
    skipped: Counter[str] = field(default_factory=Counter)
    rows: list[str] = field(default_factory=list)

    @property
    def data(self) -> bytes:
        return "".join(self.rows).encode()


def frames(opened: History, of: int, after: str, share: Share = WHOLE) -> Iterator[Frame]:
    """What stands in the archive after the mark, as rows of the staging table that belong to the import ``of``. Of several
    readers each makes a frame of each of its chunks, so that they can be put in order again."""
    frame, size = Frame(mark=after), 0
    most = BATCH if share == WHOLE else 0
    for chunk in opened.chunks(after, share):
        for record in chunk.records:
            if isinstance(record, Skipped):
                frame.skipped[record.reason] += record.count
                continue
            rows = [_row(record, of)]
            if isinstance(record, SourcePost):
                rows += [_line(of, What.FILE, record.space, file.id, about={"by": record.by}) for file in record.files]
            size += sum(map(len, rows))
            frame.rows += rows
        frame.mark, frame.done = chunk.mark, chunk.done
        if len(frame.rows) >= most or size >= BYTES:
            yield frame
            frame, size = Frame(mark=frame.mark, done=frame.done), 0
    if share == WHOLE:
        yield frame


def elsewhere(wanted: Wanted, of: int, after: str, readers: int) -> Iterator[Frame]:
    """The same from processes of their own."""
    with ExitStack() as started:
        each = [started.enter_context(closing(_one(wanted, of, after, (mine, readers)))) for mine in range(readers)]
        for one in cycle(each):
            frame = next(one, None)
            if frame is None:
                return
            yield frame


def _one(wanted: Wanted, of: int, after: str, share: Share) -> Generator[Frame, None, None]:
    told = json.dumps(
        asdict(wanted)
        | {"path": str(wanted.path), "of": of, "after": after, "share": share, "language": translation.get_language()}
    )
    with subprocess.Popen(
        [sys.executable, "-m", "potluck.exchange.reading"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=Path(__file__).resolve().parents[2],
        env={**os.environ, "DJANGO_SETTINGS_MODULE": os.environ.get("DJANGO_SETTINGS_MODULE", "potluck.settings")},
    ) as reader:
        assert reader.stdin and reader.stdout
        try:
            with suppress(BrokenPipeError):
                reader.stdin.write(told.encode())
                reader.stdin.close()
            while line := reader.stdout.readline():
                head = json.loads(line)
                if bad := head.get("bad"):
                    raise BadArchive(bad)
                data = reader.stdout.read(head["bytes"])
                if len(data) < head["bytes"]:
                    break
                if head.get("last"):
                    return
                yield Frame(head["mark"], head["done"], Counter(head["skipped"]), [data.decode()])
            raise BadArchive(
                _("Reading “%(path)s” took more memory than an archive may, or was ended from outside.") % {"path": wanted.path}
            )
        finally:
            reader.kill()


def main() -> None:
    """The process itself: what to read comes in on its standard input."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for whoever started it; then the pipe is closed.
    told = json.loads(sys.stdin.buffer.read())
    apps.populate([])  # for its sentences; the rooms and their tables would take longer to load than a thousand mails to read
    gc.freeze()
    limits = Limits(**told.pop("limits"))
    of, after, share, language = (told.pop(name) for name in ("of", "after", "share", "language"))
    wanted = Wanted(**{**told, "path": Path(told["path"]), "limits": limits})
    now = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize() if os.path.exists("/proc") else 0
    if now:
        resource.setrlimit(resource.RLIMIT_AS, (now + limits.memory, now + limits.memory))
    out = sys.stdout.buffer
    with translation.override(language), suppress(BrokenPipeError):
        try:
            with history(wanted) as opened:
                for frame in frames(opened, of, after, tuple(share)):
                    data = frame.data
                    _say(out, mark=frame.mark, done=frame.done, skipped=frame.skipped, bytes=len(data))
                    out.write(data)
                    out.flush()
            _say(out, last=True, bytes=0)
        except BadArchive as bad:
            _say(out, bad=str(bad), bytes=0)
        except MemoryError:
            sys.exit(1)


def _say(out: Any, **head: Any) -> None:
    out.write(json.dumps(head).encode() + b"\n")
    out.flush()


# --- rows ---

COLUMNS = "of_id, what, space, object, at, above, record"


def _line(
    of: int,
    what: What,
    space: str,
    object_: str,
    at: datetime | None = None,
    above: Iterable[str] = (),
    about: dict[str, Any] | None = None,
) -> str:
    when = at.isoformat() if at else "\\N"
    cells = (str(of), what, _escaped(space), _escaped(object_), when, _json(above), _json(about))
    return "\t".join(cells) + "\n"


def _json(value: Any) -> str:
    return _escaped(json.dumps(value))


def _escaped(cell: str) -> str:
    if "\\" in cell:
        cell = cell.replace("\\", "\\\\")
    if "\n" in cell or "\t" in cell or "\r" in cell:
        cell = cell.replace("\n", "\\n").replace("\t", "\\t").replace("\r", "\\r")
    return cell


def _row(record: Record, of: int) -> str:
    match record:
        case SourcePost():
            edited = record.edited.isoformat() if record.edited else None
            said = {"by": record.by, "title": record.title, "edited": edited, **_said(record.words)}
            return _line(of, What.POST, record.space, record.id, record.at, record.above, said)
        case SourcePerson():
            names = ("name", "email", "bot", "guest", "title", "known")
            return _line(of, What.PERSON, "", record.id, about={name: getattr(record, name) for name in names})
        case SourceSpace():
            parts = ("name", "reach", "about", "archived", "creator", "members", "writers_are_members", "may_be_here")
            return _line(of, What.SPACE, "", record.id, record.created, about={name: getattr(record, name) for name in parts})
        case SourceReaction():
            about = {"by": record.by, "emoji": record.emoji}
            return _line(of, What.REACTION, record.space, record.on, about=about)
        case SourceJoin():
            return _line(of, What.JOIN, record.space, record.id, record.at, about={"person": record.person})
        case SourceRoll():
            return _line(of, What.ROLL, record.space, record.space, record.at, about={"members": record.members})
    raise TypeError(record)


def _said(words: Words) -> dict[str, Any]:
    """Words that name somebody wait until it is known who that is here; all others are written out at once."""
    if not names_nobody(words):
        return {"words": packed(words)}
    return {"markdown": markdown(words, _nobody), "html": text.scrub(html(words, _nobody))}


def _nobody(node: Any) -> Any:
    raise LookupError(node)


if __name__ == "__main__":
    main()
