"""A unique token in every private field; every page, mail and stream looked through as every other role.

Each token must be read by somebody who may (else the test would prove nothing) and by nobody else.
"""

from __future__ import annotations

import email
import email.policy
import json
import os
import random
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from django.conf import settings
from django.urls import reverse

from potluck.acts.models import Act
from potluck.core import clock
from potluck.groups.models import Group, JoinRequest
from potluck.notices import letters
from potluck.notices.models import Notice
from potluck.people import verbs as people
from potluck.people.models import Person
from potluck.thanks.models import Thanks
from tests import crawl, make, world

pytestmark = pytest.mark.django_db


@dataclass
class Canary:
    token: str
    readers: set[str]  #: actors of docs/roles.md who may read it
    #: nobody reads it on a page at all (machinery): then only its absence is tested
    nowhere: bool = False


def token() -> str:
    return "kanari" + secrets.token_hex(8)


@pytest.fixture
def planted() -> tuple[world.World, dict[str, Canary]]:
    """The world of the matrix with a token in every field that not everybody may read."""
    house = world.build()
    birds: dict[str, Canary] = {}

    def words(name: str, act: Act, readers: set[str]) -> None:
        bird = birds[name] = Canary(token(), readers)
        Act.objects.filter(pk=act.pk).update(words=bird.token, html=f"<p>{bird.token}</p>", title="")

    words("closed group", house.acts["in a closed group"], {"giver", "insider", "host"})
    words("comment in a closed group", house.acts["comment in a closed group"], {"giver", "insider", "host"})
    words("private thanks", house.acts["to named people"], {"giver", "named"})
    words("comment on private thanks", house.acts["comment to named people"], {"giver", "named"})
    words("withdrawn", house.acts["withdrawn"], {"giver"})
    words("to everyone, not guests", house.acts["to everyone"], set(house.actors) - {"guest"})

    def column(name: str, rows, field: str, readers: set[str], nowhere: bool = False) -> None:
        bird = birds[name] = Canary(token(), readers, nowhere)
        assert rows.update(**{field: bird.token}) == 1, name

    changed = Thanks.objects.filter(act=house.acts["to named people"])
    column("what a private thank-you changed", changed, "what_changed_html", {"giver", "named"})
    column("name of an unlisted group", Group.objects.filter(name="Alter Kanal"), "name", set())
    column("words of somebody who asks to join", JoinRequest.objects.filter(pk=house.request.pk), "words", {"host"})
    column("words with which somebody was asked", Notice.objects.filter(kind="asked"), "subject", {"leader"})
    column("password hash", Person.objects.filter(pk=house.people["who is here"].pk), "password", set(), nowhere=True)
    bird = birds["address of somebody"] = Canary(token(), {"member", "administrator"})
    people.change_address(None, house.actors["member"], f"{bird.token}@example.org")
    return house, birds


def every_address(house: world.World) -> list[str]:
    """Addresses that nobody is shown a link to, tried all the same: every act, person and group by its name."""
    found = [f"/acts/{act.key}/" for act in Act.objects.all()]
    found += [f"/acts/{act.key}/comments/" for act in Act.objects.all()]
    found += [f"/people/{person.handle}/" for person in Person.objects.all()]
    found += [f"/people/{person.handle}/wall/" for person in Person.objects.all()]
    found += [f"/groups/{group.key}/" for group in Group.objects.all()]
    found += [reverse("thanks:new") + f"?on={act.key}" for act in Act.objects.all()]
    return found


def leaks(birds: dict[str, Canary], pages: dict[str, dict[str, bytes]]) -> list[str]:
    return [
        f"{name} read by {actor} at {address}"
        for name, bird in birds.items()
        for actor, found in pages.items()
        if actor not in bird.readers
        for address in crawl.holding(bird.token, found)
    ]


def unread(birds: dict[str, Canary], pages: dict[str, dict[str, bytes]]) -> list[str]:
    """Canaries that none of their own readers found anywhere: a crawl that sees nothing proves nothing."""
    return [
        name
        for name, bird in birds.items()
        if bird.readers and not any(crawl.holding(bird.token, pages[actor]) for actor in bird.readers)
    ]


