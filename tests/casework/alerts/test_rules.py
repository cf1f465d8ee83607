"""Alerts fire on their day, never before, from process facts only, and the same past night gives the same answer."""

import copy
import inspect
from collections.abc import Iterable
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import date, timedelta
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pathway.casework.alerts import facts as alert_facts
from pathway.casework.alerts.facts import (
    ContactFact,
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
from pathway.casework.alerts.policy import DEFAULT_ALERT_POLICY
from pathway.casework.alerts.rules import evaluate
from pathway.casework.alerts.vocabulary import Level, RuleId
from pathway.casework.followup import rules as followup_rules
from pathway.casework.followup.rules import ExitKind
from pathway.casework.policies import rules as policy_rules
from pathway.casework.relays.rules import RelayState
from pathway.casework.schemes.rules import Intensity

START = date(2026, 11, 20)
DAYS = st.dates(date(2026, 1, 1), date(2026, 12, 31))
STRUCTURES = st.sampled_from(["pae", "plie", "mission"])


def after(days: int) -> date:
    return START + timedelta(days=days)


def open_point(due_on: date = START, *, point_id: str = "p1", owner_id: str | None = "bruno") -> OpenPoint:
    return OpenPoint(point_id=point_id, due_on=due_on, structure_id="pae", owner_id=owner_id)


def support(intensity: Intensity = Intensity.STANDARD, *, structure_id: str = "pae") -> Support:
    return Support(enrolment_id=f"e-{structure_id}", structure_id=structure_id, intensity=intensity, entered_on=START)


def ended(kind: ExitKind = ExitKind.NO_SOLUTION) -> ExitFact:
    return ExitFact(exit_id="x1", kind=kind, event_on=START, structure_id="plie")


BRUNO = ReferentFact(account_id="bruno", structure_id="pae", since_on=START)
NOBODY = PersonFacts(record_id="r1", follow_from=START, referent=BRUNO)
SUPPORTED = replace(NOBODY, supports=(support(),))
LEFT = replace(NOBODY, last_exit=ended())


def fired(facts: PersonFacts, days: int) -> list[Finding]:
    return list(evaluate(facts, on=after(days), policy=DEFAULT_ALERT_POLICY))


def only(facts: PersonFacts, days: int) -> Finding:
    (finding,) = fired(facts, days)
    return finding


IDS = st.uuids().map(str)
_POINTS = st.builds(
    OpenPoint, point_id=IDS, due_on=DAYS, structure_id=STRUCTURES, owner_id=st.none() | st.just("bruno")
)
_SUPPORTS = st.builds(
    Support,
    enrolment_id=IDS,
    structure_id=STRUCTURES,
    intensity=st.sampled_from(Intensity),
    entered_on=DAYS,
    ends_on=st.none() | DAYS,
)
_EXITS = st.builds(
    ExitFact,
    exit_id=st.just("x"),
    kind=st.sampled_from(ExitKind),
    event_on=DAYS,
    structure_id=STRUCTURES,
    ends_on=st.none() | DAYS,
)
_RELAYS = st.builds(
    RelayFact,
    relay_id=IDS,
    from_structure_id=STRUCTURES,
    to_structure_id=st.none() | STRUCTURES,
    state=st.sampled_from(RelayState),
    since_on=DAYS,
    next_on=st.none() | DAYS,
    was_held=st.booleans(),
)
_EARLY = st.builds(
    EarlyExit,
    exit_id=IDS,
    structure_id=STRUCTURES,
    entered_on=DAYS,
    event_on=DAYS,
    planned_end_on=st.none() | DAYS,
    is_stopped_by_her=st.booleans(),
)
_REFERENTS = st.builds(
    ReferentFact,
    account_id=st.just("bruno"),
    structure_id=STRUCTURES,
    since_on=DAYS,
    works=st.booleans(),
    away_from_on=st.none() | DAYS,
    away_until_on=st.none() | DAYS,
)
_SHARING = st.one_of(
    st.builds(SharingFact, cause_id=IDS, structure_id=STRUCTURES, ends_on=DAYS),
    st.builds(SharingFact, cause_id=IDS, structure_id=STRUCTURES, stopped_on=DAYS),
)


def several(one: st.SearchStrategy[Any], most: int = 3) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(one, max_size=most).map(tuple)


def persons() -> st.SearchStrategy[PersonFacts]:
    return st.builds(
        PersonFacts,
        record_id=st.just("r"),
        points=several(_POINTS),
        supports=several(_SUPPORTS),
        last_contact=st.none() | st.builds(ContactFact, contact_id=st.just("c"), on=DAYS),
        last_exit=st.none() | _EXITS,
        next_planned_on=st.none() | DAYS,
        is_paused=st.booleans(),
        is_exempt=st.booleans(),
        follow_from=DAYS,
        missed=several(st.builds(MissedAppointment, appointment_id=IDS, on=DAYS, structure_id=STRUCTURES)),
        relays=several(_RELAYS),
        early_exits=several(_EARLY),
        referent=st.none() | _REFERENTS,
        sharing=several(_SHARING),
        heard_on=several(st.tuples(STRUCTURES, DAYS)),
    )


@given(persons(), DAYS)
def test_the_same_facts_give_the_same_findings_and_stay_as_they_were(facts: PersonFacts, on: date) -> None:
    before = copy.deepcopy(facts)
    first = evaluate(facts, on=on, policy=DEFAULT_ALERT_POLICY)
    assert evaluate(facts, on=on, policy=DEFAULT_ALERT_POLICY) == first
    assert facts == before


@given(persons(), DAYS)
def test_the_order_in_which_facts_are_read_changes_nothing(facts: PersonFacts, on: date) -> None:
    several = ("points", "supports", "missed", "relays", "early_exits", "sharing", "heard_on")
    turned = replace(facts, **{name: getattr(facts, name)[::-1] for name in several})
    assert evaluate(turned, on=on, policy=DEFAULT_ALERT_POLICY) == evaluate(facts, on=on, policy=DEFAULT_ALERT_POLICY)


@given(persons(), DAYS)
def test_a_rule_fires_at_most_once_and_never_before_its_day(facts: PersonFacts, on: date) -> None:
    found = evaluate(facts, on=on, policy=DEFAULT_ALERT_POLICY)
    assert len({(finding.rule, finding.own_to) for finding in found}) == len(found)
    assert all(finding.due_from <= on for finding in found)


@given(persons(), DAYS)
def test_a_finding_keeps_only_ids_and_iso_dates(facts: PersonFacts, on: date) -> None:
    for finding in evaluate(facts, on=on, policy=DEFAULT_ALERT_POLICY):
        for name, value in finding.facts.items():
            assert name.endswith(("_id", "_on"))
            assert name.endswith("_id") or date.fromisoformat(value).isoformat() == value


def test_nobody_followed_never_fires() -> None:
    assert [fired(NOBODY, days) for days in (0, 100, 1000)] == [[], [], []]


def test_a_point_alerts_when_7_days_overdue_and_names_the_responsable_at_14() -> None:
    facts = replace(NOBODY, points=(open_point(),))
    assert fired(facts, 6) == []
    assert [only(facts, days).parameters["responsable"] for days in (7, 13, 14)] == [False, False, True]


def test_the_most_overdue_point_speaks_for_all() -> None:
    facts = replace(NOBODY, points=(open_point(after(2)), open_point(point_id="p9", owner_id=None)))
    assert only(facts, 9) == Finding(
        rule=RuleId.R02,
        version="2",
        policy_version="2026-1",
        level=Level.HIGH,
        structure_id="pae",
        parameters={"threshold_days": 7, "responsable_days": 14, "responsable": False},
        facts={"point_id": "p9", "due_on": "2026-11-20"},
        due_from=after(7),
    )


def test_an_overdue_point_alerts_even_during_a_pause_or_an_exemption() -> None:
    facts = replace(NOBODY, points=(open_point(),), is_paused=True, is_exempt=True)
    assert only(facts, 7).facts["owner_id"] == "bruno"


@pytest.mark.parametrize(
    ("intensity", "bearable"),
    [(Intensity.INTENSIVE, 14), (Intensity.STANDARD, 30), (Intensity.LIGHT, 60), (Intensity.IN_WORK, 91)],
)
def test_a_silence_alerts_beyond_what_the_support_bears(intensity: Intensity, bearable: int) -> None:
    facts = replace(NOBODY, supports=(support(intensity),))
    assert fired(facts, bearable) == []
    assert only(facts, bearable + 1).rule is RuleId.R03


def test_a_silence_is_medium_then_high_at_90_days() -> None:
    assert [only(SUPPORTED, days).level for days in (31, 89, 90)] == [Level.MEDIUM, Level.MEDIUM, Level.HIGH]


def test_the_most_demanding_support_decides_and_holds_the_alert() -> None:
    both = (support(Intensity.LIGHT), support(Intensity.INTENSIVE, structure_id="mission"))
    finding = only(replace(NOBODY, supports=both), 15)
    assert finding.structure_id == "mission"
    assert finding.facts == {"since_on": "2026-11-20", "enrolment_id": "e-mission"}
    assert finding.parameters == {"threshold_days": 14, "hard_days": 90}


def test_a_contact_starts_the_count_again() -> None:
    facts = replace(SUPPORTED, last_contact=ContactFact(contact_id="c1", on=after(10)))
    assert fired(facts, 40) == []
    assert only(facts, 41).facts == {"since_on": "2026-11-30", "enrolment_id": "e-pae", "contact_id": "c1"}


def test_a_contact_of_an_earlier_follow_up_is_not_a_silence_since_then() -> None:
    facts = replace(SUPPORTED, last_contact=ContactFact(contact_id="c0", on=after(-400)))
    assert fired(facts, 30) == []
    assert "contact_id" not in only(facts, 31).facts


@pytest.mark.parametrize(
    ("last_exit", "bearable"),
    [(None, 90), (ended(), 90), (ended(ExitKind.SHORT_JOB), 90), (ended(ExitKind.DURABLE_JOB), 91)],
)
def test_after_an_exit_the_hard_limit_holds_while_points_are_open(last_exit: ExitFact | None, bearable: int) -> None:
    facts = replace(NOBODY, points=(open_point(after(300)),), last_exit=last_exit, next_planned_on=after(300))
    assert fired(facts, bearable) == []
    finding = only(facts, bearable + 1)
    assert (finding.rule, finding.level) == (RuleId.R03, Level.HIGH)
    assert finding.facts == {"since_on": "2026-11-20", "point_id": "p1"}


@pytest.mark.parametrize("quiet", [{"is_paused": True}, {"is_exempt": True}])
@pytest.mark.parametrize("facts", [SUPPORTED, LEFT])
def test_a_pause_or_an_exemption_silences_contact_and_gap(facts: PersonFacts, quiet: dict[str, bool]) -> None:
    assert fired(facts, 500)
    hushed = replace(facts, is_paused=quiet.get("is_paused", False), is_exempt=quiet.get("is_exempt", False))
    assert fired(hushed, 500) == []


def test_a_gap_alerts_beyond_28_days() -> None:
    assert fired(LEFT, 28) == []
    finding = only(LEFT, 29)
    assert (finding.rule, finding.level) == (RuleId.R07, Level.HIGH)
    assert finding.facts == {"exit_id": "x1", "ended_on": "2026-11-20"}
    assert finding.parameters == {"threshold_days": 28}


def test_a_gap_is_told_to_whoever_follows_her_and_not_to_a_structure_that_may_have_closed() -> None:
    point = open_point(after(60))
    still_there = replace(LEFT, points=(point, replace(point, point_id="p2", structure_id="plie")))
    assert only(still_there, 29).structure_id == "plie"
    assert only(replace(LEFT, points=(replace(point, structure_id="ccas"),)), 29).structure_id == "ccas"
    assert only(LEFT, 29).structure_id == "pae"
    assert only(replace(LEFT, referent=replace(BRUNO, works=False)), 29).structure_id == "plie"


@pytest.mark.parametrize("kind", ExitKind)
def test_there_is_no_gap_after_durable_work_nor_after_the_end_of_the_follow_up(kind: ExitKind) -> None:
    facts = replace(NOBODY, last_exit=ended(kind))
    assert bool(fired(facts, 29)) is (kind not in (ExitKind.DURABLE_JOB, ExitKind.CLOSED))


def test_a_support_that_goes_on_leaves_no_gap() -> None:
    assert fired(replace(LEFT, supports=(support(),)), 30) == []


def test_a_planned_step_fills_the_gap_until_it_fails_to_begin() -> None:
    facts = replace(LEFT, next_planned_on=after(40))
    assert fired(facts, 40) == []
    assert only(facts, 41).facts == {"exit_id": "x1", "ended_on": "2026-11-20", "planned_on": "2026-12-30"}


def test_other_thresholds_change_the_day() -> None:
    strict = replace(DEFAULT_ALERT_POLICY, version="2027-1", gap_days=7)
    (finding,) = evaluate(LEFT, on=after(8), policy=strict)
    assert (finding.policy_version, finding.parameters) == ("2027-1", {"threshold_days": 7})


# What says who a person is or what she lives: none of it may weigh in a follow-up or an alert.
FORBIDDEN = {
    *("age", "birth", "born", "sex", "gender", "sexe", "genre", "name", "family", "children", "marital", "religion"),
    *("nationality", "nationalite", "origin", "address", "adresse", "commune", "postcode", "city", "district", "qpv"),
    *("benefit", "benefits", "allowance", "rsa", "aah", "health", "sante", "disability", "handicap", "rqth"),
    *("justice", "prison", "probation"),
}


def forbidden_fields(kinds: Iterable[type]) -> list[str]:
    named = [(kind.__name__, one.name) for kind in kinds if is_dataclass(kind) for one in fields(kind)]
    return [f"{kind}.{name}" for kind, name in named if FORBIDDEN & set(name.lower().split("_"))]


@pytest.mark.parametrize("module", [alert_facts, followup_rules, policy_rules])
def test_no_rule_knows_who_a_person_is(module: ModuleType) -> None:
    kinds = [kind for _, kind in inspect.getmembers(module, inspect.isclass)]
    assert any(is_dataclass(kind) for kind in kinds)
    assert forbidden_fields(kinds) == []


def test_a_rule_that_asked_for_an_age_would_be_noticed() -> None:
    @dataclass
    class Planted:
        age_band: str

    assert forbidden_fields([Planted]) == ["Planted.age_band"]
