"""Golden figures: twelve real alerts, what was really done about each, and what the precision of the rules says."""

from datetime import date, timedelta

from pathway.casework.alerts.actions import dismiss_alert, give_alert, publish_policy, snooze_alert, sweep
from pathway.casework.alerts.outcomes import outcomes
from pathway.casework.alerts.precision import RulePrecision, over_all, precision
from pathway.casework.alerts.queries import open_alerts
from pathway.casework.alerts.vocabulary import DismissReason, RuleId
from pathway.casework.followup.rules import ContactResult
from pathway.casework.records.rules import Identity
from pathway.demo.town import Town
from pathway.kernel.clock import FixedClock
from tests.casework.enrolments.steps import call, enter, system
from tests.town import FRIDAY, welcome

NAMES = ("Amina", "Rachid", "Chloé", "Samir", "Jeanne", "Moussa", "Léa", "Karim", "Zoé")
START = FRIDAY.date()


def silent(town: Town) -> dict[str, str]:
    """Nine people entered the same day in a standard scheme, whom nobody reaches: name → record."""
    people = {}
    for place, name in enumerate(NAMES):
        identity = Identity(
            first_name=name, last_name=f"Essai{'abcdefghi'[place]}", birth_date=date(1980 + place, 1, 2)
        )
        people[name] = welcome(town, identity=identity)
        enter(town, people[name])
    return people


def night(town: Town, people: dict[str, str]) -> None:
    with system(town.store, town.clock) as tx:
        sweep(tx, list(people.values()), on=tx.today)
        tx.journal("sweep")


def lived(town: Town, clock: FixedClock) -> dict[str, str]:
    """Their silences fire on the 31st day (21 December); each has her own end."""
    people = silent(town)
    clock.move(timedelta(days=31))
    night(town, people)
    with town.acting("denis", write=False) as tx:
        alert = {line.record_id: line.id for line in open_alerts(tx)}
    assert len(alert) == 9
    for name in ("Amina", "Rachid"):  # set aside as needless the day after; both are reached on the 36th day
        clock.at = FRIDAY + timedelta(days=32)
        with town.acting("denis") as tx:
            dismiss_alert(tx, alert_id=alert[people[name]], reason=DismissReason.NOT_RELEVANT)
    with town.acting("denis") as tx:
        give_alert(tx, alert_id=alert[people["Chloé"]], account_id=town.accounts["fatou"])
        snooze_alert(tx, alert_id=alert[people["Samir"]])
    call(town, people["Jeanne"], result=ContactResult.NO_ANSWER)
    clock.at = FRIDAY + timedelta(days=36)
    for name in ("Amina", "Rachid"):
        call(town, people[name])
    clock.at = FRIDAY + timedelta(days=40)  # nine days after: late
    with town.acting("denis") as tx:
        dismiss_alert(tx, alert_id=alert[people["Moussa"]], reason=DismissReason.HANDLED)
    call(town, people["Léa"])  # her silence is over, nobody had touched the alert in seven days
    night(town, people)
    return people


def seen(town: Town, structure: str = "pae-centre", since: date = START) -> list[RulePrecision]:
    with system(town.store, town.clock, write=False) as tx:
        found = outcomes(tx, since=since, structure_id=town.structures[structure])
    return [line for line in over_all(found) if line.rule is RuleId.R03]


def test_what_was_really_done_gives_these_figures(town: Town, clock: FixedClock) -> None:
    lived(town, clock)
    (line,) = seen(town)
    assert (line.opened, line.not_relevant, line.acted, line.cleared, line.other) == (9, 2, 3, 1, 3)
    assert line.is_flagged  # 2 of 9
    assert line.sparing is not None
    found = line.sparing
    assert (found.threshold, found.present, found.days) == ("silent_standard_days", 30, 36)
    assert (found.opened, found.not_relevant) == (7, 0)
    assert seen(town, "mission-locale") == [] and seen(town, since=date(2026, 12, 22)) == []


def test_the_threshold_told_would_really_have_spared_them(town: Town, clock: FixedClock) -> None:
    with town.acting("root") as tx:
        publish_policy(tx, {"silent_standard_days": 36}, from_on=tx.today)
    people = silent(town)
    for day in range(30, 41):
        clock.at = FRIDAY + timedelta(days=day)
        if day == 36:
            for name in ("Amina", "Rachid"):
                call(town, people[name])
        night(town, people)
    (line,) = seen(town)
    assert line.opened == 7


def test_each_month_has_its_line(sqlite_town: Town, clock: FixedClock) -> None:
    people = silent(sqlite_town)
    clock.move(timedelta(days=31))
    night(sqlite_town, people)
    call(sqlite_town, people["Zoé"])
    night(sqlite_town, people)
    clock.move(timedelta(days=31))
    night(sqlite_town, people)
    with system(sqlite_town.store, clock, write=False) as tx:
        found = precision(outcomes(tx, since=START))
    silences = [(line.month, line.opened) for line in found if line.rule is RuleId.R03]
    assert silences == [(date(2027, 1, 1), 1), (date(2026, 12, 1), 9)]
