"""What the stream does to an open page, in a real browser."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import expect

from potluck.acts import verbs as acts
from potluck.acts.models import Act
from potluck.notices.tests.streams import cookie_of
from potluck.people import verbs as people
from potluck.talk import verbs as talk
from potluck.thanks import verbs as thanks
from tests import make


@pytest.fixture
def screen() -> dict:
    return {"locale": "de-DE", "viewport": {"width": 390, "height": 844}}


@pytest.fixture
def window(open_window, server: str):
    """``window(person, path)``: a page in which the person is signed in, its stream open."""

    def one(person: Any, path: str) -> Any:
        page = open_window()
        page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie_of(person), "url": server}])
        with page.expect_response(lambda answer: "/live/" in answer.url) as stream:
            page.goto(path)
        assert stream.value.status == 200
        return page

    return one


def card(page: Any, act: Any) -> Any:
    return page.locator(f"#act-{act.key}")


def test_a_new_gift_is_offered_and_moves_nothing_until_asked_for(window):
    reader, giver = make.person(), make.person()
    earlier = make.post(giver)
    page = window(reader, "/")
    page.evaluate("document.querySelector('#feed article').focus()")
    new = make.post(giver, "Frisch vom Blech.")
    button = page.get_by_role("button", name="Es gibt etwas Neues. Zeigen")
    expect(button).to_be_visible()
    assert card(page, new).count() == 0
    assert page.evaluate("document.activeElement.id") == f"act-{earlier.key}"
    button.click()
    expect(card(page, new)).to_be_focused()
    assert page.locator("#feed > article").first.get_attribute("id") == f"act-{new.key}"
    expect(button).to_have_count(0)


def test_a_gift_taken_back_before_it_was_shown_is_not_offered(window):
    reader, giver = make.person(), make.person()
    page = window(reader, "/")
    new = make.post(giver)
    button = page.get_by_role("button", name="Es gibt etwas Neues. Zeigen")
    expect(button).to_be_visible()
    acts.withdraw(giver, new)
    expect(button).to_have_count(0)


def test_an_answer_arrives_in_its_talk_and_a_reply_below_it(window):
    asker, helper = make.person(), make.person()
    question = make.question(asker)
    page = window(asker, f"/acts/{question.key}/")
    answer = make.comment(helper, question)
    expect(card(page, answer)).to_be_visible()
    reply = make.comment(helper, answer, "Und dann drehen.")
    expect(page.locator(f"#replies-{answer.key} #act-{reply.key}")).to_be_visible()
    acts.withdraw(helper, reply)
    expect(card(page, reply)).to_have_count(0)


def test_what_is_being_written_stays_and_the_rest_renews_itself(window):
    asker, helper, other = make.person(), make.person(), make.person("Ilse Anders")
    question = make.question(asker)
    first, second = make.comment(helper, question), make.comment(helper, question, "Noch etwas.")
    page = window(asker, f"/acts/{question.key}/")
    card(page, first).get_by_role("link", name="Antworten").click()
    field = page.locator(f"#reply-{first.key} textarea")
    field.fill("Ich bin mitten im Satz")
    talk.react(other, first, "glad")
    talk.react(other, second, "glad")
    expect(card(page, second)).to_contain_text("Ilse hat es gern gelesen")
    expect(field).to_have_value("Ich bin mitten im Satz")
    expect(field).to_be_focused()


def readers(page: Any) -> Any:
    return page.locator("#answer [data-readers]")


def test_who_reads_an_answer_is_said_anew_when_the_thank_you_goes_to_the_wall_and_comes_back(window):
    giver, receiver = make.person(), make.person()
    thanked = make.thank(giver, receiver, offer_to_wall=True)
    page = window(giver, f"/acts/{thanked.key}/")
    field = page.get_by_label("Deine Antwort", exact=True)
    field.press_sequentially("Das war knapp, weißt du")
    expect(readers(page)).to_have_text("Das lesen nur die, die auch das hier lesen können.")
    thanks.agree(receiver, thanked.thanks)
    expect(readers(page)).to_contain_text("Das lesen alle bei")
    expect(field).to_have_value("Das war knapp, weißt du")
    expect(field).to_be_focused()
    page.get_by_role("button", name="Antwort geben").click()
    expect(page.locator("#answer .error")).to_contain_text("Das hängt jetzt an der Dankeswand")
    expect(field).to_have_value("Das war knapp, weißt du")
    assert not Act.objects.filter(kind="commented").exists(), "what was begun for two is asked about before all read it"
    thanks.keep_private(receiver, thanked.thanks)
    expect(readers(page)).to_have_text("Das lesen nur die, die auch das hier lesen können.")
    page.get_by_role("button", name="Antwort geben").click()
    expect(page.locator("#answers")).to_contain_text("Das war knapp")
    assert Act.objects.get(kind="commented").reach == "named"


def test_who_says_yes_to_the_wall_reads_at_once_who_reads_their_answer(window):
    giver, receiver = make.person(), make.person()
    thanked = make.thank(giver, receiver, offer_to_wall=True)
    above = make.comment(giver, thanked, "Noch einmal: danke.")
    page = window(receiver, f"/acts/{thanked.key}/")
    card(page, above).get_by_role("link", name="Antworten").click()
    reply = page.locator(f"#reply-{above.key}")
    reply.locator("textarea").fill("Ach was.")
    page.get_by_role("button", name="Ja, darf es").click()
    expect(readers(page)).to_contain_text("Das lesen alle bei")
    expect(reply.locator("[data-readers]")).to_contain_text("Das lesen alle bei")
    expect(reply.locator("textarea")).to_have_value("Ach was.")
    assert reply.locator("[name=promised]").get_attribute("value") == "named", "begun for two"
    assert page.locator("#answer [name=promised]").get_attribute("value") == "house", "nothing was begun there"
    card(page, thanked).get_by_role("button", name="Von der Wand nehmen").click()
    expect(readers(page)).to_have_text("Das lesen nur die, die auch das hier lesen können.")


def test_the_mark_beside_messages_appears_and_what_lies_open_is_seen(window):
    asker, helper = make.person(), make.person()
    question, other = make.question(asker), make.post(asker)
    page = window(asker, f"/acts/{question.key}/")
    make.comment(helper, question)
    expect(page.locator("#answers article")).to_have_count(1)
    expect(page.locator("#news .news")).to_have_count(0)
    make.comment(helper, other)
    expect(page.locator("#news .news")).to_have_count(1)
    expect(page.locator("#news")).to_have_text("Es gibt etwas Neues")


def test_the_inbox_renews_itself(window):
    asker, helper = make.person(), make.person("Bogdan Anders")
    question = make.question(asker)
    page = window(asker, "/inbox/")
    make.comment(helper, question)
    expect(page.get_by_role("link", name="Bogdan Anders hat auf deine Frage geantwortet")).to_be_visible()


BACK = 15_000  # milliseconds within which a page has caught up again


def answers_below(question: Any) -> Any:
    """The addresses of acts, but for the question, whose own news may still be on its way."""
    return lambda url: "/acts/" in url and question.key not in url


def failing(page: Any, where: Any, *answers: Any) -> list[str]:
    """The page's next requests there fail: "cut", or with a status. Returns the addresses asked for so far."""
    left, asked = list(answers), []

    def answer(route: Any) -> None:
        asked.append(route.request.url)
        how = left.pop(0) if left else None
        if how == "cut":
            route.abort("internetdisconnected")
        elif how:
            route.fulfill(status=how, body="One moment, please.")
        else:
            route.continue_()

    page.route(where, answer)
    return asked


