"""Every page, with seeded rows, at a desk and on a phone: accessible, within its width, no fault in the console."""

import pytest
from playwright.sync_api import Browser

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
        "{dossier}/relais",
        "/relais",
        "{dossier}/rappel",
        "{dossier}/rendez-vous",
        "{dossier}/entree",
        "{dossier}/referent",
        "{dossier}/activation",
        "{dossier}/connexion",
        "{dossier}/carte-imprimee",
        "{dossier}/carte-perdue",
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
        "/mon-compte",
        "/mon-compte/securite",
        "/mon-compte/agenda",
    ],
    "denis": [
        "/equipe",
        "/equipe/inviter",
        "/alertes",
        "/aujourd-hui",
        "/droits-des-personnes",
        "{demande}",
        "/dites-le-une-fois",
        "/regles-de-suivi",
        "/regles-de-suivi/structure",
        "{membre}",
        "/acces-a-expliquer",
        "/acces-exceptionnel",
    ],
    "theo": ["/territoire"],
    "root": ["/demandes", "/instance"],
    "ines": ["/doublons", "/doublons?liste=reunies", "{comparaison}", "/acces-a-expliquer", "/mon-compte"],
    "amina": [
        "/mon-compte/securite",
        "/mon-compte/pas-moi",
        "/mon-compte/sms",
        "/mon-parcours",
        "/mes-relais",
        "/mes-rendez-vous",
        "/mon-parcours/rappel",
        "/ma-carte",
        "/ma-carte/perdue",
        "/mes-informations",
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
    ],
}
# The page where an address is found, and the link that bears it. In order: a later page may be found by an earlier one.
FOUND = {
    "bruno": {
        "entree": ("{dossier}/entree", "main a[href*='/entree/']"),
        "effacer": ("{dossier}/informations/contact", "main a[href$='/effacer']"),
        "amina": ("/dossiers", "main a[href^='/dossiers/']:has-text('Amina Benkacem')"),
        "decider": ("{amina}", "main a[href$='/decider']"),
        "appelee": ("/aujourd-hui", "main .task-person a"),
        "reporter": ("{appelee}", "main a[href$='/reporter']"),
    },
    "denis": {
        "demande": ("/droits-des-personnes", "main a[href^='/droits-des-personnes/']"),
        "membre": ("/equipe", "main li a[href^='/equipe/'], main td a[href^='/equipe/'], main th a[href^='/equipe/']"),
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


@pytest.mark.parametrize("width", ["desk", "phone"])
@pytest.mark.parametrize("persona", list(PAGES))
def test_every_page_of_a_persona_is_accessible(browser: Browser, demo_address: str, persona: str, width: str) -> None:
    with window(browser, demo_address, width) as visit:
        visit.sign_in(f"{persona}@demo.carte.invalid", PASSWORD)
        known = found(visit, persona)
        for path in PAGES[persona]:
            visit.go(path.format(**known))
            check(visit, path)


@pytest.mark.parametrize("width", ["desk", "phone"])
def test_every_page_of_a_stranger_is_accessible(browser: Browser, demo_address: str, width: str) -> None:
    with window(browser, demo_address, width) as visit:
        for path in NOBODY:
            visit.go(path)
            check(visit, path)


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
        visit.sign_out()
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
