"""Every page, with seeded rows, at a desk and on a phone: accessible, within its width, no fault in the console."""

import re

import pytest
from playwright.sync_api import Browser, Locator, expect

from pathway.demo.personas import PASSWORD
from tests.browser.page import Visit, window

# {dossier} and {sortie} are a person with an open step and its end; the other names are found by FOUND.
PAGES = {
    "bruno": [
        "/aujourd-hui",
        "/recherche",
        "/presenter-la-carte",
        "/dossiers",
        "/dossiers/nouveau",
        "/dossiers/fichier",
        "{dossier}",
        "{dossier}/contact",
        "{dossier}/note",
        "{dossier}/documents",
        "{dossier}/relais",
        "/relais",
        "{dossier}/rappel",
        "{dossier}/rendez-vous",
        "{dossier}/plan",
        "{dossier}/contrat",
        "{dossier}/entree",
        "{dossier}/referent",
        "{dossier}/activation",
        "{dossier}/connexion",
        "{dossier}/carte-imprimee",
        "{dossier}/carte-perdue",
        "{dossier}/parcours/imprimer",
        "{dossier}/accord",
        "{dossier}/accord/papier",
        "{dossier}/accord/retirer",
        "{dossier}/demande",
        "{dossier}/informations/contact",
        "{dossier}/informations/project",
        "{sortie}",
        "{entree}",
        "{effacer}",
        "{amina}",
        "{decider}",
        "{reporter}",
        "{relais}",
        "{rendezvous}",
        "/passages",
        "/ateliers",
        "/ateliers/nouveau",
        "{atelier}",
        "{atelier}/personnes",
        "{atelier}/annulation",
        "{atelier}/feuille",
        "/relais?liste=revenus",
        "/absences",
        "/mon-compte",
        "/mon-compte/securite",
        "/mon-compte/agenda",
    ],
    "chloe": ["{fondateur}", "{phase}"],
    "denis": [
        "/equipe",
        "/equipe/inviter",
        "/alertes",
        "{alerte}",
        "/alertes/precision",
        "/pilotage",
        "/pilotage/sorties",
        "/pilotage/points",
        "/pilotage/relais?delai=sans-suite",
        "/pilotage/interruptions",
        "/pilotage/equipe?quoi=personnes",
        "/aujourd-hui",
        "/droits-des-personnes",
        "{demande}",
        "/conservation-des-dossiers",
        "/conservation-des-dossiers?liste=ouverts",
        "/conservation-des-dossiers?liste=effaces",
        "/conservation-des-dossiers?liste=litiges",
        "{suivie}/conservation",
        "/dites-le-une-fois",
        "/regles-de-suivi",
        "/regles-de-suivi/structure",
        "{membre}",
        "{membre}/personnes",
        "/relais",
        "/acces-a-expliquer",
        "/acces-exceptionnel",
    ],
    "theo": ["/territoire"],
    "maud": ["/aujourd-hui", "/a-confier", "{confier}"],
    "root": [
        "/demandes",
        "/instance",
        "/instance/nuits",
        "/structures",
        "/structures/nouvelle",
        "{structure}",
        "{structure}/fermeture",
        "{sansresponsable}",
        "{sansresponsable}/inviter",
        "/comptes",
        "{compte}",
        "/dispositifs",
        "/imports",
        "/imports/nouveau",
        "/dispositifs/nouveau",
        "/dispositifs/nouveau?genre=plie",
        "{dispositif}",
        "{dispositif}/modification",
        "{dispositif}/motifs",
        "/motifs-de-sortie",
        "/motifs-de-sortie/nouveau",
        "/reglages",
        "/reglages/name",
        "/reglages/access_names",
        "/reglages/alertes",
        "{creation}",
        "{creation}/modification",
    ],
    "ines": ["/doublons", "/doublons?liste=reunies", "{comparaison}", "/acces-a-expliquer", "/mon-compte"],
    "amina": [
        "/mon-compte/securite",
        "/mon-compte/pas-moi",
        "/mon-compte/sms",
        "/mon-parcours",
        "/mon-parcours/imprimer",
        "/mes-relais",
        "/mes-rendez-vous",
        "/mon-plan",
        "/mon-parcours/rappel",
        "/ma-carte",
        "/ma-carte/perdue",
        "/mes-informations",
        "/mes-documents",
        "/mes-informations?reponse=city",
        "{choisir}",
        "/est-ce-vous",
        "/qui-voit-quoi",
        "/qui-voit-quoi/accord",
        "/qui-voit-quoi/arreter",
        "{accord}",
        "{cacher}",
        "{arreter}",
        "{opposition}",
        "{partager}",
        "/vos-droits",
        "/qui-a-regarde",
        "/qui-a-regarde/imprimer",
        "{question}",
        "/mes-questions",
        "/mes-demandes",
        "/mes-demandes/correction",
        "/mes-informations/city/corriger",
        "/mes-informations/birth_date/corriger",
        "/mes-informations/city/limiter",
        "/mes-informations/limiter/contact",
        "/mon-dossier",
        "/conservation",
    ],
}
# The page where an address is found, and the link that bears it. In order: a later page may be found by an earlier one.
FOUND = {
    "bruno": {
        "entree": ("{dossier}/entree", "main a[href*='/entree/']"),
        "effacer": ("{dossier}/informations/contact", "main a[href$='/effacer']"),
        "amina": ("/dossiers", "main a[href^='/dossiers/']:has-text('Amina Benkacem')"),
        "decider": ("{amina}", "main a[href$='/decider']"),
        "reporter": ("/aujourd-hui", "main a[href*='/reporter']"),
        "relais": ("/relais", "main .people-name a"),
        "series": ("/dossiers", "main a[href^='/dossiers/']:has-text('Bilal Cherkaoui')"),
        "rendezvous": ("{series}/rendez-vous", "main a[href^='/rendez-vous/']"),
        "atelier": ("/ateliers", "main .people-name a"),
    },
    "chloe": {
        "fondateur": ("/dossiers", "main a[href^='/dossiers/']:has-text('Habib Slimani')"),
        "phase": ("{fondateur}", "main .gestures a[href$='/phase']"),
    },
    "maud": {"confier": ("/a-confier", "main .people-name a")},
    "denis": {
        "alerte": ("/alertes", "main .alert-text a[href^='/alertes/']"),
        "demande": ("/droits-des-personnes", "main a[href^='/droits-des-personnes/']"),
        "suivie": ("/dossiers?filtre=tous", "main .people-name a[href^='/dossiers/']"),
        "bruno": ("/equipe", "main .team-line:has-text('Bruno') a[href^='/equipe/']"),
        "membre": ("/equipe", "main li a[href^='/equipe/'], main td a[href^='/equipe/'], main th a[href^='/equipe/']"),
    },
    "root": {
        "structure": ("/structures", "main .team-line:has-text('plie') a"),
        "sansresponsable": ("/structures", "main .team-line:has-text('passerelle') a"),
        "compte": ("/comptes", "main .team-line:has-text('pae-centre') a"),
        "dispositif": ("/dispositifs", "main .team-line:has-text('pae-centre') a"),
        "creation": ("/dispositifs", "main .team-line:has-text('Créer son entreprise') a"),
    },
    "ines": {"comparaison": ("/doublons", "main li a[href^='/doublons/']")},
    "amina": {
        "choisir": ("/mes-informations", "main a[href$='/choisir']"),
        "accord": ("/qui-voit-quoi/accord", "main a[href^='/qui-voit-quoi/accord/']"),
        "cacher": ("/qui-voit-quoi", "main a[href$='/cacher']"),
        "arreter": ("/qui-voit-quoi", "main li a[href$='/arreter']"),
        "opposition": ("/qui-voit-quoi", "main a[href$='/opposition']"),
        "partager": ("/qui-voit-quoi", "main a[href$='/reprendre']"),
        "question": ("/qui-a-regarde", "main .visit a[href^='/qui-a-regarde/']"),
    },
}
NOBODY = [
    "/connexion",
    "/mot-de-passe-oublie",
    "/mot-de-passe-oublie/code",
    "/invitation/inconnue",
    "/activation",
    "/dossiers/aaaaaaaaaaaaaaaaaaaaaaaaaa",
]


