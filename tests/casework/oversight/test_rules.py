from datetime import UTC, date, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from pathway.casework.oversight.rules import answer_due, lines_of, review_due, second_answer_due
from pathway.casework.oversight.vocabulary import said_parts
from pathway.casework.records.vocabulary import Section
from pathway.kernel.calendar import add_months, is_working_day, working_days_between

DAYS = st.dates(min_value=date(2024, 1, 1), max_value=date(2040, 12, 31))
ACTS = st.fixed_dictionaries(
    {
        "do": st.sampled_from(["read_record", "search", "choose_referent", "set_referent"]),
        "on": st.lists(st.sampled_from(["mine", "mine-too", "hers"]), max_size=3),
        "sections": st.lists(st.sampled_from(["contact", "situation"]), max_size=2),
    }
)
START = datetime(2026, 11, 20, 9, tzinfo=UTC)


def entry(seq: int, acts: list[dict[str, Any]], actor: str = "a", role: str = "counsellor") -> dict[str, Any]:
    at = (START - timedelta(hours=7 * seq)).isoformat()
    return {"seq": 1000 - seq, "at": at, "actor": actor, "role": role, "structure": "s", "acts": acts}


@given(DAYS)
def test_an_answer_comes_within_thirty_days_and_never_after_one_month(day: date) -> None:
    due = answer_due(day)
    assert day < due <= min(day + timedelta(days=30), add_months(day, 1))
    assert (due - day).days >= 28


@given(DAYS)
def test_a_second_answer_comes_within_fifteen_days(day: date) -> None:
    assert (second_answer_due(day) - day).days == 15


@given(DAYS)
def test_a_review_has_five_working_days(day: date) -> None:
    due = review_due(day)
    assert is_working_day(due) and working_days_between(day, due) == 5


@given(st.lists(st.tuples(st.lists(ACTS, max_size=4), st.sampled_from("ab")), max_size=12))
def test_every_entry_about_her_is_in_a_line_and_no_other(found: list[tuple[list[dict[str, Any]], str]]) -> None:
    entries = [entry(number, acts, actor) for number, (acts, actor) in enumerate(found)]
    lines = lines_of(entries, cards=["mine", "mine-too"], accounts=["b"])
    about = {one["seq"] for one in entries if any({"mine", "mine-too"} & set(act["on"]) for act in one["acts"])}
    assert {seq for line in lines for seq in line.seqs} == about
    assert all(line.is_own == (line.account_id == "b") for line in lines)
    assert [line.day for line in lines] == sorted((line.day for line in lines), reverse=True)
    assert all(len(line.seqs) == len(set(line.seqs)) == len(line.instants) for line in lines)


def test_two_acts_of_one_gesture_are_one_line() -> None:
    acts = [{"do": act, "on": ["mine"], "sections": []} for act in ("set_referent", "choose_referent")]
    assert [line.action for line in lines_of([entry(1, acts)], cards=["mine"], accounts=[])] == ["set_referent"]


def test_whoever_was_not_signed_in_held_her_code_or_password() -> None:
    acts = [{"do": "sign_in", "on": ["mine"], "sections": []}]
    assert lines_of([entry(1, acts, "", "nobody")], cards=["mine"], accounts=[])[0].is_own


def test_another_jobseeker_who_tries_is_not_herself() -> None:
    acts = [{"do": "refused", "on": ["mine"], "sections": []}]
    assert not lines_of([entry(1, acts, "other", "jobseeker")], cards=["mine"], accounts=["me"])[0].is_own


def test_parts_are_said_in_plain_words() -> None:
    every = {section.value for section in Section}
    assert said_parts(["contact", "situation"]) == "vos coordonnées et votre situation"
    assert said_parts(every) == "tout votre dossier, avec la partie santé"
    assert said_parts(every - {"health"}) == "tout votre dossier, sauf la partie santé"
    assert said_parts(["pathway"]) == said_parts([]) == "votre nom et votre date de naissance"
