"""The look in a real Chromium under the strict policy: every component, the keys, the drafts, what is said in passing."""

from __future__ import annotations

import json
from collections import namedtuple

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.template import engines
from django.test import RequestFactory

from potluck.core.parts import parts

POLICY = "; ".join(f"{name} {' '.join(values)}" for name, values in settings.CONTENT_SECURITY_POLICY["DIRECTIVES"].items())

FORM = """
{% extends "base.html" %}
{% from "parts/field.html" import field, draft_line %}
{% from "parts/button.html" import button %}
{% block main %}<h1>A form</h1>
<article class="gift" data-move tabindex="-1" id="one"><a href="#replied" data-key="r">Reply to one</a></article>
<article class="gift" data-move tabindex="-1" id="two"><a href="#replied-two" data-key="r">Reply to two</a></article>
<form method="post" action="/taken/" data-draft="letter" hx-post="/answer/" hx-target="#here">
{{ field("words", "Words", kind="textarea", attrs={"data-key": "c"}) }}
{{ field("secret", "Password", kind="password") }}
{{ draft_line() }}{{ button("Send", "main") }}</form><div id="here"></div>{% endblock %}
"""


@pytest.fixture
def table(browser, server):
    """``table(html, **window)`` opens a page of ours at the server's address under its policy; it keeps its complaints."""
    opened = []

    def open_table(html: str, **window):
        usual = {"viewport": {"width": 1280, "height": 900}, "locale": "en-GB"}
        context = browser.new_context(base_url=server, **{**usual, **window})
        context.set_default_timeout(10_000)
        opened.append(context)
        page = context.new_page()
        page.complaints = []
        page.on("console", lambda said: page.complaints.append(said.text) if said.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        page.route(f"{server}/table/", lambda route: route.fulfill(
            body=html, headers={"Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": POLICY}))
        page.goto("/table/")
        page.evaluate("document.fonts.ready")
        return page

    yield open_table
    for context in opened:
        context.close()


def asked():
    request = RequestFactory().get("/")
    request.user = AnonymousUser()
    return request


Place = namedtuple("Place", "name label url icon")


def cupboard() -> str:
    return parts(asked()).content.decode()


def form(viewer: str = "ilse") -> str:
    template = engines["jinja2"].env.from_string(FORM)
    places = (Place("table", "Table", "#home", "fork-knife"),)
    return template.render(lang="en", theme="", density="", keys=True, viewer={"handle": viewer} if viewer else None, house=None,
                           here="", places=places, unread=False, messages=[], stream_url=None, csrf_token="x", csrf_input="")


@pytest.mark.parametrize("light", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_every_component_is_accessible_under_the_policy(table, light, width):
    page = table(cupboard(), color_scheme=light, viewport={"width": width, "height": 900})
    found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]})
    assert found.violations_count == 0, found.generate_report()
    assert page.complaints == []


def test_the_policy_would_catch_a_style(table):
    page = table(cupboard().replace("<h1>", '<h1 style="color: red">', 1))
    assert any("style" in complaint for complaint in page.complaints)


@pytest.mark.parametrize("width", [320, 390, 720, 1040])
def test_nothing_scrolls_sideways(table, width):
    page = table(cupboard(), viewport={"width": width, "height": 700})
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_nothing_scrolls_sideways_at_double_text(table):
    page = table(cupboard(), viewport={"width": 640, "height": 700})
    before = page.locator("h2").first.evaluate("heading => heading.getBoundingClientRect().height")
    page.evaluate("document.documentElement.style.setProperty('font-size', '200%')")
    assert page.locator("h2").first.evaluate("heading => heading.getBoundingClientRect().height") > before
    assert page.evaluate("document.documentElement.scrollWidth") <= 640


