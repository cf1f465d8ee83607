from datetime import timedelta

from flask.testing import FlaskClient

from pathway.casework.oversight.actions import answer_contest
from pathway.casework.records.queries import record_opened
from pathway.demo.town import Town
from pathway.kernel.clock import FixedClock
from tests.casework.oversight.scenes import ask
from tests.town import welcome
from tests.web.jobseeker.lives import at_home
from tests.web.jobseeker.test_visits import read

MINE = "/mes-questions"


def scene(town: Town, *, message: str = "", days: int = 0) -> tuple[FlaskClient, str]:
    """Her browser, some days after she asked; and her question."""
    record_id = welcome(town)
    with town.acting("fatou") as tx:
        record_opened(tx, record_id)
    contest_id = ask(town, record_id, message=message)
    town.clock.move(timedelta(days=days))  # type: ignore[attr-defined]  # the tests' clock moves
    return at_home(town, record_id), contest_id


def answered(town: Town, contest_id: str, text: str, by: str = "denis") -> None:
    with town.acting(by) as tx:
        answer_contest(tx, contest_id=contest_id, text=text)


def test_nothing_asked_says_how_to_ask(sqlite_town: Town) -> None:
    page = read(at_home(sqlite_town, welcome(sqlite_town)), MINE)
    assert "Vous n’avez rien demandé." in page and "« Je ne comprends pas cet accès »" in page


def test_a_question_waits_with_its_last_day(town: Town) -> None:
    client, _ = scene(town, message="Je ne connais pas cette personne.")
    page = read(client, MINE)
    assert "20 novembre 2026 : Point Accueil Emploi Centre a lu votre dossier" in page
    assert "En attente de réponse" in page and "au plus tard le 20 décembre 2026" in page
    assert "« Je ne connais pas cette personne. »" in page


def test_a_late_answer_is_said_in_a_word_with_what_she_may_do(sqlite_town: Town) -> None:
    client, _ = scene(sqlite_town, days=31)
    page = read(client, MINE)
    assert "Réponse en retard" in page and "cnil.fr" in page


def test_she_reads_the_answer_and_says_once_that_it_is_not_enough(town: Town, clock: FixedClock) -> None:
    client, contest_id = scene(town)
    answered(town, contest_id, "Fatou remplaçait Bruno ce jour-là.")
    page = read(client, MINE)
    assert "Point Accueil Emploi Centre a répondu" in page and "« Fatou remplaçait Bruno ce jour-là. »" in page
    answer = client.post(f"{MINE}/{contest_id}/insuffisante", data={})
    assert (answer.status_code, answer.location) == (303, MINE)
    page = read(client, MINE)
    assert "Deuxième réponse demandée" in page and "5 décembre 2026" in page
    assert "ne me suffit pas" not in page
    answered(town, contest_id, "Un deuxième regard.", by="ines")
    page = read(client, MINE)
    assert "Deuxième réponse donnée" in page and "Coordination emploi du Bassin a répondu" in page
    assert "ne me suffit pas" not in page and "cnil.fr" in page
    assert client.post(f"{MINE}/{contest_id}/insuffisante", data={}).status_code == 422


def test_the_question_of_another_does_not_exist(sqlite_town: Town) -> None:
    _, contest_id = scene(sqlite_town)
    answered(sqlite_town, contest_id, "Vu.")
    other = at_home(sqlite_town, welcome(sqlite_town, by="elise"), by="elise")
    assert other.post(f"{MINE}/{contest_id}/insuffisante", data={}).status_code == 404