def check(visit: Visit, where: str) -> None:
    assert visit.faults() == [], where
    assert not visit.overflows(), where
    assert visit.wrong == [], where


def places(visit: Visit) -> dict[str, str]:
    """A person with an open step, found by the screens themselves."""
    visit.go("/dossiers")
    people = [link.get_attribute("href") or "" for link in visit.page.locator("main a[href^='/dossiers/']").all()]
    for dossier in [one for one in people if len(one) == len("/dossiers/") + 26]:
        visit.go(dossier)
        left = visit.page.locator("main a[href$='/sortie']")
        if left.count():
            return {"dossier": dossier, "sortie": left.first.get_attribute("href") or ""}
    raise AssertionError("the town has nobody with an open step")


def found(visit: Visit, persona: str) -> dict[str, str]:
    """The addresses that only the screens know."""
    known = places(visit) if persona == "bruno" else {}
    for name, (page, link) in FOUND.get(persona, {}).items():
        visit.go(page.format(**known))
        known[name] = visit.page.locator(link).first.get_attribute("href") or ""
    return known


@pytest.mark.parametrize("persona", list(PAGES))
def test_every_page_of_a_persona_is_accessible(browser: Browser, demo_address: str, persona: str) -> None:
    with window(browser, demo_address, "desk") as visit:
        visit.sign_in(f"{persona}@demo.carte.invalid", PASSWORD)
        known = found(visit, persona)
        for path in PAGES[persona]:
            visit.go(path.format(**known))
            assert (visit.faults_at_every_width(), visit.wrong) == ({}, []), path


