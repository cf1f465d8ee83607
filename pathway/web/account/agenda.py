"""A professional's appointments followed by her own calendar: a secret address that gives times, and nobody's name.

Calendars keep what they read, on machines that are not ours: hence times and a link, nothing else. Only a keyed hash of
the address is kept; an address that does not hold answers like one that never was.
"""

from datetime import date

from flask import Response, current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue
from icalendar import Calendar, Event

from pathway.casework.encounters.actions import make_feed, revoke_feed
from pathway.casework.encounters.queries import FeedSlot, feed_made_at, feed_slots
from pathway.casework.sharing.permissions import Permission
from pathway.kernel.clock import PARIS
from pathway.kernel.settings import public_link
from pathway.web.gate import allow, gate, public
from pathway.web.jinja import notify

_SUMMARY = "Rendez-vous"
_SUFFIX = ".ics"  # by which calendars know what they read


@allow(Permission.AGENDA_FOLLOW)
def view() -> ResponseReturnValue:
    """Say whether a calendar follows; on POST, make a new address (shown once) or revoke it."""
    here = gate()
    link = ""
    if request.method == "POST":
        with here.writing() as tx:
            if request.form.get("do") == "revoke":
                revoke_feed(tx)
                notify("Votre agenda ne suit plus vos rendez-vous.")
            else:
                path = url_for("account.agenda_file", secret=make_feed(tx) + _SUFFIX)
                link = public_link(current_app.extensions["carte_settings"], path)
    with here.reading() as tx:
        made_at = feed_made_at(tx)
    return render_template("account/agenda.html", made_at=made_at, link=link)


@public
def file_view(secret: str) -> ResponseReturnValue:
    """The calendar behind that secret; `NotFound`, like any wrong address, when it does not hold."""
    with gate().reading() as tx:
        slots = feed_slots(tx, secret.removesuffix(_SUFFIX))
        year = tx.today.year
    answer = Response(_calendar(slots, year), mimetype="text/calendar")
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["X-Robots-Tag"] = "noindex"
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer


def _calendar(slots: list[FeedSlot], year: int) -> bytes:
    calendar = Calendar()
    calendar.add("prodid", "-//carte//FR")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    for one in slots:
        calendar.add_component(_event(one))
    calendar.add_missing_timezones(first_date=date(year - 1, 1, 1), last_date=date(year + 2, 1, 1))
    written: bytes = calendar.to_ical()
    return written


def _event(one: FeedSlot) -> Event:
    event = Event()
    event.add("uid", one.id)
    event.add("dtstamp", one.said_at)
    event.add("dtstart", one.starts_at.astimezone(PARIS))
    event.add("dtend", one.ends_at.astimezone(PARIS))
    event.add("summary", _SUMMARY)
    path = f"/ateliers/{one.id}" if one.is_workshop else f"/rendez-vous/{one.id}"
    event.add("url", public_link(current_app.extensions["carte_settings"], path))
    return event
