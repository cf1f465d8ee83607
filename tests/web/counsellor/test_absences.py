import re

from pathway.demo.town import Town
from tests.town import signed_in
from tests.web.counsellor.scenes import said, valid

DAYS = {"from_on": "23/11/2026", "until_on": "27/11/2026"}


def test_an_absence_is_declared_shown_and_taken_back(town: Town) -> None:
    client = signed_in(town, "bruno")
    assert "Aucune absence déclarée." in valid(client.get("/absences"))
    assert client.post("/absences", data={**DAYS, "stand_in_id": town.accounts["fatou"]}).location == "/absences"
    page = client.get("/absences")
    told = valid(page)
    assert "Bruno Lemaire" in told and "Remplacement : Fatou" in told
    found = re.search(r'action="(/absences/[a-z0-9]+/annulation)"', page.get_data(as_text=True))
    assert found is not None
    client.post(found[1])
    assert "Aucune absence déclarée." in said(client.get("/absences"))


def test_a_colleagues_absence_is_read_and_not_taken_back(sqlite_town: Town) -> None:
    signed_in(sqlite_town, "bruno").post("/absences", data={**DAYS, "stand_in_id": ""})
    page = signed_in(sqlite_town, "fatou").get("/absences").get_data(as_text=True)
    assert ">Fatou Diallo</option>" not in page, "nobody stands in for herself"
    assert "Bruno Lemaire" in page and "annulation" not in page
    assert "annulation" in signed_in(sqlite_town, "denis").get("/absences").get_data(as_text=True)
    assert "Bruno Lemaire" not in signed_in(sqlite_town, "elise").get("/absences").get_data(as_text=True)


def test_only_a_responsable_chooses_who_is_away(sqlite_town: Town) -> None:
    typed = {**DAYS, "account_id": sqlite_town.accounts["fatou"], "stand_in_id": ""}
    signed_in(sqlite_town, "bruno").post("/absences", data=typed)
    assert "Bruno Lemaire" in said(signed_in(sqlite_town, "denis").get("/absences")), "his own, whatever he sends"
    signed_in(sqlite_town, "denis").post("/absences", data=typed)
    assert said(signed_in(sqlite_town, "denis").get("/absences")).count("Remplacement :") == 2


def test_days_that_cannot_be_are_explained_and_kept(sqlite_town: Town) -> None:
    client = signed_in(sqlite_town, "bruno")
    answer = client.post("/absences", data={"from_on": "27/11/2026", "until_on": "23/11/2026", "stand_in_id": ""})
    page = valid(answer)
    assert answer.status_code == 422 and "Le dernier jour est avant le premier." in page
    assert 'value="27/11/2026"' in answer.get_data(as_text=True)
    answer = client.post("/absences", data={"from_on": "", "until_on": "", "stand_in_id": ""})
    assert answer.status_code == 422 and "Écrivez le premier jour de l’absence." in said(answer)
