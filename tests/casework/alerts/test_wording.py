"""An alert says why it is there, to staff and to the person, from its facts alone."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from pathway.casework.alerts.rules import (
    DEFAULT_ALERT_POLICY,
    ContactFact,
    ExitFact,
    Finding,
    OpenPoint,
    PersonFacts,
    RuleId,
    Support,
    evaluate,
)
from pathway.casework.alerts.wording import clearing_sentence, person_sentence, staff_sentence
from pathway.casework.followup.rules import ExitKind
from pathway.casework.schemes.rules import Intensity

START = date(2026, 11, 20)
NOBODY = PersonFacts(record_id="r1", follow_from=START)
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
            "9 jours de retard sur le point de suivi prévu le 20\u00a0novembre\u00a02026 (alerte à partir de 7 jours).",
        ),
        (
            SILENT,
            34,
            "34 jours sans contact réussi, depuis le 20\u00a0novembre\u00a02026 (alerte au-delà de 30 jours).",
        ),
        (
            NEVER,
            34,
            "34 jours sans aucun contact réussi depuis le début du suivi, le 20\u00a0novembre\u00a02026"
            " (alerte au-delà de 30 jours).",
        ),
        (
            GAP,
            34,
            "34 jours sans accompagnement depuis la fin de la dernière étape, le 20\u00a0novembre\u00a02026"
            " (alerte au-delà de 28 jours).",
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
    assert later.startswith("45 jours")


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


def test_every_rule_has_its_sentences() -> None:
    told = {found(facts, 60).rule for facts in (OVERDUE, SILENT, GAP)}
    assert told == set(RuleId)
