"""Nothing that people write becomes code: hostile words in every text that pages show, opened in a real browser under the strict
policy. No script runs, no foreign request leaves, no violation is reported, and a name is shown as it was typed.

The collection is our own: one of each known class (elements, attributes, addresses, encodings, mutation, templates, styles)."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings

from potluck.acts.models import Act
from potluck.groups.models import Group, JoinRequest
from potluck.notices.models import Notice
from potluck.notices.tests.streams import cookie_of
from potluck.people.models import House, Person, Unit
from tests import make, world

RUN = "top.ran=1"
HOSTILE = [
    f"<script>{RUN}</script>", f"<ScRiPt/x>{RUN}</sCrIpT>", f"<img src=x onerror={RUN}>", f"<svg onload={RUN}>",
    f"<svg><script>{RUN}</script></svg>", f"<body onload={RUN}>", f"<input autofocus onfocus={RUN}>",
    f"<details open ontoggle={RUN}>", f"<video><source onerror={RUN}>", f"<iframe srcdoc='<script>{RUN}</script>'>",
    f"<iframe src=javascript:{RUN}>", f"<a href=javascript:{RUN}>x</a>", f"<a href='jav&#x09;ascript:{RUN}'>x</a>",
    f"<form action=javascript:{RUN}><button>x", f"<math><a xlink:href=javascript:{RUN}>x",
    f"<object data=javascript:{RUN}>", f"\"><script>{RUN}</script>", f"'><script>{RUN}</script>",
    f"\" onmouseover={RUN} x=\"", f"' onfocus={RUN} autofocus x='", f"--><script>{RUN}</script>",
    f"</title><script>{RUN}</script>", f"</textarea><script>{RUN}</script>", f"</style><script>{RUN}</script>",
    f"<noscript><p title='</noscript><img src=x onerror={RUN}>'>",
    f"<math><mtext><table><mglyph><style><img src=x onerror={RUN}>",
    f"<svg></p><style><a id='</style><img src=x onerror={RUN}>'>", f"&lt;script&gt;{RUN}&lt;/script&gt;",
    f"\\u003cscript\\u003e{RUN}", f"%3Cscript%3E{RUN}%3C/script%3E", f"＜script＞{RUN}＜/script＞",
    f"[x](javascript:{RUN})", f"[x](JaVaScRiPt:{RUN})", f"![x](javascript:{RUN})",
    f"[x](data:text/html,<script>{RUN}</script>)", f"<javascript:{RUN}>", f"[x](<java\tscript:{RUN}>)",
    f"[x](vbscript:{RUN})", f"[a]: javascript:{RUN} \"x\"\n[a]", "![x](https://evil.example/p.png)",
    "<img src=//evil.example/p>", "<link rel=stylesheet href=//evil.example/s>",
    "<style>@import '//evil.example/s'</style>", "<meta http-equiv=refresh content='0;url=//evil.example'>",
    "<base href=//evil.example/>", f"<div style=\"background:url(javascript:{RUN})\">",
    "<p style=\"background:url(//evil.example/b)\">", f"{{{{7*7}}}}{{% raw %}}<script>{RUN}</script>", f"${{{RUN}}}",
    f"{{{{constructor.constructor('{RUN}')()}}}}", f"<div hx-get=/me/ hx-trigger=load hx-on:load={RUN}>",
    f"<div data-hx-get=//evil.example hx-trigger=load>{RUN}", f"'-({RUN})-'", f"\";{RUN}//", f"`${{{RUN}}}`",
    f"<x contenteditable onblur={RUN}>", "<plaintext>", "<!--", "<![CDATA[", "]]>",
]  # fmt: skip

LOOK = """() => {
  const bad = [];
  for (const one of document.querySelectorAll("*")) {
    for (const a of one.attributes) {
      if (/^on/i.test(a.name) || /^hx-on/i.test(a.name)) bad.push(one.tagName + " " + a.name);
      if (/^(href|src|action|formaction|data|xlink:href)$/i.test(a.name) && /^\\s*(javascript|vbscript|data):/i.test(a.value))
        bad.push(a.value);
      if (a.name === "style") bad.push(one.tagName + " style");
    }
    if (/^(IFRAME|OBJECT|EMBED|BASE|STYLE)$/.test(one.tagName)) bad.push(one.tagName);
    if (one.tagName === "SCRIPT" && !one.getAttribute("src")?.startsWith("/static/")) bad.push("SCRIPT");
  }
  if (window.ran) bad.push("it ran");
  return bad.concat(window.violations);
}"""


def write_everywhere(words: list[str]) -> tuple[world.World, list[str]]:
    """A house in which each of these stands in every kind of text; the pages that show them."""
    house = world.build()
    host, giver, named = (house.actors[name] for name in ("host", "giver", "named"))
    unit = Unit.objects.create(name=words[0][:80])
    pages = ["/", "/groups/", "/people/", "/thanks/", "/welcome/", "/inbox/", f"/groups/{house.groups['closed'].key}/"]
    House.objects.update(name=words[-1][:80])
    for n, one in enumerate(words):
        person = make.person()
        Person.objects.filter(pk=person.pk).update(
            name=one[:80], introduction=one[:200], helps_with=one[:200], phone=one[:40], hours=one[:40], place=one[:40], unit=unit
        )
        group = make.group(host, giver, name=one[:80])
        Group.objects.filter(pk=group.pk).update(about=one[:200])
        act = make.question(person, one, group=None if n % 2 else group)
        Act.objects.filter(pk=act.pk).update(title=one[:80])
        make.comment(giver, act, one)
        make.thank_on_wall(person, host, words=one)
        pages += [f"/acts/{act.key}/", f"/people/{person.handle}/", f"/groups/{group.key}/"]
    make.thank(giver, host, words=words[0], what_changed=words[0])
    JoinRequest.objects.filter(pk=house.request.pk).update(words=words[0][:200])
    Notice.objects.filter(kind="asked").update(subject=words[0][:80])
    assert named is not None
    return house, pages


def found_in(browser: Any, server: str, session: str, pages: list[str], listening: str = LOOK) -> list[str]:
    """What a browser found on these pages: as pages, and as fragments put into one."""
    context = browser.new_context(base_url=server)
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": server}])
    context.add_init_script(
        "window.violations = []; document.addEventListener('securitypolicyviolation',"
        " (e) => window.violations.push(e.violatedDirective + ' ' + e.blockedURI));"
    )
    page, found = context.new_page(), []
    page.on("dialog", lambda dialog: (found.append("a dialog"), dialog.dismiss()))
    page.on("request", lambda one: found.append(one.url) if urlsplit(one.url).hostname != "localhost" else None)
    for path in pages:
        page.goto(path, wait_until="load")
        found += [f"{path}: {one}" for one in page.evaluate(listening)]
        if path.startswith("/acts/"):
            page.evaluate(f"htmx.ajax('GET', {json.dumps(path)}, {{target: '#main', swap: 'innerHTML'}})")
            page.wait_for_timeout(50)  # an image that fails says so a moment later
            found += [f"{path} as a fragment: {one}" for one in page.evaluate(listening)]
    context.close()
    return found


def shown(browser: Any, server: str, session: str, path: str) -> str:
    context = browser.new_context(base_url=server)
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": server}])
    page = context.new_page()
    page.goto(path)
    text = page.evaluate("document.getElementById('main').textContent")
    context.close()
    return " ".join(text.split())


@pytest.mark.parametrize(
    "words",
    [
        pytest.param([HOSTILE[0], HOSTILE[2], HOSTILE[17], HOSTILE[31]], id="a-few"),
        pytest.param(HOSTILE, id="all", marks=pytest.mark.nightly),
    ],
)
@pytest.mark.slow
def test_nothing_that_people_write_becomes_code(browser, server, words):
    house, pages = write_everywhere(words)
    session = cookie_of(house.actors["host"])
    assert found_in(browser, server, session, pages) == []
    names = shown(browser, server, session, "/groups/")
    assert [one for one in words[:4] if " ".join(one[:80].split()) not in names] == [], "a name is shown as it was typed"


@pytest.mark.slow
def test_what_becomes_code_is_found(browser, server):
    """Positive control: the same words past the cleaning are seen by the browser, and stopped by the policy alone."""
    giver = make.person()
    act = make.post(giver)
    Act.objects.filter(pk=act.pk).update(html=f"<p>x<img src=x onerror={RUN}></p><p style='color: red'>y</p>")
    found = found_in(browser, server, cookie_of(giver), [f"/acts/{act.key}/"])
    assert any("IMG onerror" in one for one in found) and any("style" in one for one in found)
