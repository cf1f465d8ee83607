"""The closed lists of follow-up policies: exits, points, delays, and what a line may ask to do after which exit."""

from collections.abc import Mapping

from pathway.kernel.choice import Choice


class ExitKind(Choice):
    """How a step ended: the only part of an exit that is kept in clear."""

    DURABLE_JOB = "durable_job", "Emploi durable"
    SHORT_JOB = "short_job", "Emploi de courte durée"
    TRAINING = "training", "Formation"
    RELAY = "relay", "Passage de relais"
    NO_SOLUTION = "no_solution", "Fin sans solution"
    LOST_CONTACT = "lost_contact", "Contact perdu"
    PAUSED = "paused", "Pause pour raison personnelle"
    CLOSED = "closed", "Fin du suivi"


class PlanKind(Choice):
    """What opened a plan: an exit of that kind, or a call that the person asked for."""

    DURABLE_JOB = ExitKind.DURABLE_JOB.value, ExitKind.DURABLE_JOB.label
    SHORT_JOB = ExitKind.SHORT_JOB.value, ExitKind.SHORT_JOB.label
    TRAINING = ExitKind.TRAINING.value, ExitKind.TRAINING.label
    RELAY = ExitKind.RELAY.value, ExitKind.RELAY.label
    NO_SOLUTION = ExitKind.NO_SOLUTION.value, ExitKind.NO_SOLUTION.label
    LOST_CONTACT = ExitKind.LOST_CONTACT.value, ExitKind.LOST_CONTACT.label
    PAUSED = ExitKind.PAUSED.value, ExitKind.PAUSED.label
    CLOSED = ExitKind.CLOSED.value, ExitKind.CLOSED.label
    CALLBACK = "callback", "Rappel demandé"


class PointKind(Choice):
    """What a point de suivi asks to do."""

    CONTACT = "contact", "Prendre des nouvelles"
    START_CHECK = "start_check", "Vérifier le démarrage"
    BEFORE_END = "before_end", "Préparer la fin du contrat ou de la formation"
    RECEPTION = "reception", "Vérifier la réception du relais"
    FIRST_APPOINTMENT = "first_appointment", "Vérifier le premier rendez-vous"
    ATTEMPT = "attempt", "Essayer de joindre"
    REVIEW = "review", "Faire le point à la date convenue"
    CLOSING_CALL = "closing_call", "Appeler une dernière fois"
    SHORT_ACTIVITY = "short_activity", "Bilan de l’activité"
    CATCH_UP = "catch_up", "Rattraper les points passés"
    CALLBACK = "callback", "Rappeler à la date demandée"
    RESUME = "resume", "Reprendre contact après une ancienne sortie"
    EXIT_QUESTIONS = "exit_questions", "Poser les questions de fin d’opération"
    LATER_QUESTIONS = "later_questions", "Poser les questions à six mois"


class DelayUnit(Choice):
    """What a delay is counted in."""

    DAYS = "days", "jours"
    WORKING_DAYS = "working_days", "jours ouvrés"
    MONTHS = "months", "mois"


class Case(Choice):
    """What a policy has lines for: the exits that open points, and two gentler ends."""

    DURABLE_JOB = ExitKind.DURABLE_JOB.value, ExitKind.DURABLE_JOB.label
    SHORT_JOB = ExitKind.SHORT_JOB.value, ExitKind.SHORT_JOB.label
    TRAINING = ExitKind.TRAINING.value, ExitKind.TRAINING.label
    RELAY = ExitKind.RELAY.value, ExitKind.RELAY.label
    NO_SOLUTION = ExitKind.NO_SOLUTION.value, ExitKind.NO_SOLUTION.label
    LOST_CONTACT = ExitKind.LOST_CONTACT.value, ExitKind.LOST_CONTACT.label
    SHORT_ACTIVITY = "short_activity", "Activité courte dans un accompagnement"
    RETIREMENT = "retirement", "Départ à la retraite"


class PolicyState(Choice):
    """Where one version of the follow-up rules stands."""

    DRAFT = "draft", "Brouillon"
    PUBLISHED = "published", "Publiée"
    WITHDRAWN = "withdrawn", "Abandonnée"


# What a line may ask to do. Reviews, catch-ups, asked calls and questions open by other ways.
LINE_KINDS: Mapping[Case, tuple[PointKind, ...]] = {
    Case.DURABLE_JOB: (PointKind.CONTACT, PointKind.START_CHECK),
    Case.SHORT_JOB: (PointKind.CONTACT, PointKind.START_CHECK),
    Case.TRAINING: (PointKind.CONTACT, PointKind.START_CHECK),
    Case.RELAY: (PointKind.CONTACT, PointKind.RECEPTION, PointKind.FIRST_APPOINTMENT),
    Case.NO_SOLUTION: (PointKind.CONTACT, PointKind.ATTEMPT),
    Case.LOST_CONTACT: (PointKind.CONTACT, PointKind.ATTEMPT),
    Case.SHORT_ACTIVITY: (PointKind.SHORT_ACTIVITY, PointKind.CONTACT),
    Case.RETIREMENT: (PointKind.CLOSING_CALL, PointKind.CONTACT),
}
# A contract or a training has an end that is known beforehand.
ENDING = (Case.DURABLE_JOB, Case.SHORT_JOB, Case.TRAINING)
