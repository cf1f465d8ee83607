"""The sixty-three checks of a hostile reviewer: which file proves each, and what one run of them gives."""

import ast
import re
import tempfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

import click

from pathway.cli.output import emit, table
from pathway.kernel.settings import ROOT

FOLDER = ROOT / "tests" / "hostile"
PASSED, FAILED, SKIPPED, ABSENT = "passed", "failed", "skipped", "absent"
_SAID = {PASSED: "réussi", FAILED: "en échec", SKIPPED: "sauté", ABSENT: "absent"}
_DECLARED = re.compile(r"Checks? ([0-9]+(?:(?:, | and )[0-9]+)*)(?: \([^)]*\))?: ")

CHECKS: Mapping[int, str] = dict(
    enumerate(
        (
            "un bit changé dans une section : rien ne s’ouvre, le journal le dit",
            "un bit changé dans une clé scellée",
            "un contenu scellé coupé à n’importe quelle longueur",
            "des octets ajoutés à un contenu scellé",
            "un contenu passé d’un dossier à un autre",
            "contenu, clé et sceau déplacés ensemble",
            "deux sections d’un même dossier échangées",
            "une ancienne section remise dans un dossier plus récent",
            "un ancien dossier entier remis : le journal le nomme",
            "un octet d’algorithme, de version ou de clé changé",
            "un numéro de clé inconnu",
            "un trousseau qui n’est pas celui de la base",
            "un trousseau qui manque alors que la base en a besoin",
            "un trousseau ouvert à d’autres, un lien, un autre propriétaire",
            "jamais deux fois le même nonce",
            "rien d’une personne en clair : base, journaux, sauvegardes, erreurs",
            "un jeton de recherche déplacé vers un autre dossier",
            "une clé détruite : plus aucun chemin ne montre la personne",
            "une sauvegarde d’hier remise : les oublis sont rejoués",
            "une clé d’époque détruite : l’ancienne sauvegarde ne s’ouvre plus",
            "un changement de clé interrompu à tout moment",
            "deux changements de clé en même temps",
            "les octets d’une clé détruite ne sont plus dans le fichier",
            "les formats reproduits par une autre implémentation",
            "le même texte deux fois : jamais les mêmes octets",
            "le journal modifié, effacé, échangé, complété ou coupé",
            "cinquante écritures et lectures à la fois : une seule chaîne",
            "journal impossible à écrire : aucune lecture",
            "un journal élagué reste vérifiable",
            "la personne voit chaque accès, refus compris",
            "chaque adresse, essayée par chacun",
            "une section fermée n’est sur aucune page ni aucun papier",
            "verbes et adresses insolites",
            "des champs que le formulaire n’a pas demandés",
            "une habilitation qui finit pendant une session",
            "le responsable d’une structure devant les dossiers d’une autre",
            "un accès exceptionnel sans motif, sans rôle ou sans passé commun",
            "une sortie de dix mille lignes",
            "une lecture lente, sous la limite de l’heure",
            "formulaires sans jeton, d’ailleurs ou périmés",
            "une session posée d’avance",
            "un cookie après déconnexion, changement de mot de passe ou fermeture",
            "les attributs des cookies",
            "la connexion ne dit pas qui a un compte",
            "ni la création, ni l’oubli du mot de passe, ni l’invitation",
            "les essais ratés sont ralentis, d’où qu’ils viennent",
            "un code à usage unique rejoué, décalé ou deviné",
            "un nouveau mot de passe garde le second facteur",
            "aucune redirection vers l’extérieur",
            "adresse d’origine et hôte contrefaits",
            "fichiers déposés qui ne sont pas ce qu’ils disent",
            "aucune cellule d’un fichier ne se calcule",
            "JSON, formulaires et classeurs démesurés",
            "rien de ce qui est écrit ne s’exécute dans une page",
            "ni en SQL, ni comme motif",
            "ni nom ni texte dans les journaux techniques et les adresses",
            "rien ne reste dans les caches",
            "lettres et messages ne disent rien",
            "rien de la machine n’est montré",
            "bibliothèques inventoriées et vérifiées, aucun secret dans le dépôt",
            "l’horloge saute d’un jour",
            "disque plein, base tenue, serveur ou coffre coupé : rien à moitié",
            "aucun numéro de sécurité sociale n’entre",
        ),
        1,
    )
)


@dataclass(frozen=True, kw_only=True)
class Proof:
    """One check, the files that prove it, and what they gave."""

    number: int
    sentence: str
    files: tuple[str, ...]
    state: str


def declared() -> dict[int, tuple[str, ...]]:
    """The files that say they prove each check, by the first words of their docstring (« Checks 3 and 4: »)."""
    found: dict[int, tuple[str, ...]] = {}
    for path in sorted(FOLDER.glob("test_*.py")):
        for number in numbers_of(ast.get_docstring(ast.parse(path.read_text())) or ""):
            found[number] = (*found.get(number, ()), path.relative_to(ROOT).as_posix())
    return found


def numbers_of(docstring: str) -> tuple[int, ...]:
    """The checks that a docstring declares; none when it declares none."""
    told = _DECLARED.match(docstring)
    return tuple(int(one) for one in re.findall("[0-9]+", told[1])) if told else ()


def report(run: Callable[[tuple[str, ...]], int], *, as_json: bool) -> int:
    """Run those files with `run` (which takes pytest's arguments), say the table; 1 unless every check passed."""
    files = declared()
    with tempfile.TemporaryDirectory(prefix="carte-hostile-") as folder:
        told = Path(folder) / "outcome.xml"
        wanted = sorted({file for those in files.values() for file in those})
        run((*wanted, "-q", f"--junitxml={told}"))
        outcomes = outcomes_in(told.read_text()) if told.is_file() else {}
    proofs = [_proof(number, files.get(number, ()), outcomes) for number in CHECKS]
    _say(proofs, as_json=as_json)
    return int(any(one.state != PASSED for one in proofs))


def outcomes_in(xml: str) -> dict[str, str]:
    """What each file gave, from pytest's own account of the run; a file where nothing was run is skipped."""
    states: dict[str, set[str]] = {}
    for case in ElementTree.fromstring(xml).iter("testcase"):
        kinds = {child.tag for child in case}
        state = FAILED if kinds & {"failure", "error"} else SKIPPED if "skipped" in kinds else PASSED
        states.setdefault(case.get("classname", "").replace(".", "/") + ".py", set()).add(state)
    return {file: _worst(those) for file, those in states.items()}


def _proof(number: int, files: tuple[str, ...], outcomes: Mapping[str, str]) -> Proof:
    # A file that left no trace broke before its first test.
    state = _worst(outcomes.get(file, FAILED) for file in files) if files else ABSENT
    return Proof(number=number, sentence=CHECKS[number], files=files, state=state)


def _worst(states: Iterable[str]) -> str:
    kept = set(states)
    return next(one for one in (FAILED, PASSED, SKIPPED) if one in kept)


def _say(proofs: list[Proof], *, as_json: bool) -> None:
    if as_json:
        emit([{"number": p.number, "check": p.sentence, "files": p.files, "state": p.state} for p in proofs])
        return
    rows = [(p.number, _SAID[p.state], p.sentence, ", ".join(Path(file).name for file in p.files)) for p in proofs]
    table(("N°", "État", "Contrôle", "Fichiers"), rows)
    good = sum(p.state == PASSED for p in proofs)
    click.echo(f"{good} contrôles réussis sur {len(proofs)}.")
