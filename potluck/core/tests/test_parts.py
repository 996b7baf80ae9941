"""The look, as far as a machine can hold it: colours, components, icons, what is vendored, and no styles in the markup."""

from __future__ import annotations

import asyncio
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace as Row

import pytest
from django.contrib.auth.models import AnonymousUser
from django.template import engines
from django.test import RequestFactory, override_settings
from django.urls import Resolver404, resolve

from potluck.core import answers, pictures
from potluck.core.art import MOTIFS, composition, frame
from potluck.core.look import choose
from potluck.core.parts import NOON, parts

HOME = Path(__file__).resolve().parents[3]
SHEETS = HOME / "static" / "css"
TEMPLATES = sorted(path for path in HOME.glob("potluck/*/*templates/**/*") if path.suffix in (".html", ".svg"))
ICONS = HOME / "potluck" / "core" / "templates" / "icons"
DISHES = ("bread", "carrot", "butter", "herb", "beet", "plum")
KINDS = ("post", "question", "thanks", "recommend", "welcome", "idea", "poll")


def tokens() -> dict[str, tuple[str, str]]:
    """Every colour as (paper, evening)."""
    pairs = re.findall(r"--([\w-]+): light-dark\((#\w{6}), (#\w{6})\)", (SHEETS / "tokens.css").read_text())
    return {name: (paper, evening) for name, paper, evening in pairs}


