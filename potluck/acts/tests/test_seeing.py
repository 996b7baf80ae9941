"""``Act.visible_to`` and its twin in SQL see the same; what is for some stays with them."""

import pytest

from potluck.acts import queries, verbs
from potluck.acts.models import Act
from potluck.groups import verbs as groups
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def house():
    giver, named, member, host = make.person(), make.person(), make.person(), make.person()
    guest, outsider = make.guest(), make.person()
    open_group, closed = make.group(host, giver, member), make.group(host, giver, member, closed=True)
    for group in (open_group, closed):
        groups.seat(group, guest)
    acts = {
        "everyone": make.post(giver),
        "open": make.post(giver, group=open_group),
        "closed": make.post(giver, group=closed),
        "named": make.thank(giver, named),
        "wall": make.thank_on_wall(giver, named),
        "greeting": make.greet(giver, guest),
        "withdrawn": make.post(giver),
    }
    acts["below withdrawn"] = make.comment(member, acts["withdrawn"])
    acts["comment"] = make.comment(member, acts["closed"])
    acts["private comment"] = make.comment(named, acts["named"])
    verbs.withdraw(giver, acts["withdrawn"])
    people = {
        "giver": giver,
        "named": named,
        "member": member,
        "guest": guest,
        "outsider": outsider,
        "administrator": make.administrator(),
        "manager": make.manager(),
    }
    return acts, people


def test_the_sql_sees_what_visible_to_sees(house):
    acts, people = house
    for name, viewer in people.items():
        by_rule = set(Act.objects.visible_to(viewer).values_list("key", flat=True))
        by_sql = {row.key for row in queries.rows(viewer, [act.pk for act in Act.objects.all()])}
        assert by_sql == by_rule, name
        assert by_sql, f"{name} sees something at all"


@pytest.mark.parametrize(
    ("viewer", "sees"),
    [
        ("giver", {"everyone", "open", "closed", "named", "wall", "greeting", "comment", "private comment"}),
        ("named", {"everyone", "open", "named", "wall", "greeting", "private comment"}),
        ("guest", {"open", "closed", "greeting", "comment"}),
        ("outsider", {"everyone", "open", "wall", "greeting"}),
        ("administrator", {"everyone", "open", "wall", "greeting"}),
        ("manager", {"everyone", "open", "wall", "greeting"}),
    ],
)
def test_each_sees_what_is_for_them_and_nothing_else(house, client, viewer, sees):
    acts, people = house
    client.force_login(people[viewer])
    answered = {name for name, act in acts.items() if client.get(f"/acts/{act.key}/").status_code != 404}
    assert answered == sees


def test_the_feed_holds_ones_own_groups_and_never_a_strangers(house):
    acts, people = house
    fed = {name: {row.key for row in queries.feed(viewer)} for name, viewer in people.items()}
    assert acts["closed"].key in fed["member"]
    assert acts["closed"].key not in fed["outsider"]
    assert acts["open"].key not in fed["outsider"], "an open group is read there; the table holds one's own groups"
    assert acts["named"].key in fed["named"] and acts["named"].key not in fed["member"]
    assert acts["withdrawn"].key not in fed["giver"]
    assert fed["guest"] == {acts[name].key for name in ("open", "closed", "greeting")}


def test_older_pages_follow_one_another_without_gap_or_double():
    viewer, host = make.person(), make.person()
    group = make.group(host, viewer)
    for n in range(25):
        make.post(host, f"Wort {n}.", group=group if n % 2 else None)
    seen, before = [], None
    while True:
        rows = queries.feed(viewer, before, 7)
        if not rows:
            break
        seen += [row.html.strip() for row in rows]
        before = (rows[-1].at, rows[-1].id)
    assert seen == [f"<p>Wort {n}.</p>" for n in reversed(range(25))]
