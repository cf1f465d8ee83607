from datetime import timedelta

import pytest

from pathway.casework.partners.actions import add_membership
from pathway.casework.partners.rules import Role
from pathway.casework.partners.tables import Membership
from pathway.demo.town import Town
from pathway.kernel.clock import FixedClock
from pathway.store.columns import table_of
from tests.casework.enrolments.steps import rows
from tests.town import code_of_now, web
from tests.web.account.doors import SAFE, STEP, coded, halfway, page_of, printed, secret_of, unprotected


def test_the_code_of_the_telephone_opens_the_session(town: Town) -> None:
    client = halfway(town)
    answer = coded(client, code_of_now(town, "bruno"))
    assert (answer.status_code, answer.location) == (303, "/aujourd-hui")
    assert client.get("/aujourd-hui").status_code == 200


@pytest.mark.parametrize("path", ["/aujourd-hui", "/mon-compte", SAFE, "/dossiers", "/mon-compte/confirmer"])
def test_between_the_two_steps_nothing_opens(sqlite_town: Town, path: str) -> None:
    client = halfway(sqlite_town)
    assert client.get(path).location == f"/connexion?suite={path}"
    assert client.get(STEP).status_code == 200


def test_the_second_step_waits_five_minutes(sqlite_town: Town, clock: FixedClock) -> None:
    client = halfway(sqlite_town)
    clock.move(timedelta(minutes=5))
    answer = coded(client, code_of_now(sqlite_town, "bruno"))
    assert (answer.status_code, answer.location) == (303, "/connexion")


def test_a_stranger_is_led_to_the_first_step(sqlite_town: Town) -> None:
    assert web(sqlite_town).get(STEP).location == "/connexion"
    assert web(sqlite_town).post(f"{STEP}/cle").status_code == 403


@pytest.mark.parametrize("typed", ["000000", "AAAAAAAAAA", "12345", "é", "\x00"])
def test_a_wrong_code_is_refused_and_told_to_its_owner(sqlite_town: Town, typed: str) -> None:
    client = halfway(sqlite_town)
    answer = coded(client, typed)
    assert answer.status_code == 422 and "Ce code n’est pas le bon" in page_of(answer)
    assert [row["kind"] for row in rows(sqlite_town.store, "account_event")][-1] == "wrong_code"


def test_an_empty_code_is_asked_for_and_not_counted(sqlite_town: Town) -> None:
    client = halfway(sqlite_town)
    assert [coded(client, " ").status_code for _ in range(6)] == [422] * 6
    assert coded(client, code_of_now(sqlite_town, "bruno")).status_code == 303


def test_a_recovery_code_replaces_the_telephone_once(town: Town) -> None:
    codes = printed(town)
    client = halfway(town)
    assert coded(client, f" {codes[0][:5].lower()}-{codes[0][5:]} ").status_code == 303
    assert "Il en reste 9 codes" in page_of(client.get("/aujourd-hui"))
    assert coded(halfway(town), codes[0]).status_code == 422


def test_a_new_list_makes_the_earlier_one_worthless(sqlite_town: Town) -> None:
    earlier, later = printed(sqlite_town), printed(sqlite_town)
    assert coded(halfway(sqlite_town), earlier[0]).status_code == 422
    assert coded(halfway(sqlite_town), later[0]).status_code == 303


def test_a_code_of_somebody_else_opens_nothing(sqlite_town: Town) -> None:
    hers = printed(sqlite_town, "denis")
    assert coded(halfway(sqlite_town), hers[0]).status_code == 422
    assert coded(halfway(sqlite_town), code_of_now(sqlite_town, "denis")).status_code == 422


def test_an_habilitation_that_ended_between_the_steps_opens_nothing(sqlite_town: Town) -> None:
    client = halfway(sqlite_town)
    with sqlite_town.acting("root") as tx:
        tx.execute(table_of(Membership).update().values(until_on=tx.today - timedelta(days=1)))
        tx.journal("end_membership")
    answer = coded(client, code_of_now(sqlite_town, "bruno"))
    assert answer.status_code == 422 and "habilitation" in page_of(answer)
    assert client.get("/aujourd-hui").status_code == 302


def test_giving_up_ends_what_was_begun(sqlite_town: Town) -> None:
    client = halfway(sqlite_town)
    kept = secret_of(client)
    client.post("/deconnexion")
    client.set_cookie("carte", kept)
    assert coded(client, code_of_now(sqlite_town, "bruno")).location == "/connexion"


def test_a_professional_without_a_factor_can_only_install_one(town: Town) -> None:
    unprotected(town)
    client = halfway(town)
    assert client.get("/").location == "/connexion/protection"
    for path in ("/aujourd-hui", "/mon-compte", SAFE, "/dossiers", "/mon-compte/mot-de-passe"):
        assert client.get(path).location == "/connexion/protection", path
    for path in (f"{SAFE}/codes", f"{SAFE}/appareils", f"{SAFE}/application/retrait", "/mon-compte/poste"):
        assert client.post(path).location == "/connexion/protection", path
    assert "Protéger mon compte" in page_of(client.get("/connexion/protection"))


def test_an_account_with_two_posts_chooses_where_to_work(town: Town) -> None:
    with town.acting("root") as tx:
        bruno, plie = town.accounts["bruno"], town.structures["plie"]
        add_membership(tx, account_id=bruno, structure_id=plie, role=Role.SUPERVISOR, from_on=tx.today)
    client = halfway(town)
    coded(client, code_of_now(town, "bruno"))
    before = secret_of(client)
    assert "PLIE du Bassin" in page_of(client.get("/mon-compte"))
    answer = client.post("/mon-compte/poste", data={"poste": f"{town.structures['plie']}-supervisor"})
    assert answer.location == "/alertes" and secret_of(client) != before
    assert "PLIE du Bassin" in page_of(client.get("/alertes"))
    client.set_cookie("carte", before)
    assert client.get("/mon-compte").status_code == 302


def test_a_post_one_does_not_hold_cannot_be_taken(sqlite_town: Town) -> None:
    client = halfway(sqlite_town)
    coded(client, code_of_now(sqlite_town, "bruno"))
    for typed in (
        "",
        f"{sqlite_town.structures['plie']}-supervisor",
        f"{sqlite_town.structures['pae-centre']}-operator",
    ):
        assert client.post("/mon-compte/poste", data={"poste": typed}).status_code == 404
