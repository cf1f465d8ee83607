from html import unescape

import pytest

from pathway.demo.town import Town
from tests.casework.enrolments.staged import founder, passed, rewritten, scheme
from tests.town import signed_in
from tests.web.operator.keeping import said
from tests.web.operator.test_scheme_draft import FORM, NEW, path, pressed, typed_in
from tests.web.supervisor.test_alerts import words


def test_stages_are_added_moved_and_taken_away_line_by_line(sqlite_town: Town) -> None:
    client = signed_in(sqlite_town, "root")
    form = FORM
    for number, name in enumerate(("Projet", "Idée", "De trop")):
        form = typed_in(pressed(client, NEW, form, add="stage"))
        assert form[f"stages-{number}-key"].startswith("s_")
        form |= {f"stages-{number}-name": name}
    form = typed_in(pressed(client, NEW, form, up="stages-1"))
    form = typed_in(pressed(client, NEW, form, remove="stages-2"))
    assert [form["stages-0-name"], form["stages-1-name"]] == ["Idée", "Projet"] and "stages-2-name" not in form
    assert form["questions-0-label"] == FORM["questions-0-label"]
    shown = words(pressed(client, NEW, form, preview="yes"))
    assert "Phases Idée Projet" in shown
    kept = client.post(NEW, data={**form, "publish": "yes"}).location
    assert "Phases Idée Projet" in said(client, kept)


def test_eight_stages_are_the_most(sqlite_town: Town) -> None:
    client, form = signed_in(sqlite_town, "root"), FORM
    for number in range(8):
        form = typed_in(pressed(client, NEW, form, add="stage")) | {f"stages-{number}-name": f"Phase {number}"}
    page = pressed(client, NEW, form, add="stage")
    assert "stages-8-key" not in typed_in(page)
    assert "C’est le plus qu’un dispositif puisse avoir." in unescape(page) and "Ajouter une phase" not in page


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"stages-0-name": " "}, "Écrivez le nom de la phase, en 40 caractères au plus."),
        ({"stages-0-name": "x" * 41}, "Écrivez le nom de la phase, en 40 caractères au plus."),
        ({"stages-0-name": "idée"}, "Cette phase est déjà dans la liste."),
        ({"stages-0-key": "A b"}, "Cette phase est déjà dans la liste."),
    ],
)
def test_a_wrong_name_is_said_in_its_place(sqlite_town: Town, typed: dict[str, str], sentence: str) -> None:
    good = {"stages-0-key": "s_a", "stages-0-name": "Projet", "stages-1-key": "s_b", "stages-1-name": "Idée"}
    answer = signed_in(sqlite_town, "root").post(NEW, data={**FORM, **good, **typed, "publish": "yes"})
    assert answer.status_code == 422 and sentence in unescape(answer.get_data(as_text=True))


def test_a_stage_where_somebody_is_cannot_be_taken_away_and_nothing_typed_is_lost(town: Town) -> None:
    _, step = founder(town)
    passed(town, step, "project")
    client, here = signed_in(town, "root"), path(town, "creation")
    page = client.get(here).get_data(as_text=True)
    assert "1 personne y est" in words(page) and 'value="stages-1"' in page
    form = typed_in(page) | {"name": "Nom gardé"}
    refused = client.post(here, data={**form, "remove": "stages-1"})
    text = refused.get_data(as_text=True)
    assert refused.status_code == 422 and "1 personne est dans la phase « Projet »" in words(text)
    assert typed_in(text)["stages-1-name"] == "Projet" and typed_in(text)["name"] == "Nom gardé"
    form |= {"stages-1-key": form.pop("stages-3-key"), "stages-1-name": form.pop("stages-3-name")}
    for button in ("preview", "publish"):
        answer = client.post(here, data={**form, button: "yes"})
        assert answer.status_code == 422
        assert "1 personne est dans la phase « Projet »" in words(answer.get_data(as_text=True))
    assert [one.key for one in scheme(town).stages] == ["idea", "project", "financing", "creation"]


def test_the_preview_says_what_becomes_of_the_stages(sqlite_town: Town) -> None:
    founder(sqlite_town)
    client, here = signed_in(sqlite_town, "root"), path(sqlite_town, "creation")
    form = typed_in(client.get(here).get_data(as_text=True)) | {"stages-1-name": "Étude"}
    form = typed_in(pressed(client, here, form, remove="stages-3"))
    form = typed_in(pressed(client, here, form, up="stages-2"))
    form = typed_in(pressed(client, here, form, add="stage")) | {"stages-3-name": "Lancement"}
    shown = words(pressed(client, here, form, preview="yes"))
    for sentence in (
        "Phase ajoutée : « Lancement ».",
        "Phase retirée : « Création ».",
        "La phase « Projet » s’appelle « Étude », dans les parcours déjà commencés aussi.",
        "L’ordre des phases change.",
    ):
        assert sentence in shown
    assert client.post(here, data={**form, "publish": "yes"}).status_code == 303
    page = said(client, here.removesuffix("/modification"))
    assert "Idée 1 personne Financement Étude Lancement" in page and "Phases retirées Création" in page


def test_two_operators_at_once_do_not_undo_each_others_stages(sqlite_town: Town) -> None:
    client, here = signed_in(sqlite_town, "root"), path(sqlite_town, "creation")
    form = typed_in(client.get(here).get_data(as_text=True))
    rewritten(sqlite_town)
    answer = client.post(here, data={**form, "publish": "yes"})
    assert answer.status_code == 422 and "vient d’être changé ailleurs" in unescape(answer.get_data(as_text=True))
