from datetime import timedelta

import pytest

from potluck.acts import verbs as acts
from potluck.acts.models import Act
from potluck.core import clock
from potluck.talk import queries, verbs
from potluck.talk.models import Comment, Reaction
from potluck.thanks.verbs import agree
from tests import make

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def talk():
    asker, helper = make.person("Nour Stern"), make.person("Bogdan Wieczny")
    return asker, helper, make.question(asker, title="Der Dimmer")


def test_an_answer_is_given_without_javascript(client, talk):
    asker, helper, question = talk
    client.force_login(helper)
    answer = client.post(f"/acts/{question.key}/comments/", {"words": "Erst den Filz lösen.", "once": "a1"})
    given = Act.objects.get(kind="commented")
    assert answer.status_code == 303 and answer["Location"] == f"/acts/{question.key}/#act-{given.key}"
    assert "Erst den Filz lösen." in client.get(f"/acts/{question.key}/").content.decode()
    assert asker.notices.get().cause == f"/acts/{question.key}/"


def test_an_answer_sent_twice_is_one_and_the_next_form_has_a_key_of_its_own(client, talk):
    _asker, helper, question = talk
    client.force_login(helper)
    path, words = f"/acts/{question.key}/comments/", {"words": "Ja.", "once": "a1"}
    first = client.post(path, words, headers=HTMX)
    client.post(path, words, headers=HTMX)
    assert Act.objects.filter(kind="commented").count() == 1
    page = first.content.decode()
    assert 'hx-swap-oob="beforeend:#answers"' in page and 'id="answer"' in page
    assert 'name="once" value="a1"' not in page and 'name="once" value="' in page


def test_an_empty_answer_comes_back_as_its_form(client, talk):
    _asker, helper, question = talk
    client.force_login(helper)
    for headers in ({}, HTMX):
        answer = client.post(f"/acts/{question.key}/comments/", {"words": " "}, headers=headers)
        assert answer.status_code == 422 and 'aria-invalid="true"' in answer.content.decode()
    assert not Act.objects.filter(kind="commented").exists()


def test_a_reply_to_a_reply_stands_one_level_below_and_names_whom_it_answers(client, talk):
    asker, helper, question = talk
    third = make.person("Aylin Kestrow")
    first = make.comment(helper, question)
    reply = make.comment(asker, first, "Welcher Filz?")
    deeper = make.comment(third, reply, "Der unter dem Fuß.")
    assert Comment.objects.get(act=deeper).below_id == first.pk
    (answer,), _earlier = queries.comments(third, acts_row(third, question))
    assert [row.answers for row in answer.replies] == [None, "Nour Stern"]
    client.force_login(third)
    page = client.post(
        f"/acts/{question.key}/comments/", {"words": "Genau.", "to": deeper.key, "once": "z9"}, headers=HTMX
    ).content.decode()
    assert f'hx-swap-oob="beforeend:#replies-{first.key}"' in page


def acts_row(viewer, act):
    from potluck.acts import queries as rows

    return rows.plain_row(viewer, act.key)


def test_a_reaction_is_a_word_with_names_and_can_be_taken_back(client, talk):
    asker, helper, question = talk
    asker.language = "de"
    asker.save()
    verbs.react(helper, question, "thinking")
    client.force_login(asker)
    assert "Bogdan denkt mit." in client.get(f"/acts/{question.key}/").content.decode()
    reader = make.person("Aylin Kestrow", language="de")
    client.force_login(reader)
    path = f"/acts/{question.key}/reactions/"
    assert client.get(path, headers=HTMX).content.decode().count("autofocus") == 1, "the keyboard goes on at the first word"
    given = client.post(path, {"emoji": "laughing"}, headers=HTMX).content.decode()
    assert "autofocus" not in given
    assert 'value="laughing" aria-pressed="true"' in given and "Aylin lacht." in given
    client.post(path, {"emoji": "laughing"})
    assert Reaction.objects.filter(by=reader).count() == 1, "the same word again changes nothing"
    assert client.post(path, {"take_back": "laughing"}).status_code == 303
    assert not Reaction.objects.filter(by=reader).exists()
    assert client.post(path, {"emoji": "👍"}).status_code == 403


