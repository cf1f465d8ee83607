"""Keys to her account: given by whoever supports her, not by whom she stopped while another is there; told to her."""

from collections.abc import Callable

import pytest

from pathway.casework.cards.actions import replace_card
from pathway.casework.resets.actions import (
    ask_factor_reset_of_person,
    give_first_code,
    give_reset_code,
)
from pathway.casework.resets.rules import FactorReason
from pathway.demo.town import Town
from pathway.kernel.errors import NotAllowed, Refused
from pathway.store.transaction import Transaction
from tests.casework.agreements.deciding import stop
from tests.casework.cards.counter import presented, shown
from tests.casework.enrolments.steps import enter, share
from tests.casework.resets.letters import letters, proved, told
from tests.casework.resets.test_factor_reset import protected_person
from tests.town import herself, signed_in, welcome
from tests.web.jobseeker.lives import at_home

Gesture = Callable[[Transaction, str], object]


def first_code(tx: Transaction, record_id: str) -> object:
    return give_first_code(tx, record_id)


def reset_code(tx: Transaction, record_id: str) -> object:
    return give_reset_code(tx, record_id)


def new_card(tx: Transaction, record_id: str) -> object:
    return replace_card(tx, record_id=record_id)


def no_factor(tx: Transaction, record_id: str) -> object:
    ask_factor_reset_of_person(tx, record_id, reason=FactorReason.LOST)
    return True


def tried(town: Town, gesture: Gesture, record_id: str, by: str) -> None:
    with town.acting(by) as tx:
        assert gesture(tx, record_id)


def followed_by_two(town: Town) -> str:
    """Amina, with an account, followed by the desk and by the mission locale."""
    amina, _ = protected_person(town)
    share(town, amina, "mission-locale", sections={"identity", "contact"})
    enter(town, amina, by="elise", scheme="cej")
    return amina


@pytest.mark.parametrize("gesture", [reset_code, new_card, no_factor])
def test_a_structure_she_stopped_gives_no_key_while_another_supports_her(town: Town, gesture: Gesture) -> None:
    amina = followed_by_two(town)
    stop(town, amina, "pae-centre")
    with pytest.raises(Refused, match="a arrêté le partage"):
        tried(town, gesture, amina, "bruno")
    tried(town, gesture, amina, "elise")


def test_a_structure_she_stopped_gives_no_activation_code_while_another_supports_her(town: Town) -> None:
    amina = welcome(town)
    share(town, amina, "mission-locale", sections={"identity", "contact"})
    enter(town, amina, by="elise", scheme="cej")
    stop(town, amina, "pae-centre")
    with pytest.raises(Refused, match="a arrêté le partage"):
        tried(town, first_code, amina, "bruno")
    tried(town, first_code, amina, "elise")


@pytest.mark.parametrize("gesture", [reset_code, new_card, no_factor])
@pytest.mark.parametrize("stopped", ["", "pae-centre"])
def test_nobody_stays_outside_because_she_stopped_everybody_or_the_only_one(
    sqlite_town: Town, gesture: Gesture, stopped: str
) -> None:
    amina, _ = protected_person(sqlite_town)
    stop(sqlite_town, amina, stopped)
    tried(sqlite_town, gesture, amina, "bruno")


@pytest.mark.parametrize("gesture", [first_code, reset_code, new_card, no_factor])
def test_a_card_shown_once_gives_no_key(sqlite_town: Town, gesture: Gesture) -> None:
    amina = welcome(sqlite_town)
    at_home(sqlite_town, amina)
    presented(sqlite_town, shown(sqlite_town, amina))
    with pytest.raises((NotAllowed, Refused)):
        tried(sqlite_town, gesture, amina, "elise")


def test_every_key_given_is_told_to_her_proved_address_without_a_name(town: Town) -> None:
    amina = welcome(town)
    at_home(town, amina)
    tried(town, reset_code, amina, "bruno")
    assert letters(town) == []
    email = proved(town, amina)
    tried(town, reset_code, amina, "bruno")
    tried(town, new_card, amina, "bruno")
    with herself(town, amina) as tx:
        replace_card(tx, record_id=amina)
    assert told(town, "code_given") == [email]
    assert told(town, "card_replaced") == [email, email]
    assert {(one.path, one.valid_for) for one in letters(town, "code_given")} == {("/qui-a-regarde", "")}


def test_an_account_she_closed_is_written_to_when_somebody_opens_it_again(town: Town) -> None:
    amina = welcome(town)
    browser = at_home(town, amina)
    email = proved(town, amina)
    browser.post("/mon-compte/pas-moi")
    tried(town, first_code, amina, "bruno")
    assert told(town, "code_given") == [email]


@pytest.mark.parametrize("screen", ["activation", "connexion", "carte-perdue"])
def test_the_screens_of_a_stopped_structure_say_why_and_give_nothing(sqlite_town: Town, screen: str) -> None:
    amina = followed_by_two(sqlite_town)
    stop(sqlite_town, amina, "pae-centre")
    answer = signed_in(sqlite_town, "bruno").post(f"/dossiers/{amina}/{screen}")
    assert answer.status_code == 422
    assert "a arrêté le partage avec votre structure" in answer.get_data(as_text=True)
