"""One small house in which every kind of person and every state of a thing exists: the ground of matrix and canaries.

Actors by the names of docs/roles.md, acts by its rows. Made with verbs alone.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from potluck.acts import verbs as acts
from potluck.acts.models import Act
from potluck.groups import verbs as groups
from potluck.groups.models import Group, JoinRequest
from potluck.people import verbs as people
from potluck.people.models import House, Person
from potluck.welcome import verbs as welcome
from tests import make


@dataclass
class World:
    actors: dict[str, Person] = field(default_factory=dict)
    acts: dict[str, Act] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    request: JoinRequest | None = None


def build() -> World:
    """The whole world, in the database of the test."""
    world = World()
    house = people.the_house()
    who = {
        "giver": make.person("Greta Geber"),
        "named": make.person("Nele Nennung"),
        "insider": make.person("Ines Innen"),
        "host": make.person("Hanno Herd"),
        "member": make.person("Milan Mittel"),
        "guest": make.guest(name="Gustav Gast"),
        "leader": make.leader(name="Lena Leitung"),
        "works-council": make.council(name="Rosa Rat"),
        "community-manager": make.manager(name="Cleo Kümmer"),
        "administrator": make.administrator(name="Adele Admin"),
        "former member": make.person("Fabian Früher"),
    }
    world.actors = who
    House.objects.filter(pk=house.pk).update(
        name="Probehaus",
        opened_at=house.opened_at or who["host"].arrived_at,
        opened_by=who["administrator"],
        turn_to=who["community-manager"],
    )
    opened = make.group(who["host"], who["giver"], who["named"], who["guest"], name="Offene Runde")
    closed = make.group(who["host"], who["giver"], who["insider"], who["former member"], name="Geschlossene Runde", closed=True)
    world.groups = {"open": opened, "closed": closed}
    unlisted = make.group(make.person("Ulla Unlist"), name="Alter Kanal", closed=True)
    Group.objects.filter(pk=unlisted.pk).update(is_listed=False)
    world.groups["closed and not listed"] = unlisted
    gone_host = make.person("Hedda Herdlos")
    world.groups["closed without a host"] = make.group(gone_host, who["insider"], name="Verlassene Runde", closed=True)
    people.deactivate(who["administrator"], gone_host)

    giver, named = who["giver"], who["named"]
    everyone = make.question(giver, "Wie tauscht man den Dimmer?")
    private = make.thank(giver, named, words="Du hast mir den Trick gezeigt.")
    in_closed = make.post(giver, "Nur für uns.", group=closed)
    wall = make.thank_on_wall(giver, named)
    gone = make.post(giver, "Das nehme ich zurück.")
    acts.withdraw(giver, gone)
    old = make.post(giver, "Aus dem Archiv.")
    Act.objects.filter(pk=old.pk).update(is_imported=True)
    world.acts = {
        "to everyone": everyone,
        "in an open group": make.post(giver, "In der offenen Runde.", group=opened),
        "in a closed group": in_closed,
        "to named people": private,
        "on the wall": wall,
        "withdrawn": gone,
        "comment to everyone": make.comment(giver, everyone, "Ich habe noch etwas vergessen."),
        "comment in a closed group": make.comment(giver, in_closed, "Unter uns."),
        "comment to named people": make.comment(giver, private, "Wirklich."),
        "history": old,
    }
    # Was there, was answered there, and went: what was said in the closed group is not theirs any more.
    asked = make.question(who["former member"], "Wer sitzt hier?", group=closed)
    make.comment(who["insider"], asked, "Wir.")
    groups.leave(who["former member"], closed)
    make.greet(giver, who["insider"])
    welcome.ask_somebody(who["community-manager"], everyone, who["leader"])
    world.request = groups.ask_to_join(who["member"], closed, "Darf ich dazu?")

    left = make.person("Fritz Fort")
    people.deactivate(who["administrator"], left)
    world.people = {
        "who is here": make.person("Hier Da"),
        "who sits in the same group": who["host"],
        "a community manager, or the person to turn to": who["community-manager"],
        "who is awaited (a placeholder)": make.placeholder("Paul Platz"),
        "whose access is closed": left,
    }
    return world
