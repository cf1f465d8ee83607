from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest

from pathway.casework.enrolments.actions import cancel_stage
from pathway.casework.enrolments.reading import StageLine, stages_of, standing_in
from pathway.casework.journey.queries import journey_of
from pathway.casework.schemes.rules import Stage
from pathway.demo.town import Town
from pathway.kernel.errors import Conflict, Invalid, NotFound, PathwayError, Refused
from tests.casework.agreements.deciding import stop
from tests.casework.enrolments.staged import founder, passed, rewritten, scheme
from tests.casework.enrolments.steps import enter, leave, rows, share
from tests.town import herself

TODAY = date(2026, 11, 20)


def said(town: Town, record_id: str, by: str = "chloe") -> list[StageLine]:
    with town.acting(by, write=False) as tx:
        return [one for lines in stages_of(tx, record_id).values() for one in lines]


def test_entering_a_scheme_with_stages_puts_her_in_the_first_one_that_day(town: Town) -> None:
    record_id, step = founder(town)
    (first,) = said(town, record_id)
    assert (first.stage, first.on, first.is_entry, first.seq) == ("idea", date(2026, 10, 21), True, 1)
    assert first.account_id == town.accounts["chloe"]
    enter(town, record_id, by="chloe", scheme="atelier")
    with town.acting("chloe", write=False) as tx:
        assert set(stages_of(tx, record_id)) == {step}


def test_she_passes_from_one_to_another_and_the_last_change_is_undone(town: Town) -> None:
    record_id, step = founder(town)
    passed(town, step, "project", seq=1, days_ago=9)
    passed(town, step, "financing", seq=2)
    with town.acting("chloe") as tx:
        journey = journey_of(tx, record_id)
        assert journey.stage_now(journey.steps[step]) == "Financement"
        cancel_stage(tx, enrolment_id=step, seq=3)
    assert [one.stage for one in said(town, record_id)] == ["idea", "project"]
    passed(town, step, "creation", seq=2)
    kept = rows(town.store, "enrolment_stage", "ORDER BY seq")
    assert [(row["stage"], row["cancelled_by"]) for row in kept[2:]] == [
        ("financing", town.accounts["chloe"]),
        ("creation", None),
    ]


@pytest.mark.parametrize(
    ("stage", "days_ago", "error", "field"),
    [
        ("idea", 0, Refused, "stage"),
        ("shoes", 0, Invalid, "stage"),
        ("project", -1, Refused, "on"),
        ("project", 31, Refused, "on"),
    ],
)
def test_an_impossible_change_is_refused(
    sqlite_town: Town, stage: str, days_ago: int, error: type[PathwayError], field: str
) -> None:
    record_id, step = founder(sqlite_town)
    with pytest.raises(error) as refusal:
        passed(sqlite_town, step, stage, seq=1, days_ago=days_ago)
    assert getattr(refusal.value, "field", "") == field
    assert len(said(sqlite_town, record_id)) == 1


def test_a_day_before_the_stage_she_is_in_is_refused(sqlite_town: Town) -> None:
    _, step = founder(sqlite_town)
    passed(sqlite_town, step, "project", seq=1, days_ago=5)
    with pytest.raises(Refused, match="avant le début de la phase"):
        passed(sqlite_town, step, "financing", seq=2, days_ago=6)
    passed(sqlite_town, step, "financing", seq=2, days_ago=5)


def test_what_was_read_before_another_change_changes_nothing(town: Town) -> None:
    record_id, step = founder(town)
    passed(town, step, "project", seq=1)
    for seq in (0, 1, 3):
        with pytest.raises(Conflict):
            passed(town, step, "financing", seq=seq)
        with pytest.raises(Conflict), town.acting("chloe") as tx:
            cancel_stage(tx, enrolment_id=step, seq=seq)
    assert [one.stage for one in said(town, record_id)] == ["idea", "project"]


def test_two_hands_at_once_make_one_change(town: Town) -> None:
    record_id, step = founder(town)

    def once(stage: str) -> bool:
        try:
            passed(town, step, stage, seq=1)
        except Conflict:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(once, ["project", "financing", "creation", "project"]))
    assert sum(done) == 1 and len(said(town, record_id)) == 2


def test_the_stage_of_the_entry_is_not_undone(sqlite_town: Town) -> None:
    _, step = founder(sqlite_town)
    with pytest.raises(Refused, match="aucun changement"), sqlite_town.acting("chloe") as tx:
        cancel_stage(tx, enrolment_id=step, seq=1)


def test_nothing_changes_after_the_exit_nor_does_she_leave_before_her_last_stage(town: Town) -> None:
    _, step = founder(town)
    passed(town, step, "project", seq=1, days_ago=2)
    with pytest.raises(Refused, match="dernier changement de phase") as refusal:
        leave(town, step, by="chloe", on=TODAY - timedelta(days=3))
    assert refusal.value.field == "event_on"
    leave(town, step, by="chloe", on=TODAY - timedelta(days=2))
    with pytest.raises(Refused, match="terminée"):
        passed(town, step, "financing", seq=2)
    with pytest.raises(Refused, match="terminée"), town.acting("chloe") as tx:
        cancel_stage(tx, enrolment_id=step, seq=2)


def test_who_sees_her_steps_sees_the_stage_and_changes_nothing_nobody_else_sees_it(town: Town) -> None:
    record_id, step = founder(town)
    assert said(town, record_id, "elise") == []
    with pytest.raises(NotFound):
        passed(town, step, "project", seq=1, by="elise")
    share(town, record_id, "mission-locale", sections=["contact"])
    assert said(town, record_id, "elise") == []
    share(town, record_id, "mission-locale", sections=["contact", "pathway"])
    assert [one.stage for one in said(town, record_id, "elise")] == ["idea"]
    with pytest.raises(Refused, match="autre structure"):
        passed(town, step, "project", seq=1, by="elise")
    stop(town, record_id, "mission-locale")
    assert said(town, record_id, "elise") == []
    with herself(town, record_id, write=False) as tx:
        assert [one.stage for one in stages_of(tx, record_id)[step]] == ["idea"]


def test_a_stage_in_which_somebody_stands_stays_renamed_if_need_be(town: Town) -> None:
    record_id, step = founder(town)
    passed(town, step, "project", seq=1)
    idea, _project, financing, _creation = scheme(town).stages
    with town.acting("root", write=False) as tx:
        assert standing_in(tx, town.schemes["creation"]) == {"project": 1}
    with pytest.raises(Refused, match="1 personne est dans la phase « Projet »"):
        rewritten(town, idea, financing)
    rewritten(town, Stage(key="project", name="Étude du projet"), financing)
    assert scheme(town).past_stages[0] == idea
    with town.acting("chloe", write=False) as tx:
        journey = journey_of(tx, record_id)
    assert [journey.stage_name(step, one) for one in journey.stages[step]] == ["Idée", "Étude du projet"]


def test_a_scheme_that_gets_stages_later_waits_for_somebody_to_say_where_she_is(town: Town) -> None:
    stages = scheme(town).stages
    rewritten(town)
    record_id, step = founder(town)
    rewritten(town, *stages)
    assert said(town, record_id) == []
    passed(town, step, "financing", seq=0, days_ago=20)
    with town.acting("chloe") as tx:
        cancel_stage(tx, enrolment_id=step, seq=1)
    passed(town, step, "project", seq=0)
    assert [(one.seq, one.stage) for one in said(town, record_id)] == [(2, "project")]
