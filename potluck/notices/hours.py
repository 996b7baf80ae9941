"""When mail may come: within the receiver's working hours, else the house's."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from potluck.people.models import House, Person

MONDAY_TO_FRIDAY = (1, 2, 3, 4, 5)


def zone_of(person: Person, house: House) -> ZoneInfo:
    for name in (person.timezone, house.timezone):
        try:
            return ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            continue
    return ZoneInfo("UTC")


def is_at_work(person: Person, house: House, moment: datetime) -> bool:
    """A shift that ends earlier than it begins goes over midnight and belongs to the day on which it began; one that ends
    when it begins is the whole day."""
    here = moment.astimezone(zone_of(person, house))
    starts, ends = person.day_starts or house.day_starts, person.day_ends or house.day_ends
    day, time = here.date(), here.time()
    if starts < ends:
        within = starts <= time < ends
    else:
        within = time >= starts or time < ends
        if time < ends and time < starts:
            day -= timedelta(days=1)
    return within and day.isoweekday() in (house.weekdays or MONDAY_TO_FRIDAY)
