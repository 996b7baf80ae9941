"""The pages of an import in each of its states: narrow, for the ear, in German, and with nothing from elsewhere."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.utils import translation

from potluck.exchange.models import Import, Upload
from potluck.exchange.roster.bringing import bring_people
from potluck.exchange.roster.nightly import take_newest
from potluck.exchange.tests.make import said, slack
from potluck.exchange.uploading import ended, went
from potluck.exchange.verbs import bring_slack
from potluck.exchange.withdrawing import ask, withdraw
from potluck.people.verbs import the_house
from tests import make
from tests.test_every_page import NARROW, window_of

pytestmark = pytest.mark.row("I5", "X5")

LIST = "Name;E-Mail;Austritt\nMira;mira@example.org;\n;ohne@example.org;\nNiko;niko@example.org;\nOlga;olga@example.org;\n"


@pytest.fixture
def keeper(server, tmp_path, monkeypatch):
    """An administrator, and beside them imports in every state."""
    type(the_house()).objects.update(language="de")
    keeper = make.administrator(name="Kaja Kann")
    with translation.override("de"):
        (tmp_path / "liste.csv").write_text(LIST + "Kaja;" + keeper.email + ";\n")
        bring_people(tmp_path / "liste.csv", by=keeper)
        for number in range(3):
            bring_slack(slack(tmp_path, [said(f"Hallo {number}", at=number)], f"export-{number}.zip"), by=keeper)
        newest = Import.objects.latest("pk")
        ask(keeper, newest)
        withdraw(newest)
        (tmp_path / "nacht").mkdir()
        monkeypatch.setattr(settings, "PEOPLE_FOLDER", str(tmp_path / "nacht"))
        (tmp_path / "nacht" / "heute.csv").write_text(LIST)
        take_newest()
    Import.objects.create(system="slack", workspace="W", name="halb.zip", fingerprint="x")
    return keeper


def test_the_pages_of_an_import_in_every_state(browser, server, keeper, tmp_path):
    context = browser.new_context(base_url=server, **NARROW)
    window = window_of(context, server, keeper)
    past = Import.objects.get(name="export-1.zip")

    def sees(words: str) -> None:
        assert window.page.get_by_text(words).count(), words

    wrong = {"withdrawal": window.problems(f"/house/imports/{past.key}/withdrawal/")}
    sees("Alles löschen")
    wrong["last night"] = window.problems("/house/")
    sees("Die Personenliste in ihrem Ordner wurde übernommen.")
    make.comment(keeper, make.Act.objects.get(words="Hallo 1"))
    wrong["hidden"] = window.problems(f"/house/imports/{past.key}/withdrawal/")
    sees("Alles verbergen")
    with translation.override("de"):
        (tmp_path / "nacht" / "kaputt.csv").write_text("kein Kopf")
        take_newest()
    wrong["the list of last night could not be read"] = window.problems("/house/")
    sees("wurde nicht übernommen")
    upload = Upload.objects.create(source="people", name="personal-mit-langem-namen-vom-letzten-jahr.csv", size=3, by=keeper)
    wrong["waiting"] = window.problems("/house/imports/")
    sees("Wartet, bis es dran ist")
    went(upload, "read", 40)
    wrong["reading"] = window.problems("/house/imports/")
    sees("Wird gelesen")
    ended(upload, report=Import.objects.filter(system="people", problem="").latest("pk").report)
    wrong["done"] = window.problems("/house/imports/")
    sees("ohne Namen (Zeile 3)")
    sees("Zurückgenommen: gelöscht.")
    other = Upload.objects.create(source="slack", name="export.zip", size=3, by=keeper)
    ended(other, problem="„export.zip“ ist nicht vollständig.")
    wrong["a problem"] = window.problems("/house/imports/")
    sees("nicht vollständig")
    context.close()
    assert not {state: found for state, found in wrong.items() if found}