def test_every_page_of_a_stranger_is_accessible(browser: Browser, demo_address: str) -> None:
    with window(browser, demo_address, "desk") as visit:
        for path in NOBODY:
            visit.go(path)
            assert (visit.faults_at_every_width(), visit.wrong) == ({}, []), path


def test_an_entry_form_and_its_errors_are_accessible(browser: Browser, demo_address: str) -> None:
    with window(browser, demo_address, "phone") as visit:
        visit.sign_in("bruno@demo.carte.invalid", PASSWORD)
        visit.go(places(visit)["dossier"] + "/entree")
        visit.page.locator("main a[href*='/entree/']").first.click()
        check(visit, "entry")
        visit.page.fill("#entered_on", "31/02/2026")
        visit.page.get_by_role("button", name="Enregistrer l’entrée").click()
        visit.page.wait_for_load_state()
        assert visit.page.locator(".govuk-error-message, .govuk-error-summary").count()
        check(visit, "entry with an error")


@pytest.mark.parametrize("width", ["desk", "phone"])
def test_a_search_and_what_it_finds_are_accessible(browser: Browser, demo_address: str, width: str) -> None:
    with window(browser, demo_address, width) as visit:
        visit.sign_in("bruno@demo.carte.invalid", PASSWORD)
        visit.go("/recherche")
        visit.page.locator("main form input[type=text], main form input[type=search]").first.fill("benkasem amina")
        visit.page.locator("main form button[type=submit]").first.click()
        visit.page.wait_for_load_state()
        assert visit.page.get_by_role("link", name="Amina Benkacem").count()
        check(visit, "search")


@pytest.mark.parametrize("width", ["desk", "phone"])
def test_preparing_an_entry_is_accessible(browser: Browser, demo_address: str, width: str) -> None:
    with window(browser, demo_address, width) as visit:
        visit.sign_in("bruno@demo.carte.invalid", PASSWORD)
        visit.go(found(visit, "bruno")["amina"] + "/entree")
        visit.page.get_by_role("button", name="Inviter").last.click()
        visit.page.wait_for_load_state()
        check(visit, "invited")
    with window(browser, demo_address, width) as visit:
        visit.sign_in("amina@demo.carte.invalid", PASSWORD)
        visit.go("/mon-parcours")
        visit.page.get_by_role("link", name="Répondre maintenant").first.click()
        for fold in visit.page.locator("main summary").all():
            fold.click()
        check(visit, "preparing")


def test_the_first_page_is_light(browser: Browser, demo_address: str) -> None:
    with window(browser, demo_address, "phone") as visit:
        sizes: list[int] = []
        visit.page.on("response", lambda answer: sizes.append(int(answer.headers.get("content-length", "0"))))
        visit.go("/connexion")
        visit.page.wait_for_load_state("networkidle")
        assert len(sizes) <= 10
        assert 0 < sum(sizes) <= 100_000


class Hand:
    """A hand at work: each press, choice or word typed is one gesture."""

    def __init__(self, visit: Visit) -> None:
        """Nothing done yet."""
        self.page, self.gestures = visit.page, 0

    def press(self, there: Locator) -> None:
        """Press that, and let the page that follows come."""
        there.click()
        self.page.wait_for_load_state()
        self.gestures += 1

    def fill(self, there: Locator, text: str) -> None:
        """Type that."""
        there.fill(text)
        self.gestures += 1

    def choose(self, there: Locator, value: str) -> None:
        """Choose in a list."""
        there.select_option(value)
        self.gestures += 1


