"""Check 45: a forgotten password and an invitation answer the same, by the same work, in the same time, for anybody."""

from collections.abc import Callable

from flask.testing import FlaskClient

from pathway.casework.accounts.tables import FailedTries
from pathway.demo.town import Town
from pathway.kernel.ids import new_card_number
from pathway.store.columns import table_of
from tests.hostile.ranks import told_apart
from tests.hostile.test_45_creation_tells_nothing import statements
from tests.town import signed_in, web, welcome
from tests.web.account.doors import unprotected
from tests.web.jobseeker.lives import at_home


def logins(town: Town) -> dict[str, str]:
    """A professional, one without a second factor, one whose account is shut, nobody, and a card of nobody."""
    unprotected(town, "fatou")
    with town.store.engine.begin() as connection:
        connection.exec_driver_sql(f"UPDATE account SET state = 'disabled' WHERE id = '{town.accounts['karim']}'")
    at_home(town, welcome(town))
    addresses = {name: f"{name}@demo.carte.invalid" for name in ("bruno", "fatou", "karim", "inconnu")}
    return {**addresses, "card": new_card_number()}


def forgiven(town: Town) -> None:
    """The brake would answer instead: nobody has asked before."""
    with town.store.engine.begin() as connection:
        connection.execute(table_of(FailedTries).delete())


def forgetting(client: FlaskClient, login: str) -> Callable[[int], object]:
    def forget(_number: int) -> object:
        answer = client.post("/mot-de-passe-oublie", data={"login": login})
        assert answer.status_code == 200
        return answer

    return forget


def inviting(client: FlaskClient, address: Callable[[int], str]) -> Callable[[int], object]:
    form = {"first_name": "Claire", "last_name": "Nguyen", "role": "counsellor", "until_on": "20/11/2027"}

    def invite(number: int) -> object:
        answer = client.post("/equipe/inviter", data={**form, "email": address(number)})
        assert answer.status_code == 303, answer.get_data(as_text=True)
        return answer

    return invite


def test_a_forgotten_password_is_the_same_work_for_everybody(town: Town) -> None:
    runs = []
    for login in logins(town).values():
        client = web(town)
        forgiven(town)
        with statements(town) as seen:
            forgetting(client, login)(0)
        runs.append(seen)
    assert all(run == runs[0] for run in runs)


def test_the_duration_of_a_forgotten_password_tells_nothing(sqlite_town: Town) -> None:
    doing = {name: forgetting(web(sqlite_town), login) for name, login in logins(sqlite_town).items()}
    assert told_apart(doing, before=lambda: forgiven(sqlite_town)) == []


def renamed(town: Town, persona: str, email: str) -> None:
    """That professional of another structure has that address."""
    token = town.store.fingerprints.token("login-email", 62, email)
    with town.store.engine.begin() as connection:
        hers = f"account_id = '{town.accounts[persona]}'"
        connection.exec_driver_sql(f"UPDATE account_login SET token = {token} WHERE {hers}")


def test_an_invitation_is_the_same_work_whether_the_address_has_an_account_or_not(town: Town) -> None:
    renamed(town, "chloe", "connue@exemple.fr")
    client, runs = signed_in(town, "denis"), []
    inviting(client, lambda _number: "premiere@exemple.fr")(0)
    for address in ("connue@exemple.fr", "autre1@exemple.fr"):
        with statements(town) as seen:
            inviting(client, lambda _number, to=address: to)(0)  # type: ignore[misc]  # bound at once
        runs.append(seen)
    assert runs[0] == runs[1]


def test_the_duration_of_an_invitation_tells_nothing(sqlite_town: Town) -> None:
    renamed(sqlite_town, "chloe", "connue@exemple.fr")
    client = signed_in(sqlite_town, "denis")
    doing = {
        "known": inviting(client, lambda _number: "connue@exemple.fr"),
        "unknown": inviting(client, lambda _number: "autre1@exemple.fr"),
    }
    assert told_apart(doing) == []
