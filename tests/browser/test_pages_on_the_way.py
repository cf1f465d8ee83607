"""Pages that come only after something was written or sent: sound at every width, with what was written in them."""

from datetime import timedelta

from playwright.sync_api import Browser, expect

from pathway.casework.partners.rules import Role
from pathway.casework.team.actions import invite
from pathway.demo.personas import PASSWORD
from pathway.demo.town import Town
from pathway.kernel.settings import ROOT
from tests.browser.page import Visit, window
from tests.browser.pages import shows
from tests.casework.resets.letters import last_link, posted

SECRET = "neuf loutres grises plongent"
SCAN = ROOT / "docs" / "images" / "personne-carte.png"


def sound(visit: Visit, title: str) -> None:
    """That page is there, and sound at every width."""
    expect(visit.page.get_by_role("heading", level=1)).to_contain_text(title)
    assert (visit.faults_at_every_width(), visit.wrong) == ({}, []), title


def press(visit: Visit, label: str) -> None:
    """Press it, and let the page that follows come: a form of words asks first whether the server is there."""
    with visit.page.expect_navigation():
        visit.page.get_by_role("button", name=label, exact=True).click()


@shows("/notes/<ref>/corriger", "/contrats/<ref>", "/dossiers/<ref>/documents/<document_ref>/retirer")
def test_what_was_just_written_is_corrected_printed_and_taken_away(browser: Browser, demo_address: str) -> None:
    with window(browser, demo_address, "desk") as visit:
        visit.sign_in("bruno@demo.carte.invalid", PASSWORD)
        visit.go("/dossiers")
        visit.listed("Ibrahima Ba").click()
        visit.page.wait_for_url("**/dossiers/*")
        record = visit.path
        visit.go(f"{record}/note")
        visit.page.get_by_label("Note", exact=True).fill("Cherche un poste de nuit.")
        press(visit, "Enregistrer la note")
        visit.page.locator("main a[href^='/notes/'][href$='/corriger']").first.click()
        sound(visit, "Corriger")
        visit.go(f"{record}/contrat")
        visit.page.get_by_label("Objectifs").fill("Passer le permis.\nRencontrer deux employeurs.")
        press(visit, "Enregistrer le contrat")
        visit.go(f"{record}/contrat")
        visit.page.get_by_role("link", name="Imprimer ce contrat").click()
        sound(visit, "Contrat d’engagement")
        visit.go(f"{record}/documents")
        visit.page.get_by_label("Quel document").select_option("cv")
        visit.page.get_by_label("Fichier").set_input_files(SCAN)
        visit.page.get_by_label("Ma structure").check()
        press(visit, "Ajouter le document")
        visit.page.get_by_role("link", name="Retirer").first.click()
        sound(visit, "Retirer")


@shows("/invitation/<secret>", "/connexion/protection")
def test_an_invited_professional_is_led_to_her_second_factor(
    browser: Browser, demo_address: str, demo_town: Town
) -> None:
    with demo_town.acting("denis") as tx:
        sent = invite(
            tx,
            structure_id=tx.actor.structure_id,
            email="odile.garnier@exemple.fr",
            first_name="Odile",
            last_name="Garnier",
            role=Role.COUNSELLOR,
            until_on=tx.today + timedelta(days=365),
        )
    with window(browser, demo_address, "desk") as visit:
        visit.go(sent.path)
        sound(visit, "Bonjour Odile")
        visit.page.locator("#password").fill(SECRET)
        visit.page.locator("#again").fill(SECRET)
        press(visit, "Ouvrir mon compte")
        sound(visit, "Protéger mon compte")


@shows("/adresse/<secret>", "/mot-de-passe/<secret>")
def test_the_links_of_letters_lead_to_sound_pages(browser: Browser, demo_address: str, demo_town: Town) -> None:
    with window(browser, demo_address, "phone") as visit:
        visit.sign_in("bruno@demo.carte.invalid", PASSWORD)
        visit.go("/mon-compte/securite/adresse")
        visit.page.get_by_label("Votre adresse e-mail").fill("bruno.lemaire@exemple.fr")
        press(visit, "Envoyer le message de confirmation")
        expect(visit.page.get_by_text("Un message est parti à cette adresse.")).to_be_visible()
    with window(browser, demo_address, "phone") as visit:
        visit.go(last_link(demo_town, "check_email"))
        sound(visit, "adresse")
        visit.go("/mot-de-passe-oublie")
        visit.page.locator("#login").fill("bruno@demo.carte.invalid")
        press(visit, "Envoyer le lien")
        assert posted(demo_town) == 1
        visit.go(last_link(demo_town, "password_reset"))
        sound(visit, "mot de passe")
