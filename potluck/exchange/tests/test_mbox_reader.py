"""The archive of a mailing list as records: who wrote, when, what, and what it answers."""

from __future__ import annotations

import gzip
import lzma
import random
import subprocess
import sys
import time
import tracemalloc
import zlib
from base64 import b64encode
from collections import Counter
from datetime import UTC, datetime

import pytest
from django.utils import translation

from potluck.core import text
from potluck.exchange import mbox as reader
from potluck.exchange.source import BadArchive, Limits, Reach, Skipped, SourcePerson, SourcePost, Wanted
from potluck.exchange.tests.mails import FIRST_LINE, MIRA, NIKO, answer, mail, mbox
from potluck.exchange.words import html, markdown

LIST = "talk@lists.example.org"


def read(path, limits=None, after="", **wanted) -> list:
    with reader.history(Wanted("mbox", path, limits=limits or Limits(), **wanted)) as found:
        return [record for chunk in found.chunks(after) for record in chunk.records]


def of(kind, records):
    return [record for record in records if isinstance(record, kind)]


def posts(path, **more) -> list[SourcePost]:
    return of(SourcePost, read(path, **more))


def skipped(records) -> dict[str, int]:
    reasons: Counter[str] = Counter()
    for record in of(Skipped, records):
        reasons[record.reason] += record.count
    return dict(reasons)


def one(tmp_path, *args, **headers) -> SourcePost:
    (post,) = posts(mbox(tmp_path, mail(*args, **headers)))
    return post


def shown(post) -> str:
    return html(post.words, lambda node: pytest.fail("a mail names nobody"))


def said(tmp_path, body, **headers) -> str:
    """The HTML of a body without line breaks between its blocks."""
    return shown(one(tmp_path, body, **headers)).replace("\n", "")


# --- which mail is which, and what it answers ---


def test_every_mail_is_read_packed_or_not(tmp_path):
    for name in ("talk.mbox", "talk.mbox.gz", "talk.mbox.xz", "talk"):
        path = mbox(tmp_path, mail(), answer("1"), name=name)
        assert [(post.id, post.above) for post in posts(path)] == [("1@example.org", ()), ("2@example.org", ("1@example.org",))]


def test_several_packed_streams_in_one_file_are_one_archive(tmp_path):
    for name, pack in (("a.gz", gzip.compress), ("a.xz", lzma.compress)):
        (tmp_path / name).write_bytes(pack(mail(id="1")) + pack(mail(id="2")))
        assert [post.id for post in posts(tmp_path / name)] == ["1@example.org", "2@example.org"]


def test_what_it_says_it_answers_comes_before_what_went_before_the_last_first(tmp_path):
    post = one(tmp_path, In_Reply_To="<a@x> (Mira's mail)\n <b@x>", References="<r1@x> <r2@x>\n\t<a@x>\n <r3@x>")
    assert post.above == ("a@x", "b@x", "r3@x", "r2@x", "r1@x")


def test_an_id_without_brackets_is_its_first_word(tmp_path):
    assert one(tmp_path, In_Reply_To="abc@x from Tuesday").above == ("abc@x",)
    assert one(tmp_path, Message_ID="bare@x").id == "bare@x"


def test_a_mail_does_not_answer_itself(tmp_path):
    assert one(tmp_path, In_Reply_To="<1@example.org>", References="<1@example.org> <0@x>").above == ("0@x",)


def test_a_mail_without_an_id_has_the_same_each_time(tmp_path):
    path = mbox(tmp_path, mail("eins", id=None), mail("zwei", id=None))
    first, second = [post.id for post in posts(path)]
    assert first != second and first.startswith("sha256:")
    assert [post.id for post in posts(path)] == [first, second]


def test_an_endless_id_is_kept_short_and_still_met(tmp_path):
    long = "x" * 3_000 + "@x"
    first, second = posts(mbox(tmp_path, mail(Message_ID=f"<{long}>"), answer("1", In_Reply_To=f"<{long}>")))
    assert len(first.id) < 450 and second.above == (first.id,)


def test_lines_that_begin_with_from_are_words_unless_a_mail_begins(tmp_path):
    body = ">From here on\n>>From far\nFrom 10:30 on we eat\nFrom now on 12:00\n\nFrom nowhere"
    path = mbox(tmp_path, mail(body), mail("zwei", id="2"))
    first, second = posts(path)
    words = markdown(first.words, None)
    assert "From here on" in words and "From 10:30 on we eat" in words and "From nowhere" in words
    assert second.id == "2@example.org"


