"""She decides: two parts shared, one answer hidden, all stopped; then who looked, a question, and its answer."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Locator, expect

from pathway.casework.factors.one_time import code_of, step_at
from pathway.casework.records.actions import NewPerson, create_records
from pathway.casework.records.rules import Way
from pathway.demo.personas import PASSWORD
from pathway.demo.town import Town
from pathway.kernel.clock import SystemClock
from tests.browser.page import Visit, served, window
from tests.casework.oversight.scenes import card_number
from tests.stories.stage import free_port, set_stage
from tests.town import AMINA, AMINA_CLAIMS
from tests.web.jobseeker.lives import SECRET, at_home

PLACE, PHONE = "Mission locale du Bassin", "06 12 34 56 78"
SHARED, KEPT = ("contact", "situation"), ("education", "mobility", "health")
QUESTION, ANSWER = "Je n’ai pas de rendez-vous là-bas.", "Élise préparait votre premier rendez-vous."


@dataclass(frozen=True, kw_only=True)
class Scene:
    """A served town where Bruno follows Amina, who has an account."""

    address: str
    town: Town
    record_id: str
    card: str

    @property
    def record(self) -> str:
        """The address of her record."""
        return f"/dossiers/{self.record_id}"


# One town and one window each for the file: a code of the second step serves once in thirty seconds. Each test begins
# with her agreement, whichever ran before.
@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """The town of the story, with Amina in it."""
    stage = set_stage(tmp_path_factory.mktemp("decides") / "instance")
    claims = {**AMINA_CLAIMS, "education_level": "level_4", "driving_licences": ["b"]}
    with stage.town.acting("bruno") as tx:
        person = NewPerson(identity=AMINA, claims=claims)
        record_id = create_records(tx, [person], way=Way.SAID, referent_id=tx.actor.account_id)[0]
    at_home(stage.town, record_id)
    card = card_number(stage.town, record_id)
    stage.town.store.engine.dispose()
    with served(stage.environment, free_port()) as address:
        yield Scene(address=address, town=stage.town, record_id=record_id, card=card)


@pytest.fixture(scope="module")
def amina(scene: Scene, browser: Browser) -> Iterator[Visit]:
    """Her phone."""
    with window(browser, scene.address, "phone") as visit:
        visit.sign_in(scene.card, SECRET)
        yield visit


@pytest.fixture(scope="module")
def elise(scene: Scene, browser: Browser) -> Iterator[Visit]:
    """The desk of the structure she chooses."""
    with window(browser, scene.address, "desk") as visit:
        visit.sign_in("elise@demo.carte.invalid", PASSWORD)
        yield visit


@pytest.fixture(scope="module")
def bruno(scene: Scene, browser: Browser) -> Iterator[Visit]:
    """The desk of the one who follows her."""
    with window(browser, scene.address, "desk") as visit:
        visit.sign_in("bruno@demo.carte.invalid", PASSWORD)
        yield visit


@pytest.fixture(scope="module")
def sylvie(scene: Scene, browser: Browser) -> Iterator[Visit]:
    """The desk of Élise's responsable, whose code the page of a demonstration does not show."""
    with window(browser, scene.address, "desk") as visit:
        visit.type_password("sylvie@demo.carte.invalid", PASSWORD)
        now = SystemClock().now()
        visit.page.fill("#code", code_of(scene.town.cast["sylvie"].totp_secret, step_at(now)))
        press(visit, "Continuer")
        yield visit


def sound(visit: Visit) -> None:
    assert visit.faults() == [], visit.page.url
    assert not visit.overflows(), visit.page.url
    assert visit.wrong == [], visit.page.url


def press(visit: Visit, label: str) -> None:
    visit.page.get_by_role("button", name=label, exact=True).click()
    visit.page.wait_for_load_state()


def follow(visit: Visit, label: str) -> None:
    """Follow a link whose hidden end says what it is about."""
    visit.page.get_by_role("link", name=re.compile(f"^{label}")).first.click()
    visit.page.wait_for_load_state()


def agree(amina: Visit) -> None:
    amina.go("/qui-voit-quoi")
    sound(amina)
    follow(amina, "Donner mon accord à une structure")
    sound(amina)
    follow(amina, PLACE)
    sound(amina)
    for part in SHARED:
        amina.page.locator(f"input[name=sections][value={part}]").check()
    press(amina, "Donner mon accord")
    expect(amina.page.get_by_text("Votre accord est enregistré")).to_be_visible()
    expect(hers(amina)).to_contain_text("coordonnées")
    sound(amina)


