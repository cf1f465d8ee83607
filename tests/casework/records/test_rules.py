from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pathway.casework.records.catalogue import CATALOGUE, Section, item
from pathway.casework.records.facts import BY_HERSELF
from pathway.casework.records.rules import (
    Answer,
    Claim,
    Fact,
    Gesture,
    Meter,
    Provenance,
    Requirement,
    ReuseState,
    Way,
    apply_answers,
    fact_from_json,
    fact_to_json,
    is_fresh,
    merge_import,
    meter,
    meter_sentence,
    reuse,
    same_value,
)
from pathway.kernel.errors import Invalid

DAY = date(2026, 11, 21)
EVERY = frozenset(section.value for section in Section)
VALUES: dict[str, list[object]] = {
    "city": ["Rennes", "RENNES", "Angers", "Saint-Malo", "saint malo"],
    "phones": [["+33601020304"], ["+33601020304", "+33601020305"], ["+33601020306"]],
    "rqth": [True, False],
    "situation": ["seeking_job", "iae_job"],
    "children": [0, 2],
    "birth_place": ["Rennes", "Alger"],
}


def source(structure: str = "pae", *, on: date = DAY, way: Way = Way.SAID) -> Provenance:
    return Provenance(structure_id=structure, role="counsellor", on=on, way=way, by="bruno")


def fact(key: str, value: object, *rivals: Claim, on: date = DAY, way: Way = Way.SAID) -> Fact:
    return Fact(key=key, value=value, provenance=source(on=on, way=way), rivals=rivals)


sources = st.builds(
    source, st.sampled_from(["pae", "mlo"]), on=st.dates(date(2024, 1, 1), DAY), way=st.sampled_from(Way)
)
claimed = st.fixed_dictionaries({}, optional={key: st.sampled_from(values) for key, values in VALUES.items()})
files = st.lists(st.tuples(claimed, sources), max_size=5)


def merged(given_files: list[tuple[dict[str, object], Provenance]]) -> dict[str, Fact]:
    facts: dict[str, Fact] = {}
    for claims, provenance in given_files:
        facts = merge_import(facts, claims, provenance=provenance).current
    return facts


def need(*keys: str) -> list[Requirement]:
    return [Requirement(key=key, is_required=True, why="Pour l’entrée.") for key in keys]


@given(files)
def test_a_fact_comes_back_from_its_json(given_files: list[tuple[dict[str, object], Provenance]]) -> None:
    for key, kept in merged(given_files).items():
        assert fact_from_json(key, fact_to_json(kept)) == kept


@given(files, claimed, sources)
def test_the_same_file_twice_changes_nothing(
    before: list[tuple[dict[str, object], Provenance]], claims: dict[str, object], provenance: Provenance
) -> None:
    once = merge_import(merged(before), claims, provenance=provenance).current
    assert merge_import(once, claims, provenance=provenance).current == once
    later = replace(provenance, on=provenance.on + timedelta(days=1))
    if all(kept.provenance.way not in BY_HERSELF for kept in once.values()):
        assert merge_import(once, claims, provenance=later).current == once


@given(files)
def test_a_file_never_overwrites_and_a_structure_says_a_thing_once(
    given_files: list[tuple[dict[str, object], Provenance]],
) -> None:
    first: dict[str, object] = {}
    for claims, _ in given_files:
        first = {**claims, **first}
    for key, kept in merged(given_files).items():
        assert kept.value == first[key]
        said = [(rival.provenance.structure_id, str(rival.value)) for rival in kept.rivals]
        assert len(set(said)) == len(said)


@given(files, st.frozensets(st.sampled_from(sorted(EVERY))), st.dates(DAY, DAY + timedelta(days=800)))
def test_a_hidden_section_is_as_if_never_said(
    given_files: list[tuple[dict[str, object], Provenance]], seen: frozenset[str], on: date
) -> None:
    facts = merged(given_files)
    open_only = {key: kept for key, kept in facts.items() if item(key).section in seen}
    wanted = need(*CATALOGUE)
    proposals = reuse(wanted, facts, visible_sections=seen, on=on)
    assert proposals == reuse(wanted, open_only, visible_sections=EVERY, on=on)
    assert all(proposal.fact is None for proposal in proposals if proposal.item.section not in seen)


@pytest.mark.parametrize(("age", "state"), [(0, "fresh"), (180, "fresh"), (181, "stale")])
def test_an_answer_holds_as_long_as_the_dictionary_says(age: int, state: str) -> None:
    facts = {"phones": fact("phones", ["+33601020304"], on=DAY - timedelta(days=age))}
    (proposal,) = reuse(need("phones"), facts, visible_sections=EVERY, on=DAY)
    assert proposal.state == state


def test_confirming_makes_an_old_answer_fresh_again() -> None:
    old = fact("phones", ["+33601020304"], on=DAY - timedelta(days=400))
    answers = [Answer(key="phones", gesture=Gesture.CONFIRMED)]
    changes = apply_answers({"phones": old}, answers, provenance=source("mlo"))
    assert not is_fresh(old, on=DAY)
    assert is_fresh(changes.current["phones"], on=DAY)
    assert changes.current["phones"].provenance == replace(old.provenance, confirmed_on=DAY)
    assert changes.superseded == ()


def test_a_birth_place_never_ages() -> None:
    assert is_fresh(fact("birth_place", "Alger", on=date(1990, 1, 1)), on=DAY)


def test_a_changed_answer_sends_the_old_one_to_history() -> None:
    old = fact("city", "Rennes", on=date(2025, 1, 1))
    answers = [Answer(key="city", value="Angers", gesture=Gesture.CHANGED)]
    changes = apply_answers({"city": old}, answers, provenance=source())
    assert changes.current["city"] == fact("city", "Angers")
    assert changes.superseded == (old,)


