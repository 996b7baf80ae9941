"""History by the browser: an administrator sends a file, sees how far it is, and reads what came; the worker does it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import expect

from potluck.acts.models import Act
from potluck.exchange.tests.make import said, slack
from potluck.exchange.uploading import folder
from potluck.people.models import Person
from tests import cluster, make
from tests.journeys.conftest import HOME, WORK

LIST = "Vorname;Nachname;E-Mail;Bereich\nMira;Sand;mira@example.org;Lager\nNiko;Böhm;niko@example.org;Einkauf\n;;krumm@;\n"


@pytest.fixture
def worker(server: str, database_name: str) -> Iterator[Callable[[], None]]:
    """``worker()`` starts the process that does what waits, with the data folder of the server."""
    started: list[subprocess.Popen] = []

    def start() -> None:
        env = {"DATABASE_URL": cluster.url_of(database_name), "DJANGO_SETTINGS_MODULE": "tests.settings", "POTLUCK_POOL": "4"}
        started.append(
            subprocess.Popen(
                [sys.executable, "-c", WORK],
                cwd=HOME,
                stdin=subprocess.DEVNULL,
                env=os.environ | env | {"POTLUCK_DATA": str(settings.DATA)},
            )
        )

    yield start
    for process in started:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@pytest.fixture
def people_list(tmp_path) -> Path:
    path = tmp_path / "liste.csv"
    path.write_bytes(LIST.encode("cp1252"))
    return path


@pytest.mark.row("X2")
def test_an_administrator_sends_a_people_list_and_a_slack_export_and_reads_what_came(
    comes_in, house, worker, people_list, tmp_path
):
    keeper = comes_in(make.administrator(name="Kaja Kann"))
    keeper.goes("/house/imports/")
    keeper.field("The people list").set_input_files(people_list)
    card = keeper.page.locator("form").filter(has=keeper.field("The people list"))
    keeper.presses("Send the file", within=card)
    keeper.reads("Waiting for its turn")
    keeper.link("See how far it is").focus()
    with keeper.page.expect_response(lambda answer: "/uploads/" in answer.url and answer.request.method == "GET"):
        pass
    keeper.page.wait_for_timeout(300)
    expect(keeper.link("See how far it is")).to_be_focused()  # asking again takes nothing out of anybody's hand
    worker()
    # Nobody reloads: the page asks by itself, and no more when it is done.
    keeper.reads("The file is erased.")
    asked: list[str] = []
    keeper.page.on("request", lambda request: asked.append(request.url) if "/uploads/" in request.url else None)
    keeper.page.wait_for_timeout(3000)
    assert asked == []
    keeper.reads("new, each with a place that waits", within=keeper.page.locator("#upload"))
    keeper.sees("(Zeile 4)" if keeper.language == "de" else "(line 4)")
    assert Person.objects.get(email="niko@example.org").name == "Niko Böhm" and not any(folder().iterdir())

    # By keyboard: the field, its ticks, the button.
    archive = slack(tmp_path, [said("Hallo aus der Vergangenheit")])
    keeper.field("The Slack export").set_input_files(archive)
    keeper.field("The Slack export").focus()
    for _ in range(4):
        keeper.page.keyboard.press("Tab")
    expect(keeper.page.locator(":focus")).to_have_text(keeper.say("Send the file"))
    keeper.page.keyboard.press("Enter")
    expect(keeper.page.get_by_role("heading", name="export.zip").first).to_be_visible()
    keeper.reads("The file is erased.")
    one_post = "Beitrag" if keeper.language == "de" else "Post"
    expect(keeper.page.locator("#upload").get_by_text(one_post, exact=True).first).to_be_visible()

    # It was the wrong one: one question, and all of it is gone.
    keeper.page.reload()
    brought = keeper.page.get_by_role("listitem").filter(has=keeper.page.get_by_role("heading", name="export.zip"))
    keeper.follows("Take this import back", within=brought)
    keeper.reads("Nobody has answered in it yet, so it is erased as if it had never come.")
    keeper.presses("Erase all of it")
    keeper.sees(keeper.say("It is being taken back. That may take a minute."))
    for _ in range(100):
        if not Act.objects.exists():
            break
        keeper.page.wait_for_timeout(200)
    keeper.goes("/house/imports/")
    keeper.sees(keeper.say("Taken back: erased. The same archive brings it again."))


@pytest.mark.row("X2")
def test_without_scripts_a_reload_shows_how_far_it_is(comes_in, house, worker, people_list):
    keeper = comes_in(make.administrator(), java_script_enabled=False)
    keeper.goes("/house/imports/")
    card = keeper.page.locator("form").filter(has=keeper.field("The people list"))
    keeper.field("The people list").set_input_files(people_list)
    keeper.choice("Only rehearse: count, and change nothing", within=card).check()
    keeper.presses("Send the file", within=card)
    keeper.reads("Waiting for its turn")
    worker()
    for _ in range(100):
        if keeper.page.get_by_text(keeper.say("The file is erased.")).count():
            break
        keeper.page.wait_for_timeout(200)
        keeper.follows("See how far it is")
        keeper.page.reload()
    keeper.reads("The file is erased.")
    keeper.sees(keeper.say("Nothing was changed: this was a rehearsal."))
    assert not Person.objects.filter(email="mira@example.org").exists()


def test_a_file_that_is_too_large_is_told_before_it_is_sent(comes_in, house, tmp_path):
    path = tmp_path / "riese.csv"
    with path.open("wb") as file:
        file.truncate(501 * 1024**2)
    keeper = comes_in(make.administrator())
    keeper.goes("/house/imports/")
    field = keeper.field("The people list")
    field.set_input_files(path)
    assert field.evaluate("field => field.validationMessage") == keeper.say(
        "Up to %(most)s MB. A larger file is brought by the command below.", most="500"
    )
