from datetime import timedelta

import pytest
from sqlalchemy import func, select

from pathway.casework.usage.actions import charge, charge_rows, check_volume, forget_old_usage, record_reached
from pathway.casework.usage.queries import open_volumes, readings, room_for_rows, were_opened_today
from pathway.casework.usage.rules import Budgets, CheckReason, Level, Meter, QuotaReached, Scope
from pathway.casework.usage.tables import UsageCount, UsageSeen, VolumeNotice
from pathway.demo.town import Town
from pathway.kernel.clock import FixedClock
from pathway.kernel.errors import Invalid, NotFound, Refused
from pathway.kernel.ids import new_id
from pathway.store.columns import table_of
from pathway.store.transaction import Transaction
from tests.casework.enrolments.steps import rows
from tests.hostile.test_at_once import at_once

SMALL = Budgets(searches_hour=10, records_hour=10, records_day=20, rows_day=100, structure_times=2)


def opens(town: Town, *records: str, by: str = "bruno", action: str = "read_record") -> None:
    with town.acting(by) as tx:
        for record in records:
            tx.journal(action, records=[record])
        charge(tx, budgets=SMALL)


def used(town: Town, meter: Meter, by: str = "bruno", scope: Scope = Scope.ACCOUNT) -> int:
    with town.acting(by, write=False) as tx:
        return next((one.count for one in readings(tx, SMALL) if (one.meter, one.scope) == (meter, scope)), 0)


def stopped(town: Town, by: str = "bruno", scope: Scope = Scope.ACCOUNT, meter: Meter = Meter.RECORDS_DAY) -> None:
    with town.acting(by) as tx:
        now = [one for one in readings(tx, SMALL) if (one.meter, one.scope) == (meter, scope)]
        record_reached(tx, now[0])


def test_a_record_seen_twice_in_a_day_is_counted_once(town: Town, clock: FixedClock) -> None:
    record = new_id()
    for _ in range(3):
        opens(town, record)
        clock.move(timedelta(hours=2))
    assert used(town, Meter.RECORDS_DAY) == 1 == used(town, Meter.RECORDS_DAY, scope=Scope.STRUCTURE)
    clock.move(timedelta(days=1))
    assert used(town, Meter.RECORDS_DAY) == 0
    opens(town, record)
    assert used(town, Meter.RECORDS_DAY) == 1


def test_colleagues_on_the_same_record_cost_their_structure_one(town: Town) -> None:
    record = new_id()
    opens(town, record)
    opens(town, record, new_id(), by="fatou")
    assert used(town, Meter.RECORDS_DAY, scope=Scope.STRUCTURE) == 2
    assert used(town, Meter.RECORDS_DAY, by="chloe", scope=Scope.STRUCTURE) == 0


def test_what_is_rolled_back_is_not_counted(town: Town) -> None:
    with pytest.raises(RuntimeError), town.acting("bruno") as tx:
        tx.journal("read_record", records=[new_id()])
        charge(tx, budgets=SMALL)
        raise RuntimeError
    assert used(town, Meter.RECORDS_DAY) == 0


def test_requests_at_the_same_instant_are_all_counted(town: Town) -> None:
    same = new_id()
    assert at_once(6, lambda _: opens(town, new_id(), same)) == ["done"] * 6
    assert used(town, Meter.RECORDS_DAY) == 7 == used(town, Meter.RECORDS_HOUR)
    assert used(town, Meter.RECORDS_DAY, scope=Scope.STRUCTURE) == 7


def test_the_page_that_led_to_a_record_is_free_for_the_day(town: Town, clock: FixedClock) -> None:
    record, step, other = new_id(), new_id(), new_id()
    with town.acting("bruno") as tx:
        tx.journal("read_record", records=[record])
        charge(tx, references=[step], budgets=SMALL)
    with town.acting("bruno", write=False) as tx:
        assert were_opened_today(tx, [record]) and were_opened_today(tx, [step, record])
        assert not were_opened_today(tx, [other]) and not were_opened_today(tx, [record, other])
    clock.move(timedelta(days=1))
    with town.acting("bruno", write=False) as tx:
        assert not were_opened_today(tx, [record])