def test_a_contact_takes_three_gestures_from_today_and_an_exit_four(browser: Browser, demo_address: str) -> None:
    with window(browser, demo_address, "desk") as visit:
        visit.sign_in("bruno@demo.carte.invalid", PASSWORD)
        visit.go("/aujourd-hui")
        late = visit.page.locator("main .task", has_text="Céline Hervé")
        hand = Hand(visit)
        hand.press(late.locator("summary"))
        hand.press(late.get_by_role("button", name="Enregistrer"))
        expect(visit.page.get_by_text("Contact enregistré.")).to_be_visible()
        assert hand.gestures <= 3
        other = visit.page.locator("main .task", has_text="Sofia Pereira")
        hand = Hand(visit)
        hand.press(other.get_by_role("link", name="Autre…"))
        hand.press(visit.page.get_by_label("Personne jointe"))
        hand.press(visit.page.get_by_role("button", name="Enregistrer le contact"))
        expect(visit.page.get_by_text("Contact enregistré.")).to_be_visible()
        assert hand.gestures <= 3
        visit.go("/dossiers")
        visit.page.get_by_role("link", name="Khadija Berrada").click()
        hand = Hand(visit)
        hand.press(visit.page.get_by_role("link", name="Sortie", exact=True))
        hand.choose(visit.page.locator("#reason"), "end_of_scheme")
        hand.press(visit.page.get_by_role("button", name="Enregistrer la sortie"))
        expect(visit.page.get_by_text("Sortie enregistrée.")).to_be_visible()
        assert hand.gestures <= 4
        check(visit, "after an exit")


@pytest.mark.parametrize("width", ["desk", "phone"])
def test_appointments_questions_and_absences_are_noted_in_few_gestures(
    browser: Browser, demo_address: str, width: str
) -> None:
    with window(browser, demo_address, width) as visit:
        visit.sign_in("bruno@demo.carte.invalid", PASSWORD)
        visit.go("/aujourd-hui")
        who = "Yanis" if width == "desk" else "Gülsüm"
        hand = Hand(visit)
        hand.press(visit.page.locator("main .task", has_text=who).get_by_role("button", name="Excusé·e"))
        check(visit, "excused")
        hand.press(visit.page.locator("main .task", has_text=who).get_by_role("link", name="Nouveau rendez-vous"))
        hand.fill(visit.page.get_by_label("Heure"), "14 h 30")
        hand.press(visit.page.get_by_role("button", name="Prévoir ce rendez-vous"))
        check(visit, "planned")
        assert hand.gestures <= 4
        visit.go("/absences")
        year = 2090 if width == "desk" else 2091  # nobody else is away then
        visit.page.get_by_label("Premier jour").fill(f"01/08/{year}")
        visit.page.get_by_label("Dernier jour").fill(f"01/07/{year}")
        visit.page.get_by_role("button", name="Enregistrer l’absence").click()
        expect(visit.page.get_by_role("alert")).to_contain_text("Le dernier jour est avant le premier")
        check(visit, "absence refused")
        visit.page.get_by_label("Dernier jour").fill(f"15/08/{year}")
        visit.page.get_by_role("button", name="Enregistrer l’absence").click()
        expect(visit.page.get_by_text(f"15 août {year}")).to_be_visible()
        check(visit, "absence declared")


def test_people_change_hands_and_results_are_told(browser: Browser, demo_address: str) -> None:
    with window(browser, demo_address, "phone") as visit:
        visit.sign_in("bruno@demo.carte.invalid", PASSWORD)
        visit.go("/aujourd-hui")
        visit.page.get_by_role("link", name=re.compile("^Poser les questions")).click()
        visit.page.get_by_role("button", name="Enregistrer").click()
        expect(visit.page.get_by_role("alert")).to_be_visible()
        check(visit, "questions left empty")
        visit.page.get_by_label("La personne ne souhaite pas répondre").check()
        visit.page.get_by_role("button", name="Enregistrer").click()
        visit.page.wait_for_load_state()
        check(visit, "questions answered")
    with window(browser, demo_address, "desk") as visit:
        visit.sign_in("denis@demo.carte.invalid", PASSWORD)
        visit.go(found(visit, "denis")["bruno"] + "/personnes")
        visit.page.get_by_label("João Carvalho").check()
        visit.page.get_by_label("À qui les confier ?").select_option(label="Fatou Diallo")
        visit.page.get_by_role("button", name="Confier les personnes cochées").click()
        expect(visit.page.get_by_text("1 personne confiée")).to_be_visible()
        check(visit, "handed over")


def test_maud_finds_a_structure_for_somebody_who_has_none(browser: Browser, demo_address: str) -> None:
    with window(browser, demo_address, "phone") as visit:
        visit.sign_in("maud@demo.carte.invalid", PASSWORD)
        visit.go("/a-confier")
        visit.page.get_by_role("link", name="Rosalie Mbemba").click()
        expect(visit.page.get_by_label("Par téléphone ou en visio")).to_be_hidden()
        visit.page.get_by_label("Structure qui reprend le suivi").select_option(label="PLIE du Bassin")
        check(visit, "a structure that needs her yes")
        visit.page.get_by_role("button", name="Confier ce suivi").click()
        expect(visit.page.get_by_role("alert")).to_contain_text("accord")
        check(visit, "without her yes")