def test_windows_line_ends_read_the_same(tmp_path):
    path = tmp_path / "talk.mbox"
    path.write_bytes((mail("eins\nzwei") + answer("1")).replace(b"\n", b"\r\n"))
    assert [post.id for post in posts(path)] == ["1@example.org", "2@example.org"]
    assert shown(posts(path)[0]) == "<p>eins<br>\nzwei</p>"


def test_reading_goes_on_after_every_mark(tmp_path):
    path = mbox(tmp_path, *[mail(f"Nummer {number}", id=str(number)) for number in range(1_300)], name="talk.xz")
    with reader.history(Wanted("mbox", path)) as found:
        chunks = [(chunk.mark, of(SourcePost, chunk.records)) for chunk in found.chunks("")]
    whole = [post.id for _mark, some in chunks for post in some]
    assert len(whole) == 1_300 and len(chunks) == 3
    before = 0
    for mark, some in chunks:
        before += len(some)
        assert [post.id for post in posts(path, after=mark)] == whole[before:]


def test_several_readers_side_by_side_read_each_mail_once_and_in_order(tmp_path):
    path = mbox(tmp_path, *[mail(f"Nummer {number}", id=str(number)) for number in range(1_300)])
    each = []
    for mine in range(2):
        with reader.history(Wanted("mbox", path)) as found:
            each.append([(chunk.mark, of(SourcePost, chunk.records)) for chunk in found.chunks("", (mine, 2))])
    with reader.history(Wanted("mbox", path)) as found:
        whole = [(chunk.mark, of(SourcePost, chunk.records)) for chunk in found.chunks("")]
    assert [each[0][0], each[1][0], each[0][1]] == whole and [len(one) for one in each] == [2, 1]


# --- who ---


def people(*mails, folder) -> dict[str, tuple[str, str, bool]]:
    """The best that is said of each: {id: (name, address, a machine)}."""
    found = of(SourcePerson, read(mbox(folder, *mails)))
    return {person.id: (person.name, person.email, person.bot) for person in found}


def test_an_address_in_small_letters_is_a_person(tmp_path):
    assert people(mail(by="Mira <MIRA@Example.ORG>"), mail(by="Mira B. <mira@example.org>", id="2"), folder=tmp_path) == {
        "mira@example.org": ("Mira", "mira@example.org", False)
    }


def test_two_addresses_are_two_people(tmp_path):
    found = people(mail(by="Mira <mira@home.example>"), mail(by="Mira <mira@work.example>", id="2"), folder=tmp_path)
    assert set(found) == {"mira@home.example", "mira@work.example"}


@pytest.mark.parametrize(
    "written",
    [f"Mira Beispiel via Talk <{LIST}>", f"\"'Mira Beispiel' via Talk\" <{LIST}>", f'"Mira Beispiel (via Talk)" <{LIST}>'],
)
def test_where_the_list_wrote_itself_into_from_the_person_stands_in_reply_to(tmp_path, written):
    mails = mail(by=written, Reply_To="Mira Beispiel <mira@example.org>"), mail(by=MIRA, id="2")
    assert list(people(*mails, folder=tmp_path).values()) == [("Mira Beispiel", "mira@example.org", False)]


def test_reply_to_counts_only_where_the_list_rewrote_the_sender(tmp_path):
    assert one(tmp_path, Reply_To=LIST).by == one(tmp_path, Reply_To=NIKO).by == "mira@example.org"


