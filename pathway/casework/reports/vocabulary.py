"""The words of a night: its steps, what each counts, why one failed. The same on a terminal, for the doctor and on the
operator's page."""

from collections.abc import Mapping

from pathway.kernel.wording import counted

LAST_STEP = "journal_head"  # of every night, whatever the steps before it: a later version may add some
NIGHT_STEPS: Mapping[str, str] = {
    "relays": "Relais sans réponse",
    "departures": "Départs",
    "supports": "Accompagnements finis",
    "work": "Qui travaille où",
    "alerts": "Alertes",
    "returns": "Alertes que personne n’a prises",
    "digest": "Lettre du jour",
    "weekly": "Lettre de la semaine",
    "reminders": "Rappels de rendez-vous",
    "links": "Cartes qui se ressemblent",
    "retention": "Durée de conservation",
    "traces": "Traces anciennes",
    "pruning": "Journal trop ancien",
    "backup": "Sauvegarde de la base",
    LAST_STEP: "En-tête du journal",
}
_COUNTS: Mapping[str, tuple[str, str]] = {
    "candidates": ("parcours regardé", "parcours regardés"),
    "opened": ("ouverte", "ouvertes"),
    "updated": ("mise à jour", "mises à jour"),
    "cleared": ("effacée", "effacées"),
    "ended": ("terminé", "terminés"),
    "back": ("rendu à la structure d’envoi", "rendus à la structure d’envoi"),
    "returned": ("revenue aux responsables", "revenues aux responsables"),
    "sent": ("écrite", "écrites"),
    "reminded": ("rappelé", "rappelés"),
    "forgotten": ("oubliée", "oubliées"),
    "renewed": ("clé de recherche refaite", "clés de recherche refaites"),
    "compared": ("comparée", "comparées"),
    "proposed": ("paire à vérifier par une personne", "paires à vérifier par une personne"),
    "exported": ("exporté", "exportés"),
    "pruned": ("ligne retirée", "lignes retirées"),
    "copied": ("faite", "faites"),
    "people": ("personne confiée", "personnes confiées"),
    "points": ("point confié", "points confiés"),
    "appointments": ("rendez-vous confié", "rendez-vous confiés"),
    "relays": ("relais confié", "relais confiés"),
    "changed": ("changement", "changements"),
    "archived": ("dossier archivé", "dossiers archivés"),
    "told": ("personne prévenue de l’effacement", "personnes prévenues de l’effacement"),
    "reopened": ("dossier rouvert", "dossiers rouverts"),
    "erased": ("personne effacée", "personnes effacées"),
    "failed": ("en échec", "en échec"),
}
_FAILURES: Mapping[str, str] = {
    "Sealed": "un contenu scellé ne s’ouvre pas",
    "Conflict": "quelqu’un écrivait au même moment",
    "Refused": "une règle a dit non",
    "Invalid": "une valeur n’est pas acceptée",
    "NotFound": "quelque chose n’existe plus",
    "Unavailable": "un endroit où écrire ne répond pas",
}


def said_step(step: str) -> str:
    """The name of a step; its code for one of another version of the program."""
    return NIGHT_STEPS.get(step, step)


def said_counts(counts: Mapping[str, int]) -> str:
    """« 12 parcours regardés, 1 ouverte »; what another version counted keeps its code."""
    known = [counted(counts[name], *words) for name, words in _COUNTS.items() if name in counts]
    return ", ".join([*known, *(f"{counts[name]} {name}" for name in sorted(counts) if name not in _COUNTS)])


def said_failure(failed: int, failure: str, *, is_broken: bool = False) -> str:
    """« 2 n’ont pas pu être traités (un contenu scellé ne s’ouvre pas) »; `failure`: the kind of the first error."""
    why = _FAILURES.get(failure, f"erreur « {failure} »" if failure else "")
    what = "étape arrêtée" if is_broken else counted(failed, "élément non traité", "éléments non traités")
    return f"{what} ({why})" if why else what
