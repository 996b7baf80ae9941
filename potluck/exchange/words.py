"""The words of an imported post, between the markup of their source and the two forms that the house keeps.

A reader parses its own markup into a tuple of nodes, ``Words``; here they are written as Markdown (what the
author sees when editing) and as HTML (what everybody reads). Both come from the same nodes, so neither can
say what the other does not. Nothing in here trusts the source: every text is escaped, every address is
checked.
"""

from __future__ import annotations

import html as markup
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from potluck.core.text import folded

INLINE = {"text", "code", "bold", "italic", "strike", "link", "person", "space", "break"}
BLOCKS = {"pre", "quote", "list", "steps", "fold"}
#: What a fold may hold: words of somebody else, or the lines that stand below every mail.
FOLDS = {"quote", "signature"}

NOT_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
SURROGATE = re.compile("[\ud800-\udfff]")
TURNING = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True, slots=True)
class Node:
    """``kind`` is one of INLINE or BLOCKS, or ``item`` inside a list; ``target`` is an address, the source's id, or one of
    FOLDS.
    """

    kind: str
    text: str = ""
    target: str = ""
    inside: tuple[Node, ...] = ()


Words = tuple[Node, ...]
BREAK = Node("break")


@dataclass(frozen=True, slots=True)
class Somebody:
    """How somebody (or a group) is named in the house, the address of their page and how one types them, if they have one."""

    name: str
    address: str = ""
    typed: str = ""


Naming = Callable[[Node], Somebody]


def tidy(text: object) -> str:
    """Text that PostgreSQL and a browser can hold: no NUL, no control characters, no half of a surrogate
    pair.
    """
    if not isinstance(text, str):
        return ""
    text = SURROGATE.sub("\ufffd", text) if SURROGATE.search(text) else text
    return NOT_TEXT.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def tidy_name(text: object, longest: int = 200) -> str:
    """One line without marks that turn the direction of what stands around it."""
    return " ".join(TURNING.sub("", tidy(text)).split())[:longest]


def text(words: str) -> Node:
    return Node("text", words)


def mentioned(words: Iterable[Node]) -> list[str]:
    """The ids of the people mentioned, each once, in their order."""
    found: dict[str, None] = {}
    for node in everything(words):
        if node.kind == "person":
            found.setdefault(node.target)
    return list(found)


def everything(words: Iterable[Node]) -> Iterator[Node]:
    for node in words:
        yield node
        if node.inside:
            yield from everything(node.inside)


def is_empty(words: Words) -> bool:
    return not any(node.text.strip() or node.kind in {"person", "space", "link"} for node in everything(words))


def names_nobody(words: Words) -> bool:
    """Whether these words can be written out before it is known who is who."""
    return not any(node.kind in SIGN for node in everything(words))


def packed(words: Words) -> list:
    """A form that JSON can hold; ``unpacked`` is its inverse."""
    return [[node.kind, node.text, node.target, packed(node.inside)] for node in words]


def unpacked(rows: list) -> Words:
    return tuple(Node(kind, words, target, unpacked(inside)) for kind, words, target, inside in rows)


def safe_address(address: str) -> str:
    """``address`` if it is one a colleague may be sent to (http, https, mail, telephone), else nothing."""
    address = address.strip()
    if re.match(r"(?:https?://[^/\s]|mailto:[^\s@]+@|tel:[+0-9])", address, re.IGNORECASE) and not re.search(
        r"[\s<>\"]", address
    ):
        return address
    return ""


# --- paragraphs ---


def paragraphs(words: Words) -> Iterator[Words]:
    """Runs of inline nodes, split at empty lines, and each block by itself; no run begins or ends with a
    break.
    """
    run: list[Node] = []
    breaks = 0
    for node in words:
        if node.kind in BLOCKS:
            if run:
                yield tuple(run)
            yield (node,)
            run, breaks = [], 0
        elif node.kind == "break":
            breaks += 1
        else:
            if run and breaks > 1:
                yield tuple(run)
                run = []
            elif run and breaks:
                run.append(BREAK)
            breaks = 0
            run.append(node)
    if run:
        yield tuple(run)


# --- HTML ---

TAGS = {"bold": "strong", "italic": "em", "strike": "s"}


def html(words: Words, naming: Naming) -> str:
    """HTML from our own few tags, every text escaped. It still goes through the one cleaner of the house."""
    return "\n".join(_html_block(run, naming) for run in paragraphs(words))


def _html_block(run: Words, naming: Naming) -> str:
    first = run[0]
    match first.kind:
        case "pre":
            return f"<pre><code>{markup.escape(first.text, quote=False)}\n</code></pre>"
        case "quote":
            return f"<blockquote>\n{html(first.inside, naming)}\n</blockquote>"
        case "fold":
            return folded(html(first.inside, naming), first.target)
        case "list" | "steps":
            tag = "ul" if first.kind == "list" else "ol"
            items = "".join(f"<li>{_html_item(item.inside, naming)}</li>\n" for item in first.inside)
            return f"<{tag}>\n{items}</{tag}>"
        case _:
            return f"<p>{_html_inline(run, naming)}</p>"


