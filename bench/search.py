"""Weighs search at the size of ``radio-users`` (11,385 acts by 983 people); prints one JSON line.

    .venv/bin/python -m bench.search [--members 983] [--groups 6] [--acts 11385] [--times 60] [--seed 1]

It makes a house of its own (``bench/house.py``), fills it (``bench/fill.py``) and adds to each act what real words have and
that filling has not: a long tail (30,000 invented words, the n-th 1/n as frequent as the first). Each figure is p50 and p95
in milliseconds of the search itself, asked as random members: a common word, a rare one, a rare one with a typing error,
one that nobody wrote, one narrowed to a person, names of people and groups; and of the whole page. Bounded; 127.0.0.1 only.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections.abc import Callable
from typing import Any

from bench.house import house, machine, say

SYLLABLES = """ba bel bir bo dak del dor fa fel fin gar gel gol ha hel hor ka kel kir lam len lor ma mel mir na nel nor pa pel
pir ra rel ros sa sel sor ta tel tor wa wel wir zan zel zor""".split()  # noqa: SIM905
TAIL = 30_000


def tail(rng: random.Random) -> list[str]:
    words: dict[str, None] = {}
    while len(words) < TAIL:
        words["".join(rng.choices(SYLLABLES, k=rng.randint(2, 5)))] = None
    return list(words)


def lengthen(url: str, rng: random.Random) -> tuple[list[str], list[str]]:
    """Gives every act forty words of the tail; returns the most frequent ones and such as stand in one act alone."""
    import psycopg

    words = tail(rng)
    weights = [1 / (n + 1) for n in range(TAIL)]
    often: dict[str, int] = {}
    with psycopg.connect(url) as connection:
        ids = [row[0] for row in connection.execute("select id from acts_act order by id").fetchall()]
        connection.execute("create temporary table more (id bigint primary key, words text)")
        with connection.cursor() as cursor, cursor.copy("copy more from stdin") as out:
            for pk in ids:
                chosen = rng.choices(words, weights, k=40)
                for word in set(chosen):
                    often[word] = often.get(word, 0) + 1
                out.write_row((pk, " ".join(chosen)))
        connection.execute("update acts_act a set html = html || '<p>' || m.words || '</p>' from more m where m.id = a.id")
        connection.commit()
        connection.autocommit = True
        connection.execute("vacuum full analyze acts_act")
    by_count = sorted(often, key=lambda word: -often[word])
    return by_count[:20], [word for word in by_count if often[word] == 1 and len(word) > 6][:400]


def wrong(rng: random.Random, word: str) -> str:
    """The word with two neighbouring letters swapped."""
    n = rng.randrange(1, len(word) - 2)
    return word[:n] + word[n + 1] + word[n] + word[n + 2 :] if word[n] != word[n + 1] else word[:n] + word[n + 1 :]


def weigh(times: int, one: Callable[[], Any]) -> list[float]:
    """[p50, p95] of ``one`` in milliseconds."""
    for _n in range(6):  # prepared statements are
        one()
    took = []
    for _n in range(times):
        began = time.perf_counter()
        one()
        took.append((time.perf_counter() - began) * 1000)
    took.sort()
    return [round(took[len(took) // 2], 2), round(took[len(took) * 95 // 100], 2)]


def main() -> int:
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--members", type=int, default=983)
    ask.add_argument("--groups", type=int, default=6)
    ask.add_argument("--acts", type=int, default=11_385)
    ask.add_argument("--times", type=int, default=60)
    ask.add_argument("--seed", type=int, default=1)
    options = ask.parse_args()
    with house() as (url, _data, _cluster):
        from bench.fill import fill

        rng = random.Random(options.seed)
        made = fill(url, options.members, options.groups, options.acts, options.seed)
        common, rare = lengthen(url, rng)
        figures = search(options, rng, common, rare)
        size = {"members": options.members, "groups": options.groups, "acts": made["acts"], "seed": options.seed}
        say(what="search", **size, **figures, **machine())
    return 0


def search(options: argparse.Namespace, rng: random.Random, common: list[str], rare: list[str]) -> dict[str, Any]:
    from django.test import Client

    from potluck.acts import finding
    from potluck.groups import queries as groups
    from potluck.people import queries as people
    from potluck.people.models import Person

    viewers = list(Person.objects.filter(pk__in=rng.sample(range(1, options.members + 1), 40)))
    clients = []
    for viewer in viewers[:10]:
        client = Client(HTTP_HOST="localhost", HTTP_ACCEPT_LANGUAGE="de")
        client.force_login(viewer)
        clients.append(client)

    def find(word: str, **narrowed: Any) -> Any:
        return finding.find(rng.choice(viewers), word, finding.Narrowed(**narrowed) if narrowed else None)

    def page(word: str) -> None:
        assert rng.choice(clients).get("/search/", {"q": word}).status_code == 200

    number = lambda: rng.randint(1, options.members)  # noqa: E731
    asked: dict[str, Callable[[], Any]] = {
        "common_word": lambda: find(rng.choice(common)),
        "two_common_words": lambda: find(" ".join(rng.sample(common, 2))),
        "rare_word": lambda: find(rng.choice(rare)),
        "typing_error": lambda: find(wrong(rng, rng.choice(rare))),
        "word_of_nobody": lambda: find(f"qwx{number()}qyz"),
        "of_a_person": lambda: find(rng.choice(common), by=[number()]),
        "name_of_a_person": lambda: people.named_like(rng.choice(viewers), f"Vorname{number()}"),
        "name_of_a_group": lambda: groups.named_like(rng.choice(viewers), f"Gruppe {rng.randint(1, options.groups)}"),
        "page_common_word": lambda: page(rng.choice(common)),
        "page_rare_word": lambda: page(rng.choice(rare)),
        "page_typing_error": lambda: page(wrong(rng, rng.choice(rare))),
    }
    figures: dict[str, Any] = {name: weigh(options.times, one) for name, one in asked.items()}
    forgiven = [bool(find(wrong(rng, rng.choice(rare))).rows) for _n in range(30)]
    return {"p50_p95_ms": figures, "errors_forgiven": f"{sum(forgiven)} of {len(forgiven)}"}


if __name__ == "__main__":
    sys.exit(main())
