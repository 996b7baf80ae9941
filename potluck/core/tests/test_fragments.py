from types import SimpleNamespace

from potluck.core.fragments import _Row


def row(**changes):
    return SimpleNamespace(
        **{"html": "<p>Kuchen</p>", "when": "heute um 9:12", "by": ("Ilse", "IB"), "reactions": None} | changes
    )


def test_a_row_with_the_same_facts_is_the_same_row():
    assert _Row(row()) == _Row(row())
    assert hash(_Row(row())) == hash(_Row(row()))


def test_any_changed_fact_makes_another_row():
    reacted = SimpleNamespace(mine={"glad"}, words={"glad": ["Ilse"]})
    others = SimpleNamespace(mine=set(), words={"glad": ["Ilse"]})
    rows = [
        row(),
        row(html="<p>Kekse</p>"),
        row(when="gestern um 9:12"),
        row(by=("Jonas", "JF")),
        row(reactions=reacted),
        row(reactions=others),
        row(reactions=SimpleNamespace(mine=set(), words={"glad": ["Ilse", "Jonas"]})),
    ]
    assert len({_Row(one) for one in rows}) == len(rows)