def test_ones_own_gift_offers_no_reaction_and_counts_nobody_as_answering_themselves(client, talk):
    asker, helper, question = talk
    make.comment(asker, question, "Ich habe noch etwas vergessen.")
    own = make.comment(helper, question)
    offered = {}
    for reader in (asker, helper):
        client.force_login(reader)
        path = f"/acts/{question.key}/"
        page, alone = client.get(path).content.decode(), client.get(f"{path}reactions/").content.decode()
        offered[reader] = [
            'name="emoji"' in page, 'name="emoji"' in alone, f"/acts/{own.key}/reactions/" in page,
            f"{path}reactions/" in client.get("/").content.decode(),
        ]
    assert offered == {asker: [False, False, True, False], helper: [True, True, False, True]}
    assert client.post(f"/acts/{own.key}/reactions/", {"emoji": "glad"}).status_code == 403
    assert not Reaction.objects.exists()
    assert queries.talk(helper, [question.pk])[question.pk].voices == ["Bogdan"]


def test_what_history_says_of_oneself_can_be_taken_back(talk):
    asker, _helper, question = talk
    verbs.react_many([(question.pk, asker.pk, "🎉")])
    verbs.take_reaction_back(asker, question, "🎉")
    assert not Reaction.objects.exists()


def test_a_thank_you_takes_no_reaction(client):
    giver, receiver = make.person(), make.person()
    thanks = make.thank(giver, receiver)
    client.force_login(receiver)
    assert client.post(f"/acts/{thanks.key}/reactions/", {"emoji": "glad"}).status_code == 403
    assert not Reaction.objects.exists()


def test_only_the_asker_says_what_helped_and_can_take_it_back(client, talk):
    asker, helper, question = talk
    answer = make.comment(helper, question)
    for person, status in ((helper, 403), (make.person(), 403), (asker, 303)):
        client.force_login(person)
        assert client.post(f"/acts/{answer.key}/helped/").status_code == status
        assert (Comment.objects.get(act=answer).helped_at is not None) is (status == 303)
    assert "helped" in helper.notices.values_list("kind", flat=True)
    assert client.post(f"/acts/{answer.key}/helped/withdrawal/").status_code == 303
    assert Comment.objects.get(act=answer).helped_at is None


def test_a_comments_address_leads_into_its_talk_also_to_an_earlier_page(client, talk):
    asker, helper, question = talk
    first = make.comment(helper, question, "Der allererste Rat.")
    client.force_login(asker)
    assert client.get(f"/acts/{first.key}/")["Location"] == f"/acts/{question.key}/#act-{first.key}"
    for n in range(queries.ANSWERS):
        make.comment(helper, question, f"Rat {n}.")
    assert "Der allererste Rat." not in client.get(f"/acts/{question.key}/").content.decode()
    there = client.get(f"/acts/{first.key}/")["Location"]
    assert "?before=" in there
    assert "Der allererste Rat." in client.get(there.partition("#")[0]).content.decode()


@pytest.mark.parametrize("where", ["an answer before them", "the first reply", "the last reply"])
def test_a_jump_finds_its_answer_below_replies_whose_answer_was_taken_back(client, talk, where):
    asker, helper, question = talk
    early = make.comment(helper, question, "Der allererste Rat.")
    gone = make.comment(asker, question, "Das nehme ich zurück.")
    replies = [make.comment(helper, gone, f"Dazu Nummer {n}.") for n in range(queries.ANSWERS + 1)]
    acts.withdraw(asker, gone)
    wanted = {"an answer before them": early, "the first reply": replies[0], "the last reply": replies[-1]}[where]
    client.force_login(asker)
    there = client.get(f"/acts/{wanted.key}/")["Location"]
    assert there.endswith(f"#act-{wanted.key}")
    assert f'id="act-{wanted.key}"' in client.get(there.partition("#")[0]).content.decode()


