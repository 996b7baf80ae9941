"""Two houses that differ in one private thing are the same to everybody outside it: counts, order, suggestions, lengths."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import time

import pytest
from django.db import transaction

from potluck.acts import verbs as acts
from potluck.acts.models import Act
from potluck.core import clock, fragments
from potluck.core.declared import Readers
from potluck.groups import verbs as groups
from potluck.notices import verbs as notices
from potluck.people import verbs as people
from potluck.talk import verbs as talking
from potluck.thanks import verbs as thanks
from potluck.welcome import verbs as welcome
from tests import crawl, make, private, world

pytestmark = pytest.mark.django_db

#: Beside every page of the house: what somebody may ask of one.
ASKED = ["/people/?q=Geber", "/thanks/people/?q=Ge", "/search/?q=Nur+uns", "/nothing/"]
OUTSIDE = ("member", "guest", "leader", "works-council", "community-manager", "administrator", "former member")

Changes = Mapping[str, Callable[[world.World], object]]

CHANGING = re.compile(rb'(csrfmiddlewaretoken" value="|X-CSRFToken": ?"|once" value=")[^"]*|since=\d+')



def talk_in_a_closed_group(house: world.World) -> None:
    insider, giver, group = house.actors["insider"], house.actors["giver"], house.groups["closed"]
    asked = make.question(insider, "Hilft mir wer, @greta-geber?", title="Nur hier", group=group)
    answer = make.comment(giver, asked, "Ja.")
    talking.react(insider, answer, "glad")
    talking.say_it_helped(insider, answer)
    talking.comment(giver, make.comment(insider, answer, "Danke."), "Gern.")


def thanks_that_are_offered(house: world.World) -> None:
    """One of three has agreed, one wants it private, one is silent."""
    thanked = [house.actors["named"], house.actors["insider"], house.actors["host"]]
    act = make.thank(house.actors["giver"], *thanked, what_changed="Alles.", offer_to_wall=True)
    thanks.agree(thanked[0], act.thanks)
    thanks.keep_private(thanked[1], act.thanks)


def a_request_refused(house: world.World) -> None:
    request = groups.ask_to_join(house.actors["named"], house.groups["closed"], "Darf ich?")
    groups.answer_request(house.actors["host"], request, yes=False)


def a_request_granted(house: world.World) -> None:
    request = groups.ask_to_join(house.people["who is here"], house.groups["closed"], "Darf ich?")
    groups.answer_request(house.actors["host"], request, yes=True)


def a_group_that_is_not_listed(house: world.World) -> None:
    giver = house.actors["giver"].pk
    past = groups.PastGroup("Stiller Kanal", "Worum es ging.", closed=True, opened_by=giver, archived_at=clock.now())
    [group] = groups.open_many([past])
    groups.seat_many([groups.PastSeat(group.pk, giver)])


def where_somebody_is_signed_in(house: world.World) -> None:
    link = people.make_sign_in_link(house.actors["giver"])
    crawl.signed_in(None, HTTP_USER_AGENT="Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0").post(link)


def how_somebody_likes_it(house: world.World) -> None:
    giver = house.actors["giver"]
    people.change_profile(giver, language="en", timezone="Asia/Tokyo", day_starts=time(5), day_ends=time(11))
    people.change_profile(giver, single_keys=not giver.single_keys, feed_order="newest")
    notices.choose_mail(giver, "off")
    thanks.say_always(giver)


#: What may happen without anybody outside being able to tell; each is done by people who are not of ``OUTSIDE``.
PRIVATE: Changes = {
    "a post in a closed group": lambda house: make.post(house.actors["giver"], "Nur für uns.", group=house.groups["closed"]),
    "a talk in a closed group": talk_in_a_closed_group,
    "an answer in a closed group": lambda house: make.comment(house.actors["insider"], house.acts["in a closed group"]),
    "a group that is not listed": a_group_that_is_not_listed,
    "a request to join that is refused": a_request_refused,
    "a request to join that is granted": a_request_granted,
    "somebody is asked to answer": lambda house: welcome.ask_somebody(
        house.actors["community-manager"], house.acts["in an open group"], house.actors["insider"], "Weißt du das?"
    ),
    "a private thank-you": lambda house: make.thank(house.actors["giver"], house.actors["named"], what_changed="Viel."),
    "a thank-you that waits for the wall": thanks_that_are_offered,
    "an answer to a private thank-you": lambda house: make.comment(house.actors["named"], house.acts["to named people"]),
    "something taken back": lambda house: acts.withdraw(house.actors["giver"], make.post(house.actors["giver"], "Weg.")),
    "what somebody has read": lambda house: notices.read_all(house.actors["giver"]),
    "how somebody likes it": how_somebody_likes_it,
    "where somebody is signed in": where_somebody_is_signed_in,
}
#: Readers who are not everybody: a field of theirs is another in the second world of some change above.
FEW = (Readers.OWNER, Readers.REACH, Readers.GROUP, Readers.HOSTS, Readers.GIVER_AND_RECEIVERS)
#: Fields of theirs that no change above can make another, each with its reason.
NOT_CHANGED = {
    "acts.Act.edited_at": "history alone has it: potluck/exchange/tests",
    "groups.GroupNews": "whoever sees the name of a closed group sees whether somebody looks after it",
    "thanks.Thanks.hung_at": "what hangs on the wall is everybody's",
}


def seen(house: world.World, clients: dict) -> dict[tuple[str, str], tuple[int, bytes, str]]:
    """{(who, where): answer} of everybody outside, without what changes at every look."""
    fragments._dishes.clear()  # a change that is undone leaves its count, and what was drawn then
    found = {}
    for who, client in clients.items():
        for path in [*private.pages(house), *ASKED]:
            answer = client.get(path)
            body = CHANGING.sub(rb"\1", answer.content)
            found[who, path] = (answer.status_code, body, answer.get("Location", ""))
    return found


def differing(house: world.World, changes: Changes) -> list[str]:
    """Who outside can tell that these things happened, and where; if anybody can, then also by which of them."""
    clients = {who: crawl.signed_in(house.actors[who]) for who in OUTSIDE}
    seen(house, clients)  # what the first look reads is read
    before = seen(house, clients)

    def told(some: Iterable[Callable]) -> list[str]:
        with transaction.atomic():
            for change in some:
                change(house)
            after = seen(house, clients)
            transaction.set_rollback(True)
        return [f"{who} at {path}" for (who, path), answer in before.items() if answer != after[who, path]]

    together = told(changes.values())
    if not together or len(changes) == 1:
        return together
    return [f"{name}: {line}" for name, change in changes.items() for line in told([change])] or together


@pytest.mark.slow
def test_nobody_outside_can_tell_whether_it_is_there():
    """All of it happens at once; nightly one after the other."""
    assert differing(world.build(), PRIVATE) == []


@pytest.mark.nightly
@pytest.mark.parametrize("name", PRIVATE)
def test_nobody_outside_can_tell_one_thing(name):
    assert differing(world.build(), {name: PRIVATE[name]}) == []


def test_every_page_is_among_those_that_are_compared():
    pages = private.pages(world.build())
    missing = private.not_among(pages)
    assert not missing, f"neither compared nor in NOT_READ (tests/private.py): {', '.join(missing)}"
    assert set(private.NOT_READ) <= private.to_read()


def test_a_page_that_is_missing_would_be_noticed():
    """Positive control: one taken away."""
    pages = private.pages(world.build())
    assert private.not_among(path for path in pages if path != "/waiting/") == ["pages:waiting"]


NOTHING = (None, "", [], {})


def facts() -> dict[str, list[str]]:
    """{field: what is kept in it, but nothing} of every field that only few may read."""
    return {
        name: sorted(str(value) for value in field.model.objects.values_list(field.attname, flat=True) if value not in NOTHING)
        for name, field in private.fields(*FEW).items()
        if not field.many_to_many
    }


def changed(changes: Changes) -> set[str]:
    """Fields that only few may read and that are another after one of these changes."""
    house = world.build()
    before, found = facts(), set()
    for change in changes.values():
        with transaction.atomic():
            change(house)
            found |= {name for name, kept in facts().items() if kept != before[name]}
            transaction.set_rollback(True)
    return found


def test_every_field_that_few_may_read_is_another_in_some_second_world():
    """A new private field needs a change in ``PRIVATE`` that fills it, or its reason in ``NOT_CHANGED``."""
    found = changed(PRIVATE)
    missing = private.without(set(facts()) - found, NOT_CHANGED)
    assert not missing, f"nothing in PRIVATE changes {', '.join(missing)}"
    assert set(NOT_CHANGED) & found == set(), "these are changed: they need no reason"


def test_a_field_that_no_change_fills_would_be_noticed():
    """Positive control: one change taken away."""
    found = changed({name: change for name, change in PRIVATE.items() if name != "what somebody has read"})
    assert "notices.Notice.read_at" in private.without(set(facts()) - found, NOT_CHANGED)


@pytest.mark.slow
def test_a_count_that_tells_is_found(monkeypatch):
    """Positive control: a page that says how many things there are."""
    from potluck.core import answers

    render = answers.render

    def counting(*args, **more):
        answer = render(*args, **more)
        answer.content += str(Act.objects.count()).encode()
        return answer

    monkeypatch.setattr(answers, "render", counting)
    monkeypatch.setattr(private, "pages", lambda house: ["/", "/inbox/", "/me/", "/groups/"])
    assert len(differing(world.build(), {"a thank-you": PRIVATE["a private thank-you"]})) > 40
