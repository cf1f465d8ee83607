from dataclasses import replace
from datetime import date

import pytest

from pathway.casework.portfolio.export import pathway_paper
from pathway.casework.portfolio.rules import Chapter
from pathway.demo.town import Town
from pathway.web.pathway_paper import paper_data
from tests.casework.agreements.deciding import agree
from tests.casework.enrolments.staged import founder, passed, rewritten, scheme
from tests.casework.enrolments.steps import enter, leave, rows, share
from tests.town import herself, signed_in
from tests.web.counsellor.scenes import UNKNOWN, entered, said, valid
from tests.web.jobseeker.lives import at_home


def path(step: str) -> str:
    return f"/etapes/{step}/phase"


def test_from_the_record_she_passes_to_the_next_stage_in_two_gestures(town: Town) -> None:
    record_id, step = founder(town)
    client = signed_in(town, "chloe")
    page = valid(client.get(f"/dossiers/{record_id}"))
    assert "Phase : <strong>Idée</strong>" in page and "Passe en phase : Projet" in page
    assert "Entre en phase : Idée" in page and path(step) in page
    form = valid(client.get(path(step)))
    assert 'value="project" checked' in form and 'value="20/11/2026"' in form and 'value="idea"' not in form
    sent = {"stage": "project", "on": "20/11/2026", "seq": "1"}
    assert client.post(path(step), data=sent).location == f"/dossiers/{record_id}"
    after = valid(client.get(f"/dossiers/{record_id}"))
    assert "Changement de phase enregistré." in after
    assert "Phase : Projet" in after and "Passe en phase : Financement" in after
    assert "Association Passerelle, Chloé Rivière" in after


def test_a_change_made_by_mistake_is_undone(town: Town) -> None:
    record_id, step = founder(town)
    client = signed_in(town, "chloe")
    assert "Phase saisie par erreur ?" not in said(client.get(f"/dossiers/{record_id}"))
    assert "Annuler le dernier changement" not in said(client.get(path(step)))
    passed(town, step, "project")
    assert "Phase saisie par erreur ?" in said(client.get(f"/dossiers/{record_id}"))
    assert "Annuler le dernier changement" in valid(client.get(path(step)))
    assert client.post(f"{path(step)}/annulation", data={"seq": "2"}).status_code == 303
    page = said(client.get(f"/dossiers/{record_id}"))
    assert "Changement de phase annulé." in page and "Phase : <strong>Idée</strong>" in page
    assert "Passe en phase : Projet" in page and "Passe en phase : Projet</p>" not in page


def test_a_page_read_before_another_change_says_so_and_shows_where_she_is(town: Town) -> None:
    _, step = founder(town)
    passed(town, step, "project")
    client = signed_in(town, "chloe")
    for where, sent in (("", {"stage": "financing", "on": "20/11/2026", "seq": "1"}), ("/annulation", {"seq": "1"})):
        answer = client.post(path(step) + where, data=sent)
        assert answer.status_code == 422
        page = valid(answer)
        assert "La phase vient d’être changée ailleurs." in page
        assert "En phase « Projet »" in page and 'name="seq" value="2"' in page
    assert len(rows(town.store, "enrolment_stage")) == 2


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"stage": ""}, "Choisissez une phase."),
        ({"stage": "shoes"}, "Choisissez une phase de ce dispositif"),
        ({"stage": "idea"}, "déjà dans cette phase"),
        ({"on": ""}, "Écrivez la date."),
        ({"on": "21/11/2026"}, "dans le futur"),
        ({"on": "01/10/2026"}, "avant l’entrée"),
        ({"seq": "x"}, "changée ailleurs"),
    ],
)
def test_what_cannot_be_is_refused_and_what_was_typed_stays(
    sqlite_town: Town, typed: dict[str, str], sentence: str
) -> None:
    _, step = founder(sqlite_town)
    sent = {"stage": "financing", "on": "19/11/2026", "seq": "1", **typed}
    answer = signed_in(sqlite_town, "chloe").post(path(step), data=sent)
    page = valid(answer)
    assert answer.status_code == 422 and sentence in page and f'value="{sent["on"]}"' in page
    assert ('value="financing" checked' in page) is (sent["stage"] == "financing")
    assert len(rows(sqlite_town.store, "enrolment_stage")) == 1


