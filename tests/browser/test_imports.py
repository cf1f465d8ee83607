"""A file comes in on the operator's screens, its refused rows go out, it is undone; then one setting is changed."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Route, expect

from pathway.demo.personas import PASSWORD
from tests.browser.page import Visit, served, window
from tests.browser.pages import shows
from tests.stories.stage import free_port, set_stage
from tests.web.operator.importing import PEOPLE, workbook

pytestmark = pytest.mark.xdist_group("imports")  # one town, one process


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Visit]:
    """The desk of the operator, in a small town of her own."""
    stage = set_stage(tmp_path_factory.mktemp("imports") / "instance")
    stage.town.store.engine.dispose()
    with served(stage.environment, free_port()) as address, window(browser, address, "desk") as visit:
        visit.sign_in("root@demo.carte.invalid", PASSWORD)
        yield visit


def sound(visit: Visit, title: str) -> None:
    """That page is there, and sound at every width."""
    expect(visit.page.get_by_role("heading", level=1)).to_contain_text(title)
    assert (visit.faults_at_every_width(), visit.wrong) == ({}, []), title


def press(visit: Visit, label: str) -> None:
    visit.page.get_by_role("button", name=label, exact=True).click()
    visit.page.wait_for_load_state()


def follow(visit: Visit, label: str) -> None:
    visit.page.get_by_role("main").get_by_role("link", name=label, exact=True).click()
    visit.page.wait_for_load_state()


def give(visit: Visit, path: Path, content: str | bytes) -> None:
    """Give a file on the screen, from the list of imports."""
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    visit.go("/imports")
    follow(visit, "Importer des personnes")
    visit.page.get_by_label("Structure").select_option(label="PLIE du Bassin (plie)")
    visit.page.get_by_label("Fichier").set_input_files(path)
    press(visit, "Lire le fichier")


def still(route: Route) -> None:
    """The page without its coming back by itself, which would happen under the eyes of who looks at it."""
    answer = route.fetch()
    route.fulfill(response=answer, headers={name: one for name, one in answer.headers.items() if name != "refresh"})


@shows("/imports/<ref>", "/imports/<ref>/annulation", "/imports/<ref>/colonnes")
def test_a_file_comes_in_and_is_undone(root: Visit, tmp_path: Path) -> None:
    give(root, tmp_path / "vide.csv", "Prénom;Nom;Né le\n")
    expect(root.page.locator(".govuk-error-summary")).to_contain_text("n’a que des titres de colonnes")
    sound(root, "Importer des personnes")
    give(root, tmp_path / "personnes.csv", PEOPLE)
    sound(root, "Ce qu’est chaque colonne")
    root.page.get_by_label("Né le").select_option("")
    press(root, "Voir ce qui serait importé")
    expect(root.page.get_by_role("alert")).to_contain_text("Il manque une colonne")
    sound(root, "Ce qu’est chaque colonne")
    root.page.get_by_label("Né le").select_option("birth_date")
    press(root, "Voir ce qui serait importé")
    sound(root, "Ce qui serait importé")
    press(root, "Importer 2 lignes")
    expect(root.page.get_by_role("main")).to_contain_text("2 personnes créées")
    sound(root, "Import du")
    with root.page.expect_download() as refused:
        root.page.get_by_role("link", name="Télécharger les lignes refusées").click()
    assert "Le nom manque." in Path(refused.value.path()).read_text(encoding="utf-8-sig")
    follow(root, "Annuler cet import")
    sound(root, "Annuler cet import ?")
    press(root, "Supprimer 2 personnes")
    expect(root.page.get_by_role("main")).to_contain_text("2 personnes créées par cet import ont été supprimées")
    sound(root, "Import du")
    follow(root, "Imports")
    sound(root, "Imports")


@shows("/imports/<ref>/feuille")
def test_a_workbook_asks_which_sheet_holds_people(root: Visit, tmp_path: Path) -> None:
    people: list[list[object]] = [["Prénom", "Nom", "Né le"], ["Ana", "Sow", "01/01/1990"]]
    give(root, tmp_path / "classeur.xlsx", workbook(Inscrits=people, Sortis=people))
    sound(root, "Choisir la feuille")
    root.page.get_by_label("Sortis").check()
    press(root, "Continuer")
    expect(root.page.get_by_role("heading", level=1)).to_contain_text("Ce qu’est chaque colonne")


def test_a_long_file_says_how_far_it_has_come(root: Visit, tmp_path: Path) -> None:
    many = "".join(f"Prenom{number};Nom{number};01/01/1990\n" for number in range(700))
    give(root, tmp_path / "long.csv", "Prénom;Nom;Date de naissance\n" + many)
    press(root, "Voir ce qui serait importé")
    expect(root.page.get_by_role("main")).to_contain_text("0 sur 700")
    root.page.route(re.compile(r"/imports/\w{26}$"), still)
    root.page.goto(root.page.url)
    sound(root, "Import du")
    root.page.unroute(re.compile(r"/imports/\w{26}$"))
    press(root, "Abandonner ce fichier")
    expect(root.page.get_by_text("Fichier abandonné")).to_be_visible()


def test_a_setting_and_a_threshold_are_read_again_before_they_change(root: Visit) -> None:
    root.go("/reglages")
    root.page.get_by_role("link", name=re.compile("^Modifier.*À qui demander de l’aide$")).click()
    root.page.get_by_label("Nouvelle valeur").fill("Maison de l’emploi")
    press(root, "Voir ce qui change")
    sound(root, "À qui demander de l’aide")
    press(root, "Changer ce réglage")
    expect(root.page.get_by_role("main")).to_contain_text("Maison de l’emploi")
    sound(root, "Réglages du territoire")
    root.go("/reglages/help_who")
    sound(root, "À qui demander de l’aide")
    root.go("/reglages/alertes")
    late = root.page.get_by_role("group", name="Point de suivi en retard")
    late.get_by_label("Jours de retard d’un point de suivi").fill("mille")
    press(root, "Voir ce qui change")
    expect(root.page.get_by_role("alert")).to_contain_text("Écrivez un nombre de 1 à 730")
    sound(root, "Seuils d’alerte")
    late.get_by_label("Jours de retard d’un point de suivi").fill("9")
    press(root, "Voir ce qui change")
    sound(root, "Relire les seuils d’alerte")
    press(root, "Publier ces seuils")
    expect(root.page.get_by_text("Seuils publiés.")).to_be_visible()
