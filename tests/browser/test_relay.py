"""A relay from one desk to another, on her phone, and outside: every page right at both widths."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, expect

from pathway.casework.records.actions import NewPerson, create_records
from pathway.casework.records.rules import Way
from pathway.demo.personas import PASSWORD
from tests.browser.page import Visit, served, window
from tests.browser.pages import shows
from tests.casework.oversight.scenes import card_number
from tests.stories.stage import free_port, set_stage
from tests.town import AMINA, AMINA_CLAIMS
from tests.web.jobseeker.lives import SECRET, at_home


@dataclass(frozen=True, kw_only=True)
class Scene:
    """A served town where Bruno supports Amina, and knows nobody else."""

    address: str
    record_id: str
    card: str


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """The town of the story."""
    stage = set_stage(tmp_path_factory.mktemp("relay") / "instance")
    town = stage.town
    with town.acting("bruno") as tx:
        person = NewPerson(identity=AMINA, claims=AMINA_CLAIMS)
        record_id = create_records(tx, [person], way=Way.SAID, referent_id=tx.actor.account_id)[0]
    at_home(town, record_id)
    card = card_number(town, record_id)
    town.store.engine.dispose()
    with served(stage.environment, free_port()) as address:
        yield Scene(address=address, record_id=record_id, card=card)


def weigh(visit: Visit) -> None:
    """The page is right for everybody and fits its window."""
    assert visit.faults() == []
    assert not visit.overflows()
    assert visit.wrong == []


def weigh_everywhere(visit: Visit) -> None:
    """The same at every width."""
    assert (visit.faults_at_every_width(), visit.wrong) == ({}, [])


def fill(visit: Visit, scene: Scene, structure: str) -> None:
    """The relay as Bruno fills it in with Amina."""
    visit.go(f"/dossiers/{scene.record_id}/relais")
    expect(visit.page.get_by_label("Nom de la structure")).to_be_hidden()
    weigh(visit)
    visit.page.locator("#structure").select_option(label=structure)
    visit.page.get_by_label("Une formation").check()
    visit.page.get_by_label("Situation").check()
    visit.page.get_by_label("Coordonnées et contact").check()
    visit.page.fill("#message", "Elle vient de ma part.")
    visit.page.get_by_label("De vive voix").check()


@pytest.mark.parametrize("width", ["desk", "phone"])
def test_a_relay_is_sent_refused_and_comes_back(scene: Scene, browser: Browser, width: str) -> None:
    with window(browser, scene.address, width) as visit:
        visit.sign_in("bruno@demo.carte.invalid", PASSWORD)
        fill(visit, scene, "Mission locale du Bassin")
        visit.page.get_by_role("button", name="Envoyer le relais").click()
        expect(visit.page.get_by_text("Relais envoyé.")).to_be_visible()
        weigh(visit)
    with window(browser, scene.address, width) as visit:
        visit.sign_in("elise@demo.carte.invalid", PASSWORD)
        visit.go("/relais")
        weigh(visit)
        visit.page.get_by_role("button", name="Accuser réception").click()
        expect(visit.page.get_by_text("Réception notée.")).to_be_visible()
        weigh(visit)
        visit.page.get_by_text("Refuser ce relais").click()
        visit.page.get_by_role("button", name="Noter le refus").click()
        expect(visit.page.get_by_role("link", name="Choisissez la raison du refus.")).to_be_visible()
        weigh(visit)
        visit.page.get_by_label("Pas de place avant longtemps").check()
        visit.page.get_by_role("button", name="Noter le refus").click()
        expect(visit.page.get_by_text("Refus noté.")).to_be_visible()
        weigh(visit)


@shows("/relais/<ref>/lien", "/liaison/<secret>", "/liaison")
@pytest.mark.parametrize("width", ["desk", "phone"])
def test_a_sheet_behind_a_link_is_read_once_and_answered(scene: Scene, browser: Browser, width: str) -> None:
    with window(browser, scene.address, width) as visit:
        visit.sign_in("bruno@demo.carte.invalid", PASSWORD)
        fill(visit, scene, "Une structure qui n’est pas dans la liste")
        visit.page.get_by_label("Nom de la structure").fill(f"Association Tremplin {width}")
        weigh(visit)
        visit.page.get_by_role("button", name="Envoyer le relais").click()
        expect(visit.page.get_by_role("link", name="Lien sécurisé")).to_be_visible()
        weigh(visit)
        visit.page.get_by_role("link", name="Lien sécurisé").click()
        expect(visit.page.get_by_role("button", name="Préparer le lien")).to_be_visible()
        weigh_everywhere(visit)
        visit.page.get_by_role("button", name="Préparer le lien").click()
        link = visit.page.get_by_label("Il ne sera plus affiché.").input_value()
        weigh(visit)
    path = "/liaison/" + link.rpartition("/")[2]
    with window(browser, scene.address, width) as visit:
        visit.go(path)
        weigh_everywhere(visit)
        visit.page.get_by_role("button", name="Ouvrir la fiche").click()
        expect(visit.page.get_by_role("heading", name="Amina Benkacem")).to_be_visible()
        assert "06 12 34 56 78" in visit.page.content()
        weigh_everywhere(visit)
        visit.page.get_by_role("button", name="Accuser réception").click()
        expect(visit.page.get_by_text("votre réponse est notée")).to_be_visible()
        weigh(visit)
        visit.go(path)
        expect(visit.page.get_by_role("heading", name="Ce lien ne fonctionne plus")).to_be_visible()
        weigh(visit)


def test_she_says_no_on_her_phone(scene: Scene, browser: Browser) -> None:
    with window(browser, scene.address, "phone") as visit:
        visit.sign_in("bruno@demo.carte.invalid", PASSWORD)
        fill(visit, scene, "CCAS de Valmer")
        visit.page.get_by_role("button", name="Envoyer le relais").click()
        visit.page.wait_for_load_state()
    with window(browser, scene.address, "phone") as visit:
        visit.sign_in(scene.card, SECRET)
        visit.page.get_by_role("link", name="Voir ce relais, ou dire non").first.click()
        weigh(visit)
        visit.page.get_by_text("Je ne veux pas de ce relais").first.click()
        visit.page.get_by_role("button", name="Dire non à ce relais").first.click()
        expect(visit.page.get_by_text("C’est noté : le relais est retiré.")).to_be_visible()
        weigh(visit)
