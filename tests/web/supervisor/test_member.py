import pytest
from flask.testing import FlaskClient

from pathway.casework.followup.queries import open_points, work_of_the_day
from pathway.demo.town import Town
from pathway.kernel.clock import FixedClock
from tests.casework.resets.test_factor_reset import asked
from tests.casework.team.scenes import member_of
from tests.town import signed_in, welcome
from tests.web.account.doors import unprotected
from tests.web.jobseeker.lives import enter, leave
from tests.web.supervisor.test_alerts import words


def page_of(town: Town, persona: str = "bruno") -> tuple[FlaskClient, str]:
    return signed_in(town, "denis"), f"/equipe/{member_of(town, persona).membership_id}"


def test_prolonging_is_kept_and_told_with_who_decided(town: Town) -> None:
    client, path = page_of(town)
    assert client.post(f"{path}/prolongation", data={"until_on": "20/11/2027"}).location == path
    page = words(client.get(path).get_data(as_text=True))
    assert "Fin déplacée, jusqu’au 20 novembre 2027 Denis Carpentier" in page


def test_ended_now_his_pages_close_at_the_next_click(town: Town) -> None:
    bruno = signed_in(town, "bruno")
    assert bruno.get("/aujourd-hui").status_code == 200
    client, path = page_of(town)
    assert client.post(f"{path}/fin", data={"when": "now", "last_on": ""}).location == "/equipe"
    assert bruno.get("/aujourd-hui").location == "/connexion?suite=/aujourd-hui"
    assert client.get(path).status_code == 404


def test_his_open_points_are_counted_and_go_to_the_queue(town: Town, clock: FixedClock) -> None:
    leave(town, enter(town, welcome(town)))
    client, path = page_of(town)
    assert "points de suivi sont à son nom" in words(client.get(path).get_data(as_text=True))
    clock.at = clock.at.replace(day=25)
    client = signed_in(town, "denis")
    with town.acting("fatou", write=False) as tx:
        before = len(work_of_the_day(tx))
    client.post(f"{path}/fin", data={"when": "now", "last_on": ""})
    with town.acting("fatou", write=False) as tx:
        mine = work_of_the_day(tx)
    assert before == 0 and mine and {one.owner_id for one in mine} == {None}


def test_what_he_holds_goes_to_whom_the_responsable_chooses(town: Town) -> None:
    amina = welcome(town)
    leave(town, enter(town, amina))
    client, path = page_of(town)
    assert "1 personne l’a pour référent de parcours" in words(client.get(path).get_data(as_text=True))
    client.post(f"{path}/fin", data={"when": "now", "last_on": "", "heir_id": town.accounts["fatou"]})
    assert "Fatou" in signed_in(town, "fatou").get(f"/dossiers/{amina}").get_data(as_text=True)
    with town.acting("fatou", write=False) as tx:
        assert {one.owner_id for one in open_points(tx, amina)} == {town.accounts["fatou"]}


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({}, "Choisissez quand l’habilitation se termine."),
        ({"when": "later"}, "Écrivez le dernier jour de l’habilitation."),
        ({"when": "later", "last_on": "01/01/2020"}, "Cette date est passée"),
        ({"when": "later", "last_on": "31/02/2027"}, "Le 31 février n’existe pas"),
    ],
)
def test_an_end_badly_typed_is_explained(sqlite_town: Town, typed: dict[str, str], sentence: str) -> None:
    client, path = page_of(sqlite_town)
    answer = client.post(f"{path}/fin", data=typed)
    assert answer.status_code == 422 and sentence in answer.get_data(as_text=True)
    assert member_of(sqlite_town, "bruno").until_on is None


def test_a_lost_telephone_is_asked_for_once_and_shown_as_waiting(town: Town) -> None:
    client, path = page_of(town)
    assert client.post(f"{path}/protection", data={}).status_code == 422
    assert client.post(f"{path}/protection", data={"reason": "lost"}).location == path
    page = words(client.get(path).get_data(as_text=True))
    assert "à confirmer Demande du 20 novembre 2026 : téléphone ou clé perdu ou volé." in page
    assert client.post(f"{path}/protection", data={"reason": "lost"}).status_code == 422


def test_without_a_second_factor_there_is_nothing_to_ask(sqlite_town: Town) -> None:
    unprotected(sqlite_town, "bruno")
    client, path = page_of(sqlite_town)
    assert "elle sera demandée à la prochaine connexion" in words(client.get(path).get_data(as_text=True))


@pytest.mark.parametrize("gesture", ["", "/prolongation", "/fin", "/protection", "/personnes"])
def test_another_structures_responsable_does_not_find_him(sqlite_town: Town, gesture: str) -> None:
    _, path = page_of(sqlite_town)
    client = signed_in(sqlite_town, "sylvie")
    typed = {"until_on": "20/11/2027", "when": "now", "reason": "lost"}
    answer = client.post(path + gesture, data=typed) if gesture else client.get(path)
    assert answer.status_code == 404


def test_ones_own_habilitation_is_out_of_reach(sqlite_town: Town) -> None:
    client, path = page_of(sqlite_town, "denis")
    for gesture, typed in (("prolongation", {"until_on": "20/11/2027"}), ("fin", {"when": "now", "last_on": ""})):
        answer = client.post(f"{path}/{gesture}", data=typed)
        assert answer.status_code == 422 and "propre habilitation" in answer.get_data(as_text=True)


def test_what_waits_for_him_elsewhere_is_not_told_here(sqlite_town: Town) -> None:
    asked(sqlite_town, "elise", "sylvie")
    client, path = page_of(sqlite_town)
    assert "Demande du" not in client.get(path).get_data(as_text=True)