def test_where_the_list_hides_the_address_the_name_is_the_person(tmp_path):
    for more in ({}, {"Reply_To": LIST}, {"Reply_To": "other@example.org", "List_Post": "<mailto:other@example.org>"}):
        found = people(mail(by=f"Mira Beispiel via Talk <{LIST}>", **more), folder=tmp_path)
        assert found == {"via:mira beispiel": ("Mira Beispiel", "", False)}
    kept = one(tmp_path, by=f"Mira via Talk <{LIST}>", X_Original_From="Mira <mira@example.org>")
    assert kept.by == "mira@example.org"


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("=?utf-8?q?J=C3=BCrgen?= <j@example.org>", "Jürgen"),
        ("=?iso-8859-1?Q?J=FCrgen?= =?iso-8859-1?Q?_Gr=FCn?= <j@example.org>", "Jürgen Grün"),
        ("=?no-such?q?J=C3=BCrgen?= <j@example.org>", "Jürgen"),
        ("=?utf-8?b?!!!?= <j@example.org>", "j"),
        ("Jürgen <j@example.org>".encode(), "Jürgen"),
        ("Jürgen <j@example.org>".encode("latin-1"), "Jürgen"),
        ('"Grün, Jürgen" <j@example.org>', "Grün, Jürgen"),
        ("j@example.org (Jürgen Grün)", "Jürgen Grün"),
        ("j at example.org (Jürgen Grün)", "Jürgen Grün"),
        ("\u202eJürgen\x00 <j@example.org>", "Jürgen"),
        ("<j@example.org>", "j"),
    ],
)
def test_names_however_they_are_written(tmp_path, written, name):
    assert people(mail(by=written), folder=tmp_path)["j@example.org"][0] == name


def test_a_name_that_comes_later_is_the_better_one(tmp_path):
    found = of(SourcePerson, read(mbox(tmp_path, mail(by="mira@example.org"), mail(id="2"), mail(id="3"))))
    assert [(person.name, person.known) for person in found] == [("mira", "glimpse"), ("Mira Beispiel", "profile")]


def test_machines_are_no_people_and_their_answers_no_posts(tmp_path):
    records = read(
        mbox(
            tmp_path,
            mail(by="Build <noreply@example.org>", Auto_Submitted="auto-generated"),
            mail("Ich bin im Urlaub", id="2", Auto_Submitted="auto-replied"),
            mail("Ich bin da", id="3", Auto_Submitted="no"),
        )
    )
    assert [(person.id, person.bot) for person in of(SourcePerson, records)] == [
        ("noreply@example.org", True),
        ("mira@example.org", False),
    ]
    assert skipped(records) == {"automatic": 1}


# --- what stays out ---


def test_what_stays_out_says_why(tmp_path):
    records = read(
        mbox(
            tmp_path,
            mail("bitte nicht", X_No_Archive="Yes"),
            mail("wer?", by="nobody in particular", id="2"),
            mail("wann?", id="3", Date=None),
            mail("morgen", id="4", Date="Tue, 14 Nov 2099 12:00:00 +0000"),
            mail("", id="5", Subject=None),
            mail("gut", id="6"),
        )
    )
    assert skipped(records) == {
        "not_to_be_kept": 1,
        "without_author": 1,
        "without_time": 1,
        "time_in_the_future": 1,
        "empty": 1,
    }
    assert [post.id for post in of(SourcePost, records)] == ["6@example.org"]


def test_a_mail_larger_than_the_limit_stays_out_and_the_next_is_read(tmp_path):
    path = mbox(tmp_path, mail("x" * 200 + "\n", id="1"), mail("y\n" * 400_000, id="2"), mail(id="3"))
    records = read(path, Limits(mail=500_000))
    assert [post.id for post in of(SourcePost, records)] == ["1@example.org", "3@example.org"]
    assert skipped(records) == {"too_large": 1}
    assert len(posts(path)) == 3, "and without the limit it comes in"


# --- when ---


@pytest.mark.parametrize(
    ("date", "moment"),
    [
        ("Sun, 31 Mar 2024 01:59:59 +0100", datetime(2024, 3, 31, 0, 59, 59, tzinfo=UTC)),
        ("Sun, 31 Mar 2024 03:00:00 +0200", datetime(2024, 3, 31, 1, 0, 0, tzinfo=UTC)),
        ("14 Nov 2023 12:00 GMT", datetime(2023, 11, 14, 12, tzinfo=UTC)),
        ("Tue, 14 Nov 2023 12:00:60 EST", datetime(2023, 11, 14, 17, 0, 59, tzinfo=UTC)),
        ("Tue, 14 Nov 23 12:00:00 -0000", datetime(2023, 11, 14, 12, tzinfo=UTC)),
        ("Tue, 14 Nov 2023 12:00:00", datetime(2023, 11, 14, 12, tzinfo=UTC)),
    ],
)
def test_times_in_every_zone_and_spelling(tmp_path, date, moment):
    assert one(tmp_path, Date=date).at == moment


