"""The closed lists of alerts: the rules, how pressing one is, where it stands, why one is set aside."""

from pathway.kernel.choice import Choice
from pathway.kernel.languages import marked


class RuleId(Choice):
    """The rules of a risk of break. A code, once kept with an alert, never changes its meaning."""

    R02 = "R02", "Point de suivi en retard"
    R03 = "R03", "Sans contact"
    R04 = "R04", "Plusieurs rendez-vous non tenus"
    R05 = "R05", "Relais revenu sans réponse"
    R06 = "R06", "Relais accepté, sans premier rendez-vous"
    R07 = "R07", "Sans étape suivante"
    R08 = "R08", "Étape arrêtée très tôt"
    R09 = "R09", "Plusieurs étapes arrêtées"
    R10 = "R10", "Fin proche, sans suite prévue"
    R11 = "R11", "Sans référent de parcours"
    R14 = "R14", "Partage qui se termine"


class Level(Choice):
    """How pressing an alert is."""

    MEDIUM = "medium", "À surveiller"
    HIGH = "high", "À traiter"


class AlertState(Choice):
    """Where an alert stands. Snoozing leaves it open, with a date."""

    OPEN = "open", "Ouverte"
    CLEARED = "cleared", "Effacée"
    DISMISSED = "dismissed", "Écartée"


class Held(Choice):
    """Whether somebody was given an alert."""

    NOBODY = "nobody", "À confier"
    SOMEBODY = "somebody", "Confiées"


class Order(Choice):
    """In which order a queue is read."""

    PRESSING = "pressing", "Les plus urgentes d’abord"
    OLDEST = "oldest", "Les plus anciennes d’abord"


class DismissReason(Choice):
    """Why a responsable sets an alert aside. « Pas pertinente » counts against the rule's precision."""

    HANDLED = "handled", "Déjà traitée autrement"
    NOT_RELEVANT = "not_relevant", "Pas pertinente pour cette personne"
    PERSON_ASKED = "person_asked", "La personne demande qu’on attende"
    WRONG_DATA = "wrong_data", "Une information du dossier est fausse"


class AlertChangeKind(Choice):
    """What happened to an alert. `opened` and `updated` keep what it said from then on."""

    OPENED = "opened", "Ouverte"
    UPDATED = "updated", "Mise à jour"
    CLEARED = "cleared", "Effacée"
    DISMISSED = "dismissed", "Écartée"
    GIVEN = "given", "Confiée"
    SNOOZED = "snoozed", "Rappel demandé"
    RETURNED = "returned", "Revenue faute de suite"
    ANSWERED = "answered", "Réponse de la personne"
    NOTED = "noted", "Réponse lue"


class Answer(Choice):
    """What a person says of an alert about her."""

    FINE = "fine", marked("Je vais bien")
    CALL_ME = "call_me", marked("Rappelez-moi")
    NOT_TRUE = "not_true", marked("Ce n’est pas exact")


class NoticeId(Choice):
    """The remarks drawn from a record when it is shown: not alerts, nobody is waited for. Never kept."""

    N12 = "N12", "Difficulté sans suite"
    N13 = "N13", "Déjà dit"
    N15 = "N15", "Archivage en attente"
    N16 = "N16", "De retour"
