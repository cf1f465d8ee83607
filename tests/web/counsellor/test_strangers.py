"""Chloé has no relation to Amina: on every address that takes a reference she gets what she gets for nobody."""

import pytest

from pathway.casework.alerts.queries import alerts_about
from pathway.demo.town import Town
from pathway.web.counsellor import blueprint
from tests.casework.action_plan.scenes import engagement, obstacle
from tests.casework.encounters.scenes import plan
from tests.casework.notes.scenes import write
from tests.casework.relays.scenes import send
from tests.casework.walk_ins.scenes import met
from tests.casework.workshops.scenes import workshop
from tests.town import herself, signed_in, welcome
from tests.web.counsellor.scenes import UNKNOWN, left, points, said, shape
from tests.web.jobseeker.lives import evaluate

RULES = (
    "/dossiers/<ref>",
    "/dossiers/<ref>/contact",
    "/dossiers/<ref>/contact/hors-carte",
    "/dossiers/<ref>/note",
    "/notes/<ref>/corriger",
    "/notes/<ref>/retirer",
    "/notes/<ref>/remettre",
    "/dossiers/<ref>/rappel",
    "/dossiers/<ref>/rendez-vous",
    "/dossiers/<ref>/plan",
    "/dossiers/<ref>/contrat",
    "/dossiers/<ref>/informations/contact",
    "/dossiers/<ref>/informations/health",
    "/dossiers/<ref>/informations/secrets",
    "/dossiers/<ref>/entree",
    "/dossiers/<ref>/entree/<scheme_ref>",
    "/dossiers/<ref>/entree/<scheme_ref>/preparer",
    "/dossiers/<ref>/reponses/<item>/decider",
    "/dossiers/<ref>/reponses/<item>/effacer",
    "/dossiers/<ref>/referent",
    "/dossiers/<ref>/activation",
    "/dossiers/<ref>/accord",
    "/dossiers/<ref>/accord/papier",
    "/dossiers/<ref>/accord/papier/<paper_ref>",
    "/dossiers/<ref>/accord/retirer",
    "/dossiers/<ref>/carte-imprimee",
    "/dossiers/<ref>/carte-imprimee/pdf",
    "/dossiers/<ref>/carte-perdue",
    "/dossiers/<ref>/parcours/imprimer",
    "/dossiers/<ref>/connexion",
    "/dossiers/<ref>/demande",
    "/dossiers/<ref>/connexion/demande",
    "/dossiers/<ref>/connexion/reponse",
    "/dossiers/<ref>/documents",
    "/dossiers/<ref>/documents/<document_ref>",
    "/dossiers/<ref>/documents/<document_ref>/retirer",
    "/dossiers/<ref>/documents/<document_ref>/remettre",
    "/dossiers/<ref>/relais",
    "/relais/<ref>",
    "/relais/<ref>/fiche",
    "/relais/<ref>/lien",
    "/rendez-vous/<ref>",
    "/passages/<ref>",
    "/ateliers/<ref>",
    "/ateliers/<ref>/personnes",
    "/ateliers/<ref>/annulation",
    "/ateliers/<ref>/feuille",
    "/plan/<ref>",
    "/plan/<ref>/action",
    "/plan/<ref>/suite",
    "/plan/<ref>/annulation",
    "/contrats/<ref>",
    "/contrats/<ref>/suite",
    "/etapes/<ref>/sortie",
    "/etapes/<ref>/sortie-annulee",
    "/etapes/<ref>/phase",
    "/etapes/<ref>/phase/annulation",
    "/points/<ref>/non-fait",
    "/points/<ref>/reporter",
    "/points/<ref>/questions",
    "/reponses/<ref>/lue",
)
# References of the team's own affairs: they lead to no record.
ABOUT_NOBODY = {"/absences/<ref>/annulation", "/dossiers/listes/<ref>/oubli"}
SENT = {
    "channel": "phone",
    "result": "reached",
    "made_on": "20/11/2026",
    "reason": "no_time",
    "event_on": "20/11/2026",
    "entered_on": "20/11/2026",
    "version": "1",
    "stage": "idea",
    "on": "20/11/2026",
    "seq": "0",
}


def test_no_address_with_a_reference_is_forgotten_here(sqlite_town: Town) -> None:
    app = signed_in(sqlite_town, "bruno").application
    known = {str(rule) for rule in app.url_map.iter_rules() if rule.endpoint.startswith(f"{blueprint.name}.")}
    asked = {rule.replace("contact", "<section>") if "informations/contact" in rule else rule for rule in RULES}
    assert {rule for rule in known if "<" in rule} - ABOUT_NOBODY <= asked


@pytest.mark.parametrize("method", ["GET", "POST", "HEAD"])
@pytest.mark.parametrize("rule", RULES)
def test_a_stranger_gets_the_same_for_amina_as_for_nobody(sqlite_town: Town, rule: str, method: str) -> None:
    ref, step = left(sqlite_town, days_ago=8)
    kind = rule.split("/")[1]
    relay = send(sqlite_town, ref, "")
    known = {"dossiers": ref, "etapes": step, "relais": relay, "points": points(sqlite_town, ref)[0].id}
    evaluate(sqlite_town, ref)
    with herself(sqlite_town, ref, write=False) as tx:
        alert = alerts_about(tx, ref)[0].id
    known["notes"] = write(sqlite_town, ref, "Permis B")
    known |= {"plan": obstacle(sqlite_town, ref), "contrats": engagement(sqlite_town, ref)}
    known |= {"ateliers": workshop(sqlite_town, [ref]), "passages": met(sqlite_town, ref)}
    hers = {**known, "rendez-vous": plan(sqlite_town, ref).ids[0], "reponses": alert}[kind]
    client = signed_in(sqlite_town, "chloe")
    path = rule.replace("<scheme_ref>", sqlite_town.schemes["plie"])
    path = path.replace("<paper_ref>", UNKNOWN).replace("<document_ref>", UNKNOWN).replace("<item>", "city")
    amina, nobody = (
        client.open(path.replace("<ref>", one), method=method, data=SENT if method == "POST" else None)
        for one in (hers, UNKNOWN)
    )
    assert shape(amina) == shape(nobody)
    assert amina.status_code in (404, 405)


def test_a_refusal_names_nobody(sqlite_town: Town) -> None:
    ref = welcome(sqlite_town)
    page = said(signed_in(sqlite_town, "chloe").get(f"/dossiers/{ref}"))
    assert "Amina" not in page
    assert "Cette page n’existe pas, ou vous n’y avez pas accès." in page