@pytest.mark.parametrize(
    "most",
    [pytest.param(110, id="a-part"), pytest.param(5_000, id="everything", marks=pytest.mark.nightly)],
)
@pytest.mark.slow
def test_no_private_word_is_read_by_anybody_else(planted, most):
    """Every address of the world, then what is linked from there: so many pages for each person."""
    house, birds = planted
    start = ["/", "/inbox/", *every_address(house)]
    start = start if most > 1000 else [*start[:2], *random.Random(clock.now().toordinal()).sample(start[2:], 60), *kept(house)]
    pages = {name: crawl.crawl(person, start, most) for name, person in house.actors.items()}
    pages["stranger"] = crawl.crawl(None, start, most)
    assert leaks(birds, pages) == []
    assert unread(birds, pages) == []


def kept(house: world.World) -> list[str]:
    """Where each canary sits: looked at in every run, by everybody."""
    acts = [f"/acts/{act.key}/" for act in house.acts.values()]
    groups = [f"/groups/{group.key}/" for group in house.groups.values()]
    people = [f"/people/{person.handle}/" for person in house.actors.values()]
    mine = ["/me/", "/me/withdrawn/", "/me/thanks/", f"/house/people/{house.actors['member'].handle}/"]
    return [*acts, *groups, *people, *mine]


def test_no_mail_holds_a_private_word_of_others(planted, settings, tmp_path, monkeypatch):
    house, birds = planted
    settings.DATA, settings.MAIL_URL = tmp_path, ""
    noon = datetime(2026, 11, 25, 12, tzinfo=UTC)
    monkeypatch.setattr("django.utils.timezone.now", lambda: noon)
    Notice.objects.update(at=noon - timedelta(minutes=5))
    letters.deliver()
    mails: dict[str, dict[str, bytes]] = {}
    names = {person.email: name for name, person in house.actors.items() if person.email}
    for file in (tmp_path / "mail").glob("*.eml"):
        mail = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
        parts = [part.get_content() for part in mail.walk() if part.get_content_maintype() == "text"]
        words = "\n".join([str(mail["Subject"]), *parts]).encode()
        mails.setdefault(names.get(mail["To"], mail["To"]), {})[file.name] = words
        assert not any(bird.token in str(mail["Subject"]) for bird in birds.values()), "a subject holds nobody's words"
    assert leaks(birds, mails) == []
    found = [name for name, bird in birds.items() if any(crawl.holding(bird.token, mails.get(who, {})) for who in bird.readers)]
    assert {"private thanks", "words with which somebody was asked"} <= set(found), "the control: who may read it does"


def test_a_planted_leak_is_found(planted):
    """Positive control: private words moved to the whole house are found as leaks by the same crawl."""
    house, birds = planted
    act = house.acts["to named people"]
    Act.objects.filter(pk=act.pk).update(reach="everyone")
    pages = {"member": crawl.crawl(house.actors["member"], ["/", *every_address(house)])}
    assert any(line.startswith("private thanks read by member") for line in leaks(birds, pages))


@pytest.mark.django_db(transaction=True)
def test_the_stream_carries_ids_and_never_words():
    giver, named, word = make.person(), make.person(), token()
    with psycopg.connect(os.environ["DATABASE_URL"], dbname=settings.DATABASES["default"]["NAME"], autocommit=True) as ear:
        ear.execute("listen potluck")
        thanks = make.thank(giver, named, words=word, what_changed=word)
        make.comment(named, thanks, word)
        said = [json.loads(note.payload) for note in ear.notifies(timeout=2, stop_after=4)]
    assert any(news.get("act") == thanks.key and news["reach"] == "named" for news in said)
    assert word not in json.dumps(said)
    assert all(
        set(news) <= {"act", "what", "author", "by", "on", "reach", "group", "closed", "people", "person", "notices"}
        for news in said
    )