def contrast(one: str, other: str) -> float:
    """WCAG 2.x contrast ratio of two colours (https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio)."""

    def light(colour: str) -> float:
        parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    bright, dark = sorted((light(one), light(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def test_contrast_knows_black_on_white():
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)


TINTS = [f"{dish}-tint" for dish in DISHES]
RIMS = [f"{dish}-rim" for dish in DISHES]
# What the look promises: foreground, grounds (the weakest counts), ratio in paper and in the evening.
PROMISED = [
    ("ink", ["page"], 15.9, 15.4),
    ("ink", ["surface"], 16.4, 13.8),
    ("ink", TINTS, 13.7, 12.0),
    ("ink", RIMS, 10.4, 8.3),
    ("ink-soft", ["page"], 8.2, 10.0),
    ("ink-soft", ["surface"], 8.5, 9.0),
    ("ink-soft", TINTS, 7.0, 7.8),
    ("accent-text", ["page"], 7.6, 9.9),
    ("accent-text", ["surface"], 7.8, 8.9),
    ("accent-text", TINTS, 6.5, 7.7),
    ("bread-deep", ["bread-tint"], 8.5, 9.8),
    ("carrot-deep", ["carrot-tint"], 7.5, 9.6),
    ("butter-deep", ["butter-tint"], 8.3, 9.6),
    ("herb-deep", ["herb-tint"], 8.4, 10.0),
    ("beet-deep", ["beet-tint"], 8.3, 9.8),
    ("plum-deep", ["plum-tint"], 9.1, 9.6),
    ("on-accent", ["accent"], 5.6, 8.5),
    ("on-accent", ["accent-strong"], 7.8, 10.6),
    ("surface", ["beet-deep"], 9.9, 10.8),
    ("on-deep", ["deep"], 15.8, 15.4),
    ("on-deep-accent", ["deep"], 10.7, 6.6),
    ("error", ["surface"], 7.9, 8.2),
    ("error", ["page"], 7.7, 9.1),
    ("error", ["error-tint"], 6.9, 7.5),
    ("ok", ["page"], 7.8, 10.5),
    ("line-strong", ["page"], 4.1, 5.2),
    ("line-strong", TINTS, 3.5, 4.1),
    ("focus", ["page"], 15.9, 15.6),
    ("focus", TINTS, 13.7, 12.1),
]


@pytest.mark.parametrize(("front", "grounds", "paper", "evening"), PROMISED)
def test_contrast_is_what_the_look_promises(front, grounds, paper, evening):
    colours = tokens()
    for theme, promised in enumerate((paper, evening)):
        weakest = min(contrast(colours[front][theme], colours[ground][theme]) for ground in grounds)
        assert weakest == pytest.approx(promised, abs=0.06)


def test_initials_can_be_read_on_every_rim():
    colours = tokens()
    for theme, promised in enumerate((5.9, 6.7)):
        weakest = min(contrast(colours[f"{dish}-deep"][theme], colours[f"{dish}-rim"][theme]) for dish in DISHES)
        assert weakest == pytest.approx(promised, abs=0.06)


def test_every_dish_has_its_five_tones_and_every_kind_a_dish():
    sheet = (SHEETS / "tokens.css").read_text()
    assert {f"{dish}-{tone}" for dish in DISHES for tone in ("tint", "rim", "dish", "deep", "glaze")} <= set(tokens())
    for kind in KINDS:
        assert f'[data-kind="{kind}"]' in sheet


def test_a_component_never_names_a_dish():
    named = re.compile(rf"--({'|'.join(DISHES)})-")
    assert named.search((SHEETS / "tokens.css").read_text()), "the pattern finds what it looks for"
    for sheet in SHEETS.glob("*.css"):
        if sheet.name not in ("tokens.css", "shape.css"):
            assert not named.search(sheet.read_text()), f"{sheet.name} names a dish"


def test_every_token_a_sheet_asks_for_exists():
    sheets = {sheet.name: sheet.read_text() for sheet in SHEETS.glob("*.css")}
    declared = set(re.findall(r"(--[\w-]+)\s*:", "".join(sheets.values())))
    for name, sheet in sheets.items():
        asked = set(re.findall(r"var\((--[\w-]+)\)", sheet))
        assert asked <= declared, f"{name}: {asked - declared}"


def test_every_sheet_is_linked_and_lies_in_a_layer():
    base = (HOME / "potluck/core/templates/parts/frame.html").read_text()
    always = re.findall(r'"([a-z]+)"', re.search(r"for sheet in \((.*?)\)", base)[1])
    sometimes = re.findall(r'static\("css/([a-z]+)\.css"\)', "".join(template.read_text() for template in TEMPLATES))
    assert sorted(always + sometimes) == sorted(sheet.stem for sheet in SHEETS.glob("*.css"))
    assert always[0] == "tokens", "it declares the order of the layers"
    for sheet in SHEETS.glob("*.css"):
        if sheet.name != "font.css":
            assert re.search(r"@layer (tokens|reset|base|frame|parts|pages) \{", sheet.read_text()), sheet.name


FORBIDDEN = re.compile(r"""\sstyle=|<style|\son\w+=["']|\shx-on|["']js:|<script(?![^>]*\ssrc=)|href=["']javascript:""", re.I)


def test_no_template_carries_styles_or_scripts():
    for wrong in ('<p style="x">', "<style>", '<a onclick="x">', "<b hx-on:click>", "hx-vals='js:1'", "<script>"):
        assert FORBIDDEN.search(wrong), wrong
    assert not FORBIDDEN.search('<script src="a.js" type="module"></script>')
    assert len(TEMPLATES) > 20
    for template in TEMPLATES:
        found = FORBIDDEN.search(template.read_text())
        assert not found, f"{template.relative_to(HOME)}: {found[0]}"


def test_every_icon_that_is_named_exists():
    there = {icon.stem for icon in ICONS.glob("*.svg")}
    named = set()
    for template in TEMPLATES:
        named |= set(re.findall(r"""(?:\bicon\(|icon_name=|reason_icon=|"icon": )["']([a-z-]+)["']""", template.read_text()))
    assert {"check", "x", "arrow-right"} <= named
    assert named <= there, named - there


def test_icons_take_the_colour_of_their_word():
    for icon in ICONS.glob("*.svg"):
        drawn = icon.read_text()
        assert drawn.startswith('<svg class="icon" viewBox="0 0 256 256" aria-hidden="true">'), icon.name
        assert "fill=" not in drawn, icon.name


def test_what_is_vendored_says_its_version_and_licence():
    folders = [*(folder for folder in (HOME / "static" / "vendor").iterdir() if folder.is_dir()), ICONS]
    assert len(folders) >= 3
    for folder in folders:
        assert re.search(r"\d+\.\d+\.\d+", (folder / "VERSION").read_text()), folder
        assert len((folder / "LICENCE").read_text()) > 300, folder


def macro(file: str, name: str):
    return getattr(engines["jinja2"].env.get_template(f"parts/{file}.html").module, name)


SOMEBODY = Row(name="Ilse <b>Petzold", handle="ilse", unit="Lohnbüro", initials="IP", tint="plum")


def gift(**changes) -> Row:
    given = {"key": "k1", "kind": "asked", "dish": "question", "word": "Question", "by": SOMEBODY, "at": NOON, "when": "today",
             "html": "<p>Words</p>", "title": "Why <i>?", "lang": "en", "url": "/acts/k1/"}
    return Row(**{**given, **changes})


def test_a_gift_escapes_what_people_typed():
    drawn = str(macro("gift", "gift")(gift(), caller=lambda: ""))
    assert "Ilse &lt;b&gt;Petzold" in drawn and "Why &lt;i&gt;?" in drawn
    assert "<i>" not in drawn and "<b>" not in drawn


def test_a_gift_shows_shape_and_word_together():
    for kind in KINDS:
        drawn = str(macro("gift", "gift")(gift(dish=kind, word=f"word for {kind}"), caller=lambda: ""))
        assert f'data-kind="{kind}"' in drawn and 'class="shape"' in drawn and f"word for {kind}" in drawn


def test_the_bowl_is_filled_only_once_something_helped():
    empty, filled = str(macro("icon", "shape")("question")), str(macro("icon", "shape")("question", True))
    assert "stroke-dasharray" in empty and "stroke-dasharray" not in filled
    assert "f-butter" in filled and "f-butter" not in empty


def test_a_field_ties_hint_error_and_what_was_kept_to_its_input():
    drawn = str(macro("field", "field")("what", "What for?", 'a "b"', hint="One sentence.", error="Too long.", kept="Kept."))
    assert 'aria-describedby="f-what-hint f-what-error f-what-kept"' in drawn and 'aria-invalid="true"' in drawn
    assert drawn.index("Too long.") < drawn.index("Kept."), "directly below the error stands what was kept"
    assert 'value="a &#34;b&#34;"' in drawn and 'for="f-what"' in drawn
    plain = str(macro("field", "field")("what", "What for?"))
    assert "aria-invalid" not in plain and "aria-describedby" not in plain


def test_reactions_are_words_of_which_the_chosen_are_pressed():
    words = [{"key": "helps", "word": "helps me"}, {"key": "strong", "word": "strong"}]
    drawn = str(macro("button", "reactions")("/r/", words, ["strong"], caller=lambda: ""))
    assert re.search(r'value="helps" aria-pressed="false"', drawn) and re.search(r'value="strong" aria-pressed="true"', drawn)


def test_the_same_seed_prints_the_same_card():
    assert composition("k1") is not composition("k1") and composition("k1") == composition("k1")
    assert composition("k1") != composition("k2")
    assert {composition(f"seed {n}").motif for n in range(60)} == set(MOTIFS)
    assert composition("k1", True).motif == composition("k1").motif, "in the feed and on the wall it is the same picture"
    for tall in (False, True):
        assert frame("k1", tall).width == composition("k1", tall).width and not frame("k1", tall).shapes


def fetched(path: str, method: str = "GET") -> tuple[int, dict[bytes, bytes], bytes]:
    """What ``pictures.picture`` answers: status, headers, body."""
    said: list[dict] = []

    async def send(message: dict) -> None:
        said.append(message)

    with ThreadPoolExecutor(1) as beside:  # a browser of another test may hold this thread's loop
        beside.submit(asyncio.run, pictures.picture({"path": path, "method": method}, None, send)).result()
    return said[0]["status"], dict(said[0]["headers"]), said[1]["body"]


def test_a_picture_is_one_address_and_kept_for_good():
    status, headers, body = fetched(pictures.address("k1", True))
    assert status == 200 and headers[b"content-type"] == b"image/svg+xml" and b"immutable" in headers[b"cache-control"]
    assert body.startswith(b'<svg xmlns') and int(headers[b"content-length"]) == len(body)
    assert body != fetched(pictures.address("k1"))[2]
    assert fetched(pictures.address("k1"), "HEAD")[::2] == (200, b"")
    assert fetched(pictures.address("k1"), "POST")[0] == 404
    for odd in ("../tokens", "a" * 41, "", "a.b", "tall/", "<b>"):
        assert fetched(pictures.address(odd))[0] == 404, odd


def test_every_tone_of_the_art_is_a_colour_of_the_house():
    paints = {(one.paint, kind.kind) for n in range(60) for kind in [composition(f"seed {n}")] for one in kind.shapes}
    assert all(re.fullmatch("#[0-9A-F]{6}", pictures.colour(*paint)) for paint in paints) and len(paints) > 10
    assert pictures.colour("dish", "thanks") == "#AC2B4D" and pictures.colour("carrot", "thanks") == "#E7801F"


def asked(method: str = "get", data: dict | None = None):
    request = getattr(RequestFactory(), method)("/", data or {})
    request.user = AnonymousUser()
    return request


def test_the_cupboard_shows_every_component(settings):
    page = parts(asked()).content.decode()
    assert page.count("<h1>") == 1
    for component in ("gift-dish", "note-art", "door-word", "chip", "dialog", "toast", "menu-sheet", "steps", "notice-error",
                      "empty", "composer", "answer-plain", "gift-own", "card-over"):
        assert re.search(rf'class="[^"]*\b{component}\b', page), component
    assert not FORBIDDEN.search(page)


def test_the_cupboard_is_closed_outside_debug_mode():
    with pytest.raises(Resolver404):
        resolve("/parts/")
    assert resolve("/look/").func is choose


def test_light_and_space_are_kept_on_the_device():
    answer = choose(asked("post", {"theme": "evening", "density": "full", "next": "/thanks/"}))
    assert (answer.status_code, answer["Location"]) == (303, "/thanks/")
    assert answer.cookies["theme"].value == "evening" and answer.cookies["density"].value == "full"


def test_a_choice_that_is_not_offered_changes_nothing():
    answer = choose(asked("post", {"theme": "neon", "next": "https://elsewhere.example/"}))
    assert not answer.cookies and answer["Location"] == "/"


@override_settings(DEBUG=False)
def test_the_page_for_a_broken_house_asks_nobody():
    for answer, status in ((answers.broken(asked()), 500), (answers.away(asked()), 503)):
        assert answer.status_code == status and b"<h1>" in answer.content
        assert not FORBIDDEN.search(answer.content.decode())
