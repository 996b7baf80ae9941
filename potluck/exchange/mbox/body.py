"""The text of a mail as words: what its writer said stands open; what they quoted and their signature are folded.

People answer above a quote, below it or between its lines. A short quote with own words after it is part of the talk and
stays open; a long one, or one at the end, is folded together with the line that says whose it is. Every function takes time
in proportion to its input.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from potluck.exchange.words import BREAK, Node, Words, text

#: A quote of so many lines with own words after it stands open.
SHORT = 3
#: A signature is at most so long; below "-- " there may also stand a whole mail.
LONGEST_SIGNATURE = 25
DEEPEST = 6

LINK = re.compile(r"<?(https?://[^\s<>\"\u201c\u201d]+[^\s<>\"\u201c\u201d.,;:!?'\])}*_])>?", re.IGNORECASE)
RULE = re.compile(r"^[_=-]{20,}\s*$")
FOOTER = re.compile(
    r"mailing.?list|unsubscribe|listinfo|list info|mailingliste|verteiler|abmelde|abbestell|abonnement|/mailman/", re.IGNORECASE
)
#: "On Monday, Mira Sand wrote:", "Am 3. Mai schrieb Mira Sand:", "Mira Sand <mira@example.org> writes:"
ATTRIBUTION = re.compile(
    r"(?:\b(?:wrote|writes|said|schrieb|schreibt|a écrit|escribió|scrisse|skrev|schreef)\b[^\n]{0,120}:|"
    r"^\s*(?:on|am|le|il|el|op)\b[^\n]{8,300}:)\s*$",
    re.IGNORECASE,
)
OPENS = re.compile(r"^\s*(?:on|am|le|il|el|op|von|from)\b", re.IGNORECASE)
ORIGINAL = re.compile(
    r"^\s*-{2,}\s*(?:original (?:message|appointment)|forwarded message|urspr\u00fcngliche nachricht|weitergeleitete nachricht|"
    r"message d'origine|begin forwarded message)\s*:?-*\s*$|^begin forwarded message:\s*$",
    re.IGNORECASE,
)
FROM = re.compile(r"^\s*\*?(?:from|von|de|da|van|fra|fr\u00e5n)\s*:\*?\s+\S", re.IGNORECASE)
#: With what ORIGINAL and FROM begin.
BEGINNINGS = {*"-*bBdDfFvV"}
SENT = re.compile(
    r"^\s*\*?(?:sent|gesendet|date|datum|envoy\u00e9|enviado|inviato|verzonden|sendt|"
    r"skickat|to|an|para)\s*:\*?\s+\S",
    re.IGNORECASE,
)


def words(body: str) -> Words:
    """The text of a mail as nodes."""
    lines = _without_footer(body.split("\n"))
    lines, signature = _signed(lines)
    lines, original = _original(lines)
    nodes = list(_said(lines))
    for folded in (original, signature):
        if folded:
            nodes += [BREAK, BREAK, folded] if nodes else [folded]
    return tuple(nodes)


def _trimmed(lines: list[str]) -> list[str]:
    start, end = 0, len(lines)
    while start < end and not lines[start].strip():
        start += 1
    while end > start and not lines[end - 1].strip():
        end -= 1
    return lines[start:end]


def _without_footer(lines: list[str]) -> list[str]:
    """What the list writes below every mail is nobody's words."""
    lines = _trimmed(lines)
    for at in range(max(0, len(lines) - 12), len(lines)):
        if RULE.match(lines[at]) and any(FOOTER.search(line) for line in lines[at + 1 :]):
            return _trimmed(lines[:at])
    return lines


def _signed(lines: list[str]) -> tuple[list[str], Node | None]:
    for at in range(len(lines) - 1, max(-1, len(lines) - LONGEST_SIGNATURE - 2), -1):
        if lines[at] in ("-- ", "--"):
            below = _trimmed(lines[at + 1 :])
            if any(line.startswith(">") for line in below):
                return lines, None
            return _trimmed(lines[:at]), Node("fold", "", "signature", tuple(_plain(below))) if below else None
    return lines, None


