"""The bulk verbs tell nobody and ask no rule: history alone may use them."""

from __future__ import annotations

import re
from pathlib import Path

POTLUCK = Path(__file__).resolve().parents[2]
BULK = re.compile(
    r"\b(record_many|write_many|comment_many|react_many|open_many|seat_many|add_placeholders|say_languages|"
    r"erase_many|hide_many|show_many|erase_groups|list_groups|erase_places|close_places|unreact_many|unseat_many)\("
)
ROOMS_OF_THEIR_OWN = {"acts/verbs.py", "posts/verbs.py", "talk/verbs.py", "groups/verbs.py", "people/verbs.py"}


def callers(texts: dict[str, str]) -> set[str]:
    return {name for name, text in texts.items() if BULK.search(text)} - ROOMS_OF_THEIR_OWN


def test_only_the_import_writes_without_asking_and_telling():
    files = {
        path.relative_to(POTLUCK).as_posix(): path.read_text()
        for path in POTLUCK.rglob("*.py")
        if "tests" not in path.parts
    }
    assert callers(files) == {
        "exchange/finishing.py",
        "exchange/roster/settling.py",
        "exchange/settling.py",
        "exchange/withdrawing.py",
    }
    assert callers({"posts/views.py": "write_many([])"}) == {"posts/views.py"}
