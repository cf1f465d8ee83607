from pathway.casework.records.queries import referent_of
from pathway.casework.sharing.rules import PARTS
from pathway.demo.town import Town
from tests.casework.agreements.deciding import stop
from tests.casework.enrolments.steps import enter, share
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


def test_a_structure_she_stopped_is_not_told_who_her_referent_is(sqlite_town: Town) -> None:
    ref = welcome(sqlite_town)
    share(sqlite_town, ref, "mission-locale", sections={"identity", "contact", "project", "education", *PARTS})
    enter(sqlite_town, ref, by="elise", scheme="atelier")
    client = signed_in(sqlite_town, "elise")
    pages = (f"/dossiers/{ref}", f"/dossiers/{ref}/referent", "/dossiers?filtre=tous")
    assert all("Bruno" in said(client.get(page)) for page in pages)
    stop(sqlite_town, ref, "mission-locale")
    for page in pages:
        read = said(client.get(page))
        assert "Bruno" not in read and "un référent d’une autre structure" in read, page


def test_a_structure_she_stopped_still_knows_a_referent_of_its_own(sqlite_town: Town) -> None:
    ref = welcome(sqlite_town, "fatou")
    stop(sqlite_town, ref, "pae-centre")
    assert "Fatou Diallo" in said(signed_in(sqlite_town, "bruno").get(f"/dossiers/{ref}"))
