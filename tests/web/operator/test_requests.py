from datetime import timedelta

from pathway.demo.town import Town
from pathway.kernel.clock import FixedClock
from tests.casework.resets.letters import last_link
from tests.casework.resets.test_factor_reset import NEW, asked, is_protected
from tests.town import signed_in, web
from tests.web.supervisor.test_alerts import words


def test_nothing_waits_says_so(sqlite_town: Town) -> None:
    assert "Aucune demande." in words(signed_in(sqlite_town, "root").get("/demandes").get_data(as_text=True))


def test_the_operator_checks_confirms_and_the_next_sign_in_leads_to_a_new_factor(town: Town) -> None:
    request_id = asked(town)
    client = signed_in(town, "root")
    page = words(client.get("/demandes").get_data(as_text=True))
    assert "Double vérification de Bruno Lemaire" in page and "Denis Carpentier" in page
    path = f"/demandes/{request_id}/confirmation"
    refused = client.post(path)
    assert refused.status_code == 422 and "Vérifiez d’abord de vive voix" in refused.get_data(as_text=True)
    assert is_protected(town, town.accounts["bruno"])
    assert client.post(path, data={"is_checked": "y"}).location == "/demandes"
    assert (
        web(town).post(last_link(town, "second_factor_reset"), data={"password": NEW, "again": NEW}).status_code == 303
    )
    browser = web(town)
    browser.post("/connexion", data={"login": town.cast["bruno"].email, "password": NEW})
    assert browser.get("/aujourd-hui").location == "/connexion/protection"


def test_a_refused_request_changes_nothing_and_leaves_the_list(sqlite_town: Town) -> None:
    request_id = asked(sqlite_town)
    client = signed_in(sqlite_town, "root")
    assert client.post(f"/demandes/{request_id}/refus").location == "/demandes"
    assert "Aucune demande." in client.get("/demandes").get_data(as_text=True)
    assert is_protected(sqlite_town, sqlite_town.accounts["bruno"])


def test_only_an_operator_who_has_just_proved_who_she_is_confirms(sqlite_town: Town, clock: FixedClock) -> None:
    path = f"/demandes/{asked(sqlite_town)}/confirmation"
    for persona in ("denis", "bruno", "ines", "theo"):
        assert signed_in(sqlite_town, persona).post(path, data={"is_checked": "y"}).status_code == 403
    client = signed_in(sqlite_town, "root")
    clock.move(timedelta(minutes=11))
    assert str(client.post(path, data={"is_checked": "y"}).location).startswith("/mon-compte/confirmer")
    assert is_protected(sqlite_town, sqlite_town.accounts["bruno"])
