"""What an import holds does not grow with its archive: all of its processes together, each at its own peak."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bench.house import peak_of
from bench.mails import archive
from potluck.exchange.tests.processes import begin

FEW, MANY = 3_000, 12_000
#: Megabytes: buffers fill up and people are known by name, which both come to an end. Whoever keeps a mail keeps 5 kB or more.
MORE_AT_MOST = 20


def peak(house: str, folder: Path, messages: int, seconds: float, **env: str) -> float:
    """Megabytes at most while a generated list of so many messages comes in, which takes ``seconds`` at most."""
    path = folder / f"{messages}.mbox"
    truth = archive(path, messages)
    process = begin(house, "mbox", path, folder / "data", **env)
    most = peak_of(process, seconds)
    out, err = process.communicate()
    assert process.returncode == 0, err
    assert json.loads(out).items() >= truth.items()
    path.unlink()
    return most


@pytest.mark.slow
def test_four_times_the_mails_take_no_more_memory(houses, tmp_path):
    few = peak(next(houses), tmp_path, FEW, 120)
    many = peak(next(houses), tmp_path, MANY, 240)
    assert many - few < MORE_AT_MOST

    keeping = peak(next(houses), tmp_path, MANY, 240, DJANGO_SETTINGS_MODULE="potluck.exchange.tests.keeping")
    assert keeping - few > MORE_AT_MOST, "a reader that keeps everything would not be noticed"


@pytest.mark.nightly
def test_neither_do_two_hundred_thousand_nor_a_million(houses, tmp_path):
    """On two cores that do nothing else: 50,000 in 1, 200,000 in 5, a million in 25 minutes."""
    few = peak(next(houses), tmp_path, 50_000, 600)
    for messages, seconds in ((200_000, 2_400), (1_000_000, 7_200)):
        many = peak(next(houses), tmp_path, messages, seconds)
        print(json.dumps({"what": "import memory", "messages": messages, "peak_mb": round(many, 1), "at_50000": round(few, 1)}))
        assert abs(many - few) < few / 10
