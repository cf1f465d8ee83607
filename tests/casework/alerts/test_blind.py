"""What fires depends on what happened, never on who she is: no answer of the dictionary, no word, changes an alert."""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import fields
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pathway.casework import alerts
from pathway.casework.alerts import facts as process
from pathway.casework.alerts.firing import fired
from pathway.casework.alerts.policy import DEFAULT_ALERT_POLICY
from pathway.casework.alerts.reading import facts_of, people_of, seen_now
from pathway.casework.encounters.vocabulary import AppointmentState
from pathway.casework.followup.rules import ContactResult
from pathway.casework.records.actions import edit_section
from pathway.casework.records.catalogue import CATALOGUE, Item, ItemType, Section, items_of
from pathway.casework.records.queries import record_opened
from pathway.casework.records.rules import Identity, Way
from pathway.demo.town import Town
from pathway.kernel.clock import FixedClock
from tests.casework.encounters.scenes import plan, settle
from tests.casework.enrolments.steps import call, enter, leave, system
from tests.casework.relays.scenes import send
from tests.town import FRIDAY, herself, welcome

_WORDS = st.text("abcdefghij éèç'-", min_size=2, max_size=20).map(str.strip).filter(lambda text: len(text) > 1)


def answers(item: Item) -> st.SearchStrategy[Any]:
    """Anything that may be answered to that question."""
    codes = [code for code, _ in item.choices]
    by_type: Mapping[ItemType, st.SearchStrategy[Any]] = {
        ItemType.TEXT: _WORDS,
        ItemType.DATE: st.dates(date(1940, 1, 1), date(2009, 1, 1)),
        ItemType.NUMBER: st.integers(0, item.limit),
        ItemType.PHONES: st.just(["+33698765432"]),
        ItemType.EMAIL: st.just("autre@exemple.fr"),
        ItemType.YES_NO: st.booleans(),
        ItemType.ROME: st.sampled_from([["K1304"], ["N1104"]]),
        ItemType.POSTCODE: st.from_regex(r"[0-9]{5}", fullmatch=True).filter(str.isascii),
    }
    if item.type is ItemType.CHOICES:
        return st.sampled_from(codes).map(lambda code: [code])
    return by_type[item.type] if item.type in by_type else st.sampled_from(codes)


_ANSWERED = st.fixed_dictionaries({}, optional={key: answers(item) for key, item in CATALOGUE.items()})


def said(town: Town, record_id: str, days: int = 0) -> list[tuple[object, ...]]:
    """What fires about her so many days later, without the ids that are her own."""
    with system(town.store, FixedClock(FRIDAY + timedelta(days=days)), write=False) as tx:
        facts = facts_of(tx, people_of(tx, [record_id]), seen_now(tx))
        found = fired(facts, on=tx.today, policy=DEFAULT_ALERT_POLICY)
    return [
        (rule, circle, one.level, one.structure_id, one.parameters, _days(one.facts))
        for (_, rule, circle), one in sorted(found.items())
    ]


def _days(told: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in told.items() if name.endswith("_on")}


def at_risk(town: Town, identity: Identity, words: str = "") -> str:
    """Somebody about whom several rules fire in ninety days, with those words wherever words may be written."""
    assert isinstance(town.clock, FixedClock)
    town.clock.at = FRIDAY
    ref = welcome(town, identity=identity)
    step = enter(town, ref, on=FRIDAY.date() - timedelta(days=10)).enrolment_id
    own: dict[str, Any] = {"plie_goal": words} if words else {}
    enter(town, ref, scheme="plie", on=FRIDAY.date() - timedelta(days=90), **own)
    call(town, ref, note=words)
    missed = [plan(town, ref, days=days, subject=words).ids[0] for days in (3, 4)]
    town.clock.move(timedelta(days=5))
    for one in missed:
        settle(town, one, AppointmentState.MISSED)
    leave(town, step, reason="abandoned")
    again_on = FRIDAY.date() + timedelta(days=11)
    call(town, ref, result=ContactResult.MESSAGE_LEFT, note=words, next_on=again_on)
    send(town, ref, "", message=words)
    return ref


