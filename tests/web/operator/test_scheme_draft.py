import re
from html import unescape
from typing import Any

import pytest
from flask.testing import FlaskClient

from pathway.casework.schemes.queries import SchemeView, scheme_seen
from pathway.casework.schemes.rules import MOST_QUESTIONS
from pathway.demo.town import Town
from tests.casework.enrolments.steps import enter, rows
from tests.town import signed_in, welcome
from tests.web.operator.keeping import refused_to_others, said
from tests.web.supervisor.test_alerts import words

NEW = "/dispositifs/nouveau"
FORM: dict[str, Any] = {
    "kind": "workshop",
    "name": "Atelier CV",
    "code": "atelier-cv",
    "structure_id": "",
    "intensity": "light",
    "planned_days": "",
    "requirements-0-key": "digital_autonomy",
    "requirements-0-why": "Pour choisir le bon groupe",
    "questions-0-key": "q_goal",
    "questions-0-label": "Que voulez-vous écrire ?",
    "questions-0-is_required": "y",
}


def typed_in(page: str) -> dict[str, str]:
    """What the form of a page would send, boxes left empty aside."""
    tags = re.findall(r"<(?:input|option)[^>]*>", page.split('id="scheme"')[1])
    found: dict[str, str] = {}
    for tag in tags:
        known = {key: unescape(value) for key, value in re.findall(r'(\w+)="([^"]*)"', tag)}
        is_on = " checked" in tag or known.get("type") not in {"checkbox", "radio"}
        if "name" in known and is_on:
            found[known["name"]] = known.get("value", "")
    selected = re.search(r'<option selected value="([^"]*)"', page)
    return {**found, "structure_id": selected[1] if selected else ""}


def path(town: Town, code: str = "pae") -> str:
    return f"/dispositifs/{town.schemes[code]}/modification"


def scheme(town: Town, scheme_id: str) -> SchemeView:
    with town.acting("root", write=False) as tx:
        return scheme_seen(tx, scheme_id)


def pressed(client: FlaskClient, where: str, form: dict[str, Any], **button: str) -> str:
    answer = client.post(where, data={**form, **button})
    assert answer.status_code == 200, words(answer.get_data(as_text=True))[:400]
    return answer.get_data(as_text=True)


def test_a_new_scheme_begins_with_what_its_kind_asks(sqlite_town: Town) -> None:
    client = signed_in(sqlite_town, "root")
    assert "De quel genre ?" in said(client, NEW)
    page = client.get(f"{NEW}?genre=plie&structure={sqlite_town.structures['plie']}").get_data(as_text=True)
    assert 'value="Pour vérifier que le PLIE vous est ouvert"' in page and "PLIE du Bassin (plie)" in page
    assert "De quel genre ?" in said(client, f"{NEW}?genre=banque")


def test_it_is_read_as_counsellors_will_see_it_then_published(town: Town) -> None:
    client = signed_in(town, "root")
    shown = words(pressed(client, NEW, FORM, preview="yes"))
    assert "Que voulez-vous écrire ?" in shown and "Pour choisir le bon groupe." in shown
    assert "Rien n’est publié" in shown
    assert len(rows(town.store, "scheme")) == len(town.schemes)
    answer = client.post(NEW, data={**FORM, "publish": "yes"})
    assert answer.status_code == 303
    kept = scheme(town, answer.location.rpartition("/")[2])
    assert (kept.code, kept.structure_id, kept.questions[0].is_required) == ("atelier-cv", None, True)
    town.schemes["cv"] = kept.id
    enter(town, welcome(town), scheme="cv", q_goal="Une lettre")


