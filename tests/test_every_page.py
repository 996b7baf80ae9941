"""Every page, in a real browser: narrow, in both lights, for the ear, in German, and with nothing from elsewhere.

The suite looks at one page of each shape, as whoever reaches it first; nightly as everybody, in both languages and widths.
"""

from __future__ import annotations

import html
import re
from collections import deque
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urldefrag, urljoin, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from babel.messages.pofile import read_po
from django.conf import settings
from django.urls import Resolver404, resolve
from playwright.sync_api import BrowserContext, Page

from tests import crawl, make, world
from tests.shots import LEAVE_ALONE

HOME = Path(__file__).resolve().parent.parent
ROLES = ("stranger", "named", "insider", "host", "guest", "leader", "community-manager", "administrator")
NARROW = {"locale": "de-DE", "viewport": {"width": 320, "height": 640}, "has_touch": True, "is_mobile": True}
WIDE = {"locale": "en-GB", "viewport": {"width": 1280, "height": 900}}
_LINK = re.compile(r"<a\s[^>]*href=\"([^\"]+)\"")
#: Words of every English sentence that no German one has; a page in German that holds one was left behind.
ENGLISH = re.compile(r"\b(the|and|you|your|with|this|that|from|here|there|what|who|are|have|has|not|for|to|of)\b")

HEAR = """
window.violations = [];
document.addEventListener("securitypolicyviolation", (e) => violations.push(`${e.violatedDirective} ${e.blockedURI}`));
"""
TEXTS = """() => {
  const found = [document.title];
  const isOurs = (e) => !e.closest("[lang]:not(html), code, pre, kbd, script, style, template");
  const walk = document.createTreeWalker(document.documentElement, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const node = walk.currentNode;
    if (isOurs(node.parentElement)) found.push(node.textContent);
  }
  for (const name of ["aria-label", "title", "placeholder", "alt"])
    for (const element of document.querySelectorAll(`[${name}]`)) if (isOurs(element)) found.push(element.getAttribute(name));
  return found.map((text) => text.replace(/\\s+/g, " ").trim()).filter(Boolean);
}"""
#: One page with two addresses.
SAME = {"people/<slug:handle>/thanks/": "thanks/new/"}
#: Drawings that are borrowed from elsewhere on the page (parts/icon.html) and are not there: an empty space.
LENT = """() => [...document.querySelectorAll("use")].map((e) => e.getAttribute("href"))
  .filter((href) => !document.querySelector(href))"""
#: What reaches beyond the right edge, if the page moves sideways. Lists that scroll within themselves are no page that moves.
WIDTH = """(width) => {
  const wide = document.scrollingElement.scrollWidth;
  if (wide <= width) return "";
  const one = [...document.querySelectorAll("body *")].find((e) => e.getBoundingClientRect().right > width + 1);
  return `${wide} px wide: ${one?.outerHTML.slice(0, 120)}`;
}"""


# --- which pages there are ----------------------------------------------------------------------------------------------


def shape(address: str) -> str:
    """Its route and what is asked: of forty people's pages one is looked at."""
    parts = urlsplit(address)
    try:
        route = resolve(parts.path).route
    except Resolver404:
        route = parts.path
    asked = "&".join(sorted(part.split("=")[0] for part in parts.query.split("&") if part))
    return route + (f"?{asked}" if asked else "")


def pages_of(person: Any, start: list[str]) -> tuple[dict[str, str], list[str]]:
    """{shape: an address} of what somebody reaches by links, and links that lead nowhere. Without a browser: quick."""
    client = crawl.signed_in(person)
    queue, found, dead = deque(start), {}, []
    seen = set(start)
    while queue:
        address = queue.popleft()
        answer = client.get(address)
        if answer.status_code in (301, 302, 303):
            links = [answer.headers["Location"]]
        elif answer.status_code != 200:
            dead.append(f"{address} answers {answer.status_code}")
            continue
        elif not answer.headers["Content-Type"].startswith("text/html"):
            continue
        else:
            found.setdefault(address if address in start else shape(address), address)
            links = [html.unescape(link) for link in _LINK.findall(answer.content.decode())]
        for link in links:
            here = urlsplit(urldefrag(urljoin(f"http://localhost{address}", link))[0])
            path = here.path + (f"?{here.query}" if here.query else "")
            if here.netloc != "localhost" or LEAVE_ALONE.search(path) or shape(path) in seen or path in seen:
                continue
            seen.update((shape(path), path))
            queue.append(path)
    return found, dead


