"""Check 39: reading slowly, always under the hourly limit, is caught by the daily one."""

from datetime import date, timedelta

from flask.testing import FlaskClient

from pathway.casework.records.actions import NewPerson, create_records
from pathway.casework.records.rules import Identity, Way
from pathway.casework.usage.rules import Budgets
from pathway.demo.town import Town
from pathway.kernel.clock import FixedClock
from tests.town import signed_in
from tests.web.supervisor.test_alerts import words

# The hourly limit alone would let 240 go in a day; a tenth of the shipped budgets, so that it takes seconds.
TENTH = Budgets(searches_hour=10, records_hour=6, records_day=15, names_day=150, structure_times=10)
AN_HOUR, A_DAY = timedelta(hours=1), timedelta(days=1)


def crowd(town: Town, number: int) -> list[str]:
    """People the scraper follows: every page is allowed one by one."""
    born = date(1990, 1, 1)
    lots = [
        NewPerson(identity=Identity(first_name="Paul", last_name="Durand", birth_date=born + day), claims={})
        for day in (timedelta(days=one) for one in range(number))
    ]
    with town.acting("bruno") as tx:
        return create_records(tx, lots, way=Way.SAID, referent_id=tx.actor.account_id)


def scraper(town: Town) -> FlaskClient:
    """A session kept young: a new sign-in each hour, as a thief with the password would."""
    client = signed_in(town, "bruno")
    client.application.extensions["carte_budgets"] = TENTH
    return client


def drip(town: Town, clock: FixedClock, records: list[str], *, hours: int, each: int) -> list[int]:
    """Open `each` new records every hour; gives how many opened in each."""
    got, left = [], list(records)
    for _ in range(hours):
        client, lot = scraper(town), [left.pop() for _ in range(each)]
        got.append(sum(client.get(f"/dossiers/{record}").status_code == 200 for record in lot))
        clock.move(AN_HOUR)
    return got


def test_a_slow_drip_under_the_hourly_limit_is_stopped_by_the_daily_one(town: Town, clock: FixedClock) -> None:
    got = drip(town, clock, crowd(town, 32), hours=8, each=4)
    assert got == [4, 4, 4, 3, 0, 0, 0, 0]
    page = words(signed_in(town, "denis").get("/alertes").get_data(as_text=True))
    assert "Volume inhabituel : le compte de Bruno Lemaire a ouvert 15 dossiers aujourd’hui" in page


def test_signing_in_again_or_starting_the_service_again_gives_no_new_budget(town: Town, clock: FixedClock) -> None:
    records = crowd(town, 12)
    got = [scraper(town).get(f"/dossiers/{record}").status_code for record in records]
    assert got == [200] * 6 + [429] * 6


def test_the_next_local_day_opens_again_and_yesterday_is_still_told(town: Town, clock: FixedClock) -> None:
    records = crowd(town, 20)
    drip(town, clock, records[:16], hours=4, each=4)
    clock.move(A_DAY - timedelta(hours=4))
    assert scraper(town).get(f"/dossiers/{records[16]}").status_code == 200
    page = words(signed_in(town, "denis").get("/alertes").get_data(as_text=True))
    assert "a ouvert 15 dossiers le 20 novembre 2026" in page
