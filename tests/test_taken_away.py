"""Access that is taken away is gone on every channel: each way to lose it x each channel on which it was had.

Pages, fragments, search, notices, forms: on the next request. Mail that waits: asked again when it is sent. Open streams: closed
within two seconds, or silent about what is not for one any more. Before, each channel is open; after, none is.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from potluck.acts import queries
from potluck.acts import verbs as acts
from potluck.acts.models import Act, ActQuerySet
from potluck.exchange import withdrawing
from potluck.exchange.models import Import
from potluck.exchange.tests.make import said, slack
from potluck.exchange.verbs import bring_slack
from potluck.groups import verbs as groups
from potluck.groups.models import Group
from potluck.notices import letters
from potluck.notices import queries as notices
from potluck.notices.models import Mail, Notice
from potluck.notices.tests.streams import Stream
from potluck.people import verbs as people
from potluck.people.models import Person, Role, Session
from potluck.thanks import verbs as thanks
from tests import leaks, make

pytestmark = pytest.mark.django_db
PASSWORD = "three warm spoons"


@dataclass
class Access:
    """Somebody who reads ``act``, in which ``word`` stands, and what takes that away."""

    reader: Person
    act: Act
    word: str
    take_away: Callable[[], Any]
    client: Client = field(default_factory=Client)
    #: what else the reader could ask for: addresses that hold ``word``
    pages: tuple[str, ...] = ()
    #: only the browser is shut out: mail goes on
    of_session: bool = False
    #: nobody is told of what came in as history, or hangs on somebody's wall
    told: bool = True
    #: they come in no more
    closed: bool = False


def reader(**more: Any) -> Person:
    one = make.person(language="en", **more)
    one.set_password(PASSWORD)
    one.save()
    return one


def signed_in(one: Person) -> Client:
    client = Client(headers={"Accept-Language": "en"})
    client.post("/accounts/login/", {"login": one.email, "password": PASSWORD})
    return client


def answered(one: Person, giver: Person, group: Group | None = None) -> tuple[Act, str]:
    """An answer to what somebody asked: they read it, are told of it, and get a mail."""
    word = leaks.token()
    return make.comment(giver, make.question(one, "Wie tauscht man den Dimmer?", group=group), f"So: {word}."), word


# --- ways to lose it ------------------------------------------------------------------------------------------------------


def in_a_closed_group() -> tuple[Person, Person, Group, Act, str]:
    one, host = reader(), make.person()
    group = make.group(host, one, name=f"Runde {leaks.token()}", closed=True)
    return one, host, group, *answered(one, host, group)


def leaves_the_group(tmp_path: Path) -> Access:
    one, _host, group, act, word = in_a_closed_group()
    return Access(one, act, word, lambda: groups.leave(one, group))


def is_taken_out_of_the_group(tmp_path: Path) -> Access:
    one, host, group, act, word = in_a_closed_group()
    return Access(one, act, word, lambda: groups.take_out(host, group, one))


def is_only_a_guest_now(tmp_path: Path) -> Access:
    one = reader()
    act, word = answered(one, make.person())
    return Access(one, act, word, lambda: people.set_roles(make.administrator(), one, [Role.GUEST]))


def it_is_taken_back(tmp_path: Path) -> Access:
    one, giver = reader(), make.person()
    act, word = answered(one, giver)
    return Access(one, act, word, lambda: acts.withdraw(giver, act))


def what_it_answers_is_taken_back(tmp_path: Path) -> Access:
    one, giver, asker = reader(), make.person(), make.person()
    word = leaks.token()
    root = make.question(asker, "Wie tauscht man den Dimmer?")
    act = make.comment(giver, root, f"So: {word}.")
    return Access(one, act, word, lambda: acts.withdraw(asker, root), told=False)


def it_leaves_the_wall(tmp_path: Path) -> Access:
    one, giver, receiver, word = reader(), make.person(), make.person(), leaks.token()
    act = make.thank_on_wall(giver, receiver, f"Danke für {word}.")
    pages = ("/thanks/", f"/people/{receiver.handle}/wall/")
    return Access(one, act, word, lambda: thanks.keep_private(receiver, act.thanks), pages=pages, told=False)


def its_offer_is_taken_back(tmp_path: Path) -> Access:
    one, giver, receiver, word = reader(), make.person(), make.person(), leaks.token()
    act = make.thank_on_wall(giver, receiver, f"Danke für {word}.")
    return Access(one, act, word, lambda: thanks.take_offer_back(giver, act.thanks), pages=("/thanks/",), told=False)


def its_import_is_hidden(tmp_path: Path) -> Access:
    one, keeper, word = reader(), make.administrator(), leaks.token()
    bring_slack(slack(tmp_path, [said(f"Damals: {word}")]), by=keeper)
    past, act = Import.objects.get(), Act.objects.get(is_imported=True)
    make.comment(keeper, act, "Das gilt noch.")

    def hide() -> None:
        withdrawing.ask(keeper, past)
        withdrawing.withdraw(past)

    return Access(one, act, word, hide, told=False)


def their_access_is_closed(tmp_path: Path) -> Access:
    one = reader()
    act, word = answered(one, make.person())
    return Access(one, act, word, lambda: people.deactivate(make.administrator(), one), closed=True)


def the_list_closes_their_access(tmp_path: Path) -> Access:
    one = reader()
    act, word = answered(one, make.person())
    return Access(one, act, word, lambda: people.deactivate(None, one, listed=True), closed=True)


def their_password_changes_elsewhere(tmp_path: Path) -> Access:
    one = reader()
    act, word = answered(one, make.person())

    def change() -> None:
        elsewhere = signed_in(one)
        assert elsewhere.post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": "four cold forks"})

    return Access(one, act, word, change, of_session=True)


def their_address_changes(tmp_path: Path) -> Access:
    one = reader()
    act, word = answered(one, make.person())
    return Access(
        one, act, word, lambda: people.change_address(make.administrator(), one, f"{word}@elsewhere.example"), of_session=True
    )


def they_end_the_session_elsewhere(tmp_path: Path) -> Access:
    one = reader()
    act, word = answered(one, make.person())
    end = lambda: people.end_session(one, Session.objects.get(person=one))  # noqa: E731
    return Access(one, act, word, end, of_session=True)


WAYS = [
    leaves_the_group, is_taken_out_of_the_group, is_only_a_guest_now, it_is_taken_back, what_it_answers_is_taken_back,
    it_leaves_the_wall, its_offer_is_taken_back, its_import_is_hidden, their_access_is_closed, the_list_closes_their_access,
    their_password_changes_elsewhere, their_address_changes, they_end_the_session_elsewhere,
]  # fmt: skip


# --- channels -------------------------------------------------------------------------------------------------------------


def its_page(had: Access) -> bool:
    return had.word in had.client.get(f"/acts/{had.act.key}/", follow=True).content.decode()


def its_fragment(had: Access) -> bool:
    return had.word in had.client.get(f"/acts/{had.act.key}/", follow=True, headers={"HX-Request": "true"}).content.decode()


def search(had: Access) -> bool:
    found = had.client.get("/search/", {"q": had.word[:-2]}, headers={"HX-Request": "true"}).content.decode()
    return had.word in re.sub(r"<[^>]*>", "", found)


def pages_around_it(had: Access) -> bool:
    return any(had.word in had.client.get(page).content.decode() for page in had.pages)


def a_form_to_answer(had: Access) -> bool:
    return had.client.get(f"/acts/{had.act.key}/comments/new/").status_code == 200


def an_answer(had: Access) -> bool:
    before = Act.objects.count()
    had.client.post(f"/acts/{had.act.key}/comments/", {"words": "Danke!"})
    return Act.objects.count() > before


def a_thank_you_for_it(had: Access) -> bool:
    return had.act.key in had.client.get("/thanks/new/", {"on": had.act.key}).content.decode()


def the_inbox(had: Access) -> bool:
    notice = Notice.objects.filter(receiver=had.reader).latest("pk")
    return notice.key in had.client.get("/inbox/").content.decode()


def a_notice_that_is_opened(had: Access) -> bool:
    notice = Notice.objects.filter(receiver=had.reader).latest("pk")
    return had.word in had.client.get(f"/inbox/{notice.key}/", follow=True).content.decode()


def a_mail_that_waits(had: Access) -> bool:
    """What would be handed over now; what is told in it was gathered while it was still theirs."""
    Notice.objects.filter(receiver=had.reader).update(read_at=None)  # what was read is mailed no more
    mail = Mail.objects.get(receiver=had.reader)
    message = letters.write(mail)
    return message is not None and leaks.holds(had.word, message.message().as_bytes())


def signing_in_again(had: Access) -> bool:
    return signed_in(had.reader).get("/me/").status_code == 200


ON_PAGES = [its_page, its_fragment, search, a_form_to_answer, an_answer, a_thank_you_for_it]
TOLD = [the_inbox, a_notice_that_is_opened]


def channels(had: Access) -> list[Callable[[Access], bool]]:
    """Those on which this reader has it."""
    found = [*ON_PAGES]
    if had.pages:
        found.append(pages_around_it)
        found.remove(a_form_to_answer), found.remove(an_answer)  # a thank-you to others is answered by nobody
    if had.told:
        found += [*([] if had.of_session else [a_mail_that_waits]), *TOLD]
    return found + ([signing_in_again] if had.closed else [])


def open_after(way: Callable[[Path], Access], tmp_path: Path) -> list[str]:
    """The channels on which it is still had; all are open before."""
    had = way(tmp_path)
    had.client = signed_in(had.reader)
    if had.told:
        letters.gather(had.reader.pk)
    asked = channels(had)
    assert [channel.__name__ for channel in asked if not channel(had)] == [], "the control: before, each is open"
    had.take_away()
    return [channel.__name__ for channel in asked if channel(had)]


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
@pytest.mark.slow
def test_what_is_taken_away_is_gone_on_every_channel(tmp_path, way):
    assert open_after(way, tmp_path) == []


@pytest.mark.slow
def test_open_streams_close_within_two_seconds_or_fall_silent(server, tmp_path):
    """All ways at once, and beside them somebody from whom nothing is taken."""
    ways = [way for way in WAYS if way not in (it_is_taken_back, what_it_answers_is_taken_back, its_import_is_hidden)]
    bystander = reader()
    with ExitStack() as stack:

        def listen(one: Person) -> Stream:
            key = signed_in(one).cookies[settings.SESSION_COOKIE_NAME].value
            return stack.enter_context(closing(Stream(server, key)))

        had = {way: way(tmp_path) for way in ways}
        streams, beside = {way: listen(one.reader) for way, one in had.items()}, listen(bystander)
        for way, one in had.items():
            acts.publish(one.act, "changed")
            assert streams[way].hears(one.act.key, "changed"), f"the control: {way.__name__} hears of it before"
        for one in had.values():
            one.take_away()
        began = time.monotonic()
        for way, one in had.items():
            if one.of_session or one.closed:
                assert streams[way].is_closed_within(2 - (time.monotonic() - began)), way.__name__
        staying = [way for way, one in had.items() if not (one.of_session or one.closed)]

        def all_have_heard() -> dict[Any, int]:
            """How much each stream that stays open has told, after something that all of them tell."""
            then = make.thank(make.person(), *(had[way].reader for way in staying))
            assert all(streams[way].hears(then.key) or streams[way].ended for way in staying)
            return {way: len(streams[way].acts) for way in staying}

        before = all_have_heard()
        for one in had.values():
            one.act.refresh_from_db()
            acts.publish(one.act, "changed")
        all_have_heard()
        for way in staying:
            assert ("changed", had[way].act.key) not in streams[way].acts[before[way] :], way.__name__
        assert not beside.is_closed_within(0.1), "the control: nothing was taken from them"


# --- controls -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("way", "stay"),
    [
        (leaves_the_group, {a_form_to_answer, an_answer, a_thank_you_for_it}),
        (it_leaves_the_wall, {its_page, its_fragment, a_thank_you_for_it}),
    ],
    ids=lambda one: getattr(one, "__name__", ""),
)
@pytest.mark.slow
def test_where_nobody_asks_who_looks_it_is_still_had(tmp_path, monkeypatch, way, stay):
    """Positive control: what may be seen is not asked again."""
    had = way(tmp_path)
    had.client = signed_in(had.reader)
    had.client.raise_request_exception = False
    had.take_away()
    assert not any(channel(had) for channel in stay)
    monkeypatch.setattr(ActQuerySet, "visible_to", lambda self, viewer: self)
    monkeypatch.setattr(queries, "VISIBLE", "(true or %(member)s or %(me)s = 0)")
    assert {channel for channel in stay if channel(had)} == stay


@pytest.mark.slow
def test_a_session_that_nobody_asks_about_stays_open(tmp_path, monkeypatch):
    """Positive control: a closed access that is not looked at, and a password that the session does not know of."""
    monkeypatch.setattr(Person, "get_session_auth_hash", lambda self: "always the same")
    assert "its_page" in open_after(their_password_changes_elsewhere, tmp_path)


@pytest.mark.slow
def test_a_mail_written_before_would_still_tell(tmp_path, monkeypatch):
    """Positive control: a mail that asks only once, when it is gathered."""
    monkeypatch.setattr(notices, "visible_to", lambda viewer: Notice.objects.filter(receiver=viewer))
    assert "a_mail_that_waits" in open_after(leaves_the_group, tmp_path)
