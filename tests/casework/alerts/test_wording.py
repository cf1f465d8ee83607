"""An alert says why it is there, to staff and to the person, from its facts alone."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from pathway.casework.alerts.facts import ContactFact, ExitFact, OpenPoint, PersonFacts, ReferentFact, Support
from pathway.casework.alerts.findings import Finding
from pathway.casework.alerts.policy import DEFAULT_ALERT_POLICY
from pathway.casework.alerts.rules import evaluate
from pathway.casework.alerts.vocabulary import RuleId
from pathway.casework.alerts.wording import clearing_sentence, person_sentence, staff_sentence
from pathway.casework.followup.rules import ExitKind
from pathway.casework.schemes.rules import Intensity

START = date(2026, 11, 20)
BRUNO = ReferentFact(account_id="bruno", structure_id="pae", since_on=START)
NOBODY = PersonFacts(record_id="r1", follow_from=START, referent=BRUNO)
OVERDUE = replace(NOBODY, points=(OpenPoint(point_id="p1", due_on=START, structure_id="pae", owner_id=None),))
NEVER = replace(
    NOBODY,
    supports=(Support(enrolment_id="e1", structure_id="pae", intensity=Intensity.STANDARD, entered_on=START),),
)
SILENT = replace(NEVER, last_contact=ContactFact(contact_id="c1", on=START))
GAP = replace(NOBODY, last_exit=ExitFact(exit_id="x1", kind=ExitKind.TRAINING, event_on=START, structure_id="pae"))
MISSED = replace(GAP, next_planned_on=date(2026, 12, 1))
DAY = "20\u00a0novembre\u00a02026"


def found(facts: PersonFacts, days: int) -> Finding:
    (finding,) = evaluate(facts, on=START + timedelta(days=days), policy=DEFAULT_ALERT_POLICY)
    return finding


def staff(facts: PersonFacts, days: int) -> str:
    finding = found(facts, days)
    return staff_sentence(finding.rule, finding.facts, finding.parameters, today=START + timedelta(days=days))


@pytest.mark.parametrize(
    ("facts", "days", "sentence"),
    [
        (
            OVERDUE,
            9,
            "9\u00a0jours de retard sur le point de suivi prévu le 20\u00a0novembre\u00a02026"
            " (alerte à partir de 7\u00a0jours).",
        ),
        (
            SILENT,
            34,
            "34\u00a0jours sans contact réussi, depuis le 20\u00a0novembre\u00a02026"
            " (alerte au-delà de 30\u00a0jours).",
        ),
        (
            NEVER,
            34,
            "34\u00a0jours sans aucun contact réussi depuis le début du suivi, le 20\u00a0novembre\u00a02026"
            " (alerte au-delà de 30\u00a0jours).",
        ),
        (
            GAP,
            34,
            "34\u00a0jours sans accompagnement depuis la fin de la dernière étape, le 20\u00a0novembre\u00a02026"
            " (alerte au-delà de 28\u00a0jours).",
        ),
    ],
)
def test_staff_read_how_long_since_when_and_the_threshold(facts: PersonFacts, days: int, sentence: str) -> None:
    assert staff(facts, days) == sentence


def test_staff_read_that_the_responsables_know_at_14_days() -> None:
    assert staff(OVERDUE, 14).endswith(" Ce retard est aussi signalé aux responsables de la structure.")


def test_staff_read_that_a_planned_step_did_not_begin() -> None:
    assert staff(MISSED, 29).endswith(" L’étape prévue le 1er\u00a0décembre\u00a02026 n’a pas commencé.")


def test_days_are_counted_up_to_the_day_it_is_read() -> None:
    finding = found(GAP, 29)
    later = staff_sentence(finding.rule, finding.facts, finding.parameters, today=START + timedelta(days=45))
    assert later.startswith("45\u00a0jours")


@pytest.mark.parametrize("facts", [OVERDUE, SILENT, NEVER, GAP, MISSED])
def test_the_person_reads_the_day_in_short_sentences_and_that_her_rights_stand(facts: PersonFacts) -> None:
    finding = found(facts, 60)
    said = person_sentence(finding.rule, finding.facts, finding.parameters, today=START + timedelta(days=60))
    assert "20\u00a0novembre\u00a02026" in said
    assert said.endswith("Cela ne change rien à vos droits.")
    assert all(len(sentence.split()) <= 15 for sentence in said.split(". "))


@pytest.mark.parametrize("facts", [OVERDUE, SILENT, NEVER, GAP])
def test_every_finding_says_what_clears_it(facts: PersonFacts) -> None:
    finding = found(facts, 60)
    cleared = clearing_sentence(finding.rule, finding.facts, finding.parameters, today=START)
    assert cleared.startswith("L’alerte s’efface quand ")
    assert cleared.endswith(".")


# What each rule keeps, one example for each way of saying it.
KEPT: tuple[tuple[RuleId, dict[str, str], dict[str, int]], ...] = (
    (RuleId.R02, {"due_on": "2026-11-20"}, {"threshold_days": 7, "responsable": True}),
    (RuleId.R03, {"since_on": "2026-11-20"}, {"threshold_days": 30}),
    (RuleId.R04, {"first_on": "2026-11-01", "last_on": "2026-11-20"}, {"threshold_times": 2, "threshold_days": 60}),
    (RuleId.R05, {"back_on": "2026-11-20"}, {"threshold_working_days": 5}),
    (RuleId.R06, {"accepted_on": "2026-11-20", "from_on": "2026-11-20"}, {"threshold_days": 15}),
    (RuleId.R06, {"accepted_on": "2026-10-20", "from_on": "2026-11-05"}, {"threshold_days": 15}),
    (RuleId.R07, {"ended_on": "2026-11-20"}, {"threshold_days": 28}),
    (
        RuleId.R08,
        {"entered_on": "2026-11-01", "ended_on": "2026-11-20", "planned_end_on": "2027-05-01"},
        {"threshold_days": 30},
    ),
    (RuleId.R08, {"entered_on": "2026-11-01", "ended_on": "2026-11-20"}, {"threshold_days": 30}),
    (RuleId.R09, {"first_on": "2026-03-01", "last_on": "2026-11-20"}, {"threshold_times": 2, "threshold_days": 365}),
    (RuleId.R10, {"ends_on": "2026-12-20", "enrolment_id": "e"}, {"threshold_days": 45}),
    (RuleId.R10, {"ends_on": "2026-12-20", "exit_id": "x"}, {"threshold_days": 45}),
    (RuleId.R11, {}, {"threshold_working_days": 10}),
    (RuleId.R11, {"referent_id": "b", "since_on": "2026-11-20"}, {"threshold_working_days": 10}),
    (RuleId.R11, {"referent_id": "b", "since_on": "2026-11-20", "away_until_on": "2026-12-20"}, {}),
    (RuleId.R14, {"ends_on": "2026-12-20"}, {"threshold_days": 30}),
    (RuleId.R14, {"stopped_on": "2026-11-20"}, {"threshold_days": 30}),
)


def test_a_step_that_should_have_ended_is_not_said_to_end() -> None:
    facts = {"ends_on": "2026-10-17", "enrolment_id": "e"}
    said = staff_sentence(RuleId.R10, facts, {"threshold_days": 45}, today=date(2026, 11, 20))
    assert said.startswith("L’étape devait se terminer le 17\u00a0octobre\u00a02026")


def staff_of(rule: RuleId, facts: dict[str, str], parameters: dict[str, int]) -> str:
    return staff_sentence(rule, facts, parameters, today=date(2026, 11, 30))


def test_a_first_appointment_not_held_is_counted_from_its_own_day() -> None:
    """The threshold runs from the appointment: the day of the yes, long before, would make it look late to come."""
    facts, limit = {"accepted_on": "2026-10-01", "from_on": "2026-11-05"}, {"threshold_days": 15}
    said = staff_of(RuleId.R06, facts, limit)
    assert said.startswith("Premier rendez-vous prévu le 5\u00a0novembre\u00a02026 après un relais")
    assert "octobre" not in said + person_sentence(RuleId.R06, facts, limit, today=date(2026, 11, 30))
    same_day = staff_of(RuleId.R06, {**facts, "from_on": "2026-10-01"}, limit)
    assert same_day.startswith("Relais accepté le 1er\u00a0octobre\u00a02026")


def test_a_call_of_the_senders_is_not_said_to_clear_what_the_other_structure_must_do() -> None:
    cleared = clearing_sentence(RuleId.R06, {"accepted_on": "2026-10-01", "from_on": "2026-10-01"}, {}, today=START)
    assert "l’autre structure reçoit ou joint la personne" in cleared


def test_what_was_planned_is_said_of_a_step_stopped_early_and_only_then() -> None:
    facts = {"entered_on": "2026-11-01", "ended_on": "2026-11-20"}
    unplanned = staff_of(RuleId.R08, facts, {"threshold_days": 30})
    assert "prévu" not in unplanned and "(alerte jusqu’à 30\u00a0jours)" in unplanned
    assert "prévu" not in person_sentence(RuleId.R08, facts, {}, today=START)
    planned = staff_of(RuleId.R08, {**facts, "planned_end_on": "2027-05-01"}, {"threshold_days": 30})
    assert "elle allait du 1er\u00a0novembre\u00a02026 au 1er\u00a0mai\u00a02027" in planned


def test_stops_are_counted_over_the_span_of_the_thresholds_in_force() -> None:
    facts = {"first_on": "2026-03-01", "last_on": "2026-11-20"}
    said = [staff_of(RuleId.R09, facts, {"threshold_times": 3, "threshold_days": days}) for days in (365, 180)]
    assert [one.split(", ")[0] for one in said] == [
        "3 étapes arrêtées par la personne en un an",
        "3 étapes arrêtées par la personne en 180\u00a0jours",
    ]


def test_a_gap_is_said_to_end_by_what_ends_it() -> None:
    assert clearing_sentence(RuleId.R07, {"ended_on": "2026-11-20"}, {}, today=START).endswith(
        "quand une nouvelle étape commence."
    )


def test_every_rule_has_its_sentences() -> None:
    assert {rule for rule, _, _ in KEPT} == set(RuleId)


@pytest.mark.parametrize(("rule", "facts", "parameters"), KEPT)
def test_every_alert_is_said_whole_without_blame(
    rule: RuleId, facts: dict[str, str], parameters: dict[str, int]
) -> None:
    today = date(2026, 11, 30)
    hers = person_sentence(rule, facts, parameters, today=today)
    assert hers.endswith("Cela ne change rien à vos droits.")
    assert not any(word in hers.lower() for word in ("manqué", "absence", "abandon", "injoignable", "retard", "{"))
    assert all(len(sentence.split()) <= 18 for sentence in hers.split(". "))
    staff = staff_sentence(rule, facts, parameters, today=today)
    clears = clearing_sentence(rule, facts, parameters, today=today)
    assert staff.endswith(".") and clears.startswith("L’alerte s’efface ")
    assert "{" not in staff + clears