def test_where_the_senders_clock_is_broken_the_receivers_counts(tmp_path):
    received = "from a by b; Wed, 15 Nov 2023 08:00:00 +0000"
    for date in ("Fri, 13 Nov 2099 00:00:00 +0000", "gestern", None, "Thu, 01 Jan 1970 00:00:00 +0000"):
        assert one(tmp_path, Date=date, Received=received).at == datetime(2023, 11, 15, 8, tzinfo=UTC)
    raw = mail(Date=None).replace(FIRST_LINE, b"From mira@example.org Wed Nov 15 09:00:00 2023\n")
    assert posts(mbox(tmp_path, raw))[0].at == datetime(2023, 11, 15, 9, tzinfo=UTC)


# --- the text: charsets and parts ---


@pytest.mark.parametrize(
    ("body", "headers", "words"),
    [
        ("Grüße 🎉".encode(), {}, "Grüße 🎉"),
        ("Grüße".encode("latin-1"), {"Content_Type": "text/plain; charset=iso-8859-1"}, "Grüße"),
        ("Grüße".encode("latin-1"), {}, "Grüße"),
        ("Grüße".encode(), {"Content_Type": "text/plain; charset=iso-8859-1"}, "Grüße"),
        ("Grüße".encode(), {"Content_Type": 'text/plain; charset="no-such-charset"'}, "Grüße"),
        ("Grüße".encode(), {"Content_Type": None}, "Grüße"),
        ("Grüße „x“".encode("cp1252"), {"Content_Type": "text/plain; charset=us-ascii"}, "Grüße „x“"),
        (b"Gr\xfc\xc3\x28e", {"Content_Type": "text/plain; charset=utf-8"}, "GrüÃ(e"),
        ("Привет".encode("koi8-r"), {"Content_Type": "text/plain; charset=koi8-r"}, "Привет"),
        ("שלום".encode(), {}, "שלום"),
        (b"Gr=C3=BC=C3=9Fe =\nalle", {"Content_Transfer_Encoding": "quoted-printable"}, "Grüße alle"),
        (b64encode("Grüße".encode()), {"Content_Transfer_Encoding": "base64"}, "Grüße"),
        (b64encode("Grüße".encode())[:-1] + b"\n-- list --", {"Content_Transfer_Encoding": "base64"}, None),
        (b"a\x00b\x07c", {}, "abc"),
    ],
)
def test_broken_characters_and_charsets(tmp_path, body, headers, words):
    post = one(tmp_path, body, **headers)
    if words is not None:
        assert shown(post) == f"<p>{words}</p>"


def parts(*bodies: str, kind: str = "alternative") -> tuple[str, dict]:
    text_ = "\n".join(f"--b\n{body}" for body in bodies) + "\n--b--"
    return text_, {"Content_Type": f'multipart/{kind}; boundary="b"'}


def test_the_first_plain_text_counts_else_the_page(tmp_path):
    plain, page = "Content-Type: text/plain\n\nnur Text", "Content-Type: text/html\n\n<p>eine <b>Seite</b></p>"
    for bodies, words in (((plain, page), "nur Text"), ((page, plain), "nur Text"), ((page,), "eine Seite")):
        body, headers = parts(*bodies)
        assert said(tmp_path, body, **headers) == f"<p>{words}</p>"


def test_what_is_attached_is_named(tmp_path):
    attached = 'Content-Type: application/pdf; name="Plan.pdf"\nContent-Disposition: attachment; filename="Plan.pdf"\n\nxx'
    body, headers = parts("Content-Type: text/plain\n\nAnbei", attached, kind="mixed")
    assert said(tmp_path, body, **headers) == "<p>Anbei</p><p>📎 Plan.pdf</p>"
    body, headers = parts(attached, kind="mixed")
    post = one(tmp_path, body, **headers)
    assert shown(post) == "<p>📎 Plan.pdf</p>" and post.files[0].id == "1@example.org/1"


def test_a_mail_with_a_subject_and_nothing_else_says_its_subject(tmp_path):
    assert said(tmp_path, "", Subject="[Talk] Re: Mittag um 12?") == "<p>Mittag um 12?</p>"


