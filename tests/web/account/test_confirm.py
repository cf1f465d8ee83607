from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from pathway.demo.town import Town
from pathway.kernel.clock import FixedClock
from tests.town import code_of_now, signed_in, welcome
from tests.web.account.authenticator import Authenticator
from tests.web.account.doors import SAFE, page_of, printed, secret_of
from tests.web.jobseeker.lives import SECRET, at_home

AGAIN = "/mon-compte/confirmer"
LATER = timedelta(minutes=10)


@pytest.mark.parametrize("path", ["/mon-compte/mot-de-passe", f"{SAFE}/application", f"{SAFE}/cle"])
def test_a_sensitive_page_asks_again_after_ten_minutes(sqlite_town: Town, clock: FixedClock, path: str) -> None:
    client = signed_in(sqlite_town, "bruno")
    clock.move(LATER - timedelta(microseconds=1))
    assert client.get(path).status_code == 200
    clock.move(timedelta(microseconds=1))
    answer = client.get(path)
    assert (answer.status_code, answer.location) == (303, f"{AGAIN}?suite={path}")


@pytest.mark.parametrize("page", ["carte-imprimee", "carte-perdue", "activation", "connexion"])
def test_a_key_to_her_record_is_not_given_from_a_desk_left_open(
    sqlite_town: Town, clock: FixedClock, page: str
) -> None:
    path = f"/dossiers/{welcome(sqlite_town)}/{page}"
    client = signed_in(sqlite_town, "bruno")
    assert client.get(path).status_code == 200
    clock.move(LATER)
    for answer in (client.get(path), client.post(path)):
        assert (answer.status_code, answer.location) == (303, f"{AGAIN}?suite={path}")


@pytest.mark.parametrize("path", ["application/debut", "application/retrait", "cle/retrait", "cle/demande", "codes"])
def test_a_sensitive_gesture_asks_again_too(sqlite_town: Town, clock: FixedClock, path: str) -> None:
    client = signed_in(sqlite_town, "bruno")
    clock.move(LATER)
    assert client.post(f"{SAFE}/{path}").location.startswith(AGAIN)


def test_giving_an_activation_code_asks_again(sqlite_town: Town, clock: FixedClock) -> None:
    record_id = welcome(sqlite_town)
    client = signed_in(sqlite_town, "bruno")
    clock.move(LATER)
    path = f"/dossiers/{record_id}/activation"
    assert client.post(path).location == f"{AGAIN}?suite={path}"


def test_a_code_proves_it_and_leads_back_under_a_new_secret(town: Town, clock: FixedClock) -> None:
    client = signed_in(town, "bruno")
    clock.move(LATER)
    before = secret_of(client)
    typed = {"code": code_of_now(town, "bruno"), "suite": "/mon-compte/mot-de-passe"}
    answer = client.post(AGAIN, data=typed)
    assert (answer.status_code, answer.location) == (303, "/mon-compte/mot-de-passe")
    assert client.get("/mon-compte/mot-de-passe").status_code == 200
    assert secret_of(client) != before
    client.set_cookie("carte", before)
    assert client.get("/mon-compte").status_code == 302


def test_the_ten_hours_of_a_session_do_not_begin_again(sqlite_town: Town, clock: FixedClock) -> None:
    client = signed_in(sqlite_town, "bruno")
    for _ in range(39):
        clock.move(timedelta(minutes=15))
        assert client.post(AGAIN, data={"code": code_of_now(sqlite_town, "bruno")}).status_code == 303
    clock.move(timedelta(minutes=15))
    assert client.get("/mon-compte").status_code == 302


def test_a_password_is_not_enough_where_there_is_a_factor(sqlite_town: Town, clock: FixedClock) -> None:
    client = signed_in(sqlite_town, "bruno")
    clock.move(LATER)
    assert client.post(AGAIN, data={"password": "quatre-lapins-verts-dansent"}).status_code == 422
    assert client.get("/mon-compte/mot-de-passe").status_code == 303


def test_a_passkey_proves_it_within_five_minutes(sqlite_town: Town, clock: FixedClock) -> None:
    client, device = signed_in(sqlite_town, "bruno"), Authenticator()
    client.post(f"{SAFE}/cle", data={"credential": device.create(page_of(client.post(f"{SAFE}/cle/demande")))})
    for wait, status in ((timedelta(minutes=5), 422), (timedelta(minutes=4), 303)):
        options = page_of(client.post(f"{AGAIN}/cle"))
        clock.move(wait)
        assert client.post(AGAIN, data={"credential": device.prove(options)}).status_code == status


