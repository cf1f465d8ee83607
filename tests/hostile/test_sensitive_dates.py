"""What a sensitive structure did is in no alert of another: neither its days, nor the silence it would break."""

from datetime import date, timedelta

from pathway.casework.alerts.queries import alerts_about, open_alerts
from pathway.casework.alerts.vocabulary import RuleId
from pathway.demo.town import Town
from pathway.kernel.clock import FixedClock
from tests.casework.alerts.test_actions import dismissed, queue, rules, swept
from tests.casework.enrolments.steps import call, enter, leave, points, rows, share
from tests.town import herself, welcome

SECTIONS = {"identity", "contact", "pathway", "followup", "alerts"}


def followed_by_both(town: Town) -> str:
    """Amina, followed by the desk, known to the sensitive structure. Gives her record."""
    amina = welcome(town)
    share(town, amina, "quai-neuf", sections=SECTIONS)
    return amina


def told(town: Town, amina: str, by: str) -> str:
    """Everything the alerts say of her to that professional, dates of her queue included."""
    with town.acting(by, write=False) as tx:
        return f"{alerts_about(tx, amina)} {open_alerts(tx)}"


def test_a_call_of_a_sensitive_structure_neither_dates_nor_silences_the_alert_of_another(
    town: Town, clock: FixedClock
) -> None:
    amina = followed_by_both(town)
    enter(town, amina)
    began = clock.now().date()
    clock.move(timedelta(days=25))
    canary = clock.now().date()
    call(town, amina, by="solene")
    clock.move(timedelta(days=6))
    assert swept(town).opened == 1  # the nightly looks at her although somebody spoke to her
    (line,) = queue(town)
    assert (line.rule, line.facts["since_on"]) == (RuleId.R03, began.isoformat())
    assert "contact_id" not in line.facts
    assert canary.isoformat() not in told(town, amina, "bruno")


def test_a_call_of_a_sensitive_structure_clears_nothing_of_another(town: Town, clock: FixedClock) -> None:
    amina = followed_by_both(town)
    enter(town, amina)
    clock.move(timedelta(days=31))
    swept(town)
    call(town, amina, by="solene")
    assert swept(town, amina).cleared == 0
    assert rules(town) == {RuleId.R03}


def test_a_sensitive_structure_has_its_own_alert_and_counts_what_the_others_did(town: Town, clock: FixedClock) -> None:
    amina = followed_by_both(town)
    enter(town, amina, scheme="quai-neuf", by="solene")
    clock.move(timedelta(days=80))
    call(town, amina)
    clock.move(timedelta(days=100))
    swept(town)
    with town.acting("solene", write=False) as tx:
        (line,) = alerts_about(tx, amina)
    assert line.structure_id == town.structures["quai-neuf"]
    assert line.facts["since_on"] == (clock.now().date() - timedelta(days=100)).isoformat()
    assert str(town.structures["quai-neuf"]) not in told(town, amina, "bruno")
    with herself(town, amina, write=False) as tx:
        assert [one.id for one in alerts_about(tx, amina)] == [line.id]


def test_an_exit_of_a_sensitive_structure_dates_no_alert_and_opens_no_point_of_another(
    town: Town, clock: FixedClock
) -> None:
    amina = followed_by_both(town)
    there = enter(town, amina, scheme="quai-neuf", by="solene")
    clock.move(timedelta(days=3))
    canary = clock.now().date()
    leave(town, there.enrolment_id, by="solene")
    assert points(town, amina) == []
    for days in (8, 25, 60):
        clock.move(timedelta(days=days))
        swept(town)
        assert told(town, amina, "bruno") == "[] []"
        assert told(town, amina, "denis") == "[] []"
    assert canary.isoformat() in str(rows(town.store, "alert"))


def test_a_step_of_a_sensitive_structure_hides_no_gap_of_another(town: Town, clock: FixedClock) -> None:
    amina = followed_by_both(town)
    alone = welcome(town)
    for one in (amina, alone):
        step = enter(town, one).enrolment_id
        if one == amina:
            enter(town, one, scheme="quai-neuf", by="solene")
        leave(town, step)
    clock.move(timedelta(days=30))
    swept(town)
    assert {line.record_id for line in queue(town) if line.rule is RuleId.R07} == {amina, alone}
    seen = {one: [point.due_on for point in points(town, one)] for one in (amina, alone)}
    assert seen[amina] == seen[alone]  # nor does an exit open fewer points because of it


def test_each_circle_keeps_its_own_alert_and_its_own_history(town: Town, clock: FixedClock) -> None:
    amina = followed_by_both(town)
    enter(town, amina, scheme="quai-neuf", by="solene", on=date(2026, 8, 20))
    clock.move(timedelta(days=31))
    swept(town)
    enter(town, amina, on=date(2026, 9, 1))
    swept(town)
    states = {(row["structure_id"], row["state"]) for row in rows(town.store, "alert")}
    assert states == {(town.structures["quai-neuf"], "open"), (town.structures["pae-centre"], "open")}
    dismissed(town, queue(town)[0].id)
    assert swept(town, amina).opened == 0
