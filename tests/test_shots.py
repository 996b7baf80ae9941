"""``bin/shots`` opens a demo house, photographs it and leaves nothing but pictures."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

HOME = Path(__file__).resolve().parent.parent


def take(*options: str) -> subprocess.CompletedProcess:
    left = ("DATABASE_URL", "DJANGO_SETTINGS_MODULE")
    env = {k: v for k, v in os.environ.items() if not k.startswith("POTLUCK_") and k not in left}
    command = [sys.executable, "-m", "tests.shots", *options]
    return subprocess.run(command, cwd=HOME, env=env, capture_output=True, text=True, timeout=240)


@pytest.mark.browser
def test_a_few_pages_are_photographed_with_a_sheet_to_look_at(tmp_path):
    done = take("--out", str(tmp_path), "--chairs", "colleague", "--widths", "390", "--themes", "dark", "--languages", "de",
                "--pages", "2")
    assert done.returncode == 0, done.stderr
    pictures = sorted(tmp_path.glob("*.png"))
    assert len(pictures) == 2
    assert all(Image.open(picture).width == 390 and Image.open(picture).height > 844 for picture in pictures)
    sheet = (tmp_path / "index.html").read_text()
    assert all(picture.name in sheet for picture in pictures)


def test_the_pictures_of_the_readme_are_there_and_small():
    shown = re.findall(r"!\[[^\]]+\]\((docs/pictures/[^)]+)\)", (HOME / "README.md").read_text())
    assert len(shown) == 6
    for name in shown:
        assert (HOME / name).stat().st_size < 150_000
        assert Image.open(HOME / name).width == 760


@pytest.mark.nightly
@pytest.mark.browser
def test_the_pictures_of_the_readme_can_be_taken_anew(tmp_path):
    done = take("--readme", "--out", str(tmp_path))
    assert done.returncode == 0, done.stderr
    assert [picture.name[0] for picture in sorted(tmp_path.glob("*.png"))] == list("123456")
