"""How people say since when."""

from datetime import UTC, datetime, timedelta
from enum import StrEnum

MORNING, EVENING = 6, 18  # the hours at which they begin


class Period(StrEnum):
    """A time that ends now; the last three are counted."""

    TODAY = "today"
    MORNING = "morning"
    YESTERDAY = "yesterday"
    NIGHT = "night"
    WEEK = "week"
    MINUTES = "minutes"
    HOURS = "hours"
    DAYS = "days"


_COUNTED = {
    Period.MINUTES: timedelta(minutes=1),
    Period.HOURS: timedelta(hours=1),
    Period.DAYS: timedelta(days=1),
}


def beginning(period: Period, count: int, now: datetime) -> datetime:
    """When it began (UTC); `now` is the local time. Yesterday and the week begin at midnight."""
    if unit := _COUNTED.get(period):
        return now.astimezone(UTC) - count * unit
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    from_midnight = {
        Period.MORNING: timedelta(hours=MORNING if now.hour >= MORNING else 0),
        Period.YESTERDAY: timedelta(days=-1),
        Period.NIGHT: timedelta(hours=EVENING - 24),
        Period.WEEK: timedelta(days=-now.weekday()),
    }
    return (midnight + from_midnight.get(period, timedelta())).astimezone(UTC)
