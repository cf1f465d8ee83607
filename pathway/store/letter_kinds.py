"""What letters are about, and what each kind may say."""

from collections.abc import Mapping

from pathway.kernel.choice import Choice


class LetterKind(Choice):
    """What a letter is about; its words are in templates/mail under the same name."""

    INVITATION = "invitation", "Invitation à ouvrir un compte"
    PASSWORD_RESET = "password_reset", "Nouveau mot de passe"
    SECOND_FACTOR_RESET = "second_factor_reset", "Nouveau second facteur"
    SECOND_FACTOR_ASKED = "second_factor_asked", "Nouveau second facteur demandé"
    SIGN_IN_NOTICE = "sign_in_notice", "Changement dans la connexion"
    EXCEPTIONAL_ACCESS = "exceptional_access", "Accès exceptionnel"
    QUOTA_WARNING = "quota_warning", "Consultation inhabituelle"
    CHECK_EMAIL = "check_email", "Vérification d’une adresse"
    RIGHTS_ANSWERED = "rights_answered", "Nouvelle sur une demande"
    NEW_SUPPORT = "new_support", "Nouvel accompagnement"
    DECISION_RECORDED = "decision_recorded", "Choix de partage noté par une structure"
    CODE_GIVEN = "code_given", "Code donné pour un compte"
    CARD_REPLACED = "card_replaced", "Carte remplacée"
    PREPARE_ENTRY = "prepare_entry", "Rendez-vous à préparer"
    CONTACT_CHANGED = "contact_changed", "Coordonnées changées"
    RELAY_SENT = "relay_sent", "Passage de relais"
    RELAY_LINK = "relay_link", "Fiche de liaison"
    APPOINTMENT = "appointment", "Votre rendez-vous"
    APPOINTMENT_CHANGED = "appointment_changed", "Rendez-vous changé"
    APPOINTMENT_CANCELLED = "appointment_cancelled", "Rendez-vous annulé"
    APPOINTMENT_REMINDER = "appointment_reminder", "Rappel de rendez-vous"
    DIGEST = "digest", "Alertes du jour"
    ERASURE_NOTICE = "erasure_notice", "Dossier bientôt effacé"
    RECORD_ERASED = "record_erased", "Dossier effacé"
    WEEKLY = "weekly", "Semaine de la structure"


# What may be said by a message: its link leads to a page of hers that asks who she is, and says nothing by itself.
# Never what opens an account, nor that her number changed: the number it would go to may be the wrong one.
BY_SMS = frozenset(
    {
        LetterKind.EXCEPTIONAL_ACCESS,
        LetterKind.RIGHTS_ANSWERED,
        LetterKind.NEW_SUPPORT,
        LetterKind.DECISION_RECORDED,
        LetterKind.CODE_GIVEN,
        LetterKind.CARD_REPLACED,
        LetterKind.PREPARE_ENTRY,
        LetterKind.ERASURE_NOTICE,
        LetterKind.APPOINTMENT,
        LetterKind.APPOINTMENT_CHANGED,
        LetterKind.APPOINTMENT_CANCELLED,
        LetterKind.APPOINTMENT_REMINDER,
    }
)
# What says an instant, without which it would say nothing to whoever cannot open the link.
DATED = frozenset(
    {
        LetterKind.APPOINTMENT,
        LetterKind.APPOINTMENT_CHANGED,
        LetterKind.APPOINTMENT_CANCELLED,
        LetterKind.APPOINTMENT_REMINDER,
    }
)
# What says how many things there are of each name, and nothing of them.
COUNTED: Mapping[LetterKind, frozenset[str]] = {
    LetterKind.DIGEST: frozenset({"new", "queue", "given", "answers", "points", "structures"}),
    LetterKind.WEEKLY: frozenset({"queue", "held", "later", "waiting", "late_exits", "bare_exits", "relays"}),
}
