from datetime import date, timedelta

import pytest

from pathway.casework.retention.actions import hold_ours, keep_mine, lift_ours
from pathway.casework.retention.kept_lists import (
    OpenKind,
    closing_soon,
    own_holds,
    require_holdable,
    told_here,
)
from pathway.demo.town import Town
from pathway.kernel.calendar import add_months
from pathway.kernel.clock import FixedClock, local_day
from pathway.kernel.errors import Invalid, NotFound, Refused
from tests.casework.agreements.deciding import stop
from tests.casework.enrolments.steps import call, enter, leave, share
from tests.casework.lifecycle.test_expiring import archived, closed, night
from tests.town import herself, welcome
from tests.web.counsellor.scenes import ZOE


def soon(town: Town, who: str = "denis") -> tuple[list[str], dict[str, list[OpenKind]]]:
    """Whom that one reads as archived soon or still open, and what is open."""
    with town.acting(who, write=False) as tx:
        due, kept_open = closing_soon(tx)
        return [one.record_id for one in due], {name: [one.kind for one in some] for name, some in kept_open.items()}


def told(town: Town, who: str = "denis") -> list[tuple[str, date]]:
    with town.acting(who, write=False) as tx:
        return [(one.record_id, one.on) for one in told_here(tx)]


def warned(town: Town, clock: FixedClock) -> tuple[str, date]:
    """Amina, told today that her record goes; gives her record and that day."""
    amina, day = archived(town, clock)
    last = add_months(day, 24)
    assert night(town, clock, on=last - timedelta(days=30)) == {"told": 1}
    return amina, last


def test_a_record_is_announced_three_months_before_and_gone_after_a_call(town: Town, clock: FixedClock) -> None:
    amina, made = welcome(town), local_day(clock.now())
    clock.move(timedelta(days=(add_months(made, 24) - made).days - 91))
    assert soon(town) == ([], {})
    clock.move(timedelta(days=1))
    assert soon(town) == ([amina], {}) and soon(town, "yvan") == ([], {})
    call(town, amina)
    assert soon(town) == ([], {})


def test_what_is_open_is_named_and_only_to_its_structure(town: Town, clock: FixedClock) -> None:
    amina, zoe = welcome(town), welcome(town, identity=ZOE)
    leave(town, enter(town, amina).enrolment_id)
    share(town, zoe, "passerelle", sections=["*"])
    enter(town, zoe, by="chloe", scheme="atelier")
    clock.move(timedelta(days=800))
    found, kept_open = soon(town)
    assert found == [amina] and set(kept_open[amina]) == {OpenKind.POINT}
    assert soon(town, "chloe") == ([zoe], {zoe: [OpenKind.STEP]})
    closed(town, amina)
    assert soon(town) == ([amina], {})


def test_an_erasure_is_told_to_whom_supported_her_until_the_archive(town: Town, clock: FixedClock) -> None:
    amina, last = warned(town, clock)
    assert told(town) == [(amina, last)] and told(town, "yvan") == []


def test_somebody_who_stopped_the_sharing_is_not_told_of(town: Town, clock: FixedClock) -> None:
    amina, _ = warned(town, clock)
    stop(town, amina, "")
    assert told(town) == []


def test_somebody_told_can_still_be_held_and_is_not_erased(town: Town, clock: FixedClock) -> None:
    amina, last = warned(town, clock)
    with town.acting("denis") as tx:
        hold_ours(tx, record_id=amina, until_on=last + timedelta(days=100), reason="Recours au tribunal")
    assert night(town, clock, on=last) == {}
    with town.acting("denis", write=False) as tx:
        (held,) = own_holds(tx)
        assert (held.record_id, held.reason) == (amina, "Recours au tribunal")
    with town.acting("denis") as tx:
        lift_ours(tx, held.id)
    assert night(town, clock, on=last + timedelta(days=1)) == {"erased": 1}


def test_only_a_structure_that_supports_her_may_hold_her(town: Town, clock: FixedClock) -> None:
    amina = welcome(town)
    until = local_day(clock.now()) + timedelta(days=30)
    with town.acting("denis", write=False) as tx:
        require_holdable(tx, amina)
    for who in ("yvan", "root"):
        with pytest.raises(NotFound), town.acting(who) as tx:
            hold_ours(tx, record_id=amina, until_on=until, reason="Recours")
    with town.acting("denis", write=False) as tx, pytest.raises(NotFound):
        require_holdable(tx, "a" * 26)


def test_a_structure_ends_its_own_holds_only_and_once(town: Town, clock: FixedClock) -> None:
    amina = welcome(town)
    until = local_day(clock.now()) + timedelta(days=30)
    with town.acting("denis") as tx:
        hold_id = hold_ours(tx, record_id=amina, until_on=until, reason="Recours")
    with pytest.raises(NotFound), town.acting("yvan") as tx:
        lift_ours(tx, hold_id)
    with town.acting("yvan", write=False) as tx:
        assert own_holds(tx) == []
    with town.acting("denis") as tx:
        lift_ours(tx, hold_id)
    with pytest.raises(Refused), town.acting("denis") as tx:
        lift_ours(tx, hold_id)
    with pytest.raises(Invalid), town.acting("denis") as tx:
        hold_ours(tx, record_id=amina, until_on=until, reason="  ")


def test_a_hold_is_no_longer_listed_after_its_last_day(town: Town, clock: FixedClock) -> None:
    amina = welcome(town)
    with town.acting("denis") as tx:
        hold_ours(tx, record_id=amina, until_on=tx.today + timedelta(days=5), reason="Recours")
    for days, number in ((5, 1), (1, 0)):
        clock.move(timedelta(days=days))
        with town.acting("denis", write=False) as tx:
            assert len(own_holds(tx)) == number


def test_she_who_is_back_is_no_longer_told_of(town: Town, clock: FixedClock) -> None:
    amina, _ = warned(town, clock)
    with herself(town, amina) as tx:
        keep_mine(tx)
    assert told(town) == []
