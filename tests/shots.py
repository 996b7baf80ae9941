"""Photographs every page: phone and desktop, light and dark, German and English, with a contact sheet to look at.

    bin/shots [--out shots] [--chairs colleague,...] [--widths 390,1280] [--themes light,dark] [--languages de,en] [--pages 80]
    bin/shots --readme      the pictures of README.md: one gift in two windows, into docs/pictures

It opens a demo house of its own in a temporary folder and leaves nothing behind but the pictures. An address stands for
its shape: of forty people's pages one is photographed.
"""

from __future__ import annotations

import argparse
import contextlib
import html
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urldefrag, urlsplit

HOME = Path(__file__).resolve().parent.parent
LEAVE_ALONE = re.compile(r"/(static|live|accounts/logout|chairs)/|mailto:|tel:")
#: A word in an address that is not a name of something: it tells two shapes apart.
FIXED = re.compile(r"^[a-z][a-z-]{1,14}$")
KNOWN = {"people", "groups", "acts", "thanks", "me", "house", "inbox", "desk", "welcome", "posts", "accounts"}


SHEET = """<!doctype html><meta charset=utf-8><title>Potluck</title><style>
body{font-family:sans-serif} div{display:flex;gap:8px;overflow-x:auto;align-items:flex-start}
img{height:420px;border:1px solid #ddd}</style>"""


