"""The pictures of README.md: one gift in two windows of the demo house, from question to wall (``bin/shots --readme``)."""

from __future__ import annotations

import contextlib
import io
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Error, Locator, Page, expect

from tests import shots

QUESTION = "Where do the umbrellas go that people leave on the tram?"
ANSWER = (
    "Into the grey crate behind the counter. On Fridays Linus dries them, and whoever comes asking gets theirs back, with a "
    "biscuit if it was raining."
)
THANKS = "You told me about the grey crate, and about the biscuit. On my third day I gave somebody their umbrella back."
WIDTH, MARGIN = 760, 14
#: Bytes that a picture may have; a reader on a train waits for none.
MOST = 150_000


def take(address: str, data: Path, chairs: dict[str, str], folder: Path) -> list[Path]:
    """Plays the gift in two windows and photographs each step; returns the six files."""
    from playwright.sync_api import sync_playwright

    folder.mkdir(parents=True, exist_ok=True)
    made: list[Path] = []

    def keep(page: Page, name: str, first: Locator, last: Locator | None = None) -> None:
        made.append(_picture(page, first, last or first, folder / f"{len(made) + 1}-{name}.png"))

    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=shots.chromium(), args=["--no-sandbox", "--disable-dev-shm-usage"])

        def window(chair: str) -> Page:
            page = browser.new_context(
                base_url=address, locale="en-GB", viewport={"width": WIDTH, "height": 1400}, reduced_motion="reduce"
            ).new_page()
            page.set_default_timeout(30_000)
            shots.let_in(page, shots.sign_in_link(data, chairs[chair]))
            return page

        newcomer, colleague = window("newcomer"), window("colleague")
        with colleague.expect_response(lambda answer: "/live/" in answer.url):
            colleague.goto("/")

        newcomer.goto("/posts/new/?question=1")
        newcomer.get_by_label("Your question", exact=True).fill(QUESTION)
        newcomer.evaluate("document.activeElement.blur()")
        keep(newcomer, "asked", newcomer.locator("#composer"))
        newcomer.get_by_role("button", name="Ask", exact=True).click()
        asked = newcomer.locator("main article[data-kind=question]").first
        expect(asked).to_contain_text(QUESTION)
        key = str(asked.get_attribute("id"))

        colleague.get_by_role("button", name="There is something new. Show it").click()
        arrived = colleague.locator(f"#{key}")
        expect(arrived).to_be_visible()
        colleague.evaluate("document.activeElement.blur()")
        keep(colleague, "arrived", arrived)

        colleague.goto(newcomer.url)
        colleague.get_by_label("Your answer", exact=True).fill(ANSWER)
        colleague.get_by_role("button", name="Give the answer").click()
        answer = newcomer.get_by_role("article").filter(has_text="grey crate")
        expect(answer).to_be_visible()
        newcomer.get_by_role("button", name="This helped").click()
        helped = newcomer.locator("#answers article[data-kind=question]").first
        expect(helped).to_be_visible()
        keep(newcomer, "answered", helped)

        helped.get_by_role("link", name="Say thank you").click()
        newcomer.get_by_label("What for?", exact=True).fill(THANKS)
        newcomer.get_by_role("radio", name="Everybody, on the wall").check()
        newcomer.evaluate("document.activeElement.blur()")
        form = newcomer.locator("#thanks-form")
        keep(newcomer, "thanked", form.locator("label[for=f-for_what]"), form.locator("[data-send]"))
        newcomer.locator("#thanks-form [data-send]").click()
        thanks = str(newcomer.get_by_role("article").filter(has_text="On my third day").get_attribute("id"))

        colleague.goto(f"/acts/{thanks.removeprefix('act-')}/")
        keep(colleague, "agreed", colleague.locator(f"#{thanks}"))
        colleague.get_by_role("button", name="Yes, it may").click()
        expect(colleague.get_by_role("button", name="Take it off the wall")).to_be_visible()

        newcomer.goto("/thanks/")
        hung = newcomer.locator(f"#{thanks}")
        expect(hung).to_be_visible()
        keep(newcomer, "hung", hung)
        browser.close()
    return made


def _picture(page: Page, first: Locator, last: Locator, file: Path) -> Path:
    """From one element to another, a little of the cloth around them, in few colours and few bytes."""
    page.evaluate("document.fonts.ready")
    begin: Any = None
    end: Any = None
    while begin is None:  # what comes live may put a fresh card in the old one's place meanwhile
        with contextlib.suppress(Error):
            first.scroll_into_view_if_needed(timeout=5_000)
            begin, end = first.bounding_box(), last.bounding_box()
    top = max(0, begin["y"] - MARGIN)
    clip = {"x": 0, "y": top, "width": WIDTH, "height": end["y"] + end["height"] + MARGIN - top}
    picture = Image.open(io.BytesIO(page.screenshot(clip=clip, animations="disabled"))).convert("RGB")
    picture.quantize(128, dither=Image.Dither.NONE).save(file, optimize=True)
    if file.stat().st_size > MOST:
        raise SystemExit(f"{file} has {file.stat().st_size} bytes, more than {MOST}")
    return file
