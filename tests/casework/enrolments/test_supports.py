"""How long a structure goes on seeing the person it supports: never shorter than what it still has to do for her."""

from datetime import datetime, timedelta

import pytest

from pathway.casework.agreements.queries import own_new_supports
from pathway.casework.enrolments.actions import cancel_exit, end_finished_supports
from pathway.casework.records.actions import set_referent
from pathway.casework.records.queries import referent_of
from pathway.casework.sharing.queries import is_visible
from pathway.casework.team.actions import end_habilitation
from pathway.demo.town import Town
from pathway.kernel.clock import FixedClock
from pathway.kernel.errors import Refused
from pathway.store.actor import Actor
from pathway.store.transaction import Transaction
from tests.casework.agreements.deciding import hide, seen
from tests.casework.cards.counter import presented, shown, stop_all
from tests.casework.enrolments.steps import enter, leave, share, system
from tests.casework.resets.letters import proved, told
from tests.casework.team.scenes import member_of
from tests.town import herself, welcome
from tests.web.jobseeker.lives import at_home


def test_a_finished_support_ends_after_thirty_days_but_never_with_a_point_a_step_or_the_referent(
    town: Town, clock: FixedClock
) -> None:
    amina = welcome(town)
    leave(town, enter(town, amina).enrolment_id, reason="death")  # Bruno stays her référent
    share(town, amina, "mission-locale", sections={"identity", "contact"}, until_at=clock.now() + timedelta(hours=1))
    step = enter(town, amina, by="elise", scheme="atelier").enrolment_id
    clock.move(timedelta(days=1))
    assert ended_supports(town) == 0
    leave(town, step, by="elise", reason="death")
    assert ended_supports(town) == 1
    clock.move(timedelta(days=29))
    assert sees(town, amina, "elise") and sees(town, amina, "bruno")
    clock.move(timedelta(days=2))
    assert not sees(town, amina, "elise") and sees(town, amina, "bruno")


def test_cancelling_an_exit_keeps_the_structure_that_follows_her_again(town: Town, clock: FixedClock) -> None:
    amina = welcome(town)
    share(town, amina, "mission-locale", sections={"identity", "contact"}, until_at=clock.now() + timedelta(hours=1))
    step = enter(town, amina, by="elise", scheme="atelier").enrolment_id
    leave(town, step, by="elise", reason="death")
    ended_supports(town)
    with town.acting("elise") as tx:
        cancel_exit(tx, enrolment_id=step)
    clock.move(timedelta(days=60))
    assert sees(town, amina, "elise")


def test_a_structure_whose_support_is_over_takes_no_referent_from_another(town: Town, clock: FixedClock) -> None:
    amina = finished_at_the_mission(town, clock)
    with pytest.raises(Refused, match="trente jours de lecture"), town.acting("elise") as tx:
        set_referent(tx, record_id=amina, account_id=town.accounts["elise"])
    assert referent(town, amina) == town.accounts["bruno"]
    clock.move(timedelta(days=60))
    assert not sees(town, amina, "elise")


def test_nobody_stays_without_referent_because_the_only_structure_left_was_ending(
    town: Town, clock: FixedClock
) -> None:
    amina = finished_at_the_mission(town, clock)
    member, bruno = member_of(town, "bruno"), town.accounts["bruno"]
    operator = Actor(role="operator", structure_id=town.structures["pae-centre"])
    with Transaction(town.store, actor=operator, clock=clock, door="cli") as tx:
        end_habilitation(tx, member.membership_id, last_on=None)
    clock.move(timedelta(days=1))
    with town.acting("elise") as tx:
        set_referent(tx, record_id=amina, account_id=town.accounts["elise"])
    assert referent(town, amina) == town.accounts["elise"] != bruno
    clock.move(timedelta(days=60))
    assert sees(town, amina, "elise")


