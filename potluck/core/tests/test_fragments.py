from types import SimpleNamespace

import pytest

from potluck.core import fragments


def row(**changes):
    return SimpleNamespace(**{"html": "<p>Kuchen</p>", "when": "heute um 9:12", "by": ("Ilse", "IB"), "stirred": 1} | changes)


def keys(*rows):
    fragments.recall(rows)
    return [one.dish_key for one in rows]


def test_a_row_with_the_same_facts_is_the_same_dish():
    one, same = keys(row(), row())
    assert one == same and hash(one) == hash(same)


def test_any_changed_fact_is_another_dish():
    rows = [
        row(),
        row(html="<p>Kekse</p>"),
        row(when="gestern um 9:12"),
        row(by=("Jonas", "JF")),
        row(stirred=2),
        row(reason=("Weil Ilse neu ist.", "map-pin")),
    ]
    assert len(set(keys(*rows))) == len(rows)


def test_what_can_change_unseen_is_no_fact_of_a_row():
    with pytest.raises(TypeError):
        fragments.recall([row(reactions=["glad"])])
