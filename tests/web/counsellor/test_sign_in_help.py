import re

from pathway.demo.town import Town
from tests.casework.resets.test_factor_reset import is_protected, protected_person
from tests.town import signed_in, web, welcome
from tests.web.jobseeker.lives import SECRET, at_home

BORN = "22/04/1991"
NEW = "quatre girafes bleues nagent"


def path_of(record_id: str) -> str:
    return f"/dossiers/{record_id}/connexion"


def given(town: Town, record_id: str, by: str = "bruno") -> str:
    page = signed_in(town, by).post(path_of(record_id)).get_data(as_text=True)
    found = re.search(r'given-code-value number">(\w{4} \w{4})<', page)
    assert found
    return found[1]


def test_the_record_offers_help_once_the_account_is_open(sqlite_town: Town) -> None:
    record_id = welcome(sqlite_town)
    client = signed_in(sqlite_town, "bruno")
    assert path_of(record_id) not in client.get(f"/dossiers/{record_id}").get_data(as_text=True)
    assert "Donner un code d’activation" in client.get(path_of(record_id)).get_data(as_text=True)
    at_home(sqlite_town, record_id)
    assert path_of(record_id) in client.get(f"/dossiers/{record_id}").get_data(as_text=True)


def test_a_code_given_in_person_changes_her_password(town: Town) -> None:
    record_id = welcome(town)
    old = at_home(town, record_id)
    typed = {"code": given(town, record_id).lower(), "birth_date": BORN, "password": NEW, "again": NEW}
    assert web(town).post("/mot-de-passe-oublie/code", data=typed).location == "/connexion"
    assert old.get("/mon-parcours").status_code == 302
    card = re.search(r'"number">([\d ]{17})<', signed_in(town, "bruno").post(path_of(record_id)).get_data(as_text=True))
    assert card
    for password, status in ((SECRET, 422), (NEW, 303)):
        answer = web(town).post("/connexion", data={"login": card[1], "password": password})
        assert answer.status_code == status


def test_a_lost_factor_takes_two_colleagues(town: Town) -> None:
    record_id, account_id = protected_person(town)
    path = path_of(record_id)
    bruno, fatou = signed_in(town, "bruno"), signed_in(town, "fatou")
    assert bruno.post(f"{path}/demande", data={}).status_code == 422
    assert bruno.post(f"{path}/demande", data={"reason": "lost"}).location == path
    assert "Un·e collègue de votre structure doit confirmer" in bruno.get(path).get_data(as_text=True)
    assert bruno.post(f"{path}/reponse", data={"reponse": "oui"}).status_code == 422
    assert is_protected(town, account_id)
    assert "Confirmer la remise à zéro" in fatou.get(path).get_data(as_text=True)
    assert fatou.post(f"{path}/reponse", data={"reponse": "oui"}).location == path
    assert not is_protected(town, account_id)
    page = fatou.get(path).get_data(as_text=True)
    assert "n’a plus de mot de passe" in page and "son mot de passe avec elle" in page
    typed = {"code": given(town, record_id), "birth_date": BORN, "password": NEW, "again": NEW}
    assert web(town).post("/mot-de-passe-oublie/code", data=typed).location == "/connexion"
    assert "son mot de passe suffit" in fatou.get(path).get_data(as_text=True)


def test_whoever_asked_may_take_it_back(sqlite_town: Town) -> None:
    record_id, account_id = protected_person(sqlite_town)
    client, path = signed_in(sqlite_town, "bruno"), path_of(record_id)
    client.post(f"{path}/demande", data={"reason": "changed"})
    assert client.post(f"{path}/reponse", data={"reponse": "non"}).location == path
    assert is_protected(sqlite_town, account_id)
    assert "Demander la remise à zéro" in client.get(path).get_data(as_text=True)


def test_she_reads_in_her_log_what_was_done_to_her_account(sqlite_town: Town) -> None:
    record_id, _ = protected_person(sqlite_town)
    given(sqlite_town, record_id)
    bruno, fatou = signed_in(sqlite_town, "bruno"), signed_in(sqlite_town, "fatou")
    bruno.post(f"{path_of(record_id)}/demande", data={"reason": "lost"})
    fatou.post(f"{path_of(record_id)}/reponse", data={"reponse": "oui"})
    client = web(sqlite_town)
    typed = {"code": given(sqlite_town, record_id), "birth_date": BORN, "password": NEW, "again": NEW}
    client.post("/mot-de-passe-oublie/code", data=typed)
    card = re.search(
        r'"number">([\d ]{17})<', signed_in(sqlite_town, "bruno").post(path_of(record_id)).get_data(as_text=True)
    )
    assert card
    client.post("/connexion", data={"login": card[1], "password": NEW})
    page = client.get("/qui-a-regarde").get_data(as_text=True)
    for said in ("vous a donné un code pour changer", "a demandé de remettre à zéro", "a remis à zéro la double"):
        assert said in page


def test_without_support_there_is_no_help(sqlite_town: Town) -> None:
    record_id = welcome(sqlite_town)
    at_home(sqlite_town, record_id)
    for persona in ("chloe", "elise"):
        client = signed_in(sqlite_town, persona)
        assert client.get(path_of(record_id)).status_code in (403, 404)
        assert client.post(path_of(record_id)).status_code in (403, 404)
