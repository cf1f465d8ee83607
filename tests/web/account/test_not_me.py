from pathway.demo.town import Town
from pathway.store.journal import entries_about
from tests.casework.resets.letters import last_link
from tests.town import signed_in, web, welcome
from tests.web.account.doors import SAFE, page_of
from tests.web.jobseeker.lives import SECRET, at_home, code_for

PATH = "/mon-compte/pas-moi"


def test_a_person_closes_an_account_somebody_else_uses(town: Town) -> None:
    record_id = welcome(town)
    client = at_home(town, record_id)
    assert "Tous les appareils sont déconnectés" in page_of(client.get(PATH))
    answer = client.post(PATH)
    assert (answer.status_code, answer.location) == (303, "/connexion")
    assert client.get("/mon-parcours").status_code == 302
    with town.acting("root", write=False) as tx:
        done = {act["do"] for entry in entries_about(tx.connection, record_id, limit=5) for act in entry["acts"]}
    assert "account_disowned" in done


def test_a_new_code_opens_it_anew_and_nothing_of_before_remains(town: Town) -> None:
    record_id = welcome(town)
    first = at_home(town, record_id)
    first.post(f"{SAFE}/codes")
    first.post(PATH)
    new = "une toute autre phrase secrète"
    typed = {"code": code_for(town, record_id), "birth_date": "22/04/1991", "password": new, "again": new}
    client = web(town)
    assert client.post("/activation/mot-de-passe", data=typed).location == "/mon-parcours"
    assert "une liste de codes imprimée suffit" in page_of(client.get(SAFE))
    assert first.get("/mon-parcours").status_code == 302


def test_an_address_given_before_may_be_given_again(sqlite_town: Town) -> None:
    record_id = welcome(sqlite_town)
    for _ in range(2):
        client, mail = web(sqlite_town), "amina@exemple.fr"
        typed = {"code": code_for(sqlite_town, record_id), "birth_date": "22/04/1991", "email": mail}
        client.post("/activation/mot-de-passe", data={**typed, "password": SECRET, "again": SECRET})
        web(sqlite_town).post(last_link(sqlite_town, "check_email"))
        signed = web(sqlite_town).post("/connexion", data={"login": mail, "password": SECRET})
        assert signed.location == "/mon-parcours"
        client.post(PATH)
        assert web(sqlite_town).post("/connexion", data={"login": mail, "password": SECRET}).status_code == 422


def test_a_professional_has_no_such_page(sqlite_town: Town) -> None:
    assert signed_in(sqlite_town, "bruno").post(PATH).status_code == 403
