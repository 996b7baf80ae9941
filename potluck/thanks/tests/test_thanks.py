"""Thanks stay private until both sides say otherwise; the wall follows from what they say, at once."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from potluck.acts import queries as acts
from potluck.acts.models import Act, Reach
from potluck.core.rules import Refused
from potluck.notices.models import Notice
from potluck.people import verbs as people
from potluck.talk import queries as talk
from potluck.thanks import queries, verbs
from potluck.thanks.models import StandingYes, Thanks
from tests import make

pytestmark = pytest.mark.django_db
WORDS = "Du hast mir den Trick mit dem Foehn gezeigt."


@pytest.fixture
def giver():
    return make.person("Ilse Bach")


@pytest.fixture
def receiver():
    return make.person("Olumide Ufer")


@pytest.fixture
def other():
    return make.person("Kaja Linde")


def signed_in(person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def reads(person, act) -> bool:
    """Whether these words show anywhere the person can go: wall, person walls, thread, feed, own page."""
    client = signed_in(person)
    pages = [
        reverse("thanks:wall"),
        reverse("thanks:mine"),
        reverse("thanks:of_person", args=[act.by.handle]),
        *[reverse("thanks:of_person", args=[one.handle]) for one in act.to.all()],
    ]
    on_pages = any(WORDS in client.get(page).content.decode() for page in pages)
    in_feed = act.pk in {row.id for row in acts.feed(person)}
    return on_pages or in_feed or Act.objects.visible_to(person).filter(pk=act.pk).exists()


def hangs(act) -> bool:
    return Thanks.objects.get(act=act).hung_at is not None and Act.objects.get(pk=act.pk).reach == Reach.EVERYONE


def test_a_thank_you_is_private_at_first(giver, receiver, other):
    act = make.thank(giver, receiver, words=WORDS)
    assert reads(giver, act) and reads(receiver, act)
    for outsider in (other, make.manager(), make.administrator(), make.council(), make.leader()):
        assert not reads(outsider, act)
        assert signed_in(outsider).get(reverse("thanks:card", args=[act.key])).status_code == 404
        assert signed_in(outsider).post(reverse("thanks:yes", args=[act.key])).status_code == 404


def test_an_offer_alone_hangs_nothing(giver, receiver, other):
    act = make.thank(giver, receiver, words=WORDS, offer_to_wall=True)
    assert not hangs(act) and not reads(other, act)


def test_with_offer_and_yes_it_hangs_for_everybody(giver, receiver, other):
    act = make.thank(giver, receiver, words=WORDS, offer_to_wall=True)
    signed_in(receiver).post(reverse("thanks:yes", args=[act.key]))
    assert hangs(act) and reads(other, act)
    assert Notice.objects.filter(receiver=giver, kind="hung", act=act).count() == 1


def test_a_guest_reads_no_wall(giver, receiver):
    act = make.thank_on_wall(giver, receiver, WORDS)
    assert not reads(make.guest(), act)


def test_nothing_hangs_that_was_not_offered(giver, receiver):
    act = make.thank(giver, receiver)
    with pytest.raises(Refused):
        verbs.agree(receiver, act.thanks)
    assert not hangs(act)
    verbs.offer(giver, act.thanks)
    assert not hangs(act)
    verbs.agree(receiver, act.thanks)
    assert hangs(act)


def test_every_receiver_has_to_agree(giver, receiver, other):
    act = make.thank(giver, receiver, other, words=WORDS, offer_to_wall=True)
    third = make.person()
    verbs.agree(receiver, act.thanks)
    assert not hangs(act) and not reads(third, act)
    verbs.agree(other, act.thanks)
    assert hangs(act) and reads(third, act)


def test_nobody_can_agree_for_somebody_else(giver, receiver, other):
    act = make.thank(giver, receiver, other, offer_to_wall=True)
    assert signed_in(giver).post(reverse("thanks:yes", args=[act.key])).status_code == 403
    assert not act.thanks.receivers.filter(agreed_at__isnull=False).exists()


def test_a_receiver_can_take_it_off_the_wall_at_once(giver, receiver, other):
    act = make.thank_on_wall(giver, receiver, WORDS)
    assert reads(other, act)
    signed_in(receiver).post(reverse("thanks:no", args=[act.key]))
    assert not hangs(act) and not reads(other, act) and reads(giver, act)


def test_a_no_looks_to_the_giver_like_no_answer_yet(giver, receiver):
    act = make.thank(giver, receiver, offer_to_wall=True)
    client, address = signed_in(giver), reverse("thanks:mine") + "?gave=1"

    def card() -> str:
        page = client.get(address).content.decode()
        return re.sub(r"[A-Za-z0-9]{64}", "", page[page.index("<article") : page.index("</article>")])

    before = card()
    signed_in(receiver).post(reverse("thanks:no", args=[act.key]))
    assert card() == before
    assert not Notice.objects.filter(receiver=giver).exists()
    verbs.agree(receiver, act.thanks)
    assert card() != before


def test_the_giver_can_take_the_offer_back_and_offer_again(giver, receiver, other):
    act = make.thank_on_wall(giver, receiver, WORDS)
    signed_in(giver).post(reverse("thanks:offer_withdrawal", args=[act.key]))
    assert not hangs(act) and not reads(other, act)
    signed_in(giver).post(reverse("thanks:offer", args=[act.key]))
    assert not hangs(act), "a yes was to the offer before: each is asked anew"
    verbs.agree(receiver, act.thanks)
    assert hangs(act)
    assert signed_in(receiver).post(reverse("thanks:offer_withdrawal", args=[act.key])).status_code == 403


def test_a_withdrawn_thank_you_is_gone_for_all(giver, receiver, other):
    from potluck.acts.verbs import withdraw

    act = make.thank_on_wall(giver, receiver, WORDS)
    withdraw(giver, act)
    assert not reads(other, act) and not reads(receiver, act)


def test_words_below_come_back_from_the_wall_with_it(giver, receiver, other):
    act = make.thank_on_wall(giver, receiver)
    public = make.comment(other, act, "Das habe ich gesehen!")
    stranger = make.person()
    assert Act.objects.visible_to(stranger).filter(pk=public.pk).exists()
    verbs.keep_private(receiver, act.thanks)
    assert not Act.objects.visible_to(stranger).filter(pk=public.pk).exists()
    assert [row.id for row in talk.comments(giver, act)[0]] == [public.pk]


def test_words_said_in_private_never_reach_the_wall(giver, receiver, other):
    act = make.thank(giver, receiver, offer_to_wall=True)
    private = make.comment(receiver, act, "Nur fuer dich: ich war den Traenen nah.")
    verbs.agree(receiver, act.thanks)
    assert hangs(act)
    assert not Act.objects.visible_to(other).filter(pk=private.pk).exists()
    assert Act.objects.visible_to(giver).filter(pk=private.pk).exists()


def test_a_standing_yes_hangs_what_is_offered_from_then_on(giver, receiver):
    first = make.thank(giver, receiver, offer_to_wall=True)
    signed_in(receiver).post(reverse("thanks:yes", args=[first.key]), {"always": "1"})
    assert hangs(first) and queries.has_standing_yes(receiver)
    assert hangs(make.thank(giver, receiver, offer_to_wall=True))
    assert not hangs(make.thank(giver, receiver))


def test_a_revoked_standing_yes_asks_again(giver, receiver):
    verbs.say_always(receiver)
    private = make.thank(giver, receiver)
    on_wall = make.thank(giver, receiver, offer_to_wall=True)
    signed_in(receiver).post(reverse("thanks:mine"), {"always": "0"})
    assert not StandingYes.objects.exists()
    assert hangs(on_wall)
    assert not hangs(make.thank(giver, receiver, offer_to_wall=True))
    verbs.offer(giver, private.thanks)
    assert not hangs(private)


def test_a_standing_yes_speaks_for_one_receiver_only(giver, receiver, other):
    verbs.say_always(receiver)
    act = make.thank(giver, receiver, other, offer_to_wall=True)
    assert not hangs(act)
    verbs.agree(other, act.thanks)
    assert hangs(act)


def test_what_it_was_for_is_named_only_to_those_who_may_see_it(giver, receiver, other):
    group = make.group(giver, receiver, closed=True)
    secret = make.post(receiver, "Im geschlossenen Kreis.", group=group)
    act = make.thank(giver, receiver, because_of=secret, offer_to_wall=True)
    verbs.agree(receiver, act.thanks)
    assert secret.key in signed_in(giver).get(reverse("thanks:wall")).content.decode()
    assert secret.key not in signed_in(other).get(reverse("thanks:wall")).content.decode()


def test_one_cannot_thank_oneself_or_a_bot(giver, receiver):
    for wrong in ([], [giver], [giver, receiver], [make.bot()]):
        with pytest.raises(Refused):
            verbs.thank(giver, wrong, "Danke.")
    assert verbs.thank(giver, [receiver], "Danke.")


def test_a_form_sent_twice_gives_once(giver, receiver):
    form = {"to": receiver.handle, "for_what": WORDS, "on_wall": "", "once": "abc123"}
    client = signed_in(giver)
    first, second = (client.post(reverse("thanks:new"), form) for _ in range(2))
    assert first.status_code == second.status_code == 303 and first["Location"] == second["Location"]
    assert Thanks.objects.count() == 1 and Notice.objects.filter(receiver=receiver).count() == 1


def test_several_people_are_thanked_in_one_card(giver, receiver, other):
    signed_in(giver).post(
        reverse("thanks:give", args=[receiver.handle]), {"to": [other.handle], "for_what": WORDS, "on_wall": ""}
    )
    act = Act.objects.get()
    assert {person.pk for person in act.to.all()} == {receiver.pk, other.pk}
    assert Notice.objects.filter(act=act, kind="thanked").count() == 2


def test_a_form_without_words_or_name_comes_back_with_what_was_typed(giver, receiver):
    client = signed_in(giver)
    nameless = client.post(reverse("thanks:new"), {"for_what": WORDS, "what_changed": "Es blieb trocken."})
    assert nameless.status_code == 422
    assert WORDS in nameless.content.decode() and "Es blieb trocken." in nameless.content.decode()
    wordless = client.post(reverse("thanks:new"), {"to": receiver.handle, "for_what": " ", "what_changed": "Trocken."})
    assert wordless.status_code == 422
    assert f'value="{receiver.handle}" checked' in wordless.content.decode() and "Trocken." in wordless.content.decode()
    assert not Thanks.objects.exists()


def test_without_a_script_a_typed_name_becomes_a_choice_and_the_words_stay(giver, receiver, other):
    answer = signed_in(giver).post(reverse("thanks:new"), {"who": "olu", "for_what": WORDS})
    page = answer.content.decode()
    assert answer.status_code == 422 and WORDS in page
    assert f'value="{receiver.handle}"' in page and f'value="{other.handle}"' not in page
    assert not Thanks.objects.exists()


def test_people_are_found_by_any_part_of_their_name_but_no_bots_and_not_oneself(giver):
    oeztuerk = make.person("Ayşe Öztürk")
    make.bot("Öztbot")
    assert queries.people_to_thank(giver, "ozt") == [oeztuerk]
    assert queries.people_to_thank(giver, "Öz") == [oeztuerk]
    assert queries.people_to_thank(giver, "ays") == [oeztuerk]
    assert queries.people_to_thank(giver, giver.name) == []
    assert queries.people_to_thank(make.guest(), "ozt") == []


def test_a_thank_you_for_an_act_is_for_its_giver(giver, receiver):
    answer = make.comment(receiver, make.question(giver))
    page = signed_in(giver).get(reverse("thanks:new") + f"?on={answer.key}").content.decode()
    assert f'value="{receiver.handle}" checked' in page and answer.words in page
    signed_in(giver).post(reverse("thanks:new"), {"to": receiver.handle, "on": answer.key, "for_what": WORDS})
    assert Act.objects.get(kind="thanked").on == answer


def test_one_cannot_thank_for_what_one_cannot_see(giver, receiver, other):
    secret = make.post(receiver, "Nur unter uns.", group=make.group(receiver, closed=True))
    assert signed_in(giver).get(reverse("thanks:new") + f"?on={secret.key}").status_code == 404
    signed_in(giver).post(reverse("thanks:new"), {"to": receiver.handle, "on": secret.key, "for_what": WORDS})
    assert Act.objects.get(kind="thanked").on is None


def test_a_gift_to_somebody_who_has_not_come_waits_and_the_giver_reads_so(giver):
    awaited = make.placeholder("Samira Tal")
    page = signed_in(giver).get(reverse("thanks:give", args=[awaited.handle]), headers={"Accept-Language": "en"})
    assert "waits for them there" in page.content.decode()
    given = signed_in(giver).post(
        reverse("thanks:give", args=[awaited.handle]),
        {"for_what": WORDS, "on_wall": "1"},
        headers={"Accept-Language": "en", "HX-Request": "true"},
    )
    assert "Your thank-you waits for Samira Tal until they claim their place." in given.content.decode()
    act = Act.objects.get(kind="thanked")
    assert not Notice.objects.filter(receiver=awaited).exists() and not hangs(act)
    inviter = make.person()
    _invitation, path = people.invite(inviter, "samira@example.org", awaited.name, person=awaited, mail=False)
    arrived = people.claim(path.split("/")[2], name="Samira Tal")
    assert [row.id for row in queries.waiting_for_yes(arrived)] == [act.pk]


def test_the_wall_turns_its_pages_by_when_a_card_was_hung(giver, receiver):
    first = make.thank(giver, receiver, words="erste", offer_to_wall=True)
    second = make.thank_on_wall(giver, receiver, "zweite")
    verbs.agree(receiver, first.thanks)
    assert [row.id for row in queries.wall(giver)] == [first.pk, second.pk]
    newest = queries.wall(giver, limit=1)[0]
    assert [row.id for row in queries.wall(giver, before=(newest.hung_at, newest.id))] == [second.pk]


def test_the_wall_of_a_person_shows_what_they_gave_and_got(giver, receiver, other):
    mine = make.thank_on_wall(giver, receiver)
    make.thank_on_wall(other, make.person())
    assert [row.id for row in queries.wall(other, receiver)] == [mine.pk]
    assert [row.id for row in queries.wall(other, giver)] == [mine.pk]


def test_ones_own_page_keeps_received_and_given_apart(giver, receiver):
    act = make.thank(giver, receiver, words=WORDS)
    assert [row.id for row in queries.received(receiver)] == [act.pk] and queries.given(receiver) == []
    assert [row.id for row in queries.given(giver)] == [act.pk] and queries.received(giver) == []


def test_htmx_gets_the_card_itself(giver, receiver):
    act = make.thank(giver, receiver, words=WORDS, offer_to_wall=True)
    answer = signed_in(receiver).post(
        reverse("thanks:yes", args=[act.key]), {"where": "wall"}, headers={"HX-Request": "true"}
    )
    page = answer.content.decode()
    assert answer.status_code == 200 and WORDS in page and "<html" not in page


def test_a_card_is_printed_by_giver_and_receivers_alone_even_from_the_wall(giver, receiver, other):
    act = make.thank_on_wall(giver, receiver, WORDS)
    address = reverse("thanks:card", args=[act.key])
    for one in (giver, receiver):
        assert WORDS in signed_in(one).get(address).content.decode()
    assert signed_in(other).get(address).status_code == 404
    assert signed_in(other).get(f"/acts/{act.key}/").status_code == 200
    assert signed_in(giver).get(reverse("thanks:card", args=[make.post(giver).key])).status_code == 404


def test_who_takes_a_thank_you_off_the_wall_reads_what_is_true(giver, receiver, other):
    act = make.thank_on_wall(giver, receiver, WORDS)
    address, english = f"/acts/{act.key}/", {"Accept-Language": "en"}
    assert WORDS in signed_in(other).get(reverse("thanks:wall")).content.decode()
    told = Notice.objects.filter(receiver=giver).count()
    verbs.keep_private(receiver, act.thanks)
    page = signed_in(receiver).get(address, headers=english).content.decode()
    assert "gets no message; whoever looks at the wall does not find it there" in page
    assert Notice.objects.filter(receiver=giver).count() == told, "no message, as it says"
    assert WORDS not in signed_in(giver).get(reverse("thanks:wall")).content.decode(), "and it is not found, as it says"
    assert "Offered to the wall." in signed_in(giver).get(address, headers=english).content.decode()


def title(person, address: str) -> str:
    page = signed_in(person).get(address, headers={"Accept-Language": "en"})
    assert page.status_code == 200
    return page.content.decode().partition("<title>")[2].partition("</title>")[0]


def test_the_title_of_a_page_tells_whom_it_is_about(giver, receiver, other):
    cards = [make.thank_on_wall(giver, receiver), make.thank(giver, other)]
    addresses = [reverse("thanks:wall"), reverse("thanks:new"), reverse("thanks:mine")]
    for one in (receiver, other):
        named = [reverse("thanks:give", args=[one.handle]), reverse("thanks:of_person", args=[one.handle])]
        assert all(one.name in title(giver, address) for address in named)
        addresses += named
    addresses += [reverse("thanks:card", args=[act.key]) for act in cards]
    titles = [title(giver, address) for address in addresses]
    assert len(set(titles)) == len(addresses), titles


def test_the_form_for_oneself_or_a_program_is_refused_in_a_sentence(giver, receiver):
    for one in (giver, make.bot()):
        address = reverse("thanks:give", args=[one.handle])
        assert signed_in(giver).get(address).status_code == 403
        assert signed_in(giver).post(address, {"to": receiver.handle, "for_what": WORDS}).status_code == 403
    assert not Act.objects.filter(kind="thanked").exists()
    assert signed_in(giver).get(reverse("thanks:give", args=[receiver.handle])).status_code == 200
