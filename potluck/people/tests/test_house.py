"""What administrators do for people: each time it is written down, and the person concerned can read it."""

from __future__ import annotations

import json

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client

from potluck.people import verbs
from potluck.people.models import House, Logged, Person, Role, Session
from potluck.people.tests import letterbox
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def keeper(open_house) -> Person:
    return Person.objects.get(email="adele@example.org")


@pytest.fixture
def bob(open_house) -> Person:
    return make.person("Bob Berg", email="bob@example.org")


CHANGES = [
    ("roles/", {"roles": ["administrator"]}),
    ("mailbox/", {"email": "evil@example.org"}),
    ("sign-in-link/", {}),
    ("closing/", {}),
    ("opening/", {}),
]


@pytest.mark.parametrize(("what", "fields"), CHANGES)
def test_nobody_but_administrators_keeps_people(as_, bob, what, fields):
    before = list(Person.objects.order_by("pk").values())
    for other in (make.person(), make.guest(), make.leader(), make.manager(), make.council()):
        client = as_(other)
        logged = Logged.objects.count()
        assert client.get("/house/").status_code == 403
        assert client.get(f"/house/people/{bob.handle}/").status_code == 403
        assert client.post(f"/house/people/{bob.handle}/{what}", fields).status_code == 403
        assert Logged.objects.count() == logged
    assert list(Person.objects.filter(pk__in=[row["id"] for row in before]).order_by("pk").values()) == before


def test_roles_are_given_and_taken_and_the_person_reads_of_it(as_, keeper, bob):
    client = as_(keeper)
    client.post(f"/house/people/{bob.handle}/roles/", {"roles": ["leader", "community-manager"]})
    bob.refresh_from_db()
    assert bob.roles == ["community-manager", "leader"]
    client.post(f"/house/people/{bob.handle}/roles/", {"roles": ["leader"]})
    bob.refresh_from_db()
    assert bob.roles == ["leader"]
    page = as_(bob).get("/me/").content.decode()
    assert "Adele Auf changed your roles: + Leader." in page
    assert "Adele Auf changed your roles: - Community manager." in page


def test_a_house_keeps_its_last_administrator(as_, keeper):
    answer = as_(keeper).post(f"/house/people/{keeper.handle}/roles/", {"roles": []})
    assert answer.status_code == 403 and "at least one administrator" in answer.content.decode()
    keeper.refresh_from_db()
    assert keeper.is_administrator


def test_a_role_that_does_not_exist_is_not_given(as_, keeper, bob):
    assert as_(keeper).post(f"/house/people/{bob.handle}/roles/", {"roles": ["god"]}).status_code == 422
    bob.refresh_from_db()
    assert bob.roles == []


def test_a_lost_mailbox_is_replaced_and_the_old_one_is_told(as_, keeper, bob):
    bobs = as_(bob)
    link = verbs.make_sign_in_link(bob)
    as_(keeper).post(f"/house/people/{bob.handle}/mailbox/", {"email": "Bob.New@example.org"})
    bob.refresh_from_db()
    assert bob.email == "bob.new@example.org"
    assert "gehen jetzt woandershin" in letterbox.to("bob@example.org")[0]["subject"]
    assert bobs.get("/me/").status_code == 302, "who had the old mailbox is out"
    assert Client().post(link).status_code == 404
    assert "Adele Auf wrote down another mailbox for you." in as_(bob).get("/me/").content.decode()


@pytest.mark.parametrize("email", ["", "nonsense", "adele@example.org", "ADELE@example.org", "a\x00@example.org"])
def test_a_mailbox_that_cannot_be_is_refused_at_its_field(as_, keeper, bob, email):
    answer = as_(keeper).post(f"/house/people/{bob.handle}/mailbox/", {"email": email})
    assert answer.status_code == 422 and "f-email-error" in answer.content.decode()
    bob.refresh_from_db()
    assert bob.email == "bob@example.org"


def test_a_way_in_made_by_an_administrator_is_shown_once_and_told(as_, keeper, bob):
    client = as_(keeper)
    client.post(f"/house/people/{bob.handle}/sign-in-link/")
    page = client.get(f"/house/people/{bob.handle}/").content.decode()
    assert "/sign-in/" in page.split("<code>")[1]
    assert "<code>" not in client.get(f"/house/people/{bob.handle}/").content.decode()
    assert letterbox.to("bob@example.org")
    assert "Adele Auf made a link that signs you in once." in as_(bob).get("/me/").content.decode()


def test_an_access_is_closed_and_opened_again_but_never_ones_own(as_, keeper, bob):
    client, bobs = as_(keeper), as_(bob)
    client.post(f"/house/people/{bob.handle}/closing/")
    assert bobs.get("/me/").status_code == 302
    assert bob.handle in client.get("/house/?state=closed").content.decode()
    assert bob.handle not in client.get("/people/").content.decode()
    client.post(f"/house/people/{bob.handle}/opening/")
    assert as_(bob).get("/me/").status_code == 200
    assert client.post(f"/house/people/{keeper.handle}/closing/").status_code == 403


