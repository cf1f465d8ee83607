"""How many requests wait at a time: the same one once, and never more than somebody can answer."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from pathway.casework.rights.actions import ask_copy, ask_rectification, withdraw_request
from pathway.casework.rights.queries import own_requests
from pathway.casework.rights.rules import MOST_NOTED, MOST_OPEN, RequestWay
from pathway.demo.town import Town
from pathway.kernel.errors import Refused
from tests.casework.agreements.deciding import resume, seen
from tests.casework.records.test_settling import support
from tests.casework.rights.asking import answer, limit, mine, oppose, rectify
from tests.town import herself, welcome

WAY = RequestWay.VOICE
ALREADY = "déjà ouverte, depuis le 20\u00a0novembre\u00a02026. La réponse arrivera au plus tard le 20\u00a0décembre"


def note(town: Town, record_id: str, text: str, *, by: str = "bruno") -> str:
    with town.acting(by) as tx:
        return ask_rectification(tx, record_id=record_id, text=text, way=WAY)


def copy(town: Town, record_id: str) -> str:
    with herself(town, record_id) as tx:
        return ask_copy(tx, record_id=record_id, text="", way=WAY)


def test_the_same_request_is_not_opened_twice_and_says_until_when(town: Town) -> None:
    record_id = welcome(town)
    first = copy(town, record_id)
    with pytest.raises(Refused, match=ALREADY):
        copy(town, record_id)
    assert [one.id for one in mine(town, record_id)] == [first]
    answer(town, first)
    assert copy(town, record_id) != first


def test_the_same_correction_is_of_the_same_item_or_in_the_same_words(sqlite_town: Town) -> None:
    record_id = welcome(sqlite_town)
    rectify(sqlite_town, record_id, "La sortie de mai est fausse.")
    with pytest.raises(Refused, match=ALREADY):
        rectify(sqlite_town, record_id, "la sortie  de mai est fausse. ")
    rectify(sqlite_town, record_id, "L’entrée de juin aussi.")
    for item, text in (("first_name", "Aminah"), ("last_name", "Ben Kacem")):
        with herself(sqlite_town, record_id) as tx:
            ask_rectification(tx, record_id=record_id, text=text, way=WAY, item_key=item)
    with pytest.raises(Refused, match=ALREADY), herself(sqlite_town, record_id) as tx:
        ask_rectification(tx, record_id=record_id, text="Aminata", way=WAY, item_key="first_name")
    assert {one.about for one in mine(sqlite_town, record_id)} == {"", "first_name", "last_name"}


def test_a_part_already_limited_says_when_it_is_answered(sqlite_town: Town) -> None:
    record_id = welcome(sqlite_town)
    limit(sqlite_town, record_id, "contact", "city")
    with pytest.raises(Refused, match=ALREADY):
        limit(sqlite_town, record_id, "contact", "city")
    limit(sqlite_town, record_id, "contact", "postcode")


def test_objecting_again_after_sharing_again_stops_at_once_without_a_second_request(town: Town) -> None:
    record_id = welcome(town)
    first = oppose(town, record_id, "pae-centre")
    with pytest.raises(Refused, match=ALREADY):
        oppose(town, record_id, "pae-centre")
    resume(town, record_id, "pae-centre")
    assert oppose(town, record_id, "pae-centre") == first
    access = seen(town, record_id, "bruno")
    assert access is not None and access.is_own_only


def test_twenty_wait_at_most_and_taking_one_back_makes_room(town: Town) -> None:
    record_id = welcome(town)
    for number in range(MOST_OPEN):
        rectify(town, record_id, f"L’étape {number} est fausse.")
    with pytest.raises(Refused, match="20 demandes attendent déjà"):
        rectify(town, record_id, "Encore une.")
    with herself(town, record_id) as tx:
        withdraw_request(tx, request_id=own_requests(tx)[0].id, version=1)
    rectify(town, record_id, "Encore une.")


def test_what_structures_note_never_takes_all_of_her_room(sqlite_town: Town) -> None:
    record_id = welcome(sqlite_town)
    for number in range(MOST_NOTED):
        note(sqlite_town, record_id, f"L’étape {number} est fausse.")
    with pytest.raises(Refused, match="Trop de demandes de cette personne"):
        note(sqlite_town, record_id, "Encore une.")
    rectify(sqlite_town, record_id, "La mienne.")


def test_a_structure_is_not_told_that_she_asked_elsewhere(sqlite_town: Town) -> None:
    record_id = welcome(sqlite_town)
    support(sqlite_town, record_id)
    copy(sqlite_town, record_id)
    with sqlite_town.acting("elise") as tx:
        assert ask_copy(tx, record_id=record_id, text="", way=WAY)
    with pytest.raises(Refused, match=ALREADY), sqlite_town.acting("bruno") as tx:
        ask_copy(tx, record_id=record_id, text="", way=WAY)


def test_two_clicks_at_once_open_one_request(town: Town) -> None:
    record_id, barrier = welcome(town), Barrier(2)

    def click(_number: int) -> bool:
        barrier.wait()
        try:
            copy(town, record_id)
        except Refused:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(click, range(2))) == [False, True]
    assert len(mine(town, record_id)) == 1
