"""What was written for few does not reach many: the form of an answer says who reads it, and the verb keeps to it."""

from __future__ import annotations

import re
from typing import Any

import pytest

from potluck.acts.models import Act
from potluck.acts.promise import Widened, promise
from potluck.talk import verbs
from potluck.thanks import verbs as thanks
from tests import make

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
WORDS = "Unter uns: ich war ganz schön in Not."


def forms(page: str) -> list[dict[str, str]]:
    """The hidden fields of every form on a page that takes an answer."""
    found = re.findall(r'<form[^>]* action="/acts/\w+/comments/".*?</form>', page, re.S)
    return [dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', one)) for one in found]


def form(page: str) -> dict[str, str]:
    (one,) = forms(page)
    return {name: value for name, value in one.items() if name != "csrfmiddlewaretoken"}


@pytest.fixture
def between() -> tuple[Any, Any, Act]:
    """A thank-you that waits for its yes, and both who read it."""
    giver, receiver = make.person("Nour Stern", language="en"), make.person("Bogdan Wieczny", language="en")
    return giver, receiver, make.thank(giver, receiver, offer_to_wall=True)


def hangs(thanked: Act, receiver: Any) -> None:
    thanks.agree(receiver, Act.objects.get(pk=thanked.pk).thanks)
    assert Act.objects.get(pk=thanked.pk).reach == "everyone"


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["without scripts", "with"])
def test_an_answer_written_for_two_is_not_given_to_the_house_once_the_thank_you_hangs(client, between, headers):
    giver, receiver, thanked = between
    stranger = make.person()
    client.force_login(giver)
    page = client.get(f"/acts/{thanked.key}/").content.decode()
    assert "Only those read it who can read this." in page
    hangs(thanked, receiver)
    path = f"/acts/{thanked.key}/comments/"
    again = client.post(path, form(page) | {"words": WORDS}, headers=headers)
    said = again.content.decode()
    assert again.status_code == 422 and not Act.objects.filter(kind="commented").exists()
    assert "This hangs on the wall now: everybody at" in said and "Your words are still here." in said and WORDS in said
    assert "Only those read it who can read this." not in said
    assert form(said)["promised"] == "house" and form(said)["once"] == form(page)["once"]
    given = client.post(path, form(said) | {"words": WORDS}, headers=headers)
    assert given.status_code in (200, 303)
    answer = Act.objects.get(kind="commented")
    assert Act.objects.visible_to(stranger).filter(pk=answer.pk).exists(), "whoever sends it once more means it"


def test_a_reply_below_an_answer_keeps_its_promise_too(client, between):
    giver, receiver, thanked = between
    above = make.comment(receiver, thanked, "Gern.")
    client.force_login(giver)
    page = client.get(f"/acts/{thanked.key}/comments/new/?to={above.key}", headers=HTMX).content.decode()
    hangs(thanked, receiver)
    again = client.post(f"/acts/{thanked.key}/comments/", form(page) | {"words": WORDS}, headers=HTMX)
    assert again.status_code == 422 and form(again.content.decode())["to"] == above.key
    assert Act.objects.filter(kind="commented").count() == 1


def test_what_stays_as_it_was_or_is_read_by_fewer_is_given_at_once(client, between):
    giver, receiver, thanked = between
    client.force_login(giver)
    path, stranger = f"/acts/{thanked.key}/", make.person()
    page = client.get(path).content.decode()
    assert client.post(path + "comments/", form(page) | {"words": WORDS}).status_code == 303
    hangs(thanked, receiver)
    page = client.get(path).content.decode()
    assert form(page)["promised"] == "house"
    thanks.take_offer_back(giver, Act.objects.get(pk=thanked.pk).thanks)
    assert client.post(path + "comments/", form(page) | {"words": "Und jetzt leise."}).status_code == 303
    assert Act.objects.filter(kind="commented").count() == 2
    assert not Act.objects.visible_to(stranger).filter(kind="commented").exists()


def test_an_answer_that_was_given_before_the_thank_you_hung_is_given_once_however_often_it_is_sent(client, between):
    giver, receiver, thanked = between
    client.force_login(giver)
    sent = form(client.get(f"/acts/{thanked.key}/").content.decode()) | {"words": WORDS}
    path, stranger = f"/acts/{thanked.key}/comments/", make.person()
    client.post(path, sent)
    hangs(thanked, receiver)
    assert client.post(path, sent).status_code == 303
    answer = Act.objects.get(kind="commented")
    assert not Act.objects.visible_to(stranger).filter(pk=answer.pk).exists()


def test_the_act_as_it_stands_decides_not_as_it_was_read(between):
    giver, receiver, as_it_was_read = between
    hangs(as_it_was_read, receiver)
    assert as_it_was_read.reach == "named"
    with pytest.raises(Widened):
        verbs.comment(giver, as_it_was_read, WORDS, promised="named")
    assert not Act.objects.filter(kind="commented").exists()
    assert verbs.comment(giver, as_it_was_read, WORDS, promised="house").reach == "everyone"


def test_a_promise_of_one_closed_group_is_kept_by_no_other(client):
    host, member = make.person(), make.person(language="en")
    closed, other = make.group(host, member, closed=True), make.group(host, member, name="Andere", closed=True)
    question = make.question(host, group=closed)
    client.force_login(member)
    sent = form(client.get(f"/acts/{question.key}/").content.decode()) | {"words": WORDS}
    path = f"/acts/{question.key}/comments/"
    again = client.post(path, sent | {"promised": f"group-{other.key}"})
    assert again.status_code == 422 and "Others can read this now" in again.content.decode()
    assert client.post(path, sent | {"promised": "\x00nonsense" * 50}).status_code == 422
    assert not Act.objects.filter(kind="commented").exists()
    assert client.post(path, sent).status_code == 303


def test_who_promises_nothing_is_asked_nothing(client, between):
    """A script, or a page from before forms promised anything. Every form of this house does."""
    giver, receiver, thanked = between
    hangs(thanked, receiver)
    client.force_login(giver)
    assert client.post(f"/acts/{thanked.key}/comments/", {"words": WORDS}).status_code == 303


def test_every_form_that_takes_an_answer_promises_who_reads_it(client):
    host, member = make.person(), make.person()
    group = make.group(host, member, name="Offen")
    closed = make.group(host, member, closed=True)
    roots = {
        make.question(host): "house",
        make.post(host, group=group): "house",
        make.post(host, group=closed): f"group-{closed.key}",
        make.thank(host, member): "named",
        make.thank_on_wall(host, member): "house",
        make.greet(host, make.person()): "house",
    }
    client.force_login(member)
    for root, promised in roots.items():
        assert promise(root.reach, root.group) == promised
        answer = make.comment(member, root)
        here, new = f"/acts/{root.key}/", f"/acts/{root.key}/comments/new/"
        post = f"/acts/{root.key}/comments/"
        pages = [
            client.get(here),
            client.get(f"{here}?before={'9' * 15}.1"),
            client.get(new),
            client.get(new, headers=HTMX),
            client.get(f"{new}?to={answer.key}"),
            client.get(f"{new}?to={answer.key}", headers=HTMX),
            client.post(post, {"words": ""}),
            client.post(post, {"words": ""}, headers=HTMX),
            client.post(post, {"words": "Noch eins."}, headers=HTMX),
        ]
        for page in pages:
            found = forms(page.content.decode())
            assert found and {one.get("promised") for one in found} == {promised}, page.request["PATH_INFO"]
