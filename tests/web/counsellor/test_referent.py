from pathway.casework.records.queries import referent_of
from pathway.demo.town import Town
from tests.town import signed_in, welcome
from tests.web.counsellor.scenes import said, valid


def _referent(town: Town, ref: str) -> str | None:
    with town.acting("bruno", write=False) as tx:
        one = referent_of(tx, ref)
    return one.account_id if one else None


def test_a_colleague_becomes_referent(town: Town) -> None:
    ref = welcome(town)
    client = signed_in(town, "bruno")
    answer = client.post(f"/dossiers/{ref}/referent", data={"account_id": town.accounts["fatou"]})
    assert answer.status_code == 303
    assert _referent(town, ref) == town.accounts["fatou"]
    assert "Référent de parcours enregistré." in said(client.get(answer.location))


def test_one_may_take_the_place_oneself(sqlite_town: Town) -> None:
    ref = welcome(sqlite_town, "fatou")
    client = signed_in(sqlite_town, "bruno")
    page = valid(client.get(f"/dossiers/{ref}/referent"))
    assert "Fatou Diallo, Point Accueil Emploi Centre" in page
    client.post(f"/dossiers/{ref}/referent", data={"account_id": sqlite_town.accounts["bruno"]})
    assert _referent(sqlite_town, ref) == sqlite_town.accounts["bruno"]


def test_choosing_the_same_again_changes_nothing(sqlite_town: Town) -> None:
    ref = welcome(sqlite_town)
    data = {"account_id": sqlite_town.accounts["bruno"]}
    assert signed_in(sqlite_town, "bruno").post(f"/dossiers/{ref}/referent", data=data).status_code == 303


def test_somebody_of_another_structure_cannot_be_chosen(sqlite_town: Town) -> None:
    ref = welcome(sqlite_town)
    data = {"account_id": sqlite_town.accounts["chloe"]}
    answer = signed_in(sqlite_town, "bruno").post(f"/dossiers/{ref}/referent", data=data)
    assert answer.status_code == 422
    assert "Choisissez un·e collègue de votre structure." in valid(answer)
    assert _referent(sqlite_town, ref) == sqlite_town.accounts["bruno"]
