from datetime import timedelta

import pytest

from pathway.casework.records.actions import merge_claims
from pathway.casework.records.rules import Way
from pathway.demo.town import Town
from pathway.kernel.clock import FixedClock
from pathway.store.journal import entries_about
from pathway.store.stops import obey
from tests.casework.enrolments.steps import system
from tests.casework.resets.letters import proved
from tests.town import signed_in, welcome
from tests.web.account.doors import page_of
from tests.web.jobseeker.lives import at_home

PATH = "/mon-compte/sms"


def test_she_stops_messages_and_allows_them_again(town: Town) -> None:
    record_id = welcome(town)
    client = at_home(town, record_id)
    assert PATH in page_of(client.get("/mon-compte"))
    page = page_of(client.get(PATH))
    assert "SMS acceptés" in page and "finit par 78" in page and "612345678" not in page
    assert client.post(PATH, data={"sms": "non"}).location == PATH
    assert "SMS arrêtés" in page_of(client.get(PATH))
    assert client.post(PATH, data={"sms": "oui"}).location == PATH
    assert "SMS acceptés" in page_of(client.get(PATH))
    with town.acting("root", write=False) as tx:
        done = [act["do"] for entry in entries_about(tx.connection, record_id, limit=9) for act in entry["acts"]]
    assert done.count("choose_sms") == 2


def test_allowing_again_asks_who_she_is_and_stopping_does_not(sqlite_town: Town, clock: FixedClock) -> None:
    client = at_home(sqlite_town, welcome(sqlite_town))
    clock.move(timedelta(minutes=11))
    assert client.post(PATH, data={"sms": "non"}).location == PATH
    assert client.post(PATH, data={"sms": "oui"}).location.startswith("/mon-compte/confirmer")
    assert "SMS arrêtés" in page_of(client.get(PATH))


def test_a_stop_sent_from_a_phone_is_said_with_the_way_to_take_it_back_from_there(sqlite_town: Town) -> None:
    client = at_home(sqlite_town, welcome(sqlite_town))
    with system(sqlite_town.store, sqlite_town.clock) as tx:
        obey(tx, sender="0612345678", text="stop")
    client.post(PATH, data={"sms": "oui"})
    page = page_of(client.get(PATH))
    assert "finit par 78 a répondu STOP" in page and "REPRENDRE" in page
    with system(sqlite_town.store, sqlite_town.clock) as tx:
        obey(tx, sender="0612345678", text="oui")
    assert "a répondu STOP" not in page_of(client.get(PATH))


@pytest.mark.parametrize(
    ("claims", "words"),
    [({"phone_is_shared": True}, "votre téléphone est partagé"), ({"no_message": True}, "ne pas laisser de message")],
)
def test_it_says_what_keeps_messages_back(sqlite_town: Town, claims: dict[str, bool], words: str) -> None:
    record_id = welcome(sqlite_town)
    client = at_home(sqlite_town, record_id)
    with sqlite_town.acting("bruno") as tx:
        merge_claims(tx, record_id, claims, way=Way.SAID)
        tx.journal("said")
    assert words in page_of(client.get(PATH))


def test_with_a_proved_address_it_says_that_letters_go_there(sqlite_town: Town) -> None:
    record_id = welcome(sqlite_town)
    client = at_home(sqlite_town, record_id)
    proved(sqlite_town, record_id)
    page = page_of(client.get(PATH))
    assert "aucun SMS n’est envoyé" in page and "Aucun SMS pour l’instant" in page
    assert "SMS acceptés" not in page and "Ne plus recevoir de SMS" in page


def test_a_professional_has_no_such_page(sqlite_town: Town) -> None:
    assert signed_in(sqlite_town, "bruno").get(PATH).status_code == 403
    assert PATH not in page_of(signed_in(sqlite_town, "bruno").get("/mon-compte"))
