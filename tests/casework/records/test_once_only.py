"""Promises of the once-only rules, tried on any past: nothing is lost, nothing unseen counts, totals add up."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from pathway.casework.records.catalogue import item
from pathway.casework.records.facts import Claim, Fact, claims_of, put_back, seen_facts
from pathway.casework.records.rules import (
    Answer,
    Gesture,
    Provenance,
    ReuseState,
    apply_answers,
    merge_import,
    meter,
    reuse,
    same_value,
)
from tests.casework.records.test_rules import DAY, EVERY, VALUES, claimed, files, merged, need, source, sources

Past = list[tuple[dict[str, object], Provenance]]

ALL = need(*VALUES)
keys = st.sampled_from(sorted(VALUES))
gestures = st.dictionaries(keys, st.sampled_from(["confirmed", "changed", "refused", "left_empty"]))


def answered(facts: dict[str, Fact], chosen: dict[str, str]) -> list[Answer]:
    """Those gestures where they make sense."""
    return [
        Answer(key=key, value=VALUES[key][-1] if word == "changed" else None, gesture=Gesture(word))
        for key, word in chosen.items()
        if word != "confirmed" or key in facts
    ]


def words(facts: Iterable[Fact]) -> list[tuple[str, object]]:
    return [(fact.key, claim.value) for fact in facts for claim in claims_of(fact)]


def held(before: list[tuple[str, object]], after: list[tuple[str, object]]) -> bool:
    """Whether every answer of `before` is still said in `after`: a list may have grown."""
    return all(any(key == other and _holds(key, value, now) for other, now in after) for key, value in before)


def _holds(key: str, value: object, now: object) -> bool:
    if isinstance(value, list) and isinstance(now, list):
        return set(value) <= set(now)
    return same_value(item(key), value, now)


@given(files, gestures)
def test_nothing_said_disappears_from_facts_rivals_and_history(past: Past, chosen: dict[str, str]) -> None:
    facts = merged(past)
    changes = apply_answers(facts, answered(facts, chosen), provenance=source())
    assert held(words(facts.values()), words([*changes.current.values(), *changes.superseded]))


@given(files, gestures, claimed, sources)
def test_a_file_changes_no_standing_answer(
    past: Past,
    chosen: dict[str, str],
    said: dict[str, object],
    by: Provenance,
) -> None:
    facts = merged(past)
    changes = apply_answers(facts, answered(facts, chosen), provenance=source())
    after = merge_import(changes.current, said, provenance=by, lost=changes.superseded)
    for key, fact in changes.current.items():
        kept = after.current[key]
        assert (kept.value, kept.provenance, kept.settled_on) == (fact.value, fact.provenance, fact.settled_on)
        assert kept.rivals[: len(fact.rivals)] == fact.rivals
    assert after.superseded == () and set(after.current) == set(changes.current) | set(said)


@given(files, st.frozensets(keys), st.sampled_from(["", "pae", "mlo"]), st.dates(DAY, date(2028, 1, 1)))
def test_what_is_unseen_never_counts(past: Past, hidden: frozenset[str], only_by: str, on: date) -> None:
    facts = merged(past)
    shown = seen_facts(facts, hidden=hidden, only_by=only_by)
    less = {key: fact for key, fact in facts.items() if key not in hidden}
    if only_by:
        mine = {
            key: [one for one in claims_of(fact) if one.provenance.structure_id == only_by]
            for key, fact in less.items()
        }
        less = {
            key: Fact(key=key, value=those[0].value, provenance=those[0].provenance, rivals=tuple(those[1:]))
            for key, those in mine.items()
            if those
        }
    alone = seen_facts(less, hidden=frozenset(), only_by=only_by)
    assert reuse(ALL, shown, visible_sections=EVERY, on=on) == reuse(ALL, alone, visible_sections=EVERY, on=on)


@given(files, st.frozensets(keys), gestures)
def test_the_totals_of_the_meter_add_up(past: Past, refused: frozenset[str], chosen: dict[str, str]) -> None:
    facts = merged(past)
    proposals = reuse(ALL, facts, visible_sections=EVERY, on=DAY, refused=refused)
    counts = meter(proposals, answered({one.item.key: one.fact for one in proposals if one.fact}, chosen))
    states = {one.item.key: one.state for one in proposals}
    silent = [
        key
        for key, state in states.items()
        if chosen.get(key) in ("refused", "left_empty")
        or (key not in chosen and state is not ReuseState.FRESH)
        or (chosen.get(key) == "confirmed" and state in (ReuseState.MISSING, ReuseState.REFUSED))
    ]
    assert counts.reused + counts.asked + len(silent) == counts.needed == len(ALL)
    assert counts.asked_again <= counts.asked and counts.confirmed <= counts.reused + counts.asked


@given(files, keys, st.sampled_from(["pae", "mlo", "ccas"]))
@settings(max_examples=60)
def test_a_structure_that_reads_its_own_words_writes_over_nobody_elses(past: Past, key: str, by: str) -> None:
    whole = merged(past).get(key)
    seen = seen_facts({key: whole}, hidden=frozenset(), only_by=by).get(key) if whole else None
    now = Fact(key=key, value=VALUES[key][0], provenance=replace(source(by), on=DAY))
    after = put_back(whole, seen, now)
    others = [one for one in claims_of(whole) if one.provenance.structure_id != by] if whole else []
    assert all(one in claims_of(after) for one in others)
    mine = seen_facts({key: after}, hidden=frozenset(), only_by=by)[key]
    assert Claim(value=mine.value, provenance=mine.provenance) in claims_of(now)