def test_a_step_without_stages_or_over_says_so(sqlite_town: Town) -> None:
    _, step = entered(sqlite_town)
    client = signed_in(sqlite_town, "bruno")
    assert "Ce dispositif n’a pas de phases." in valid(client.get(path(step)))
    assert client.post(path(step), data={"stage": "idea", "on": "20/11/2026", "seq": "0"}).status_code == 422
    stages = scheme(sqlite_town).stages
    rewritten(sqlite_town, *stages, code="pae")
    assert "Personne n’a encore dit" in valid(client.get(path(step)))
    leave(sqlite_town, step)
    assert "sa phase ne change plus" in valid(client.get(path(step)))
    assert client.post(path(step), data={"stage": "idea", "on": "20/11/2026", "seq": "0"}).status_code == 422


@pytest.mark.parametrize("who", ["elise", "bruno", "yvan"])
def test_who_may_not_see_the_step_gets_the_same_as_for_nothing(sqlite_town: Town, who: str) -> None:
    record_id, step = founder(sqlite_town)
    client, sent = signed_in(sqlite_town, who), {"stage": "project", "on": "20/11/2026", "seq": "1"}
    for one in (step, UNKNOWN):
        assert client.get(path(one)).status_code == 404
        assert client.post(path(one), data=sent).status_code == 404
        assert client.post(f"{path(one)}/annulation", data={"seq": "1"}).status_code == 404
    if who == "elise":
        agree(sqlite_town, record_id, "mission-locale", "contact")
        assert "Idée" not in said(client.get(f"/dossiers/{record_id}"))
    assert len(rows(sqlite_town.store, "enrolment_stage")) == 1


def test_another_structure_that_sees_her_steps_reads_the_stage_and_says_nothing(sqlite_town: Town) -> None:
    record_id, step = founder(sqlite_town)
    share(sqlite_town, record_id, "mission-locale", sections=["identity", "pathway"])
    client = signed_in(sqlite_town, "elise")
    page = valid(client.get(f"/dossiers/{record_id}"))
    assert "Phase : Idée" in page and path(step) not in page
    assert client.get(path(step)).status_code == 404


def test_her_timeline_keeps_every_stage_with_its_day_after_the_exit(sqlite_town: Town) -> None:
    record_id, step = founder(sqlite_town)
    passed(sqlite_town, step, "project", days_ago=9)
    leave(sqlite_town, step, by="chloe")
    page = valid(signed_in(sqlite_town, "chloe").get(f"/dossiers/{record_id}?voir=etapes"))
    assert page.index("Passe en phase : Projet") < page.index("Entre en phase : Idée")
    assert "11 novembre" in page and "21 octobre" in page and "Phase : Projet" not in page


def test_she_reads_where_she_is_and_where_she_was_in_plain_words(sqlite_town: Town) -> None:
    record_id, step = founder(sqlite_town)
    her = at_home(sqlite_town, record_id, by="chloe")
    page = valid(her.get("/mon-parcours"))
    assert 'Vous en êtes à : <span lang="fr">Idée</span>' in page and "Voir les phases" not in page
    passed(sqlite_town, step, "project", days_ago=2)
    page = valid(her.get("/mon-parcours"))
    assert 'Vous en êtes à : <span lang="fr">Projet</span>' in page
    assert "Voir les phases de cette étape" in page and '<span lang="fr">Idée</span>' in page
    log = said(her.get("/qui-a-regarde"))
    assert "(Association Passerelle) a noté à quelle phase vous en êtes" in log


def test_the_paper_she_hands_over_says_the_stage_of_a_step_under_way(sqlite_town: Town) -> None:
    record_id, step = founder(sqlite_town)
    passed(sqlite_town, step, "project")
    enter(sqlite_town, record_id, by="chloe", scheme="atelier")
    with herself(sqlite_town, record_id, write=False) as tx:
        paper = pathway_paper(tx, record_id, [Chapter.STEPS])
    assert {one.scheme: one.stage for one in paper.steps} == {
        "Créer son entreprise": "Projet",
        "Atelier CV et entretien": "",
    }
    told = [row[1] for row in paper_data(paper, today=date(2026, 11, 20))["chapters"][0]["rows"]]
    assert [text for text in told if text.endswith("\nPhase : Projet")] and len(told) == 2


def test_a_stage_renamed_or_taken_away_later_is_still_read(sqlite_town: Town) -> None:
    record_id, step = founder(sqlite_town)
    passed(sqlite_town, step, "project")
    idea, project, *others = scheme(sqlite_town).stages
    rewritten(sqlite_town, replace(project, name="Étude"), *others)
    page = valid(signed_in(sqlite_town, "chloe").get(f"/dossiers/{record_id}"))
    assert "Passe en phase : Étude" in page and f"Entre en phase : {idea.name}" in page
    assert "Passe en phase : Financement" in page
