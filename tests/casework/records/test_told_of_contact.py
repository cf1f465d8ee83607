"""She is told by a letter when what reaches or protects her changes, whoever changed it, where it cannot move."""

from datetime import timedelta

import pytest

from pathway.casework.records.actions import edit_section
from pathway.casework.records.erasure import erasable, erase_answer
from pathway.casework.records.facts import claim_id
from pathway.casework.records.queries import record_opened
from pathway.casework.records.rules import EraseReason, Section, Way
from pathway.casework.rights.actions import correct_answer
from pathway.demo.town import Town
from pathway.kernel.clock import FixedClock
from tests.casework.agreements.deciding import hide, stop
from tests.casework.records.test_settling import says, support
from tests.casework.resets.letters import letters, proved, told
from tests.town import herself, welcome
from tests.web.jobseeker.lives import at_home

KIND = "contact_changed"
HERS = "amina@exemple.fr"
NUMBER = "+33699999999"


def living(town: Town) -> str:
    """Amina, with an account whose address is proved."""
    record_id = welcome(town)
    at_home(town, record_id)
    proved(town, record_id, HERS)
    return record_id


def wait(town: Town) -> None:
    """A minute passes."""
    assert isinstance(town.clock, FixedClock)
    town.clock.move(timedelta(minutes=1))


def edit(town: Town, record_id: str, by: str = "bruno", **values: object) -> None:
    """That professional types it, a minute later."""
    wait(town)
    with town.acting(by) as tx:
        seq = record_opened(tx, record_id).seqs[Section.CONTACT]
        edit_section(tx, record_id=record_id, section=Section.CONTACT, values=values, seq=seq, way=Way.SAID)


def test_a_number_an_email_or_a_caution_changed_by_a_structure_is_told_once(town: Town) -> None:
    record_id = living(town)
    edit(town, record_id, phones=[NUMBER], email="autre@exemple.fr", no_message="oui")
    assert told(town, KIND) == [HERS]
    edit(town, record_id, no_message="non")
    wait(town)
    says(town, "bruno", record_id, "email", "encore@exemple.fr")
    assert told(town, KIND) == [HERS] * 3
    assert {(one.path, one.valid_for) for one in letters(town, KIND)} == {("/mes-informations", "")}


def test_a_stolen_phone_cannot_move_the_letter(town: Town) -> None:
    record_id = living(town)
    edit(town, record_id, email=HERS)
    wait(town)
    with herself(town, record_id) as tx:
        seq = record_opened(tx, record_id).seqs[Section.CONTACT]
        correct_answer(tx, item_key="email", value="voleur@exemple.fr", seq=seq)
    assert told(town, KIND) == [HERS, HERS]


def test_what_is_not_changed_is_not_told(sqlite_town: Town) -> None:
    record_id = living(sqlite_town)
    edit(sqlite_town, record_id, phones=["+33612345678"], city="Brest", no_message="non")
    assert told(sqlite_town, KIND) == []


def test_a_caution_another_structure_still_says_is_not_gone(sqlite_town: Town) -> None:
    record_id = living(sqlite_town)
    support(sqlite_town, record_id)
    edit(sqlite_town, record_id, phone_is_shared="oui")
    before = len(told(sqlite_town, KIND))
    wait(sqlite_town)
    says(sqlite_town, "elise", record_id, "phone_is_shared", False)
    assert len(told(sqlite_town, KIND)) == before


@pytest.mark.parametrize("how", ["hidden", "stopped"])
def test_a_structure_that_writes_blind_is_told_of_too(sqlite_town: Town, how: str) -> None:
    record_id = living(sqlite_town)
    support(sqlite_town, record_id)
    if how == "hidden":
        hide(sqlite_town, record_id, "mission-locale", "contact", "phones")
    else:
        stop(sqlite_town, record_id, "mission-locale")
    edit(sqlite_town, record_id, "elise", phones=[NUMBER])
    assert told(sqlite_town, KIND) == [HERS]


def test_an_erased_number_is_told(sqlite_town: Town) -> None:
    record_id = living(sqlite_town)
    with sqlite_town.acting("bruno") as tx:
        (claim,) = erasable(tx, record_opened(tx, record_id), "phones").claims
        choice, reason = claim_id(claim), EraseReason.WRONG_PERSON
        erase_answer(tx, record_id=record_id, item_key="phones", choice=choice, reason=reason)
    assert told(sqlite_town, KIND) == [HERS]