def _original(lines: list[str]) -> tuple[list[str], Node | None]:
    """A whole mail quoted below without any ``>``, as some programs do it."""
    for at, line in enumerate(lines):
        if line.lstrip()[:1] not in BEGINNINGS:
            continue
        head = ORIGINAL.match(line) or (
            FROM.match(line)
            and any(SENT.match(below) for below in lines[at + 1 : at + 4])
            and (at == 0 or not lines[at - 1].strip(" _"))
        )
        if head and at + 1 < len(lines):
            own = _trimmed(lines[:at])
            if own and RULE.match(own[-1]):
                own = _trimmed(own[:-1])
            quote = Node("quote", inside=tuple(_quoted(_trimmed(lines[at:]), 1)))
            return own, Node("fold", "", "quote", (quote,))
    return lines, None


def _said(lines: list[str]) -> Iterator[Node]:
    """Own words open, quotes folded or, if short and answered, open."""
    runs = _runs(_trimmed(lines))
    for number, (is_quote, run) in enumerate(runs):
        if not is_quote:
            yield from _plain(run)
            continue
        head, run = run
        quote = Node("quote", inside=tuple(_quoted([line.lstrip()[1:].removeprefix(" ") for line in run], 1)))
        is_last = number == len(runs) - 1
        if not is_last and len(run) <= SHORT:
            yield from _plain(head)
            yield quote
        else:
            yield Node("fold", "", "quote", (*_plain(head), quote))


def _is_quoted(line: str) -> bool:
    return line.startswith(">") or (line.startswith(" >") and line[2:3] in ("", " ", ">"))


def _runs(lines: list[str]) -> list[tuple[bool, list]]:
    """[(False, own lines) or (True, [lines that say whose it is, quoted lines])], without empty lines at their ends."""
    runs: list[tuple[bool, list]] = []
    own: list[str] = []
    quoted: list[str] = []
    empty = 0

    def close() -> None:
        nonlocal own, quoted
        own, head = _attributed(_trimmed(own))
        if own := _trimmed(own):
            runs.append((False, own))
        runs.append((True, [head, quoted]))
        own, quoted = [], []

    for line in lines:
        if _is_quoted(line):
            quoted += [">"] * empty if quoted else []
            quoted.append(line)
            empty = 0
        elif quoted and not line.strip():
            empty += 1
        else:
            if quoted:
                close()
                empty = 0
            own.append(line)
    if quoted:
        close()
    if own := _trimmed(own):
        runs.append((False, own))
    return runs


def _attributed(own: list[str]) -> tuple[list[str], list[str]]:
    """Own lines without, and the lines that say whose the quote below is: one, or up to four where it was wrapped."""
    if not own or not own[-1].rstrip().endswith(":"):
        return own, []
    for many in range(1, min(4, len(own)) + 1):
        head = own[-many:]
        if not head[0].strip():
            break
        if ATTRIBUTION.search(" ".join(head)[:1_000]) and (OPENS.match(head[0]) or many == len(own)):
            return own[:-many], head
    return (own[:-1], own[-1:]) if ATTRIBUTION.search(own[-1][:1_000]) else (own, [])


def _quoted(lines: list[str], depth: int) -> Iterator[Node]:
    """Quoted lines, already without their own ``>``; quotes in a quote stand in it."""
    run: list[str] = []
    inner = False

    def close() -> Iterator[Node]:
        if inner:
            yield Node("quote", inside=tuple(_quoted([line.lstrip()[1:].removeprefix(" ") for line in run], depth + 1)))
        else:
            yield from _plain(run)

    for line in lines:
        is_inner = depth < DEEPEST and _is_quoted(line)
        if run and is_inner != inner:
            yield from close()
            run = []
        inner = is_inner
        run.append(line)
    if run:
        yield from close()


def _plain(lines: list[str]) -> Iterator[Node]:
    """Lines as they are: paragraphs, lines that were set by hand, and where links lead."""
    block: list[str] = []
    said = False
    for line in [*lines, ""]:
        if line.strip():
            block.append(line)
            continue
        if not block:
            continue
        if said:
            yield BREAK
            yield BREAK
        said = True
        if len(block) > 1 and block[0][0] in " \t" and all(row[:2] in ("  ", "\t") or row[:1] == "\t" for row in block):
            yield Node("pre", "\n".join(row.rstrip() for row in block))
        else:
            yield from _linked("\n".join(row.strip() for row in block))
        block = []


def _linked(block: str) -> Iterator[Node]:
    if "://" not in block:
        yield text(block)
        return
    at = 0
    for found in LINK.finditer(block):
        if found.start() > at:
            yield text(block[at : found.start()])
        yield Node("link", found[1], found[1])
        at = found.end()
    if at < len(block):
        yield text(block[at:])
