"""Which pages a browser opens and as whom, how their addresses are found, and what answers GET and is no page.

tests/house/test_pages.py refuses a route that is nowhere here nor in a test that says it `shows` it.
"""

from collections.abc import Callable
from functools import cache
from typing import TypeVar

from flask import Flask
from werkzeug.routing import MapAdapter

from pathway.web import account, components, counsellor, jobseeker, operator, outside, reviewer, supervisor

Test = TypeVar("Test", bound=Callable[..., None])

# As whom each page is opened. The names in braces are found by FOUND; an address with a query stands for the same rule.
PAGES = {
    "bruno": [
        "/aujourd-hui",
        "/recherche",
        "/presenter-la-carte",
        "/presenter-la-carte/imprimee",
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
        "{sortieannulee}",
        "{nonfait}",
        "{entree}",
        "{effacer}",
        "{amina}",
        "{decider}",
        "{noteretiree}",
        "{ligne}",
        "{action}",
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
        "/mon-compte/confirmer",
        "/mon-compte/mot-de-passe",
        "/mon-compte/securite",
        "/mon-compte/securite/adresse",
        "/mon-compte/securite/application",
        "/mon-compte/securite/cle",
        "/mon-compte/agenda",
    ],
    "chloe": ["{fondateur}", "{phase}"],
    "denis": [
        "/equipe",
        "/equipe/inviter",
        "{invitation}",
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
        "{regles}",
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
        "{invitation}",
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
        "{documentretire}",
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
        "/mes-informations/limiter/health",
        "/mon-dossier",
        "/conservation",
    ],
    "nobody": [
        "/connexion",
        "/mot-de-passe-oublie",
        "/mot-de-passe-oublie/code",
        "/activation",
    ],
}
# As whom, name → the rule it stands for, the page where it is found, the link that bears it. In order: a later page may
# be found by an earlier one.
FOUND = {
    "bruno": {
        "dossier": ("/dossiers/<ref>", "/dossiers", "main a[href^='/dossiers/']:has-text('Zeynep Aksoy')"),
        "sortie": ("/etapes/<ref>/sortie", "{dossier}", "main a[href$='/sortie']"),
        "sortieannulee": ("/etapes/<ref>/sortie-annulee", "{dossier}", "main a[href$='/sortie-annulee']"),
        "enretard": ("/dossiers/<ref>", "/dossiers?attente=retard", "main .people-name a"),
        "nonfait": ("/points/<ref>/non-fait", "{enretard}", "main a[href$='/non-fait']"),
        "entree": ("/dossiers/<ref>/entree/<scheme_ref>", "{dossier}/entree", "main a[href*='/entree/']"),
        "effacer": (
            "/dossiers/<ref>/reponses/<item>/effacer",
            "{dossier}/informations/contact",
            "main a[href$='/effacer']",
        ),
        "amina": ("/dossiers/<ref>", "/dossiers", "main a[href^='/dossiers/']:has-text('Amina Benkacem')"),
        "decider": ("/dossiers/<ref>/reponses/<item>/decider", "{amina}", "main a[href$='/decider']"),
        "noteretiree": ("/notes/<ref>/retirer", "{amina}", "main a[href^='/notes/'][href$='/retirer']"),
        "ligne": ("/plan/<ref>", "{amina}/plan", "main a[href^='/plan/']:not([href$='/action'])"),
        "action": ("/plan/<ref>/action", "{amina}/plan", "main a[href^='/plan/'][href$='/action']"),
        "reporter": ("/points/<ref>/reporter", "/aujourd-hui", "main a[href*='/reporter']"),
        "relais": ("/relais/<ref>", "/relais", "main .people-name a"),
        "series": ("/dossiers/<ref>", "/dossiers", "main a[href^='/dossiers/']:has-text('Bilal Cherkaoui')"),
        "rendezvous": ("/rendez-vous/<ref>", "{series}/rendez-vous", "main a[href^='/rendez-vous/']"),
        "atelier": ("/ateliers/<ref>", "/ateliers", "main .people-name a"),
    },
    "chloe": {
        "fondateur": ("/dossiers/<ref>", "/dossiers", "main a[href^='/dossiers/']:has-text('Habib Slimani')"),
        "phase": ("/etapes/<ref>/phase", "{fondateur}", "main .gestures a[href$='/phase']"),
    },
    "maud": {"confier": ("/a-confier/<ref>", "/a-confier", "main .people-name a")},
    "denis": {
        "alerte": ("/alertes/<ref>", "/alertes", "main .alert-text a[href^='/alertes/']"),
        "demande": ("/droits-des-personnes/<ref>", "/droits-des-personnes", "main a[href^='/droits-des-personnes/']"),
        "suivie": ("/dossiers/<ref>", "/dossiers?filtre=tous", "main .people-name a[href^='/dossiers/']"),
        "invitation": ("/equipe/invitations/<ref>", "/equipe", "main a[href^='/equipe/invitations/']"),
        "regles": ("/regles-de-suivi/dispositifs/<ref>", "/regles-de-suivi", "main a[href*='/dispositifs/']"),
        "bruno": ("/equipe/<ref>", "/equipe", "main .team-line:has-text('Bruno') a[href^='/equipe/']"),
        "membre": ("/equipe/<ref>", "/equipe", "main li a[href^='/equipe/']"),
    },
    "root": {
        "structure": ("/structures/<ref>", "/structures", "main .team-line:has-text('plie') a"),
        "centre": ("/structures/<ref>", "/structures", "main .team-line:has-text('pae-centre') a"),
        "invitation": ("/structures/<ref>/invitations/<invitation_ref>", "{centre}", "main a[href*='/invitations/']"),
        "sansresponsable": ("/structures/<ref>", "/structures", "main .team-line:has-text('passerelle') a"),
        "compte": ("/comptes/<ref>", "/comptes", "main .team-line:has-text('pae-centre') a"),
        "dispositif": ("/dispositifs/<ref>", "/dispositifs", "main .team-line:has-text('pae-centre') a"),
        "creation": ("/dispositifs/<ref>", "/dispositifs", "main .team-line:has-text('Créer son entreprise') a"),
    },
    "ines": {"comparaison": ("/doublons/<ref>", "/doublons", "main li a[href^='/doublons/']")},
    "amina": {
        "documentretire": ("/mes-documents/<ref>/retirer", "/mes-documents", "main a[href$='/retirer']"),
        "choisir": ("/mes-informations/<item>/choisir", "/mes-informations", "main a[href$='/choisir']"),
        "accord": (
            "/qui-voit-quoi/accord/<structure_ref>",
            "/qui-voit-quoi/accord",
            "main a[href^='/qui-voit-quoi/accord/']",
        ),
        "cacher": ("/qui-voit-quoi/<structure_ref>/cacher", "/qui-voit-quoi", "main a[href$='/cacher']"),
        "arreter": ("/qui-voit-quoi/<structure_ref>/arreter", "/qui-voit-quoi", "main li a[href$='/arreter']"),
        "opposition": ("/qui-voit-quoi/<structure_ref>/opposition", "/qui-voit-quoi", "main a[href$='/opposition']"),
        "partager": (
            "/qui-voit-quoi/<structure_ref>/reprendre",
            "/qui-voit-quoi",
            "main a[href^='/qui-voit-quoi/'][href$='/reprendre']",
        ),
        "question": ("/qui-a-regarde/<int:seq>/<deed>", "/qui-a-regarde", "main .visit a[href^='/qui-a-regarde/']"),
    },
}
# Refusals: no route of the application, or one that does not open.
SHUT = ["/invitation/inconnue", "/dossiers/aaaaaaaaaaaaaaaaaaaaaaaaaa"]
# What answers GET and shows no page of its own, and why.
NO_PAGE = {
    "/": "leads to the first page of whoever asks",
    "/.well-known/security.txt": "a text for programs",
    "/agenda/<secret>": "a calendar for programs",
    "/alertes/precision/fichier": "a file",
    "/dites-le-une-fois/fichier": "a file",
    "/dossiers/<ref>/accord/papier/<paper_ref>": "a file: the signed paper",
    "/dossiers/<ref>/carte-imprimee/pdf": "a file",
    "/dossiers/<ref>/documents/<document_ref>": "a file: the paper as it was kept",
    "/imports/<ref>/lignes-refusees": "a file",
    "/ma-carte/pdf": "a file",
    "/mes-documents/<ref>": "a file: the paper as it was kept",
    "/mes-rendez-vous/<ref>/agenda": "a file for a calendar",
    "/mon-dossier/json": "a file",
    "/mon-dossier/pdf": "a file",
    "/passages/chiffres": "leads to the register; its file is asked by POST",
    "/relais/<ref>/fiche": "a file",
}


def shows(*rules: str) -> Callable[[Test], Test]:
    """That test weighs a page of each of these rules at every width; it fails when one was not weighed."""

    def told(test: Test) -> Test:
        test.shows = rules  # type: ignore[attr-defined]  # read back by shown_by
        return test

    return told


def shown_by(test: object) -> tuple[str, ...]:
    """The rules that test says it shows."""
    rules: tuple[str, ...] = getattr(test, "shows", ())
    return rules


def rule_of(address: str) -> str:
    """The rule of the application behind that address, with or without a query."""
    path = address.partition("?")[0]
    rule, _ = _routes().match(path, return_rule=True)
    return rule.rule


def stands_for(persona: str, page: str) -> str:
    """The rule that line of PAGES stands for."""
    rules = {name: rule for name, (rule, _, _) in FOUND.get(persona, {}).items()}
    path = page.partition("?")[0].format(**rules)
    return path if path in rules.values() else rule_of(path)


@cache
def _routes() -> MapAdapter:
    app = Flask("routes")
    app.url_map.strict_slashes = False
    for audience in (account, components, counsellor, jobseeker, operator, outside, reviewer, supervisor):
        app.register_blueprint(audience.blueprint)
    return app.url_map.bind("localhost")
