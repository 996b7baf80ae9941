"""A real worker takes an upload in, is killed in the middle, and the next one ends it: once, with nothing left on the disk."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.db import connection

from potluck.acts.models import Act
from potluck.core import jobs
from potluck.exchange.models import Import, Upload
from potluck.exchange.tests.make import MIRA, NIKO, channel, said, slack
from potluck.exchange.uploading import TAKEN_BY, folder, take
from tests import cluster, make

pytestmark = pytest.mark.slow

HOME = Path(__file__).resolve().parents[3]
MESSAGES = 6_000


@pytest.fixture
def workers(transactional_db, database_name: str, settings, tmp_path) -> Iterator[Callable[[], subprocess.Popen]]:
    settings.DATA = tmp_path / "data"
    settings.DATA.mkdir()
    started: list[subprocess.Popen] = []
    env = {"DATABASE_URL": cluster.url_of(database_name), "DJANGO_SETTINGS_MODULE": "tests.settings"}

    def start() -> subprocess.Popen:
        started.append(
            subprocess.Popen(
                [sys.executable, "-c", "from potluck.core.jobs import work; work()"],
                cwd=HOME,
                env=os.environ | env | {"POTLUCK_DATA": str(settings.DATA)},
                start_new_session=True,
            )
        )
        return started[-1]

    yield start
    for process in started:
        if process.poll() is None:
            process.kill()
        process.wait()


def until(there: Callable[[], object], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not there():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_a_killed_worker_leaves_an_upload_to_the_next(workers, tmp_path):
    days = {
        f"allgemein/2023-11-{day + 1:02}.json": [
            said(f"Nachricht {number} vom Tag {day}", at=day * 86_400 + number) for number in range(MESSAGES // 20)
        ]
        for day in range(20)
    }
    archive = slack(tmp_path, days, users=[MIRA, NIKO], channels=[channel("C1", "allgemein")])
    (folder() / "schluessel").mkdir(parents=True)
    shutil.copy(archive, folder() / "schluessel" / "export.zip")
    take(make.administrator(language="en"), "slack", folder() / "schluessel" / "export.zip")

    first = workers()
    until(lambda: Upload.objects.exclude(step="").exists())
    os.kill(first.pid, signal.SIGKILL)
    first.wait()
    assert Upload.objects.get().done_at is None and not Act.objects.filter(is_imported=True).exists()

    workers()
    jobs.soon(TAKEN_BY)  # what the next minute does by itself
    until(lambda: Upload.objects.get().done_at)
    upload = Upload.objects.get()
    assert not upload.problem and upload.report["posts"] == MESSAGES and upload.tries == 2
    assert Act.objects.filter(is_imported=True).count() == MESSAGES and Import.objects.count() == 1
    assert not list(folder().iterdir())
    connection.close()
