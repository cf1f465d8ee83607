"""Check 42: after signing out, changing the password or being disabled, the old cookie opens nothing."""

import pytest
from flask.testing import FlaskClient

from pathway.casework.accounts.rules import AccountState
from pathway.casework.accounts.tables import Account
from pathway.demo.personas import PASSWORD
from pathway.demo.town import Town
from pathway.store.columns import table_of
from tests.town import signed_in, web, welcome
from tests.web.account.doors import SAFE, secret_of
from tests.web.jobseeker.lives import at_home

NEW = "cinq tortues traversent lentement"


def sign_out(_town: Town, client: FlaskClient) -> None:
    client.post("/deconnexion")


def change_password(_town: Town, client: FlaskClient) -> None:
    typed = {"current": PASSWORD, "password": NEW, "again": NEW}
    assert client.post("/mon-compte/mot-de-passe", data=typed).status_code == 303


def disable(town: Town, _client: FlaskClient) -> None:
    account = table_of(Account)
    with town.acting("root") as tx:
        his = account.c.id == town.accounts["bruno"]
        tx.execute(account.update().where(his).values(state=AccountState.DISABLED.value))
        tx.journal("disable_account")


def end_elsewhere(town: Town, _client: FlaskClient) -> None:
    signed_in(town, "bruno").post(f"{SAFE}/appareils", data={"session": "toutes"})


@pytest.mark.parametrize("end", [sign_out, change_password, disable, end_elsewhere])
def test_the_old_cookie_is_dead(town: Town, end: object) -> None:
    client = signed_in(town, "bruno")
    kept = secret_of(client)
    assert callable(end)
    end(town, client)
    thief = web(town)
    thief.set_cookie("carte", kept)
    for path in ("/mon-compte", "/aujourd-hui", SAFE):
        assert thief.get(path).status_code == 302, path
    assert thief.post("/recherche", data={"last_name": "Benkacem"}).location == "/connexion"


def test_a_closed_account_of_a_person_is_dead_everywhere(town: Town) -> None:
    client = at_home(town, welcome(town))
    kept = secret_of(client)
    client.post("/mon-compte/pas-moi")
    thief = web(town)
    thief.set_cookie("carte", kept)
    assert thief.get("/mon-parcours").status_code == 302


def test_a_dead_session_is_not_brought_back_by_using_it(sqlite_town: Town) -> None:
    client = signed_in(sqlite_town, "bruno")
    kept = secret_of(client)
    client.post("/deconnexion")
    for _ in range(3):
        client.set_cookie("carte", kept)
        assert client.get("/mon-compte").status_code == 302
