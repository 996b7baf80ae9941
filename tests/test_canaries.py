"""A unique token in every private field; every page, fragment, answer to a form, mail, log line and stream looked through as
every other role, in every form it could take (tests/leaks.py). Keys in addresses are tokens, too.

Each token must be read by somebody who may (else the test would prove nothing) and by nobody else.
"""

from __future__ import annotations

import base64
import email
import email.policy
import gzip
import io
import json
import logging
import os
import random
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from django.conf import settings
from django.db import models
from django.urls import reverse

from potluck import urls
from potluck.acts import finding
from potluck.acts import queries as acts
from potluck.acts.models import Act, ActQuerySet
from potluck.core import answers, clock
from potluck.core.declared import Readers
from potluck.core.logs import Line
from potluck.exchange import uploading
from potluck.exchange.models import Upload
from potluck.groups.models import Group, JoinRequest
from potluck.notices import letters
from potluck.notices.models import Notice
from potluck.people import verbs as people
from potluck.people.models import Invitation, Person, Session, SignInLink
from potluck.thanks.models import Thanks
from potluck.welcome.models import Asked
from tests import crawl, leaks, make, private, world
from tests.leaks import token
from tests.test_routes import all_cells, ask, clients, sees

pytestmark = pytest.mark.django_db


@dataclass
class Canary:
    token: str
    readers: set[str]  #: actors of docs/roles.md who may read it
    #: nobody reads it on a page at all (machinery): then only its absence is tested
    nowhere: bool = False
    #: a part of addresses: whoever asks for one by its name may be told that name again
    key: bool = False
    #: the fields it sits in, as "room.Model.field"
    of: tuple[str, ...] = ()


@pytest.fixture
def planted() -> tuple[world.World, dict[str, Canary]]:
    """The world of the matrix with a token in every field that not everybody may read."""
    house = world.build()
    birds: dict[str, Canary] = {}

    def words(name: str, act: Act, readers: set[str]) -> None:
        bird = birds[name] = Canary(token(), readers, of=("acts.Act.words", "acts.Act.html", "acts.Act.title"))
        Act.objects.filter(pk=act.pk).update(words=bird.token, html=f"<p>{bird.token}</p>", title=bird.token)

    words("closed group", house.acts["in a closed group"], {"giver", "insider", "host"})
    words("comment in a closed group", house.acts["comment in a closed group"], {"giver", "insider", "host"})
    words("private thanks", house.acts["to named people"], {"giver", "named"})
    words("comment on private thanks", house.acts["comment to named people"], {"giver", "named"})
    words("withdrawn", house.acts["withdrawn"], {"giver"})
    words("to everyone, not guests", house.acts["to everyone"], set(house.actors) - {"guest"})

    def column(name: str, rows, fields: str, readers: set[str], nowhere: bool = False) -> None:
        of = tuple(f"{rows.model._meta.label}.{field}" for field in fields.split())
        bird = birds[name] = Canary(token(), readers, nowhere, of=of)
        assert rows.update(**dict.fromkeys(fields.split(), bird.token)) == 1, name

    member, here = house.actors["member"], Person.objects.filter(pk=house.people["who is here"].pk)
    changed, unlisted = Thanks.objects.filter(act=house.acts["to named people"]), Group.objects.filter(name="Alter Kanal")
    request, asked = JoinRequest.objects.filter(pk=house.request.pk), Notice.objects.filter(kind="asked")
    column("what a private thank-you changed", changed, "what_changed what_changed_html", {"giver", "named"})
    column("about an unlisted group", unlisted, "about", set())
    column("key of a form that opened a group", unlisted, "once", set(), nowhere=True)
    column("name of an unlisted group", unlisted, "name", set())
    column("words of somebody who asks to join", request, "words", {"host"})
    column("words with which somebody was asked", asked, "subject", {"leader"})
    column("words with which somebody was asked, as they were sent", Asked.objects.all(), "words", set())
    column("password hash", here, "password", set(), nowhere=True)
    column("by what people are sorted", here, "sort_key", set(), nowhere=True)
    column("key of a form that gave something", Act.objects.filter(pk=house.acts["to everyone"].pk), "once", set(), nowhere=True)
    people.make_sign_in_link(member)
    column("link that signs in", SignInLink.objects.all(), "token", set(), nowhere=True)
    people.invite(member, None, "Gesa Gerufen")
    column("link that invites", Invitation.objects.all(), "token once", set(), nowhere=True)
    brought = Upload.objects.create(source="people", name="liste.csv", size=1, by=house.actors["administrator"])
    uploading.ended(brought, problem="-")
    column("what was uploaded", Upload.objects.all(), "name problem", {"administrator"})
    bird = birds["address of somebody"] = Canary(
        token(), {"member", "administrator"}, of=("people.Person.email", "people.Logged.what")
    )
    people.change_address(None, house.actors["member"], f"{bird.token}@example.org")
    crawl.signed_in(member)
    session = Session.objects.filter(person=member)
    column("where somebody is signed in", session, "device", {"member"})
    column("what a session holds", session, "session_data", set(), nowhere=True)
    column("cookie of a session", session, "session_key", set(), nowhere=True)
    for state, act in house.acts.items():
        readers = {"giver"} if state == "withdrawn" else {who for who in house.actors if sees(house, "act", who, state)}
        birds[f"key of what is {state}"] = Canary(act.key, readers, key=True, of=("acts.Act.key",))
    birds["key of an unlisted group"] = Canary(
        house.groups["closed and not listed"].key, set(), key=True, of=("groups.Group.key",)
    )
    birds["key of a request to join"] = Canary(house.request.key, {"host"}, key=True, of=("groups.JoinRequest.key",))
    birds["key of a notice"] = Canary(asked.get().key, {"leader"}, key=True, of=("notices.Notice.key",))
    birds["key of a session"] = Canary(session.get().key, {"member"}, key=True, of=("people.Session.key",))
    birds["key of an upload"] = Canary(brought.key, set(), key=True, of=("exchange.Upload.key",))
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


