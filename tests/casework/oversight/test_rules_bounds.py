"""What one line of her log holds, and the exact last day of each answer and review."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from pathway.casework.oversight.rules import Line, answer_due, lines_of, review_due, second_answer_due


def entry(seq: int, at: datetime, *acts: dict[str, Any], **changed: str) -> dict[str, Any]:
    by = {"actor": "paul", "role": "counsellor", "structure": "mission"}
    return {"seq": seq, "at": at.isoformat(), "acts": list(acts), **by, **changed}


def act(do: str, *sections: str, on: str = "card") -> dict[str, Any]:
    return {"do": do, "on": ["another", on], "sections": list(sections)}


def lines(*entries: dict[str, Any]) -> tuple[Line, ...]:
    return lines_of(entries, cards=["card", "old-card"], accounts=["amina"])


MORNING = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
NOON = datetime(2026, 11, 20, 11, 0, tzinfo=UTC)


def test_what_somebody_read_again_on_one_day_is_one_line_that_says_it_all() -> None:
    found = lines(
        entry(9, NOON, act("read_record", "contact"), act("read_record", "situation", on="old-card")),
        entry(4, MORNING, act("read_record", "health")),
    )
    assert found == (
        Line(
            day=date(2026, 11, 20),
            account_id="paul",
            role="counsellor",
            structure_id="mission",
            action="read_record",
            is_own=False,
            sections=frozenset({"contact", "situation", "health"}),
            instants=(NOON, MORNING),
            seqs=(9, 4),
        ),
    )
    assert found[0].seq == 9


def test_an_act_on_others_alone_and_its_sections_are_not_hers() -> None:
    found = lines(entry(2, NOON, act("read_record", "health", on="a-third"), act("read_record", "contact")))
    assert [line.sections for line in found] == [frozenset({"contact"})]
    assert lines(entry(2, NOON, act("read_record", "health", on="a-third"))) == ()


@pytest.mark.parametrize(
    "other",
    [
        entry(1, MORNING, act("read_record"), actor="lea"),
        entry(1, MORNING, act("read_record"), role="supervisor"),
        entry(1, MORNING, act("read_record"), structure="plie"),
        entry(1, MORNING, act("search")),
        entry(1, datetime(2026, 11, 19, 22, 59, tzinfo=UTC), act("read_record")),  # 23:59 in Paris, the day before
    ],
    ids=["account", "role", "structure", "act", "day"],
)
def test_another_account_role_structure_act_or_day_is_another_line(other: dict[str, Any]) -> None:
    assert [line.seqs for line in lines(entry(2, NOON, act("read_record")), other)] == [(2,), (1,)]


def test_the_day_of_a_line_is_that_of_paris() -> None:
    midnight = datetime(2026, 11, 19, 23, 0, tzinfo=UTC)
    assert [line.seqs for line in lines(entry(2, NOON, act("search")), entry(1, midnight, act("search")))] == [(2, 1)]


@pytest.mark.parametrize(
    ("actor", "role", "is_own"),
    [
        ("amina", "jobseeker", True),
        ("amina", "counsellor", True),
        ("", "nobody", True),
        ("lea", "jobseeker", False),
        ("", "system", False),
    ],
)
def test_hers_is_what_her_accounts_did_or_somebody_not_signed_in(actor: str, role: str, *, is_own: bool) -> None:
    assert [line.is_own for line in lines(entry(1, NOON, act("search"), actor=actor, role=role))] == [is_own]


@pytest.mark.parametrize(
    ("asked", "due"),
    [
        (date(2026, 11, 20), date(2026, 12, 20)),
        (date(2026, 12, 20), date(2027, 1, 19)),  # 30 days come before a month of 31
        (date(2027, 2, 10), date(2027, 3, 10)),  # a month of 28 days comes before 30
    ],
)
def test_a_first_answer_comes_within_thirty_days_or_a_shorter_month(asked: date, due: date) -> None:
    assert answer_due(asked) == due


def test_a_second_answer_and_a_review_have_a_last_day() -> None:
    assert second_answer_due(date(2026, 11, 20)) == date(2026, 12, 5)
    assert review_due(date(2026, 11, 20)) == date(2026, 11, 27)
    assert review_due(date(2026, 12, 21)) == date(2026, 12, 29)  # the 25th is a holiday
