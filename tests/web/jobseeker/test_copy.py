import json
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader

from pathway.demo.town import Town
from pathway.kernel.clock import FixedClock
from pathway.store.journal import entries_about
from pathway.web.jobseeker.copy_paper import paper_of
from pathway.web.jobseeker.copy_words import told_by
from pathway.web.printing import printed
from tests.casework.oversight.scenes import card_number
from tests.casework.rights.lives import whole_life
from tests.town import signed_in, web, welcome
from tests.web.counsellor.scenes import ZOE, said, valid
from tests.web.jobseeker.lives import SECRET, at_home

KEYS = (
    *(
        "informations",
        "etapes",
        "preparations",
        "relais",
        "plan_d_action",
        "contrats_d_engagement",
        "rendez_vous",
        "points_de_suivi",
        "contacts",
        "passages",
        "notes",
        "rythmes_souhaites",
        "alertes",
        "referents",
        "acces_ouverts",
    ),
    *("accords", "arrets", "parties_cachees", "limitations", "vos_documents", "documents", "demandes", "questions"),
    *("acces_exceptionnels", "reponses_remplacees", "reponses_effacees", "journal"),
)
FILES = {"/mon-dossier/json": "application/json", "/mon-dossier/pdf": "application/pdf"}


NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)


def nothing() -> dict[str, Any]:
    """The export of somebody of whom nothing else is kept."""
    who = {"prenom": "Amina", "nom": "Benkacem", "date_de_naissance": "1991-04-22", "numeros_de_carte": ["1" * 14]}
    return {"personne": who, "territoire": "", **{key: [] for key in KEYS}}


def line(at: str, deed: str) -> dict[str, Any]:
    """One line of her log."""
    return {"jour": at[:10], "par": "Mission locale", "acte": {"libelle": deed}, "parties": [], "instants": [at]}


def test_the_paper_says_who_answered_whatever_the_name() -> None:
    asked = {"genre": {"libelle": "Correction"}, "partie": "", "message": "", "faite_le": "2026-11-02T09:00:00+00:00"}
    answered = {
        "maniere": {"libelle": "sur son compte"},
        "etat": {"libelle": "Acceptée"},
        "reponse_recue": "C’est fait.",
    }
    request = {**asked, **answered, "structure": "CCAS de Valmer"}
    paper = paper_of({**nothing(), "demandes": [request]}, made_at=NOW)
    assert "CCAS de Valmer a répondu : C’est fait." in str(paper) and "de CCAS" not in str(paper)


def test_the_page_leads_to_both_files(sqlite_town: Town) -> None:
    page = valid(at_home(sqlite_town, welcome(sqlite_town)).get("/mon-dossier"))
    assert all(f'href="{path}"' in page for path in FILES)


@pytest.mark.parametrize("path", FILES)
def test_a_file_leaves_journalled_under_a_name_without_a_person(town: Town, path: str) -> None:
    record_id = welcome(town)
    answer = at_home(town, record_id).get(path)
    assert (answer.status_code, answer.mimetype) == (200, FILES[path])
    assert answer.headers["Cache-Control"] == "no-store"
    name = f"copie-du-dossier-2026-11-20.{path.rpartition('/')[2]}"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{name}"'
    with town.store.engine.connect() as connection:
        acts = [act["do"] for entry in entries_about(connection, record_id, limit=500) for act in entry["acts"]]
    assert "record_exported" in acts


@pytest.mark.parametrize("path", ["/mon-dossier", *FILES])
def test_who_she_is_is_asked_again_after_ten_minutes(sqlite_town: Town, clock: FixedClock, path: str) -> None:
    client = at_home(sqlite_town, welcome(sqlite_town))
    clock.move(timedelta(minutes=11))
    answer = client.get(path)
    assert (answer.status_code, answer.location.partition("?")[0]) == (303, "/mon-compte/confirmer")


def test_the_copy_is_in_french_whatever_language_she_reads(sqlite_town: Town) -> None:
    hers = at_home(sqlite_town, welcome(sqlite_town))
    hers.set_cookie("carte_langue", "en")
    assert '<html lang="en"' in hers.get("/mon-dossier").text
    paper = PdfReader(BytesIO(hers.get("/mon-dossier/pdf").get_data()))
    text = " ".join(page.extract_text() for page in paper.pages)
    assert "22 avril 1991" in " ".join(text.split())


