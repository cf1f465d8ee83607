"""Denis writes a draft of the follow-up rules, tries it on the real work, publishes it: at a desk, on a phone, and
without scripts."""

import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from pathway.casework.records.rules import Identity
from pathway.demo.personas import PASSWORD
from tests.browser.page import Visit, served, window
from tests.browser.pages import shows
from tests.casework.enrolments.steps import enter, leave
from tests.stories.stage import free_port, set_stage
from tests.town import welcome
from tests.web.counsellor.scenes import move

DENIS = "denis@demo.carte.invalid"
SEEN = os.environ.get("CARTE_SCREENSHOTS", "")
_LETTERS = "abcdefghi"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A served town where nine people left a scheme twenty days ago, all followed by Bruno."""
    stage = set_stage(tmp_path_factory.mktemp("policy") / "instance")
    town = stage.town
    move(town, -20)
    for number, letter in enumerate(_LETTERS):
        who = Identity(first_name="Zoé", last_name=f"Martin{letter}", birth_date=date(1980 + number, 3, 2))
        leave(town, enter(town, welcome(town, identity=who)).enrolment_id)
    town.store.engine.dispose()
    with served(stage.environment, free_port()) as here:
        yield here


def weigh(visit: Visit, name: str, width: str) -> None:
    """The page is right for everybody at every width."""
    if SEEN:
        visit.page.screenshot(path=Path(SEEN) / f"{name}_{width}.png", full_page=True)
    assert visit.faults_at_every_width() == {}


@shows("/regles-de-suivi/essai/<ref>", "/regles-de-suivi/publication/<ref>")
@pytest.mark.parametrize("width", ["desk", "phone"])
def test_a_draft_is_written_tried_and_published(address: str, browser: Browser, width: str) -> None:
    with window(browser, address, width) as visit:
        visit.sign_in(DENIS, PASSWORD)
        visit.go("/regles-de-suivi")
        weigh(visit, "policies", width)
        visit.page.get_by_text("Écrire un brouillon").click()
        visit.page.get_by_role("link", name="Tous vos dispositifs", exact=True).click()
        visit.page.get_by_role("heading", name="Fin sans solution").click()
        visit.page.get_by_role("button", name="Ajouter une ligne – Fin sans solution").click()
        delay = visit.page.get_by_label("Délai – Fin sans solution").last
        delay.fill("800")
        visit.page.get_by_role("button", name="Essayer sur le travail réel").click()
        expect(visit.page.get_by_role("alert")).to_contain_text("Écrivez un délai de 1 à 730 jours")
        weigh(visit, "draft", width)
        delay.fill("60" if width == "desk" else "50")
        visit.page.get_by_role("button", name="Essayer sur le travail réel").click()
        expect(visit.page.get_by_text("Plus de 8 points par semaine")).to_be_visible()
        assert visit.page.locator("svg.chart-drawing").count() == 2
        weigh(visit, "trial", width)
        visit.page.get_by_role("link", name="Publier ces règles").click()
        weigh(visit, "publish", width)
        if width == "phone":
            visit.page.get_by_label("À partir du").fill("01/01/2099")
            visit.page.get_by_role("button", name="Publier la version").click()
            expect(visit.page.get_by_role("alert")).to_contain_text("dans l’année qui vient")
            weigh(visit, "publish_refused", width)
        else:
            visit.page.get_by_role("button", name="Publier la version").click()
            expect(visit.page.get_by_text("Règles publiées.")).to_be_visible()
            weigh(visit, "policies_published", width)
        assert visit.wrong == []


def test_lines_come_and_go_without_scripts_and_enter_keeps_the_draft(address: str, browser: Browser) -> None:
    with window(browser, address, "desk", scripts=False) as visit:
        visit.sign_in(DENIS, PASSWORD)
        visit.go("/regles-de-suivi/structure")
        lines = visit.page.get_by_label("Délai – Formation, ligne 4")
        visit.page.get_by_role("heading", name="Formation").click()
        visit.page.get_by_role("button", name="Ajouter une ligne – Formation").click()
        expect(lines).to_be_visible()
        visit.page.get_by_role("button", name="Retirer – Formation, ligne 4").click()
        expect(lines).to_have_count(0)
        visit.page.get_by_label("Délai – Formation, ligne 1").press("Enter")
        expect(visit.page.get_by_text("Brouillon enregistré.")).to_be_visible()
        assert visit.wrong == []
