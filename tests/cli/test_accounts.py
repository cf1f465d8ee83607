import json
import sqlite3
from datetime import date

import pytest

from pathway.casework.accounts.rules import Stage
from pathway.casework.accounts.sessions import start_half_session
from pathway.kernel.calendar import add_months
from pathway.kernel.clock import SystemClock, local_day
from pathway.store.actor import SYSTEM
from pathway.store.opening import open_store, prepare_instance
from pathway.store.transaction import Transaction
from pathway.web.application import build
from tests.cli.conftest import Desk

WHO = ("--email", "d.martin@exemple.fr", "--first-name", "Dominique", "--last-name", "Martin")


def invite(desk: Desk, *more: str, role: str = "supervisor", structure: str = "pae-centre") -> dict[str, str]:
    answer: dict[str, str] = desk.answer("accounts", "invite", *WHO, "--role", role, "--structure", structure, *more)
    return answer


def today() -> date:
    return local_day(SystemClock().now())


def test_a_fresh_instance_gets_its_structure_its_first_account_and_somebody_signs_in(empty_desk: Desk) -> None:
    prepare_instance(empty_desk.settings, now=SystemClock().now())
    structure = ("--code", "coordination", "--name", "Coordination", "--kind", "territory")
    assert empty_desk.run("partners", "add-structure", *structure).exit_code == 0
    link = invite(empty_desk, "--show-link", role="operator", structure="coordination")["link"]
    store = open_store(empty_desk.settings)
    client = build(empty_desk.settings, store).test_client()
    client.application.config["WTF_CSRF_ENABLED"] = False
    new = {"password": "quatre girafes bleues", "again": "quatre girafes bleues"}
    answer = client.post(link.removeprefix("http://localhost:8000"), data=new)
    assert answer.location == "/connexion/protection"
    store.engine.dispose()
    assert [one["role"] for one in empty_desk.answer("accounts", "list")] == ["operator"]


def test_after_a_theft_every_session_ends_at_once(desk: Desk) -> None:
    someone = desk.answer("accounts", "list")[0]["account_id"]
    store = open_store(desk.settings)
    with Transaction(store, actor=SYSTEM, clock=SystemClock(), door="jobs") as tx:
        start_half_session(tx, account_id=someone, record_id="", stage=Stage.PENDING, tries_of="nobody")
        tx.journal("prove")
    store.engine.dispose()
    assert "--all" in desk.refusal("accounts", "sign-out", code=2)
    assert [desk.answer("accounts", "sign-out", "--all") for _ in range(2)] == [{"ended": 1}, {"ended": 0}]


def test_an_invitation_shows_no_link_unless_asked(desk: Desk) -> None:
    assert set(invite(desk)) == {"invitation", "until"}
    done = desk.run("accounts", "invite", *WHO, "--role", "reviewer", "--structure", "coordination", "--show-link")
    assert done.stdout.startswith("http://localhost:8000/invitation/") and done.stdout.count("\n") == 1
    assert "/invitation/" not in done.stderr


def test_without_an_end_it_is_a_year(desk: Desk) -> None:
    assert invite(desk)["until"] == add_months(today(), 12).isoformat()
    assert invite(desk, "--until", add_months(today(), 3).isoformat())["until"] == add_months(today(), 3).isoformat()


@pytest.mark.parametrize(
    ("more", "code", "said"),
    [
        (("--role", "jobseeker"), 2, "--role"),
        (("--until", "28/11/2027"), 2, "AAAA-MM-JJ"),
        (("--until", "2001-01-01"), 1, "Cette date est passée"),
        (("--until", "2099-01-01"), 1, "trois ans au plus"),
        (("--structure", "nulle-part"), 1, "Aucune structure active n’a le code « nulle-part »"),
        (("--email", "d.martin"), 1, "n’est pas complète"),
        (("--first-name", " "), 2, "de 1 à 80 caractères"),
    ],
)
def test_a_refused_invitation_says_why(desk: Desk, more: tuple[str, ...], code: int, said: str) -> None:
    words = ("accounts", "invite", *WHO, "--role", "supervisor", "--structure", "pae-centre", *more)
    assert said in desk.refusal(*words, code=code)


def test_the_list_gives_ids_roles_and_structures_and_no_name(desk: Desk) -> None:
    done = desk.run("accounts", "list")
    assert "pae-centre" in done.stdout and "Actif" in done.stdout
    assert "Bruno" not in done.stdout and "@" not in done.stdout
    lines = desk.answer("accounts", "list")
    assert {"account_id", "role", "structure", "until_on", "state"} == set(lines[0])


def account_of(desk: Desk, role: str, structure: str) -> str:
    lines = desk.answer("accounts", "list")
    return next(str(one["account_id"]) for one in lines if (one["role"], one["structure"]) == (role, structure))


def test_a_shut_account_is_shut_and_may_be_opened_again(desk: Desk) -> None:
    account_id = account_of(desk, "supervisor", "pae-centre")
    for verb, state in (("disable", "disabled"), ("enable", "active")):
        assert desk.run("accounts", verb, account_id).exit_code == 0
        lines = {one["account_id"]: one["state"] for one in desk.answer("accounts", "list")}
        assert lines[account_id] == state
    assert "Aucun compte professionnel" in desk.refusal("accounts", "disable", "a" * 26, code=1)


def test_the_end_of_a_responsable_is_moved_from_here(desk: Desk) -> None:
    account_id = account_of(desk, "supervisor", "pae-centre")
    until = add_months(today(), 24).isoformat()
    words = ("accounts", "prolong", account_id, "--structure", "pae-centre", "--until", until)
    assert desk.run(*words).exit_code == 0
    lines = {one["account_id"]: one["until_on"] for one in desk.answer("accounts", "list")}
    assert lines[account_id] == until
    elsewhere = ("accounts", "prolong", account_id, "--structure", "plie", "--until", until)
    assert "pas d’habilitation dans cette structure" in desk.refusal(*elsewhere, code=1)


def test_the_journal_says_the_server_did_it(desk: Desk) -> None:
    invite(desk)
    connection = sqlite3.connect(desk.folder / "carte.sqlite")
    (payload,) = connection.execute("SELECT payload FROM journal_entry ORDER BY seq DESC LIMIT 1").fetchone()
    connection.close()
    kept = json.loads(payload)
    assert "invite" in str(kept["acts"]) and "martin" not in str(kept).casefold()
