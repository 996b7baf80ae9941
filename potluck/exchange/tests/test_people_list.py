"""Who comes, moves and leaves by a people list (CSV)."""

from __future__ import annotations

import argparse
import io
import json
from datetime import timedelta
from pathlib import Path

import pytest
from django.core import mail
from django.utils import translation

from potluck.core import clock
from potluck.core.rules import Refused
from potluck.core.trouble import Trouble
from potluck.exchange.commands import import_
from potluck.exchange.models import Import, Listed
from potluck.exchange.roster.bringing import bring_people
from potluck.exchange.roster.report import ranges, told
from potluck.exchange.source import BadArchive
from potluck.people.logwords import sentence
from potluck.people.models import Logged, Person, Unit
from potluck.people.queries import own_log
from potluck.people.verbs import change_profile, claim, deactivate, invite, move_mailbox, the_house, write_down_mailbox
from tests import make

pytestmark = pytest.mark.django_db

HEAD = "Name;E-Mail;Abteilung\n"
MIRA, NIKO, OLGA, UWE = (
    "Mira Sand;mira@example.org;Einkauf\n",
    "Niko Böhm;niko@example.org;Lager\n",
    "Olga Tal;olga@example.org;Lager\n",
    "Uwe Öz;uwe@example.org;\n",
)
ALL = MIRA + NIKO + OLGA + UWE


@pytest.fixture
def bring(tmp_path):
    def bring(text: str | bytes, **how):
        path = tmp_path / "liste.csv"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return bring_people(path, **how)

    return bring


def here() -> dict[str, tuple[str, str | None, bool]]:
    people = Person.objects.select_related("unit").order_by("sort_key")
    return {one.email or one.name: (one.name, one.unit.name if one.unit else None, one.is_active) for one in people}


def one(email: str) -> Person:
    return Person.objects.get(email=email)


EXPECTED = {
    "mira@example.org": ("Mira Sand", "Einkauf", True),
    "niko@example.org": ("Niko Böhm", "Lager", True),
    "olga@example.org": ("Olga Tal", "Lager", True),
    "uwe@example.org": ("Uwe Öz", None, True),
}


def test_who_is_new_gets_a_place_that_waits_and_no_mail(bring):
    report = bring(HEAD + ALL)
    assert report["joined"] == 4 and not report["skipped"]
    assert here() == EXPECTED
    assert Person.objects.filter(is_placeholder=True).count() == 4
    assert not mail.outbox


def test_the_same_list_again_changes_nothing(bring):
    bring(HEAD + ALL)
    before = list(Person.objects.order_by("pk").values()), list(Listed.objects.order_by("pk").values())
    logged = Logged.objects.exclude(right__in=("imports.bring", "people.import")).count()
    report = bring(HEAD + ALL)
    assert (list(Person.objects.order_by("pk").values()), list(Listed.objects.order_by("pk").values())) == before
    assert report["unchanged"] == 4 and not any(report[name] for name in ("joined", "renamed", "moved", "left", "back"))
    assert Logged.objects.exclude(right__in=("imports.bring", "people.import")).count() == logged


