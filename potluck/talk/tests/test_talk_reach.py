"""Who reads an answer when the reach of what it answers, or the seat of who looks, changes."""

from datetime import timedelta

import pytest

from potluck.acts import queries as rows
from potluck.acts import verbs as acts
from potluck.acts.models import Act
from potluck.core import clock
from potluck.core.rules import Refused
from potluck.groups import verbs as groups
from potluck.talk import queries, verbs
from potluck.thanks import verbs as thanks
from tests import make

pytestmark = pytest.mark.django_db


def test_whoever_left_a_closed_group_reads_neither_who_answers_there_nor_what_helped():
    host, asker, helper = make.person(), make.person(), make.person("Bogdan Wieczny")
    group = make.group(host, asker, helper, closed=True)
    question = make.question(asker, group=group)
    answer = make.comment(helper, question, "Der Schlüssel liegt unter dem Topf.")
    verbs.say_it_helped(asker, answer)

    def told(viewer):
        return queries.talk(viewer, [question.pk]).get(question.pk)

    assert told(asker).voices == ["Bogdan"] and "Topf" in told(asker).helped.html
    groups.leave(asker, group)
    assert Act.objects.visible_to(asker).filter(pk=question.pk).exists(), "their own words stay theirs"
    assert told(asker) is None
    assert told(helper).voices == ["Bogdan"]


def test_what_was_said_in_private_names_nobody_once_the_thank_you_hangs():
    giver, receiver, stranger = make.person(), make.person("Nele Leise"), make.person()
    thanked = make.thank(giver, receiver)
    make.comment(receiver, thanked, "Unter uns.")
    thanks.offer(giver, thanked.thanks)
    thanks.agree(receiver, thanked.thanks)
    assert Act.objects.visible_to(stranger).filter(pk=thanked.pk).exists()
    assert queries.talk(stranger, [thanked.pk]) == {}
    assert queries.talk(giver, [thanked.pk])[thanked.pk].voices == ["Nele"]


def test_an_answer_takes_the_reach_that_its_act_has_now_not_the_one_it_was_read_with():
    giver, receiver, stranger = make.person(), make.person(), make.person()
    as_it_hung = make.thank_on_wall(giver, receiver)
    assert as_it_hung.reach == "everyone"
    thanks.take_offer_back(giver, Act.objects.get(pk=as_it_hung.pk).thanks)
    word = make.comment(receiver, as_it_hung, "Gern.")
    assert not Act.objects.visible_to(stranger).filter(pk=word.pk).exists()
    assert Act.objects.visible_to(giver).filter(pk=word.pk).exists()
    with pytest.raises(Refused):
        verbs.comment(stranger, as_it_hung, "Glückwunsch!")


def test_nobody_answers_what_was_taken_back_in_the_same_moment():
    giver, other = make.person(), make.person()
    as_it_was_read = make.post(giver)
    acts.withdraw(giver, Act.objects.get(pk=as_it_was_read.pk))
    with pytest.raises(Refused):
        verbs.comment(other, as_it_was_read, "Fein.")
    assert not Act.objects.filter(kind="commented").exists()


def test_a_reply_stays_when_the_answer_above_it_is_erased(client):
    asker, helper, third = make.person(), make.person(), make.person()
    question = make.question(asker)
    above = make.comment(helper, question)
    reply = make.comment(third, above, "Und was heißt Filz?")
    with clock.at(clock.now() - timedelta(days=31)):
        acts.withdraw(helper, above)
    acts.erase_withdrawn()
    assert not Act.objects.filter(pk=above.pk).exists()
    answers, _earlier = queries.comments(asker, rows.plain_row(asker, question.key))
    assert [row.key for row in answers] == [reply.key]
    client.force_login(asker)
    assert client.get(f"/acts/{reply.key}/").status_code == 303
    assert client.get(f"/acts/{reply.key}/", headers={"HX-Request": "true"}).status_code == 200
    assert verbs.comment(asker, reply, "Der unter dem Fuß.").pk


def test_a_thank_you_has_no_reaction_to_take_back():
    thanked = make.thank(make.person(), receiver := make.person())
    touched = Act.objects.values("stirred", "touched_at").get(pk=thanked.pk)
    verbs.take_reaction_back(receiver, thanked, "glad")
    assert Act.objects.values("stirred", "touched_at").get(pk=thanked.pk) == touched
