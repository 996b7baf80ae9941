"""Nothing that people write becomes code: hostile words in every text that pages show, opened in a real browser under the strict
policy. No script runs, no foreign request leaves, no violation is reported, and a name is shown as it was typed.

The collection is our own: one of each known class (elements, attributes, addresses, encodings, mutation, templates, styles)."""

from __future__ import annotations

import json
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings

from potluck.acts.models import Act
from potluck.exchange.models import Import, Upload
from potluck.exchange.roster.bringing import bring_people
from potluck.exchange.tests import make as export
from potluck.exchange.tests.mails import mail as letter
from potluck.exchange.tests.mails import mbox
from potluck.exchange.tests.make import slack
from potluck.exchange.uploading import ended
from potluck.exchange.verbs import bring_mbox, bring_slack
from potluck.groups.models import Group, JoinRequest
from potluck.notices.models import Notice
from potluck.notices.tests.streams import cookie_of
from potluck.people import verbs as people
from potluck.people.models import House, Person, Role, Unit
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


def bring_everywhere(words: list[str], folder: Path) -> tuple[Person, list[str]]:
    """History and a list of people in which each of these stands in every field; who keeps the house, and the pages that show it:
    what came in, and what administrators and the community manager read of it."""
    keeper = make.administrator(name="Kaja Kann")
    people.set_roles(keeper, keeper, [Role.ADMINISTRATOR, Role.COMMUNITY_MANAGER])
    folk, rooms, talk, mails = [], [], {}, []
    for n, one in enumerate(words):
        name = " ".join(one[:60].split())
        folk.append(export.person(f"U{n}", f"{name} {n}", f"u{n}@example.org", profile={"title": one, "display_name": one}))
        room = f"raum-{n} {name}".replace("/", "")  # the name of a folder, too
        topic = {"topic": {"value": one}, "purpose": {"value": one}, "members": [f"U{n}"]}
        rooms.append(export.channel(f"C{n}", room, creator=f"U{n}", **topic))
        file = {"id": f"F{n}", "name": one, "title": one, "mimetype": one, "url_private": f"javascript:{RUN}"}
        block = {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [
            {"type": "text", "text": one}, {"type": "link", "url": f"javascript:{RUN}", "text": one}]}]}  # fmt: skip
        talk[f"{room}/2023-11-14.json"] = [
            export.said(one, f"U{n}", at=1, files=[file], reactions=[{"name": one, "users": [f"U{n}"], "count": 1}]),
            export.said(escape(one), f"U{n}", at=2, thread_ts=export.ts(1)),
            export.said(f"<javascript:{RUN}|{escape(one)}> <@{one}>", f"U{n}", at=3, attachments=[{"title": one, "text": one}]),
            export.said("Kiste", f"U{n}", at=4, blocks=[block]),
        ]
        by = f'"{name.replace(chr(92), "").replace(chr(34), "")}" <m{n}@example.org>'
        mails.append(letter(one, by, f"m{n}", n, Subject=f"[Talk] {name}", List_Id=f"{name} <talk.example.org>"))
        mails.append(letter(one, by, f"h{n}", n, Subject=name, Content_Type="text/html; charset=utf-8"))
    bring_slack(slack(folder, talk, users=folk, channels=rooms), by=keeper)
    bring_mbox(mbox(folder, *mails), by=keeper, group=words[0][:80])
    rows = "".join(f'"{one.replace(chr(34), chr(34) * 2)}";l{n}@example.org;"{words[-1 - n][:60]}"\n'.replace("\n", " ").strip()
                   + "\n" for n, one in enumerate(words))  # fmt: skip
    (folder / "liste.csv").write_text("Name;E-Mail;Abteilung\n" + rows)
    bring_people(folder / "liste.csv", by=keeper)
    for past, one in zip(Import.objects.order_by("pk"), words * 3, strict=False):
        Import.objects.filter(pk=past.pk).update(name=one[:200], problem=one if past.system == "people" else "")
    ended(Upload.objects.create(source="slack", name=words[0][:120], size=3, by=keeper), problem=words[-1])
    for right in ("imports.bring", "people.role", "people.add"):
        people.log(keeper, right, keeper, words[0][:80])
    Import.objects.create(system="slack", workspace=words[0][:60], name=words[1][:200], fingerprint="half")
    some = Person.objects.filter(is_placeholder=True)
    pages = ["/", "/groups/", "/people/", "/house/", "/house/imports/", "/desk/", "/me/log/", "/welcome/", "/questions/"]
    pages += ["/search/?q=Kiste", f"/house/imports/{Import.objects.filter(system='mbox').get().key}/withdrawal/"]
    pages += [f"/groups/{key}/" for key in Group.objects.values_list("key", flat=True)]
    pages += [f"/people/{one}/" for one in some.values_list("handle", flat=True)]
    pages += [f"/house/people/{one}/" for one in some.values_list("handle", flat=True)[:4]]
    pages += [f"/acts/{key}/" for key in Act.objects.filter(on=None).values_list("key", flat=True)]
    return keeper, pages


@pytest.mark.parametrize(
    "words",
    [
        pytest.param([HOSTILE[0], HOSTILE[17]], id="a-few"),
        pytest.param(HOSTILE, id="all", marks=pytest.mark.nightly),
    ],
)
@pytest.mark.slow
def test_nothing_that_is_brought_becomes_code(browser, server, words, tmp_path):
    keeper, pages = bring_everywhere(words, tmp_path)
    assert Act.objects.filter(is_imported=True).count() >= 5 * len(words)
    session = cookie_of(keeper)
    assert found_in(browser, server, session, pages) == []
    for path, said in (("/house/imports/", words[0]), ("/me/log/", words[0]), ("/groups/", words[0])):
        assert " ".join(said[:60].split()) in shown(browser, server, session, path), f"the control: {path} shows it, as it was"


@pytest.mark.slow
def test_what_becomes_code_is_found(browser, server):
    """Positive control: the same words past the cleaning are seen by the browser, and stopped by the policy alone."""
    giver = make.person()
    act = make.post(giver)
    Act.objects.filter(pk=act.pk).update(html=f"<p>x<img src=x onerror={RUN}></p><p style='color: red'>y</p>")
    found = found_in(browser, server, cookie_of(giver), [f"/acts/{act.key}/"])
    assert any("IMG onerror" in one for one in found) and any("style" in one for one in found)
