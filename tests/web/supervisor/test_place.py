from pathway.casework.followup.queries import work_of_the_day
from pathway.demo.town import Town
from tests.casework.placements.test_placements import waiting
from tests.town import signed_in, welcome
from tests.web.counsellor.scenes import ZOE, said, valid


def test_she_is_called_chosen_for_and_given_with_her_points(town: Town) -> None:
    amina = waiting(town)
    client, path = signed_in(town, "maud"), f"/a-confier/{amina}"
    page = valid(client.get(path))
    assert "06 12 34 56 78" in page and "ne laissez pas de message" in page
    assert "Point Accueil Emploi Centre" in page  # who followed her before
    sent = {"structure_id": town.structures["ccas"], "agreed_way": "phone"}
    assert client.post(path, data=sent).location == "/a-confier"
    assert "Suivi confié, avec 5 points de suivi." in said(client.get("/a-confier"))
    assert client.get(path).status_code == 404
    with town.acting("nadia", write=False) as tx:
        assert [one.record_id for one in work_of_the_day(tx)] == [amina]


def test_what_is_missing_is_said_and_what_was_chosen_stays(sqlite_town: Town) -> None:
    path = f"/a-confier/{waiting(sqlite_town)}"
    client = signed_in(sqlite_town, "maud")
    answer = client.post(path, data={})
    assert answer.status_code == 422 and "Choisissez une structure." in valid(answer)
    ccas = sqlite_town.structures["ccas"]
    answer = client.post(path, data={"structure_id": ccas})
    assert answer.status_code == 422 and "sans son accord, rien ne part" in valid(answer)
    assert f'selected value="{ccas}"' in answer.get_data(as_text=True)


def test_a_structure_she_stopped_is_neither_offered_nor_accepted(sqlite_town: Town) -> None:
    path = f"/a-confier/{waiting(sqlite_town)}"
    client, plie = signed_in(sqlite_town, "maud"), sqlite_town.structures["plie"]
    assert plie not in client.get(path).get_data(as_text=True)
    answer = client.post(path, data={"structure_id": plie, "agreed_way": "phone"})
    assert answer.status_code == 422 and "ne peut pas la suivre" in said(answer)


def test_nobody_else_opens_that_page_and_nobody_else_is_opened_by_it(sqlite_town: Town) -> None:
    amina = waiting(sqlite_town)
    zoe = welcome(sqlite_town, "nadia", identity=ZOE)
    assert signed_in(sqlite_town, "sylvie").get(f"/a-confier/{amina}").status_code == 404
    maud = signed_in(sqlite_town, "maud")
    assert maud.get(f"/a-confier/{zoe}").status_code == 404
    assert maud.get(f"/dossiers/{amina}").status_code == 404
