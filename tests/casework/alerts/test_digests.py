"""The letter of the day counts what each professional's own pages would show her, and what those she replaces would."""

from datetime import date, timedelta

from pathway.casework.alerts.actions import give_alert
from pathway.casework.alerts.answering import answer_alert, answers_to_read
from pathway.casework.alerts.digests import Work, told_before, work_of
from pathway.casework.alerts.queries import alerts_given_to_me, open_alerts
from pathway.casework.alerts.vocabulary import Answer
from pathway.casework.followup.queries import work_of_the_day
from pathway.casework.partners.actions import add_membership, declare_absence
from pathway.casework.partners.rules import Role
from pathway.casework.sharing.actions import hide
from pathway.casework.sharing.rules import Part
from pathway.casework.team.holders import teams
from pathway.demo.town import Town
from pathway.kernel.clock import FixedClock
from pathway.store.actor import Actor
from pathway.store.transaction import Transaction
from tests.casework.alerts.test_actions import alerted
from tests.casework.enrolments.steps import rows, system
from tests.store.hands import altered
from tests.town import herself


def works(town: Town) -> dict[str, dict[str, int]]:
    """persona → her counts, those at zero left out, over all the structures."""
    found: dict[str, Work] = {}
    with system(town.store, town.clock, write=False) as tx:
        for team in teams(tx):
            for name, work in work_of(tx, team, since=told_before(tx)).items():
                found.setdefault(name, Work()).add(work)
    names = {account_id: code for code, account_id in town.accounts.items()}
    told = {names[name]: work.counts for name, work in found.items() if not work.is_empty}
    return {name: {key: many for key, many in counts.items() if many} for name, counts in told.items()}


def give(town: Town, to: str) -> str:
    with town.acting("denis") as tx:
        alert_id = open_alerts(tx)[0].id
        give_alert(tx, alert_id=alert_id, account_id=town.accounts[to])
    return alert_id


def away(town: Town, who: str, stand_in: str | None, days: int = 10) -> None:
    with town.acting("denis") as tx:
        until_on = tx.today + timedelta(days=days)
        stand_in_id = town.accounts[stand_in] if stand_in else None
        account_id = town.accounts[who]
        declare_absence(tx, account_id=account_id, from_on=tx.today, until_on=until_on, stand_in_id=stand_in_id)


def test_each_is_told_what_her_pages_show(town: Town, clock: FixedClock) -> None:
    alerted(town, clock)
    assert works(town) == {
        "denis": {"new": 1, "queue": 1, "structures": 1},
        "bruno": {"points": 1, "structures": 1},
    }
    give(town, "fatou")
    assert works(town) == {"fatou": {"new": 1, "given": 1, "points": 1, "structures": 1}}
    with town.acting("fatou", write=False) as tx:
        assert (len(alerts_given_to_me(tx)), len(work_of_the_day(tx))) == (1, 1)


def test_whoever_is_away_is_told_nothing_and_her_stand_in_all(town: Town, clock: FixedClock) -> None:
    alerted(town, clock)
    give(town, "fatou")
    away(town, "fatou", "bruno")
    assert works(town) == {"bruno": {"new": 1, "given": 1, "points": 1, "structures": 1}}
    with town.acting("bruno", write=False) as tx:
        assert (len(alerts_given_to_me(tx)), len(work_of_the_day(tx))) == (1, 1)
    clock.move(timedelta(days=11))
    assert works(town)["fatou"]["given"] == 1 and "bruno" not in works(town)


def test_the_queue_is_told_to_who_replaces_the_responsable(sqlite_town: Town, clock: FixedClock) -> None:
    alerted(sqlite_town, clock)
    away(sqlite_town, "denis", "fatou")
    assert works(sqlite_town)["fatou"] == {"new": 1, "queue": 1, "structures": 1}
    assert "denis" not in works(sqlite_town)


def test_the_queue_of_a_responsable_who_named_nobody_is_told_to_all_the_team(town: Town, clock: FixedClock) -> None:
    alerted(town, clock)
    away(town, "denis", None)
    told = works(town)
    assert {name for name, counts in told.items() if counts.get("queue")} == {"bruno", "fatou"}
    assert told["fatou"] == {"new": 1, "queue": 1, "structures": 1}
    here = town.structures["pae-centre"]
    with system(town.store, clock) as tx:
        add_membership(
            tx, account_id=town.accounts["karim"], structure_id=here, role=Role.SUPERVISOR, from_on=date(2026, 1, 1)
        )
    assert {name for name, counts in works(town).items() if counts.get("queue")} == {"karim"}


def test_a_structure_without_any_responsable_lends_its_queue_to_nobody(sqlite_town: Town, clock: FixedClock) -> None:
    alerted(sqlite_town, clock)
    altered(sqlite_town.store, "UPDATE account SET state = 'disabled' WHERE id = :id", id=sqlite_town.accounts["denis"])
    assert not any(counts.get("queue") for counts in works(sqlite_town).values())


def test_without_stand_in_a_point_is_told_to_the_responsable(sqlite_town: Town, clock: FixedClock) -> None:
    alerted(sqlite_town, clock)
    away(sqlite_town, "bruno", None)
    assert works(sqlite_town) == {"denis": {"new": 1, "queue": 1, "points": 1, "structures": 1}}


def test_an_answer_is_told_to_who_has_it_to_read(town: Town, clock: FixedClock) -> None:
    amina = alerted(town, clock)
    alert_id = str(rows(town.store, "alert")[0]["id"])
    with herself(town, amina) as tx:
        answer_alert(tx, alert_id=alert_id, record_id=amina, answer=Answer.FINE)
    assert works(town)["bruno"] == {"answers": 1, "points": 1, "structures": 1}
    assert "answers" not in works(town)["denis"]
    with town.acting("bruno", write=False) as tx:
        assert len(answers_to_read(tx)) == 1


def test_nothing_is_counted_that_the_reader_may_not_see(town: Town, clock: FixedClock) -> None:
    amina = alerted(town, clock)
    assert works(town)["denis"]["queue"] == 1
    with herself(town, amina) as tx:
        here = town.structures["pae-centre"]
        hide(tx, record_id=amina, structure_id=here, section=Part.ALERTS.value, item_key="")
        tx.journal("hide_part", records=[amina])
    with town.acting("denis", write=False) as tx:
        assert open_alerts(tx) == []
    assert "denis" not in works(town)


def test_two_structures_make_one_count(sqlite_town: Town, clock: FixedClock) -> None:
    alerted(sqlite_town, clock)
    bruno = sqlite_town.accounts["bruno"]
    with system(sqlite_town.store, clock) as tx:
        place = sqlite_town.structures["mission-locale"]
        add_membership(tx, account_id=bruno, structure_id=place, role=Role.SUPERVISOR, from_on=date(2026, 1, 1))
    assert works(sqlite_town)["bruno"] == {"points": 1, "structures": 1}
    elsewhere = Actor(role="supervisor", account_id=bruno, structure_id=place)
    with Transaction(sqlite_town.store, actor=elsewhere, clock=clock, door="web", write=False) as tx:
        assert open_alerts(tx) == []