def _html_item(words: Words, naming: Naming) -> str:
    runs = list(paragraphs(words))
    if len(runs) == 1 and runs[0][0].kind not in BLOCKS:
        return _html_inline(runs[0], naming)
    return html(words, naming)


def _html_inline(run: Words, naming: Naming) -> str:
    parts = []
    for node in run:
        match node.kind:
            case "text":
                parts.append(markup.escape(node.text, quote=False).replace("\n", "<br>\n"))
            case "code":
                parts.append(f"<code>{markup.escape(node.text, quote=False)}</code>")
            case "break":
                parts.append("<br>\n")
            case "link":
                label = markup.escape(node.text or node.target, quote=False)
                address = safe_address(node.target)
                parts.append(f'<a href="{markup.escape(address)}">{label}</a>' if address else label)
            case "person" | "space":
                who = naming(node)
                label = markup.escape(SIGN[node.kind] + who.name, quote=False)
                parts.append(f'<a href="{markup.escape(who.address)}">{label}</a>' if who.address else label)
            case _:
                parts.append(f"<{TAGS[node.kind]}>{_html_inline(node.inside, naming)}</{TAGS[node.kind]}>")
    return "".join(parts)


# --- Markdown ---

SIGN = {"person": "@", "space": "#"}
MARKS = {"bold": "**", "italic": "*", "strike": "~~"}
#: Always markup, the backslash first; what it is only between or before certain letters.
SPECIAL = ("\\", "![", "`", "*", "[", "]", "<", ">", "~", "|")
UNDERSCORE, ENTITY = re.compile(r"(?<![^\W_])_|_(?![^\W_])"), re.compile(r"&(?=#|[A-Za-z])")
LINE_START = re.compile(r"(?m)^[ \t]*(?:(\d{1,9})([.)])(?=\s|$)|([#+=-]))|^[ \t]+")


def markdown(words: Words, naming: Naming) -> str:
    """The same words as typed Markdown; what would by accident be markup is escaped."""
    return "\n\n".join(_markdown_block(run, naming) for run in paragraphs(words))


def _markdown_block(run: Words, naming: Naming) -> str:
    first = run[0]
    match first.kind:
        case "pre":
            fence = _fence(first.text, 3)
            return f"{fence}\n{first.text}\n{fence}"
        case "quote":
            quoted = "> " + markdown(first.inside, naming).replace("\n", "\n> ")
            return "\n".join(map(str.rstrip, quoted.split("\n")))
        case "fold":
            return markdown(first.inside, naming)
        case "list" | "steps":
            return "\n".join(
                _markdown_item(item, "- " if first.kind == "list" else f"{number}. ", naming)
                for number, item in enumerate(first.inside, 1)
            )
        case _:
            return _line_starts(_markdown_inline(run, naming))


def _markdown_item(item: Node, bullet: str, naming: Naming) -> str:
    lines = markdown(item.inside, naming).split("\n")
    indent = " " * len(bullet)
    return "\n".join([bullet + lines[0], *(f"{indent}{line}".rstrip() for line in lines[1:])])


def _markdown_inline(run: Words, naming: Naming) -> str:
    parts = []
    for node in run:
        match node.kind:
            case "text":
                parts.append(_escaped(node.text))
            case "code":
                fence = _fence(node.text, 1)
                gap = " " if node.text[:1] in "` " or node.text[-1:] in "` " else ""
                parts.append(f"{fence}{gap}{node.text}{gap}{fence}")
            case "break":
                parts.append("\n")
            case "link":
                parts.append(_markdown_link(node.text, node.target))
            case "person" | "space":
                who = naming(node)
                label = _escaped(SIGN[node.kind] + who.name)
                parts.append(who.typed or (f"[{label}]({who.address})" if who.address else label))
            case _:
                parts.append(f"{MARKS[node.kind]}{_markdown_inline(node.inside, naming)}{MARKS[node.kind]}")
    return "".join(parts)


def _markdown_link(label: str, target: str) -> str:
    address = safe_address(target)
    if not address:
        return _escaped(label or target)
    if not label or label == address:
        return f"<{address}>"
    return f"[{_escaped(label)}](<{address}>)"


def _escaped(words: str) -> str:
    for sign in SPECIAL:
        if sign in words:
            words = words.replace(sign, f"\\{sign}")
    if "_" in words:
        words = UNDERSCORE.sub(r"\\_", words)
    return ENTITY.sub(r"\\&", words) if "&" in words else words


def _line_starts(paragraph: str) -> str:
    def escape(found: re.Match[str]) -> str:
        number, dot, sign = found.groups()
        return f"{number}\\{dot}" if number else f"\\{sign}" if sign else ""

    return LINE_START.sub(escape, paragraph)


def _fence(content: str, least: int) -> str:
    longest = max((len(run) for run in re.findall(r"`+", content)), default=0)
    return "`" * max(least, longest + 1)
