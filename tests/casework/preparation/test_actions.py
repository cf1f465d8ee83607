"""She prepares on her phone: what she is asked, what she says is hers, when the invitation ends."""

from datetime import timedelta

import pytest

from pathway.casework.enrolments.actions import record_entry
from pathway.casework.preparation.actions import answer_preparation, invite_to_prepare
from pathway.casework.preparation.queries import InvitationView, asked_of_her, invitations_made, own_invitations
from pathway.casework.preparation.rules import Later
from pathway.casework.records.queries import record_opened
from pathway.casework.records.rules import Answer, Gesture, Way
from pathway.demo.town import Town
from pathway.kernel.clock import FixedClock
from pathway.kernel.errors import NotFound, Refused
from tests.casework.agreements.deciding import resume, stop
from tests.casework.enrolments.steps import rows
from tests.casework.links.pairs import open_account
from tests.casework.records.test_settling import says, support
from tests.town import herself, welcome

LEVEL = Answer(key="education_level", value="level_4", gesture=Gesture.ANSWERED)


def invited(town: Town, by: str = "bruno", scheme: str = "pae") -> tuple[str, str]:
    """Amina, who has an account, invited by Bruno; gives her record and the invitation."""
    record_id = welcome(town)
    open_account(town, record_id)
    with town.acting(by) as tx:
        return record_id, invite_to_prepare(tx, record_id=record_id, scheme_id=town.schemes[scheme])


def waiting(town: Town, record_id: str) -> list[InvitationView]:
    with herself(town, record_id, write=False) as tx:
        return own_invitations(tx)


def asked(town: Town, record_id: str) -> set[str]:
    with herself(town, record_id, write=False) as tx:
        (one,) = own_invitations(tx)
        return {each.item.key for each in asked_of_her(tx, one, record_opened(tx, record_id))}


def test_she_is_asked_what_is_missing_old_or_in_doubt_and_nothing_else(town: Town) -> None:
    record_id, _ = invited(town)
    assert "education_level" in asked(town, record_id)
    assert not {"city", "phones", "last_name", "birth_date"} & asked(town, record_id)
    says(town, "bruno", record_id, "city", "Brest")
    assert "city" in asked(town, record_id)


def test_her_answers_are_her_own_words_and_are_reused_at_the_entry(town: Town) -> None:
    record_id, invitation_id = invited(town)
    with herself(town, record_id) as tx:
        later = {"rome_jobs": Later.TALK, "last_name": Later.UNKNOWN}
        assert answer_preparation(tx, invitation_id=invitation_id, answers=[LEVEL], later=later) == 1
    with town.acting("bruno") as tx:
        fact = record_opened(tx, record_id).facts["education_level"]
        assert (fact.value, fact.provenance.way, fact.provenance.structure_id) == ("level_4", Way.PREPARED, "")
        made = invitations_made(tx, record_id)[town.schemes["pae"]]
        assert (made.later, made.answered_at) == ({"rome_jobs": Later.TALK}, tx.now)
        jobs = Answer(key="rome_jobs", value=["N1104"], gesture=Gesture.ANSWERED)
        scheme_id = town.schemes["pae"]
        done = record_entry(tx, record_id=record_id, scheme_id=scheme_id, entered_on=tx.today, answers=[jobs])
        assert (done.meter.reused, done.meter.asked) == (5, 1)
    assert waiting(town, record_id) == []


def test_it_can_be_done_again_until_the_entry(sqlite_town: Town) -> None:
    record_id, invitation_id = invited(sqlite_town)
    for level in ("level_4", "level_5"):
        answer = Answer(key="education_level", value=level, gesture=Gesture.CHANGED)
        with herself(sqlite_town, record_id) as tx:
            answer_preparation(tx, invitation_id=invitation_id, answers=[answer], later={})
        assert "education_level" in asked(sqlite_town, record_id)
    with herself(sqlite_town, record_id, write=False) as tx:
        assert record_opened(tx, record_id).facts["education_level"].value == "level_5"


def test_only_what_was_asked_is_kept(sqlite_town: Town) -> None:
    record_id, invitation_id = invited(sqlite_town)
    other = Answer(key="city", value="Brest", gesture=Gesture.CHANGED)
    with herself(sqlite_town, record_id) as tx:
        assert answer_preparation(tx, invitation_id=invitation_id, answers=[other], later={}) == 0
        assert record_opened(tx, record_id).facts["city"].value == "Rennes"


def test_it_ends_after_thirty_days(sqlite_town: Town) -> None:
    record_id, _ = invited(sqlite_town)
    assert isinstance(sqlite_town.clock, FixedClock)
    sqlite_town.clock.move(timedelta(days=29))
    assert waiting(sqlite_town, record_id)
    sqlite_town.clock.move(timedelta(days=2))
    assert waiting(sqlite_town, record_id) == []


def test_stopping_the_sharing_ends_it_for_good(town: Town) -> None:
    record_id, invitation_id = invited(town)
    stop(town, record_id, "pae-centre")
    assert waiting(town, record_id) == []
    with pytest.raises(Refused), town.acting("bruno") as tx:
        invite_to_prepare(tx, record_id=record_id, scheme_id=town.schemes["pae"])
    resume(town, record_id, "pae-centre")
    assert waiting(town, record_id) == []
    with pytest.raises(NotFound), herself(town, record_id) as tx:
        answer_preparation(tx, invitation_id=invitation_id, answers=[LEVEL], later={})


def test_another_invitation_takes_the_place_of_the_first(sqlite_town: Town) -> None:
    record_id, first = invited(sqlite_town)
    with sqlite_town.acting("bruno") as tx:
        second = invite_to_prepare(tx, record_id=record_id, scheme_id=sqlite_town.schemes["pae"])
    assert [one.id for one in waiting(sqlite_town, record_id)] == [second] != [first]


def test_nobody_answers_for_another_and_no_account_is_no_invitation(sqlite_town: Town) -> None:
    record_id, invitation_id = invited(sqlite_town)
    other = welcome(sqlite_town, by="elise")
    with pytest.raises(NotFound), herself(sqlite_town, other) as tx:
        answer_preparation(tx, invitation_id=invitation_id, answers=[LEVEL], later={})
    with pytest.raises(Refused), sqlite_town.acting("elise") as tx:
        invite_to_prepare(tx, record_id=other, scheme_id=sqlite_town.schemes["cej"])
    with pytest.raises(NotFound), sqlite_town.acting("lucie") as tx:
        invite_to_prepare(tx, record_id=record_id, scheme_id=sqlite_town.schemes["pae"])


def test_her_letter_says_nothing_and_what_she_keeps_for_later_is_sealed(sqlite_town: Town) -> None:
    record_id, invitation_id = invited(sqlite_town)
    support(sqlite_town, record_id)
    with herself(sqlite_town, record_id) as tx:
        answer_preparation(tx, invitation_id=invitation_id, answers=[], later={"rome_jobs": Later.TALK})
    (row,) = rows(sqlite_town.store, "entry_invitation")
    assert b"rome_jobs" not in row["later"]
    assert all("prepare" in one["key"] for one in rows(sqlite_town.store, "letter", "WHERE kind = 'prepare_entry'"))


def test_nobody_is_invited_to_prepare_what_is_already_known(town: Town) -> None:
    record_id = welcome(town)
    open_account(town, record_id)
    says(town, "bruno", record_id, "rome_jobs", ["N1104"])
    with pytest.raises(Refused, match="Tout est déjà connu"), town.acting("bruno") as tx:
        invite_to_prepare(tx, record_id=record_id, scheme_id=town.schemes["atelier"])
