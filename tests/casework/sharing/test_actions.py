from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pathway.casework.records.actions import SUPPORT_SECTIONS
from pathway.casework.records.queries import people, record_opened
from pathway.casework.sharing.actions import end_grants, open_support
from pathway.casework.sharing.permissions import HOLDERS, Permission, may, require
from pathway.casework.sharing.queries import is_visible, structures_that_see, supporting_structure, visible_sections
from pathway.casework.sharing.rules import Cause, is_live, pack_sections, unpack_sections
from pathway.demo.town import Town
from pathway.kernel.clock import FixedClock
from pathway.kernel.errors import NotAllowed, NotFound
from pathway.store.actor import Actor
from pathway.store.transaction import Transaction
from tests.casework.enrolments.steps import rows, share, system
from tests.town import FRIDAY, welcome

INSTANTS = st.timedeltas(timedelta(days=-300), timedelta(days=300)).map(lambda step: FRIDAY + step)


def seen(town: Town, record_id: str, by: str) -> frozenset[str]:
    with town.acting(by, write=False) as tx:
        return visible_sections(tx, record_id) if is_visible(tx, record_id) else frozenset()


def ended(town: Town, record_id: str, until_at: datetime) -> None:
    with system(town.store, town.clock) as tx:
        desk = town.structures["pae-centre"]
        end_grants(tx, record_id=record_id, structure_id=desk, cause=Cause.SUPPORT, until_at=until_at)
        tx.journal("end")


def supported(town: Town, record_id: str) -> None:
    with town.acting("bruno") as tx:
        desk = town.structures["pae-centre"]
        open_support(tx, record_id=record_id, structure_id=desk, cause_id="", sections=SUPPORT_SECTIONS)
        tx.journal("support")


def test_creating_a_person_opens_the_support_of_the_structure_and_of_no_other(town: Town) -> None:
    amina = welcome(town)
    assert seen(town, amina, "bruno") == seen(town, amina, "denis") == SUPPORT_SECTIONS
    assert seen(town, amina, "chloe") == seen(town, amina, "elise") == seen(town, amina, "ines") == frozenset()


def test_supporting_somebody_never_opens_her_health(town: Town) -> None:
    amina = welcome(town)
    assert "health" not in seen(town, amina, "bruno")
    with town.acting("bruno") as tx:
        assert "health" not in record_opened(tx, amina).sections


def test_a_record_without_grant_answers_like_one_that_does_not_exist(town: Town) -> None:
    amina = welcome(town)
    with town.acting("chloe", write=False) as tx:
        refusals = [refusal_of(lambda: visible_sections(tx, amina)), refusal_of(lambda: visible_sections(tx, "z" * 26))]
        assert refusals[0] == refusals[1]
        assert people(tx, only_mine=False, page=1, per_page=50) == ([], 0)


def refusal_of(ask: Callable[[], object]) -> tuple[str, str]:
    with pytest.raises(NotFound) as refused:
        ask()
    return refused.value.code, refused.value.sentence


def test_a_grant_opens_only_its_sections(town: Town) -> None:
    amina = welcome(town)
    share(town, amina, "mission-locale", sections={"identity", "contact"})
    with town.acting("elise") as tx:
        record = record_opened(tx, amina)
    assert record.sections == {"identity", "contact"}
    assert "situation" not in record.facts and "phones" in record.facts


def test_two_grants_add_up(town: Town) -> None:
    amina = welcome(town)
    share(town, amina, "mission-locale", sections={"identity"})
    share(town, amina, "mission-locale", sections={"contact"})
    assert seen(town, amina, "elise") == {"identity", "contact"}


def test_a_grant_not_begun_opens_nothing(town: Town, clock: FixedClock) -> None:
    amina = welcome(town)
    clock.move(timedelta(days=1))
    share(town, amina, "mission-locale", sections={"identity"})
    clock.move(timedelta(days=-1, microseconds=-1))
    assert seen(town, amina, "elise") == frozenset()


def test_an_ended_grant_opens_nothing_from_that_very_instant(town: Town, clock: FixedClock) -> None:
    amina = welcome(town)
    share(town, amina, "mission-locale", sections={"identity"}, until_at=FRIDAY + timedelta(hours=1))
    clock.move(timedelta(minutes=59))
    assert seen(town, amina, "elise") == {"identity"}
    clock.move(timedelta(minutes=1))
    assert seen(town, amina, "elise") == frozenset()