ENCODED = {
    "utf-8": (HEAD + ALL).encode(),
    "utf-8 with a mark": (HEAD + ALL).encode("utf-8-sig"),
    "utf-16 with a mark": (HEAD + ALL).encode("utf-16"),
    "utf-16 big end first, without": (HEAD + ALL).encode("utf-16-be"),
    "utf-16 little end first, without": (HEAD + ALL).encode("utf-16-le"),
    "windows": (HEAD + ALL).encode("cp1252"),
    "commas": (HEAD + ALL).replace(";", ",").encode(),
    "tabs": (HEAD + ALL).replace(";", "\t").encode(),
    "excel says which": ("sep=;\r\n" + (HEAD + ALL).replace("\n", "\r\n")).encode(),
    "old mac": (HEAD + ALL).replace("\n", "\r").encode(),
    "quoted": ('"Name";"E-Mail";"Abteilung"\n' + ALL.replace("Mira Sand", '"Mira Sand"')).encode(),
    "english": ALL.encode().replace(b"Mira", b"Full name;Work email;Department\nMira", 1),
    "in two parts": (
        "First Name,Last name,e-mail address,Site,Phone\n"
        "Mira,Sand,mira@example.org,Einkauf,1\nNiko,Böhm,NIKO@example.org,Lager,2\n"
        "Olga,Tal, olga@example.org ,Lager,3\nUwe,Öz,uwe@example.org\n"
    ).encode(),
    "other order, empty lines, words above": (
        "Stand: heute\n\nAbteilung;Kostenstelle;E-Mail-Adresse;Vollständiger Name\nEinkauf;1;mira@example.org;Mira Sand\n\n;;;\n"
        "Lager;2;niko@example.org;Niko  Böhm\nLager;2;mailto:olga@example.org;Olga Tal\n;;uwe@example.org;Uwe Öz"
    ).encode(),
}


@pytest.mark.parametrize("how", ENCODED)
def test_a_list_is_read_whatever_wrote_it(bring, how):
    report = bring(ENCODED[how])
    assert here() == EXPECTED and report["joined"] == 4 and not report["skipped"]


def test_every_row_that_stays_out_is_counted_with_its_reason_and_line(bring):
    report = bring(
        "Name;E-Mail;Abteilung;Austritt\n"
        + "Mira Sand;mira@example.org;Einkauf;\n"
        + ";namenlos@example.org;;\n"
        + "Ohne Adresse;;Lager;\n"
        + "Falsche Adresse;falsch@;;\n"
        + "Sand, Mira;;mira@example.org;\n"
        + "Mira zum Zweiten;MIRA@example.org;;\n"
        + "Name;E-Mail;Abteilung;Austritt\n"
        + '"Mehr\nzeilig";mehr@example.org;"Lager\n\nNord";\n'
        + "Wann Geht;wann@example.org;;03/04/2026\n"
        + "War Da;war@example.org;;1.2.2020\n"
    )
    assert report["lines"] == {
        "no_name": [3],
        "no_address": [4, 6],
        "bad_address": [5],
        "twice": [7],
        "heading_again": [8],
        "bad_date": [13],
        "left_before": [14],
    }
    assert report["skipped"] == {reason: len(lines) for reason, lines in report["lines"].items()}
    assert here() == {
        "mehr@example.org": ("Mehr zeilig", "Lager Nord", True),
        "mira@example.org": ("Mira Sand", "Einkauf", True),
    }
    said = told(report, dry=False)
    assert "2  without an address and without a personnel number (lines 4, 6)" in said
    assert "1  without a name (line 3)" in said


def test_what_looks_like_a_formula_or_markup_is_text(bring):
    bring(HEAD + '=HYPERLINK("http://evil.example");eins@example.org;<b>Lager</b>\n')
    person = one("eins@example.org")
    assert (person.name, person.unit.name) == ('=HYPERLINK("http://evil.example")', "<b>Lager</b>")


def test_names_and_units_follow_and_the_person_reads_it_in_their_own_log(bring):
    mira = make.person("Mira Alt", email="mira@example.org", unit="Empfang", language="de")
    bring(HEAD + MIRA + NIKO)
    mira.refresh_from_db()
    assert (mira.name, mira.unit.name, mira.is_placeholder) == ("Mira Sand", "Einkauf", False)
    with translation.override("de"):
        said = [sentence(row, mira) for row in own_log(mira)]
    assert "Eine Personenliste hat deinen Namen geändert: Mira Sand." in said
    assert "Eine Personenliste hat deinen Bereich geändert: Einkauf." in said
    report = bring(HEAD + MIRA.replace("Einkauf", "Verkauf") + NIKO)
    assert (report["moved"], report["renamed"], report["unchanged"]) == (1, 0, 1)
    assert Unit.objects.filter(name="Verkauf", people=mira).exists()
    bring(HEAD + MIRA.replace("Einkauf", "") + NIKO)
    mira.refresh_from_db()
    assert mira.unit is None
    with translation.override("de"):
        assert sentence(own_log(mira)[0], mira) == "Eine Personenliste sagt nicht mehr, wo du arbeitest."
    assert not mail.outbox


