from datetime import timedelta

import pytest

from pathway.casework.records.queries import record_opened
from pathway.casework.records.rules import Section, Way
from pathway.demo.town import Town
from pathway.kernel.clock import FixedClock
from tests.casework.rights.asking import mine, waiting
from tests.town import herself, signed_in, welcome
from tests.web.counsellor.scenes import said, valid
from tests.web.jobseeker.lives import at_home

CITY = "/mes-informations/city/corriger"


def seq(town: Town, record_id: str) -> str:
    with herself(town, record_id, write=False) as tx:
        return str(record_opened(tx, record_id).seqs[Section.CONTACT.value])


def test_every_line_of_hers_may_be_corrected(sqlite_town: Town) -> None:
    page = valid(at_home(sqlite_town, welcome(sqlite_town)).get("/mes-informations"))
    for item in ("first_name", "birth_date", "city", "phones", "situation"):
        assert f"/mes-informations/{item}/corriger" in page
    assert "/mes-informations/first_name/limiter" not in page and "/mes-informations/city/limiter" in page


def test_a_correction_counts_at_once_and_is_hers(town: Town) -> None:
    record_id = welcome(town)
    client = at_home(town, record_id)
    assert "Aujourd’hui, votre dossier dit : « Rennes »" in valid(client.get(CITY))
    done = client.post(CITY, data={"city": "Saint-Malo", "read_seq": seq(town, record_id)})
    assert (done.status_code, done.location) == (303, "/mes-informations?reponse=city#reponse-city")
    with town.acting("bruno", write=False) as tx:
        fact = record_opened(tx, record_id).facts["city"]
    assert (fact.value, fact.provenance.way) == ("Saint-Malo", Way.CORRECTED)
    assert "Vous l’avez corrigé vous-même" in said(client.get("/mes-informations"))


@pytest.mark.parametrize(("item", "typed"), [("city", ""), ("phones", "06 12"), ("postcode", "Rennes 35")])
def test_an_answer_that_cannot_be_read_stays_in_its_field(sqlite_town: Town, item: str, typed: str) -> None:
    record_id = welcome(sqlite_town)
    answer = at_home(sqlite_town, record_id).post(
        f"/mes-informations/{item}/corriger", data={item: typed, "read_seq": "1"}
    )
    assert answer.status_code == 422 and typed in said(answer)


def test_a_page_read_before_another_writing_changes_nothing(sqlite_town: Town) -> None:
    record_id = welcome(sqlite_town)
    client = at_home(sqlite_town, record_id)
    before = seq(sqlite_town, record_id)
    client.post(CITY, data={"city": "Brest", "read_seq": before})
    answer = client.post(CITY, data={"city": "Lorient", "read_seq": before})
    assert answer.status_code == 422 and "« Brest »" in said(answer)


@pytest.mark.parametrize("item", ["first_name", "birth_date"])
def test_who_she_is_becomes_a_request(sqlite_town: Town, item: str) -> None:
    record_id = welcome(sqlite_town)
    client = at_home(sqlite_town, record_id)
    path = f"/mes-informations/{item}/corriger"
    assert "Demander une correction" in valid(client.get(path))
    assert client.post(path, data={"text": " "}).status_code == 422
    assert client.post(path, data={"text": "Ce n’est pas exact."}).location == "/mes-demandes"
    (one,) = waiting(sqlite_town)
    assert one.message.endswith(" : Ce n’est pas exact.") and mine(sqlite_town, record_id)[0].id == one.id


def test_anything_else_is_asked_for(sqlite_town: Town) -> None:
    client = at_home(sqlite_town, welcome(sqlite_town))
    assert "au plus tard le 20 décembre 2026" in valid(client.get("/mes-demandes/correction"))
    client.post("/mes-demandes/correction", data={"text": "Ma sortie n’a pas eu lieu."})
    assert [one.message for one in waiting(sqlite_town)] == ["Ma sortie n’a pas eu lieu."]


def test_an_unknown_item_is_not_found_and_nobody_else_enters(sqlite_town: Town) -> None:
    client = at_home(sqlite_town, welcome(sqlite_town))
    assert client.get("/mes-informations/nir/corriger").status_code == 404
    assert signed_in(sqlite_town, "bruno").get(CITY).status_code == 403


def test_what_reaches_or_protects_her_asks_who_holds_the_phone(sqlite_town: Town, clock: FixedClock) -> None:
    record_id = welcome(sqlite_town)
    client = at_home(sqlite_town, record_id)
    clock.move(timedelta(minutes=11))
    for item in ("phones", "email", "address_is_protected"):
        answer = client.post(f"/mes-informations/{item}/corriger", data={item: "0699999999", "read_seq": "1"})
        assert (answer.status_code, answer.location.partition("?")[0]) == (303, "/mon-compte/confirmer")
    assert client.get("/mes-informations/situation/corriger").status_code == 200
