"""The text of a mail that was written as a page (HTML): what a reader sees, quotes with their ``>``, links with where they lead.

Nothing of the page itself comes in: no markup, no styles, no pictures, nothing that is fetched."""

from __future__ import annotations

import re
from html.parser import HTMLParser

PARAGRAPHS = {"p", "div", "table", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "blockquote", "hr", "tr", "li"}
SPACED = {"p", "table", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "blockquote"}
UNSEEN = {"style", "script", "head", "title", "template", "noscript", "svg", "math", "iframe", "object"}
DEEPEST_QUOTE = 20


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.lines: list[str] = [""]
        self.quoted = self.pre = 0
        self.unseen: list[str] = []
        self.links: list[tuple[str, int, int]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in UNSEEN:
            self.unseen.append(tag)
        if self.unseen:
            return
        if tag == "br":
            self._line()
        elif tag in PARAGRAPHS:
            self._paragraph(tag in SPACED)
            if tag == "blockquote":
                self.quoted += 1
            elif tag == "pre":
                self.pre += 1
            elif tag == "li":
                self.lines[-1] += "- "
        elif tag == "a":
            address = next((value or "" for name, value in attrs if name == "href"), "")
            self.links.append((address.strip(), len(self.lines), len(self.lines[-1])))

    def handle_endtag(self, tag: str) -> None:
        if self.unseen:
            if tag == self.unseen[-1]:
                self.unseen.pop()
            return
        if tag in PARAGRAPHS:
            self._paragraph(tag in SPACED)
            if tag == "blockquote":
                self.quoted = max(0, self.quoted - 1)
            elif tag == "pre":
                self.pre = max(0, self.pre - 1)
        elif tag == "a" and self.links:
            address, line, column = self.links.pop()
            shown = self.lines[-1][column:] if line == len(self.lines) else ""
            if address.startswith(("http://", "https://")) and address not in shown and shown.strip():
                self.lines[-1] += f" <{address}>"

    def handle_data(self, data: str) -> None:
        if self.unseen:
            return
        if self.pre:
            first, *rest = data.split("\n")
            self.lines[-1] += first
            for line in rest:
                self._line()
                self.lines[-1] += line
            return
        words = re.sub(r"[ \t\r\n\xa0]+", " ", data)
        if not self.lines[-1] or self.lines[-1].endswith((" ", "> ")):
            words = words.lstrip(" ")
        if words and not self.lines[-1]:
            self.lines[-1] = self._mark()
        self.lines[-1] += words

    def _mark(self) -> str:
        return "> " * min(self.quoted, DEEPEST_QUOTE)

    def _line(self) -> None:
        self.lines[-1] = self.lines[-1].rstrip()
        self.lines.append(self._mark() if self.quoted else "")

    def _paragraph(self, spaced: bool) -> None:
        if self.lines[-1].strip("> "):
            self._line()
            if spaced:
                self._line()
        else:
            self.lines[-1] = ""


def text_of(page: str) -> str:
    """What a reader sees of a page. Takes time in proportion to its length, whatever stands in it."""
    reader = _Page()
    reader.feed(page)
    reader.close()
    return re.sub(r"\n(?:[> ]*\n){2,}", "\n\n", "\n".join(reader.lines)).strip("\n")
