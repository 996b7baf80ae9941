"""The ledger of a battery: what was sent, what was acknowledged, and what of it the database and the mailboxes have in the end.

A write is acknowledged when its answer came in whole. One whose answer was lost is unknown: it may be there once, or not."""

from __future__ import annotations

import email
import email.policy
import re
import threading
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import psycopg

TOKEN = re.compile(r"zettel-\w+-\d+-\d+")


@dataclass
class Entry:
    """One write of one member. ``token`` stands in its words and nowhere else; of a reaction it is the ledger's alone."""

    token: str
    kind: str
    by: str
    once: str = ""
    told: str = ""  #: the handle of whoever has to be told of it
    on: str = ""  #: the key of the act that it is on
    tries: int = 0
    acknowledged: bool = False
    key: str = ""  #: of the act, as the answer said it


@dataclass
class Ledger:
    entries: list[Entry] = field(default_factory=list)
    answers: Counter[int] = field(default_factory=Counter)  #: of writes, by status; 0: none came
    in_flight: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def open(self, entry: Entry) -> Entry:
        with self.lock:
            self.entries.append(entry)
        return entry

    def leaves(self, entry: Entry) -> None:
        with self.lock:
            entry.tries += 1
            self.in_flight += 1

    def came(self, entry: Entry, status: int, key: str = "") -> None:
        with self.lock:
            self.in_flight -= 1
            self.answers[status] += 1
            if status in (200, 303):
                entry.acknowledged = True
                entry.key = key or entry.key

    def acknowledged(self) -> int:
        return self.answers[200] + self.answers[303]

    def acts(self) -> list[Entry]:
        """Acknowledged acts that somebody can answer: their address is known."""
        with self.lock:
            return [one for one in self.entries if one.acknowledged and one.key and one.kind in ("posted", "asked")]


# --- what is there --------------------------------------------------------------------------------------------------------

ACTS = """
select a.key, a.kind, p.handle, a.words, coalesce(root.key, ''),
  case a.kind when 'commented' then exists (select from talk_comment c where c.act_id = a.id)
              when 'thanked' then (select count(*) from thanks_receiver r where r.thanks_id = a.id) = 1 else true end,
  array(select q.handle from notices_notice n join people_person q on q.id = n.receiver_id
        where n.act_id = a.id and n.kind <> 'reacted')
from acts_act a join people_person p on p.id = a.by_id left join acts_act root on root.id = a.on_id
where not a.is_imported and a.words like '%%' || %s || '%%'
"""
REACTIONS = """
select a.key, p.handle, count(*),
  exists (select from notices_notice n where n.act_id = a.id and n.kind = 'reacted' and n.by_id = p.id)
from talk_reaction r join acts_act a on a.id = r.act_id join people_person p on p.id = r.by_id group by 1, 2, a.id, p.id
"""
MAILS = "select message_id, sent_at is not null, handed_at is not null from notices_mail"


def compare(ledger: Ledger, url: str, phase: str) -> dict[str, Any]:
    """Figures, and by name what is wrong: ``lost`` (acknowledged and not there), ``doubled`` (there more than once),
    ``not_as_sent`` (other words, giver, kind, root or address), ``untold`` (there without what belongs to it, or somebody
    was not told, or was told twice), ``from_nowhere`` (there and never sent)."""
    with psycopg.connect(url) as connection:
        rows = connection.execute(ACTS, [f"zettel-{phase}-"]).fetchall()
        reactions = {(key, by): (count, told) for key, by, count, told in connection.execute(REACTIONS)}
    there: dict[str, list[Any]] = {}
    for row in rows:
        for token in TOKEN.findall(row[3]):
            there.setdefault(token, []).append(row)
    lost, doubled, changed, untold, unknown = [], [], [], [], Counter()
    for one in ledger.entries:
        if one.kind == "reacted":
            found, told = reactions.get((one.on, one.by), (0, True))
        else:
            acts = there.pop(one.token, [])
            found, told = len(acts), True
            for key, kind, by, _words, on, whole, receivers in acts[:1]:
                told = whole and (not one.told or receivers.count(one.told) == 1)
                if (kind, by, on) != (one.kind, one.by, one.on) or (one.key and one.key != key):
                    changed.append(one.token)
        if one.acknowledged and not found:
            lost.append(one.token)
        if found > 1:
            doubled.append(one.token)
        if found and not told:
            untold.append(one.token)
        if not one.acknowledged:
            unknown["there" if found else "not there"] += 1
    entries = ledger.entries
    return {
        "acknowledged": sum(one.acknowledged for one in entries),
        "by_kind": dict(Counter(one.kind for one in entries if one.acknowledged)),
        "retried": sum(one.tries > 1 for one in entries),
        "unknown": dict(unknown),
        "answers": {str(status): count for status, count in sorted(ledger.answers.items())},
        "lost": lost,
        "doubled": doubled,
        "not_as_sent": changed,
        "untold": untold,
        "from_nowhere": sorted(there),
    }


def compare_mails(taken: Iterable[bytes], told: dict[str, str], url: str) -> dict[str, Any]:
    """``twice``: Message-IDs that came more than once, and words that came to whoever was told of them in more than one mail
    (``told``: {token: their address}). ``missing``: the house knows that they were taken, and they are not in the sink."""
    ids: Counter[str] = Counter()
    words: Counter[tuple[str, str]] = Counter()
    for one in taken:
        mail: Any = email.message_from_bytes(one, policy=email.policy.default)
        ids[str(mail["Message-ID"])] += 1
        text = mail.get_body(("plain",)).get_content()
        words.update((token, str(mail["To"])) for token in set(TOKEN.findall(text)))
    with psycopg.connect(url) as connection:
        rows = connection.execute(MAILS).fetchall()
    twice = [one for one, count in ids.items() if count > 1]
    twice += [f"{token} to {to}" for (token, to), count in words.items() if count > 1 and told.get(token) == to]
    return {
        "mails": sum(ids.values()),
        "mails_unheard": sum(handed and not sent for _id, sent, handed in rows),
        "mails_waiting": sum(not handed for _id, _sent, handed in rows),
        "mails_twice": twice,
        "mails_missing": [one for one, sent, _handed in rows if sent and one not in ids],
    }
