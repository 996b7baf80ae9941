"""Two houses that differ in one private thing are the same to everybody outside it: counts, order, suggestions, lengths."""

from __future__ import annotations

import re

import pytest
from django.db import transaction

from potluck.acts import verbs as acts
from potluck.acts.models import Act
from tests import crawl, make, world

pytestmark = pytest.mark.django_db

PAGES = ["/", "/inbox/", "/groups/", "/thanks/", "/people/", "/people/?q=Geber", "/thanks/people/?q=Ge", "/questions/",
         "/waiting/", "/welcome/",
         "/me/", "/me/thanks/", "/me/log/", "/turn-to/", "/posts/new/", "/desk/", "/house/", "/nothing/"]  # fmt: skip
OUTSIDE = ("member", "guest", "leader", "works-council", "community-manager", "administrator", "former member")

CHANGING = re.compile(rb'(csrfmiddlewaretoken" value="|X-CSRFToken": ?"|once" value=")[^"]*|since=\d+')

PRIVATE = {
    "a post in a closed group": lambda house: make.post(house.actors["giver"], "Nur für uns.", group=house.groups["closed"]),
    "a question in a closed group": lambda house: make.question(house.actors["insider"], group=house.groups["closed"]),
    "an answer in a closed group": lambda house: make.comment(house.actors["insider"], house.acts["in a closed group"]),
    "a private thank-you": lambda house: make.thank(house.actors["giver"], house.actors["named"]),
    "an answer to a private thank-you": lambda house: make.comment(house.actors["named"], house.acts["to named people"]),
    "something taken back": lambda house: acts.withdraw(house.actors["giver"], make.post(house.actors["giver"], "Weg.")),
}


def seen(house: world.World, clients: dict) -> dict[tuple[str, str], tuple[int, bytes, str]]:
    """{(who, where): answer} of everybody outside, without what changes at every look."""
    some = [f"/people/{house.actors['giver'].handle}/", f"/people/{house.actors['named'].handle}/wall/"]
    some += [f"/groups/{group.key}/" for group in house.groups.values()]
    some += [f"/acts/{act.key}/" for state, act in house.acts.items() if state not in ("withdrawn",)]
    found = {}
    for who, client in clients.items():
        for path in [*PAGES, *some]:
            answer = client.get(path)
            body = CHANGING.sub(rb"\1", answer.content)
            found[who, path] = (answer.status_code, body, answer.get("Location", ""))
    return found


def differing(house: world.World, change) -> list[str]:
    clients = {who: crawl.signed_in(house.actors[who]) for who in OUTSIDE}
    seen(house, clients)  # what the first look reads is read
    before = seen(house, clients)
    with transaction.atomic():
        change(house)
        after = seen(house, clients)
        transaction.set_rollback(True)
    return [f"{who} at {path}" for (who, path), answer in before.items() if answer != after[who, path]]


@pytest.mark.parametrize("change", PRIVATE.values(), ids=list(PRIVATE))
@pytest.mark.slow
def test_nobody_outside_can_tell_whether_it_is_there(change):
    assert differing(world.build(), change) == []


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
    assert len(differing(world.build(), PRIVATE["a private thank-you"])) > 50
