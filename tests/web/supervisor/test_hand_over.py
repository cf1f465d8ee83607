from flask.testing import FlaskClient

from pathway.casework.records.queries import referent_of
from pathway.demo.town import Town
from tests.casework.enrolments.steps import system
from tests.casework.team.scenes import member_of
from tests.town import signed_in, welcome
from tests.web.counsellor.scenes import ZOE, said, valid


def page_of(town: Town, persona: str = "bruno") -> tuple[FlaskClient, str]:
    return signed_in(town, "denis"), f"/equipe/{member_of(town, persona).membership_id}/personnes"


def referent(town: Town, record_id: str) -> str:
    with system(town.store, town.clock, write=False) as tx:
        found = referent_of(tx, record_id)
    assert found is not None
    return found.account_id


def test_chosen_people_change_hands_and_the_others_stay(town: Town) -> None:
    amina, zoe = welcome(town), welcome(town, identity=ZOE)
    client, path = page_of(town)
    assert "Amina Benkacem" in valid(client.get(path))
    assert client.post(path, data={"people": [amina], "to_id": town.accounts["fatou"]}).location == path
    page = said(client.get(path))
    assert "1 personne confiée, avec leurs points de suivi, leurs rendez-vous et leurs relais." in page
    assert "Amina" not in page and "Zoé" in page
    assert (referent(town, amina), referent(town, zoe)) == (town.accounts["fatou"], town.accounts["bruno"])


def test_nobody_ticked_or_nobody_chosen_is_said_and_what_was_ticked_stays(sqlite_town: Town) -> None:
    amina = welcome(sqlite_town)
    client, path = page_of(sqlite_town)
    answer = client.post(path, data={"to_id": sqlite_town.accounts["fatou"]})
    assert answer.status_code == 422 and "Cochez au moins une personne." in valid(answer)
    answer = client.post(path, data={"people": [amina], "to_id": ""})
    assert answer.status_code == 422 and "Choisissez un·e collègue." in valid(answer)
    assert f'value="{amina}" checked' in answer.get_data(as_text=True)


def test_a_person_who_is_not_on_the_page_is_not_given(sqlite_town: Town) -> None:
    amina = welcome(sqlite_town, by="fatou")
    client, path = page_of(sqlite_town)
    client.post(path, data={"people": [amina], "to_id": sqlite_town.accounts["denis"]})
    assert referent(sqlite_town, amina) == sqlite_town.accounts["fatou"]


def test_who_follows_nobody_has_nobody_to_give(sqlite_town: Town) -> None:
    client, path = page_of(sqlite_town, "fatou")
    assert "Plus personne à confier." in valid(client.get(path))


def test_a_counsellor_does_not_share_out_the_people_of_another(sqlite_town: Town) -> None:
    _, path = page_of(sqlite_town)
    assert signed_in(sqlite_town, "fatou").get(path).status_code == 403
