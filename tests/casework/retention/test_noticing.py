"""A record that should be archived says what keeps it, by the delay the territory chose and by nothing hidden."""

from datetime import timedelta

from pathway.casework.alerts.notices import Notice, ending_sentence, notice_sentence
from pathway.casework.journey.queries import journey_of
from pathway.casework.retention.actions import keep_mine
from pathway.casework.retention.noticing import archive_notice
from pathway.casework.territory.actions import decide_setting
from pathway.casework.territory.rules import Setting
from pathway.demo.town import Town
from pathway.kernel.calendar import add_months
from pathway.kernel.clock import FixedClock, local_day
from tests.casework.enrolments.steps import call, enter, leave
from tests.town import herself, welcome


def noticed(town: Town, record_id: str) -> Notice | None:
    """The remark Bruno reads on her record."""
    with town.acting("bruno", write=False) as tx:
        seen = journey_of(tx, record_id)
        walked, spoken = list(seen.steps.values()), list(seen.contacts.values())
        return archive_notice(tx, walked=walked, spoken=spoken, points=seen.points)


def left_behind(town: Town) -> str:
    """Amina, who left a step: points de suivi are open."""
    amina = welcome(town)
    leave(town, enter(town, amina).enrolment_id)
    return amina


def months_later(clock: FixedClock, months: int) -> None:
    """Move to the last day before those months are over."""
    today = local_day(clock.now())
    clock.move(add_months(today, months) - today - timedelta(days=1))


def test_archiving_waits_for_an_open_point_from_two_years_on(town: Town, clock: FixedClock) -> None:
    amina = left_behind(town)
    months_later(clock, 24)
    assert noticed(town, amina) is None
    clock.move(timedelta(days=1))
    said = noticed(town, amina)
    assert said is not None and said.parameters == {"active_months": 24}
    assert ", il y a 24 mois ou plus : le dossier est à archiver, mais un point de suivi" in notice_sentence(said)
    assert ending_sentence(said).startswith("Cette remarque disparaît ")
    call(town, amina)
    assert noticed(town, amina) is None


def test_the_delay_is_the_one_the_territory_keeps_records_for(sqlite_town: Town, clock: FixedClock) -> None:
    amina = left_behind(sqlite_town)
    with sqlite_town.acting("root") as tx:
        decide_setting(tx, Setting.RETENTION_ACTIVE, value="6", seen=0)
    months_later(clock, 6)
    assert noticed(sqlite_town, amina) is None
    clock.move(timedelta(days=1))
    said = noticed(sqlite_town, amina)
    assert said is not None and said.parameters == {"active_months": 6}


def test_what_the_reader_cannot_see_is_not_told_by_a_missing_remark(sqlite_town: Town, clock: FixedClock) -> None:
    amina = left_behind(sqlite_town)
    clock.move(timedelta(days=800))
    before = noticed(sqlite_town, amina)
    with herself(sqlite_town, amina) as tx:
        keep_mine(tx)
    assert before is not None and noticed(sqlite_town, amina) == before
