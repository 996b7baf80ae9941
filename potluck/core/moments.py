"""Times in words, the way a colleague would say them: "today at 9:12", "gestern um 16:20", "3. November"."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from babel.dates import format_date, format_time
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from potluck.core import clock


def _locale() -> str:
    return "de" if translation.get_language().startswith("de") else "en_GB"


def clock_time(moment: datetime) -> str:
    """``9:12``, in the viewer's time zone (active since the request began)."""
    return format_time(timezone.localtime(moment), "H:mm", locale=_locale())


def day(moment: datetime | date) -> str:
    """``3. November`` / ``3 November``; with the year where it is another one."""
    on = timezone.localtime(moment).date() if isinstance(moment, datetime) else moment
    this_year = timezone.localtime(clock.now()).year
    pattern = {"de": "d. MMMM", "en_GB": "d MMMM"}[_locale()]
    return format_date(on, pattern if on.year == this_year else pattern + " y", locale=_locale())


def weekday(moment: datetime) -> str:
    """``Dienstag, 24. November`` / ``Tuesday 24 November``."""
    pattern = {"de": "EEEE, d. MMMM", "en_GB": "EEEE d MMMM"}[_locale()]
    return format_date(timezone.localtime(moment).date(), pattern, locale=_locale())


def when(moment: datetime) -> str:
    """A moment as people say it, for the line below a name."""
    here, today = timezone.localtime(moment), timezone.localtime(clock.now()).date()
    gone = (today - here.date()).days
    if gone == 0:
        return _("today at %(time)s") % {"time": clock_time(moment)}
    if gone == 1:
        return _("yesterday at %(time)s") % {"time": clock_time(moment)}
    return _("%(day)s at %(time)s") % {"day": day(moment), "time": clock_time(moment)}


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