def hers(amina: Visit) -> Locator:
    """What « Qui voit quoi » says of that structure."""
    return amina.page.locator("li.access", has_text=PLACE)


def opens_two_parts(elise: Visit, record: str) -> None:
    elise.go("/recherche")
    elise.page.fill("#quick", "BENKACEM 22/04/1991")
    press(elise, "Chercher")
    follow(elise, "Amina")
    expect(elise.page.get_by_text(PHONE).first).to_be_attached()
    sound(elise)
    for part in SHARED:
        elise.go(f"{record}/informations/{part}")
        sound(elise)
    assert {status(elise, f"{record}/informations/{part}") for part in KEPT} == {404}


def status(visit: Visit, path: str) -> int:
    return visit.page.request.get(visit.address + path).status


def hide_phone(amina: Visit) -> None:
    hers(amina).get_by_role("link", name=re.compile("^Cacher")).click()
    sound(amina)
    amina.page.get_by_label("Coordonnées et contact").check()
    press(amina, "Continuer")
    sound(amina)
    amina.page.get_by_label("Téléphones").check()
    press(amina, "Cacher")
    expect(hers(amina)).to_contain_text("Caché : Téléphones")
    sound(amina)


def stop(amina: Visit) -> None:
    amina.go("/qui-voit-quoi")
    hers(amina).get_by_role("link", name=re.compile("^Arrêter le partage")).click()
    sound(amina)
    press(amina, "Arrêter le partage")
    expect(hers(amina)).to_contain_text("arrêté")
    sound(amina)


def shows_phone(visit: Visit, record: str) -> bool:
    visit.go(record)
    expect(visit.page.locator("h1")).to_contain_text("Amina")
    return PHONE in visit.page.content()


def test_what_she_shares_hides_and_stops_counts_at_the_next_request(
    scene: Scene, amina: Visit, elise: Visit, bruno: Visit
) -> None:
    agree(amina)
    opens_two_parts(elise, scene.record)
    hide_phone(amina)
    assert not shows_phone(elise, scene.record)
    assert shows_phone(bruno, scene.record)
    sound(bruno)
    stop(amina)
    assert status(elise, scene.record) == 404
    assert status(bruno, scene.record) == 200
    elise.page.reload()
    expect(elise.page.locator("h1")).not_to_contain_text("Amina")
    sound(elise)


def ask(amina: Visit) -> None:
    amina.go("/qui-voit-quoi")
    follow(amina, "Voir tous les accès")
    line = amina.page.locator("li.visit", has_text=f"{PLACE} a lu votre dossier")
    expect(line).to_have_count(1)
    expect(amina.page.locator("main")).not_to_contain_text("Élise")
    expect(amina.page.locator("main")).not_to_contain_text("Moreau")
    sound(amina)
    line.get_by_role("link", name=re.compile("^Je ne comprends pas cet accès")).click()
    sound(amina)
    amina.page.get_by_label("Que voulez-vous ajouter ?").fill(QUESTION)
    press(amina, "Demander une explication")
    expect(amina.page.get_by_text("En attente de réponse")).to_be_visible()
    sound(amina)


def answer(sylvie: Visit) -> None:
    sylvie.go("/acces-a-expliquer")
    expect(sylvie.page.get_by_text(QUESTION)).to_be_visible()
    expect(sylvie.page.get_by_text("Élise Moreau")).to_be_visible()
    sound(sylvie)
    sylvie.page.get_by_label("Votre réponse à la personne").fill(ANSWER)
    sylvie.page.get_by_role("button", name=re.compile("^Envoyer la réponse")).click()
    expect(sylvie.page.get_by_text("Réponse envoyée.")).to_be_visible()
    sound(sylvie)


def test_she_reads_who_looked_asks_why_and_reads_the_answer(
    scene: Scene, amina: Visit, elise: Visit, sylvie: Visit
) -> None:
    agree(amina)
    elise.go(scene.record)
    expect(elise.page.locator("h1")).to_contain_text("Amina")
    ask(amina)
    answer(sylvie)
    amina.page.reload()
    expect(amina.page.get_by_text(f"« {ANSWER} »")).to_be_visible()
    expect(amina.page.get_by_text(f"{PLACE} a répondu")).to_be_visible()
    sound(amina)
