"""The story reads well: no slip of the pen, nothing out of order, quiet weekends, clean German and English."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest

from potluck.demo import reading
from potluck.demo.reading import BERLIN, Calendar, Gift, Misread
from potluck.talk.models import REACTIONS

GIFTS, REQUESTS = reading.story()
PEOPLE, GROUPS = reading.people(), reading.groups()
A_TUESDAY = datetime(2026, 11, 24, 14, tzinfo=BERLIN)
MOMENTS = [
    *((gift.when, gift.at_line) for gift in GIFTS),
    *((one.when, gift.at_line) for gift in GIFTS for one in gift.happened),
    *((request.when, request.words) for request in REQUESTS),
]


def outside_quotes(words: str) -> str:
    return re.sub(r"„[^“]*“", "", words)


def is_german(gift: Gift) -> bool:
    return bool(re.search(r"\b(der|die|das|und|nicht|ich|ist|du|ein|eine|für|mit|wir|es)\b", gift.words))


def test_every_name_in_the_story_is_somebody_of_the_house():
    named = {name for gift in GIFTS for name in (gift.by, *gift.to, *(who for one in gift.happened for who in one.who))}
    named |= {name for group in GROUPS.values() for name in group["hosts"] + group["members"]}
    assert named - set(PEOPLE) == set()
    assert {gift.group for gift in GIFTS if gift.group} == set(GROUPS)


def test_everybody_in_the_house_gives_something():
    assert {gift.by for gift in GIFTS} >= set(PEOPLE)


@pytest.mark.parametrize("day", range(7))
def test_an_answer_comes_after_what_it_answers_whenever_the_house_is_filled(day):
    for hour in (0, 9, 23):
        calendar = Calendar((A_TUESDAY + timedelta(days=day)).replace(hour=hour, minute=1))
        for gift in GIFTS:
            if gift.on:
                assert calendar.moment(gift.when) > calendar.moment(gift.on.when), gift.at_line
            for one in gift.happened:
                assert calendar.moment(one.when) > calendar.moment(gift.when), (gift.at_line, one.what)
        assert all(calendar.moment(when) < calendar.end for when, _where in MOMENTS)


@pytest.mark.parametrize("day", range(7))
def test_weekends_are_quiet_and_three_weeks_are_told(day):
    calendar = Calendar(A_TUESDAY + timedelta(days=day))
    past = [calendar.moment(when) for when, _where in MOMENTS if not when.startswith("now")]
    assert {moment.isoweekday() for moment in past} == {1, 2, 3, 4, 5}
    assert timedelta(days=18) < calendar.end - min(past) < timedelta(days=23)


def test_what_is_said_now_comes_last_even_at_midnight():
    for when, where in MOMENTS:
        if when.startswith("now-"):
            assert int(when.removeprefix("now-")) <= reading.NOW_LASTS, where
        elif when.startswith("1 "):
            assert when.split()[1] <= reading.DAY_ONE_ENDS, where


def test_a_reaction_is_one_of_six_and_never_on_a_thank_you():
    for gift in GIFTS:
        for one in gift.happened:
            assert one.what in (*REACTIONS, "helped", "asked", "yes", "private"), gift.at_line
            assert not (gift.verb == "thanks" and one.what in REACTIONS), gift.at_line
            assert gift.by not in one.who, gift.at_line


def test_a_slip_of_the_pen_is_found_with_its_line():
    for slip in ("## 3 9:00 malik posts", "### 3 09:00 malik", "## 3 09:00 malik thanks", "## 3 09:00 malik posts\n~ so"):
        with pytest.raises(Misread, match="page.md:"):
            list(reading._read("page.md", slip + "\nWorte"))
    assert list(reading._read("page.md", "## 3 09:00 malik posts\nWorte"))[0].words == "Worte"


def test_german_says_du_and_sets_its_quotation_marks():
    german = [gift for gift in GIFTS if is_german(gift)]
    assert len(german) > 100
    for gift in german:
        words = outside_quotes(gift.words + "\n" + gift.what_changed)
        assert not re.search(r"(?<=[a-zäöüß,;] )(Ihnen|Ihren?|Ihrem|Ihres?|Ihr|Sie)\b", words), gift.at_line
        assert "bitte Sie" not in words, gift.at_line
        if "English" not in words:
            assert '"' not in re.sub(r"`[^`]*`", "", words), gift.at_line


def test_words_are_clean():
    for where, words in [
        *((gift.at_line, gift.words + " " + gift.what_changed) for gift in GIFTS),
        *((name, " ".join(str(value) for value in row.values())) for name, row in (PEOPLE | GROUPS).items()),
    ]:
        assert not re.search(r" {2,}|[ \t]\n| [,;.!?](?!\w)|\.\.\.|–|—|lorem|@\w+\.", words), where
        assert words.count("„") == words.count("“"), where
        assert words.count("(") == words.count(")"), where


def test_a_profile_fits_its_fields():
    limits = {"introduction": 200, "helps_with": 200, "phone": 40, "hours": 120, "place": 120, "name": 80, "unit": 80}
    for name, row in PEOPLE.items():
        for field, limit in limits.items():
            assert len(row.get(field, "")) <= limit, (name, field)
        assert row["phone"].startswith(("030 23125 ", "0152 28817386")), "numbers kept free for films"
    for name, row in GROUPS.items():
        assert len(row["name"]) <= 80 and len(row["about"]) <= 500, name
