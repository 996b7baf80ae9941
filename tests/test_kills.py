"""What was acknowledged is there once, and no mail comes twice, whichever process is killed in the middle of what
(``bench/kills.py``). One house for the battery and its controls, which must lose and must double."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from bench.kills import answers_too_early, battery, careless, counted, wrong
from bench.ledger import compare_mails

pytestmark = pytest.mark.slow
SEED = int(os.environ.get("KILLS_SEED", "7"))
LOG = Path(os.environ["KILLS_LOG"]) if "KILLS_LOG" in os.environ else None


def test_of_what_was_acknowledged_nothing_is_lost_and_nothing_doubled_whatever_is_killed():
    with battery(SEED, LOG) as one:
        figures = one.run("few", one.plan(7), seconds=300, settle=20)
        print(json.dumps(counted(figures)))
        assert wrong(figures) == {}
        assert len(figures["killed"]) == 7 and figures["acknowledged"] > 20 and figures["mails"]
        assert figures["moments"]["write"] and figures["moments"]["import"] and figures["import_messages"]

        taken = one.house.sink.taken
        assert compare_mails([*taken, taken[0]], {}, one.house.url)["mails_twice"], "a mail that comes twice is seen"
        assert compare_mails([], {}, one.house.url)["mails_missing"], "and one that does not come"
        assert careless(one, 2.5)["doubled"], "forms whose key changes are written twice, and that is seen"
        assert answers_too_early(one)["lost"], "what PostgreSQL had not written is gone, and that is seen"


@pytest.mark.nightly
def test_two_hundred_kills():
    with battery(SEED, LOG) as one:
        figures = one.run("many", one.plan(200), seconds=1_500, settle=130)
        print(json.dumps(counted(figures)))
        assert wrong(figures) == {}
        assert figures["kills"] == 200 and not figures["mails_waiting"]
        assert figures["moments"]["write"] > 50 and figures["moments"]["mail"] > 10 and figures["moments"]["import"] > 20
        assert careless(one)["doubled"]
        assert answers_too_early(one, 3)["lost"]
