from datetime import timedelta

import pytest

from potluck.acts import verbs
from potluck.acts.models import Act
from potluck.core import clock
from potluck.core.rules import Refused
from tests import make

pytestmark = pytest.mark.django_db


def test_what_is_taken_back_is_gone_for_everybody_and_its_giver_can_put_it_back(client):
    giver, reader = make.person(), make.person()
    act = make.post(giver, "Im Pausenraum steht Kuchen.")
    client.force_login(reader)
    assert "steht Kuchen" in client.get("/").content.decode()
    client.force_login(giver)
    answer = client.post(f"/acts/{act.key}/withdrawal/")
    assert answer.status_code == 303 and answer["Location"] == "/me/withdrawn/"
    assert "steht Kuchen" in client.get("/me/withdrawn/").content.decode()
    assert "steht Kuchen" not in client.get("/").content.decode()
    client.force_login(reader)
    assert "steht Kuchen" not in client.get("/").content.decode()
    assert client.get(f"/acts/{act.key}/").status_code == 404
    assert client.post(f"/acts/{act.key}/return/").status_code == 404
    client.force_login(giver)
    assert client.post(f"/acts/{act.key}/return/").status_code == 303
    client.force_login(reader)
    assert client.get(f"/acts/{act.key}/").status_code == 200


def test_the_talk_below_goes_and_comes_back_with_what_it_is_about():
    giver, other = make.person(), make.person()
    act = make.post(giver)
    comment = make.comment(other, act)
    verbs.withdraw(giver, act)
    assert not Act.objects.visible_to(other).filter(pk=comment.pk).exists()
    verbs.put_back(giver, act)
    assert Act.objects.visible_to(other).filter(pk=comment.pk).exists()


def test_nobody_takes_back_what_another_gave(client):
    act, other = make.post(), make.person()
    client.force_login(other)
    assert client.post(f"/acts/{act.key}/withdrawal/").status_code == 403
    assert Act.objects.get(pk=act.pk).withdrawn_at is None


def test_after_thirty_days_the_words_are_erased_with_their_talk():
    giver, now = make.person(), clock.now()
    gone, young, standing = make.post(giver), make.post(giver), make.post(giver)
    make.comment(make.person(), gone)
    with clock.at(now - timedelta(days=31)):
        verbs.withdraw(giver, gone)
    with clock.at(now - timedelta(days=29)):
        verbs.withdraw(giver, young)
    with pytest.raises(Refused):
        verbs.put_back(giver, gone)
    verbs.erase_withdrawn()
    assert set(Act.objects.values_list("pk", flat=True)) == {young.pk, standing.pk}


def test_a_question_waits_again_when_its_only_answer_is_taken_back():
    asker, helper = make.person(), make.person()
    question = make.question(asker)
    make.comment(asker, question, "Ich frage noch einmal.")
    make.comment(make.bot(), question, "Piep.")
    assert Act.objects.get(pk=question.pk).answered_at is None, "neither the asker nor a program answers"
    answer = make.comment(helper, question)
    assert Act.objects.get(pk=question.pk).answered_at == answer.at
    verbs.withdraw(helper, answer)
    assert Act.objects.get(pk=question.pk).answered_at is None
    verbs.put_back(helper, answer)
    assert Act.objects.get(pk=question.pk).answered_at == answer.at
