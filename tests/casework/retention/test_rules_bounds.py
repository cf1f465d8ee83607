"""The first and last day of each delay, and the words of each refusal: a day too early would erase somebody."""

from datetime import date, timedelta

import pytest

from pathway.casework.alerts.notices import Notice
from pathway.casework.alerts.vocabulary import NoticeId
from pathway.casework.retention.rules import (
    Delays,
    Kept,
    Step,
    archive_blocked,
    check_hold,
    erase_on,
    is_silent,
    next_step,
    unrecoverable_on,
)
from pathway.kernel.errors import Invalid

TODAY = date(2026, 11, 20)
DAY = timedelta(days=1)
LAW = Delays()
SILENT = date(2024, 11, 20)
ARCHIVED = Kept(last_on=date(2022, 11, 19), archived_on=date(2024, 11, 20))
TOLD = Kept(last_on=ARCHIVED.last_on, archived_on=ARCHIVED.archived_on, told_on=date(2026, 10, 21))
FAR = date(2031, 11, 20)


def test_the_law_of_a_new_territory_is_two_years_two_years_and_thirty_days() -> None:
    assert (LAW.active_months, LAW.archive_months, LAW.notice_days) == (24, 24, 30)


def test_silence_lasts_from_the_very_day() -> None:
    assert [is_silent(SILENT, LAW, on=on) for on in (TODAY - DAY, TODAY)] == [False, True]


@pytest.mark.parametrize(
    ("last_on", "is_busy", "back"),
    [(date(2024, 11, 19), False, False), (date(2024, 11, 20), False, True), (date(2024, 11, 19), True, True)],
)
def test_she_is_back_from_the_day_of_the_archive_or_when_something_opens(
    last_on: date, is_busy: bool, back: bool
) -> None:
    assert Kept(last_on=last_on, is_busy=is_busy, archived_on=date(2024, 11, 20)).has_come_back is back
    assert not Kept(last_on=last_on, is_busy=is_busy).has_come_back


def test_a_hold_forbids_through_its_last_day() -> None:
    held = Kept(last_on=SILENT, held_until=TODAY)
    assert [held.is_held(on) for on in (TODAY - DAY, TODAY, TODAY + DAY)] == [True, True, False]
    assert not Kept(last_on=SILENT).is_held(TODAY)


def test_the_notice_is_told_thirty_days_before_and_erasure_waits_for_all_of_it() -> None:
    assert next_step(ARCHIVED, LAW, on=date(2026, 10, 20)) is Step.NONE
    assert next_step(ARCHIVED, LAW, on=date(2026, 10, 21)) is Step.TELL
    assert erase_on(TOLD, LAW) == TODAY
    late = Kept(last_on=ARCHIVED.last_on, archived_on=ARCHIVED.archived_on, told_on=TODAY)
    assert erase_on(late, LAW) == TODAY + timedelta(days=30)
    assert [next_step(TOLD, LAW, on=on) for on in (TODAY - DAY, TODAY)] == [Step.NONE, Step.ERASE]
    assert erase_on(Kept(last_on=SILENT), LAW) is None


def test_a_litigation_holds_an_erasure_that_is_due() -> None:
    held = Kept(last_on=TOLD.last_on, archived_on=TOLD.archived_on, told_on=TOLD.told_on, held_until=TODAY)
    assert [next_step(held, LAW, on=on) for on in (TODAY - DAY, TODAY, TODAY + DAY)] == [
        Step.NONE,
        Step.HELD,
        Step.ERASE,
    ]


def test_what_blocks_an_archive_is_told_with_its_facts() -> None:
    busy = Kept(last_on=SILENT, is_busy=True)
    assert archive_blocked(busy, LAW, point_id="p", due_on=date(2026, 12, 1), on=TODAY) == Notice(
        rule=NoticeId.N15,
        version="2",
        policy_version="",
        parameters={"active_months": 24},
        facts={"met_on": "2024-11-20", "point_id": "p", "due_on": "2026-12-01"},
    )
    assert archive_blocked(busy, LAW, point_id="p", due_on=TODAY, on=TODAY - DAY) is None


def test_nobody_reads_a_copy_once_the_wrapping_key_of_that_day_is_gone() -> None:
    made_on = TODAY - timedelta(days=80)
    assert unrecoverable_on(TODAY, key_made_on=made_on, backup_days=35) == TODAY + timedelta(days=10 + 35)
    assert unrecoverable_on(TODAY, key_made_on=TODAY - timedelta(days=99), backup_days=35) == TODAY + timedelta(days=35)


@pytest.mark.parametrize("until_on", [TODAY + DAY, FAR])
def test_a_hold_ends_from_tomorrow_to_five_years(until_on: date) -> None:
    check_hold(until_on=until_on, reason="Recours", on=TODAY)


@pytest.mark.parametrize(
    ("until_on", "reason", "field", "sentence"),
    [
        (TODAY, "Recours", "until_on", "Donnez une date à venir, dans 5 ans au plus : elle se prolonge si le litige"),
        (FAR + DAY, "Recours", "until_on", "Donnez une date à venir, dans 5 ans au plus"),
        (FAR, " \n", "reason", "Écrivez pourquoi : la raison est scellée, et relue à la fin."),
    ],
)
def test_another_hold_is_refused_at_its_field(until_on: date, reason: str, field: str, sentence: str) -> None:
    with pytest.raises(Invalid) as refused:
        check_hold(until_on=until_on, reason=reason, on=TODAY)
    assert refused.value.field == field and refused.value.sentence.startswith(sentence)
