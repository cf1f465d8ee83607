from pathway.demo.town import Town
from tests.casework.resets.letters import last_link
from tests.casework.team.scenes import ADDRESS, invited
from tests.town import signed_in, web


def test_sent_again_the_new_link_works_and_the_old_one_does_not(town: Town) -> None:
    first = invited(town)
    client, path = signed_in(town, "denis"), f"/equipe/invitations/{first.invitation_id}"
    page = client.get(path).get_data(as_text=True)
    assert "Claire Nguyen" in page and ADDRESS in page
    assert client.post(f"{path}/envoi").location == "/equipe"
    assert web(town).get(first.path).status_code == 410
    assert web(town).get(last_link(town, "invitation")).status_code == 200


def test_taken_back_it_is_worth_nothing_and_gone_from_the_list(town: Town) -> None:
    sent = invited(town)
    client, path = signed_in(town, "denis"), f"/equipe/invitations/{sent.invitation_id}"
    assert client.post(f"{path}/annulation").location == "/equipe"
    assert web(town).get(sent.path).status_code == 410
    assert "Claire Nguyen" not in client.get("/equipe").get_data(as_text=True)
    assert client.get(path).status_code == 404


def test_another_responsable_does_not_find_it(sqlite_town: Town) -> None:
    path = f"/equipe/invitations/{invited(sqlite_town).invitation_id}"
    client = signed_in(sqlite_town, "sylvie")
    assert client.get(path).status_code == 404
    assert client.post(f"{path}/envoi").status_code == client.post(f"{path}/annulation").status_code == 404
