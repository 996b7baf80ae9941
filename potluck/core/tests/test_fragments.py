from types import SimpleNamespace

import pytest

from potluck.core import fragments


def row(**changes):
    facts = {"id": 1, "stirred": 1, "when": "heute um 9:12", "is_mine": False, "reason": None}
    return SimpleNamespace(**facts | changes)


def keys(*rows):
    fragments.recall(rows)
    return [one.dish_key for one in rows]


def test_the_same_act_in_the_same_state_is_the_same_dish():
    one, same = keys(row(), row())
    assert one == same and hash(one) == hash(same)


@pytest.mark.parametrize(
    "change",
    [{"id": 2}, {"stirred": 2}, {"when": "gestern um 9:12"}, {"is_mine": True}, {"reason": ("Weil Ilse neu ist.", "map-pin")}],
)
def test_whatever_differs_is_another_dish(change):
    one, other = keys(row(), row(**change))
    assert one != other
