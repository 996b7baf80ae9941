"""Chairs exist in a process that serves a demo house, and nowhere else."""

from __future__ import annotations

import re
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from http.cookiejar import CookieJar

import pytest
from django.urls import Resolver404, resolve

from conftest import serving
from potluck.demo.chairs import CHAIRS, sitters
from potluck.demo.fill import fill
from potluck.demo.reading import address, people
from potluck.people import verbs
from potluck.people.models import SignInLink

pytestmark = pytest.mark.slow


class Visitor:
    """A browser without scripts: cookies, and redirects followed by hand."""

    def __init__(self, address: str):
        self.address = address
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()), _Stay())

    def ask(self, path: str, **form: str) -> tuple[int, str, str]:
        """Status, body, and where it points. A form is sent with the token of the page it stands on."""
        request = urllib.request.Request(urllib.parse.urljoin(self.address, path), headers={"Accept-Language": "de"})
        if form:
            request.data = urllib.parse.urlencode(form).encode()
        try:
            with self.opener.open(request, timeout=20) as answer:
                return answer.status, answer.read().decode(), ""
        except urllib.error.HTTPError as answer:
            return answer.code, answer.read().decode(), answer.headers.get("Location", "")

    def press(self, path: str, *, on: str = "") -> tuple[int, str, str]:
        """Opens the page (``on`` another one) and presses the button that leads to ``path``."""
        page = self.ask(on or path)[1]
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        assert token, page
        return self.ask(path, csrfmiddlewaretoken=token[1])


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args, **more):
        return None


@pytest.fixture
def demo_process(transactional_db, database_name, tmp_path) -> Iterator[str]:
    with serving(database_name, (tmp_path / "log").open("w+b"), POTLUCK_DEMO="1") as address:
        yield address


def test_there_is_no_such_route_in_a_process_that_serves_another_house():
    for path in ("/chairs/", "/chairs/newcomer/"):
        with pytest.raises(Resolver404):
            resolve(path)
    assert resolve("/"), "and other routes are there"


def test_a_process_that_was_told_it_is_a_demo_refuses_on_the_data_of_another_house(demo_process):
    """The house itself has the last word."""
    link = verbs.first_link()
    verbs.open_house(link.split("/")[2], name="Ilse Bach", email=address(sitters()["newcomer"]), password="Kartoffelsuppe 12")
    visitor = Visitor(demo_process)
    assert visitor.ask("/chairs/")[0] == 404
    assert visitor.press("/chairs/newcomer/", on="/accounts/login/")[0] == 404
    assert not SignInLink.objects.exists()


def test_every_chair_can_be_sat_in_from_the_front_page(demo_process):
    fill()
    visitor = Visitor(demo_process)
    status, _page, to = visitor.ask("/")
    assert (status, to) == (302, "/chairs/"), "the front page leads to the chairs"
    status, page, _to = visitor.ask("/chairs/")
    assert status == 200
    port = urllib.parse.urlsplit(demo_process).port
    for chair in CHAIRS:
        name = people()[sitters()[chair.name]]["name"]
        assert name in page
        status, _page, to = visitor.press(f"/chairs/{chair.name}/", on="/chairs/")
        assert status == 303 and to.startswith(f"http://{chair.name}.localhost:{port}/sign-in/")
        assert visitor.press(to)[0] == 303
        home = visitor.ask(f"http://{chair.name}.localhost:{port}/")
        assert home[0] == 200 and name in home[1]
    newcomer = people()[sitters()["newcomer"]]["name"]
    assert newcomer in visitor.ask(f"http://newcomer.localhost:{port}/")[1], "one browser sits in two chairs"
    assert visitor.press("/chairs/throne/", on="/chairs/")[0] == 404


def test_a_visitor_sits_in_two_chairs_of_one_browser(browser, screen, demo_process):
    fill()
    context = browser.new_context(base_url=demo_process, **screen)
    context.set_default_timeout(20_000)
    try:
        for chair in CHAIRS[:2]:
            name = people()[sitters()[chair.name]]["name"]
            page = context.new_page()
            page.goto("/")
            page.locator(f"form[action='/chairs/{chair.name}/'] button").click()
            page.wait_for_url(f"http://{chair.name}.localhost:*/sign-in/**")
            page.locator("main form button").click()
            page.wait_for_url(f"http://{chair.name}.localhost:*/")
            assert name in page.locator(".demo-strip").inner_text()
        first = context.pages[0]
        first.reload()
        assert people()[sitters()["newcomer"]]["name"] in first.locator(".demo-strip").inner_text()
        for page in context.pages:
            assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    finally:
        context.close()
