from datetime import timedelta

import pytest

from pathway.casework.oversight.rules import TEXT_LENGTH
from pathway.casework.records.queries import record_opened
from pathway.demo.town import Town
from pathway.kernel.clock import FixedClock
from pathway.store.journal import entries_about
from tests.casework.enrolments.steps import rows
from tests.casework.oversight.scenes import ask, open_it
from tests.casework.oversight.test_exceptional import gone
from tests.town import signed_in, welcome
from tests.web.supervisor.test_alerts import words

PATH = "/acces-a-expliquer"


def asked(town: Town, *, by: str = "fatou", message: str = "") -> str:
    record_id = welcome(town)
    with town.acting(by) as tx:
        record_opened(tx, record_id)
    return ask(town, record_id, message=message)


def page_of(town: Town, persona: str = "denis") -> str:
    answer = signed_in(town, persona).get(PATH)
    assert answer.status_code == 200
    return words(answer.get_data(as_text=True))


def test_a_question_shows_whose_access_what_she_reads_and_how_long_is_left(town: Town) -> None:
    asked(town, message="Je ne connais pas cette personne.")
    page = page_of(town)
    assert "Amina Benkacem" in page and "Fatou Diallo (conseiller·ère), 20 novembre 2026 à 10 h 00" in page
    assert "La personne lit : « Point Accueil Emploi Centre a lu votre dossier. »" in page
    assert "« Je ne connais pas cette personne. »" in page
    assert "Encore 30 jours" in page and "réponse due le 20 décembre 2026" in page


@pytest.mark.parametrize(("days", "said"), [(30, "Dernier jour : aujourd’hui"), (33, "En retard de 3 jours")])
def test_how_late_is_said_in_words(sqlite_town: Town, clock: FixedClock, days: int, said: str) -> None:
    asked(sqlite_town)
    clock.move(timedelta(days=days))
    page = signed_in(sqlite_town, "denis").get(PATH).get_data(as_text=True)
    assert said in words(page) and ("card--late" in page) is (days > 30)


def test_an_answer_leaves_the_list_and_stays_readable(town: Town) -> None:
    contest_id = asked(town)
    client = signed_in(town, "denis")
    answer = client.post(f"{PATH}/{contest_id}/reponse", data={"answer": "Un remplacement."})
    assert (answer.status_code, answer.location) == (303, PATH)
    page = words(client.get(PATH).get_data(as_text=True))
    assert "Aucune question en attente." in page and "Réponse donnée : « Un remplacement. »" in page


@pytest.mark.parametrize("text", ["", "   ", "é" * (TEXT_LENGTH + 1)])
def test_an_answer_refused_stays_in_its_field(sqlite_town: Town, text: str) -> None:
    contest_id = asked(sqlite_town)
    answer = signed_in(sqlite_town, "denis").post(f"{PATH}/{contest_id}/reponse", data={"answer": text})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422 and "À corriger" in page and f"answer-{contest_id}" in page
    assert text in page


def test_the_reviewer_sees_no_name_of_a_person_she_does_not_follow(town: Town) -> None:
    asked(town, by="denis")
    page = page_of(town, "ines")
    assert "Denis Carpentier (responsable)" in page and "Point Accueil Emploi Centre a lu" in page
    assert "Amina" not in page and "Une personne que votre structure ne suit pas aujourd’hui" in page
    assert "Ouvrir un accès exceptionnel" not in page


def test_a_responsable_learns_nothing_of_somebody_her_staff_was_refused(sqlite_town: Town) -> None:
    record_id = welcome(sqlite_town)
    assert signed_in(sqlite_town, "karim").get(f"/dossiers/{record_id}").status_code == 404
    ask(sqlite_town, record_id, action="refused")
    page = page_of(sqlite_town, "sylvie")
    assert "Karim Benali" in page and "Amina" not in page and record_id not in page


def test_an_exceptional_access_is_checked_by_somebody_else(town: Town, clock: FixedClock) -> None:
    open_it(town, gone(town), note="Contrat mardi.")
    assert "Aucun accès exceptionnel à vérifier." in page_of(town)
    access_id = rows(town.store, "exceptional_access")[0]["id"]
    client = signed_in(town, "ines")
    page = words(client.get(PATH).get_data(as_text=True))
    assert "Denis Carpentier (Point Accueil Emploi Centre)" in page and "« Contrat mardi. »" in page
    assert "Encore 7 jours" in page and "Amina" not in page
    typed = {"outcome": "justified", "verdict": "Le contrat se terminait mardi."}
    own = signed_in(town, "denis").post(f"{PATH}/{access_id}/verification", data=typed)
    assert own.status_code == 404
    assert client.post(f"{PATH}/{access_id}/verification", data=typed).status_code == 303
    assert "Aucun accès exceptionnel à vérifier." in words(client.get(PATH).get_data(as_text=True))


@pytest.mark.parametrize(
    "typed", [{}, {"outcome": "justified"}, {"verdict": "Vu."}, {"outcome": "x", "verdict": "Vu."}]
)
def test_a_check_says_its_outcome_and_why(sqlite_town: Town, typed: dict[str, str]) -> None:
    open_it(sqlite_town, gone(sqlite_town))
    access_id = rows(sqlite_town.store, "exceptional_access")[0]["id"]
    answer = signed_in(sqlite_town, "ines").post(f"{PATH}/{access_id}/verification", data=typed)
    assert answer.status_code == 422 and typed.get("verdict", "") in answer.get_data(as_text=True)


def test_whose_words_are_read_is_in_the_journal_even_without_a_name(town: Town) -> None:
    record_id = asked(town, by="denis") and rows(town.store, "contest")[0]["record_id"]
    signed_in(town, "ines").get(PATH)
    with town.acting("bruno", write=False) as tx:
        (newest,) = entries_about(tx.connection, record_id, limit=1)
    assert newest["actor"] == town.accounts["ines"]
    assert [act["do"] for act in newest["acts"]] == ["read_contest"]


def test_nothing_to_do_says_what_would_appear(sqlite_town: Town) -> None:
    page = page_of(sqlite_town)
    assert "Aucune question en attente." in page and "sa question apparaît ici" in page
    assert "Ouvrir un accès exceptionnel" in page


def test_other_roles_are_shut_out(sqlite_town: Town) -> None:
    for persona in ("bruno", "chloe", "theo", "root"):
        client = signed_in(sqlite_town, persona)
        assert client.get(PATH).status_code == 403 == client.get("/acces-exceptionnel").status_code
