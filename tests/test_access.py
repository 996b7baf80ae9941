"""The access matrix. Its oracle is docs/roles.md; a rule or a route without its row there fails."""

from __future__ import annotations

import pytest

from potluck.acts import finding
from potluck.acts import queries as acts
from potluck.acts.models import Act
from potluck.core import rules
from potluck.groups.models import Group
from potluck.people.models import Person
from tests import roles, world

pytestmark = pytest.mark.django_db

YES = {"yes": True, "no": False}


@pytest.fixture
def house() -> world.World:
    return world.build()


# --- seeing ---------------------------------------------------------------------------------------------------------------


def seen_wrongly(house: world.World, sees) -> list[str]:
    """Cells of "Seeing an act" that ``sees(viewer, act)`` answers otherwise."""
    wrong = []
    for row in roles.table("Seeing an act"):
        act = house.acts[row["act"]]
        for actor, cell in row.items():
            if cell in YES and sees(house.actors[actor], act) is not YES[cell]:
                wrong.append(f"{row['act']}, {actor}: {cell} expected")
    return wrong


def by_query(viewer: Person, act: Act) -> bool:
    return Act.objects.visible_to(viewer).filter(pk=act.pk).exists()


def by_text(viewer: Person, act: Act) -> bool:
    """The same in SQL, as the hot pages ask."""
    return any(row.id == act.pk for row in acts.rows(viewer, [act.pk]))


def by_search(viewer: Person, act: Act) -> bool:
    """By a word of its own: every act of the world is found by whoever may see it, and by nobody else."""
    word = f"fundwort{act.key}"
    Act.objects.filter(pk=act.pk).update(html=f"<p>{word}</p>")
    return any(row.id == act.pk for row in finding.find(viewer, word).rows)


def by_feed(viewer: Person, act: Act) -> bool:
    return any(row.id == act.pk for row in acts.feed(viewer, limit=100))


@pytest.mark.parametrize("sees", [by_query, by_text, by_search])
def test_everybody_sees_the_acts_that_the_page_says(house, sees):
    assert seen_wrongly(house, sees) == []


def test_the_feed_shows_nothing_that_the_page_denies(house):
    assert [cell for cell in seen_wrongly(house, by_feed) if cell.endswith("no expected")] == []


def test_an_act_without_visibility_would_be_noticed(house):
    """Positive control: with the guard off, the matrix fails where it must."""
    wrong = seen_wrongly(house, lambda viewer, act: True)
    assert "in a closed group, administrator: no expected" in wrong
    assert "to named people, community-manager: no expected" in wrong
    assert "withdrawn, giver: no expected" in wrong


def test_every_state_of_an_act_has_a_row(house):
    assert {row["act"] for row in roles.table("Seeing an act")} == set(house.acts)


def test_everybody_sees_the_people_that_the_page_says(house):
    for row in roles.table("Seeing a person"):
        person = house.people[row["person"]]
        for actor, cell in row.items():
            if cell in YES:
                seen = Person.objects.visible_to(house.actors[actor]).filter(pk=person.pk).exists()
                assert seen is YES[cell], (row["person"], actor)


def test_everybody_sees_the_groups_that_the_page_says(house):
    for row in roles.table("Seeing a group"):
        name, _, what = row["group"].partition(", ")
        group = house.groups[name.partition(" (")[0]]
        readable = Group.objects.readable_by if "acts" in what else Group.objects.visible_to
        for actor, cell in row.items():
            if cell in YES:
                assert readable(house.actors[actor]).filter(pk=group.pk).exists() is YES[cell], (row["group"], actor)


def test_a_stranger_and_a_closed_account_see_nothing(house):
    for nobody in (None, house.people["whose access is closed"]):
        assert not Act.objects.visible_to(nobody).exists()
        assert not Person.objects.visible_to(nobody).exists()
        assert not Group.objects.visible_to(nobody).exists()


# --- doing ----------------------------------------------------------------------------------------------------------------