def test_a_structure_that_supports_her_takes_over_as_before(town: Town) -> None:
    amina = welcome(town)
    share(town, amina, "mission-locale", sections={"identity", "contact"})
    enter(town, amina, by="elise", scheme="cej")
    with town.acting("elise") as tx:
        set_referent(tx, record_id=amina, account_id=town.accounts["elise"])
    assert referent(town, amina) == town.accounts["elise"]


def test_a_visit_that_becomes_a_support_is_told_to_her_by_letter_and_on_her_page(town: Town, clock: FixedClock) -> None:
    amina = at_home_with_address(town)
    clock.move(timedelta(days=1))
    presented(town, shown(town, amina))
    assert told(town, "new_support") == []
    enter(town, amina, by="elise", scheme="atelier")
    assert told(town, "new_support") == ["amina@exemple.fr"]
    assert begun(town, amina) == {town.structures["mission-locale"]: clock.now()}
    enter(town, amina, by="elise", scheme="cej")
    assert len(told(town, "new_support")) == 1
    clock.move(timedelta(days=31))
    assert begun(town, amina) == {}


def test_the_structure_that_made_her_card_is_no_news_nor_one_she_stopped_since(town: Town, clock: FixedClock) -> None:
    amina = at_home_with_address(town)
    enter(town, amina)
    assert begun(town, amina) == {} and told(town, "new_support") == []
    share(town, amina, "mission-locale", sections={"identity", "contact"})
    enter(town, amina, by="elise", scheme="cej")
    assert list(begun(town, amina)) == [town.structures["mission-locale"]]
    stop_all(town, amina, "mission-locale")
    assert begun(town, amina) == {}


def test_a_support_that_begins_again_after_its_end_is_told_again(town: Town, clock: FixedClock) -> None:
    amina = at_home_with_address(town)
    share(town, amina, "mission-locale", sections={"identity", "contact"}, until_at=clock.now() + timedelta(hours=1))
    leave(town, enter(town, amina, by="elise", scheme="atelier").enrolment_id, by="elise", reason="follow_up_refused")
    ended_supports(town)
    clock.move(timedelta(days=2))
    enter(town, amina, by="elise", scheme="cej")
    assert len(told(town, "new_support")) == 2
    assert begun(town, amina) == {town.structures["mission-locale"]: clock.now()}


def test_entering_from_a_visit_overrides_neither_a_hidden_part_nor_a_stop(town: Town) -> None:
    amina = welcome(town)
    presented(town, shown(town, amina))
    hide(town, amina, "mission-locale", "situation")
    enter(town, amina, by="elise", scheme="atelier")
    access = seen(town, amina, "elise")
    assert access and access.is_lasting_support and not access.opens("situation") and not access.opens("health")
    stop_all(town, amina, "mission-locale")
    access = seen(town, amina, "elise")
    assert access and access.is_own_only


def finished_at_the_mission(town: Town, clock: FixedClock) -> str:
    """Amina, followed by Bruno; the mission locale has nothing left to do for her, and thirty days to read."""
    amina = welcome(town)
    share(town, amina, "mission-locale", sections={"identity", "contact"}, until_at=clock.now() + timedelta(hours=1))
    leave(town, enter(town, amina, by="elise", scheme="atelier").enrolment_id, by="elise", reason="death")
    ended_supports(town)
    return amina


def at_home_with_address(town: Town) -> str:
    amina = welcome(town)
    at_home(town, amina)
    proved(town, amina)
    return amina


def referent(town: Town, record_id: str) -> str:
    with system(town.store, town.clock, write=False) as tx:
        found = referent_of(tx, record_id)
        return found.account_id if found else ""


def begun(town: Town, record_id: str) -> dict[str, datetime]:
    with herself(town, record_id, write=False) as tx:
        return {one.structure_id: one.since for one in own_new_supports(tx)}


def ended_supports(town: Town) -> int:
    with system(town.store, town.clock) as tx:
        return end_finished_supports(tx)


def sees(town: Town, record_id: str, by: str) -> bool:
    with town.acting(by, write=False) as tx:
        return is_visible(tx, record_id)
