import pytest

from pathway.casework.records.actions import SUPPORT_SECTIONS
from pathway.casework.rights.rules import RequestKind, RequestWay
from pathway.casework.sharing.actions import open_grants
from pathway.casework.sharing.rules import Cause
from pathway.demo.town import Town
from tests.casework.agreements.deciding import agree, hide, seen
from tests.casework.enrolments.steps import system
from tests.casework.rights.asking import limit, mine, waiting
from tests.town import signed_in, welcome
from tests.web.counsellor.scenes import said, valid
from tests.web.jobseeker.lives import at_home

SAID = {"kind": "access", "way": "voice", "asked": "y"}


def send(town: Town, record_id: str, **typed: str) -> int:
    return signed_in(town, "bruno").post(f"/dossiers/{record_id}/demande", data={**SAID, **typed}).status_code


@pytest.mark.parametrize(
    "typed",
    [
        {"kind": "access"},
        {"kind": "rectification", "text": "La sortie est fausse.", "way": "paper"},
        {"kind": "restriction", "part": "contact.city"},
        {"kind": "restriction", "part": "contact."},
    ],
)
def test_each_right_is_noted_for_her(town: Town, typed: dict[str, str]) -> None:
    record_id = welcome(town)
    assert send(town, record_id, **typed) == 303
    (one,) = waiting(town)
    assert one.kind is RequestKind(typed["kind"]) and one.way is RequestWay(typed.get("way", "voice"))
    assert one.by_structure_id == town.structures["pae-centre"] and mine(town, record_id)[0].id == one.id


def test_a_copy_asked_without_an_account_leads_to_the_code_that_opens_it(town: Town) -> None:
    record_id = welcome(town)
    bruno = signed_in(town, "bruno")
    assert "l’écran suivant lui donne un code d’activation" in valid(bruno.get(f"/dossiers/{record_id}/demande"))
    done = bruno.post(f"/dossiers/{record_id}/demande", data=SAID)
    assert (done.status_code, done.location) == (303, f"/dossiers/{record_id}/activation")
    assert "Copie de mon dossier" in valid(bruno.get(done.location))
    home = at_home(town, record_id)
    assert home.get("/mon-dossier/pdf").mimetype == "application/pdf"
    assert home.get("/mon-dossier/json").get_json()["personne"]["nom"] == "Benkacem"
    page = valid(bruno.get(f"/dossiers/{record_id}/demande"))
    assert "code d’activation" not in page
    again = bruno.post(f"/dossiers/{record_id}/demande", data=SAID)
    assert again.status_code == 422
    assert "La réponse arrivera au plus tard le 20 décembre 2026." in said(again)
    (one,) = mine(town, record_id)
    home.post(f"/mes-demandes/{one.id}/retrait", data={"version": str(one.version)})
    assert bruno.post(f"/dossiers/{record_id}/demande", data=SAID).location == f"/dossiers/{record_id}"


def test_an_objection_stops_the_other_structure(town: Town) -> None:
    record_id = welcome(town)
    agree(town, record_id, "mission-locale", "contact")
    assert send(town, record_id, kind="objection", structure=town.structures["mission-locale"]) == 303
    assert seen(town, record_id, "elise") is None and len(waiting(town, "sylvie")) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": ""},
        {"asked": ""},
        {"kind": "rectification", "text": ""},
        {"kind": "restriction", "part": ""},
        {"kind": "restriction", "part": "identity.first_name"},
        {"kind": "restriction", "part": "followup."},
        {"kind": "objection", "structure": ""},
        {"way": "pigeon"},
    ],
)
def test_what_cannot_be_noted_is_said(sqlite_town: Town, wrong: dict[str, str]) -> None:
    record_id = welcome(sqlite_town)
    assert send(sqlite_town, record_id, **wrong) == 422
    assert not mine(sqlite_town, record_id)


def test_the_form_offers_only_what_the_counsellor_sees(sqlite_town: Town) -> None:
    record_id = welcome(sqlite_town)
    hide(sqlite_town, record_id, "pae-centre", "contact", "email")
    limit(sqlite_town, record_id, "mobility")
    page = valid(signed_in(sqlite_town, "bruno").get(f"/dossiers/{record_id}/demande"))
    assert 'value="contact.city"' in page and 'value="contact.email"' not in page
    assert 'value="mobility.' not in page and 'value="health.' not in page and 'value="identity.birth_date"' not in page


def test_a_sensitive_structure_is_not_offered_to_the_others(sqlite_town: Town) -> None:
    record_id = welcome(sqlite_town)
    with system(sqlite_town.store, sqlite_town.clock) as tx:
        open_grants(
            tx,
            record_ids=[record_id],
            structure_id=sqlite_town.structures["quai-neuf"],
            cause=Cause.SUPPORT,
            cause_id="",
            sections=SUPPORT_SECTIONS,
        )
        tx.journal("share", records=[record_id])
    page = said(signed_in(sqlite_town, "bruno").get(f"/dossiers/{record_id}/demande"))
    assert sqlite_town.structures["quai-neuf"] not in page


def test_a_stranger_gets_nothing(sqlite_town: Town) -> None:
    record_id = welcome(sqlite_town)
    answer = signed_in(sqlite_town, "chloe").post(f"/dossiers/{record_id}/demande", data=SAID)
    assert answer.status_code == 404 and not mine(sqlite_town, record_id)
