"""What a browser never sends, and somebody with a script does."""

from urllib.parse import urlencode

import pytest
from django.db import DataError
from django.test import Client

from potluck.acts.models import Act
from potluck.core.middleware import Answers
from potluck.talk.models import Reaction
from tests import crawl, make

pytestmark = pytest.mark.django_db


@pytest.fixture
def as_member() -> Client:
    return crawl.signed_in(make.person())


@pytest.mark.parametrize(
    "address",
    ["/people/?after=%00", "/thanks/new/?on=%00", "/thanks/new/?to=a%00b", "/posts/new/?group=%00", "/posts/new/?to=%00"],
)
def test_a_nul_in_an_address_is_no_error_of_ours(as_member, address):
    assert as_member.get(address).status_code in (200, 400, 404)


def test_a_nul_in_a_choice_is_refused_and_nothing_is_written(as_member):
    act = make.post()
    for field in ("emoji", "take_back"):
        assert as_member.post(f"/acts/{act.key}/reactions/", {field: "gl\x00ad"}).status_code in (400, 403)
    assert as_member.post(f"/acts/{act.key}/comments/", {"words": "Ja.", "to": "\x00"}).status_code in (400, 404)
    assert as_member.post("/posts/", {"words": "Ja.", "group": "\x00"}).status_code in (400, 404, 422)
    assert not Reaction.objects.exists() and Act.objects.count() == 1


def test_without_that_answer_the_same_address_would_break(as_member, monkeypatch):
    """Positive control."""
    monkeypatch.setattr(Answers, "process_exception", lambda *_: None)
    with pytest.raises(DataError):
        as_member.get("/people/?after=%00")


def test_a_form_without_its_token_is_refused_with_what_was_typed(as_member):
    as_member.handler.enforce_csrf_checks = True
    answer = as_member.post("/posts/", {"words": "Zwei Absätze über den Kuchen.", "once": "k" * 12})
    assert answer.status_code == 403 and "Zwei Absätze über den Kuchen." in answer.content.decode()
    assert not Act.objects.exists()


def test_who_is_signed_out_elsewhere_reads_what_they_sent_and_comes_back_to_where_they_wrote_it():
    asked = {"words": "Zwei Absätze über den Kuchen.", "password": "Drei Lieder am Morgen"}
    written_at = "http://testserver/posts/new/?question=1"
    answer = Client(headers={"referer": written_at, "accept-language": "en"}).post(
        "/posts/", urlencode(asked), content_type="application/x-www-form-urlencoded"
    )
    page = answer.content.decode()
    assert answer.status_code == 403 and "Zwei Absätze über den Kuchen." in page and "Drei Lieder" not in page
    assert 'href="/accounts/login/?next=/posts/new/%3Fquestion%3D1"' in page
    assert not Act.objects.exists()


@pytest.mark.parametrize("headers", [{}, {"referer": "https://evil.example//evil.example/"}], ids=["unsaid", "elsewhere"])
def test_nobody_is_led_to_an_address_that_only_takes_forms(headers):
    answer = Client(headers=headers).post("/posts/", {"words": ""})
    assert answer.status_code == 302 and answer["Location"] == "/accounts/login/"
