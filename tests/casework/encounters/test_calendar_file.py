from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar, Event, Timezone

from pathway.casework.encounters.calendar_file import calendar_of
from pathway.store.outbox import Planned

SAID = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
LINK = "https://carte.valmer.example/mes-rendez-vous"


def planned(starts_at: datetime, *, said_at: datetime = SAID) -> Planned:
    return Planned(starts_at=starts_at, ends_at=starts_at + timedelta(minutes=45), mark="0f" * 16, said_at=said_at)


def read(one: Planned) -> tuple[Calendar, Event]:
    calendar = Calendar.from_ical(calendar_of(one, link=LINK, domain="valmer.example"))
    (event,) = calendar.walk("VEVENT")
    assert isinstance(calendar, Calendar) and isinstance(event, Event)
    return calendar, event


@pytest.mark.parametrize(("utc", "paris"), [(13, 14), (12, 14)])
def test_it_says_the_hour_of_paris_in_winter_and_in_summer(utc: int, paris: int) -> None:
    starts_at = datetime(2026, 11 if utc == 13 else 6, 10, utc, 0, tzinfo=UTC)
    calendar, event = read(planned(starts_at))
    assert event.start == starts_at and event.end == starts_at + timedelta(minutes=45)
    assert f"{event.start:%H}" == f"{paris}" and event["DTSTART"].params["TZID"] == "Europe/Paris"
    (zone,) = calendar.walk("VTIMEZONE")
    there = starts_at.replace(tzinfo=None)
    assert isinstance(zone, Timezone)
    assert zone.to_tz().utcoffset(there) == ZoneInfo("Europe/Paris").utcoffset(there)


def test_it_says_nothing_but_when_and_a_link() -> None:
    calendar, event = read(planned(datetime(2026, 11, 28, 13, 0, tzinfo=UTC)))
    assert calendar["METHOD"] == "PUBLISH"
    assert set(event) == {"UID", "DTSTAMP", "SEQUENCE", "DTSTART", "DTEND", "SUMMARY", "URL"}
    assert (event["SUMMARY"], event["URL"], event["UID"]) == ("Rendez-vous", LINK, f"{'0f' * 16}@valmer.example")


def test_what_is_called_off_leaves_the_calendar() -> None:
    one = planned(datetime(2026, 11, 28, 13, 0, tzinfo=UTC))
    off = calendar_of(one, link=LINK, domain="valmer.example", is_cancelled=True)
    assert b"STATUS:CANCELLED" in off and str(read(one)[1]["UID"]).encode() in off


def test_what_was_said_last_replaces_what_was_said_before() -> None:
    starts_at = datetime(2026, 11, 28, 13, 0, tzinfo=UTC)
    first = read(planned(starts_at))[1]
    later = read(planned(starts_at + timedelta(hours=1), said_at=SAID + timedelta(minutes=2)))[1]
    assert first["UID"] == later["UID"] and int(str(first["SEQUENCE"])) < int(str(later["SEQUENCE"])) < 2**31
