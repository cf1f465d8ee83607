from pathway.casework.followup.queries import _PAGE_OF_MINE, _asking, caseload, caseload_counts, followed
from pathway.casework.partners.tables import Structure
from pathway.casework.sharing.rules import Part
from pathway.demo.town import Town
from pathway.store.columns import table_of
from tests.casework.agreements.deciding import stop
from tests.casework.enrolments.steps import enter, leave, share, system
from tests.casework.links.pairs import link
from tests.town import welcome
from tests.web.counsellor.scenes import ZOE


def followed_by_bruno(town: Town) -> str:
    """Amina left a step at Bruno's, who has points de suivi for her."""
    amina = welcome(town)
    leave(town, enter(town, amina).enrolment_id)
    return amina


def has_day(town: Town, by: str) -> bool:
    """Whether the list of people of that professional shows when somebody is next due."""
    with town.acting(by, write=False) as tx:
        (line,) = caseload(tx, only_mine=False, page=1, per_page=9)
        return line.next_due_on is not None


def test_a_structure_without_the_follow_up_does_not_learn_when_others_call_her(town: Town) -> None:
    amina = followed_by_bruno(town)
    share(town, amina, "mission-locale", sections={"identity"})
    assert has_day(town, "bruno") and not has_day(town, "elise")
    share(town, amina, "mission-locale", sections={Part.FOLLOWUP.value})
    assert has_day(town, "elise")


def test_a_structure_she_stopped_does_not_learn_when_others_call_her(town: Town) -> None:
    amina = followed_by_bruno(town)
    share(town, amina, "mission-locale", sections={"identity", "contact", Part.FOLLOWUP.value})
    enter(town, amina, by="elise", scheme="atelier")
    stop(town, amina, "mission-locale")
    assert has_day(town, "bruno") and not has_day(town, "elise")


def test_the_day_of_a_sensitive_structure_is_told_to_nobody_else(town: Town) -> None:
    amina = followed_by_bruno(town)
    share(town, amina, "mission-locale", sections={"identity", Part.FOLLOWUP.value})
    structure = table_of(Structure)
    with system(town.store, town.clock) as tx:
        here = structure.c.id == town.structures["pae-centre"]
        tx.execute(structure.update().where(here).values(is_sensitive=True))
        tx.journal("test")
    assert has_day(town, "bruno") and not has_day(town, "elise")


def test_the_list_of_mine_is_the_part_of_all_that_names_me(town: Town) -> None:
    amina, elsewhere = followed_by_bruno(town), welcome(town, "elise")
    welcome(town, "fatou", ZOE)
    link(town, amina, elsewhere)
    for name in ("bruno", "fatou", "elise"):
        with town.acting(name, write=False) as tx:
            mine, everybody = followed(tx, only_mine=True), followed(tx, only_mine=False)
            assert mine == [one for one in everybody if one.referent_id == tx.actor.account_id]
            assert caseload_counts(tx) == (len(mine), len(everybody))
            listed = caseload(tx, only_mine=True, page=1, per_page=9)
            assert [(one.record_id, one.next_due_on) for one in listed] == [
                (one.record_id, one.next_due_on) for one in mine
            ]


def test_as_many_are_counted_as_are_listed_whatever_each_decided(town: Town) -> None:
    amina, zoe = welcome(town), welcome(town, "fatou", ZOE)
    share(town, amina, "mission-locale", sections={"identity"})
    share(town, zoe, "mission-locale", sections={"identity"})
    link(town, amina, welcome(town, "elise"))
    for stopped in ((), (zoe,), (amina,)):
        for record_id in stopped:
            stop(town, record_id, "mission-locale")
        for name in ("bruno", "fatou", "elise"):
            with town.acting(name, write=False) as tx:
                listed = [len(followed(tx, only_mine=only_mine)) for only_mine in (True, False)]
                assert list(caseload_counts(tx)) == listed


def test_mine_hides_the_same_days_as_the_whole_list(town: Town) -> None:
    amina = followed_by_bruno(town)
    assert has_day(town, "bruno")
    stop(town, amina, "pae-centre")
    with town.acting("bruno", write=False) as tx:
        assert followed(tx, only_mine=True) == followed(tx, only_mine=False) != []


def test_the_list_of_mine_does_not_read_the_whole_structure(sqlite_town: Town) -> None:
    with sqlite_town.acting("bruno", write=False) as tx:
        asked = {"per_page": 20, "skipped": 0, **_asking(tx)}
        engine = sqlite_town.store.engine
        said = _PAGE_OF_MINE.compile(engine)
        given = [value for value in map(said.construct_params(asked).get, said.positiontup or ())]
        with engine.connect() as connection:
            plan = [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {said}", tuple(given))]
    assert any("ix_referent_account" in line for line in plan)
    assert not any("ix_access_grant_structure_record (structure_id=?)" in line for line in plan)