@pytest.mark.parametrize(
    ("who", "told"),
    [("Vous", "vous"), ("Une structure", "une structure"), ("Point Accueil Emploi Centre",) * 2, ("la personne",) * 2],
)
def test_who_did_it_is_told_within_a_sentence_and_a_name_keeps_its_capital(who: str, told: str) -> None:
    assert told_by(who) == told


def test_the_json_is_hers_and_readable(sqlite_town: Town) -> None:
    welcome(sqlite_town, identity=ZOE)
    record_id = welcome(sqlite_town)
    answer = at_home(sqlite_town, record_id).get("/mon-dossier/json")
    document = json.loads(answer.get_data())
    assert document["personne"]["prenom"] == "Amina" and document["format"] == "carte-dossier"
    assert "Zoé" not in answer.get_data(as_text=True)


def test_the_paper_says_it_all_in_french_and_is_tagged(sqlite_town: Town, clock: FixedClock) -> None:
    record_id = whole_life(sqlite_town, clock)
    hers = web(sqlite_town)
    hers.post("/connexion", data={"login": card_number(sqlite_town, record_id), "password": SECRET})
    paper = PdfReader(BytesIO(hers.get("/mon-dossier/pdf").get_data()))
    text = " ".join(page.extract_text() for page in paper.pages)
    text = " ".join(text.split())
    for words in (
        "Copie de mon dossier",
        "Amina Benkacem",
        "22 avril 1991",
        "20 novembre 2026",
        "Autre réponse",
        "Rappeler après 14 h.",
        "Devenir soudeuse",
        "Réponses remplacées",
        "Qui a regardé votre dossier",
        "Je ne cherche plus.",
        "aucune structure ne l’utilise",
    ):
        assert words in text, words
    catalogue: Any = paper.trailer["/Root"]
    assert catalogue["/MarkInfo"]["/Marked"] and catalogue["/Lang"].startswith("fr")
    assert "Amina" not in str(paper.metadata)


def test_what_came_again_and_again_is_one_line_that_loses_no_day() -> None:
    instants = [f"2026-11-{day:02}T09:05:00+00:00" for day in (20, 13, 6)]
    lines = [line(at, "a noté un contact avec vous") for at in instants]
    found = paper_of(nothing() | {"journal": [*lines, line(instants[-1], "a créé votre carte")]}, made_at=NOW)
    (log,) = found["chapters"]
    many, once = log["rows"]
    assert many[0] == "Du 06/11/2026\nau 20/11/2026"
    assert all(f"{day}/11/2026, 10\u00a0h\u00a005" in many[1] for day in ("20", "13", "06"))
    assert once == ["06/11/2026, 10\u00a0h\u00a005", "Mission locale a créé votre carte."]


def test_what_is_empty_is_said_in_one_line() -> None:
    found = paper_of(nothing(), made_at=NOW)
    assert found["chapters"] == [] and "Vos contacts" in found["empty"] and len(found["empty"]) == len(KEYS)


def test_a_territory_without_a_name_is_not_printed() -> None:
    text = PdfReader(BytesIO(printed("record.typ", paper_of(nothing(), made_at=NOW)))).pages[0].extract_text()
    assert "territoire" not in text and "Carte emploi. Copie établie le" in " ".join(text.split())


def test_a_year_of_weekly_contacts_stays_short() -> None:
    day = "2026-11-06"
    contact = {"le": day, "moyen": {"libelle": "Téléphone"}, "resultat": {"libelle": "Personne jointe"}}
    contacts = [
        contact | {"structure": "Mission locale", "note": "Souhaite revoir son CV.", "retire_le": None}
        for _ in range(52)
    ]
    paper = printed("record.typ", paper_of(nothing() | {"contacts": contacts}, made_at=NOW))
    assert len(PdfReader(BytesIO(paper)).pages) <= 2


def test_nobody_else_opens_it(sqlite_town: Town) -> None:
    welcome(sqlite_town)
    for persona in ("bruno", "denis", "ines", "root"):
        assert signed_in(sqlite_town, persona).get("/mon-dossier/json").status_code == 403
    assert "Amina" not in said(signed_in(sqlite_town, "bruno").get("/mon-dossier"))