@pytest.fixture
def house(server: str) -> world.World:
    """The world of the matrix, with a newcomer and a thank-you that waits; committed, so that the server sees it."""
    known = world.build()
    known.actors["newcomer"] = make.person("Nora Neu")
    make.post(known.actors["newcomer"], "Guten Tag, ich bin neu.")
    make.thank(known.actors["leader"], known.actors["insider"], words="Danke fürs Tauschen.", offer_to_wall=True)
    for reader in ("named", "community-manager"):
        make.greet(known.actors["leader"], known.actors[reader])
    return known


def start_of(house: world.World) -> list[str]:
    acts = ("to everyone", "on the wall", "in an open group", "history")
    return ["/", *(f"/acts/{house.acts[name].key}/" for name in acts), f"/groups/{house.groups['closed'].key}/"]


def plan_of(house: world.World, roles: tuple[str, ...], once: bool) -> list[tuple[str, str, str]]:
    """(role, shape, address) of the pages to look at; with ``once`` each shape is looked at as whoever reaches it first."""
    plan, known = [], set()
    for role in roles:
        found, dead = pages_of(house.actors.get(role), ["/"] if role in ("stranger", "guest") else start_of(house))
        assert dead == [], f"links that lead nowhere, as {role}"
        for name, address in found.items():
            if name != "/" and once and name in known:
                continue
            known.add(name)
            plan.append((role, name, address))
    return plan


# --- what is looked at --------------------------------------------------------------------------------------------------


@dataclass
class Window:
    """A page of one person, with all that its browser complained about."""

    page: Page
    server: str
    complaints: list[str] = field(default_factory=list)

    def listen(self) -> Window:
        ours = urlsplit(self.server).netloc
        self.page.on("console", lambda said: self._said(said.text) if said.type == "error" else None)
        self.page.on("pageerror", lambda problem: self.complaints.append(f"script: {problem}"))
        self.page.on("request", lambda asked: self._asked(asked.url, ours))
        self.page.add_init_script(HEAR)
        return self

    def _said(self, text: str) -> None:
        if "status of 422" not in text:
            self.complaints.append(f"console: {text}")

    def _asked(self, url: str, ours: str) -> None:
        if urlsplit(url).netloc != ours and not url.startswith(("data:", "blob:")):
            self.complaints.append(f"elsewhere: {url}")

    def problems(self, address: str) -> list[str]:
        """All that is wrong with the page at this address."""
        self.complaints.clear()
        self.page.emulate_media(color_scheme="light", reduced_motion="reduce")
        answer = self.page.goto(address, wait_until="load")
        found = [] if answer and answer.status == 200 else [f"answers {answer and answer.status}"]
        if sideways := self.page.evaluate(WIDTH, (self.page.viewport_size or {})["width"]):
            found.append(f"sideways: {sideways}")
        found += [f"nothing is drawn for {name}" for name in sorted(set(self.page.evaluate(LENT)))]
        heads = self.page.locator("h1").count()
        if heads != 1:
            found.append(f"h1: {heads} of them")
        if self.page.locator("html").get_attribute("lang") == "de":
            found += [f"English: {text}" for text in self.page.evaluate(TEXTS) if is_english(text)]
        for light in ("light", "dark"):
            self.page.emulate_media(color_scheme=light, reduced_motion="reduce")
            result = Axe().run(self.page, options={"resultTypes": ["violations"], "preload": False}).response
            for one in result["violations"]:
                nodes = "; ".join(node["html"][:160] for node in one["nodes"][:3])
                found.append(f"axe, {light}: {one['id']}: {nodes}")
        found += [f"policy: {one}" for one in self.page.evaluate("window.violations")]
        return found + self.complaints


