"""Say it once: she prepares on her phone, decides between two answers, and the entry takes over what she said."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, expect

from pathway.casework.preparation.actions import invite_to_prepare
from pathway.casework.records.actions import NewPerson, create_records, merge_claims
from pathway.casework.records.rules import Way
from pathway.demo.personas import PASSWORD
from tests.browser.page import Visit, served, window
from tests.casework.oversight.scenes import card_number
from tests.stories.stage import free_port, set_stage
from tests.town import AMINA, AMINA_CLAIMS
from tests.web.jobseeker.lives import SECRET, at_home


@dataclass(frozen=True, kw_only=True)
class Scene:
    """A served town where Bruno has invited Amina, of whom two cities are told."""

    address: str
    record_id: str
    scheme_id: str
    card: str


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """The town of the story."""
    stage = set_stage(tmp_path_factory.mktemp("once") / "instance")
    town = stage.town
    with town.acting("bruno") as tx:
        person = NewPerson(identity=AMINA, claims=AMINA_CLAIMS)
        record_id = create_records(tx, [person], way=Way.SAID, referent_id=tx.actor.account_id)[0]
    at_home(town, record_id)
    with town.acting("bruno") as tx:
        invite_to_prepare(tx, record_id=record_id, scheme_id=town.schemes["pae"])
        merge_claims(tx, record_id, {"city": "Saint-Malo", "postcode": "35400"}, way=Way.IMPORTED)
    card = card_number(town, record_id)
    town.store.engine.dispose()
    with served(stage.environment, free_port()) as address:
        yield Scene(address=address, record_id=record_id, scheme_id=town.schemes["pae"], card=card)


def weigh(visit: Visit) -> None:
    """The page is right for everybody and fits its window."""
    assert visit.faults() == []
    assert not visit.overflows()


def test_she_prepares_on_her_phone_and_the_entry_takes_it_over(scene: Scene, browser: Browser) -> None:
    with window(browser, scene.address, "phone") as visit:
        visit.sign_in(scene.card, SECRET)
        visit.go("/mon-parcours")
        weigh(visit)
        visit.page.get_by_role("link", name="Répondre maintenant").click()
        visit.page.get_by_label("Saint-Malo").check()
        visit.page.get_by_text("autres questions, facultatives").click()
        visit.page.locator('[name="education_level"]').select_option("level_4")
        visit.page.locator('[name="rome_jobs__later"][value="talk"]').check()
        weigh(visit)
        visit.page.get_by_role("button", name="Enregistrer mes réponses").click()
        expect(visit.page.get_by_text("Merci. 2 réponses enregistrées.")).to_be_visible()
        visit.go("/mes-informations")
        visit.page.get_by_role("link", name="Choisir la bonne réponse – Code postal").click()
        visit.page.get_by_label("35400").check()
        weigh(visit)
        visit.page.get_by_role("button", name="Garder cette réponse").click()
        expect(visit.page.get_by_text("C’est noté.")).to_be_visible()
        assert visit.wrong == []
    enter(scene, browser)


def enter(scene: Scene, browser: Browser) -> None:
    """Bruno reads what she prepared, and enters her."""
    with window(browser, scene.address, "desk") as visit:
        visit.sign_in("bruno@demo.carte.invalid", PASSWORD)
        visit.go(f"/dossiers/{scene.record_id}/entree")
        weigh(visit)
        visit.go(f"/dossiers/{scene.record_id}/entree/{scene.scheme_id}")
        for fold in visit.page.locator("summary").all():
            fold.click()
        visit.page.locator('[name="phones__refused"]').check()
        expect(visit.page.locator('[name="phones__anew"]')).to_be_visible()
        expect(visit.page.locator('[name="phones"]')).to_be_hidden()
        weigh(visit)
        visit.page.fill('[name="phones__anew"]', "06 98 76 54 32")
        visit.page.fill('[name="rome_jobs"]', "N1104")
        visit.page.get_by_role("button", name="Enregistrer l’entrée").click()
        expect(visit.page.get_by_text("dont 1 déjà connue")).to_be_visible()
        assert visit.wrong == []
