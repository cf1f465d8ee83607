"""Rules whose facts belong to one structure: they fire for it alone, on their day, until something answers them."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from pathway.casework.alerts.facts import (
    EarlyExit,
    ExitFact,
    MissedAppointment,
    OpenPoint,
    PersonFacts,
    ReferentFact,
    RelayFact,
    SharingFact,
    Support,
)
from pathway.casework.alerts.findings import Finding
from pathway.casework.alerts.policy import DEFAULT_ALERT_POLICY, changed, policy_of, thresholds
from pathway.casework.alerts.rules import evaluate
from pathway.casework.alerts.vocabulary import Level, RuleId
from pathway.casework.followup.rules import ExitKind
from pathway.casework.relays.rules import RelayState
from pathway.casework.schemes.rules import Intensity
from pathway.kernel.errors import Invalid

START = date(2026, 11, 20)
BRUNO = ReferentFact(account_id="bruno", structure_id="pae", since_on=START)
NOBODY = PersonFacts(record_id="r1", follow_from=START, referent=BRUNO)


def after(days: int) -> date:
    return START + timedelta(days=days)


def fired(facts: PersonFacts, days: int, *rules: RuleId) -> list[Finding]:
    found = evaluate(facts, on=after(days), policy=DEFAULT_ALERT_POLICY)
    return [finding for finding in found if finding.rule in rules]


def missed(days: int, structure_id: str = "pae") -> MissedAppointment:
    return MissedAppointment(appointment_id=f"a{days}", on=after(days), structure_id=structure_id)


def stopped(days: int, *, entered: int, planned: int | None = 365, by_her: bool = True) -> EarlyExit:
    return EarlyExit(
        exit_id=f"x{days}",
        structure_id="pae",
        entered_on=after(entered),
        event_on=after(days),
        planned_end_on=after(entered + planned) if planned is not None else None,
        is_stopped_by_her=by_her,
    )


def support(ends: int | None, *, structure_id: str = "pae", entered: int = 0) -> Support:
    return Support(
        enrolment_id=f"e{ends}",
        structure_id=structure_id,
        intensity=Intensity.LIGHT,
        entered_on=after(entered),
        ends_on=after(ends) if ends is not None else None,
    )


def relay(state: RelayState, days: int, *, held: bool = False, to: str | None = "plie") -> RelayFact:
    return RelayFact(
        relay_id=f"l{days}",
        from_structure_id="pae",
        to_structure_id=to,
        state=state,
        since_on=after(days),
        was_held=held,
    )


POINT = OpenPoint(point_id="p1", due_on=after(300), structure_id="pae", owner_id="bruno")


def test_one_missed_appointment_is_no_alert_and_two_in_sixty_days_are() -> None:
    assert fired(replace(NOBODY, missed=(missed(0),)), 0, RuleId.R04) == []
    (finding,) = fired(replace(NOBODY, missed=(missed(0), missed(59))), 59, RuleId.R04)
    assert (finding.level, finding.own_to, finding.facts["last_on"]) == (Level.MEDIUM, "pae", "2027-01-18")
    assert fired(replace(NOBODY, missed=(missed(0), missed(61))), 61, RuleId.R04) == []


def test_two_missed_appointments_of_two_structures_are_known_to_neither() -> None:
    assert fired(replace(NOBODY, missed=(missed(0), missed(3, "plie"))), 5, RuleId.R04) == []


def test_speaking_with_her_after_a_missed_appointment_answers_it() -> None:
    facts = replace(NOBODY, missed=(missed(0), missed(3)))
    assert fired(replace(facts, heard_on=(("pae", after(3)),)), 5, RuleId.R04) == []
    assert fired(replace(facts, heard_on=(("plie", after(3)),)), 5, RuleId.R04)
    assert fired(replace(facts, is_paused=True), 5, RuleId.R04) == []


def test_a_relay_that_came_back_alerts_whoever_sent_it_until_something_follows() -> None:
    facts = replace(NOBODY, relays=(relay(RelayState.BOUNCED, 8),))
    (finding,) = fired(facts, 8, RuleId.R05)
    assert (finding.structure_id, finding.own_to, finding.level) == ("pae", "pae", Level.HIGH)
    assert fired(replace(facts, heard_on=(("pae", after(9)),)), 9, RuleId.R05) == []
    assert fired(replace(facts, supports=(support(None, entered=9),)), 9, RuleId.R05) == []
    assert fired(replace(facts, relays=(*facts.relays, relay(RelayState.SENT, 9))), 9, RuleId.R05) == []


@pytest.mark.parametrize("state", RelayState)
def test_only_a_relay_that_came_back_by_itself_fires_r05(state: RelayState) -> None:
    found = fired(replace(NOBODY, relays=(relay(state, 0),)), 20, RuleId.R05)
    assert bool(found) is (state is RelayState.BOUNCED)


def test_an_accepted_relay_without_a_first_appointment_alerts_the_one_who_sent_it() -> None:
    facts = replace(NOBODY, relays=(relay(RelayState.ACCEPTED, 0),))
    assert fired(facts, 15, RuleId.R06) == []
    assert [one.own_to for one in fired(facts, 16, RuleId.R06)] == ["pae"]
    assert fired(replace(NOBODY, relays=(relay(RelayState.ACCEPTED, 0, held=True),)), 99, RuleId.R06) == []
    assert fired(replace(NOBODY, relays=(relay(RelayState.WAITING, 0),)), 99, RuleId.R06) == []


def test_outside_the_platform_the_sender_answers_for_an_accepted_relay() -> None:
    facts = replace(NOBODY, relays=(relay(RelayState.ACCEPTED, 0, to=None),))
    assert [one.own_to for one in fired(facts, 16, RuleId.R06)] == ["pae"]


def test_a_first_appointment_set_later_is_awaited() -> None:
    later = replace(relay(RelayState.APPOINTMENT, 0), next_on=after(20))
    facts = replace(NOBODY, relays=(later,))
    assert (fired(facts, 35, RuleId.R06), len(fired(facts, 36, RuleId.R06))) == ([], 1)


@pytest.mark.parametrize(
    ("entered", "planned", "is_early"),
    [(-30, 365, True), (-31, 365, True), (-121, 365, True), (-122, 365, False), (-31, None, False), (-20, 20, False)],
)
def test_an_early_end_is_within_a_month_or_a_third_of_the_planned_time(
    entered: int, planned: int | None, is_early: bool
) -> None:
    facts = replace(NOBODY, early_exits=(stopped(0, entered=entered, planned=planned),))
    assert bool(fired(facts, 1, RuleId.R08)) is is_early


def test_an_early_end_is_answered_by_a_word_a_step_or_two_months() -> None:
    facts = replace(NOBODY, early_exits=(stopped(0, entered=-5),))
    assert (len(fired(facts, 60, RuleId.R08)), fired(facts, 61, RuleId.R08)) == (1, [])
    assert fired(replace(facts, heard_on=(("pae", after(1)),)), 2, RuleId.R08) == []
    assert fired(replace(facts, supports=(support(None, entered=1),)), 2, RuleId.R08) == []


def test_two_steps_she_stopped_within_a_year_alert_their_structure() -> None:
    once = replace(NOBODY, early_exits=(stopped(0, entered=-300),))
    assert fired(once, 1, RuleId.R09) == []
    twice = replace(NOBODY, early_exits=(*once.early_exits, stopped(200, entered=10)))
    assert [one.own_to for one in fired(twice, 200, RuleId.R09)] == ["pae"]
    assert fired(twice, 366, RuleId.R09) == []
    ended_by_others = (stopped(0, entered=-300), stopped(200, entered=10, by_her=False))
    assert fired(replace(twice, early_exits=ended_by_others), 200, RuleId.R09) == []


def test_a_step_that_ends_within_45_days_without_a_next_one_alerts() -> None:
    facts = replace(NOBODY, supports=(support(100),))
    assert (fired(facts, 54, RuleId.R10), len(fired(facts, 55, RuleId.R10))) == ([], 1)
    assert len(fired(facts, 140, RuleId.R10)) == 1
    assert fired(replace(facts, relays=(relay(RelayState.SENT, 50),)), 60, RuleId.R10) == []
    assert fired(replace(facts, supports=(support(100), support(None))), 60, RuleId.R10) == []
    assert fired(replace(facts, supports=(support(100), support(300))), 60, RuleId.R10) == []


def test_a_contract_that_ends_soon_alerts_until_it_ends() -> None:
    job = ExitFact(exit_id="x", kind=ExitKind.SHORT_JOB, event_on=START, structure_id="plie", ends_on=after(100))
    facts = replace(NOBODY, last_exit=job, points=(POINT,))
    assert [len(fired(facts, days, RuleId.R10)) for days in (54, 55, 100, 101)] == [0, 1, 1, 0]


def test_nobody_to_answer_for_her_alerts_the_structure_that_follows_her() -> None:
    facts = replace(NOBODY, supports=(support(None, structure_id="plie"),), referent=None)
    (finding,) = fired(facts, 0, RuleId.R11)
    assert (finding.structure_id, finding.own_to, finding.facts) == ("plie", "", {})
    gone = replace(facts, referent=replace(BRUNO, works=False))
    assert fired(gone, 0, RuleId.R11)[0].facts["referent_id"] == "bruno"
    assert fired(replace(facts, supports=()), 0, RuleId.R11) == []
    assert fired(replace(facts, is_exempt=True), 0, RuleId.R11) == []


def test_an_absence_of_more_than_ten_working_days_alerts_while_it_lasts() -> None:
    # 20 November 2026 is a Friday: ten working days later is Friday 4 December.
    away = replace(BRUNO, away_from_on=START, away_until_on=after(14))
    facts = replace(NOBODY, supports=(support(None),), referent=away)
    assert len(fired(facts, 3, RuleId.R11)) == 1
    assert fired(facts, 15, RuleId.R11) == []
    short = replace(away, away_until_on=after(13))
    assert fired(replace(facts, referent=short), 3, RuleId.R11) == []


def test_an_agreement_that_ends_alerts_thirty_days_before_and_a_withdrawal_at_once() -> None:
    ends = SharingFact(cause_id="g1", structure_id="plie", ends_on=after(100))
    facts = replace(NOBODY, sharing=(ends,))
    assert [len(fired(facts, days, RuleId.R14)) for days in (69, 70)] == [0, 1]
    stops = SharingFact(cause_id="w1", structure_id="plie", stopped_on=START)
    (finding,) = fired(replace(NOBODY, sharing=(ends, stops)), 0, RuleId.R14)
    assert (finding.own_to, finding.facts) == ("plie", {"cause_id": "w1", "stopped_on": "2026-11-20"})


def test_a_circle_hears_only_of_its_own_structure() -> None:
    facts = replace(NOBODY, missed=(missed(0), missed(1)), circle="shelter")
    assert fired(facts, 2, RuleId.R04) == []


def test_a_threshold_that_cannot_be_is_refused_by_its_name() -> None:
    one_alone: tuple[dict[str, int], ...] = ({"missed_times": 1}, {"stopped_times": 1})
    for wrong in ({"nothing": 3}, {"gap_days": 0}, {"gap_days": 731}, {"overdue_responsable_days": 3}, *one_alone):
        with pytest.raises(Invalid) as refusal:
            changed(DEFAULT_ALERT_POLICY, "2027", wrong)
        assert refusal.value.field == next(iter(wrong))


def test_a_policy_comes_back_as_it_was_kept_and_new_thresholds_have_their_default() -> None:
    new = changed(DEFAULT_ALERT_POLICY, "2027", {"gap_days": 35})
    assert policy_of("2027", thresholds(new)) == new
    assert policy_of("2027", {"gap_days": 35}) == new
