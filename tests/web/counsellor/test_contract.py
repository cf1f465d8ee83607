import pytest

from pathway.casework.action_plan.queries import engagements_of
from pathway.casework.action_plan.rules import EngagementState
from pathway.demo.town import Town
from tests.casework.action_plan.scenes import engagement
from tests.casework.agreements.deciding import hide
from tests.casework.enrolments.steps import share
from tests.town import signed_in, welcome
from tests.web.counsellor.scenes import said, valid

SENT = {
    "from_on": "01/11/2026",
    "until_on": "30/04/2027",
    "review_on": "15/12/2026",
    "reference": "CE-7",
    "objectives": "Passer le permis\nTrouver une garde",
}


def states(town: Town, ref: str) -> list[EngagementState]:
    with town.acting("bruno", write=False) as tx:
        return [one.state for one in engagements_of(tx, ref)]


def test_a_contract_is_noted_changed_printed_and_ended(town: Town) -> None:
    ref = welcome(town)
    client = signed_in(town, "bruno")
    assert "Noter un contrat" in valid(client.get(f"/dossiers/{ref}/contrat"))
    assert client.post(f"/dossiers/{ref}/contrat", data=SENT).location == f"/dossiers/{ref}/contrat"
    with town.acting("bruno", write=False) as tx:
        (one,) = engagements_of(tx, ref)
    assert "jusqu’au 30 avril 2027, prochaine revue le 15 décembre 2026" in said(client.get(f"/dossiers/{ref}"))
    client.post(f"/dossiers/{ref}/contrat", data={**SENT, "objectives": "Lire", "version": "1"})
    paper = valid(client.get(f"/contrats/{one.id}"))
    for words in ("Amina Benkacem", "22 avril 1991", "CE-7", "Du 1er novembre 2026 au 30 avril 2027", "Lire"):
        assert words in paper
    client.post(f"/contrats/{one.id}/suite", data={"state": "ended", "version": "2"})
    assert states(town, ref) == [EngagementState.ENDED]
    assert "Reprendre ce contrat" in valid(client.get(f"/dossiers/{ref}/contrat"))
    client.post(f"/contrats/{one.id}/suite", data={"state": "current", "version": "3"})
    client.post(f"/contrats/{one.id}/suite", data={"state": "cancelled", "version": "4"})
    assert states(town, ref) == []


def test_no_hour_is_asked_nor_shown(sqlite_town: Town) -> None:
    ref = welcome(sqlite_town)
    engagement(sqlite_town, ref)
    page = valid(signed_in(sqlite_town, "bruno").get(f"/dossiers/{ref}/contrat"))
    assert "heure" not in page.lower()


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"from_on": ""}, "Écrivez le jour où le contrat commence."),
        ({"until_on": "31/10/2026"}, "La fin vient avant le début."),
        ({"objectives": " "}, "Écrivez au moins un objectif"),
        ({"reference": "x" * 61}, "Cette référence est trop longue"),
    ],
)
def test_what_is_wrong_is_explained_and_kept(sqlite_town: Town, wrong: dict[str, str], sentence: str) -> None:
    ref = welcome(sqlite_town)
    answer = signed_in(sqlite_town, "bruno").post(f"/dossiers/{ref}/contrat", data={**SENT, **wrong})
    assert answer.status_code == 422 and sentence in valid(answer) and states(sqlite_town, ref) == []


def test_a_partner_reads_the_contract_without_changing_it(sqlite_town: Town) -> None:
    ref = welcome(sqlite_town)
    one = engagement(sqlite_town, ref)
    share(sqlite_town, ref, "mission-locale", sections={"identity", "situation"})
    client = signed_in(sqlite_town, "elise")
    assert "Passer le permis" in valid(client.get(f"/dossiers/{ref}/contrat"))
    assert client.post(f"/contrats/{one}/suite", data={"state": "ended", "version": "1"}).status_code == 404
    hide(sqlite_town, ref, "mission-locale", "situation")
    for path in (f"/dossiers/{ref}/contrat", f"/contrats/{one}"):
        assert client.get(path).status_code == 404
