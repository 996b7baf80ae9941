"""A mailing list that public-inbox keeps in git comes in as its mbox would."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from potluck.acts.models import Act
from potluck.exchange.models import Import
from potluck.exchange.source import BadArchive, Limits
from potluck.exchange.tests.mails import FIRST_LINE, answer, mail, mbox
from potluck.exchange.verbs import bring_mbox

pytestmark = pytest.mark.django_db


def git(folder: Path, *asked: str, said: bytes = b"") -> str:
    who = [word for name in ("author", "committer") for word in ("-c", f"{name}.name=x", "-c", f"{name}.email=x@example.org")]
    done = subprocess.run(["git", "-C", str(folder), *who, *asked], input=said, capture_output=True, check=True)
    return done.stdout.decode().strip()


def raw(one: bytes) -> bytes:
    return one.removeprefix(FIRST_LINE)


def inbox(folder: Path, *changes: tuple[str, bytes]) -> Path:
    """A repository with a commit for each change: the name of a file, and the mail that is its content."""
    folder.mkdir(parents=True)
    git(folder, "init", "-q", "--bare", "-b", "master", ".")
    above: list[str] = []
    for name, content in changes:
        blob = git(folder, "hash-object", "-w", "--stdin", said=raw(content))
        tree = git(folder, "mktree", said=f"100644 blob {blob}\t{name}\n".encode())
        above = ["-p", git(folder, "commit-tree", tree, *above, "-m", "mail")]
    git(folder, "update-ref", "HEAD", above[1])
    return folder


def talk(report: dict) -> tuple[int, int, dict]:
    return report["posts"], report["comments"], report["skipped"]


def test_every_commit_is_a_mail_and_what_was_deleted_stays_deleted(tmp_path):
    spam = mail("Kauft Lampen!", id="9")
    inbox(tmp_path / "talk/git/0.git", ("m", mail("Wer hat Lampen?")), ("m", spam), ("m", answer("1", "Ich")))
    # Mails may look alike, repositories follow each other by number, and one deletes what stands in another.
    later = [("m", answer("2", f"Nummer {number}", id=str(number), at=number)) for number in range(3, 6)]
    inbox(tmp_path / "talk/git/10.git", *later)
    inbox(tmp_path / "talk/git/2.git", ("d", spam))
    assert talk(bring_mbox(tmp_path / "talk")) == (1, 4, {"deleted": 1})
    assert not Act.objects.filter(words__contains="Kauft").exists()
    assert Import.objects.get().system == "mbox" and Act.objects.filter(on=None).get().group.name == "talk"


def test_it_meets_the_mbox_of_the_same_list(tmp_path):
    bring_mbox(mbox(tmp_path, mail("Wer hat Lampen?")), group="Funk")
    folder = inbox(tmp_path / "talk.git", ("m", mail("Wer hat Lampen?")), ("m", answer("1", "Ich")))
    assert talk(bring_mbox(folder, group="Funk"))[:2] == (0, 1)
    assert Act.objects.get(words="Ich").on.words == "Wer hat Lampen?"
    assert talk(bring_mbox(folder, group="Funk"))[:2] == (0, 0)


def test_an_answer_in_an_earlier_repository_than_what_it_answers_hangs_on_it(tmp_path):
    early = answer("1", "Ich", id="2", Subject="Kabel (war: Lampen)"), answer("9", "Zu spät", id="3", Subject="Tische")
    inbox(tmp_path / "talk/git/0.git", *[("m", one) for one in early])
    inbox(tmp_path / "talk/git/1.git", ("m", mail("Wer hat Lampen?")), ("m", answer("2", "Welche?", id="4", at=90)))
    assert talk(bring_mbox(tmp_path / "talk")) == (2, 2, {})
    assert list(Act.objects.order_by("words").values_list("words", "title", "on__words")) == [
        ("Ich", "", "Wer hat Lampen?"),
        ("Welche?", "", "Wer hat Lampen?"),
        ("Wer hat Lampen?", "Lampen", None),
        ("Zu spät", "Tische", None),
    ]
    assert talk(bring_mbox(tmp_path / "talk"))[:2] == (0, 0)


def test_a_repository_of_the_first_version_is_read_too(tmp_path):
    first, second = f"a1/{'0' * 38}", f"b2/{'1' * 38}"
    folder = tmp_path / "talk.git"
    inbox(folder, ("x", mail("kein Name einer Mail", id="7")))
    blobs = [git(folder, "hash-object", "-w", "--stdin", said=raw(one)) for one in (mail("eins"), answer("1", "zwei"))]
    above = ["-p", git(folder, "rev-parse", "HEAD")]
    for names in ([first], [first, second], [second]):
        rows = "".join(
            f"040000 tree {git(folder, 'mktree', said=f'100644 blob {blobs[name == second]}	{name[3:]}'.encode())}\t{name[:2]}\n"
            for name in names
        )
        above = ["-p", git(folder, "commit-tree", git(folder, "mktree", said=rows.encode()), *above, "-m", "mail")]
    git(folder, "update-ref", "HEAD", above[1])
    assert talk(bring_mbox(folder)) == (1, 0, {"deleted": 1})
    assert Act.objects.get().words == "zwei"


def test_nothing_in_a_mail_was_changed_to_be_kept(tmp_path):
    line = "Hallo\n\n>From here on it is quoted\nja"
    bring_mbox(inbox(tmp_path / "talk.git", ("m", mail(line))))
    bring_mbox(mbox(tmp_path, mail(line, id="2")))
    quoted, own = Act.objects.order_by("pk").values_list("html", flat=True)
    assert "<blockquote>" in quoted and "<blockquote>" not in own


@pytest.mark.slow
def test_it_is_gone_on_with_where_it_was_and_read_by_two(tmp_path, monkeypatch):
    many = [("m", mail("Anfang", id="0")), *[("m", answer("0", f"Nummer {n}", id=str(n), at=n)) for n in range(1, 60)]]
    folder = inbox(tmp_path / "talk.git", *many)
    monkeypatch.setattr("potluck.exchange.mbox.reader.TOGETHER", 7)

    class Ended(Exception):
        pass

    def end(step: str, done: int, total: int) -> None:
        if Import.objects.exclude(read_to="").exists():
            raise Ended

    monkeypatch.setattr("potluck.exchange.reading.BATCH", 7)
    with pytest.raises(Ended):
        bring_mbox(folder, say=end)
    assert 0 < int(Import.objects.get().read_to) < 60
    monkeypatch.setattr("potluck.exchange.staging.WORTH_A_PROCESS", 0)
    assert talk(bring_mbox(folder)) == (1, 59, {})


def test_a_mail_that_is_too_large_is_skipped_and_what_unpacks_to_too_much_refused(tmp_path):
    folder = inbox(tmp_path / "talk.git", ("m", mail("x" * 90_000)), ("m", mail("klein", id="2")))
    assert talk(bring_mbox(folder, limits=Limits(mail=50_000))) == (1, 0, {"too_large": 1})
    with pytest.raises(BadArchive, match="would unpack to more"):
        bring_mbox(folder, limits=Limits(unpacked=90_000))


def test_other_folders_and_broken_ones_are_refused_with_a_sentence(tmp_path, monkeypatch):
    with pytest.raises(BadArchive, match="is a folder"):
        bring_mbox(tmp_path)
    folder = inbox(tmp_path / "talk.git", ("m", mail("eins")), ("m", mail("zwei", id="2")))
    blob = git(folder, "rev-parse", "HEAD:m")
    (folder / "objects" / blob[:2] / blob[2:]).unlink()
    with pytest.raises(BadArchive, match="cannot be read by git"):
        bring_mbox(folder)
    empty = tmp_path / "leer.git"
    empty.mkdir()
    git(empty, "init", "-q", "--bare", ".")
    with pytest.raises(BadArchive, match="cannot be read by git"):
        bring_mbox(empty)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(BadArchive, match="git has to be installed"):
        bring_mbox(folder)
    assert not Act.objects.exists()


def test_the_settings_of_whoever_runs_it_change_nothing(tmp_path, monkeypatch):
    folder = inbox(tmp_path / "talk.git", ("m", mail("eins")), ("m", mail("zwei", id="2")))
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / ".gitconfig").write_text("no settings at all")
    with pytest.raises(subprocess.CalledProcessError):
        git(folder, "log")
    assert talk(bring_mbox(folder)) == (2, 0, {})


def test_nothing_that_stands_in_a_repository_is_run(tmp_path):
    folder = inbox(tmp_path / "talk.git", ("m", mail("eins")), ("m", mail("zwei", id="2")))
    trap = tmp_path / "run"
    command = f"touch {trap}"
    (folder / "trap").write_text(f"#!/bin/sh\n{command}\n")
    (folder / "trap").chmod(0o755)
    settings = {
        "core.fsmonitor": folder / "trap", "core.pager": command, "pager.log": command, "diff.external": folder / "trap",
        "core.sshCommand": folder / "trap", "log.showSignature": "true", "gpg.program": folder / "trap",
        "extensions.partialClone": "origin", "remote.origin.promisor": "true", "remote.origin.url": f"ext::{folder / 'trap'}",
        "protocol.allow": "always", "core.repositoryFormatVersion": "1", "log.showRoot": "false",
    }  # fmt: skip
    for name, value in settings.items():
        git(folder, "config", name, str(value))
    assert bring_mbox(folder)["posts"] == 2 and not trap.exists()
    # Neither is anybody asked for what is missing; git by itself would ask.
    blob = git(folder, "rev-parse", "HEAD:m")
    (folder / "objects" / blob[:2] / blob[2:]).unlink()
    with pytest.raises(BadArchive, match="cannot be read by git"):
        bring_mbox(folder, group="Funk")
    assert not trap.exists()
    subprocess.run(["git", "-C", str(folder), "cat-file", "-p", blob], capture_output=True)
    assert trap.exists(), "the trap would not have been noticed"