def held(birds: dict[str, Canary], pages: dict[str, dict[str, bytes]]) -> dict[str, set[tuple[str, str]]]:
    """{actor: {(name, address)}}: who holds which token where. A key counts only where it was not asked for."""
    tokens = {name: bird.token for name, bird in birds.items()}
    return {
        actor: {
            (name, address)
            for name, address in leaks.holding(tokens, found)
            if not (birds[name].key and birds[name].token in address)
        }
        for actor, found in pages.items()
    }


def wrongly(birds: dict[str, Canary], pages: dict[str, dict[str, bytes]]) -> list[str]:
    return [
        f"{name} read by {actor} at {address}"
        for actor, found in held(birds, pages).items()
        for name, address in sorted(found)
        if actor not in birds[name].readers
    ]


def unread(birds: dict[str, Canary], pages: dict[str, dict[str, bytes]]) -> list[str]:
    """Canaries that none of their own readers found anywhere: a crawl that sees nothing proves nothing."""
    found = held(birds, pages)
    return [
        name
        for name, bird in birds.items()
        if bird.readers and not any(name == one for actor in bird.readers for one, _at in found[actor])
    ]


@pytest.mark.parametrize(
    "most",
    [pytest.param(110, id="a-part"), pytest.param(5_000, id="everything", marks=pytest.mark.nightly)],
)
@pytest.mark.slow
def test_no_private_word_is_read_by_anybody_else(planted, log, most):
    """Every address of the world, then what is linked from there: so many pages for each person."""
    house, birds = planted
    start = ["/", "/inbox/", *every_address(house), *(letters.unsubscribe_path(person) for person in house.actors.values())]
    start = start if most > 1000 else [*start[:2], *random.Random(clock.now().toordinal()).sample(start[2:], 30), *kept(house)]
    pages = {name: crawl.crawl(person, start, most) for name, person in house.actors.items()}
    pages["stranger"] = crawl.crawl(None, start, most)
    assert wrongly(birds, pages) == []
    assert unread(birds, pages) == []
    few = kept(house)
    fragments = {name: crawl.crawl(who, few, len(few), HTTP_HX_REQUEST="true") for name, who in house.actors.items()}
    assert wrongly(birds, fragments) == []
    assert held(birds, fragments)["giver"], "the control: fragments hold words, too"
    assert not any(bird.token in log.getvalue() for bird in birds.values())


