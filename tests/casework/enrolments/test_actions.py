from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pathway.casework.enrolments.actions import cancel_exit, exit_owner, preview_exit, record_entry
from pathway.casework.enrolments.queries import meter_of, step_seen, steps
from pathway.casework.enrolments.rules import CancelReason
from pathway.casework.followup.rules import ExitKind
from pathway.casework.records.actions import edit_section
from pathway.casework.records.catalogue import CATALOGUE
from pathway.casework.records.queries import record_opened
from pathway.casework.records.rules import Answer, Gesture, Requirement, Section, Way, meter_sentence, reuse
from pathway.casework.schemes.exit_reasons import REASONS, ExitReason, exit_reason
from pathway.casework.sharing.rules import PARTS
from pathway.demo.town import Town
from pathway.kernel.clock import FixedClock
from pathway.kernel.errors import Conflict, Invalid, NotFound, Refused
from pathway.store.actor import Actor
from pathway.store.transaction import Transaction
from tests.casework.enrolments.steps import SAID, enter, leave, orphans, points, rows, share
from tests.casework.partners.test_actions import leave_post
from tests.town import welcome

TODAY = date(2026, 11, 20)
EVERYTHING = frozenset(section.value for section in Section)


def review_of(reason: ExitReason) -> date | None:
    return TODAY + timedelta(days=30) if reason.kind is ExitKind.PAUSED else None


def nothing_left(town: Town) -> bool:
    return not any(rows(town.store, table) for table in ("scheme_exit", "plan", "point", "point_change"))


def test_an_entry_reuses_what_is_known_and_says_how_much(town: Town) -> None:
    amina = welcome(town)
    first = enter(town, amina)
    again = enter(town, amina, scheme="plie")
    assert meter_sentence(first.meter) == "4 réponses reprises, 2 questions posées"
    assert (again.meter.reused, again.meter.asked) == (6, 0)
    with town.acting("bruno", write=False) as tx:
        assert meter_of(tx, first.enrolment_id) == first.meter
        assert record_opened(tx, amina).facts["education_level"].provenance.way is Way.SAID


def test_a_missing_required_answer_names_its_item_and_nothing_is_written(town: Town) -> None:
    amina = welcome(town)
    with pytest.raises(Invalid) as refusal, town.acting("bruno") as tx:
        record_entry(tx, record_id=amina, scheme_id=town.schemes["pae"], entered_on=TODAY, answers=[])
    assert refusal.value.field == "education_level"
    assert rows(town.store, "enrolment") == rows(town.store, "entry_meter") == []


def test_a_person_may_decline_to_answer(town: Town) -> None:
    amina = welcome(town)
    answers = [Answer(key=key, gesture=Gesture.REFUSED) for key in ("education_level", "rome_jobs")]
    with town.acting("bruno") as tx:
        entered = record_entry(tx, record_id=amina, scheme_id=town.schemes["pae"], entered_on=TODAY, answers=answers)
    assert entered.meter.refused == 2


def test_a_question_of_the_scheme_itself_must_be_answered_and_its_answer_is_sealed(town: Town) -> None:
    amina = welcome(town, by="chloe")
    with pytest.raises(Invalid) as refusal:
        enter(town, amina, by="chloe", scheme="creation", idea="  ")
    assert refusal.value.field == "idea"
    entered = enter(town, amina, by="chloe", scheme="creation", idea="Une friperie ambulante")
    kept = rows(town.store, "enrolment")[0]["answers"]
    assert b"friperie" not in bytes(kept)
    with town.acting("chloe", write=False) as tx:
        assert tx.sealing.open_value(amina, "enrolment", entered.enrolment_id, bytes(kept)) == {
            "idea": "Une friperie ambulante"
        }


@pytest.mark.parametrize(("days", "said"), [(1, "dans le futur"), (-4000, "plus de dix ans")])
def test_an_impossible_entry_date_is_refused(town: Town, days: int, said: str) -> None:
    with pytest.raises(Refused, match=said) as refusal:
        enter(town, welcome(town), on=TODAY + timedelta(days=days))
    assert refusal.value.field == "entered_on"


def test_entering_twice_in_the_same_scheme_is_a_conflict(town: Town) -> None:
    amina = welcome(town)
    enter(town, amina)
    with pytest.raises(Conflict):
        enter(town, amina)
    assert len(rows(town.store, "enrolment")) == 1