def test_a_name_one_chose_stays_until_the_list_says_another(bring):
    bring(HEAD + ALL)
    mira = one("mira@example.org")
    _invitation, path = invite(make.person(), None, "", person=mira, mail=False)
    mira = claim(path.split("/")[2], name="Mira", password="ein langes Wort")
    report = bring(HEAD + ALL)
    assert report["renamed"] == 0 and one("mira@example.org").name == "Mira"
    assert bring(HEAD + ALL.replace("Mira Sand", "Mira Sand-Böhm"))["renamed"] == 1
    assert one("mira@example.org").name == "Mira Sand-Böhm"
    change_profile(one("mira@example.org"), name="Mira")
    assert bring(HEAD + ALL.replace("Mira Sand", "Mira Sand-Böhm"))["renamed"] == 0


def test_a_list_without_a_column_for_units_says_nothing_about_them(bring):
    bring(HEAD + ALL)
    report = bring("Name,E-Mail\n" + "".join(",".join(line.split(";")[:2]) + "\n" for line in ALL.splitlines()))
    assert report["unchanged"] == 4 and here() == EXPECTED


def test_who_is_left_out_is_closed_not_erased_and_opened_when_named_again(bring):
    keeper = make.administrator()
    bring(HEAD + ALL, by=keeper)
    uwe = one("uwe@example.org")
    gift = make.post(uwe)
    report = bring(HEAD + MIRA + NIKO + OLGA, by=keeper)
    uwe.refresh_from_db()
    assert report["left"] == 1 and report["closed"] == [uwe.handle] and not uwe.is_active
    assert type(gift).objects.filter(pk=gift.pk, withdrawn_at=None).exists()
    assert "Uwe Öz" in told(report, dry=False)
    assert bring(HEAD + MIRA + NIKO + OLGA)["left"] == 0, "once"
    report = bring(HEAD + ALL)
    uwe.refresh_from_db()
    assert report["back"] == 1 and uwe.is_active


def test_whom_an_administrator_closed_is_opened_by_no_list(bring):
    bring(HEAD + ALL)
    deactivate(make.administrator(), one("uwe@example.org"))
    report = bring(HEAD + ALL)
    assert report["lines"] == {"closed_here": [5]} and not one("uwe@example.org").is_active


def test_whom_no_list_ever_named_is_closed_by_none(bring):
    others = [make.person(), make.guest(), make.placeholder()]
    bring(HEAD + ALL)
    bring(HEAD + MIRA + NIKO + OLGA)
    for other in others:
        other.refresh_from_db()
        assert other.is_active


def test_a_list_can_say_itself_who_left(bring):
    here_before = make.person("Gerda Geht", email="gerda@example.org")
    tomorrow = (clock.now() + timedelta(days=2)).strftime("%d.%m.%Y")
    report = bring(
        "Name;Mail;Status;Austrittsdatum\nMira;mira@example.org;aktiv;\nNiko;niko@example.org;;" + tomorrow + "\n"
        "Otto;otto@example.org;aktiv;\nGerda Geht;gerda@example.org;ausgeschieden;\n",
        yes=True,
    )
    here_before.refresh_from_db()
    assert (report["joined"], report["left"]) == (3, 1) and not here_before.is_active
    with clock.at(clock.now() + timedelta(days=4)):
        report = bring(
            "Name;Mail;Austrittsdatum\nMira;mira@example.org;\nNiko;niko@example.org;" + tomorrow + "\n"
            "Otto;otto@example.org;\nGerda Geht;gerda@example.org;\n"
        )
    assert (report["left"], report["back"]) == (1, 1)
    assert not one("niko@example.org").is_active and one("gerda@example.org").is_active


