"""Every name that docs/ mentions as `package.module:name` exists: the tour cannot rot."""

from __future__ import annotations

import re
from functools import reduce
from importlib import import_module
from pathlib import Path

import pytest

DOCS = Path(__file__).resolve().parent.parent / "docs"
PAGES = [page.read_text() for page in DOCS.glob("*.md")]
NAMES = sorted({name for page in PAGES for name in re.findall(r"`(potluck\.[\w.]+:[\w.]+)`", page)})
FILES = sorted({name for page in PAGES for name in re.findall(r"`((?:potluck|tests|docs|bin|static)/[\w./-]+)`", page)})


@pytest.mark.parametrize("name", NAMES)
def test_a_name_in_the_docs_exists(name):
    module, _, path = name.partition(":")
    assert reduce(getattr, path.split("."), import_module(module))


@pytest.mark.parametrize("name", FILES)
def test_a_file_in_the_docs_exists(name):
    assert (DOCS.parent / name).exists()


def test_a_name_that_is_gone_would_be_noticed():
    with pytest.raises(AttributeError):
        test_a_name_in_the_docs_exists("potluck.thanks.verbs:thank_everybody")
