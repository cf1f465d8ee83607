from datetime import timedelta

from pathway.demo.town import Town
from pathway.kernel.clock import FixedClock
from tests.casework.rights.asking import answer, limit, mine, rectify
from tests.town import welcome
from tests.web.counsellor.scenes import ZOE, said, valid
from tests.web.jobseeker.lives import at_home

PATH = "/mes-demandes"


def test_nothing_asked_teaches_what_comes_here(sqlite_town: Town) -> None:
    page = valid(at_home(sqlite_town, welcome(sqlite_town)).get(PATH))
    assert "Vous n’avez rien demandé." in page


def test_each_request_says_who_answers_and_until_when(town: Town) -> None:
    record_id = welcome(town)
    rectify(town, record_id, "Ma date de sortie est fausse.")
    page = valid(at_home(town, record_id).get(PATH))
    assert "Correction de votre dossier" in page and "« Ma date de sortie est fausse. »" in page
    assert "Point Accueil Emploi Centre vous répond au plus tard le 20 décembre 2026." in page


def test_a_late_answer_is_said_by_word_and_shape(sqlite_town: Town, clock: FixedClock) -> None:
    record_id = welcome(sqlite_town)
    rectify(sqlite_town, record_id)
    clock.move(timedelta(days=31))
    html = at_home(sqlite_town, record_id).get(PATH).get_data(as_text=True)
    assert "Réponse en retard" in html and "card--late" in html and "cnil.fr" in html


def test_a_refusal_says_she_may_complain(sqlite_town: Town) -> None:
    record_id = welcome(sqlite_town)
    answer(sqlite_town, rectify(sqlite_town, record_id), granted=False, text="Le papier dit autre chose.")
    page = valid(at_home(sqlite_town, record_id).get(PATH))
    assert "Demande refusée" in page and "« Le papier dit autre chose. »" in page and "CNIL" in page
    assert "Retirer ma demande" not in page


def test_lifting_a_limit_is_one_gesture(town: Town) -> None:
    record_id = welcome(town)
    request_id = limit(town, record_id, "contact", "city")
    client = at_home(town, record_id)
    assert "Limitation : Commune (Coordonnées et contact)" in said(client.get(PATH))
    done = client.post(f"{PATH}/{request_id}/retrait", data={"version": "1"})
    assert (done.status_code, done.location) == (303, PATH)
    assert "limitée" not in said(client.get("/mes-informations"))
    again = client.post(f"{PATH}/{request_id}/retrait", data={"version": "2"})
    assert again.status_code == 422 and "Cette demande est terminée." in said(again)


def test_an_answered_limit_says_until_when_it_holds_and_is_lifted_in_one_gesture(town: Town) -> None:
    record_id = welcome(town)
    request_id = limit(town, record_id, "contact", "city")
    answer(town, request_id, granted=False, text="Le papier dit Rennes.")
    client = at_home(town, record_id)
    page = valid(client.get(PATH))
    assert "Cette partie reste limitée jusqu’au 27 novembre 2026 à 10 h 00." in page.replace("\u00a0", " ")
    assert "Lever la limitation dès maintenant" in page and "CNIL" in page
    assert "limitée" in said(client.get("/mes-informations"))
    assert client.post(f"{PATH}/{request_id}/retrait", data={"version": "2"}).status_code == 303
    assert "Lever la limitation" not in said(client.get(PATH))
    assert "limitée" not in said(client.get("/mes-informations"))


def test_another_persons_request_is_not_found(sqlite_town: Town) -> None:
    request_id = rectify(sqlite_town, record_id := welcome(sqlite_town))
    zoe = at_home(sqlite_town, welcome(sqlite_town, identity=ZOE), born="02/03/1985")
    assert zoe.post(f"{PATH}/{request_id}/retrait", data={"version": "1"}).status_code == 404
    assert "Correction" not in said(zoe.get(PATH)) and mine(sqlite_town, record_id)[0].is_open
    her = said(at_home(sqlite_town, record_id).get("/qui-a-regarde"))
    assert "l’accès a été refusé" in her