def test_a_page_of_a_talk_is_full_of_what_its_reader_sees():
    """Below a thank-you that hung on the wall for a while stand words that only some may read."""
    giver, receiver, reader = make.person(), make.person(), make.person()
    thanks = make.thank(giver, receiver, offer_to_wall=True)
    hidden = [make.comment(receiver, thanks, f"Unter uns {n}.") for n in range(3)]
    agree(receiver, thanks.thanks)
    thanks.refresh_from_db()
    for n in range(queries.ANSWERS - 1):
        make.comment(reader, thanks, f"Vor allen {n}.")
    Act.objects.filter(pk__in=[one.pk for one in hidden]).update(at=clock.now())  # they stand last, and are not seen
    shown, earlier = queries.comments(reader, acts_row(reader, thanks))
    assert (len(shown), earlier) == (queries.ANSWERS - 1, None)
    make.comment(reader, thanks, "Und noch eins.")
    make.comment(reader, thanks, "Und noch eins.")
    shown, earlier = queries.comments(reader, acts_row(reader, thanks))
    assert len(shown) == queries.ANSWERS and earlier


def test_a_talk_in_a_group_leads_back_to_its_group(client, talk):
    asker, _helper, question = talk
    group = make.group(asker, name="Ersatzteile")
    inside = make.post(asker, group=group)
    client.force_login(asker)

    def way_back(act) -> str:
        return client.get(f"/acts/{act.key}/").content.decode().partition("<main")[2].partition('href="')[2].partition('"')[0]

    assert way_back(inside) == f"/groups/{group.key}/"
    assert way_back(question) == "/"


def test_opening_a_talk_reads_its_notices_and_no_others(client, talk):
    asker, helper, question = talk
    other = make.post(asker)
    make.comment(helper, question)
    make.comment(helper, other)
    client.force_login(asker)
    client.get(f"/acts/{question.key}/")
    assert list(asker.notices.filter(read_at=None).values_list("cause", flat=True)) == [f"/acts/{other.key}/"]


def test_words_on_something_private_are_read_by_those_who_read_that(client):
    giver, receiver, stranger = make.person(), make.person(), make.person()
    thanks = make.thank(giver, receiver)
    word = make.comment(receiver, thanks, "Gern geschehen, wirklich.")
    for person, status in ((giver, 302), (receiver, 302), (stranger, 404)):
        client.force_login(person)
        answer = client.get(f"/acts/{word.key}/")
        assert (answer.status_code == 404) is (status == 404)
    assert client.post(f"/acts/{thanks.key}/comments/", {"words": "Ich auch"}).status_code == 404


def test_what_waits_for_me_waits_until_i_answer_react_or_say_it_helped(talk):
    asker, helper, question = talk
    now = clock.now()
    with clock.at(now - timedelta(hours=3)):
        one, two, three = (make.comment(helper, question, f"Rat {n}.") for n in range(3))
        make.comment(asker, make.post(asker), "Selbstgespräch.")
    assert set(queries.waiting_for(asker)) == {one, two, three}
    verbs.react(asker, one, "glad")
    verbs.say_it_helped(asker, two)
    assert set(queries.waiting_for(asker)) == {three}
    make.comment(asker, three, "Danke dir.")
    assert not queries.waiting_for(asker).exists()
    assert set(queries.waiting_for(helper)) != set(), "now it is the other one's turn"


def test_history_and_answered_questions_are_never_due(talk):
    asker, helper, question = talk
    viewer = make.person()
    old = make.question(asker, "Wer hat den Schlüssel?")
    Act.objects.filter(pk=old.pk).update(is_imported=True)
    assert list(queries.without_answer(viewer)) == [question]
    answer = make.comment(helper, question)
    assert not queries.without_answer(viewer).exists()
    acts.withdraw(helper, answer)
    assert list(queries.without_answer(viewer)) == [question]


@pytest.mark.parametrize(
    ("emoji", "drawn"),
    [
        ("❤️", 'role="img" aria-label="rotes Herz" title="rotes Herz">❤️</span> reagiert.'),
        ("🚒", 'role="img" aria-label="fire engine" title="fire engine" lang="en">🚒</span> reagiert.'),
        (":unser_käse:", "hat mit „unser käse“ reagiert."),
        (":<b>:", "hat mit „&lt;b&gt;“ reagiert."),
    ],
)
def test_an_emoji_from_history_stands_in_a_sentence_and_has_a_name(client, emoji, drawn):
    act, viewer = make.post(), make.person(language="de")
    verbs.react_many([(act.pk, make.person("Olu Ufer").pk, emoji)])
    client.force_login(viewer)
    page = client.get(f"/acts/{act.key}/").content.decode()
    assert "Olu hat mit" in page and drawn in page
