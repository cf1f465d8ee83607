"""What she typed is never lost: a network that is cut, then proving again who she is."""

import re
import sqlite3
from contextlib import closing
from pathlib import Path

from playwright.sync_api import Browser, expect

from pathway.demo.personas import PASSWORD
from tests.browser.page import Visit, forget_sessions, window
from tests.browser.pages import shows
from tests.browser.test_every_page import check

WHY = "Je pars vivre chez ma sœur.\nMerci de tout effacer."


def hours_pass(folder: Path) -> None:
    """Whoever is signed in proved it long ago."""
    with closing(sqlite3.connect(folder / "carte.sqlite")) as base, base:
        base.execute("UPDATE web_session SET proved_at = NULL WHERE ended_at IS NULL AND stage = 'open'")
    forget_sessions()  # of everybody: nobody comes back with one in which she would be asked again


def press(visit: Visit, name: str) -> None:
    visit.page.get_by_role("button", name=name).click()


@shows("/reprendre")
def test_no_word_is_lost_when_the_network_is_cut_or_the_hour_is_late(
    browser: Browser, demo_address: str, demo_folder: Path
) -> None:
    with window(browser, demo_address, "phone") as visit:
        visit.sign_in("amina@demo.carte.invalid", PASSWORD)
        visit.go("/conservation")
        visit.page.get_by_label("Pourquoi ?").fill(WHY)
        visit.page.get_by_label("Je veux que tout mon dossier soit effacé").check()
        visit.page.context.set_offline(True)
        press(visit, "Demander l’effacement")
        expect(visit.page.get_by_text("Pas de connexion. Rien n’est perdu")).to_be_visible()
        expect(visit.page.get_by_label("Pourquoi ?")).to_have_value(WHY)
        check(visit, "the network is cut")
        visit.page.context.set_offline(False)
        hours_pass(demo_folder)
        press(visit, "Demander l’effacement")
        expect(visit.page).to_have_url(re.compile("/mon-compte/confirmer"))
        visit.page.get_by_label("Votre mot de passe").fill(PASSWORD)
        press(visit, "Continuer")
        visit.page.wait_for_url("**/reprendre")
        assert (visit.faults_at_every_width(), visit.wrong) == ({}, [])
        press(visit, "Reprendre ce que j’avais rempli")
        expect(visit.page.get_by_label("Pourquoi ?")).to_have_value(WHY)
        expect(visit.page.get_by_label("Je veux que tout mon dossier soit effacé")).to_be_checked()
        expect(visit.page.get_by_text("Rien n’est encore enregistré")).to_be_visible()
        check(visit, "given back")
        visit.go("/mes-demandes")
        expect(visit.page.get_by_text("chez ma sœur")).to_have_count(0)
        visit.page.get_by_role("link", name="Reprendre ce que j’avais rempli").click()
        press(visit, "Abandonner")
        expect(visit.page.get_by_text("C’est abandonné.")).to_be_visible()