def test_pages_lose_everything_that_is_not_words(tmp_path):
    page = (
        "<html><head><title>t</title><style>p{}</style></head><body onload=x>"
        "<script>alert(1)</script><p>Hallo <i>du</i>&nbsp;da</p>"
        '<img src="https://spy.example/x.gif">'
        '<p><a href="https://a.example/x">hier</a> <a href="javascript:alert(1)">dort</a></p>'
        "<ul><li>eins<li>zwei</ul><blockquote>gesagt<blockquote>davor</blockquote></blockquote>"
    )
    html = said(tmp_path, page, Content_Type="text/html; charset=utf-8")
    assert html.startswith(
        '<p>Hallo du da</p><p>hier <a href="https://a.example/x">https://a.example/x</a> dort</p><p>- eins<br>- zwei</p>'
    )
    assert "gesagt" in html and "<blockquote>" in html.partition("gesagt")[2]
    assert not any(word in html for word in ("alert", "spy", "script", "onload"))


def test_html_in_plain_text_stays_text(tmp_path):
    html = text.scrub(said(tmp_path, '<script>alert(1)</script> <img src=x onerror=alert(1)> =cmd|"/c calc"!A1 <details open>'))
    assert "<script" not in html and "<img" not in html and "<details" not in html and "&lt;script&gt;" in html


def test_flowed_lines_are_one(tmp_path):
    flowed = {"Content_Type": 'text/plain; charset="utf-8"; format=flowed'}
    assert said(tmp_path, "Das ist ein \nSatz.\nUnd noch \neiner.", **flowed) == "<p>Das ist ein Satz.<br>Und noch einer.</p>"


def test_subjects_lose_what_programs_put_before_them(tmp_path):
    for subject in ("[Talk] Lampen", "Re: [Talk] AW: Lampen", "RE: Fwd: Re[2]: Lampen", "=?utf-8?q?Re:_[Talk]_Lampen?="):
        assert one(tmp_path, Subject=subject).title == "Lampen"
    assert one(tmp_path, Subject="Re:").title == "Re:"


# --- the text: own words, quotes, signatures ---

FOLD, SIGNED = "<details><summary>»</summary>", "<details><summary>--</summary>"


def test_a_quote_at_the_end_is_folded_with_the_line_that_says_whose_it_is(tmp_path):
    assert said(tmp_path, "Ja.\n\nOn Monday, Niko Muster\n<niko@example.org> wrote:\n\n> Geht es?\n> Sag!\n>> Nein\n") == (
        f"<p>Ja.</p>{FOLD}<p>On Monday, Niko Muster<br>&lt;niko@example.org&gt; wrote:</p>"
        "<blockquote><p>Geht es?<br>Sag!</p><blockquote><p>Nein</p></blockquote></blockquote></details>"
    )


def test_german_attributions_are_known(tmp_path):
    html = said(tmp_path, "Ja.\nAm 3. Mai 2024 um 10:01 schrieb Niko Muster:\n> Geht es?")
    assert html.startswith(f"<p>Ja.</p>{FOLD}<p>Am 3. Mai 2024 um 10:01 schrieb Niko Muster:</p>")


def test_a_short_quote_that_is_answered_stays_open_and_a_long_one_is_folded(tmp_path):
    assert said(tmp_path, "> Geht es?\n\nJa.\n> Wann?\nHeute.") == (
        "<blockquote><p>Geht es?</p></blockquote><p>Ja.</p><blockquote><p>Wann?</p></blockquote><p>Heute.</p>"
    )
    assert said(tmp_path, "> 1\n> 2\n>\n> 3\nJa.") == (
        f"{FOLD}<blockquote><p>1<br>2</p><p>3</p></blockquote></details><p>Ja.</p>"
    )


@pytest.mark.parametrize(
    "below",
    [
        "-----Original Message-----\nFrom: Niko\nSent: Monday\n\nGeht es?",
        "-----Ursprüngliche Nachricht-----\nVon: Niko\n\nGeht es?",
        "________________________________\nVon: Niko\nGesendet: Montag\nAn: Mira\nBetreff: x\n\nGeht es?",
        "\nDe: Niko\nEnviado: lunes\nPara: Mira\n\nGeht es?",
    ],
)
def test_a_whole_mail_quoted_below_is_folded(tmp_path, below):
    html = said(tmp_path, f"Ja.\n{below}")
    assert html.startswith(f"<p>Ja.</p>{FOLD}<blockquote>") and html.endswith("<p>Geht es?</p></blockquote></details>")


def test_words_that_only_look_like_a_quoted_mail_stay_open(tmp_path):
    assert "<details>" not in said(tmp_path, "From: Hamburg\nTo the coast.\n\nVon: hier\nist alles.")


