"""An appointment as a file for her calendar, by letter or from her page: when, and a link that says nothing more."""

from datetime import date

from icalendar import Calendar, Event

from pathway.kernel.clock import PARIS
from pathway.kernel.languages import gettext, marked
from pathway.store.outbox import Planned

_SUMMARY = marked("Rendez-vous")  # neither with whom nor where: calendars are shared, and shown on locked screens


def calendar_of(planned: Planned, *, link: str, domain: str, is_cancelled: bool = False) -> bytes:
    """The appointment in iCalendar (RFC 5545), in the time of Paris.

    Its UID is the same for each letter about it, so that a change replaces what a calendar kept; it names nobody. Its
    SEQUENCE grows with the minutes, so that a letter held up on the way brings no old hour back.
    `is_cancelled`: calendars take it away.
    """
    event = Event()
    event.add("uid", f"{planned.mark}@{domain}" if domain else planned.mark)
    event.add("dtstamp", planned.said_at)
    event.add("sequence", int(planned.said_at.timestamp()) // 60)
    event.add("dtstart", planned.starts_at.astimezone(PARIS))
    event.add("dtend", planned.ends_at.astimezone(PARIS))
    event.add("summary", gettext(_SUMMARY))
    event.add("url", link)
    if is_cancelled:
        event.add("status", "CANCELLED")
    calendar = Calendar()
    calendar.add("prodid", "-//carte//FR")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add_component(event)
    year = planned.starts_at.year
    calendar.add_missing_timezones(first_date=date(year - 1, 1, 1), last_date=date(year + 2, 1, 1))
    written: bytes = calendar.to_ical()
    return written
