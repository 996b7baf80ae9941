from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection

from potluck.acts import finding, queries
from potluck.acts.finding import Narrowed, find
from potluck.acts.models import Act
from potluck.acts.verbs import erase_withdrawn, put_back, withdraw
from potluck.core import clock
from potluck.groups import verbs as groups
from potluck.thanks import verbs as thanks
from tests import make

pytestmark = pytest.mark.django_db


def keys(viewer, words: str, **narrowed) -> list[str]:
    return [row.key for row in find(viewer, words, Narrowed(**narrowed) if narrowed else None).rows]


@pytest.mark.parametrize(
    ("written", "typed"),
    [
        ("Die Dimmer flackern.", "dimmer"),
        ("Die Dimmer flackern.", "DIMMERS"),
        ("In alten Häusern zieht es.", "Haus"),
        ("In alten Häusern zieht es.", "hausern"),
        ("In alten Häusern zieht es.", "Haeuser"),
        ("Das Café hat zu.", "cafe"),
        ("Der neue Schichtplan hängt.", "Schicht"),
        ("Bis Straße 12.", "strasse"),
        ("Bei R&D steht er.", "R&D"),
        ("Ruf 0151-234 an.", "0151-234"),
        ("Wir tauschen den Dimmer morgen.", "der Dimmer"),
        ("Tipps für den Dimmer.", "tipps fur dimmer"),
        ("Schau auf **Seite** [hier](https://example.org/plan).", "seite hier"),
    ],
)
def test_words_are_found_however_they_bend(written, typed):
    act = make.post(words=written)
    assert keys(make.person(), typed) == [act.key]


def test_english_words_are_found_by_their_stem():
    act = make.post(words="We have been discussing the running machines with everybody in the hall today.")
    assert act.language == "en"
    assert keys(make.person(), "machine run") == [act.key]


def test_all_words_must_be_there_in_title_or_words():
    both = make.post(words="Er flackert wieder.", title="Der Dimmer im Lager")
    make.post(words="Das Lager ist leer.")
    assert keys(make.person(), "dimmer flackert") == [both.key]
    assert keys(make.person(), "dimmer leer") == []


def test_markup_is_no_word():
    make.post(words="Ein **fetter** Punkt.")
    assert keys(make.person(), "strong") == []


def test_only_glue_finds_what_holds_it_in_the_other_language_or_nothing():
    make.post(words="Der Dimmer flackert und flackert.")
    assert find(make.person(), "und der").rows == []


ODD = ("", " ", "'", "\\", "a' | 'e x", ":*", "!!", "&", "(", "\x00dimmer", "%", "e dimm", "😀", "ı" * 400)


@pytest.mark.parametrize("odd", ODD)
def test_nothing_typed_breaks_a_search(odd):
    make.post(words="Der Dimmer flackert.")
    find(make.person(), odd)
    find(make.person(), f"{odd} dimmer {odd}")


# --- typing errors --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["Dimer", "Dimmmer", "Dmimer", "Dimmar", "dimemr"])
def test_a_typing_error_is_forgiven_and_said(typed):
    act = make.post(words="Die Dimmer im Lager flackern.")
    found = find(make.person(), typed)
    assert [row.key for row in found.rows] == [act.key]
    assert found.corrected == "Dimmer"


def test_only_the_wrong_word_is_replaced():
    act = make.post(words="Die Dimmer im Lager flackern.")
    found = find(make.person(), "Lager dimemr")
    assert [row.key for row in found.rows] == [act.key]
    assert found.corrected == "Lager Dimmer"


def test_more_errors_are_forgiven_where_the_beginning_is_right():
    act = make.post(words="Der Betriebsrat lädt ein.")
    assert find(make.person(), "Betreibsraht").corrected == "Betriebsrat"
    assert keys(make.person(), "Betreibsraht") == [act.key]


def test_what_is_right_is_not_corrected():
    make.post(words="Ein Dimmer."), make.post(words="Ein Zimmer.")
    assert find(make.person(), "Zimmer").corrected == ""
    assert find(make.person(), "Dimmer Zimmer").corrected == "", "both words are known, only not in one act"