def test_a_signature_is_folded(tmp_path):
    assert said(tmp_path, "Ja.\n-- \nMira\nTel. 1") == f"<p>Ja.</p>{SIGNED}<p>Mira<br>Tel. 1</p></details>"
    assert "<details>" not in said(tmp_path, "Ja - oder --\nnein.")


def test_what_the_list_writes_below_every_mail_is_nobodys_words(tmp_path):
    footer = "\n" + "_" * 47 + "\nTalk mailing list\nTalk@lists.example.org\nhttps://x.example/listinfo/talk"
    assert said(tmp_path, f"Ja.\n{footer}") == "<p>Ja.</p>"
    assert "Ende" in said(tmp_path, "Ja.\n_______________________________________________\nEnde")


def test_links_lead_somewhere_and_keep_no_dot_of_the_sentence(tmp_path):
    assert said(tmp_path, "Siehe https://a.example/x_(y). <https://b.example/?a=1&b=2>") == (
        '<p>Siehe <a href="https://a.example/x_(y">https://a.example/x_(y</a>). '
        '<a href="https://b.example/?a=1&amp;b=2">https://b.example/?a=1&amp;b=2</a></p>'
    )


def test_lines_set_by_hand_stay_as_they_are(tmp_path):
    assert said(tmp_path, "So:\n\n    a = 1\n    b  =  2") == "<p>So:</p><pre><code>    a = 1    b  =  2</code></pre>"


def test_the_markdown_says_the_same_as_the_page(tmp_path):
    post = one(tmp_path, "# kein Titel\n*wichtig* _so_ <b>\n1. eins\n\n> Geht es?\nJa.\n-- \nMira")
    again = text.clean(markdown(post.words, None))
    for words in ("# kein Titel", "*wichtig* _so_ &lt;b&gt;", "1. eins", "<blockquote>", "Geht es?", "Mira"):
        assert words in again
    assert "<h" not in again and "<em>" not in again and "<ol" not in again


def test_folds_say_what_they_hold_in_the_readers_language(tmp_path):
    html = text.scrub(shown(one(tmp_path, "Ja.\n-- \nMira\n")) + shown(one(tmp_path, "Ja.\n> Geht es?")))
    assert "<summary>Quoted words</summary>" in text.words(html) and "<summary>Signature</summary>" in text.words(html)
    with translation.override("de"):
        assert "<summary>Zitiertes</summary>" in text.words(html) and "<summary>Signatur</summary>" in text.words(html)


def test_a_taste_leaves_out_what_is_folded_unless_there_is_nothing_else(tmp_path):
    assert text.plain(shown(one(tmp_path, "Ja.\n> Geht es?\n-- \nMira"))) == "Ja."
    assert text.plain(shown(one(tmp_path, "> Geht es?"))) == "Geht es?"


def test_a_long_mail_comes_in_whole_and_hostile_ones_take_no_time(tmp_path):
    long = "Grüße und Wünsche " * 6_000
    assert long.strip() in shown(one(tmp_path, long))
    for hostile in (">" * 100_000, "> " * 50_000, ">\n" * 50_000, "On " * 50_000 + "wrote:", "http://" * 20_000,
                    "-- \n" * 30_000, "From: x\n" * 20_000, "_" * 100_000, "<blockquote>" * 20_000):  # fmt: skip
        began = time.process_time()
        for kind in ("text/plain", "text/html", "text/plain; format=flowed"):
            posts(mbox(tmp_path, mail(hostile, Content_Type=kind, Subject=hostile[:5_000].replace("\n", " "))))
        assert time.process_time() - began < 6, hostile[:20]


# --- which group ---


def space(path, **wanted):
    with reader.history(Wanted("mbox", path, **wanted)) as found:
        return found.space


def test_the_group_is_the_one_asked_for_else_the_list_else_the_file(tmp_path):
    path = mbox(tmp_path, mail(), mail(id="2", List_Id="Radio talk <talk.lists.example.org>"), name="alt.mbox.gz")
    listed = space(path)
    assert (listed.id, listed.name, listed.reach) == ("list:talk.lists.example.org", "Radio talk", Reach.OPEN)
    assert (space(path, group="Funk").id, space(path, group="Funk").name) == ("group:funk", "Funk")
    assert space(mbox(tmp_path, mail(), name="radio-users.mbox.xz")).name == "radio-users"
    assert space(path, private=True).reach == Reach.CLOSED


# --- archives that are broken or mean harm, each beside one that is let through ---