@pytest.mark.django_db(transaction=True)
def test_a_closed_access_is_told_to_every_process_so_that_streams_close():
    bob = make.person()
    given = connection.settings_dict
    with psycopg.connect(
        host=given["HOST"], port=given["PORT"] or None, dbname=given["NAME"], user=given["USER"], autocommit=True
    ) as other:
        other.execute("listen potluck")
        verbs.deactivate(None, bob)
        heard = [json.loads(note.payload) for note in other.notifies(timeout=5, stop_after=1)]
    assert heard == [{"person": bob.pk}]


def test_settings_of_the_house(as_, keeper):
    bob = make.manager(name="Mara Manager")
    fields = {
        "name": "Neues Haus",
        "language": "en",
        "timezone": "Europe/Paris",
        "day_starts": "06:00",
        "day_ends": "14:00",
        "weekdays": ["1", "2", "6"],
        "turn_to": bob.handle,
        "mail_domains": "Example.org, @werk.example",
    }
    client = as_(keeper)
    assert client.post("/house/settings/", fields).status_code == 303
    house = House.objects.get()
    assert house.name == "Neues Haus" and house.turn_to == bob and house.weekdays == [1, 2, 6]
    assert house.mail_domains == ["example.org", "werk.example"]
    page = client.get("/house/settings/").content.decode()
    assert "example.org, werk.example" in page
    for wrong in ({"mail_domains": "gmail.com"}, {"mail_domains": "no domain"}, {"name": "x" * 81}, {"turn_to": "nobody"}):
        assert client.post("/house/settings/", fields | wrong).status_code == 422, wrong
    assert House.objects.get().mail_domains == ["example.org", "werk.example"]


def test_people_are_found_by_name_and_address_and_paged(as_, keeper):
    for n in range(45):
        make.person(f"Zora {n:02}", email=f"zora{n}@example.org")
    client = as_(keeper)
    first = client.get("/house/?q=zora").content.decode()
    assert "Zora 39" in first and "Zora 40" not in first
    assert "Zora 44" in client.get("/house/?q=zora&after=zora-39").content.decode()
    assert "Zora 07" in client.get("/house/?q=zora7@").content.decode()
    people = client.get("/people/?q=zora").content.decode()
    assert "Zora 39" in people and "Zora 40" not in people and "zora1@example.org" not in people


@pytest.mark.parametrize(("url", "told"), [("", True), ("smtp://localhost:25", False)])
def test_administrators_are_told_where_no_mail_goes_out(as_, keeper, settings, url, told):
    settings.MAIL_URL = url
    assert ("Mail does not leave this house" in as_(keeper).get("/house/").content.decode()) is told


# --- the log --------------------------------------------------------------------------------------------------------------


def test_the_log_only_grows(bob):
    row = Logged.objects.filter(on=bob).first()
    for change in (
        lambda: Logged.objects.filter(pk=row.pk).update(right="nothing"),
        lambda: Logged.objects.filter(pk=row.pk).update(what="nothing"),
        lambda: Logged.objects.filter(pk=row.pk).update(by=bob),
        lambda: Logged.objects.filter(pk=row.pk).delete(),
    ):
        with pytest.raises(DatabaseError, match="only grows"), transaction.atomic():
            change()
    assert Logged.objects.get(pk=row.pk).right == "people.add"


EMPTIED = "truncate people_logged"


def test_the_log_is_not_emptied_at_one_stroke(bob):
    with connection.cursor() as cursor:
        cursor.execute("set constraints all immediate")
        cursor.execute("alter table people_logged enable trigger is_not_emptied")  # tests/cluster.py switches it off
        with pytest.raises(DatabaseError, match="only grows"), transaction.atomic():
            cursor.execute(EMPTIED)
        assert Logged.objects.exists()

        cursor.execute("alter table people_logged disable trigger is_not_emptied")  # positive control
        cursor.execute(EMPTIED)
    assert not Logged.objects.exists()


def test_without_its_guard_the_log_could_be_changed(bob):
    """Positive control: it is the trigger that refuses, and nothing else."""
    with connection.cursor() as cursor:
        cursor.execute("set constraints all immediate")
        cursor.execute("alter table people_logged disable trigger only_grows")
    assert Logged.objects.filter(on=bob).update(right="nothing") == 1
    assert Logged.objects.filter(on=bob).delete()[0] == 1


def test_somebody_who_leaves_the_house_is_taken_out_of_the_log(bob):
    row = Logged.objects.get(on=bob)
    Session.objects.filter(person=bob).delete()
    bob.delete()
    row.refresh_from_db()
    assert row.on is None and row.right == "people.add"


def test_the_house_is_not_shown_to_a_stranger(client: Client, bob):
    for path in ("/house/", f"/house/people/{bob.handle}/", "/people/", "/invite/"):
        assert client.get(path).status_code == 302


def test_an_administrator_has_no_wider_sight(as_, keeper, bob):
    host = make.person()
    make.post(host, "Nur unter uns.", group=make.group(host, closed=True))
    assert Role.ADMINISTRATOR in keeper.roles
    assert "Nur unter uns" not in as_(keeper).get("/").content.decode()
