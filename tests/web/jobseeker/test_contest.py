import pytest
from flask.testing import FlaskClient

from pathway.casework.oversight.queries import own_contests, own_log
from pathway.casework.oversight.rules import TEXT_LENGTH
from pathway.casework.records.queries import record_opened
from pathway.demo.town import Town
from tests.casework.oversight.scenes import herself
from tests.town import signed_in, welcome
from tests.web.jobseeker.lives import at_home
from tests.web.jobseeker.test_visits import read


def line_of(town: Town, record_id: str, *, own: bool = False) -> str:
    """The address of the form for the newest reading of her record."""
    with herself(town, record_id, write=False) as tx:
        found = next(one for one in own_log(tx) if one.action == "read_record" and one.is_own is own)
    return f"/qui-a-regarde/{found.seq}/read_record"


def scene(town: Town) -> tuple[FlaskClient, str, str]:
    record_id = welcome(town)
    with town.acting("fatou") as tx:
        record_opened(tx, record_id)
    return at_home(town, record_id), record_id, line_of(town, record_id)


def test_the_form_says_which_access_who_answers_and_until_when(sqlite_town: Town) -> None:
    client, _, path = scene(sqlite_town)
    page = read(client, path)
    assert "Point Accueil Emploi Centre a lu votre dossier" in page and "10 h 00" in page
    assert "au plus tard le 20 décembre 2026" in page
    assert "Ce ne sera pas la personne qui a regardé" in page
    assert "Inutile de parler de votre santé" in page and "La personne peut lire" not in page


@pytest.mark.parametrize("message", ["", "Je ne connais pas cette structure."])
def test_asking_needs_no_word_and_leads_to_her_questions(town: Town, message: str) -> None:
    client, record_id, path = scene(town)
    answer = client.post(path, data={"message": message})
    assert (answer.status_code, answer.location) == (303, "/mes-questions")
    with herself(town, record_id, write=False) as tx:
        assert [one.message for one in own_contests(tx)] == [message]


def test_a_text_too_long_is_kept_and_explained(sqlite_town: Town) -> None:
    client, _, path = scene(sqlite_town)
    typed = "é" * (TEXT_LENGTH + 1)
    answer = client.post(path, data={"message": typed})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422 and typed in page and f"Écrivez {TEXT_LENGTH} caractères au plus." in page


def test_asking_twice_is_said_and_not_done(sqlite_town: Town) -> None:
    client, record_id, path = scene(sqlite_town)
    client.post(path, data={})
    assert "Vous avez déjà demandé une explication" in read(client, path)
    assert client.post(path, data={}).status_code == 422
    with herself(sqlite_town, record_id, write=False) as tx:
        assert len(own_contests(tx)) == 1


@pytest.mark.parametrize("wrong", ["0/read_record", "99999999999999999999999/read_record", "{seq}/search"])
def test_a_line_that_is_not_in_her_log_does_not_exist(sqlite_town: Town, wrong: str) -> None:
    client, _, path = scene(sqlite_town)
    seq = path.split("/")[2]
    assert client.get(f"/qui-a-regarde/{wrong.format(seq=seq)}").status_code == 404
    assert client.post(f"/qui-a-regarde/{wrong.format(seq=seq)}", data={}).status_code == 404


def test_her_own_visit_and_another_persons_line_cannot_be_asked_about(sqlite_town: Town) -> None:
    client, record_id, path = scene(sqlite_town)
    client.get("/mon-parcours")
    assert client.get(line_of(sqlite_town, record_id, own=True)).status_code == 404
    other = at_home(sqlite_town, welcome(sqlite_town, by="elise"), by="elise")
    assert other.get(path).status_code == 404 and other.post(path, data={}).status_code == 404


def test_no_professional_asks_in_her_place(sqlite_town: Town) -> None:
    _, _, path = scene(sqlite_town)
    for persona in ("bruno", "denis", "ines", "root"):
        assert signed_in(sqlite_town, persona).post(path, data={}).status_code == 403