def test_a_correction_is_never_a_word_that_one_may_not_read():
    """A canary, one letter away from what is typed, in every place the viewer does not read."""
    viewer, giver = make.person(), make.person()
    closed = make.group(giver, closed=True)
    make.post(giver, "Das Wort ist Kanarienvogel.", group=closed)
    make.thank(giver, make.person(), words="Danke, Kanarienvogel.")
    gone = make.post(giver, "Ein Kanarienvogel.")
    withdraw(giver, gone)
    for typed in ("Kanarienvogl", "Kanariemvogel", "Kanarienvogel", "Kanaren"):
        assert find(viewer, typed) == finding.Found([])
    assert find(giver, "Kanarienvogl").corrected == "Kanarienvogel", "the control: who reads it is helped"


# --- reach ----------------------------------------------------------------------------------------------------------------


def test_a_closed_group_is_found_by_those_who_sit_there_alone():
    host, outsider = make.person(), make.person()
    closed = make.group(host, closed=True)
    act = make.post(host, "Der Dimmer bleibt unter uns.", group=closed)
    comment = make.comment(host, act, "Der Dimmer auch.")
    assert keys(host, "dimmer") == [comment.key, act.key]
    assert keys(outsider, "dimmer") == []
    groups.seat(closed, outsider)
    assert keys(outsider, "dimmer") == [comment.key, act.key]


def test_what_one_gave_in_a_closed_group_is_found_by_its_giver_after_they_left():
    host, giver = make.person(), make.person()
    closed = make.group(host, giver, closed=True)
    act = make.post(giver, "Der Dimmer bleibt unter uns.", group=closed)
    make.post(host, "Mein Dimmer auch.", group=closed)
    groups.leave(giver, closed)
    assert keys(giver, "dimmer") == [act.key]


def test_private_thanks_are_found_by_giver_and_receivers_alone_until_they_hang_on_the_wall():
    giver, receiver, other = make.person(), make.person(), make.person()
    act = make.thank(giver, receiver, words="Du hast den Dimmer gerettet.", offer_to_wall=True)
    assert keys(giver, "dimmer") == keys(receiver, "dimmer") == [act.key]
    assert keys(other, "dimmer") == []
    thanks.agree(receiver, act.thanks)
    assert keys(other, "dimmer") == [act.key]
    thanks.keep_private(receiver, act.thanks)
    assert keys(other, "dimmer") == []


def test_a_guest_finds_what_lies_in_their_groups_and_what_is_named_to_them():
    guest, host = make.guest(), make.person()
    make.post(host, "Ein Dimmer für alle.")
    make.post(host, "Ein Dimmer in einer anderen Runde.", group=make.group(host, name="Andere"))
    here = make.post(host, "Ein Dimmer in unserer Runde.", group=make.group(host, guest))
    thanked = make.thank_on_wall(host, guest, words="Danke für den Dimmer.")
    assert keys(guest, "dimmer") == [thanked.key, here.key]


def test_what_was_taken_back_is_found_no_more_and_again_when_it_is_put_back():
    giver, reader = make.person(), make.person()
    act = make.post(giver, "Der Dimmer flackert.")
    comment = make.comment(reader, act, "Mein Dimmer auch.")
    withdraw(giver, act)
    assert keys(reader, "dimmer") == keys(giver, "dimmer") == []
    assert not Act.objects.filter(pk__in=[act.pk, comment.pk]).exclude(found=None).exists(), "no stem of it is kept"
    put_back(giver, act)
    assert keys(reader, "dimmer") == [comment.key, act.key]
    withdraw(giver, act)
    Act.objects.filter(pk=act.pk).update(withdrawn_at=clock.now() - timedelta(days=31))
    erase_withdrawn()
    assert find(reader, "Dimmr") == finding.Found([])


def test_nobody_and_a_closed_account_find_nothing():
    make.post(words="Der Dimmer flackert.")
    shut = make.person(is_active=False)
    assert find(None, "dimmer").rows == find(shut, "dimmer").rows == []


# --- narrowed, and page by page --------------------------------------------------------------------------------------------