@pytest.mark.parametrize("how", ["cut", 503])
def test_an_answer_that_could_not_be_fetched_at_first_comes_all_the_same(window, how):
    asker, helper = make.person(), make.person()
    question = make.question(asker)
    page = window(asker, f"/acts/{question.key}/")
    asked = failing(page, answers_below(question), how, how)
    answer = make.comment(helper, question)
    expect(card(page, answer)).to_be_visible(timeout=BACK)
    assert len(asked) == 3
    expect(page.locator("#answers article")).to_have_count(1)


def test_what_happened_while_the_connection_was_cut_is_caught_up_when_it_is_back(window):
    asker, helper = make.person(), make.person()
    question = make.question(asker)
    page = window(asker, f"/acts/{question.key}/")
    page.context.set_offline(True)
    page.wait_for_timeout(300)  # the open stream outlives it in this browser; what it brings cannot be fetched
    answer = make.comment(helper, question)
    page.wait_for_timeout(700)
    expect(card(page, answer)).to_have_count(0)
    page.context.set_offline(False)
    expect(card(page, answer)).to_be_visible(timeout=BACK)


def test_what_was_never_to_be_fetched_is_offered(window):
    asker, helper = make.person(), make.person()
    question = make.question(asker)
    page = window(asker, f"/acts/{question.key}/")
    page.clock.install()
    asked = failing(page, where := answers_below(question), *["cut"] * 20)
    answer = make.comment(helper, question)
    button = page.get_by_role("button", name="Es gibt etwas Neues. Zeigen")
    for _second in range(60):
        page.clock.run_for(1000)
        if button.count():
            break
    expect(button).to_be_visible()
    assert len(asked) == 7, "it is bounded"
    page.unroute(where)
    button.click()
    expect(card(page, answer)).to_be_visible()


def test_the_mark_beside_messages_appears_though_it_could_not_be_asked_for_at_first(window):
    asker, helper = make.person(), make.person()
    page = window(asker, "/groups/")
    failing(page, "**/inbox/seen/", "cut", 503)
    make.comment(helper, make.question(asker))
    expect(page.locator("#news .news")).to_have_count(1, timeout=BACK)
    expect(page.locator(".toast")).to_have_count(0)


def test_the_page_of_whoever_is_signed_out_elsewhere_leaves_for_the_door(window):
    person, giver = make.person(), make.person()
    secret = make.thank(giver, person, words="Nur für dich.")
    page = window(person, f"/acts/{secret.key}/#f-answer")
    expect(page.locator("body")).to_contain_text("Nur für dich.")
    people.deactivate(None, person)
    expect(page).to_have_url(re.compile(r"/accounts/login/\?next=/acts/"))
    expect(page.locator("body")).not_to_contain_text("Nur für dich.")
    expect(page.locator("#live")).to_have_count(0)


def test_whoever_is_signed_out_while_writing_keeps_the_words_and_reads_why_nothing_can_be_sent(window):
    person, helper = make.person(), make.person()
    question = make.question(person)
    page = window(person, f"/acts/{question.key}/")
    make.comment(helper, make.question(person))
    expect(page.locator("#news .news")).to_have_count(1)
    field = page.get_by_label("Deine Antwort", exact=True)
    field.fill("Mitten im Satz")
    people.deactivate(None, person)
    expect(page.locator("#answer").get_by_role("alert")).to_contain_text("Du bist hier abgemeldet.")
    expect(field).to_have_value("Mitten im Satz")
    expect(page.locator("#live")).to_have_count(0)
    expect(page.locator("#news .news")).to_have_count(0)