def test_a_spelling_put_right_is_kept_and_the_old_one_goes_to_history() -> None:
    answers = [Answer(key="city", value="Saint-Malo", gesture=Gesture.CHANGED)]
    changes = apply_answers({"city": fact("city", "saint malo")}, answers, provenance=source())
    assert changes.current["city"].value == "Saint-Malo"
    assert [one.value for one in changes.superseded] == ["saint malo"]


def test_the_answer_chosen_settles_a_conflict_and_keeps_its_origin() -> None:
    rival = Claim(value="Angers", provenance=source("mlo", on=date(2026, 1, 1)))
    facts = {"city": fact("city", "Rennes", rival)}
    answers = [Answer(key="city", value="Angers", gesture=Gesture.CHANGED)]
    changes = apply_answers(facts, answers, provenance=source())
    kept = changes.current["city"]
    assert (kept.value, kept.rivals) == ("Angers", ())
    assert kept.provenance == replace(rival.provenance, confirmed_on=DAY)
    assert changes.superseded == (replace(fact("city", "Rennes"), settled_on=DAY),)


def test_confirming_in_a_conflict_sends_the_rivals_to_history() -> None:
    rival = Claim(value="Angers", provenance=source("mlo"))
    answers = [Answer(key="city", gesture=Gesture.CONFIRMED)]
    changes = apply_answers({"city": fact("city", "Rennes", rival)}, answers, provenance=source())
    assert changes.current["city"].rivals == ()
    assert [one.value for one in changes.superseded] == ["Angers"]


def test_what_she_corrects_herself_wins_over_everybody_while_it_holds() -> None:
    facts = {"city": fact("city", "Rennes", Claim(value="Angers", provenance=source("mlo")))}
    answers = [Answer(key="city", value="Brest", gesture=Gesture.CHANGED)]
    hers = source("pae", way=Way.CORRECTED)
    mended = apply_answers(facts, answers, provenance=hers).current
    assert mended["city"] == Fact(key="city", value="Brest", provenance=hers)
    soon = merge_import(mended, {"city": "Angers"}, provenance=source("mlo", on=DAY + timedelta(days=90)))
    assert soon.current == mended
    late = merge_import(mended, {"city": "Angers"}, provenance=source("mlo", on=DAY + timedelta(days=91)))
    assert [rival.value for rival in late.current["city"].rivals] == ["Angers"]


@pytest.mark.parametrize("gesture", [Gesture.REFUSED, Gesture.LEFT_EMPTY])
def test_refusing_or_leaving_empty_changes_nothing(gesture: Gesture) -> None:
    facts = {"city": fact("city", "Rennes")}
    changes = apply_answers(facts, [Answer(key="city", gesture=gesture)], provenance=source())
    assert (changes.current, changes.superseded) == (facts, ())


@pytest.mark.parametrize(
    "answer",
    [
        Answer(key="city", gesture=Gesture.CONFIRMED),
        Answer(key="city", gesture=Gesture.ANSWERED),
        Answer(key="postcode", value="3500", gesture=Gesture.ANSWERED),
    ],
)
def test_an_answer_that_is_none_is_refused_with_its_key(answer: Answer) -> None:
    with pytest.raises(Invalid) as refusal:
        apply_answers({}, [answer], provenance=source())
    assert refusal.value.field == answer.key


def test_declining_reuse_asks_anew_without_showing_the_answer() -> None:
    facts = {"city": fact("city", "Rennes")}
    (proposal,) = reuse(need("city"), facts, visible_sections=EVERY, on=DAY, refused={"city"})
    assert (proposal.state, proposal.fact) == (ReuseState.REFUSED, None)


def test_the_meter_counts_what_was_taken_over_and_what_was_asked() -> None:
    old = DAY - timedelta(days=900)
    facts = {
        "city": fact("city", "Rennes"),
        "birth_place": fact("birth_place", "Alger"),
        "children": fact("children", 2, on=old),
        "phones": fact("phones", ["+33601020304"], on=old),
        "rqth": fact("rqth", True, Claim(value=False, provenance=source("mlo"))),
    }
    wanted = need("city", "birth_place", "children", "phones", "rqth", "email", "housing")
    proposals = reuse(wanted, facts, visible_sections=EVERY, on=DAY)
    gestures = {"birth_place": "confirmed", "children": "confirmed", "phones": "changed", "rqth": "changed"}
    gestures |= {"email": "answered", "housing": "left_empty"}
    answers = [Answer(key=key, gesture=Gesture(gesture)) for key, gesture in gestures.items()]
    assert meter(proposals, answers) == Meter(needed=7, reused=2, confirmed=2, asked=4, asked_again=1, refused=0)


@pytest.mark.parametrize(
    ("reused", "asked", "said"),
    [
        (14, 3, "14 réponses reprises, 3 questions posées"),
        (1, 0, "1 réponse reprise, 0 question posée"),
        (0, 1, "0 réponse reprise, 1 question posée"),
    ],
)
def test_the_meter_speaks_french(reused: int, asked: int, said: str) -> None:
    counts = Meter(needed=reused + asked, reused=reused, confirmed=0, asked=asked, asked_again=0, refused=0)
    assert meter_sentence(counts) == said


def test_texts_agree_whatever_their_case_but_choices_must_be_equal() -> None:
    assert same_value(item("city"), "SAINT-MALO", "Saint Malo")
    assert same_value(item("phones"), ["+33601020304", "+33601020305"], ["+33601020305", "+33601020304"])
    assert not same_value(item("rqth"), True, False)
