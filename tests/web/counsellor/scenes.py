"""What the tests of the counsellor's screens start from: Amina entered, left, reached; a page read and weighed."""

import re
from datetime import date, timedelta
from html import unescape

from flask.testing import FlaskClient
from justhtml import JustHTML
from sqlalchemy import select
from werkzeug.test import TestResponse

from pathway.casework.enrolments.actions import record_entry, record_exit
from pathway.casework.followup.queries import PointLine, open_points
from pathway.casework.records.rules import Answer, Gesture, Identity
from pathway.casework.schemes.exit_reasons import exit_reason
from pathway.demo.town import Town
from pathway.kernel.clock import FixedClock
from pathway.store.tables import JournalSubject
from tests.town import welcome

UNKNOWN = "a" * 26
ZOE = Identity(first_name="Zoé", last_name="Martin", birth_date=date(1985, 3, 2))
_NEEDED = (
    Answer(key="education_level", value="level_4", gesture=Gesture.ANSWERED),
    Answer(key="rome_jobs", value=["N1104"], gesture=Gesture.ANSWERED),
)


def entered(town: Town, by: str = "bruno", scheme: str = "pae", identity: Identity | None = None) -> tuple[str, str]:
    """Amina (or another) welcomed and entered today; gives her record and her step."""
    record_id = welcome(town, by, identity) if identity else welcome(town, by)
    with town.acting(by) as tx:
        done = record_entry(
            tx, record_id=record_id, scheme_id=town.schemes[scheme], entered_on=tx.today, answers=_NEEDED
        )
    return record_id, done.enrolment_id


def left(town: Town, reason: str = "end_of_scheme", days_ago: int = 0) -> tuple[str, str]:
    """Amina entered 60 days ago and left that many days ago; the clock is back to today."""
    move(town, -60)
    record_id, step = entered(town)
    move(town, 60 - days_ago)
    with town.acting("bruno") as tx:
        record_exit(tx, enrolment_id=step, reason=exit_reason(reason), event_on=tx.today)
    move(town, days_ago)
    return record_id, step


def move(town: Town, days: int) -> None:
    """Move the town's clock by that many days."""
    assert isinstance(town.clock, FixedClock)
    town.clock.move(timedelta(days=days))


def points(town: Town, record_id: str, by: str = "bruno") -> list[PointLine]:
    """Her open points, next first."""
    with town.acting(by, write=False) as tx:
        return open_points(tx, record_id)


def said(answer: TestResponse) -> str:
    """The page as it is read: one kind of space, no character references."""
    return re.sub(r"\s+", " ", unescape(answer.get_data(as_text=True)))


def valid(answer: TestResponse) -> str:
    """The page, once a strict parser has found nothing wrong in it."""
    html = answer.get_data(as_text=True)
    assert JustHTML(html, collect_errors=True, sanitize=False).errors == []
    ids = re.findall(r'\bid="([^"]+)"', html)
    assert len(ids) == len(set(ids)), "an id is used twice"
    return said(answer)


def weight(client: FlaskClient, page: TestResponse) -> int:
    """Bytes of a first visit: the page and everything its head and body call from us, as they travel."""
    html = page.get_data(as_text=True)
    assets = {one.partition("#")[0] for one in re.findall(r'(?:href|src)="(/static/[^"]+)"', html)}
    return len(page.data) + sum(_size(client, one) for one in assets)


def shape(answer: TestResponse) -> tuple[int, str]:
    """Status and page without what changes at every request, form tokens, and the address it was asked at."""
    page = answer.get_data(as_text=True)
    return answer.status_code, re.sub(r'(name="(?:csrf_token|retour)" value=")[^"]*', r"\1", page)


def _size(client: FlaskClient, path: str) -> int:
    with client.get(path, headers={"Accept-Encoding": "gzip"}) as answer:
        return len(answer.data)


def reads_of(town: Town, record_id: str) -> int:
    """How many journal entries name that record."""
    table = JournalSubject.__table__  # type: ignore[attr-defined]  # SQLModel gives it at run time
    with town.store.engine.connect() as connection:
        return len(connection.execute(select(table.c.seq).where(table.c.record_id == record_id)).all())


def first_button(page: str, action: str) -> tuple[str, str]:
    """The name and value of the button Enter presses in the form sent there: the first in its text."""
    form = page.split(f'<form method="post" action="{action}"', 1)[1].split("</form>", 1)[0]
    found = re.search(r'<button[^>]* name="([a-z]+)" value="([a-z]+)"', form)
    assert found is not None
    return found[1], found[2]
