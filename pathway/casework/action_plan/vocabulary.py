"""The closed lists of the action plan: what a line is and where it stands, what is known of a theme; contracts."""

from pathway.kernel.choice import Choice


class LineKind(Choice):
    """What a line of the plan is."""

    OBSTACLE = "obstacle", "Difficulté"
    GOAL = "goal", "Objectif"
    ACTION = "action", "Action"


class LineState(Choice):
    """Where a line stands. « Mis de côté » is no failure; a line written by mistake is read by nobody on a screen."""

    OPEN = "open", "À faire"
    DONE = "done", "Fait"
    GIVEN_UP = "given_up", "Mis de côté"
    CLOSED = "closed", "Difficulté réglée"
    CANCELLED = "cancelled", "Écrit par erreur"


class Standing(Choice):
    """What is known of a theme. « Non évalué » is never « aucune »: nobody looked at it with her yet."""

    OPEN = "open", "À régler"
    SAID = "said", "Dite, pas encore dans le plan"
    CLOSED = "closed", "Réglée"
    NONE = "none", "Aucune difficulté"
    NOT_ASSESSED = "not_assessed", "Non évalué"


class EngagementState(Choice):
    """Where a contrat d’engagement is."""

    CURRENT = "current", "En cours"
    ENDED = "ended", "Terminé"
    CANCELLED = "cancelled", "Saisi par erreur"
