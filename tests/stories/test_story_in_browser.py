"""The main job as people do it: a file, a search, an entry, an exit, time, an alert, a contact, a phone."""

import re
from datetime import date, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from pathway.demo.personas import PASSWORD
from pathway.kernel.clock import SystemClock, local_day
from tests.browser.page import Visit, served, window
from tests.stories.stage import Stage, free_port, set_stage

SECRET = "une grande phrase de passe"
FILE = (
    "\ufeffPrénom*;Nom*;Date de naissance*;NIR;Téléphone;Email;Adresse;Code postal;Ville;Situation;"
    "Emploi recherché (code ROME);Niveau de formation;Zone de mobilité\r\n"
    "Amina;Benkacem;22/04/1991;;0612345678, 071234567;amina@exemple.fr;3 rue des Lilas;35000;Rennes;"
    "recherche_emploi;Pontier élingueur / Pontière élingueuse (N1104);NV5;30\r\n"
    "Sans;Date;;;;;;;;;;;\r\n"
)


def check(visit: Visit) -> None:
    assert visit.wrong == []
    if visit.has_scripts:  # axe is a script itself
        assert visit.faults() == []
        assert not visit.overflows()


def submit(visit: Visit, label: str) -> None:
    visit.page.get_by_role("button", name=label, exact=True).click()
    visit.page.wait_for_load_state()


def find_amina(visit: Visit) -> None:
    visit.go("/recherche")
    visit.page.fill("#quick", "BENKACEM 22/04/1991")
    submit(visit, "Chercher")


def import_people(stage: Stage, folder: Path) -> None:
    path = folder / "people.csv"
    path.write_text(FILE, encoding="utf-8", newline="")
    told = stage.carte("intake", "people", str(path), "--structure", "pae-centre")
    assert (told["created"], told["known"]) == (1, 0)
    assert [(one["line"], one["column"]) for one in told["refused"]] == [(3, "Date de naissance*")]
    assert {one["column"] for one in told["warnings"]} >= {"NIR", "Téléphone"}
    assert stage.carte("intake", "people", str(path), "--structure", "pae-centre")["created"] == 0


def enter_plie(bruno: Visit) -> None:
    bruno.sign_in("bruno@demo.carte.invalid", PASSWORD)
    find_amina(bruno)
    check(bruno)
    bruno.page.get_by_role("link", name=re.compile("Benkacem", re.IGNORECASE)).click()
    check(bruno)
    bruno.page.get_by_role("link", name="Entrée", exact=True).click()
    bruno.page.get_by_role("link", name=re.compile("Parcours PLIE")).click()
    bruno.page.get_by_label("Chez un proche").check()
    bruno.page.fill("#children", "2")
    check(bruno)
    submit(bruno, "Enregistrer l’entrée")
    expect(bruno.page.get_by_text("réponses reprises, 2 questions posées")).to_be_visible()


def leave_plie(bruno: Visit) -> None:
    bruno.page.get_by_role("link", name=re.compile("Sortie")).first.click()
    bruno.page.select_option("#reason", "end_of_scheme")
    submit(bruno, "Voir les points de suivi")
    expect(bruno.page.locator("#exit-preview")).to_contain_text("Prendre des nouvelles")
    check(bruno)
    submit(bruno, "Enregistrer la sortie")
    expect(bruno.page.get_by_text("Sortie enregistrée. Premier point")).to_be_visible()
    check(bruno)


def give_code(bruno: Visit) -> tuple[str, str]:
    bruno.page.get_by_text("Autres actions").click()
    bruno.page.get_by_role("link", name=re.compile("activation", re.IGNORECASE)).first.click()
    submit(bruno, "Donner un code")
    given = bruno.page.locator("dl.given-code dd")
    return given.nth(0).inner_text(), given.nth(1).inner_text()


