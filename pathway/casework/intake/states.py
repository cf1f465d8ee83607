"""Where an import stands, and what became of its rows."""

from datetime import timedelta

from pathway.kernel.choice import Choice

UNDO_WITHIN = timedelta(days=7)


class ImportState(Choice):
    """From the file that was given to the import undone; nothing of anybody is written before `RUNNING`."""

    RECEIVED = "received", "à préparer"
    CHECKING = "checking", "vérification en cours"
    CHECKED = "checked", "à confirmer"
    RUNNING = "running", "en cours"
    DONE = "done", "terminé"
    UNDOING = "undoing", "annulation en cours"
    UNDONE = "undone", "annulé"


UNDER_WAY = (ImportState.CHECKING, ImportState.RUNNING, ImportState.UNDOING)
NOT_BEGUN = (ImportState.RECEIVED, ImportState.CHECKING, ImportState.CHECKED)


class RowKind(Choice):
    """What is kept of a row once it was gone through."""

    CREATED = "created", "personne créée"
    REFUSED = "refused", "ligne refusée"
