"""The words of the person's log: what each act of the journal is called for her, and what it was done for."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pathway.casework.oversight.own_deeds import OWN_DEEDS
from pathway.casework.records.vocabulary import Section
from pathway.kernel.choice import Choice
from pathway.kernel.languages import gettext as _
from pathway.kernel.languages import marked
from pathway.kernel.wording import listed

_OWN_SOMETHING = marked("Vous avez utilisé votre dossier")


class Purpose(Choice):
    """What an act was done for, as she reads it."""

    FOLLOW = "follow", marked("pour suivre votre parcours")
    WELCOME = "welcome", marked("pour vous accueillir")
    FIND = "find", marked("pour retrouver une personne accompagnée")
    ENTRY = "entry", marked("pour préparer ou enregistrer une étape")
    ORGANISE = "organise", marked("pour organiser votre suivi")
    RELAY = "relay", marked("pour passer le relais à une autre structure")
    ACCOUNT = "account", marked("pour votre espace personnel")
    CARD = "card", marked("pour utiliser votre carte")
    SHARING = "sharing", marked("pour appliquer un choix de partage")
    TAKE_UP = "take_up", marked("pour reprendre un dossier existant")
    SAME_PERSON = "same_person", marked("pour éviter deux dossiers pour une même personne")
    CONTINUITY = "continuity", marked("pour assurer la suite de votre accompagnement")
    EXPLAIN = "explain", marked("pour vérifier ou expliquer un accès")
    RIGHTS = "rights", marked("pour appliquer vos droits")
    UNKNOWN = "unknown", marked("but inconnu")


@dataclass(frozen=True, kw_only=True)
class Deed:
    """One act in her words, about somebody else (« %(who)s a lu votre dossier ») and about herself, and its purpose.

    `own` is a general sentence for what she never does.
    """

    sentence: str
    own: str
    purpose: Purpose

    @property
    def said(self) -> str:
        """In French, what follows the name of a structure: « a lu votre dossier »."""
        return self.sentence.removeprefix("%(who)s ")


def _deeds(purpose: Purpose, words: Mapping[str, str]) -> dict[str, Deed]:
    return {
        action: Deed(sentence=sentence, own=OWN_DEEDS.get(action, _OWN_SOMETHING), purpose=purpose)
        for action, sentence in words.items()
    }


# One line for every act of the journal that names a record; a test finds those that have none.
# Each begins with the name of whoever did it, then « a » or « vous ».
DEEDS: Mapping[str, Deed] = {
    **_deeds(
        Purpose.FOLLOW,
        {
            "read_record": marked("%(who)s a lu votre dossier"),
            "read_list": marked("%(who)s a vu votre nom dans une liste"),
            "read_alerts": marked("%(who)s a vu une alerte sur votre parcours"),
            "read_answers": marked("%(who)s a vu ce que vous avez répondu à une alerte"),
            "edit_section": marked("%(who)s a modifié vos informations"),
            "settle_answer": marked("%(who)s a choisi entre deux réponses différentes"),
            "record_contact": marked("%(who)s a noté un contact avec vous"),
            "mark_not_done": marked("%(who)s a noté qu’un point de suivi n’a pas été fait"),
            "replan_point": marked("%(who)s a reporté un point de suivi"),
            "ask_callback": marked("%(who)s a noté un jour pour vous rappeler"),
            "choose_rhythm": marked("%(who)s a noté quand vous souhaitez être appelé·e"),
            "answer_questions": marked("%(who)s a noté vos réponses après une étape"),
            "plan_appointment": marked("%(who)s a prévu un rendez-vous avec vous"),
            "move_appointment": marked("%(who)s a déplacé un rendez-vous"),
            "cancel_appointment": marked("%(who)s a annulé un rendez-vous"),
            "settle_appointment": marked("%(who)s a noté la suite d’un rendez-vous"),
            "reopen_appointment": marked("%(who)s a corrigé la suite d’un rendez-vous"),
            "print_sign_in_sheet": marked("%(who)s a imprimé votre nom sur une feuille d’émargement"),
            "take_up_appointment": marked("%(who)s a noté ce qui suit un rendez-vous"),
            "excuse_appointment": marked("%(who)s a prévenu d’une absence à un rendez-vous"),
            "remind_appointment": marked("%(who)s vous a rappelé un rendez-vous"),
            "note_walk_in": marked("%(who)s a noté que vous êtes passé·e, ou que vous vous êtes rencontrés"),
            "correct_walk_in": marked("%(who)s a corrigé ce qui est noté de votre passage"),
            "remove_walk_in": marked("%(who)s a retiré un passage noté par erreur"),
            "read_plan": marked("%(who)s a lu votre plan d’action"),
            "open_obstacle": marked("%(who)s a noté une difficulté à régler avec vous"),
            "add_to_plan": marked("%(who)s a ajouté une action ou un objectif à votre plan"),
            "change_plan": marked("%(who)s a modifié votre plan d’action"),
            "undo_plan": marked("%(who)s a annulé un geste fait par erreur dans votre plan d’action"),
            "tick_action": marked("%(who)s a noté où en est une action de votre plan"),
            "read_engagement": marked("%(who)s a lu votre contrat d’engagement"),
            "record_engagement": marked("%(who)s a noté un contrat d’engagement avec vous"),
            "change_engagement": marked("%(who)s a modifié votre contrat d’engagement"),
            "snooze_alert": marked("%(who)s a remis une alerte à plus tard"),
            "dismiss_alert": marked("%(who)s a écarté une alerte"),
            "answer_alert": marked("%(who)s a répondu à une alerte"),
            "note_answer": marked("%(who)s a lu votre réponse à une alerte"),
            "write_note": marked("%(who)s a écrit une note à votre sujet"),
            "correct_note": marked("%(who)s a corrigé une note à votre sujet"),
            "remove_note": marked("%(who)s a retiré une note à votre sujet"),
            "restore_note": marked("%(who)s a remis une note à votre sujet"),
            "document_added": marked("%(who)s a ajouté un document à votre dossier"),
            "document_removed": marked("%(who)s a retiré un document de votre dossier"),
            "document_restored": marked("%(who)s a remis un document dans votre dossier"),
            "document_read": marked("%(who)s a ouvert un document de votre dossier"),
            "print_pathway": marked("%(who)s a imprimé votre parcours, pour vous le remettre"),
        },
    ),
    **_deeds(
        Purpose.WELCOME,
        {
            "create_records": marked("%(who)s a créé votre carte"),
            "find_known": marked("%(who)s a retrouvé votre carte"),
        },
    ),
    **_deeds(Purpose.FIND, {"search": marked("%(who)s a cherché un nom et trouvé le vôtre")}),
    **_deeds(
        Purpose.ENTRY,
        {
            "invite_to_prepare": marked("%(who)s vous a proposé de préparer un rendez-vous"),
            "prepare_entry": marked("%(who)s a répondu aux questions d’un rendez-vous"),
            "record_entry": marked("%(who)s a enregistré le début d’une étape"),
            "record_past_entry": marked("%(who)s a repris une étape passée d’un fichier"),
            "record_exit": marked("%(who)s a enregistré la fin d’une étape"),
            "cancel_exit": marked("%(who)s a annulé la fin d’une étape"),
            "change_stage": marked("%(who)s a noté à quelle phase vous en êtes"),
            "cancel_stage": marked("%(who)s a annulé un changement de phase noté par erreur"),
        },
    ),
    **_deeds(
        Purpose.RELAY,
        {
            "relay_drafted": marked("%(who)s a préparé un passage de relais"),
            "relay_sent": marked("%(who)s a envoyé un passage de relais"),
            "relay_acknowledged": marked("%(who)s a noté qu’un passage de relais est bien reçu"),
            "relay_waiting": marked("%(who)s a noté une liste d’attente après un passage de relais"),
            "relay_appointment_set": marked("%(who)s a noté un premier rendez-vous après un passage de relais"),
            "relay_accepted": marked("%(who)s a accepté un passage de relais"),
            "relay_refused": marked("%(who)s a refusé un passage de relais"),
            "relay_withdrawn": marked("%(who)s a retiré un passage de relais"),
            "relay_closed": marked("%(who)s a noté la suite d’un passage de relais"),
            "relay_link_made": marked("%(who)s a préparé un lien vers votre fiche de liaison"),
            "relay_sheet_printed": marked("%(who)s a imprimé votre fiche de liaison"),
            "relay_link_opened": marked("%(who)s a montré votre fiche de liaison à la structure qui a reçu le lien"),
            "relay_link_answered": marked("%(who)s a reçu la réponse de cette structure à votre passage de relais"),
            "relay_bounced": marked(
                "%(who)s a rendu un passage de relais, resté sans réponse, à la structure qui vous accompagne"
            ),
            "relay_reminded": marked(
                "%(who)s a rappelé à la structure qui vous accompagne un passage de relais sans réponse"
            ),
        },
    ),
    **_deeds(
        Purpose.ORGANISE,
        {
            "set_referent": marked("%(who)s a changé votre référent de parcours"),
            "choose_referent": marked("%(who)s a changé votre référent de parcours"),
            "hand_over": marked("%(who)s a confié votre suivi à un·e collègue"),
            "give_people": marked("%(who)s a confié votre suivi à un·e collègue"),
            "close_structure": marked("%(who)s a fermé et a confié votre suivi à une autre structure"),
            "reassign_points": marked("%(who)s a confié votre suivi à un·e collègue"),
            "give_alert": marked("%(who)s a confié votre suivi à un·e collègue"),
            "export_people": marked("%(who)s a mis votre nom et vos coordonnées dans un fichier"),
        },
    ),
    **_deeds(
        Purpose.SHARING,
        {
            "open_grant": marked("%(who)s a ouvert votre dossier à une autre structure"),
            "end_finished_supports": marked("%(who)s a fermé l’accès d’une structure"),
            "agreement_drafted": marked("%(who)s a préparé un accord de partage"),
            "agreement_printed": marked("%(who)s a imprimé un accord de partage à signer"),
            "agreement_given": marked("%(who)s a enregistré votre accord de partage"),
            "agreement_withdrawn": marked("%(who)s a arrêté un partage de votre dossier"),
            "sharing_resumed": marked("%(who)s a repris un partage de votre dossier"),
            "part_hidden": marked("%(who)s a caché une partie de votre dossier à une structure"),
            "part_shown": marked("%(who)s a montré de nouveau une partie de votre dossier à une structure"),
        },
    ),
    **_deeds(
        Purpose.TAKE_UP,
        {
            "try_import": marked("%(who)s a comparé un fichier avec votre carte"),
            "try_import_steps": marked("%(who)s a comparé un fichier avec vos étapes"),
            "import_steps": marked("%(who)s a ajouté des étapes venues d’un fichier"),
            "import_lot": marked("%(who)s a ajouté des informations venues d’un fichier"),
        },
    ),
    **_deeds(
        Purpose.SAME_PERSON,
        {
            # Not a word of another card before both are hers: the log of one person tells nothing of somebody else's.
            "compare_identities": marked("%(who)s a vérifié votre identité"),
            "decide_match": marked("%(who)s a vérifié votre identité"),
            "answer_match": marked("%(who)s a répondu à « Est-ce vous ? »"),
            "link_cards": marked("%(who)s a réuni deux cartes à votre nom"),
            "unlink_cards": marked("%(who)s a séparé deux cartes qui étaient réunies"),
        },
    ),
    **_deeds(
        Purpose.ACCOUNT,
        {
            "activate_account": marked("%(who)s a ouvert votre compte"),
            "activation_checked": marked("%(who)s a tapé le code qui ouvre votre compte"),
            "give_activation": marked("%(who)s vous a donné un code pour ouvrir votre compte"),
            "password_accepted": marked("%(who)s a tapé le mot de passe de votre espace"),
            "sign_in": marked("%(who)s a ouvert votre espace"),
            "new_device": marked("%(who)s a ouvert votre espace sur un nouvel appareil"),
            "wrong_code": marked("%(who)s a tapé un mauvais code de vérification"),
            "recovery_used": marked("%(who)s a utilisé un code de secours"),
            "second_factor_added": marked("%(who)s a ajouté une protection à votre espace"),
            "second_factor_removed": marked("%(who)s a retiré une protection de votre espace"),
            "recovery_codes_made": marked("%(who)s a demandé de nouveaux codes de secours"),
            "password_changed": marked("%(who)s a changé le mot de passe de votre espace"),
            "session_ended": marked("%(who)s a déconnecté un appareil"),
            "choose_sms": marked("%(who)s a choisi de recevoir des SMS, ou de ne plus en recevoir"),
            "give_reset_code": marked("%(who)s vous a donné un code pour changer le mot de passe de votre espace"),
            "password_reset_posted": marked("%(who)s a demandé un nouveau mot de passe pour votre espace"),
            "email_proved": marked("%(who)s a confirmé l’adresse e-mail de votre espace"),
            "factor_reset_asked": marked("%(who)s a demandé de remettre à zéro la double vérification de votre espace"),
            "factor_reset_confirmed": marked(
                "%(who)s a remis à zéro la double vérification et le mot de passe de votre espace"
            ),
            "factor_reset_refused": marked(
                "%(who)s a refusé de remettre à zéro la double vérification de votre espace"
            ),
            "account_disowned": marked("%(who)s a fermé votre espace après « Ce n’est pas moi »"),
        },
    ),
    **_deeds(
        Purpose.CARD,
        {
            "show_card": marked("%(who)s a affiché un code pour votre carte"),
            "present_card": marked("%(who)s a ouvert votre dossier avec votre carte, en votre présence"),
            "present_card_failed": marked(
                "%(who)s a tapé un mauvais code avec le numéro de votre carte imprimée, et n’a rien ouvert"
            ),
            "present_card_stopped": marked(
                "%(who)s a présenté votre carte après votre arrêt du partage : elle n’a rien ouvert"
            ),
            "end_visit": marked("%(who)s a arrêté une visite ouverte avec votre carte"),
            "print_card": marked("%(who)s a imprimé votre carte"),
            "reprint_card": marked("%(who)s a imprimé de nouveau votre carte, sans le code personnel"),
            "replace_card": marked("%(who)s a remplacé votre carte perdue"),
        },
    ),
    **_deeds(
        Purpose.CONTINUITY,
        {
            "open_exceptional": marked("%(who)s a ouvert un accès exceptionnel à votre dossier, pour une heure"),
            "read_territory_queue": marked(
                "%(who)s a vu votre nom parmi les personnes qu’aucune structure ne suit plus"
            ),
            "read_to_place": marked("%(who)s a lu votre nom et votre téléphone, pour vous trouver une structure"),
            "place_person": marked("%(who)s a confié votre suivi à une structure"),
        },
    ),
    **_deeds(
        Purpose.EXPLAIN,
        {
            "open_contest": marked("%(who)s a demandé une explication sur un accès"),
            "answer_contest": marked("%(who)s a répondu à votre question sur un accès"),
            "reopen_contest": marked("%(who)s a demandé une autre réponse sur un accès"),
            "read_contest": marked("%(who)s a relu un accès que vous ne comprenez pas"),
            "read_review": marked("%(who)s a relu un accès exceptionnel à votre dossier"),
            "review_exceptional": marked("%(who)s a vérifié un accès exceptionnel à votre dossier"),
        },
    ),
    **_deeds(
        Purpose.RIGHTS,
        {
            "record_exported": marked("%(who)s a fait une copie de tout votre dossier"),
            "erase_answer": marked("%(who)s a effacé une réponse de votre dossier"),
            "request_recorded": marked("%(who)s a noté une demande sur vos droits"),
            "request_withdrawn": marked("%(who)s a retiré une demande sur vos droits"),
            "read_request": marked("%(who)s a lu votre demande sur vos droits"),
            "request_answered": marked("%(who)s a répondu à votre demande sur vos droits"),
            "request_extended": marked("%(who)s a repoussé la réponse à votre demande sur vos droits"),
            "part_restricted": marked("%(who)s a limité une partie de votre dossier : aucune structure ne l’utilise"),
            "restriction_ending": marked(
                "%(who)s a annoncé la fin de la limitation d’une partie de votre dossier, sept jours après"
            ),
            "archive_record": marked("%(who)s a archivé votre dossier : plus aucune structure ne l’ouvre"),
            "reopen_record": marked("%(who)s a rouvert votre dossier : vous êtes de retour"),
            "tell_erasure": marked("%(who)s vous a prévenu·e que votre dossier sera effacé"),
            "keep_record": marked("%(who)s a demandé de garder votre dossier"),
            "hold_record": marked("%(who)s a gardé votre dossier pour un litige"),
            "lift_hold": marked("%(who)s a terminé la conservation de votre dossier pour un litige"),
            "pass_hold": marked("%(who)s a repris la conservation de votre dossier pour un litige"),
            "forget_record": marked("%(who)s a effacé une carte"),
            "rekey_record": marked("%(who)s a changé la clé qui protège votre dossier"),
            "restriction_lifted": marked("%(who)s a levé la limitation d’une partie de votre dossier"),
        },
    ),
    **_deeds(
        Purpose.UNKNOWN,
        {"refused": marked("%(who)s a essayé d’ouvrir votre dossier, et l’accès a été refusé")},
    ),
}
# Two acts of one gesture: told once.
SAME_DEED: Mapping[str, str] = {
    "choose_referent": "set_referent",
    "give_alert": "reassign_points",
    "decide_match": "compare_identities",  # whoever decides has just compared
}
SOMETHING = Deed(sentence=marked("%(who)s a utilisé votre dossier"), own=_OWN_SOMETHING, purpose=Purpose.UNKNOWN)

_PARTS: Mapping[Section, str] = {
    Section.IDENTITY: marked("votre identité"),
    Section.CONTACT: marked("vos coordonnées"),
    Section.HOUSEHOLD: marked("votre logement et votre foyer"),
    Section.SITUATION: marked("votre situation"),
    Section.HEALTH: marked("la partie santé"),
    Section.EDUCATION: marked("votre formation et vos langues"),
    Section.MOBILITY: marked("vos déplacements"),
    Section.PROJECT: marked("votre projet professionnel"),
    Section.OBSTACLES: marked("vos difficultés à régler"),
    Section.AVAILABILITY: marked("vos disponibilités"),
    Section.DIGITAL: marked("le numérique"),
}


def deed_of(action: str) -> Deed:
    """The words and the purpose of that act; a general sentence for one that is not known yet."""
    return DEEDS.get(action, SOMETHING)


def said_parts(sections: Iterable[str]) -> str:
    """The parts of the record that were read, in her words; her name alone when no section was opened."""
    read = {section for section in Section if section.value in set(sections)}
    if not read:
        return _("votre nom et votre date de naissance")
    if read == set(Section):
        return _("tout votre dossier, avec la partie santé")
    if read == set(Section) - {Section.HEALTH}:
        return _("tout votre dossier, sauf la partie santé")
    return listed([_(_PARTS[section]) for section in Section if section in read])
