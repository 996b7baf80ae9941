"""The command line as a person meets it: the real program, in an environment of its own."""
from __future__ import annotations

import socket
import subprocess
import sys
from pathlib import Path

import pytest

from potluck.core import cli
from potluck.core.tests.processes import open_folder, own_environment

POTLUCK = Path(sys.executable).parent / "potluck"


@pytest.fixture
def data():
    with open_folder() as folder:
        yield folder / "data"


def potluck(*words, **environment):
    return subprocess.run([POTLUCK, *map(str, words)], capture_output=True, text=True, timeout=60, check=False,
                          env=own_environment(**environment))


def in_one_sentence(done) -> str:
    """What a failed command said: one line on stderr, no traceback, a status other than 0."""
    assert done.returncode != 0
    assert done.stdout == ""
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 1, done.stderr
    return lines[0]


def test_an_unknown_command_is_one_sentence_with_the_nearest_name():
    said = in_one_sentence(potluck("rum"))
    assert "no command `rum`" in said
    assert "`run`" in said


def test_help_lists_every_command_without_opening_a_house(data):
    done = potluck("--data", data, "--help")
    assert done.returncode == 0
    for name in cli.commands():
        assert f"  {name} " in done.stdout
    assert not data.exists()


def test_every_command_says_what_it_does():
    for name, command in cli.commands().items():
        assert command.says.get("HELP"), name
        assert command.says.get("NEEDS", "house") in ("house", "nothing"), name


@pytest.mark.parametrize("words", [
    ["--data", "/somewhere/else", "run", "--port", "9"],
    ["run", "--data", "/somewhere/else", "--port", "9"],
    ["run", "--port", "9", "--data=/somewhere/else"],
])
def test_the_data_folder_may_be_named_before_or_after_the_command(words):
    folder, rest = cli._data(words)
    assert folder == Path("/somewhere/else")
    assert rest == ["run", "--port", "9"]


def test_data_without_a_folder_is_one_sentence():
    assert "--data needs a folder" in in_one_sentence(potluck("run", "--data"))


def test_a_port_in_use_is_one_sentence_with_a_command_that_helps(data):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        said = in_one_sentence(potluck("run", "--data", data, "--port", port))
    assert f"Port {port} is in use" in said
    assert f"bin/run --port {port + 1}" in said


@pytest.mark.parametrize(("url", "says"), [
    ("mysql://localhost/potluck", "is not the address of a PostgreSQL"),
    ("postgresql://nobody:secret-word@127.0.0.1:1/potluck", "unset DATABASE_URL"),
])
def test_a_wrong_database_url_is_one_sentence_that_keeps_the_password(data, url, says):
    said = in_one_sentence(potluck("run", "--data", data, "--port", "8119", DATABASE_URL=url))
    assert "DATABASE_URL" in said
    assert says in said
    assert "secret-word" not in said


def test_debug_is_for_this_machine_only(data):
    assert "loopback only" in in_one_sentence(potluck("run", "--debug", "--host", "0.0.0.0", "--data", data))