def test_lines_are_added_moved_and_taken_away_and_nothing_typed_is_lost(sqlite_town: Town) -> None:
    client = signed_in(sqlite_town, "root")
    form = {**FORM, "planned_days": "bientôt", "name": "Nom gardé"}
    form = typed_in(pressed(client, NEW, form, add="item", item="phones"))
    assert form["requirements-1-key"] == "phones" and form["planned_days"] == "bientôt"
    form = typed_in(pressed(client, NEW, form, up="requirements-1"))
    assert [form[f"requirements-{one}-key"] for one in (0, 1)] == ["phones", "digital_autonomy"]
    form = typed_in(pressed(client, NEW, form, add="question"))
    assert form["questions-1-key"].startswith("q_") and form["questions-0-is_required"] == "y"
    form = typed_in(pressed(client, NEW, form, remove="requirements-0"))
    assert form["requirements-0-key"] == "digital_autonomy" and "requirements-1-key" not in form
    assert form["name"] == "Nom gardé" and form["code"] == "atelier-cv"


def test_adding_no_item_is_said_beside_the_list_and_nothing_typed_is_lost(sqlite_town: Town) -> None:
    answer = signed_in(sqlite_town, "root").post(NEW, data={**FORM, "name": "Nom gardé", "add": "item", "item": ""})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422 and "Choisissez d’abord une donnée dans la liste." in page
    assert re.search(r'<select[^>]*aria-invalid="true"[^>]*id="item"', page) and 'id="item-error"' in page
    assert typed_in(page)["name"] == "Nom gardé"


@pytest.mark.parametrize("days", ["", "9000"])
def test_every_line_that_is_wrong_is_said_at_once_and_once(sqlite_town: Town, days: str) -> None:
    wrong = {"requirements-0-why": "", "questions-0-label": "", "stages-0-key": "s_a", "stages-0-name": ""}
    given = {**FORM, **wrong, "planned_days": days, "preview": "yes"}
    answer = signed_in(sqlite_town, "root").post(NEW, data=given)
    page = unescape(answer.get_data(as_text=True))
    assert answer.status_code == 422
    for place in ("requirements-0-why", "questions-0-label", "stages-0-name", *(["planned_days"] if days else [])):
        assert page.count(f'href="#{place}"') == 1 and page.count(f'id="{place}-error"') == 1, place
    assert page.count("Dites pourquoi, en 200") == 2  # in the list of errors, and beside its field


def test_twenty_questions_are_the_most_and_it_is_said(sqlite_town: Town) -> None:
    lines = {f"questions-{one}-{part}": f"q_{one}" for one in range(MOST_QUESTIONS) for part in ("key", "label")}
    page = signed_in(sqlite_town, "root").post(NEW, data={**FORM, **lines, "back": "yes"}).get_data(as_text=True)
    assert "C’est le plus qu’un dispositif puisse avoir." in page and "Ajouter une question" not in page


def test_the_preview_says_whether_the_activity_is_short(sqlite_town: Town) -> None:
    client = signed_in(sqlite_town, "root")
    other = {name: value for name, value in FORM.items() if name != "is_short_activity"}
    assert "Activité courte non" in words(pressed(client, NEW, other, preview="yes"))
    assert "Activité courte oui" in words(pressed(client, NEW, {**other, "is_short_activity": "y"}, preview="yes"))


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"name": ""}, "Écrivez le nom du dispositif."),
        ({"code": "Atelier CV"}, "Il faut des minuscules sans accent"),
        ({"planned_days": "-3"}, "Écrivez un nombre de jours"),
        ({"planned_days": "9999"}, "La durée prévue va de 1 à 3650 jours."),
        ({"requirements-0-why": " "}, "Dites pourquoi"),
        ({"requirements-0-key": "shoe_size"}, "Cette donnée n’est pas dans le dictionnaire."),
        ({"questions-0-label": ""}, "Écrivez la question"),
        ({"questions-0-key": "x" * 41}, "Cette question est déjà dans le formulaire."),
        ({"intensity": "banque"}, "Ce choix n’existe pas."),
        ({"structure_id": "a" * 26, "publish": "yes"}, "Choisissez dans la liste une structure active"),
        ({"code": "pae", "publish": "yes"}, "Un dispositif porte déjà ce code."),
    ],
)
def test_what_is_wrong_is_said_in_its_place_and_the_rest_is_kept(
    sqlite_town: Town, typed: dict[str, str], sentence: str
) -> None:
    answer = signed_in(sqlite_town, "root").post(NEW, data={**FORM, **typed})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422 and sentence in unescape(page)
    assert {**FORM, **typed}["questions-0-label"] in page
    assert len(rows(sqlite_town.store, "scheme")) == len(sqlite_town.schemes)


