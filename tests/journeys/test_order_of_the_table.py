"""The table leaves room for newcomers, and strictly by time is one click away."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from potluck.core import clock
from tests import make


@pytest.mark.row("I3")
def test_strictly_by_time_is_one_click_away_and_stays_chosen(comes_in, house):
    with clock.at(clock.now() - timedelta(days=90)):
        reader, talker = make.person("Mira Sand"), make.person("Viel Redner")
    newcomer = make.person("Nele Neu")
    first = make.post(newcomer, "Guten Tag, ich bin neu.")
    posts = [make.post(talker, f"Noch etwas, zum {n}. Mal.") for n in range(4)]
    by_time = [f"act-{act.key}" for act in [*reversed(posts), first]]

    mira = comes_in(reader)
    order = mira.page.locator("#feed > article")
    expect(order).to_have_count(5)
    assert order.evaluate_all("all => all.map(one => one.id)") != by_time, "a newcomer has room further up"
    expect(order.locator(".reason")).to_have_count(1)
    make.comment(talker, first, "Willkommen!")  # the card renews itself and goes on saying why it is here
    expect(order.filter(has_text="ich bin neu").get_by_role("link", name=mira.say("Read the talk"))).to_be_visible()
    expect(order.locator(".reason")).to_have_count(1)

    mira.presses("Strictly by time")
    mira.reads("Strictly by time.")
    assert order.evaluate_all("all => all.map(one => one.id)") == by_time
    mira.goes("/groups/").goes("/").reads("Strictly by time.")
    assert order.evaluate_all("all => all.map(one => one.id)") == by_time
    mira.presses("Leave room for newcomers and questions")
    mira.reads("Newest first, with room for newcomers and questions.")