def refusal(path, limits=None) -> str:
    with pytest.raises(BadArchive) as caught:
        read(path, limits)
    return str(caught.value)


def test_not_an_archive(tmp_path):
    for content in (b"", b"PK\x03\x04", b"%PDF", b"From here to there\n\nno mail", "Grüße".encode() * 9_000, b"\n\n\n"):
        (tmp_path / "x.mbox").write_bytes(content)
        assert "is no mailing list archive" in refusal(tmp_path / "x.mbox"), content[:20]
    (tmp_path / "x.gz").write_bytes(gzip.compress(b"no mail"))
    assert "is no mailing list archive" in refusal(tmp_path / "x.gz")
    assert "There is no file" in refusal(tmp_path / "fehlt.mbox")
    assert "is a folder" in refusal(tmp_path)
    (tmp_path / "x.mbox").write_bytes(b"\xef\xbb\xbf\n" + mail())
    assert len(posts(tmp_path / "x.mbox")) == 1


def test_cut_off_anywhere(tmp_path):
    dice = random.Random(5)
    mails = [mail(f"{dice.random()} " * 50, id=str(number)) for number in range(300)]
    for name in ("talk.gz", "talk.xz"):
        whole = mbox(tmp_path, *mails, name=name).read_bytes()
        assert len(posts(tmp_path / name)) == 300
        for length in (len(whole) // 2, len(whole) - 40, len(whole) - 1):
            (tmp_path / name).write_bytes(whole[:length])
            assert "is not complete" in refusal(tmp_path / name), (name, length)


def test_damaged_inside(tmp_path):
    for name in ("talk.gz", "talk.xz"):
        whole = bytearray(
            mbox(tmp_path, *[mail(str(number) * 99, id=str(number)) for number in range(300)], name=name).read_bytes()
        )
        middle = len(whole) // 2
        whole[middle : middle + 9] = b"\xff" * 9
        (tmp_path / name).write_bytes(whole)
        assert "is damaged" in refusal(tmp_path / name), name


@pytest.mark.parametrize("name", ["bombe.gz", "bombe.xz"])
def test_a_bomb_is_refused_before_it_fills_anything(tmp_path, name):
    path = mbox(tmp_path, mail("a" * 79 + "\n"), b"b" * 12_000_000, name=name)
    bounds = Limits(ratio_from=1_000_000)
    tracemalloc.start()
    assert "times its size" in refusal(path, bounds)
    held = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert held < 18_000_000
    assert "GB that can be opened safely" in refusal(path, Limits(unpacked=9_000_000))
    assert len(posts(path, limits=Limits(ratio=10**9, mail=100_000_000))) == 1, "the bounds are what refused it"


def test_what_asks_for_too_much_memory_to_be_unpacked_is_refused(tmp_path):
    whole = bytearray(mbox(tmp_path, mail(), name="gut.xz").read_bytes())
    assert len(posts(tmp_path / "gut.xz")) == 1
    # How much memory it takes is one byte in the head of its first block, whose checksum is made anew.
    size = (whole[12] + 1) * 4
    head = whole[12 : 12 + size - 4]
    head[bytes(head).index(b"\x21\x01") + 2] = 36  # 1 GiB
    whole[12 : 12 + size] = bytes(head) + zlib.crc32(bytes(head)).to_bytes(4, "little")
    (tmp_path / "gierig.xz").write_bytes(whole)
    assert "is damaged" in refusal(tmp_path / "gierig.xz")


def test_parts_in_parts_without_end_stay_out(tmp_path):
    deep = "".join(f'--b{n}\nContent-Type: multipart/mixed; boundary="b{n + 1}"\n\n' for n in range(3_000))
    records = read(mbox(tmp_path, mail(deep, Content_Type='multipart/mixed; boundary="b0"'), mail(id="2")))
    assert [post.id for post in of(SourcePost, records)][-1] == "2@example.org"


def test_a_reader_loads_no_tables_so_that_it_starts_at_once():
    loaded = [
        subprocess.run([sys.executable, "-c", f"import sys, {room}; print(*sys.modules)"], capture_output=True, text=True).stdout
        for room in ("potluck.exchange.reading", "django.db.models")
    ]
    assert "potluck.exchange.mbox.reader" in loaded[0] and "django.db.models" not in loaded[0].split()
    assert "django.db.models" in loaded[1].split()
