"""What people typed, made clean: Markdown is understood, everything else is text, and nothing dangerous survives.

This is the one module that marks HTML as safe; ``words`` is the one filter that renders it.
"""

from __future__ import annotations

import re
from functools import lru_cache
from string import ascii_lowercase
from threading import Lock

import nh3
from django.utils.translation import gettext_lazy
from markdown_it import MarkdownIt
from markupsafe import Markup

TAGS = {"p", "br", "strong", "em", "s", "ul", "ol", "li", "a", "code", "pre", "blockquote", "h3", "h4", "hr"} | {
    "details", "summary"
}  # fmt: skip
ATTRIBUTES = {"a": {"href"}, "ol": {"start"}}
SCHEMES = {"http", "https", "mailto", "tel"}
#: What stands folded in imported words. The sign is kept, whoever reads gets it in words.
FOLDS = {"quote": ("\u00bb", gettext_lazy("Quoted words")), "signature": ("--", gettext_lazy("Signature"))}
_FOLDED = re.compile(r"<details>.*?</details>", re.DOTALL)
_BROKEN = re.compile("[\x00\ufffd\ud800-\udfff]+")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069]")


@lru_cache(maxsize=1)
def _markdown() -> MarkdownIt:
    # No raw HTML, no pictures (nothing is fetched from elsewhere), single line breaks kept as people typed them.
    return (
        MarkdownIt("commonmark", {"html": False, "linkify": True, "breaks": True, "typographer": False})
        .enable(["linkify", "strikethrough"])
        .disable(["image", "html_block", "html_inline"])
    )


def typed(text: str, limit: int | None = None) -> str:
    """Typed text as it is kept: NUL, control and direction-override characters dropped, ends trimmed, lone
    surrogates replaced. Never fails. ``limit`` cuts (characters)."""
    text = text.encode("utf-8", "replace").decode("utf-8").replace("\r\n", "\n").replace("\r", "\n")
    text = _CONTROL.sub("", text).strip()
    return text if limit is None else text[:limit]


#: Made once: its lists take longer than most words.
_CLEANER = nh3.Cleaner(
    tags=TAGS, attributes=ATTRIBUTES, url_schemes=SCHEMES, link_rel="noopener noreferrer nofollow", strip_comments=True
)


def is_broken(text: str) -> bool:
    """Whether something in it did not arrive as it was sent: a NUL, a lone surrogate, or U+FFFD, which every decoder here
    puts where bytes were no UTF-8."""
    return _BROKEN.search(text) is not None


def marked(text: str) -> str:
    """The same with a question mark wherever something is broken: everything else stays to be read and mended."""
    return _BROKEN.sub("?", text)


def scrub(html: str) -> str:
    """Any HTML as Potluck keeps it (nh3): the few tags above, links that reveal no referrer."""
    return _CLEANER.clean(html)


def clean(source: str) -> str:
    """Typed Markdown as clean HTML. Headings become small ones: a page has one main heading, and it is the page's."""
    html = _markdown().render(source)
    html = re.sub(r"<(/?)h[1-6]>", r"<\1h3>", html)
    return scrub(html)


def plain(html: str, limit: int | None = None) -> str:
    """The words of clean HTML without markup, for mail subjects, titles and notices; cut at a word with an ellipsis."""
    from html import unescape

    # A taste of what somebody said leaves out what they quoted, unless they said nothing else.
    html = _unfolded(html) if "<details>" in html else html
    text = re.sub(r"<(?:br|/p|/li|/h3|/blockquote|/pre)\s*/?>", " ", html)
    text = re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", "", text))).strip()
    if limit is None or len(text) <= limit:
        return text
    return text[:limit].rsplit(" ", 1)[0].rstrip(",;:.") + " …"


def folded(html: str, what: str) -> str:
    """HTML that stands folded: ``quote`` or ``signature``."""
    return f"<details><summary>{FOLDS[what][0]}</summary>\n{html}\n</details>"


def _unfolded(html: str) -> str:
    said = _FOLDED.sub(" ", html)
    if not re.sub(r"<[^>]+>|\s+", "", said):
        said = html
        for sign, _words in FOLDS.values():
            said = said.replace(f"<summary>{sign}</summary>", "")
    return said


def words(html: str) -> Markup:
    """Clean HTML from the database, rendered as it is; what is folded says what it is."""
    if "<summary>" in html:
        for sign, said in FOLDS.values():
            html = html.replace(f"<summary>{sign}</summary>", f"<summary>{said}</summary>")
    return Markup(html)  # noqa: S704 - the one place; everything stored went through clean() or scrub()


#: Two who write first at the same moment: one loads the model, the other waits instead of using it half cut to two languages.
_loading = Lock()


@lru_cache(maxsize=1)
def _classify():  # type: ignore[no-untyped-def]
    # Loaded where somebody first writes: the model costs 0.7 s and some memory.
    import py3langid

    py3langid.set_languages(["de", "en"])
    return py3langid.classify


def language_of(text: str, otherwise: str) -> str:
    """``de`` or ``en``; ``otherwise`` (the writer's own) where the text is too short to tell."""
    if len(text) < 25:
        return otherwise[:2]
    with _loading:
        classify = _classify()
    return str(classify(text)[0])


def may_be_wrong(word: str) -> bool:
    """Whether a word, lower case and without accents, is one in which a typing error can be forgiven: four to 24 letters."""
    return 4 <= len(word) <= 24 and word.isalpha() and word.isascii()


def neighbours(word: str) -> set[str]:
    """All that is one typing error away: a letter left out, put in, wrong, or swapped with the next (Damerau 1964)."""
    cuts = [(word[:n], word[n:]) for n in range(len(word) + 1)]
    left_out = {a + b[1:] for a, b in cuts if b}
    swapped = {a + b[1] + b[0] + b[2:] for a, b in cuts if len(b) > 1}
    wrong = {a + letter + b[1:] for a, b in cuts if b for letter in ascii_lowercase}
    put_in = {a + letter + b for a, b in cuts for letter in ascii_lowercase}
    return (left_out | swapped | wrong | put_in) - {word}