def test_coming_back_after_an_exit_is_a_new_step_on_the_same_card(town: Town) -> None:
    amina = welcome(town)
    leave(town, enter(town, amina, on=TODAY - timedelta(days=9)).enrolment_id, on=TODAY - timedelta(days=3))
    with pytest.raises(Refused, match="n’était pas encore sortie"):
        enter(town, amina, on=TODAY - timedelta(days=4))
    enter(town, amina, on=TODAY - timedelta(days=3))
    with town.acting("bruno", write=False) as tx:
        assert [step.exit is None for step in steps(tx, amina)] == [True, False]


def test_a_person_without_referent_gets_the_one_who_enters_her_and_keeps_her_own_otherwise(town: Town) -> None:
    amina = welcome(town)
    with town.store.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM referent")
    enter(town, amina, by="denis")
    enter(town, amina, by="fatou", scheme="atelier")
    with town.acting("bruno") as tx:
        referent = record_opened(tx, amina).referent
    assert referent is not None and referent.account_id == town.accounts["denis"]


def test_a_scheme_of_another_structure_takes_nobody_from_here(town: Town) -> None:
    amina = welcome(town)
    with pytest.raises(NotFound), town.acting("bruno") as tx:
        record_entry(tx, record_id=amina, scheme_id=town.schemes["cej"], entered_on=TODAY, answers=[])


def test_a_stranger_enters_nobody(town: Town) -> None:
    amina = welcome(town)
    for record_id in (amina, "z" * 26):
        with pytest.raises(NotFound) as refusal, town.acting("chloe") as tx:
            record_entry(tx, record_id=record_id, scheme_id=town.schemes["atelier"], entered_on=TODAY, answers=[])
        assert refusal.value.sentence == NotFound().sentence


def test_entering_opens_the_support_of_the_structure_she_enters(town: Town, clock: FixedClock) -> None:
    amina = welcome(town)
    until = clock.now() + timedelta(hours=1)
    share(town, amina, "mission-locale", sections={"identity", "contact"}, until_at=until)
    enter(town, amina, by="elise", scheme="atelier")
    clock.move(timedelta(days=1))
    with town.acting("elise") as tx:
        assert record_opened(tx, amina).sections == EVERYTHING - {"health"}


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sections=st.frozensets(st.sampled_from(sorted(EVERYTHING)), min_size=1))
def test_an_entry_takes_over_only_what_the_structure_may_see(sqlite_town: Town, sections: frozenset[str]) -> None:
    amina = welcome(sqlite_town)
    with Transaction(
        sqlite_town.store,
        actor=Actor(role="jobseeker", account_id="j" * 26, record_id=amina),
        clock=sqlite_town.clock,
        door="web",
    ) as tx:
        said = {"rqth": "yes", "aah": "no"}
        edit_section(tx, record_id=amina, section=Section.HEALTH, values=said, seq=0, way=Way.CORRECTED)
    enter(sqlite_town, amina)
    share(sqlite_town, amina, "mission-locale", sections=sections)
    wanted = [Requirement(key=key, is_required=False, why="") for key in CATALOGUE]
    with sqlite_town.acting("elise") as tx:
        record = record_opened(tx, amina)
        proposed = reuse(wanted, record.facts, visible_sections=record.sections, on=tx.today)
    known = {one.item.section.value for one in proposed if one.fact is not None}
    assert known <= sections and {CATALOGUE[key].section.value for key in record.facts} == known
    assert ("health" in known) == ("health" in sections)


def test_a_structure_that_may_not_see_an_answer_asks_it_and_sets_hers_beside(town: Town) -> None:
    amina = welcome(town)
    share(town, amina, "mission-locale", sections={"identity", "pathway", "followup"})
    answers = [
        Answer(key=key, value=SAID[key], gesture=Gesture.ANSWERED)
        for key in ("phones", "postcode", "education_level", "rome_jobs")
    ]
    own = [
        Answer(key="city", value="Angers", gesture=Gesture.ANSWERED),
        Answer(key="situation", value="employed", gesture=Gesture.ANSWERED),
    ]
    with town.acting("elise") as tx:
        entered = record_entry(
            tx, record_id=amina, scheme_id=town.schemes["plie"], entered_on=TODAY, answers=[*answers, *own]
        )
    assert (entered.meter.reused, entered.meter.asked) == (0, 6)
    with town.acting("bruno") as tx:
        facts = record_opened(tx, amina).facts
    assert (facts["city"].value, [rival.value for rival in facts["city"].rivals]) == ("Rennes", ["Angers"])
    assert (facts["situation"].value, facts["phones"].rivals) == ("seeking_job", ())