def test_administrators_and_the_person_to_turn_to_are_named_instead_of_closed(bring):
    keeper = make.administrator(name="Ada Amt", email="ada@example.org")
    turn_to = make.manager(name="Tilda Tür", email="tilda@example.org")
    type(the_house()).objects.update(turn_to=turn_to)
    two = "Ada Amt;ada@example.org;\nTilda Tür;tilda@example.org;\n"
    bring(HEAD + ALL + two)
    report = bring(HEAD + ALL)
    keeper.refresh_from_db(), turn_to.refresh_from_db()
    assert keeper.is_active and turn_to.is_active and report["left"] == 0
    assert report["stay"] == {"last_administrator": [keeper.handle], "turn_to": [turn_to.handle]}
    assert "Ada Amt any more, who is the last administrator" in told(report, dry=False)
    make.administrator()
    report = bring(HEAD + ALL, yes=True)
    keeper.refresh_from_db()
    assert keeper.is_active and report["stay"]["administrator"] == [keeper.handle]
    type(the_house()).objects.update(turn_to=None)
    assert bring(HEAD + ALL)["left"] == 1, "who is not the person to turn to any more is closed like everybody"


def test_too_many_leavers_are_refused_unless_it_is_said_twice(bring):
    bring(HEAD + ALL)
    with pytest.raises(Refused, match="2 of 4 people"):
        bring(HEAD + MIRA + NIKO + "Neu Da;neu@example.org;\n")
    assert here() == EXPECTED and Import.objects.count() == 1
    with pytest.raises(Refused):
        bring(HEAD + MIRA + NIKO, dry_run=True)
    assert bring(HEAD + MIRA + NIKO, yes=True)["left"] == 2


def test_a_third_may_leave_without_a_word(bring):
    bring(HEAD + ALL)
    assert bring(HEAD + MIRA + NIKO + OLGA)["left"] == 1
    assert bring(HEAD + MIRA + NIKO)["left"] == 1, "exactly a third"


def test_a_row_that_cannot_be_read_closes_nobody(bring):
    bring(HEAD + ALL)
    for broken in ("Uwe Öz;uwe(at)example.org;\n", ";uwe@example.org;\n", "Öz;Uwe;uwe@example.org\n"):
        report = bring(HEAD + MIRA + NIKO + OLGA + broken)
        assert report["left"] == 0 and report["stay"] == {"unread": [one("uwe@example.org").handle]}, broken
    assert "may be about them: Uwe Öz" in told(report, dry=False)
    assert bring(HEAD + MIRA + NIKO + OLGA + "Ute Öl;ute(at)example.org;\n")["left"] == 1


def test_who_moved_their_mailbox_here_is_still_the_same_person(bring):
    bring(HEAD + ALL)
    mira = one("mira@example.org")
    Person.objects.filter(pk=mira.pk).update(is_placeholder=False)
    mira.refresh_from_db()
    move_mailbox(mira, "zuhause@example.net")
    report = bring(HEAD + ALL)
    assert report["unchanged"] == 4 and report["joined"] == 0 and report["left"] == 0


def test_an_address_that_somebody_wrote_down_and_never_proved_is_nobodys_row(bring, settings):
    settings.MAIL_URL = ""
    jo = make.person("Jo Neu", email="jo@example.org")
    write_down_mailbox(jo, "mira@example.org")
    report = bring(HEAD + ALL)
    assert report["joined"] == 4 and report["lines"] == {"address_not_proved": [2]}
    mira = Person.objects.get(name="Mira Sand")
    assert (mira.email, mira.is_placeholder) == (None, True)
    jo.refresh_from_db()
    assert (jo.name, jo.unit) == ("Jo Neu", None)
    again = bring(HEAD + ALL)
    assert again["unchanged"] == 4 and not again["skipped"], "the place that waits is the one on the list"


