"""The administrator's page of history, and the command on the shell."""

from __future__ import annotations

import io
import json

import pytest
from django.test import Client
from django.utils import translation

from potluck.acts.models import Act
from potluck.core import cli
from potluck.core.trouble import Trouble
from potluck.exchange.commands import import_
from potluck.exchange.models import Import
from potluck.exchange.source import BadArchive
from potluck.exchange.tests.make import said, slack
from potluck.exchange.verbs import bring_slack
from potluck.groups.models import Group
from potluck.groups.verbs import join
from potluck.people.verbs import the_house
from tests import make

pytestmark = pytest.mark.django_db


def page_of(person, language="en") -> tuple[int, str]:
    client = Client(headers={"accept-language": language})
    client.force_login(person)
    response = client.get("/house/imports/")
    return response.status_code, response.content.decode()


def test_an_administrator_sees_the_command_and_what_came(tmp_path):
    keeper = make.administrator()
    status, page = page_of(keeper)
    assert status == 200 and "import slack slack-export.zip" in page and "Nothing has been brought yet" in page
    bring_slack(slack(tmp_path, [said("Hallo"), said("", at=1)], "unser <b>.zip"), by=keeper)
    status, page = page_of(keeper)
    assert "unser &lt;b&gt;.zip" in page and keeper.name in page
    assert "To the groups" in page
    assert "messages without words" in page
    assert "Not finished" not in page and "Nothing new" not in page
    bring_slack(slack(tmp_path, [said("Hallo")], "unser <b>.zip"), by=keeper)
    assert "Nothing new: all of it was here already." in page_of(keeper)[1]


def test_an_administrator_finds_it_at_any_time_by_what_stands_on_the_pages():
    keeper = make.administrator(language="en")
    make.post(keeper)  # the table is no longer empty, and says nothing about history
    client = Client(headers={"accept-language": "en"})
    client.force_login(keeper)
    at = "/"
    for onward in ("/me/", "/house/", "/house/imports/"):
        page = client.get(at).content.decode()
        assert f'href="{onward}"' in page, at
        at = onward
    assert 'href="/house/"' in client.get(at).content.decode()


def test_after_an_import_the_table_leads_its_administrator_to_the_groups_until_they_sit_in_one(tmp_path):
    keeper, member = make.administrator(language="en"), make.person(language="en")

    def offers(person) -> bool:
        client = Client(headers={"accept-language": "en"})
        client.force_login(person)
        page = client.get("/").content.decode()
        said, leads = "The groups of your history are here." in page, ">To the groups" in page
        assert leads or not said
        return said

    assert not offers(keeper)
    bring_slack(slack(tmp_path, [said("Hallo")]), by=keeper)
    assert offers(keeper), "on an empty table"
    make.post(member)
    assert offers(keeper), "and on one where something stands"
    assert not offers(member)
    join(keeper, Group.objects.get())
    assert not offers(keeper)


def test_an_unfinished_import_says_so(tmp_path):
    Import.objects.create(system="slack", name="halb.zip", fingerprint="x")
    assert "Not finished yet" in page_of(make.administrator())[1]


def test_nobody_else_sees_what_was_brought():
    for person in (make.person(), make.manager(), make.council(), make.leader(), make.guest()):
        status, page = page_of(person)
        assert status == 403 and "import slack" not in page
    assert Client().get("/house/imports/").status_code == 302


def run(*words: str, monkeypatch, lang: str = "en_GB.UTF-8") -> tuple[int, str]:
    monkeypatch.setenv("LC_ALL", lang)
    parser = __import__("argparse").ArgumentParser()
    import_.arguments(parser)
    out = io.StringIO()
    monkeypatch.setattr("sys.stdout", out)
    return import_.run(parser.parse_args(["slack", *words])), out.getvalue()


def test_the_command_is_known():
    assert "import" in cli.commands()


def test_the_command_ends_with_one_json_object(tmp_path, monkeypatch):
    path = slack(tmp_path, [said("Hallo")])
    status, out = run(str(path), "--json", monkeypatch=monkeypatch)
    assert status == 0 and out.count("\n") == 1
    assert list(json.loads(out)) == [
        "people", "placeholders", "bots", "groups", "posts", "comments", "bot_posts", "reactions", "mentions", "files",
        "joins", "skipped", "seconds_readable", "seconds",
    ]  # fmt: skip


def test_a_rehearsal_on_the_shell_changes_nothing(tmp_path, monkeypatch):
    status, out = run(str(slack(tmp_path, [said("Hallo")])), "--dry-run", monkeypatch=monkeypatch)
    assert status == 0 and "Nothing was changed: this was a rehearsal." in out
    assert not Act.objects.exists()


def test_the_report_says_that_places_wait(tmp_path, monkeypatch):
    _status, out = run(str(slack(tmp_path, [said("Hallo")])), monkeypatch=monkeypatch)
    assert "Everybody has a place that waits for them. Nobody was sent a mail" in out


@pytest.mark.parametrize(
    ("shell", "house", "said_in"),
    [("de_DE.UTF-8", "en", "de"), ("en_GB.UTF-8", "de", "en"), ("C.UTF-8", "de", "de"), ("fr_FR.UTF-8", "de", "de")],
)
def test_the_shell_speaks_its_own_language_or_the_houses(tmp_path, monkeypatch, shell, house, said_in):
    made = the_house()
    type(made).objects.update(language=house, opened_at=make.person().arrived_at)
    (tmp_path / "x.zip").write_text("kein Archiv")
    with pytest.raises(Trouble) as trouble:
        run(str(tmp_path / "x.zip"), monkeypatch=monkeypatch, lang=shell)
    assert ("keine ZIP-Datei" in str(trouble.value)) is (said_in == "de")
    assert str(trouble.value).endswith({"de": "Es wurde nichts verändert.", "en": "Nothing was changed."}[said_in])


def test_every_sentence_about_a_bad_archive_is_german_too(tmp_path):
    (tmp_path / "x.zip").write_text("kein Archiv")
    with translation.override("de"), pytest.raises(BadArchive, match="keine ZIP-Datei"):
        bring_slack(tmp_path / "x.zip")