@contextlib.contextmanager
def demo_house() -> Iterator[tuple[str, Path]]:
    """A demo house on a free port: (address, data folder). Its processes end with the block."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory(prefix="potluck-shots-", ignore_cleanup_errors=True) as folder:
        os.chmod(folder, 0o711)  # so that the database's own user reaches it, and nothing lies elsewhere
        data = Path(folder) / "data"
        command = [str(HOME / ".venv" / "bin" / "potluck"), "--data", str(data), "run", "--demo", "--port", str(port)]
        env = {k: v for k, v in os.environ.items() if not k.startswith("POTLUCK_") and k != "DATABASE_URL"}
        env.pop("DJANGO_SETTINGS_MODULE", None)
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, cwd=HOME, env=env)
        try:
            deadline = time.monotonic() + 90
            while time.monotonic() < deadline and process.poll() is None:
                with contextlib.suppress(OSError), urllib.request.urlopen(f"http://localhost:{port}/readyz", timeout=5):
                    break
                time.sleep(0.2)
            else:
                raise SystemExit("the demo house did not open")
            yield f"http://localhost:{port}", data
        finally:
            process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(10)
            if process.poll() is None:
                process.kill()


def sign_in_link(data: Path, email: str) -> str:
    """What ``potluck login-link`` prints."""
    command = [str(HOME / ".venv" / "bin" / "potluck"), "--data", str(data), "login-link", email]
    env = {
        k: v
        for k, v in os.environ.items()
        if not k.startswith("POTLUCK_") and k not in ("DATABASE_URL", "DJANGO_SETTINGS_MODULE")
    }
    return subprocess.run(command, check=True, capture_output=True, text=True, env=env, cwd=HOME).stdout.strip()


def shape(address: str) -> str:
    """``/people/mira-sandvoss/thanks/`` -> ``/people/*/thanks/``."""
    parts = urlsplit(address)
    steps = parts.path.strip("/").split("/")
    kept = [
        step
        if n == 0 or (FIXED.match(step) and (n > 1 or steps[0] not in KNOWN or len(steps) == 2 and "-" not in step))
        else "*"
        for n, step in enumerate(steps)
    ]
    asked = "&".join(sorted(part.split("=")[0] for part in parts.query.split("&") if part))
    return "/" + "/".join(kept) + (f"?{asked}" if asked else "")


def file_name(shape: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", shape.replace("*", "x")).strip("-") or "home"


def chromium() -> str:
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
    if not found:
        raise SystemExit("There is no Chromium here: `apt-get install chromium` brings one.")
    return found


def let_in(page: Any, link: str) -> None:
    page.goto(link)
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_load_state("load")


def photograph(options: argparse.Namespace, address: str, data: Path, chairs: dict[str, str]) -> list[Path]:
    """Every shape of page that each chair reaches, in every width, theme and language; returns the files."""
    from playwright.sync_api import sync_playwright

    made: list[Path] = []
    options.out.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium(), args=["--no-sandbox", "--disable-dev-shm-usage"])
        done: set[str] = set()
        for chair, email in chairs.items():
            for language in options.languages:
                context = browser.new_context(locale={"de": "de-DE", "en": "en-GB"}[language], reduced_motion="reduce")
                page = context.new_page()
                let_in(page, sign_in_link(data, email))
                queue, seen = deque([f"{address}/"]), {f"{address}/"}
                count = 0
                while queue and count < options.pages:
                    here = queue.popleft()
                    name = f"{chair} {shape(here)}" if here == f"{address}/" else shape(here)
                    if f"{language} {name}" in done:
                        continue
                    done.add(f"{language} {name}")
                    count += 1
                    for width in options.widths:
                        for theme in options.themes:
                            page.set_viewport_size({"width": width, "height": 900 if width > 700 else 844})
                            page.emulate_media(color_scheme=theme, reduced_motion="reduce")
                            page.goto(here, wait_until="load")
                            file = options.out / f"{file_name(name)}-{language}-{width}-{theme}.png"
                            page.screenshot(path=file, full_page=True)
                            made.append(file)
                    for link in page.eval_on_selector_all("a[href]", "all => all.map(a => a.href)"):
                        link = urldefrag(link)[0]
                        if link.startswith(f"{address}/") and link not in seen and not LEAVE_ALONE.search(link):
                            seen.add(link)
                            queue.append(link)
                context.close()
        browser.close()
    return made


def contact_sheet(folder: Path, files: list[Path]) -> Path:
    """One HTML page with all pictures side by side, page by page."""
    by_page: dict[str, list[Path]] = {}
    for file in files:
        by_page.setdefault(re.sub(r"-(de|en)-\d+-\w+$", "", file.stem), []).append(file)
    rows = []
    for name, pictures in sorted(by_page.items()):
        row = "".join(f"<a href={p.name}><img src={p.name} loading=lazy alt={p.stem}></a>" for p in pictures)
        rows.append(f"<h2>{html.escape(name)}</h2><div>{row}</div>")
    sheet = folder / "index.html"
    sheet.write_text(SHEET + "".join(rows))
    return sheet


def chairs_of() -> dict[str, str]:
    """{chair: address} of the demo company, as the demo itself names them."""
    from potluck.demo.chairs import sitters
    from potluck.demo.reading import address

    return {chair: address(key) for chair, key in sitters().items()}


def main() -> int:
    ask = argparse.ArgumentParser(prog="bin/shots", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--out", type=Path, help="a folder; else ./shots, or with --readme docs/pictures")
    ask.add_argument("--chairs", default="")
    ask.add_argument("--widths", type=lambda s: [int(n) for n in s.split(",")], default=[390, 1280])
    ask.add_argument("--themes", type=lambda s: s.split(","), default=["light", "dark"])
    ask.add_argument("--languages", type=lambda s: s.split(","), default=["de", "en"])
    ask.add_argument("--pages", type=int, default=80, help="at most so many shapes a chair")
    ask.add_argument("--readme", action="store_true")
    options = ask.parse_args()
    with demo_house() as (address, data):
        chairs = chairs_of()
        if options.readme:
            from tests.readme_pictures import take

            files = take(address, data, chairs, options.out or HOME / "docs" / "pictures")
        else:
            if options.chairs:
                chairs = {name: chairs[name] for name in options.chairs.split(",")}
            options.out = options.out or HOME / "shots"
            files = photograph(options, address, data, chairs)
            print(contact_sheet(options.out, files))
    print(f"{len(files)} pictures")
    return 0 if files else 1


if __name__ == "__main__":
    sys.exit(main())
