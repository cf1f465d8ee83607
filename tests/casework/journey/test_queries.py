from datetime import date, timedelta

from pathway.casework.enrolments.actions import cancel_exit
from pathway.casework.followup.rules import ContactResult
from pathway.casework.journey.queries import Journey, journey_of
from pathway.casework.journey.rules import Moment, MomentKind
from pathway.demo.town import Town
from pathway.kernel.clock import FixedClock
from pathway.store.actor import Actor
from pathway.store.transaction import Transaction
from tests.casework.enrolments.steps import call, enter, leave, share
from tests.town import welcome

TODAY = date(2026, 11, 20)


def told(town: Town, record_id: str, by: str = "bruno") -> Journey:
    with town.acting(by, write=False) as tx:
        return journey_of(tx, record_id)


def kinds(journey: Journey) -> list[tuple[MomentKind, date]]:
    return [(moment.kind, moment.on) for moment in journey.moments]


def walked(town: Town, clock: FixedClock) -> str:
    """A pathway: a support left after ten days, a call, forty days of nothing; gives the record."""
    amina = welcome(town)
    step = enter(town, amina, on=TODAY - timedelta(days=10)).enrolment_id
    leave(town, step)
    clock.move(timedelta(days=40))
    call(town, amina, on=TODAY + timedelta(days=1))
    return amina


def test_a_pathway_is_told_newest_first_with_its_gap(town: Town, clock: FixedClock) -> None:
    journey = told(town, walked(town, clock))
    assert kinds(journey) == [
        (MomentKind.GAP, TODAY + timedelta(days=1)),
        (MomentKind.CONTACT, TODAY + timedelta(days=1)),
        (MomentKind.EXIT, TODAY),
        (MomentKind.ENTRY, TODAY - timedelta(days=10)),
    ]
    assert journey.moments[0].days == 40


def test_what_comes_next_is_the_first_open_point_with_the_name_of_who_answers(town: Town, clock: FixedClock) -> None:
    journey = told(town, walked(town, clock))
    assert journey.next_point is not None and journey.next_point.due_on == date(2026, 12, 18)
    assert journey.people[town.accounts["bruno"]] == "Bruno Lemaire"
    assert journey.names[journey.next_point.structure_id] == "Point Accueil Emploi Centre"
    assert journey.open_steps == []


def test_a_step_under_way_leaves_no_gap(town: Town) -> None:
    amina = welcome(town)
    enter(town, amina, on=TODAY - timedelta(days=200))
    journey = told(town, amina)
    assert [moment.kind for moment in journey.moments] == [MomentKind.ENTRY]
    assert [step.scheme_id for step in journey.open_steps] == [town.schemes["pae"]]
    assert journey.schemes[town.schemes["pae"]].name == "Accompagnement Point Accueil Emploi"
    assert journey.next_point is None


def test_a_cancelled_exit_is_no_part_of_the_story(town: Town) -> None:
    amina = welcome(town)
    step = enter(town, amina).enrolment_id
    leave(town, step)
    with town.acting("bruno") as tx:
        cancel_exit(tx, enrolment_id=step)
    journey = told(town, amina)
    assert (kinds(journey), journey.points) == ([(MomentKind.ENTRY, TODAY)], ())


def test_the_person_and_the_staff_read_the_same_story_but_for_the_calls_that_missed_her(
    town: Town, clock: FixedClock
) -> None:
    amina = walked(town, clock)
    call(town, amina, result=ContactResult.NO_ANSWER, next_on=clock.now().date() + timedelta(days=3))
    herself = Actor(role="jobseeker", account_id="j" * 26, record_id=amina)
    with Transaction(town.store, actor=herself, clock=town.clock, door="web", write=False) as tx:
        hers = journey_of(tx, amina)
    theirs = told(town, amina)
    missed = [moment for moment in theirs.moments if moment not in hers.moments]
    assert [moment.kind for moment in missed] == [MomentKind.CONTACT]
    assert hers.points == theirs.points and hers.steps == theirs.steps


def test_a_stranger_reads_an_empty_story_as_for_nobody(town: Town, clock: FixedClock) -> None:
    amina = walked(town, clock)
    for asked in (amina, "z" * 26):
        journey = told(town, asked, "chloe")
        assert (journey.moments, journey.steps, journey.points, journey.people) == ((), {}, (), {})


def test_a_partner_reads_it_as_long_as_the_grant_holds(town: Town, clock: FixedClock) -> None:
    amina = walked(town, clock)
    until = clock.now() + timedelta(days=1)
    share(town, amina, "mission-locale", sections={"identity", "pathway", "followup"}, until_at=until)
    moments: tuple[Moment, ...] = told(town, amina, "elise").moments
    assert len(moments) == 4
    clock.move(timedelta(days=1))
    assert told(town, amina, "elise").moments == ()
