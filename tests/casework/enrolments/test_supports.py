"""How long a structure goes on seeing the person it supports: never shorter than what it still has to do for her."""

from datetime import timedelta

from pathway.casework.enrolments.actions import cancel_exit, end_finished_supports
from pathway.casework.records.actions import set_referent
from pathway.casework.sharing.queries import is_visible
from pathway.demo.town import Town
from pathway.kernel.clock import FixedClock
from tests.casework.enrolments.steps import enter, leave, share, system
from tests.town import welcome


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


def test_a_referent_named_while_the_support_was_ending_keeps_it(town: Town, clock: FixedClock) -> None:
    amina = welcome(town)
    share(town, amina, "mission-locale", sections={"identity", "contact"}, until_at=clock.now() + timedelta(hours=1))
    leave(town, enter(town, amina, by="elise", scheme="atelier").enrolment_id, by="elise", reason="death")
    ended_supports(town)
    with town.acting("elise") as tx:
        set_referent(tx, record_id=amina, account_id=town.accounts["elise"])
    clock.move(timedelta(days=60))
    assert sees(town, amina, "elise")


def ended_supports(town: Town) -> int:
    with system(town.store, town.clock) as tx:
        return end_finished_supports(tx)


def sees(town: Town, record_id: str, by: str) -> bool:
    with town.acting(by, write=False) as tx:
        return is_visible(tx, record_id)