def open_account(amina: Visit, code: str) -> None:
    amina.go("/activation")
    amina.page.fill("#code", code.lower())
    amina.page.fill("#birth_date", "22/04/1991")
    submit(amina, "Continuer")
    amina.page.fill("#password", SECRET)
    amina.page.fill("#again", SECRET)
    submit(amina, "Ouvrir mon compte")
    expect(amina.page.get_by_role("heading", level=1)).to_contain_text("Amina")
    check(amina)


def act_on_alerts(denis: Visit) -> None:
    denis.sign_in("denis@demo.carte.invalid", PASSWORD)
    denis.go("/alertes")
    expect(denis.page.get_by_text("de retard sur le point de suivi").first).to_be_visible()
    expect(denis.page.get_by_text("sans accompagnement depuis").first).to_be_visible()
    check(denis)
    # Her référent de parcours is chosen already: one gesture.
    denis.page.get_by_role("button", name=re.compile("^Confier")).first.click()
    denis.page.wait_for_load_state()
    check(denis)


def reach_her(bruno: Visit) -> None:
    """Three gestures: « Joint » is the first of them and the last."""
    bruno.sign_in("bruno@demo.carte.invalid", PASSWORD)
    bruno.go("/aujourd-hui")
    check(bruno)
    bruno.page.get_by_role("button", name=re.compile("^Joint")).first.click()
    bruno.page.wait_for_load_state()
    check(bruno)


def ask_questions(bruno: Visit) -> None:
    """What the fund of the PLIE wants asked stays late until it is asked; she may decline."""
    bruno.go("/aujourd-hui")
    bruno.page.get_by_role("link", name=re.compile("^Poser les questions")).first.click()
    bruno.page.wait_for_load_state()
    check(bruno)
    bruno.page.get_by_label("La personne ne souhaite pas répondre").check()
    bruno.page.get_by_role("button", name=re.compile("^Enregistrer")).first.click()
    bruno.page.wait_for_load_state()
    check(bruno)


def see_nothing(chloe: Visit, record_path: str) -> None:
    chloe.sign_in("chloe@demo.carte.invalid", PASSWORD)
    find_amina(chloe)
    expect(chloe.page.get_by_text("Aucune personne trouvée")).to_be_visible()
    hers = chloe.page.request.get(chloe.address + record_path)
    nobody = chloe.page.request.get(chloe.address + "/dossiers/" + "a" * 26)
    assert hers.status == nobody.status == 404
    assert hers.text().replace(record_path, "") == nobody.text().replace("/dossiers/" + "a" * 26, "")


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_from_an_imported_person_to_an_alert_that_clears(tmp_path: Path, browser: Browser, scripts: bool) -> None:
    today = local_day(SystemClock().now())  # the day in Paris, as the program counts
    stage = set_stage(tmp_path / "instance")
    import_people(stage, tmp_path)
    with served(stage.environment, free_port()) as address:
        with window(browser, address, "desk", scripts=scripts) as bruno:
            enter_plie(bruno)
            leave_plie(bruno)
            record_path = bruno.page.url.removeprefix(address)
            code, card = give_code(bruno)
        with window(browser, address, "phone", scripts=scripts) as amina:
            open_account(amina, code)
        with window(browser, address, "phone", scripts=scripts) as amina:
            amina.sign_in(card, SECRET)
            expect(amina.page.get_by_role("heading", level=1)).to_contain_text("Amina")
        with window(browser, address, "desk", scripts=scripts) as chloe:
            see_nothing(chloe, record_path)
        later(stage, today + timedelta(days=29))
        with window(browser, address, "desk", scripts=scripts) as denis:
            act_on_alerts(denis)
        before = stage.carte("doctor")
        with window(browser, address, "phone", scripts=scripts) as bruno:
            reach_her(bruno)
            ask_questions(bruno)
        after = stage.carte("doctor")
    assert after["open_alerts"] < before["open_alerts"]
    assert (after["orphan_exits"], set(after["checks"].values())) == (0, {"ok"})


def later(stage: Stage, day: date) -> None:
    told = stage.carte("nightly", "--on", day.isoformat())
    assert told
