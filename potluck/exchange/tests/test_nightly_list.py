"""The people list of every night: the newest file of a folder, once for each content, told on the page of the house."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from django.core import mail
from django.db import connection
from django.test import Client

from potluck.exchange.alone import IMPORTING
from potluck.exchange.models import Import
from potluck.exchange.roster.nightly import take_newest
from potluck.people.models import Logged, Person
from tests import cluster, make

pytestmark = pytest.mark.django_db

HEAD = "Name;E-Mail\n"
MIRA, NIKO, OLGA = "Mira;mira@example.org\n", "Niko;niko@example.org\n", "Olga;olga@example.org\n"


@pytest.fixture
def lists(settings, tmp_path):
    """``lists(name, text, minute)`` writes a list into the folder that is looked at."""
    settings.PEOPLE_FOLDER = str(tmp_path)

    def one(name: str, text: str, minute: int) -> Path:
        path = tmp_path / name
        path.write_text(text)
        os.utime(path, (1_700_000_000 + minute * 60,) * 2)
        return path

    return one


def house_page(person: Person, language: str = "en") -> str:
    client = Client(headers={"accept-language": language})
    client.force_login(person)
    return client.get("/house/").content.decode()


def test_nobody_looks_where_no_folder_is_named(lists, settings):
    lists("a.csv", HEAD + MIRA, 1)
    settings.PEOPLE_FOLDER = ""
    take_newest()
    assert not Person.objects.exists() and not Import.objects.exists()


def test_the_newest_list_is_taken_in_once(lists):
    lists("z-alt.csv", HEAD + OLGA, 1)
    lists("neu.csv", HEAD + MIRA + NIKO, 2)
    lists("neuer.txt", HEAD + OLGA, 3)
    take_newest()
    assert sorted(Person.objects.values_list("name", flat=True)) == ["Mira", "Niko"]
    logged = Logged.objects.count()
    take_newest()
    lists("dasselbe.csv", HEAD + MIRA + NIKO, 9)
    take_newest()
    assert Import.objects.count() == 1 and Logged.objects.count() == logged and not mail.outbox


def test_what_changed_is_told_on_the_page_of_the_house_to_administrators(lists):
    keeper = make.administrator(language="en")
    assert "The people list in its folder" not in house_page(keeper)
    lists("neu.csv", HEAD + MIRA + NIKO + ";krumm@example.org\n", 1)
    take_newest()
    page = house_page(keeper)
    assert "The people list in its folder was taken in." in page and "2 new, each with a place that waits." in page
    client = Client(headers={"accept-language": "en"})
    client.force_login(keeper)
    assert "from its folder" in client.get("/house/imports/").content.decode()
    assert "without a name (line 4)" in client.get("/house/imports/").content.decode()
    assert "people list" not in house_page(make.person(language="en"))


def test_a_list_that_would_close_too_many_is_told_once_and_taken_in_when_it_is_another(lists):
    keeper = make.administrator(language="en")
    lists("a.csv", HEAD + MIRA + NIKO + OLGA, 1)
    take_newest()
    lists("b.csv", HEAD + MIRA, 2)
    take_newest()
    take_newest()
    assert Import.objects.count() == 2 and Person.objects.filter(is_active=True, is_placeholder=True).count() == 3
    page = house_page(keeper)
    assert "was not taken in" in page and Import.objects.latest("pk").problem.split(".")[0] in page
    lists("c.csv", HEAD + MIRA + NIKO, 3)
    take_newest()
    assert "was not taken in" not in house_page(keeper)
    assert not Person.objects.get(name="Olga").is_active


def test_the_list_before_the_last_counts_again_when_it_comes_again(lists):
    lists("a.csv", HEAD + MIRA + NIKO + OLGA, 1)
    take_newest()
    lists("b.csv", HEAD + MIRA + NIKO, 2)
    take_newest()
    lists("c.csv", HEAD + MIRA + NIKO + OLGA, 3)
    take_newest()
    assert Person.objects.get(name="Olga").is_active and Import.objects.count() == 3


def test_a_folder_that_is_gone_is_told_once(lists, settings, tmp_path):
    settings.PEOPLE_FOLDER = str(tmp_path / "fort")
    take_newest()
    take_newest()
    assert Import.objects.count() == 1
    problem = Import.objects.get().problem
    assert "Ordner" in problem and str(tmp_path) not in problem
    assert "lässt sich nicht lesen" in house_page(make.administrator(language="de"), "de")


def test_an_empty_folder_says_nothing(lists):
    take_newest()
    assert not Import.objects.exists()


def test_while_another_import_is_under_way_it_waits_for_the_next_night(lists):
    import psycopg

    lists("a.csv", HEAD + MIRA, 1)
    with psycopg.connect(cluster.url_of(connection.settings_dict["NAME"]), autocommit=True) as elsewhere:
        elsewhere.execute("select pg_advisory_lock(%s)", [IMPORTING])
        take_newest()
        assert not Import.objects.exists()
    take_newest()
    assert Import.objects.count() == 1


def test_links_and_hidden_files_are_no_lists(lists, tmp_path):
    other = tmp_path / "woanders"
    other.mkdir()
    (other / "x.txt").write_text(HEAD + MIRA)
    (tmp_path / "link.csv").symlink_to(other / "x.txt")
    lists(".versteckt.csv", HEAD + MIRA, 5)
    take_newest()
    assert not Import.objects.exists()
