"""Which language somebody wrote, guessed by many at once."""

import subprocess
import sys

import pytest

from potluck.core.tests.processes import own_environment

pytestmark = pytest.mark.slow

TOGETHER = """
import sys, threading
from contextlib import nullcontext
from potluck.core import text
if sys.argv[1] == "unguarded":
    text._loading = nullcontext()
words, begin, broke = "Der Kuchen steht im Pausenraum und wartet auf alle, die ihn essen.", threading.Barrier(8), []

def write():
    begin.wait()
    try:
        broke.extend(["wrong"] * (text.language_of(words, "en") != "de"))
    except Exception as error:
        broke.append(repr(error))

writers = [threading.Thread(target=write) for _n in range(8)]
for one in writers: one.start()
for one in writers: one.join()
print(len(broke))
"""


def broke(how: str) -> int:
    command = [sys.executable, "-c", TOGETHER, how]
    done = subprocess.run(command, env=own_environment(), capture_output=True, text=True, check=True)
    return int(done.stdout)


def test_those_who_write_first_at_the_same_moment_do_not_break_each_other():
    assert [broke("guarded") for _n in range(2)] == [0, 0]
    assert any(broke("unguarded") for _n in range(8)), "positive control"
