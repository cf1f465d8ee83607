"""A night opens an alert; she answers it on her phone; her counsellor reads the answer at his desk."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, expect

from pathway.casework.records.actions import NewPerson, create_records
from pathway.casework.records.rules import Way
from pathway.demo.personas import PASSWORD
from pathway.kernel.clock import FixedClock
from tests.browser.page import Visit, served, window
from tests.casework.oversight.scenes import card_number
from tests.stories.stage import free_port, set_stage
from tests.town import AMINA, AMINA_CLAIMS
from tests.web.jobseeker.lives import SECRET, at_home, enter, evaluate


@dataclass(frozen=True, kw_only=True)
class Scene:
    """A served town where nobody has reached Amina for five weeks."""

    address: str
    card: str


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """The town of the story."""
    stage = set_stage(tmp_path_factory.mktemp("answer") / "instance")
    town = stage.town
    assert isinstance(town.clock, FixedClock)
    town.clock.move(timedelta(days=-35))
    with town.acting("bruno") as tx:
        person = NewPerson(identity=AMINA, claims=AMINA_CLAIMS)
        record_id = create_records(tx, [person], way=Way.SAID, referent_id=tx.actor.account_id)[0]
    enter(town, record_id)
    town.clock.move(timedelta(days=35))
    at_home(town, record_id)
    evaluate(town, record_id)
    card = card_number(town, record_id)
    town.store.engine.dispose()
    with served(stage.environment, free_port()) as address:
        yield Scene(address=address, card=card)


def weigh(visit: Visit) -> None:
    """The page is right for everybody and fits its window."""
    assert visit.faults() == []
    assert not visit.overflows()
    assert visit.wrong == []


def test_what_she_answers_on_her_phone_is_read_at_the_desk(scene: Scene, browser: Browser) -> None:
    with window(browser, scene.address, "phone") as visit:
        visit.sign_in(scene.card, SECRET)
        visit.go("/mon-parcours")
        expect(visit.page.get_by_text("Cela ne change rien à vos droits.")).to_be_visible()
        visit.page.get_by_text("Ajouter un message").click()
        visit.page.get_by_label("Votre message").fill("Plutôt le soir, après 18 h.")
        weigh(visit)
        visit.page.get_by_role("button", name="Rappelez-moi").click()
        expect(visit.page.get_by_text("C’est noté : nous vous appelons")).to_be_visible()
        expect(visit.page.get_by_text("Bruno Lemaire lira votre réponse.")).to_be_visible()
        expect(visit.page.get_by_text("« Plutôt le soir, après 18 h. »")).to_be_visible()
        weigh(visit)
    with window(browser, scene.address, "desk") as visit:
        visit.sign_in("bruno@demo.carte.invalid", PASSWORD)
        visit.go("/aujourd-hui")
        expect(visit.page.get_by_role("heading", name="Réponses à lire")).to_be_visible()
        expect(visit.page.get_by_text("« Plutôt le soir, après 18 h. »")).to_be_visible()
        weigh(visit)
        visit.page.get_by_role("button", name="Lu – Amina Benkacem").click()
        expect(visit.page.get_by_text("Réponse lue.")).to_be_visible()
        expect(visit.page.get_by_role("heading", name="Réponses à lire")).to_be_hidden()
        weigh(visit)
        visit.page.get_by_role("link", name="Amina Benkacem").first.click()
        expect(visit.page.get_by_text("La personne a répondu « Rappelez-moi »")).to_be_visible()
        weigh(visit)
