"""Coming in by invitation, claiming a place that history kept, and the one mail that goes there."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from smtplib import SMTPServerDisconnected
from types import SimpleNamespace

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse
from procrastinate.contrib.django.models import ProcrastinateJob

from potluck.core import clock
from potluck.core import jobs as core_jobs
from potluck.core.mail import Line, NotNow
from potluck.core.rules import Refused
from potluck.notices.models import Notice
from potluck.notices.tests.sink import Sink
from potluck.people import jobs, letters, verbs
from potluck.people.models import Invitation, Person
from potluck.people.tests import letterbox
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def mail_goes_out(settings):
    """There is a server, though nobody talks to it: mails stay jobs."""
    settings.MAIL_URL = "smtp://127.0.0.1:1"


def test_a_member_invites_and_the_invited_person_takes_the_place_once(as_, open_house):
    mira = make.person("Mira Sand")
    client = as_(mira)
    assert client.post("/invite/", {"name": "Emre", "email": "emre@example.org"}).status_code == 303
    page = client.get("/invite/").content.decode()
    link = "/invitations/" + page.split("/invitations/")[1].split("/")[0] + "/"
    assert "Emre" in page and "/invitations/" not in client.get("/invite/").content.decode()
    stranger = Client(headers={"Accept-Language": "de"})
    for _scanner in range(3):
        seen = stranger.get(link).content.decode()
        assert Client().head(link).status_code == 200
    assert "Mira Sand lädt dich an den Tisch von Probehaus ein." in seen
    assert Person.objects.get(email="emre@example.org").is_placeholder, "looking takes nothing"
    answer = stranger.post(link, {"name": "Emre Tal", "password": "three warm spoons"})
    assert answer.headers["Location"] == "/arrived/" and stranger.get("/arrived/").status_code == 200
    emre = Person.objects.get(email="emre@example.org")
    assert emre.name == "Emre Tal" and not emre.is_placeholder and emre.check_password("three warm spoons")
    assert Client().get(link).status_code == 404 and Client().post(link, {"name": "Eve"}).status_code == 404


@pytest.mark.parametrize("email", ["", "emre@example.org"])
def test_a_form_sent_twice_keeps_one_place_and_its_link_is_still_shown(as_, open_house, email):
    client = as_(make.person("Mira Sand"))
    form = client.get("/invite/").content.decode()
    key = form.partition('name="once" value="')[2].partition('"')[0]
    assert key.isalnum()
    for _click in range(2):
        assert client.post("/invite/", {"name": "Emre", "email": email, "once": key}).status_code == 303
    assert Person.objects.filter(name="Emre").count() == Invitation.objects.count() == 1
    assert "/invitations/" in client.get("/invite/").content.decode()
    client.post("/invite/", {"name": "Emre", "once": "another"})
    assert Person.objects.filter(name="Emre").count() == 2, "two people may share a name"


@pytest.mark.django_db(transaction=True)
def test_a_form_sent_many_times_at_once_keeps_one_place():
    mira = make.person("Mira Sand")

    def click(_n: int) -> str:
        try:
            return verbs.invite(mira, None, "Emre", once="onekey")[1]
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as many:
        paths = list(many.map(click, range(16)))
    assert len([path for path in paths if path]) == Person.objects.filter(name="Emre").count() == 1


PASSWORD = "three warm spoons"


def test_a_password_is_not_needed_where_a_code_comes_by_mail(open_house, settings):
    settings.MAIL_URL = "smtp://127.0.0.1:1"
    _invitation, link = verbs.invite(make.person(), "emre@example.org", "Emre")
    assert Client().post(link, {"name": "Emre"}).status_code == 303
    assert not Person.objects.get(email="emre@example.org").has_usable_password()


@pytest.mark.parametrize(
    ("url", "email", "said"),
    [
        ("", "emre@example.org", "No mail leaves this house yet, so no code can reach you"),
        ("", None, "you come back in as emre with this password"),
        ("smtp://127.0.0.1:1", None, "you come back in as emre with this password"),
    ],
)
def test_who_no_code_can_reach_needs_a_password_and_comes_back_in_with_it(open_house, settings, url, email, said):
    settings.MAIL_URL = url
    _invitation, link = verbs.invite(make.person(), email, "Emre")
    client = Client(headers={"Accept-Language": "en"})
    assert said in client.get(link).content.decode()
    refused = client.post(link, {"name": "Emre"})
    assert refused.status_code == 422 and "f-password-error" in refused.content.decode() and said in refused.content.decode()
    assert Person.objects.get(name="Emre").is_placeholder
    assert client.post(link, {"name": "Emre", "password": PASSWORD}).status_code == 303
    again = Client()
    again.post("/accounts/login/", {"login": email or "emre", "password": PASSWORD})
    assert again.get("/me/").status_code == 200


@pytest.mark.parametrize(
    "fields", [{"name": ""}, {"name": "x" * 81}, {"name": "\x00"}, {"name": "Emre", "password": "short"}]
)
def test_a_place_is_not_taken_with_what_cannot_be(open_house, fields):
    _invitation, link = verbs.invite(make.person(), "emre@example.org", "Emre")
    assert Client().post(link, {"password": PASSWORD} | fields).status_code == 422
    assert Person.objects.get(email="emre@example.org").is_placeholder
    assert Client().post(link, {"name": "Emre", "password": PASSWORD}).status_code == 303, "and can still be"


def test_an_invitation_opens_for_thirty_days(open_house):
    with clock.at(clock.now() - timedelta(days=31)):
        _invitation, link = verbs.invite(make.person(), "emre@example.org", "Emre")
    assert Client().get(link).status_code == 404 and Client().post(link, {"name": "Emre"}).status_code == 404


def test_guests_invite_nobody_and_only_administrators_give_a_role(as_, open_house):
    assert as_(make.guest()).get("/invite/").status_code == 403
    member = as_(make.person())
    assert 'name="role"' not in member.get("/invite/").content.decode()
    member.post("/invite/", {"name": "Emre", "email": "emre@example.org", "role": "administrator"})
    assert Invitation.objects.get().role == ""
    with pytest.raises(Refused):
        verbs.invite(make.person(), "e@example.org", "Eve", role="administrator")


def test_whoever_is_here_is_not_invited_again(as_, open_house):
    make.person(email="here@example.org")
    answer = as_(make.person()).post("/invite/", {"name": "Again", "email": "HERE@example.org"})
    assert answer.status_code == 422 and "f-email-error" in answer.content.decode()
    assert not Invitation.objects.exists()


@pytest.mark.usefixtures("mail_goes_out")
def test_a_placeholder_gets_one_mail_at_most_whoever_invites_how_often(as_, open_house):
    olu = make.placeholder("Olu Ufer", email="olu@example.org")
    for _member in range(3):
        client = as_(make.person())
        assert client.post(f"/people/{olu.handle}/invitation/", {}).status_code == 303
    as_(make.person()).post("/invite/", {"name": "Olu", "email": "olu@example.org"})
    assert Invitation.objects.filter(person=olu).count() == 4
    letterbox.deliver_invitations()
    (mail,) = letterbox.posted()
    assert mail["to"] == "olu@example.org"
    assert "/invitations/" in mail["text"] and "/invitations/" in mail["html"]
    assert "lädt dich zu Probehaus ein" in mail["subject"], "in the language of the house"


class Killed(BaseException):
    """What a test raises where a worker is killed: nothing of ours catches it."""


def killed(*_words, **_more):
    raise Killed


@pytest.mark.usefixtures("mail_goes_out")
@pytest.mark.parametrize("step", ["write", "post"])
def test_an_invitation_whose_worker_is_killed_before_its_mail_is_posted_is_posted_later(monkeypatch, open_house, step):
    verbs.invite(make.person(), "olu@example.org", "Olu Ufer")
    with monkeypatch.context() as patched:
        patched.setattr(letters, step, killed)
        with pytest.raises(Killed), transaction.atomic():
            letterbox.deliver_invitations()
    assert not letterbox.posted() and Invitation.objects.get().mailed_at is None, "neither claim nor job is there alone"
    letterbox.deliver_invitations()
    assert [mail["to"] for mail in letterbox.posted()] == ["olu@example.org"]
    assert Invitation.objects.get().mailed_at is not None


@pytest.mark.usefixtures("mail_goes_out")
def test_an_invitation_that_gets_its_address_later_has_not_used_up_its_mail(open_house):
    olu = make.placeholder("Olu Ufer", email=None)
    invitation, path = verbs.invite(make.person(), None, "Olu Ufer", person=olu)
    jobs.mail_invitation.func(invitation.pk, path)
    assert Invitation.objects.get().mailed_at is None
    verbs.invite(make.person(), "olu@example.org", "Olu Ufer", person=olu)
    letterbox.deliver_invitations()
    assert [mail["to"] for mail in letterbox.posted()] == ["olu@example.org"]


@pytest.mark.parametrize("debug", [False, True])
def test_where_no_mail_goes_out_an_invitation_does_not_use_up_the_one_mail(open_house, settings, debug):
    settings.MAIL_URL, settings.DEBUG = "", debug
    olu = make.placeholder("Olu Ufer", email="olu@example.org")
    invitation, path = verbs.invite(make.person(), None, "Olu Ufer", person=olu)
    jobs.mail_invitation.func(invitation.pk, path)
    assert len(letterbox.posted()) == debug, "only whoever builds the house reads such mails, under /mail/"
    assert Invitation.objects.get().mailed_at is None
    settings.MAIL_URL = "smtp://127.0.0.1:1"
    ProcrastinateJob.objects.all().delete()
    verbs.invite(make.person(), None, "Olu Ufer", person=olu)
    letterbox.deliver_invitations()
    assert [mail["to"] for mail in letterbox.posted()] == ["olu@example.org"]


def sending(job: ProcrastinateJob) -> None:
    """One try of the worker at a mail."""
    with connection.cursor() as cursor:
        cursor.execute("update procrastinate_jobs set status = 'doing' where id = %s", [job.pk])
    jobs.send.func(SimpleNamespace(job=SimpleNamespace(id=job.pk)), **job.args)


def may_run_again(job: ProcrastinateJob) -> bool:
    return not ProcrastinateJob.objects.get(pk=job.pk).abort_requested


@pytest.mark.usefixtures("mail_goes_out")
@pytest.mark.django_db(transaction=True)
def test_an_invitation_is_tried_again_under_one_number_and_never_once_it_may_have_arrived(monkeypatch, settings):
    verbs.invite(make.person(), "olu@example.org", "Olu Ufer")
    letterbox.deliver_invitations()
    job = ProcrastinateJob.objects.get(task_name="people.send")
    offered, offer = [], Line.offer

    def noted(line, message):
        offered.append(message.extra_headers["Message-ID"])
        offer(line, message)

    monkeypatch.setattr(Line, "offer", noted)
    with Sink() as sink:
        settings.MAIL_URL = sink.url
        for step in ("not_again", "again"):  # killed before the words; killed after the server said no, before that is kept
            sink.answers = {"DATA": "451 come back later"}
            with monkeypatch.context() as patched:
                patched.setattr(jobs, step, killed)
                with pytest.raises(Killed):
                    sending(job)
            assert may_run_again(job) is (step == "not_again"), step
        core_jobs.again(job.pk)
        with pytest.raises(NotNow):
            sending(job)
        assert may_run_again(job) and not sink.taken, "refused after its words: it has not arrived, and is tried again"
        sink.answers = {}
        sink.hang_up_after_the_words = True
        with pytest.raises(SMTPServerDisconnected):
            sending(job)
        assert not may_run_again(job), "it may have arrived"
        assert len(sink.taken) == 1
        assert offered == [job.args["message_id"]] * 4 and sink.message_ids == offered[:1]


@pytest.mark.django_db(transaction=True)
def test_a_mail_that_the_release_before_queued_is_sent_under_one_number_at_each_try(settings):
    letters.post(letters.write("olu@example.org", "known", code=""))
    job = ProcrastinateJob.objects.get(task_name="people.send")
    old = {name: word for name, word in job.args.items() if name != "message_id"}
    with connection.cursor() as cursor:
        cursor.execute("update procrastinate_jobs set args = args - 'message_id' where id = %s", [job.pk])
    job.refresh_from_db()
    assert job.args == old and old != {}
    with Sink() as sink:
        settings.MAIL_URL = sink.url
        sending(job)
        core_jobs.again(job.pk)
        sending(job)
        first, second = sink.message_ids
        assert first == second and re.fullmatch(r"<[0-9a-f]{12}@potluck>", first)


@pytest.mark.parametrize("mail_url", ["smtp://localhost:2525", ""])
def test_whoever_looks_reads_who_was_invited_when_and_by_whom_and_what_is_still_possible(settings, as_, open_house, mail_url):
    settings.MAIL_URL = mail_url
    olu = make.placeholder("Olu Ufer", email="olu@example.org")
    page, own = f"/people/{olu.handle}/invitation/", f"/people/{olu.handle}/"
    mira = as_(make.person("Mira Sand"))
    assert "Olu Ufer is invited" not in mira.get(page).content.decode()
    assert ">Invite</a>" in mira.get("/people/?q=Olu").content.decode()
    mira.post(page, {})
    for path in (page, own):
        seen = mira.get(path).content.decode()
        assert "You invited Olu, today" in seen and "Invite Olu" not in seen
    assert ">Invited</a>" in mira.get("/people/?q=Olu").content.decode()
    seen = as_(make.person()).get(page).content.decode()
    assert "Olu Ufer is invited" in seen and "Mira Sand invited Olu, today" in seen
    assert ("Make a link" in seen) is not bool(mail_url), "where mail goes out, its link is for the invited alone"
    assert ("an administrator can hand over a link" in seen) is bool(mail_url)
    keeper = as_(make.administrator())
    assert "Make a link" in keeper.get(page).content.decode()
    assert "Mira Sand invited Olu" in keeper.get(f"/house/people/{olu.handle}/").content.decode()
    Invitation.objects.update(expires_at=clock.now())
    assert "Mira Sand" not in as_(make.person()).get(own).content.decode(), "an invitation that opens no more is none"


def test_a_guest_is_not_told_who_was_invited(as_, open_house):
    mira, guest, olu = make.person("Mira Sand"), make.guest(), make.placeholder("Olu Ufer")
    make.group(make.person(), guest, olu)
    verbs.invite(mira, None, "Olu Ufer", person=olu)
    seen = as_(guest).get(f"/people/{olu.handle}/")
    assert seen.status_code == 200 and "Mira Sand" not in seen.content.decode()


def test_a_link_can_be_handed_over_where_no_address_is_known(as_, open_house):
    olu = make.placeholder("Olu Ufer", email=None)
    client = as_(make.person())
    client.post(f"/people/{olu.handle}/invitation/", {})
    assert "/invitations/" in client.get(f"/people/{olu.handle}/invitation/").content.decode()
    letterbox.deliver_invitations()
    assert letterbox.posted() == []


def test_only_a_placeholder_is_invited_to_a_place(as_, open_house):
    here, client = make.person(), as_(make.person())
    for path in (f"/people/{here.handle}/invitation/", "/people/nobody/invitation/", f"/people/{make.bot().handle}/invitation/"):
        assert client.get(path).status_code == 404


@pytest.mark.parametrize(
    ("url", "said"), [("", "this password is your way back in"), ("smtp://localhost:25", "a code comes by mail")]
)
def test_who_takes_a_place_reads_how_they_come_back(open_house, settings, url, said):
    settings.MAIL_URL = url
    _invitation, link = verbs.invite(make.person(), "emre@example.org", "Emre")
    assert said in Client().get(link, headers={"Accept-Language": "en"}).content.decode()


def test_what_was_given_to_an_empty_place_is_shown_when_it_is_claimed_and_nobody_is_told(open_house):
    mira, olu = make.person("Mira Sand"), make.placeholder("Olu Ufer")
    make.thank(mira, olu, words="Du hast mir den Trick gezeigt.")
    make.greet(mira, olu, words="Schön, wenn du kommst.")
    other = make.person("Nele Nebenan")
    make.thank(mira, other, words="Das geht nur Nele an.")
    _invitation, link = verbs.invite(mira, "olu@example.org", "Olu Ufer", person=olu)
    client = Client(headers={"Accept-Language": "en"})
    before = client.get(link).content.decode()
    assert "There is something here for you from Mira Sand." in before
    assert "Trick" not in before, "words are for who took the place"
    arrived = client.post(link, {"name": "Olu Ufer", "password": PASSWORD}, follow=True)
    page = arrived.content.decode()
    assert arrived.request["PATH_INFO"] == "/arrived/"
    assert "Trick gezeigt" in page and "wenn du kommst" in page and "Nele an" not in page
    paper, dishes = (page.split(start) for start in ('<div class="note note-feed">', '<div class="gift-dish">'))
    assert len(paper) == len(dishes) == 2, "the thank-you is paper, the welcome a dish"
    assert "note-art" in paper[1] and "Trick gezeigt" in paper[1] and "Trick gezeigt" not in dishes[1].partition("</article>")[0]
    assert not Notice.objects.filter(receiver=mira).exists()
    assert not Notice.objects.filter(receiver=olu).exists()


# --- an open door ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def open_door(settings, open_house):
    settings.MAIL_URL = "smtp://127.0.0.1:1"  # nobody talks to it: mails stay jobs
    verbs.furnish(Person.objects.get(email="adele@example.org"), mail_domains=["example.org"])


def test_an_address_of_an_opened_domain_comes_in_by_a_code(open_door):
    client = Client(headers={"Accept-Language": "en"})
    asked = client.post("/accounts/signup/", {"name": "Jo Neu", "email": "Jo@example.org"})
    assert asked.headers["Location"] == "/accounts/signup/code/"
    assert client.post("/accounts/signup/code/", {"code": "WRONG"}).status_code == 422
    assert not Person.objects.filter(email="jo@example.org").exists()
    code = letterbox.code_in(letterbox.to("jo@example.org")[0])
    assert client.post("/accounts/signup/code/", {"code": f" {code.lower()} "}).headers["Location"] == "/arrived/"
    jo = Person.objects.get(email="jo@example.org")
    assert jo.name == "Jo Neu" and jo.roles == [] and client.get("/me/").status_code == 200


def test_the_door_is_closed_elsewhere(open_door):
    client = Client()
    for email in ("jo@elsewhere.example", "jo@sub.example.org", "jo@evilexample.org"):
        assert client.post("/accounts/signup/", {"name": "Jo", "email": email}).status_code == 422
    assert letterbox.posted() == []


def test_the_door_is_closed_where_nobody_opened_it(open_house):
    client = Client(headers={"Accept-Language": "en"})
    assert "by invitation" in client.get("/accounts/signup/").content.decode()
    client.post("/accounts/signup/", {"name": "Jo", "email": "jo@example.org"})
    assert letterbox.posted() == [] and not Person.objects.filter(name="Jo").exists()


def test_the_open_door_tells_nobody_who_is_here(open_door):
    here = make.person(email="here@example.org")
    client = Client(headers={"Accept-Language": "en"})
    answer = client.post("/accounts/signup/", {"name": "Jo", "email": here.email}, follow=True)
    assert "A mail is on its way to here@example.org." in answer.content.decode()
    (mail,) = letterbox.to(here.email)
    assert "already" in mail["subject"] or "schon" in mail["subject"]


def test_five_guesses_close_the_code(open_door):
    client = Client()
    client.post("/accounts/signup/", {"name": "Jo", "email": "jo@example.org"})
    for _guess in range(5):
        client.post("/accounts/signup/code/", {"code": "GUESSING"})
    code = letterbox.code_in(letterbox.to("jo@example.org")[0])
    assert client.post("/accounts/signup/code/", {"code": code}).headers["Location"] == "/accounts/signup/"
    assert not Person.objects.filter(email="jo@example.org").exists()


def test_whoever_proves_an_awaited_address_takes_the_place_kept_for_it(open_door):
    olu = make.placeholder("Olu Ufer", email="olu@example.org")
    client = Client()
    client.post("/accounts/signup/", {"name": "Olu Ufer", "email": "olu@example.org"})
    client.post("/accounts/signup/code/", {"code": letterbox.code_in(letterbox.to("olu@example.org")[0])})
    olu.refresh_from_db()
    assert not olu.is_placeholder and client.get("/me/").status_code == 200


@pytest.mark.parametrize("mail_url", ["smtp://localhost:2525", ""])
def test_the_link_of_a_known_address_goes_by_mail_alone_where_mail_goes_out(settings, as_, open_house, mail_url):
    settings.MAIL_URL = mail_url
    awaited = make.placeholder("Paul Platz")
    member, keeper = make.person(), make.administrator()
    for inviter, holds in ((member, not mail_url), (keeper, True)):
        client = as_(inviter)
        address = reverse("people:invite_placeholder", args=[awaited.handle])
        client.post(address, {"email": ""})
        assert ("/invitations/" in client.get(address).content.decode()) is holds, inviter.name
        client.post(reverse("people:invite"), {"email": awaited.email, "name": "Paul Platz", "role": ""})
        assert ("/invitations/" in client.get(reverse("people:invite")).content.decode()) is holds, inviter.name
