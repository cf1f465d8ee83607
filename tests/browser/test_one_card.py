"""One card per person: found however she is typed; two cards compared by a reviewer, joined by her own yes."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, expect

from pathway.demo.personas import PASSWORD
from pathway.kernel.clock import FixedClock
from tests.browser.page import Visit, served, window
from tests.casework.links.pairs import compare_all, two_cards
from tests.casework.oversight.scenes import card_number
from tests.stories.stage import free_port, set_stage
from tests.web.jobseeker.lives import SECRET, at_home

BOTH = ("desk", "phone")


@dataclass(frozen=True, kw_only=True)
class Scene:
    """A served town in which Amina has a card of Bruno's and another of Élise's, compared this night."""

    address: str
    card: str


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """The town of the story."""
    stage = set_stage(tmp_path_factory.mktemp("cards") / "instance")
    assert isinstance(stage.town.clock, FixedClock)
    stage.town.clock.move(timedelta(minutes=-5))  # what is written a minute later is still of the past
    amina, _ = two_cards(stage.town)
    at_home(stage.town, amina)
    compare_all(stage.town)
    card = card_number(stage.town, amina)
    stage.town.store.engine.dispose()
    with served(stage.environment, free_port()) as address:
        yield Scene(address=address, card=card)


def weigh(visit: Visit) -> None:
    """The page is right for everybody and fits its window."""
    assert visit.faults() == []
    assert not visit.overflows()
    assert visit.wrong == []


def test_she_is_found_misspelt_and_inverted_and_the_page_says_why(scene: Scene, browser: Browser) -> None:
    with window(browser, scene.address, "phone") as visit:
        visit.sign_in("bruno@demo.carte.invalid", PASSWORD)
        for typed in ("Benkassem Amina 22/04/1991", "amina benkacem 1991-04-22", "06 12 34 56 78"):
            visit.go("/recherche")
            visit.page.fill('[name="quick"]', typed)
            visit.page.get_by_role("button", name="Chercher", exact=True).click()
            expect(visit.page.get_by_role("link", name="Amina Benkacem")).to_be_visible()
            assert (visit.faults_at_every_width(), visit.wrong) == ({}, [])


def test_a_reviewer_compares_and_her_own_yes_brings_them_together(scene: Scene, browser: Browser) -> None:
    for shape in BOTH:
        with window(browser, scene.address, shape) as visit:
            visit.sign_in("ines@demo.carte.invalid", PASSWORD)
            visit.go("/doublons")
            weigh(visit)
            visit.page.locator("main a[href^='/doublons/']").first.click()
            weigh(visit)
            if shape == "phone":
                visit.page.get_by_label("Une faute d’écriture").check()
                visit.page.get_by_role("button", name="C’est la même personne").click()
                expect(visit.page.get_by_role("heading", level=1)).to_be_visible()
    with window(browser, scene.address, "phone") as visit:
        visit.sign_in(scene.card, SECRET)
        visit.go("/est-ce-vous")
        weigh(visit)
        visit.page.get_by_role("button", name="Oui, c’est moi", exact=True).click()
        visit.go("/est-ce-vous")
        expect(visit.page.get_by_role("heading", name="Deux cartes réunies")).to_be_visible()
        weigh(visit)
