"""An archive of a mailing list of any length, seeded, written without being held: replies in trees, quotes, signatures, senders
that the list rewrote, twenty years of it. Who writes follows a power law, as in real lists; how many are there does not grow
with its length."""

from __future__ import annotations

import random
from collections import deque
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

from bench.fill import WORDS

AUTHORS = 1_000
BEGAN = datetime(2005, 1, 3, 8, tzinfo=UTC)
#: Of a hundred mails so many answer one of the last; so many answer one that is in no archive.
ANSWERS, LOST = 75, 9
FOOTER = "_______________________________________________\nFunk mailing list\nfunk@lists.example.org\n"


def archive(path: Path, count: int, seed: int = 1) -> dict[str, int]:
    """Writes ``count`` mails to ``path`` and returns what is in it: posts (nothing above them is there) and comments."""
    rng = random.Random(seed)
    apart = timedelta(days=7_300) / max(count, 1)
    recent: deque[tuple[int, str, str]] = deque(maxlen=300)
    posts = 0
    with path.open("w", encoding="utf-8") as out:
        for number in range(count):
            by = min(int(rng.paretovariate(0.9)), AUTHORS)
            name, address = f"Nutzerin {by}", f"nutzerin{by}@example.org"
            at = format_datetime(BEGAN + apart * number)
            said = _body(rng)
            head = [f"From: {name} <{address}>", f"Date: {at}", f"Message-ID: <{seed}.{number}@lists.example.org>"]
            if rng.random() < 0.3:
                head[0] = f"From: {name} via Funk <funk@lists.example.org>\nReply-To: {name} <{address}>"
            dice = rng.randrange(100)
            above = rng.choice(recent) if recent and dice < ANSWERS else None
            if above:
                head.append(f"In-Reply-To: <{seed}.{above[0]}@lists.example.org>")
                quoted = "\n".join(f"> {line}" for line in above[2].split("\n"))
                text = f"{said}\n\nAm 3. Mai schrieb {above[1]}:\n{quoted}\n"
            else:
                posts += 1
                text = said
            if not above and dice >= 100 - LOST:
                head.append(f"In-Reply-To: <verloren.{number}@lists.example.org>")
            head += ["Subject: [Funk] " + " ".join(rng.choices(WORDS, k=5)), "List-Id: Funk <funk.lists.example.org>",
                     "Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: 8bit"]  # fmt: skip
            out.write("From mboxrd@z Thu Jan  1 00:00:00 1970\n" + "\n".join(head))
            out.write(f"\n\n{text}\n-- \n{name}\nHalle {by % 7}\n{FOOTER}\n")
            recent.append((number, name, said))
    return {"posts": posts, "comments": count - posts}


def _body(rng: random.Random) -> str:
    """Ten to thirty lines of about 70 letters, a link now and then."""
    lines = [" ".join(rng.choices(WORDS, k=11)) for _ in range(rng.randint(10, 30))]
    if rng.random() < 0.2:
        lines.append(f"https://example.org/{rng.randrange(10**6)}")
    return "\n".join(lines)
