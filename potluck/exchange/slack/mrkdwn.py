"""Slack's own markup, both kinds of it: the ``text`` of a message, and the ``blocks`` of newer ones.

Every function takes time in proportion to its input, whatever stands in it: a message of 100 kB of
asterisks is a message like any other.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable
from itertools import groupby

from potluck.exchange.slack.emoji import emoji
from potluck.exchange.words import BREAK, Node, Words, is_empty, text, tidy

ATOM = re.compile(
    r"`([^`\n]+)`|<([^<>\n]{1,4000})>|:([a-z0-9_+'-]{1,100})(?:::(skin-tone-[2-6]))?:(?::skin-tone-[2-6]:)?"
)
HELD = "\ufffc"
FORMATS = {"*": "bold", "_": "italic", "~": "strike"}
DEEPEST = 12


def unescaped(words: str) -> str:
    return words.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


# --- text ---


def parse(source: object) -> Words:
    """The ``text`` of a message as nodes: code blocks and quotes first, then line by line."""
    words = tidy(source).replace(HELD, "")
    nodes: list[Node] = []
    parts = words.split("```")
    if len(parts) % 2 == 0:  # the last fence was never closed: it is text
        parts[-2:] = ["```".join(parts[-2:])]
    for number, part in enumerate(parts):
        if number % 2:
            nodes.append(Node("pre", _verbatim(part.strip("\n"))))
        elif part.strip():
            nodes.extend(_lines(part.strip("\n")))
    return tuple(nodes)


def _lines(part: str) -> Iterable[Node]:
    quoted: list[str] = []
    lines = part.split("\n")
    written = False
    for number, line in enumerate(lines):
        if line.startswith("&gt;&gt;&gt;"):
            yield Node("quote", inside=tuple(_joined([line[12:].lstrip(), *lines[number + 1 :]])))
            return
        if line.startswith("&gt;"):
            quoted.append(line[4:].removeprefix(" "))
            continue
        if quoted:
            yield Node("quote", inside=tuple(_joined(quoted)))
            quoted, written = [], False
        if written:
            yield BREAK
        yield from inline(line)
        written = True
    if quoted:
        yield Node("quote", inside=tuple(_joined(quoted)))


def _joined(lines: list[str]) -> Iterable[Node]:
    for number, line in enumerate(lines):
        if number:
            yield BREAK
        yield from inline(line)


def inline(line: str) -> list[Node]:
    """One line, nothing if it is blank. Links, mentions, code and emoji are lifted out first, so that no mark
    inside them counts as one."""
    if not line.strip():
        return []
    atoms: list[Node] = []

    def lift(found: re.Match[str]) -> str:
        code, control, name, _ = found.groups()
        if code is not None:
            node = Node("code", _verbatim(code))
        elif control is not None:
            node = _control(control)
        else:
            sign = emoji(name)
            if sign.startswith(":"):
                return found.group()
            node = text(sign)
        atoms.append(node)
        return HELD

    held = ATOM.sub(lift, line)
    return _formatted(held, 0, len(held), _closers(held), _positions(held, atoms), "")


def _positions(held: str, atoms: list[Node]) -> dict[int, Node]:
    places = [found.start() for found in re.finditer(HELD, held)]
    return dict(zip(places, atoms, strict=True))


def _closers(held: str) -> dict[str, list[int]]:
    """For every mark the places where it can close: after a word, before something that is not one."""
    places: dict[str, list[int]] = {mark: [] for mark in FORMATS}
    for found in re.finditer(r"[*_~]", held):
        at = found.start()
        before, after = held[at - 1 : at], held[at + 1 : at + 2]
        if before and not before.isspace() and before != held[at] and not (after.isalnum() or after == held[at]):
            places[held[at]].append(at)
    return places


def _formatted(
    held: str, start: int, end: int, closers: dict[str, list[int]], atoms: dict[int, Node], within: str
) -> list[Node]:
    nodes: list[Node] = []
    plain = at = start
    while at < end:
        sign = held[at]
        if sign == HELD:
            _say(nodes, held[plain:at])
            nodes.append(atoms[at])
            plain = at + 1
        elif sign in FORMATS and sign not in within and _opens(held, at, start):
            places = closers[sign]
            found = bisect_left(places, at + 2)
            close = places[found] if found < len(places) else end
            if close < end:
                _say(nodes, held[plain:at])
                inside = _formatted(held, at + 1, close, closers, atoms, within + sign)
                nodes.append(Node(FORMATS[sign], inside=tuple(inside)))
                plain = close + 1
                at = close
        at += 1
    _say(nodes, held[plain:end])
    return _merged(nodes)


def _opens(held: str, at: int, start: int) -> bool:
    before, after = held[at - 1 : at] if at > start else "", held[at + 1 : at + 2]
    return bool(after) and not after.isspace() and after != held[at] and not before.isalnum() and before != held[at]


def _say(nodes: list[Node], words: str) -> None:
    if words:
        nodes.append(text(unescaped(words)))


def _merged(nodes: Iterable[Node]) -> list[Node]:
    """Neighbouring text is one text: an emoji does not cut a sentence in three."""
    merged: list[Node] = []
    for kind, run in groupby(nodes, key=lambda node: node.kind):
        same = list(run)
        merged += [text("".join(node.text for node in same))] if kind == "text" else same
    return merged


def _control(control: str) -> Node:
    """What stands in angle brackets: somebody, a channel, a call to all, or a link."""
    target, _, label = control.partition("|")
    label = unescaped(label)
    match target[:1]:
        case "@":
            return Node("person", label.removeprefix("@"), target[1:])
        case "#":
            return Node("space", label.removeprefix("#"), target[1:])
        case "!":
            return text(_call(target[1:], label))
        case _:
            address = unescaped(target)
            return Node("link", "" if label in {"", address} else label, address)


def _call(target: str, label: str) -> str:
    if target.startswith("subteam^"):
        return label if label.startswith("@") else f"@{label or target.removeprefix('subteam^')}"
    if target.startswith("date^"):
        return label or target.split("^")[1]
    return label or f"@{target}"


def _verbatim(code: str) -> str:
    """Inside code a link that Slack made by itself is its label again."""
    return unescaped(
        re.sub(r"<([^<>|\n]{1,4000})(?:\|([^<>\n]{0,4000}))?>", lambda found: found.group(2) or found.group(1), code)
    )


# --- blocks ---


def parse_blocks(blocks: object, deep: int = 0) -> Words:
    """``blocks`` as nodes; a kind of block that holds no words of a person yields nothing."""
    nodes: list[Node] = []
    for block in _dicts(blocks):
        found = _block(block, deep)
        if found:
            if nodes:
                nodes += [BREAK, BREAK]
            nodes += found
    return tuple(nodes)


def _block(block: dict, deep: int) -> list[Node]:
    if deep > DEEPEST:
        return []
    match block.get("type"):
        case "rich_text":
            return _rich(block.get("elements"), deep + 1)
        case "section":
            fields = [field.get("text") for field in _dicts(block.get("fields"))]
            said = [_plain_or_mrkdwn(block.get("text")), *map(parse, fields)]
            return _with_breaks([list(part) for part in said if part])
        case "header":
            return [Node("bold", inside=_plain_or_mrkdwn(block.get("text")))] if block.get("text") else []
        case "context":
            return _with_breaks(
                [list(_plain_or_mrkdwn(part)) for part in _dicts(block.get("elements")) if part.get("text")]
            )
        case "markdown":
            return list(parse(block.get("text")))
        case "image":
            return [text(tidy(block.get("alt_text")))] if block.get("alt_text") else []
        case "video" | "call":
            return list(_plain_or_mrkdwn(block.get("title")))
        case _:
            return []


def _plain_or_mrkdwn(part: object) -> Words:
    if not isinstance(part, dict):
        return ()
    if part.get("type") == "plain_text":
        said = tidy(part.get("text"))
        return (
            tuple(
                _joined(
                    [
                        re.sub("[<>]", lambda sign: {"<": "&lt;", ">": "&gt;"}[sign.group()], line)
                        for line in said.replace("&", "&amp;").split("\n")
                    ]
                )
            )
            if said
            else ()
        )
    return parse(part.get("text"))


def _with_breaks(parts: list[list[Node]]) -> list[Node]:
    nodes: list[Node] = []
    for part in parts:
        nodes += [BREAK, *part] if nodes else part
    return nodes


def _rich(elements: object, deep: int) -> list[Node]:
    nodes: list[Node] = []
    if deep > DEEPEST:
        return nodes
    for element in _dicts(elements):
        match element.get("type"):
            case "rich_text_section":
                nodes += _section(element.get("elements"))
            case "rich_text_quote":
                nodes.append(Node("quote", inside=tuple(_section(element.get("elements")))))
            case "rich_text_preformatted":
                nodes.append(Node("pre", "".join(_bare(leaf) for leaf in _dicts(element.get("elements"))).strip("\n")))
            case "rich_text_list":
                items = tuple(
                    Node("item", inside=tuple(_rich([item], deep + 1))) for item in _dicts(element.get("elements"))
                )
                items = tuple(item for item in items if not is_empty(item.inside))
                if items:
                    nodes.append(Node("steps" if element.get("style") == "ordered" else "list", inside=items))
    return nodes


def _section(elements: object) -> list[Node]:
    nodes = _merged(node for leaf in _dicts(elements) for node in _leaf(leaf))
    while nodes and nodes[-1] == BREAK:
        nodes.pop()
    return nodes


def _leaf(leaf: dict) -> list[Node]:
    given = leaf.get("style")
    style = given if isinstance(given, dict) else {}
    match leaf.get("type"):
        case "text":
            return _styled(tidy(leaf.get("text")), style)
        case "link":
            address, label = tidy(leaf.get("url")), tidy(leaf.get("text"))
            return [_marked(Node("link", "" if label == address else label, address), style)]
        case "user":
            return [Node("person", "", tidy(leaf.get("user_id")))]
        case "channel":
            return [Node("space", "", tidy(leaf.get("channel_id")))]
        case _:
            bare = _bare(leaf)
            return [text(bare)] if bare else []


def _bare(leaf: dict) -> str:
    """A leaf as plain text, for code blocks and for what has no better form."""
    match leaf.get("type"):
        case "text":
            return tidy(leaf.get("text"))
        case "link":
            return tidy(leaf.get("text")) or tidy(leaf.get("url"))
        case "emoji":
            return emoji(tidy(leaf.get("name")))
        case "broadcast":
            return "@" + tidy(leaf.get("range"))
        case "usergroup":
            return "@" + tidy(leaf.get("usergroup_id"))
        case "user":
            return "@" + tidy(leaf.get("user_id"))
        case "date":
            return tidy(leaf.get("fallback")) or tidy(leaf.get("timestamp"))
        case "color":
            return tidy(leaf.get("value"))
        case _:
            return ""


def _styled(words: str, style: dict) -> list[Node]:
    """Text with its style, line by line; spaces at the edges stay outside, where Markdown needs them."""
    nodes: list[Node] = []
    for number, line in enumerate(words.split("\n")):
        if number:
            nodes.append(BREAK)
        bare = line.strip()
        if not style or not bare:
            nodes += [text(line)] if line else []
            continue
        before = line[: len(line) - len(line.lstrip())]
        after = line[len(line.rstrip()) :]
        nodes += [text(before)] if before else []
        nodes.append(_marked(Node("code", bare) if style.get("code") else text(bare), style))
        nodes += [text(after)] if after else []
    return nodes


def _marked(node: Node, style: dict) -> Node:
    for word in FORMATS.values():
        if style.get(word):
            node = Node(word, inside=(node,))
    return node


def _dicts(rows: object) -> list[dict]:
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