@pytest.mark.parametrize("reason", REASONS, ids=lambda reason: reason.code)
def test_every_reason_opens_its_points_or_is_a_closed_follow_up(sqlite_town: Town, reason: ExitReason) -> None:
    amina = welcome(sqlite_town)
    step = enter(sqlite_town, amina).enrolment_id
    with sqlite_town.acting("bruno", write=False) as tx:
        announced = preview_exit(tx, enrolment_id=step, reason=reason, event_on=TODAY, review_on=review_of(reason))
    exited = leave(sqlite_town, step, reason=reason.code, review_on=review_of(reason))
    assert exited.opened.points == announced
    assert [point.due_on for point in points(sqlite_town, amina)] == [point.due_on for point in announced]
    assert bool(announced) == (reason.kind is not ExitKind.CLOSED or reason.is_retirement)
    assert orphans(sqlite_town) == []


def test_an_exit_and_its_points_are_one(town: Town) -> None:
    amina = welcome(town)
    exited = leave(town, enter(town, amina).enrolment_id, reason="cdi")
    kept = rows(town.store, "scheme_exit")[0]
    assert (kept["kind"], kept["plan_id"]) == ("durable_job", exited.opened.plan_id)
    assert b"cdi" not in bytes(kept["reason"])
    assert {row["owner_id"] for row in rows(town.store, "point")} == {town.accounts["bruno"]} == {exited.owner_id}
    assert len(rows(town.store, "point")) == len(rows(town.store, "point_change")) == 4


@pytest.mark.parametrize(
    ("days", "field"), [(-3, "event_on"), (1, "event_on"), (-4000, "event_on")], ids=["before", "future", "ancient"]
)
def test_an_impossible_exit_date_is_refused_and_nothing_is_written(town: Town, days: int, field: str) -> None:
    step = enter(town, welcome(town), on=TODAY - timedelta(days=2)).enrolment_id
    with pytest.raises(Refused) as refusal:
        leave(town, step, on=TODAY + timedelta(days=days))
    assert refusal.value.field == field
    assert nothing_left(town)


def test_a_pause_without_its_review_date_is_refused(town: Town) -> None:
    step = enter(town, welcome(town)).enrolment_id
    with pytest.raises(Invalid) as refusal:
        leave(town, step, reason="personal_pause")
    assert refusal.value.field == "review_on"
    assert nothing_left(town)


def test_leaving_twice_is_a_conflict_and_opens_nothing_more(town: Town) -> None:
    step = enter(town, welcome(town)).enrolment_id
    leave(town, step)
    before = len(rows(town.store, "point"))
    with pytest.raises(Conflict, match="déjà enregistrée"):
        leave(town, step, reason="cdi")
    assert len(rows(town.store, "point")) == before


def test_leaving_at_the_same_instant_by_two_hands_gives_one_exit(town: Town) -> None:
    step = enter(town, welcome(town)).enrolment_id

    def once(by: str) -> str:
        try:
            return leave(town, step, by=by).exit_id
        except Conflict:
            return ""

    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(once, ["bruno", "denis", "fatou", "bruno"]))
    assert len([one for one in done if one]) == len(rows(town.store, "scheme_exit")) == 1
    assert len(rows(town.store, "plan")) == 1


def test_the_step_of_another_structure_is_left_by_it_alone(town: Town) -> None:
    amina = welcome(town)
    share(town, amina, "mission-locale", sections={"identity", "pathway", "followup"})
    step = enter(town, amina).enrolment_id
    with pytest.raises(Refused, match="autre structure"):
        leave(town, step, by="elise")
    with pytest.raises(NotFound):
        leave(town, step, by="chloe")
    assert nothing_left(town)


def test_an_exit_by_elise_gives_the_points_to_bruno_her_referent_in_his_structure(town: Town) -> None:
    amina = welcome(town)
    share(town, amina, "mission-locale", sections=EVERYTHING - {"health"} | PARTS)
    step = enter(town, amina, by="elise", scheme="cej").enrolment_id
    with town.acting("elise", write=False) as tx:
        assert exit_owner(tx, enrolment_id=step) == town.accounts["bruno"]
    assert leave(town, step, by="elise").owner_id == town.accounts["bruno"]
    held = {(row["structure_id"], row["owner_id"]) for row in rows(town.store, "point")}
    assert held == {(town.structures["pae-centre"], town.accounts["bruno"])}