def test_a_change_says_what_it_changes_then_holds_for_the_next_entries(town: Town) -> None:
    enter(town, welcome(town))
    client = signed_in(town, "root")
    form = typed_in(client.get(path(town)).get_data(as_text=True))
    del form["requirements-0-is_required"]
    form = typed_in(pressed(client, path(town), form, remove="requirements-14"))
    shown = words(pressed(client, path(town), {**form, "name": "Accueil"}, preview="yes"))
    assert "Question retirée : « Moyen de déplacement »." in shown
    assert "Devient facultative : « Téléphones »." in shown and "1 étape en cours garde ses réponses." in shown
    back = typed_in(pressed(client, path(town), {**form, "name": "Accueil"}, back="yes"))
    assert client.post(path(town), data={**back, "publish": "yes"}).status_code == 303
    kept = scheme(town, town.schemes["pae"])
    assert kept.name == "Accueil" and len(kept.requirements) == 14 and not kept.requirements[0].is_required


def test_what_may_not_change_any_more_is_refused(sqlite_town: Town) -> None:
    enter(sqlite_town, welcome(sqlite_town))
    client, here = signed_in(sqlite_town, "root"), path(sqlite_town)
    form = typed_in(client.get(here).get_data(as_text=True))
    for typed, sentence in (
        ({"structure_id": ""}, "la structure ne change plus"),
        ({"kind": "plie"}, "Le genre d’un dispositif ne change pas."),
        ({"seen": "0" * 16, "publish": "yes"}, "vient d’être changé ailleurs"),
    ):
        answer = client.post(here, data={**form, **typed})
        assert answer.status_code == 422 and sentence in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    "odd",
    [
        {"up": "requirements-99"},
        {"up": "banque-0"},
        {"remove": "requirements-²"},
        {"remove": ""},
        {"add": "item", "item": "shoe_size"},
        {"add": "banque"},
        {"requirements-5000-key": "rsa", "add": "question"},
    ],
)
def test_odd_buttons_change_nothing(sqlite_town: Town, odd: dict[str, str]) -> None:
    client = signed_in(sqlite_town, "root")
    assert client.post(NEW, data={**FORM, **odd}).status_code == 200
    flood = {f"requirements-{one}-key": "rsa" for one in range(300)}
    assert client.post(NEW, data={**FORM, **flood}).status_code == 422


def test_the_name_of_a_scheme_of_a_sensitive_structure_is_checked_by_whoever_writes_it(town: Town) -> None:
    client, warning = signed_in(town, "root"), "Ce nom est lu par d’autres structures"
    form = {**FORM, "name": "Groupe du mardi", "structure_id": town.structures["quai-neuf"]}
    assert warning in said(client, f"{NEW}?genre=workshop&structure={form['structure_id']}")
    assert warning not in said(client, f"{NEW}?genre=workshop")
    for button in ("preview", "publish"):
        answer = client.post(NEW, data={**form, button: "yes"})
        page = words(answer.get_data(as_text=True))
        assert answer.status_code == 422 and warning in page and "cochez la case" in page
    shown = pressed(client, NEW, {**form, "is_checked": "y"}, preview="yes")
    assert warning in words(shown) and 'name="is_checked" value="y"' in shown
    assert client.post(NEW, data={**form, "is_checked": "y", "publish": "yes"}).status_code == 303


def test_one_is_reminded_not_to_ask_of_health_in_a_question_of_ones_own(sqlite_town: Town) -> None:
    assert "Rien sur la santé, le handicap" in said(signed_in(sqlite_town, "root"), f"{NEW}?genre=plie")


def test_nobody_else_writes_one(sqlite_town: Town) -> None:
    refused_to_others(sqlite_town, NEW, "GET", "POST")
    refused_to_others(sqlite_town, path(sqlite_town), "GET", "POST")
    assert signed_in(sqlite_town, "root").get(f"/dispositifs/{'a' * 26}/modification").status_code == 404