def test_a_person_without_a_factor_gives_her_password(town: Town, clock: FixedClock) -> None:
    client = at_home(town, welcome(town))
    clock.move(LATER)
    assert "Votre mot de passe" in page_of(client.get(AGAIN))
    assert client.post(AGAIN, data={"password": "autre chose"}).status_code == 422
    answer = client.post(AGAIN, data={"password": SECRET, "suite": f"{SAFE}/application"})
    assert answer.location == f"{SAFE}/application"


def test_wrong_proofs_are_slowed(sqlite_town: Town, clock: FixedClock) -> None:
    client, person = signed_in(sqlite_town, "bruno"), at_home(sqlite_town, welcome(sqlite_town))
    clock.move(LATER)
    assert [client.post(AGAIN, data={"code": "000000"}).status_code for _ in range(6)] == [422] * 5 + [429]
    assert [tried(person, "autre chose") for _ in range(6)] == [422] * 5 + [429]
    assert tried(person, SECRET) == 429


def test_an_empty_proof_is_asked_for(sqlite_town: Town) -> None:
    assert "Écrivez le code" in page_of(signed_in(sqlite_town, "bruno").post(AGAIN, data={"code": ""}))
    assert "Écrivez votre mot de passe" in page_of(at_home(sqlite_town, welcome(sqlite_town)).post(AGAIN))


def test_it_leads_to_no_other_site(sqlite_town: Town) -> None:
    typed = {"code": printed(sqlite_town)[0], "suite": "//evil.example"}
    assert signed_in(sqlite_town, "bruno").post(AGAIN, data=typed).location == SAFE


def tried(client: FlaskClient, password: str) -> int:
    return client.post(AGAIN, data={"password": password}).status_code


@pytest.mark.parametrize("page", ["accord", "accord/papier"])
def test_an_agreement_is_not_recorded_from_a_desk_left_open(sqlite_town: Town, clock: FixedClock, page: str) -> None:
    path = f"/dossiers/{welcome(sqlite_town)}/{page}"
    client = signed_in(sqlite_town, "bruno")
    assert client.get(path).status_code == 200
    clock.move(LATER)
    for answer in (client.get(path), client.post(path)):
        assert (answer.status_code, answer.location) == (303, f"{AGAIN}?suite={path}")


def test_what_opens_her_record_is_asked_again_on_her_phone_too(sqlite_town: Town, clock: FixedClock) -> None:
    home = at_home(sqlite_town, welcome(sqlite_town))
    structure = sqlite_town.structures["pae-centre"]
    clock.move(LATER)
    for path in (f"accord/{structure}", f"{structure}/reprendre"):
        for answer in (home.get(f"/qui-voit-quoi/{path}"), home.post(f"/qui-voit-quoi/{path}")):
            assert answer.location == f"{AGAIN}?suite=/qui-voit-quoi/{path}"
    assert home.post(f"/qui-voit-quoi/{structure}/montrer").location.startswith(AGAIN)
    assert home.get("/mon-compte/pas-moi").location.startswith(AGAIN)


def test_stopping_and_hiding_ask_nothing_again(sqlite_town: Town, clock: FixedClock) -> None:
    record_id = welcome(sqlite_town)
    home = at_home(sqlite_town, record_id)
    structure = sqlite_town.structures["pae-centre"]
    clock.move(LATER)
    assert home.get(f"/qui-voit-quoi/{structure}/cacher").status_code == 200
    assert home.get(f"/qui-voit-quoi/{structure}/arreter").status_code == 200
    assert home.post(f"/qui-voit-quoi/{structure}/arreter").location == "/qui-voit-quoi"
    withdrawn = f"/dossiers/{record_id}/accord/retirer"
    desk = signed_in(sqlite_town, "bruno")
    clock.move(LATER)
    assert desk.get(withdrawn).status_code == 200


def test_an_access_is_explained_and_devices_ended_by_who_proved_it_lately(sqlite_town: Town, clock: FixedClock) -> None:
    client = signed_in(sqlite_town, "denis")
    clock.move(LATER)
    for path in ("/acces-a-expliquer/" + "a" * 26 + "/reponse", "/acces-a-expliquer/" + "a" * 26 + "/verification"):
        assert client.post(path).location.startswith(AGAIN)
    assert client.get("/acces-a-expliquer").location.startswith(AGAIN)
    assert client.post(f"{SAFE}/appareils").location.startswith(AGAIN)