def test_a_referent_who_left_gives_way_to_the_one_who_records_the_exit(town: Town) -> None:
    amina = welcome(town)
    step = enter(town, amina).enrolment_id
    leave_post(town, "bruno", TODAY - timedelta(days=1))
    assert leave(town, step, by="fatou").owner_id == town.accounts["fatou"]
    assert orphans(town) == []


def test_a_referent_without_access_any_more_gets_no_point(town: Town) -> None:
    amina = welcome(town)
    share(town, amina, "mission-locale", sections=EVERYTHING - {"health"} | PARTS)
    step = enter(town, amina, by="elise", scheme="cej").enrolment_id
    with town.store.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM access_grant WHERE cause = 'support' AND cause_id = ''")
    assert leave(town, step, by="elise").owner_id == town.accounts["elise"]


def test_an_exit_entered_by_mistake_is_cancelled_with_its_points_and_the_step_goes_on(town: Town) -> None:
    amina = welcome(town)
    step = enter(town, amina).enrolment_id
    leave(town, step, reason="cdi")
    with town.acting("bruno") as tx:
        cancel_exit(tx, enrolment_id=step, reason=CancelReason.WRONG_DETAILS)
    assert points(town, amina) == []
    assert {row["state"] for row in rows(town.store, "point")} == {"cancelled"}
    with town.acting("bruno", write=False) as tx:
        assert step_seen(tx, step).exit is None
    assert len(leave(town, step, reason="no_news").opened.points) == 5
    assert orphans(town) == []


def test_only_a_standing_exit_of_ones_own_structure_is_cancelled(town: Town) -> None:
    amina = welcome(town)
    share(town, amina, "mission-locale", sections={"identity", "pathway", "followup"})
    step = enter(town, amina).enrolment_id
    for by, error in (("bruno", Refused), ("chloe", NotFound)):
        with pytest.raises(error), town.acting(by) as tx:
            cancel_exit(tx, enrolment_id=step)
    leave(town, step)
    with pytest.raises(Refused, match="autre structure"), town.acting("elise") as tx:
        cancel_exit(tx, enrolment_id=step)
    assert len(points(town, amina)) == 5


def test_an_exit_cannot_be_cancelled_once_she_came_back(town: Town) -> None:
    amina = welcome(town)
    step = enter(town, amina).enrolment_id
    leave(town, step)
    enter(town, amina)
    with pytest.raises(Refused, match="revenue"), town.acting("bruno") as tx:
        cancel_exit(tx, enrolment_id=step)
    assert len(points(town, amina)) == 2  # the near ones are taken over by the new step


def test_the_exact_reason_stays_with_the_structure_that_recorded_it(town: Town) -> None:
    amina = welcome(town)
    share(town, amina, "mission-locale", sections={"identity", "pathway", "followup"})
    step = enter(town, amina).enrolment_id
    leave(town, step, reason="abandoned")
    said = {}
    for by in ("bruno", "elise"):
        with town.acting(by, write=False) as tx:
            ended = steps(tx, amina)[0].exit
            said[by] = (ended.kind, ended.reason) if ended else None
    assert said == {"bruno": (ExitKind.NO_SOLUTION, "abandoned"), "elise": (None, "")}
    with town.acting("chloe", write=False) as tx:
        assert steps(tx, amina) == []


def test_a_workshop_inside_a_support_opens_one_point_and_alone_a_whole_plan(town: Town) -> None:
    inside, alone = welcome(town), welcome(town)
    enter(town, inside)
    reason = exit_reason("end_of_scheme").code
    assert len(leave(town, enter(town, inside, scheme="atelier").enrolment_id, reason=reason).opened.points) == 1
    assert len(leave(town, enter(town, alone, scheme="atelier").enrolment_id, reason=reason).opened.points) == 5


def test_entering_twice_says_where_she_already_is(sqlite_town: Town) -> None:
    amina = welcome(sqlite_town)
    enter(sqlite_town, amina)
    with pytest.raises(Conflict, match="déjà dans ce dispositif"):
        enter(sqlite_town, amina)