def test_whatever_one_operates_is_large_enough(table):
    page = table(cupboard(), viewport={"width": 390, "height": 900})
    small = page.evaluate("""() => [...document.querySelectorAll(
        '.button, .chip, .link, .input, .choice, summary, .door, .menu-item, .bar a')]
        .filter(part => part.checkVisibility() && part.getBoundingClientRect().height < 44).map(part => part.outerHTML)""")
    assert small == []
    assert page.locator(".button").count() > 20


def test_evening_changes_everything_but_printed_art(table):
    page = table(cupboard())
    ground = "getComputedStyle(document.documentElement).backgroundColor"
    art = "getComputedStyle(document.querySelector('.note-art')).backgroundColor"
    paper = page.evaluate(f"[{ground}, {art}]")
    page.evaluate("document.documentElement.dataset.theme = 'evening'")
    evening = page.evaluate(f"[{ground}, {art}]")
    assert paper[0] == "rgb(254, 251, 246)" and evening[0] == "rgb(33, 20, 26)"
    assert paper[1] == evening[1]


def test_keys_move_between_gifts_and_act_on_the_one_in_hand(table):
    page = table(form())
    in_hand = "document.activeElement.id"
    page.keyboard.press("j")
    assert page.evaluate(in_hand) == "one"
    page.keyboard.press("j")
    page.keyboard.press("j")
    assert page.evaluate(in_hand) == "two", "the last one stays"
    page.keyboard.press("r")
    page.wait_for_url("**#replied-two")
    page.keyboard.press("g")
    page.keyboard.press("h")
    page.wait_for_url("**#home")
    page.keyboard.press("c")
    assert page.evaluate(in_hand) == "f-words"
    page.keyboard.type("j?")
    assert page.locator("#f-words").input_value() == "j?", "in a field a key is a letter"


def test_the_help_opens_and_closes_by_key_and_single_keys_can_be_off(table):
    page = table(form())
    help_ = page.locator("#keys-help")
    page.keyboard.press("?")
    assert help_.is_visible()
    page.keyboard.press("Escape")
    assert not help_.is_visible()
    page.evaluate("document.documentElement.dataset.keys = 'off'")
    page.keyboard.press("?")
    assert not help_.is_visible()


def kept(page) -> dict:
    return json.loads(page.evaluate("JSON.stringify({...localStorage})"))


def test_a_draft_keeps_itself_but_never_a_password(table):
    page = table(form())
    assert not page.locator("[data-draft-line]").is_visible()
    page.locator("#f-words").fill("Half a letter")
    page.locator("#f-secret").fill("hunter2")
    assert page.locator("[data-draft-line]").is_visible()
    page.reload()
    assert page.locator("#f-words").input_value() == "Half a letter"
    assert "hunter2" not in json.dumps(kept(page))


def test_a_draft_leaves_when_it_was_taken_and_stays_when_it_was_not(table):
    page = table(form())
    status = 422
    page.route("**/answer/", lambda route: route.fulfill(status=status, body="<p>Too long.</p>", content_type="text/html"))
    page.locator("#f-words").fill("A whole letter")
    page.locator("#f-words").press("Control+Enter")
    page.get_by_text("Too long.").wait_for()
    assert page.locator("#f-words").input_value() == "A whole letter" and kept(page)
    status = 200
    with page.expect_response("**/answer/"):
        page.locator("#f-words").press("Control+Enter")
    page.wait_for_function("localStorage.length === 0")


def test_a_draft_sent_as_a_whole_page_leaves_when_it_arrived_and_stays_when_it_did_not(table):
    page = table(form().replace(' hx-post="/answer/" hx-target="#here"', ""))
    page.route("**/taken/", lambda route: route.abort())
    page.locator("#f-words").fill("A whole letter")
    with page.expect_event("requestfailed"):
        page.get_by_role("button", name="Send").click()
    page.wait_for_timeout(500)  # the browser's own error page comes
    page.goto("/table/")
    assert page.locator("#f-words").input_value() == "A whole letter"
    page.unroute("**/taken/")
    page.route("**/taken/", lambda route: route.fulfill(
        body=form().replace('data-draft="letter"', ""), content_type="text/html; charset=utf-8"))
    page.get_by_role("button", name="Send").click()
    page.wait_for_url("**/taken/")
    page.goto("/table/")
    assert page.locator("#f-words").input_value() == "" and not kept(page)


