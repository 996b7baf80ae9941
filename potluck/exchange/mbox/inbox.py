"""A mailing list as public-inbox keeps it: git, a commit for every mail.

Version 2 is a folder of repositories (``git/0.git``, ``git/1.git``, ...); the mail of a commit is its file ``m``, one that was
deleted its file ``d``. In version 1, one repository, a mail is a file named by its SHA-1. See public-inbox-v2-format(5). Read by
``git``, which asks nobody for what is missing, runs nothing that stands in a repository, and holds little at a time.
"""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from functools import cached_property
from pathlib import Path
from typing import IO

from django.utils.translation import gettext as _

from potluck.exchange.source import BadArchive, Limits

#: ":100644 100644 <blob before> <blob> A\tm", as ``git log --raw`` writes it.
CHANGE = re.compile(rb":\d+ \d+ ([0-9a-f]{40,64}) ([0-9a-f]{40,64}) ([AMD])\t(.+)\n")
OLD_NAME = re.compile(rb"[0-9a-f]{2}/[0-9a-f]{38}")
SMALL = ("core.packedGitWindowSize=16m", "core.packedGitLimit=64m", "core.deltaBaseCacheLimit=16m", "pack.threads=1")
#: The first commit is a mail like every other.
FIRST_TOO = "log.showRoot=true"
PIECE = 256 * 1024


class Inbox:
    """The mails of some repositories. ``read_so_far`` counts bytes, as ``size`` does."""

    def __init__(self, path: Path, limits: Limits):
        self.path, self.limits = path, limits
        self.read_so_far = 0

    @property
    def repositories(self) -> list[Path]:
        """Each after the one that it goes on from."""
        for folder in (self.path / "git", self.path):
            if epochs := [one for one in folder.glob("*.git") if one.stem.isdecimal()]:
                return sorted(epochs, key=lambda one: int(one.stem))
        return [self.path]

    @property
    def is_there(self) -> bool:
        return (_git_dir(self.repositories[0]) / "HEAD").is_file()

    @property
    def fingerprint(self) -> bytes:
        digest = hashlib.sha256()
        for repository in self.repositories:
            with _git(repository, "rev-parse", "--verify", "HEAD^{commit}") as out:
                digest.update(out.read())
        return digest.digest()

    @property
    def size(self) -> int:
        size = 0
        for repository in self.repositories:
            form = "--batch-check=%(objecttype) %(objectsize)"
            with _git(repository, "cat-file", "--batch-all-objects", "--unordered", form) as out:
                size += sum(int(line[5:]) for line in out if line.startswith(b"blob "))
        if size > self.limits.unpacked:
            raise BadArchive(
                _("“%(path)s” would unpack to more than the %(most)s GB that can be opened safely.")
                % {"path": self.path, "most": f"{self.limits.unpacked / 1024**3:,.0f}"}
            )
        return size

    def messages(self, after: int = 0) -> Iterator[tuple[int, bytes | None]]:
        """(how many came so far, the mail below an empty line) from the one after the ``after``-th on; one that is too large
        comes empty, in place of one that was deleted stands None."""
        number = self.read_so_far = 0
        for repository in self.repositories:
            with closing(_Blobs(repository)) as blobs:
                for is_mail, blob in self._changes(repository):
                    number += is_mail
                    if is_mail and number > after:
                        size, mail = blobs.read(blob, self.limits.mail)
                        self.read_so_far += size
                        yield number, None if blob in self._deleted else mail and b"\n" + mail

    @cached_property
    def _deleted(self) -> set[bytes]:
        """The blobs of mails that were deleted, also in a later repository than they stand in."""
        return {blob for repository in self.repositories for is_mail, blob in self._changes(repository) if not is_mail}

    def _changes(self, repository: Path) -> Iterator[tuple[bool, bytes]]:
        """(True, the blob of a mail) or (False, the blob of one that was deleted), in the order of the commits."""
        how = ("--reverse", "--raw", "--no-abbrev", "--no-renames", "--no-show-signature", "--format=", "HEAD")
        with _git(repository, "log", *how) as out:
            for line in out:
                if (found := CHANGE.fullmatch(line)) is None:
                    continue
                before, blob, how_changed, name = found.groups()
                if name == b"m" or OLD_NAME.fullmatch(name):
                    if how_changed != b"D":
                        yield True, blob
                    elif name != b"m":
                        yield False, before
                elif name == b"d" and how_changed != b"D":
                    yield False, blob


class _Blobs:
    """``git cat-file``, asked for one blob at a time."""

    def __init__(self, repository: Path):
        self.repository = repository
        self.process = _started(repository, "cat-file", "--batch", stdin=subprocess.PIPE)

    def read(self, blob: bytes, most: int) -> tuple[int, bytes]:
        """(its size, it) or, if it is larger than ``most``, (its size, nothing)."""
        assert self.process.stdin and self.process.stdout
        try:
            self.process.stdin.write(blob + b"\n")
            self.process.stdin.flush()
        except BrokenPipeError as error:
            raise _broken(self.repository) from error
        head = self.process.stdout.readline().split()
        if len(head) != 3 or head[1] != b"blob":
            raise _broken(self.repository)
        size, kept = int(head[2]), []
        left = size + 1  # and a line end
        while left:
            piece = self.process.stdout.read(min(left, PIECE))
            if not piece:
                raise _broken(self.repository)
            left -= len(piece)
            if size <= most:
                kept.append(piece)
        return size, b"".join(kept)[:-1]

    def close(self) -> None:
        _end(self.process)


@contextmanager
def _git(repository: Path, *asked: str) -> Iterator[IO[bytes]]:
    """What git answers. Raises ``BadArchive``."""
    process = _started(repository, *asked)
    assert process.stdout
    try:
        yield process.stdout
        if process.wait():
            raise _broken(repository)
    finally:
        _end(process)


def _started(repository: Path, *asked: str, stdin: int = subprocess.DEVNULL) -> subprocess.Popen[bytes]:
    settings: Iterable[str] = [word for one in (*SMALL, FIRST_TOO) for word in ("-c", one)]
    # Which git it is said by nobody but us, and no repository may make it fetch, page or ask.
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    quiet = {
        "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull, "GIT_ALLOW_PROTOCOL": "none", "GIT_NO_LAZY_FETCH": "1",
        "GIT_TERMINAL_PROMPT": "0",
    }  # fmt: skip
    try:
        return subprocess.Popen(
            ["git", "--no-pager", "--no-replace-objects", *settings, f"--git-dir={_git_dir(repository)}", *asked],
            stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=kept | quiet,
        )  # fmt: skip
    except FileNotFoundError as error:
        raise BadArchive(_("To read a public-inbox, git has to be installed on the server.")) from error


def _git_dir(repository: Path) -> Path:
    return repository if (repository / "HEAD").is_file() else repository / ".git"


def _end(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe:
            with suppress(BrokenPipeError):
                pipe.close()


def _broken(repository: Path) -> BadArchive:
    return BadArchive(_("“%(path)s” cannot be read by git. Please fetch it again.") % {"path": repository})
