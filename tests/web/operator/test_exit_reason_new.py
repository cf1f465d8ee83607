from pathway.demo.town import Town
from tests.casework.enrolments.steps import enter, rows
from tests.town import signed_in, welcome
from tests.web.operator.keeping import refused_to_others
from tests.web.supervisor.test_alerts import words

PATH = "/motifs-de-sortie/nouveau"
FORM = {"label": "Emploi dans une collectivité", "kind": "durable_job", "iae": "durable", "asks_end": "y"}


def send(town: Town, **more: str) -> str:
    answer = signed_in(town, "root").post(PATH, data={**FORM, **more}, follow_redirects=True)
    return words(answer.get_data(as_text=True))


def test_a_reason_is_read_again_with_the_points_it_opens_then_offered_at_the_exit(town: Town) -> None:
    page = send(town)
    assert "Ce qu’il ouvre" in page and "7 jours" in page and "FSE+ non repris" in page
    assert rows(town.store, "own_exit_reason") == []
    assert "Motif ajouté" in send(town, publish="yes")
    step = enter(town, welcome(town)).enrolment_id
    client = signed_in(town, "bruno")
    form = client.get(f"/etapes/{step}/sortie").get_data(as_text=True)
    assert "Emploi dans une collectivité" in form and 'data-asks="end"' in form
    sent = {"reason": "t_emploi_dans_une_collectivite", "event_on": "20/11/2026", "ends_on": "20/11/2027"}
    done = words(client.post(f"/etapes/{step}/sortie", data=sent, follow_redirects=True).get_data(as_text=True))
    assert "Sortie enregistrée. Premier point" in done and "Emploi dans une collectivité" in done


def test_what_cannot_be_is_refused_beside_its_field(sqlite_town: Town) -> None:
    assert "Un motif ne dit rien de la santé" in send(sqlite_town, label="Incarcération", publish="yes")
    assert "n’ouvre aucun point de suivi" in send(sqlite_town, kind="closed", asks_end="", publish="yes")
    assert "Un motif porte déjà ces mots" in send(sqlite_town, label="cdi", publish="yes")
    assert "Ce choix n’existe pas" in send(sqlite_town, iae="magie", publish="yes")
    assert rows(sqlite_town.store, "own_exit_reason") == []


def test_nobody_else_adds_one(sqlite_town: Town) -> None:
    refused_to_others(sqlite_town, PATH, "GET", "POST")