@pytest.mark.parametrize(
    "most",
    [pytest.param(400, id="a-part"), pytest.param(100_000, id="everything", marks=pytest.mark.nightly)],
)
@pytest.mark.slow
def test_no_answer_to_a_form_holds_a_private_word_of_others(planted, log, most):
    """Every form on every thing, by everybody, taken back after each: also what is refused, and how."""
    house, birds = planted
    cells = [cell for cell in all_cells(house) if cell[1] == "POST"]
    asked, today = clients(house), random.Random(clock.now().toordinal())
    pages: dict[str, dict[str, bytes]] = {name: {} for name in asked}
    for n, (name, method, _needs, actor, thing) in enumerate(today.sample(cells, min(most, len(cells)))):
        asked[actor].defaults["HTTP_HX_REQUEST"] = ("true", "")[n % 2]
        answer, _rows = ask(asked[actor], house, name, method, thing.args)
        pages[actor][f"{name} {thing.args}"] = answer.content + crawl.heads(answer)
    assert wrongly(birds, pages) == []
    assert any(held(birds, pages).values()), "the control: answers hold words, too"
    assert not any(bird.token in log.getvalue() for bird in birds.values())


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What the process would write, at its own levels and in its own form."""
    said = io.StringIO()
    handler = logging.StreamHandler(said)
    handler.setFormatter(Line())
    ears = [logging.getLogger(name) for name in ("", "django", "django.request", "potluck")]
    for ear in ears:
        ear.addHandler(handler)
    yield said
    for ear in ears:
        ear.removeHandler(handler)


def kept(house: world.World) -> list[str]:
    """Where each canary sits: looked at in every run, by everybody."""
    acts = [f"/acts/{act.key}/" for act in house.acts.values()]
    groups = [f"/groups/{group.key}/" for group in house.groups.values()]
    people = [f"/people/{person.handle}/" for person in house.actors.values()]
    mine = ["/me/withdrawn/", f"/house/people/{house.actors['member'].handle}/"]
    return list(dict.fromkeys([*acts, *groups, *people, *mine, *private.one_of_each(house)]))


_A_NAME = "one of a few names, known to the code"
_MACHINERY = "machinery of an import, on no page (the report of one is the administrators' alone: docs/roles.md)"
#: Words that hold no token, each with its reason; a model stands for all of its fields.
NOT_PLANTED = {
    "acts.Act.kind": _A_NAME,
    "acts.Act.language": _A_NAME,
    "exchange.Awaited": _MACHINERY,
    "exchange.Import": _MACHINERY,
    "exchange.Listed": _MACHINERY,
    "exchange.Source": _MACHINERY,
    "exchange.Staged": _MACHINERY,
    "exchange.Upload.report": _MACHINERY,
    "exchange.Upload.source": _A_NAME,
    "exchange.Upload.step": _A_NAME,
    "exchange.Upload.wishes": _MACHINERY,
    "notices.Mail.message_id": "it goes out with the mail; mails are read whole below",
    "notices.Notice.cause": "an address: the key in it is a canary",
    "notices.Notice.kind": _A_NAME,
    "people.House.first_link": "gone once the house is open",
    "people.House.short_id": "a part of the name of every cookie",
    "people.Logged.right": _A_NAME,
    "people.Person.language": _A_NAME,
    "people.Person.timezone": _A_NAME,
    "talk.Reaction.emoji": _A_NAME,
}


def could_hold(few: tuple[Readers, ...] = tuple(set(Readers) - {Readers.MEMBERS})) -> list[str]:
    """Fields with words that not everybody in the house may read. What is chosen from a list is no place for a token."""
    words = (models.CharField, models.TextField, models.JSONField)
    return [name for name, field in private.fields(*few).items() if isinstance(field, words) and not field.choices]


def held_in(birds: dict[str, Canary]) -> set[str]:
    return {field for bird in birds.values() for field in bird.of}


def test_every_word_that_not_everybody_may_read_holds_a_token(planted):
    """A new one is planted above, or has its reason in ``NOT_PLANTED``."""
    _house, birds = planted
    missing = private.without(set(could_hold()) - held_in(birds), NOT_PLANTED)
    assert not missing, f"no canary sits in {', '.join(missing)}"
    assert set(NOT_PLANTED) & held_in(birds) == set(), "these hold one: they need no reason"


def test_a_word_without_a_token_would_be_noticed(planted):
    """Positive control: one canary taken away."""
    _house, birds = planted
    del birds["words of somebody who asks to join"]
    assert "groups.JoinRequest.words" in private.without(set(could_hold()) - held_in(birds), NOT_PLANTED)


def test_every_page_is_looked_at_in_every_run():
    pages = kept(world.build())
    missing = private.not_among(pages)
    assert not missing, f"not in kept(): {', '.join(missing)}"
    assert private.not_among(page for page in pages if page != "/inbox/") == ["notices:inbox"], "the control"


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
        words = "\n".join([*(f"{name}: {value}" for name, value in mail.items()), *parts]).encode() + file.read_bytes()
        mails.setdefault(names.get(mail["To"], mail["To"]), {})[file.name] = words
        assert not any(bird.token in str(mail["Subject"]) for bird in birds.values()), "a subject holds nobody's words"
    assert wrongly(birds, mails) == []
    found = {name for actor, some in held(birds, mails).items() for name, _at in some if actor in birds[name].readers}
    assert {"private thanks", "words with which somebody was asked"} <= found, "the control: who may read it does"


# --- controls: what is planted is found -----------------------------------------------------------------------------------


def through_everything(token: str) -> dict[str, bytes]:
    """A token as each kind of channel would carry it."""
    raw = f"<p>{token}</p>".encode()
    coded = [base64.b64encode(b"." * offset + token.encode()) for offset in range(3)]
    packed, sheet = io.BytesIO(), io.BytesIO()
    for file, name in ((packed, "words.txt"), (sheet, "xl/sharedStrings.xml")):
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as out:
            out.writestr(name, raw)
    return {
        "as it is": raw,
        "in capitals": raw.upper(),
        "references": "".join(f"&#{ord(c)};" for c in token).encode(),
        "hexadecimal references": "".join(f"&#x{ord(c):x};" for c in token).encode(),
        "percent signs": "".join(f"%{ord(c):02X}" for c in token).encode(),
        "escapes of JSON": "".join(f"\\u{ord(c):04x}" for c in token).encode(),
        "escapes of scripts": "".join(f"\\x{ord(c):02x}" for c in token).encode(),
        "base64 at 0": coded[0],
        "base64 at 1": coded[1],
        "base64 at 2": coded[2],
        "base64 in lines": b"\r\n".join(coded[1][at : at + 7] for at in range(0, len(coded[1]), 7)),
        "quoted printable": "".join(f"={ord(c):02X}" for c in token).encode(),
        "quoted printable in lines": (token[:9] + "=\r\n" + token[9:]).encode(),
        "UTF-16": token.encode("utf-16"),
        "UTF-16 the other way": token.encode("utf-16-be"),
        "hexadecimal": token.encode().hex().encode(),
        "gzip": gzip.compress(raw),
        "zip": packed.getvalue(),
        "a spreadsheet": sheet.getvalue(),
        "zip in gzip": gzip.compress(packed.getvalue()),
        "PDF": b"%PDF-1.7\nstream\n" + zlib.compress(raw) + b"\nendstream",
    }


#: Looked into by their first bytes.
UNPACKED = {"gzip", "zip", "a spreadsheet", "zip in gzip", "PDF"}


@pytest.mark.parametrize("how", through_everything("x" * 12))
def test_a_token_is_found_however_a_channel_carries_it(how):
    bird = token()
    body = (b"" if how in UNPACKED else b"before it ") + through_everything(bird)[how]
    assert leaks.holds(bird, body)
    assert not leaks.holds(token(), body)


def a_guard_off(house, birds, monkeypatch):
    monkeypatch.setattr(ActQuerySet, "visible_to", lambda self, viewer: self)


def a_guard_off_in_sql(house, birds, monkeypatch):
    monkeypatch.setattr(acts, "VISIBLE", "(true or %(member)s or %(me)s = 0)")


def a_page_of_what_is_not_there(house, birds, monkeypatch):
    missing = urls.handler404

    def telling(request, exception):
        answer = missing(request, exception)
        answer.content += birds["private thanks"].token.encode("utf-16")
        return answer

    monkeypatch.setattr(urls, "handler404", telling)


def in_every_answer(house, birds, monkeypatch, dress) -> None:
    render = answers.render

    def more(*args, **kwargs):
        answer = render(*args, **kwargs)
        dress(answer)
        return answer

    monkeypatch.setattr(answers, "render", more)


def a_header(house, birds, monkeypatch):
    key = house.acts["in a closed group"].key
    in_every_answer(house, birds, monkeypatch, lambda answer: answer.__setitem__("ETag", key))


def a_cookie(house, birds, monkeypatch):
    coded = base64.b64encode(b"." + birds["closed group"].token.encode()).decode()
    in_every_answer(house, birds, monkeypatch, lambda answer: answer.set_cookie("seen", coded))


def an_attribute(house, birds, monkeypatch):
    said = "".join(f"&#{ord(c)};" for c in birds["address of somebody"].token)
    in_every_answer(house, birds, monkeypatch, lambda answer: setattr(answer, "content", answer.content + said.encode()))


PLANTS = {
    a_guard_off: "key of what is in a closed group",
    a_guard_off_in_sql: "closed group",
    a_page_of_what_is_not_there: "private thanks",
    a_header: "key of what is in a closed group",
    a_cookie: "closed group",
    an_attribute: "address of somebody",
}


@pytest.mark.slow
@pytest.mark.parametrize("plant", PLANTS, ids=lambda plant: plant.__name__)
def test_what_is_planted_in_the_house_is_found(planted, monkeypatch, plant):
    """Positive control: each way to leak, in the product itself, is seen by the same crawl, and by none without it."""
    house, birds = planted
    start = ["/groups/", "/nothing/", *kept(house)]
    guest = house.actors["guest"]
    assert wrongly(birds, {"guest": crawl.crawl(guest, start, len(start))}) == []
    plant(house, birds, monkeypatch)
    pages = {"guest": crawl.crawl(guest, start, len(start))}
    assert any(line.startswith(f"{PLANTS[plant]} read by guest") for line in wrongly(birds, pages))


def searched(birds: dict[str, Canary], people: dict[str, Person]) -> dict[str, dict[str, bytes]]:
    """Every token searched by these people, as it is, and what anybody finds also narrowed and with a typing error; without what
    they typed themselves."""
    clients = {name: crawl.signed_in(person) for name, person in people.items()}
    pages: dict[str, dict[str, bytes]] = {name: {} for name in people}

    def ask(name: str, asked: dict[str, str]) -> bytes:
        answer = clients[name].get("/search/", asked, headers={"HX-Request": "true"})
        assert answer.status_code == 200
        found = answer.content.partition(b'id="search-said"')[0].replace(f"q={asked['q']}".encode(), b"")
        pages[name][str(asked)] = found
        return found

    for bird in birds.values():
        wrong = bird.token[:-2] + bird.token[-1]
        if any([bird.token.encode() in ask(name, {"q": bird.token}) for name in people]):  # noqa: C419 - all of them are asked
            for name in people:
                ask(name, {"q": bird.token, "by": "Greta", "group": "Runde"})
                ask(name, {"q": wrong})
    return pages


@pytest.mark.slow
def test_no_private_word_is_found_by_anybody_else(planted):
    """Search as a channel: whoever may not read a word finds nothing by it, corrected or narrowed; whoever may, does."""
    house, birds = planted
    pages = searched(birds, house.actors)
    assert wrongly(birds, pages) == []
    private = {"closed group", "comment in a closed group", "private thanks", "comment on private thanks"}
    assert {*private, "to everyone, not guests"} & set(unread(birds, pages)) == set()


@pytest.mark.slow
def test_a_search_that_asks_nobody_who_looks_would_be_noticed(planted, monkeypatch):
    """Positive control: ``VISIBLE`` switched off and every place asked for."""
    house, birds = planted
    sought = finding._sought

    def everywhere(viewer, typed):
        found = sought(viewer, typed)
        found.open = ["e", *(f"g{pk}" for pk in Group.objects.values_list("pk", flat=True))]
        return found

    monkeypatch.setattr(finding, "_sought", everywhere)
    birds = {name: birds[name] for name in ("closed group", "to everyone, not guests")}
    people = {name: house.actors[name] for name in ("administrator", "guest")}
    assert wrongly(birds, searched(birds, people)) == [], "places alone do not open a closed group: VISIBLE is asked, too"
    monkeypatch.setattr(finding, "_FOUND", finding._FOUND.replace(acts.VISIBLE, "true"))
    monkeypatch.setattr(acts, "VISIBLE", "true")
    found = wrongly(birds, searched(birds, people))
    assert any(line.startswith("closed group read by administrator") for line in found)
    assert any(line.startswith("to everyone, not guests read by guest") for line in found)


@pytest.mark.slow
def test_a_planted_leak_is_found(planted):
    """Positive control: private words moved to the whole house are found as leaks by the same crawl."""
    house, birds = planted
    act = house.acts["to named people"]
    Act.objects.filter(pk=act.pk).update(reach="everyone")
    pages = {"member": crawl.crawl(house.actors["member"], ["/", *every_address(house)])}
    assert any(line.startswith("private thanks read by member") for line in wrongly(birds, pages))


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