def test_a_proved_address_is_its_persons_row(bring):
    jo = make.person("Jo Neu", email="mira@example.org")
    assert bring(HEAD + ALL)["joined"] == 3
    jo.refresh_from_db()
    assert jo.name == "Mira Sand"


def test_a_personnel_number_keeps_somebody_through_a_new_name_and_address(bring):
    head = "Personalnummer;Name;E-Mail\n"
    bring(head + "007;Mira Sand;mira@example.org\n008;Ohne Mail;\n009;Niko;niko@example.org\n")
    report = bring(head + "007;Mira Böhm;mira.boehm@example.org\n008;Ohne Mail;\n009;Niko;niko@example.org\n")
    mira = one("mira@example.org")
    assert report["joined"] == report["left"] == 0 and mira.name == "Mira Böhm"
    assert report["stay"] == {"address": [mira.handle]}
    assert Person.objects.filter(name="Ohne Mail", email=None).count() == 1


def test_a_rehearsal_counts_and_changes_nothing(bring):
    bring(HEAD + ALL)
    report = bring(HEAD + MIRA + NIKO + OLGA + "Neu Da;neu@example.org;Lager Süd\n", dry_run=True)
    assert (report["joined"], report["left"]) == (1, 1)
    assert here() == EXPECTED and not Unit.objects.filter(name="Lager Süd").exists() and Import.objects.count() == 1


BAD = {
    "a spreadsheet": b"PK\x03\x04rest",
    "no heading": ALL.encode(),
    "nothing": b"",
    "only a heading": HEAD.encode(),
    "not closed": (HEAD + MIRA + '"Niko;niko@example.org;Lager\n' + OLGA).encode(),
    "noise": bytes(range(256)) * 20,
}


@pytest.mark.parametrize("what", BAD)
def test_what_is_no_list_changes_nothing_and_says_so(bring, what):
    bring(HEAD + ALL)
    with pytest.raises(BadArchive, match="^(“|There is nobody)"):
        bring(BAD[what], yes=True)
    assert here() == EXPECTED


def test_only_administrators_bring_a_list(bring):
    for person in (make.person(), make.manager(), make.council()):
        with pytest.raises(Refused):
            bring(HEAD + ALL, by=person)
    assert bring(HEAD + ALL, by=make.administrator())["joined"] == 4


def test_a_closed_place_that_waited_waits_no_more(bring):
    bring(HEAD + ALL)
    bring(HEAD + MIRA + NIKO + OLGA)
    member = make.person()
    assert not Person.objects.visible_to(member).filter(email="uwe@example.org").exists()
    assert Person.objects.visible_to(member).filter(email="mira@example.org").exists()
    with pytest.raises(Refused, match="closed"):
        invite(member, "uwe@example.org", "Uwe")


def run(monkeypatch, *words: str) -> str:
    monkeypatch.setenv("LC_ALL", "en_GB.UTF-8")
    parser = argparse.ArgumentParser()
    import_.arguments(parser)
    out = io.StringIO()
    monkeypatch.setattr("sys.stdout", out)
    assert import_.run(parser.parse_args(["people", *words])) == 0
    return out.getvalue()


def test_the_command_tells_in_words_and_in_json(tmp_path: Path, monkeypatch):
    path = tmp_path / "liste.csv"
    path.write_text(HEAD + ALL)
    assert "4  new, each with a place that waits" in run(monkeypatch, str(path), "--dry-run")
    assert json.loads(run(monkeypatch, str(path), "--json"))["joined"] == 4
    path.write_text(HEAD + MIRA)
    with pytest.raises(Trouble, match="3 of 4 people.*--yes"):
        run(monkeypatch, str(path))
    assert "3  left" in run(monkeypatch, str(path), "--yes")


def test_line_numbers_are_drawn_together():
    assert ranges([3, 9, 8, 7, 12]) == "3, 7–9, 12"