@cache
def catalogue() -> tuple[frozenset[str], frozenset[str]]:
    """English strings that have another German, and all German ones."""
    with (HOME / "locale" / "de" / "LC_MESSAGES" / "django.po").open("rb") as file:
        pairs = [(m.id, m.string) for m in read_po(file) if m.id and isinstance(m.id, str)]
    return frozenset(i for i, said in pairs if said and i != said), frozenset(said for _i, said in pairs)


def is_english(text: str) -> bool:
    english, german = catalogue()
    return text not in german and (text in english or len(ENGLISH.findall(text.lower())) > 1)


def window_of(context: BrowserContext, server: str, person: Any) -> Window:
    if person is not None:
        client = crawl.signed_in(person)
        name = settings.SESSION_COOKIE_NAME
        context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": server}])
    return Window(context.new_page(), server).listen()


def look_at(browser: Any, server: str, house: world.World, plan: list[tuple[str, str, str]], how: dict) -> list[str]:
    """Everything wrong with the pages of the plan; one window for each role."""
    wrong, titles = [], {}
    for role in dict.fromkeys(role for role, _shape, _address in plan):
        context = browser.new_context(base_url=server, **how)
        context.set_default_timeout(30_000)
        window = window_of(context, server, house.actors.get(role))
        for _role, name, address in (one for one in plan if one[0] == role):
            wrong += [f"{address} as {role}: {problem}" for problem in window.problems(address)]
            title = window.page.title()
            route = shape(urlsplit(address).path)
            route = SAME.get(route, route)
            if titles.setdefault((role, title), route) != route:
                wrong.append(f"{address} as {role}: title: {title!r}, like {titles[role, title]}")
        context.close()
    return wrong


HALVES = 2


@pytest.mark.row("I5", "X5")
@pytest.mark.parametrize("half", range(HALVES))
def test_every_page_is_narrow_audible_german_and_asks_nothing_of_others(browser, server, house, half):
    plan = plan_of(house, ROLES, once=True)[half::HALVES]
    assert len(plan) > 15
    wrong = look_at(browser, server, house, plan, NARROW)
    assert not wrong, "\n" + "\n".join(wrong)


@pytest.mark.nightly
@pytest.mark.parametrize("how", [NARROW, WIDE], ids=["german-narrow", "english-wide"])
@pytest.mark.parametrize("role", [*ROLES, "newcomer", "works-council"])
def test_every_page_of_every_role(browser, server, house, role, how):
    wrong = look_at(browser, server, house, plan_of(house, (role,), once=False), how)
    assert not wrong, "\n" + "\n".join(wrong)


PLANTED = """<!doctype html><html lang="de"><head><meta charset="utf-8"><title>Fehler</title></head>
<body><main><h1>Eins</h1><h1>Zwei</h1><img src="https://example.org/a.png"><p style="color: #aaa">Say it with your words.</p>
<pre>Dieser Satz ist für ein Telefon viel zu breit, denn er bricht nicht um und geht immer weiter und weiter.</pre>
<script src="/static/js/nothing-there.js"></script></main></body></html>"""


def test_a_page_with_everything_wrong_is_caught(browser, server):
    """Positive control: the same look at a page with planted mistakes, under the policy of our own pages."""
    context = browser.new_context(base_url=server, **NARROW)
    window = Window(context.new_page(), server).listen()
    policy = window.page.goto("/accounts/login/").headers["content-security-policy"]
    context.route(
        "**/planted/",
        lambda route: route.fulfill(body=PLANTED, content_type="text/html", headers={"Content-Security-Policy": policy}),
    )
    found = window.problems("/planted/")
    context.close()
    for kind in ("sideways:", "h1: 2", "English: Say it", "axe, light: image-alt", "axe, dark: image-alt", "policy: style-src",
                 "policy: img-src", "console:"):
        assert any(one.startswith(kind) for one in found), (kind, found)


def test_a_request_to_another_host_is_caught(browser, server):
    context = browser.new_context(base_url=server, **NARROW)
    window = Window(context.new_page(), server).listen()
    context.route("**/planted/", lambda route: route.fulfill(body=PLANTED, content_type="text/html"))
    assert any(one.startswith("elsewhere: https://example.org/") for one in window.problems("/planted/"))
    context.close()