def test_at_eighty_percent_the_responsable_alone_is_told_once(town: Town) -> None:
    for _ in range(9):
        opens(town, new_id())
    with town.acting("denis", write=False) as tx:
        told = [(one.meter, one.account_id, one.count, one.level) for one in open_volumes(tx)]
    assert told == [(Meter.RECORDS_HOUR, town.accounts["bruno"], 9, Level.WARNED)]
    for other in ("sylvie", "yvan"):
        with town.acting(other, write=False) as tx:
            assert open_volumes(tx) == []


def test_one_letter_a_day_leaves_for_each_responsable_and_says_nothing_in_clear(town: Town, clock: FixedClock) -> None:
    for _ in range(12):
        opens(town, new_id())
        clock.move(timedelta(minutes=30))
    stopped(town)
    letters = rows(town.store, "letter")
    assert [letter["kind"] for letter in letters] == ["quota_warning"]
    assert "bruno" not in str(letters) and town.accounts["bruno"] not in str(letters)


def test_a_budget_reached_after_the_check_comes_back(town: Town) -> None:
    opens(town, *[new_id() for _ in range(9)])
    with town.acting("denis") as tx:
        check_volume(tx, notice_id=open_volumes(tx)[0].id, reason=CheckReason.KNOWN_WORK)
    opens(town, new_id())
    stopped(town, meter=Meter.RECORDS_HOUR)
    stopped(town, meter=Meter.RECORDS_HOUR)
    with town.acting("denis", write=False) as tx:
        assert [(one.level, one.count) for one in open_volumes(tx)] == [(Level.REACHED, 10)]


def test_nobody_settles_her_own_volume_nor_another_structures(town: Town) -> None:
    opens(town, *[new_id() for _ in range(9)], by="denis")
    with town.acting("denis", write=False) as tx:
        own = open_volumes(tx)[0].id
    for by, why in (("denis", Refused), ("sylvie", NotFound)):
        with pytest.raises(why), town.acting(by) as tx:
            check_volume(tx, notice_id=own, reason=CheckReason.KNOWN_WORK)
    with pytest.raises(Invalid), town.acting("denis") as tx:
        check_volume(tx, notice_id=own, reason=None)
    assert rows(town.store, "letter") == []


def test_rows_leave_while_there_is_room_then_none(town: Town) -> None:
    with town.acting("bruno") as tx:
        assert room_for_rows(tx, SMALL) == 100
        charge_rows(tx, 60, budgets=SMALL)
        tx.journal("export")
    with pytest.raises(QuotaReached) as refused, town.acting("bruno") as tx:
        charge_rows(tx, 41, budgets=SMALL)
    assert (refused.value.reading.count, refused.value.reading.scope) == (101, Scope.ACCOUNT)
    with town.acting("bruno", write=False) as tx:
        assert room_for_rows(tx, SMALL) == 40
    with town.acting("fatou", write=False) as tx:
        assert room_for_rows(tx, SMALL) == 100
    with pytest.raises(Invalid), town.acting("bruno") as tx:
        charge_rows(tx, -1000, budgets=SMALL)


def test_rows_of_a_structure_run_out_for_all_its_accounts(town: Town) -> None:
    for by in ("bruno", "fatou"):
        with town.acting(by) as tx:
            charge_rows(tx, 100, budgets=SMALL)
            tx.journal("export")
    with pytest.raises(QuotaReached) as refused, town.acting("denis") as tx:
        charge_rows(tx, 1, budgets=SMALL)
    assert refused.value.reading.scope is Scope.STRUCTURE


def test_the_night_forgets_after_eight_days_and_not_before(town: Town, clock: FixedClock) -> None:
    opens(town, *[new_id() for _ in range(9)])
    kept: list[tuple[int, ...]] = []
    for days in (7, 2, 90):
        clock.move(timedelta(days=days))
        with town.acting("denis") as tx:
            forget_old_usage(tx)
            tx.journal("night")
            kept.append(tuple(_size(tx, one) for one in (UsageCount, UsageSeen, VolumeNotice)))
    assert kept == [(4, 18, 1), (0, 0, 1), (0, 0, 0)]


def _size(tx: Transaction, model: type[UsageCount] | type[UsageSeen] | type[VolumeNotice]) -> int:
    size: int = tx.execute(select(func.count()).select_from(table_of(model))).scalar_one()
    return size


def test_marks_of_what_was_seen_name_no_record(town: Town) -> None:
    record = new_id()
    opens(town, record)
    assert record not in str(rows(town.store, "usage_seen") + rows(town.store, "usage_count"))
