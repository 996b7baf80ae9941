"""Times in words, the way a colleague would say them: "today at 9:12", "gestern um 16:20", "3. November"."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, tzinfo
from functools import lru_cache

from babel.dates import format_date
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from potluck.core import clock


def _locale() -> str:
    return "de" if translation.get_language().startswith("de") else "en_GB"


def clock_time(moment: datetime) -> str:
    """``9:12``, in the viewer's time zone (active since the request began)."""
    here = timezone.localtime(moment)
    return f"{here.hour}:{here.minute:02}"


def day(moment: datetime | date) -> str:
    """``3. November`` / ``3 November``; with the year where it is another one."""
    on = timezone.localtime(moment).date() if isinstance(moment, datetime) else moment
    return _day(on, timezone.localtime(clock.now()).year, _locale())


@lru_cache(maxsize=2048)
def _day(on: date, this_year: int, locale: str) -> str:
    pattern = {"de": "d. MMMM", "en_GB": "d MMMM"}[locale]
    return format_date(on, pattern if on.year == this_year else pattern + " y", locale=locale)


def weekday(moment: datetime) -> str:
    """``Dienstag, 24. November`` / ``Tuesday 24 November``."""
    return _weekday(timezone.localtime(moment).date(), _locale())


@lru_cache(maxsize=256)
def _weekday(on: date, locale: str) -> str:
    return format_date(on, {"de": "EEEE, d. MMMM", "en_GB": "EEEE d MMMM"}[locale], locale=locale)


def when(moment: datetime) -> str:
    """A moment as people say it, for the line below a name."""
    return teller()(moment)


def teller() -> Callable[[datetime], str]:
    """``when`` for a whole page: zone, day and language are asked once."""
    zone, language = timezone.get_current_timezone(), translation.get_language()
    today = clock.now().astimezone(zone).date()
    return lambda moment: _when(moment, zone, today, language)


@lru_cache(maxsize=4096)
def _when(moment: datetime, zone: tzinfo, today: date, language: str) -> str:
    """A page of twenty acts asks this twenty times, and most pages ask about the same acts."""
    here = moment.astimezone(zone)
    on, time = here.date(), f"{here.hour}:{here.minute:02}"
    gone = (today - on).days
    if gone == 0:
        return _("today at %(time)s") % {"time": time}
    if gone == 1:
        return _("yesterday at %(time)s") % {"time": time}
    return _("%(day)s at %(time)s") % {"day": _day(on, today.year, _locale()), "time": time}


def names(people: Sequence[str], limit: int = 3) -> str:
    """``Ilse``; ``Ilse and Jonas``; ``Ilse, Jonas and others``: names, never a count."""
    people = list(people)
    if not people:
        return ""
    if len(people) == 1:
        return people[0]
    if len(people) <= limit:
        return _("%(names)s and %(last)s") % {"names": ", ".join(people[:-1]), "last": people[-1]}
    return _("%(names)s and others") % {"names": ", ".join(people[: limit - 1])}
