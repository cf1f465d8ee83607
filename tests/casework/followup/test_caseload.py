from pathway.casework.followup.queries import caseload
from pathway.casework.partners.tables import Structure
from pathway.casework.sharing.rules import Part
from pathway.demo.town import Town
from pathway.store.columns import table_of
from tests.casework.agreements.deciding import stop
from tests.casework.enrolments.steps import enter, leave, share, system
from tests.town import welcome


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