def test_without_a_network_a_form_stays_and_says_so(table):
    page = table(form().replace(' hx-post="/answer/" hx-target="#here"', ""))
    page.locator("#f-words").fill("A whole letter")
    page.context.set_offline(True)
    page.get_by_role("button", name="Send").click()
    page.locator("form").get_by_role("alert").wait_for()
    assert page.url.endswith("/table/") and page.locator("#f-words").input_value() == "A whole letter"


def test_a_refusal_is_said_and_not_swapped_in(table):
    page = table(form())
    page.route("**/answer/", lambda route: route.fulfill(status=403, body="<p>Whole page</p>", content_type="text/html"))
    page.locator("#f-words").fill("A letter")
    page.get_by_role("button", name="Send").click()
    said = page.locator("form").get_by_role("alert")
    said.wait_for()
    assert page.locator("#here").inner_html() == "" and kept(page)
    assert "still here" in said.inner_text() and page.locator(".toast").count() == 0


def test_what_can_be_undone_is_said_and_stays_until_it_is_closed(table):
    page = table(form())
    said = engines["jinja2"].env.from_string(
        '{% from "parts/float.html" import toast_along %}<p>New</p>'
        '{% call toast_along("Taken <back>.") %}<a class="link" href="#undo">Undo</a>{% endcall %}').render()
    page.route("**/answer/", lambda route: route.fulfill(body=said, content_type="text/html"))
    page.clock.install()
    page.get_by_role("button", name="Send").click()
    toast = page.locator("#toasts .toast")
    toast.wait_for()
    assert "Taken <back>." in toast.inner_text() and page.locator("#here").inner_html() == "<p>New</p>"
    page.clock.fast_forward(60_000)
    assert toast.is_visible()
    toast.get_by_role("link", name="Undo").click()
    assert page.url.endswith("#undo")
    toast.get_by_role("button", name="Close").click()
    assert toast.count() == 0


def test_what_is_only_said_leaves_by_itself(table):
    page = table(form())
    page.clock.install()
    said = '{% from "parts/float.html" import toast_along %}{{ toast_along("Taken.") }}'
    said = engines["jinja2"].env.from_string(said).render()
    page.route("**/answer/", lambda route: route.fulfill(body=said, content_type="text/html"))
    page.get_by_role("button", name="Send").click()
    page.locator(".toast").wait_for()
    page.clock.fast_forward(9_000)
    page.locator(".toast").wait_for(state="detached")


def test_a_lost_connection_is_said(table):
    page = table(form())
    page.route("**/answer/", lambda route: route.abort())
    page.locator("#f-words").fill("A letter")
    page.get_by_role("button", name="Send").click()
    said = page.locator("form").get_by_role("alert")
    said.wait_for()
    assert "No connection" in said.inner_text() and page.locator(".toast").count() == 0


def test_signed_out_nothing_of_anybody_stays_on_the_device(table, server):
    page = table(form())
    page.locator("#f-words").fill("Half a letter")
    assert kept(page)
    page.unroute(f"{server}/table/")
    page.route(f"{server}/table/", lambda route: route.fulfill(body=form(viewer=""), content_type="text/html; charset=utf-8"))
    page.reload()
    page.wait_for_function("localStorage.length === 0")


def test_light_is_chosen_at_once_and_told_to_the_server(table):
    page = table(form())
    page.locator(".foot summary").click()
    page.locator("input[name=theme][value=evening]").check()
    assert page.evaluate("document.documentElement.dataset.theme") == "evening"
    assert {"theme": "evening"}.items() <= {cookie["name"]: cookie["value"] for cookie in page.context.cookies()}.items()
    page.keyboard.press("Escape")
    assert not page.locator(".look-choice").is_visible()