def test_the_end_of_a_grant_is_never_put_off(town: Town, clock: FixedClock) -> None:
    amina = welcome(town)
    ended(town, amina, FRIDAY + timedelta(days=1))
    ended(town, amina, FRIDAY + timedelta(days=90))
    clock.move(timedelta(days=2))
    assert seen(town, amina, "bruno") == frozenset()


def test_support_is_opened_once(town: Town) -> None:
    amina = welcome(town)
    supported(town, amina)
    assert len(rows(town.store, "access_grant")) == 1


def test_a_return_during_the_last_thirty_days_of_reading_opens_the_support_again(town: Town, clock: FixedClock) -> None:
    amina = welcome(town)
    ended(town, amina, FRIDAY + timedelta(days=30))
    supported(town, amina)
    clock.move(timedelta(days=31))
    assert seen(town, amina, "bruno") == SUPPORT_SECTIONS


def test_the_person_sees_everything_of_hers_and_nothing_of_others(town: Town) -> None:
    amina, other = welcome(town), welcome(town)
    herself = Actor(role="jobseeker", account_id="j" * 26, record_id=amina)
    with Transaction(town.store, actor=herself, clock=town.clock, door="web", write=False) as tx:
        assert visible_sections(tx, amina) == {"*"}
        assert not is_visible(tx, other)
        assert "health" in record_opened(tx, amina).sections


def test_she_is_told_who_may_open_her_record_and_why(town: Town, clock: FixedClock) -> None:
    amina = welcome(town)
    clock.move(timedelta(hours=1))
    share(town, amina, "mission-locale", sections={"identity"})
    share(town, amina, "ccas", sections={"identity"}, until_at=FRIDAY + timedelta(hours=2))
    clock.move(timedelta(hours=1))
    with system(town.store, town.clock, write=False) as tx:
        readers = structures_that_see(tx, amina)
    assert [(one.name, one.cause) for one in readers] == [
        ("Point Accueil Emploi Centre", Cause.SUPPORT),
        ("Mission locale du Bassin", Cause.AGREEMENT),
    ]


def test_an_agreement_is_no_support(town: Town) -> None:
    amina = welcome(town)
    share(town, amina, "mission-locale", sections={"identity"})
    with system(town.store, town.clock, write=False) as tx:
        assert supporting_structure(tx, amina, town.structures["pae-centre"])
        assert not supporting_structure(tx, amina, town.structures["mission-locale"])


@given(from_at=INSTANTS, until_at=st.none() | INSTANTS, now=INSTANTS)
def test_a_grant_holds_from_its_beginning_to_just_before_its_end(
    from_at: datetime, until_at: datetime | None, now: datetime
) -> None:
    lived = [from_at <= now, until_at is None or now < until_at]
    assert is_live(from_at=from_at, until_at=until_at, now=now) == all(lived)


@given(st.frozensets(st.sampled_from(sorted(SUPPORT_SECTIONS))))
def test_sections_are_unpacked_as_they_were_packed(sections: frozenset[str]) -> None:
    assert unpack_sections(pack_sections(sections)) == sections


@pytest.mark.parametrize("permission", list(Permission))
def test_a_permission_is_held_by_its_roles_only(permission: Permission) -> None:
    for role in ("counsellor", "supervisor", "reviewer", "coordinator", "operator", "jobseeker", "nobody", "system"):
        held = role in {one.value for one in HOLDERS[permission]}
        assert may(role, permission) == held
        if not held:
            with pytest.raises(NotAllowed):
                require(role, permission)


def test_only_the_queue_of_alerts_is_lent_and_to_a_counsellor_only() -> None:
    lent = {one for one in Permission if may("counsellor", one, replaces=True) and not may("counsellor", one)}
    assert lent == {Permission.ALERTS_READ, Permission.ALERTS_ACT}
    for role in ("reviewer", "coordinator", "operator", "jobseeker", "nobody", "system"):
        assert not any(may(role, one, replaces=True) and not may(role, one) for one in Permission)