def allowed_on(house: world.World, actor: Person) -> dict[str, tuple]:
    """For each rule something on which it is allowed if the actor's role allows it at all."""
    other = house.people["who is here"]
    world_act = house.acts["to everyone"]
    from potluck.groups import verbs as groups
    from tests import make

    own = make.group(make.person(), name="Eine dritte Runde")
    groups.seat(own, actor)
    free = make.group(make.person(), name="Noch eine Runde")
    shut = make.group(make.person(), name="Noch eine geschlossene", closed=True)
    hosted = make.group(make.person(), name="Zu Gast bei mir")
    groups.seat(hosted, actor, as_host=True)
    [left] = groups.open_many([groups.PastGroup(name="Eine verlassene Runde")])
    mine = make.post(actor, "Von mir.", group=own)
    asked = make.question(actor, "Weiß das jemand?", group=own)
    helping = make.comment(other, asked)
    received = make.thank(other, actor).thanks
    given = make.thank(actor, other).thanks
    return {
        "acts.withdraw": (mine,),
        "groups.ask": (shut,),
        "groups.ask-for-host": (house.groups["closed without a host"],),
        "groups.host": (hosted,),
        "groups.join": (free,),
        "groups.leave": (own,),
        "groups.look-after": (left,),
        "groups.open": (),
        "groups.write": (own,),
        "house.keep": (),
        "imports.bring": (),
        "imports.withdraw": (),
        "people.deactivate": (other,),
        "people.invite": (),
        "people.keep": (other,),
        "posts.give": (None,),
        "profile.change": (actor,),
        "talk.answer": (world_act,),
        "talk.helped": (helping,),
        "talk.react": (world_act,),
        "thanks.answer": (received,),
        "thanks.give": ([other],),
        "thanks.offer": (given,),
        "welcome.ask": (world_act, other),
        "welcome.ask-to-greet": (mine.by, other),
        "welcome.greet": (other,),
    }


def test_everybody_may_do_what_the_page_says(house):
    rows = roles.table("Doing")
    for actor_name in ("member", "guest", "leader", "works-council", "community-manager", "administrator"):
        actor = house.actors[actor_name]
        on = allowed_on(house, actor)
        for row in rows:
            assert rules.may(actor, row["rule"], *on[row["rule"]]) is YES[row[actor_name]], (row["rule"], actor_name)


def test_nobody_may_do_what_only_others_may(house):
    """The column "and only": the same rules on things where nobody of any role may."""
    actor = house.actors["member"]
    giver, closed, act = house.actors["giver"], house.groups["closed"], house.acts["to everyone"]
    comment, thanks = house.acts["comment to everyone"], house.acts["on the wall"].thanks
    last = world.make.group(actor, giver, name="Mit nur einer, die einlädt")
    refused = {
        "acts.withdraw": (act,),
        "groups.ask": (house.groups["open"],),
        "groups.ask-for-host": (house.groups["closed without a host"],),
        "groups.host": (closed,),
        "groups.join": (closed,),
        "groups.leave": (last,),
        "groups.look-after": (house.groups["closed without a host"],),
        "groups.write": (closed,),
        "people.deactivate": (actor,),
        "posts.give": (closed,),
        "profile.change": (giver,),
        "talk.helped": (comment,),
        "talk.react": (house.acts["on the wall"],),
        "thanks.answer": (thanks,),
        "thanks.give": ([actor],),
        "thanks.offer": (thanks,),
        "welcome.ask": (act, giver),
        "welcome.ask-to-greet": (giver, giver),
        "welcome.greet": (actor,),
    }
    for name, on in refused.items():
        assert rules.may(actor, name, *on) is False, name
    assert (
        rules.may(house.actors["community-manager"], "welcome.ask", house.acts["in a closed group"], house.actors["member"])
        is False
    ), "who cannot see it cannot be asked"
    for looked_after in (closed, house.groups["open"]):
        assert rules.may(house.actors["community-manager"], "groups.ask-for-host", looked_after) is False
        assert rules.may(giver, "groups.look-after", looked_after) is False


def test_every_rule_has_a_row_and_every_row_a_rule():
    assert [row["rule"] for row in roles.table("Doing")] == rules.names()


def test_a_closed_account_may_do_nothing(house):
    gone = house.people["whose access is closed"]
    for name in rules.names():
        assert rules.may(gone, name) is False