AMINA = Identity(first_name="Amina", last_name="Benkacem", birth_date=date(1991, 4, 22))
LATER = (6, 20, 40, 95)
FIRING = {"R02", "R03", "R04", "R08"}
# All that finds, reads and evaluates; the others are about what people do with an alert.
READERS = {
    "candidates",
    "since",
    "rows",
    "reading",
    "facts",
    "rules",
    "own_rules",
    "findings",
    "firing",
    "policies",
    "policy",
}
OLDER = Identity(first_name="Jean-Paul", last_name="Le Goff", birth_date=date(1958, 1, 1))


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(answered=_ANSWERED)
def test_no_answer_of_the_dictionary_changes_what_fires(sqlite_town: Town, answered: dict[str, Any]) -> None:
    ref = at_risk(sqlite_town, AMINA)
    before = [said(sqlite_town, ref, days) for days in LATER]
    assert {rule for day in before for rule, *_ in day} >= FIRING
    with herself(sqlite_town, ref) as tx:
        for section in Section:
            told = {item.key: answered[item.key] for item in items_of(section) if item.key in answered}
            if told:
                seq = record_opened(tx, ref).seqs.get(section, 0)
                edit_section(tx, record_id=ref, section=section, values=told, seq=seq, way=Way.SAID)
        tx.journal("edit")
    assert [said(sqlite_town, ref, days) for days in LATER] == before


def test_neither_who_she_is_nor_any_word_written_about_her_changes_what_fires(town: Town) -> None:
    plain = at_risk(town, AMINA)
    other = at_risk(town, OLDER, words="Il dit qu’il abandonne : santé, enfants, prison, RSA, quartier.")
    for days in LATER:
        assert said(town, other, days) == said(town, plain, days)
    assert {rule for days in LATER for rule, *_ in said(town, plain, days)} >= FIRING


def test_the_rules_know_what_happened_and_nothing_else() -> None:
    assert {kind.__name__: " ".join(one.name for one in fields(kind)) for kind in _kinds()} == {
        "OpenPoint": "point_id due_on structure_id owner_id",
        "Support": "enrolment_id structure_id intensity entered_on ends_on",
        "ContactFact": "contact_id on",
        "ExitFact": "exit_id kind event_on structure_id ends_on",
        "MissedAppointment": "appointment_id on structure_id",
        "RelayFact": "relay_id from_structure_id to_structure_id state since_on next_on was_held",
        "EarlyExit": "exit_id structure_id entered_on event_on planned_end_on is_stopped_by_her",
        "ReferentFact": "account_id structure_id since_on works away_from_on away_until_on",
        "SharingFact": "cause_id structure_id ends_on stopped_on",
        "PersonFacts": (
            "record_id circle apart is_own_only points supports last_contact last_exit next_planned_on is_paused"
            " is_exempt late_set_aside_on follow_from missed relays early_exits referent sharing heard_on"
        ),
    }


def test_the_night_opens_nothing_sealed_but_why_a_step_ended() -> None:
    code = {path.name: path.read_text() for path in Path(str(alerts.__path__[0])).glob("*.py") if path.stem in READERS}
    assert set(code) == {f"{name}.py" for name in READERS}
    sealed = [(name, line.strip()) for name, text in code.items() for line in text.splitlines() if ".sealing." in line]
    assert [(name, line.count('"scheme_exit"')) for name, line in sealed] == [("reading.py", 1)]
    from_records = {name for text in code.values() for name in _imported(text) if "casework.records" in name}
    assert from_records == {"pathway.casework.records.tables.Referent"}


def _imported(text: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{one.name}" for one in node.names)


def _kinds() -> Iterator[type]:
    return (kind for kind in vars(process).values() if isinstance(kind, type) and kind.__module__ == process.__name__)