def test_a_search_is_narrowed_by_giver_group_kind_and_time():
    mira, jonas, reader = make.person(), make.person(), make.person()
    group = make.group(mira)
    asked = make.question(mira, "Wo ist der Dimmer?", group=group)
    posted = make.post(jonas, "Hier ist der Dimmer.")
    old = make.post(jonas, "Ein alter Dimmer.")
    Act.objects.filter(pk=old.pk).update(at=clock.now() - timedelta(days=400))
    assert keys(reader, "dimmer", by=[mira.pk]) == [asked.key]
    assert keys(reader, "dimmer", groups=[group.pk]) == [asked.key]
    assert keys(reader, "dimmer", kinds=["posted"]) == [posted.key, old.key]
    assert keys(reader, "dimmer", since=clock.now() - timedelta(days=30)) == [posted.key, asked.key]
    assert keys(reader, "dimmer", by=[]) == []
    assert keys(reader, "", by=[jonas.pk], kinds=["posted"]) == [posted.key, old.key], "a filter alone shows what it leaves"


def test_older_results_follow_without_a_gap_or_a_double():
    reader = make.person()
    made = [make.post(words=f"Dimmer Nummer {n}.", group=make.group() if n % 3 == 0 else None).key for n in range(7)]
    seen, before = [], None
    while rows := find(reader, "dimmer", before=before, limit=3).rows:
        seen += [row.key for row in rows]
        before = rows[-1].at, rows[-1].id
    assert seen == made[::-1]


# --- not timed ------------------------------------------------------------------------------------------------------------


def work(viewer, word: str) -> tuple[int, int]:
    """What a search asks of the database where it finds nothing: (statements, buffers touched)."""
    asked: list[tuple[str, dict]] = []

    def listen(execute, sql, params, many, context):
        asked.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(listen):
        assert find(viewer, word).rows == []
    buffers = 0
    with connection.cursor() as cursor:
        for sql, params in asked:
            cursor.execute("explain (analyze, buffers, format json) " + sql, params)
            plan = cursor.fetchone()[0][0]["Plan"]
            buffers += plan["Shared Hit Blocks"] + plan["Shared Read Blocks"]
    return len(asked), buffers


def hidden_and_not_there() -> tuple:
    viewer, giver = make.person(), make.person()
    closed = make.group(giver, closed=True)
    for n in range(300):
        make.post(giver, f"Verborgenes liegt hier {n}.", group=closed)
        if n % 10 == 0:
            make.post(giver, f"Sichtbares liegt hier {n}.")
            make.thank(giver, make.person(), words="Verborgenes für dich.")
    with connection.cursor() as cursor:
        cursor.execute("select gin_clean_pending_list('acts_found'), set_config('enable_seqscan', 'off', true)")
        cursor.execute("analyze acts_act")
    assert len(keys(giver, "Verborgenes")) == 20
    return viewer, "Verborgenes", "Verbongeres"  # the same letters, so that as much is asked


@pytest.mark.slow
def test_a_word_one_may_not_read_costs_the_same_work_as_one_that_nobody_wrote():
    viewer, hidden, nowhere = hidden_and_not_there()
    work(viewer, hidden), work(viewer, nowhere)
    assert work(viewer, hidden) == work(viewer, nowhere)


@pytest.mark.slow
def test_a_search_that_looks_first_and_leaves_out_afterwards_would_be_noticed(monkeypatch):
    """Positive control: places asked for that the viewer does not read; ``VISIBLE`` alone hides the words, not the work."""
    viewer, hidden, nowhere = hidden_and_not_there()
    closed = Act.objects.filter(reach="group").values_list("group", flat=True).first()
    sought = finding._sought

    def too_far(viewer, typed):
        found = sought(viewer, typed)
        found.open.append(f"g{closed}")
        return found

    monkeypatch.setattr(finding, "_sought", too_far)
    assert work(viewer, hidden)[1] > work(viewer, nowhere)[1] + 20
    monkeypatch.setattr(finding, "VISIBLE", "true")
    monkeypatch.setattr(finding, "_FOUND", finding._FOUND.replace(queries.VISIBLE, "true"))
    monkeypatch.setattr(queries, "VISIBLE", "true")
    assert find(viewer, hidden).rows, "and without VISIBLE it would be read"
