"""The words of the person's log: what each act of the journal is called for her, and what it was done for."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pathway.casework.records.vocabulary import Section
from pathway.kernel.choice import Choice
from pathway.kernel.wording import listed


class Purpose(Choice):
    """What an act was done for, as she reads it."""

    FOLLOW = "follow", "pour suivre votre parcours"
    WELCOME = "welcome", "pour vous accueillir"
    FIND = "find", "pour retrouver une personne accompagnée"
    ENTRY = "entry", "pour préparer ou enregistrer une étape"
    ORGANISE = "organise", "pour organiser votre suivi"
    RELAY = "relay", "pour passer le relais à une autre structure"
    ACCOUNT = "account", "pour votre espace personnel"
    CARD = "card", "pour utiliser votre carte"
    SHARING = "sharing", "pour appliquer un choix de partage"
    TAKE_UP = "take_up", "pour reprendre un dossier existant"
    SAME_PERSON = "same_person", "pour éviter deux dossiers pour une même personne"
    CONTINUITY = "continuity", "pour assurer la suite de votre accompagnement"
    EXPLAIN = "explain", "pour vérifier ou expliquer un accès"
    RIGHTS = "rights", "pour appliquer vos droits"
    UNKNOWN = "unknown", "but inconnu"


@dataclass(frozen=True, kw_only=True)
class Deed:
    """One act in her words, after the name of a structure (« a lu votre dossier »), and its purpose."""

    said: str
    purpose: Purpose


def _deeds(purpose: Purpose, words: Mapping[str, str]) -> dict[str, Deed]:
    return {action: Deed(said=said, purpose=purpose) for action, said in words.items()}


# One line for every act of the journal that names a record; a test finds those that have none.
# Each begins with « a » or « vous »: it follows the name of whoever did it.
DEEDS: Mapping[str, Deed] = {
    **_deeds(
        Purpose.FOLLOW,
        {
            "read_record": "a lu votre dossier",
            "read_list": "a vu votre nom dans une liste",
            "read_alerts": "a vu une alerte sur votre parcours",
            "read_answers": "a vu ce que vous avez répondu à une alerte",
            "edit_section": "a modifié vos informations",
            "settle_answer": "a choisi entre deux réponses différentes",
            "record_contact": "a noté un contact avec vous",
            "mark_not_done": "a noté qu’un point de suivi n’a pas été fait",
            "replan_point": "a reporté un point de suivi",
            "ask_callback": "a noté un jour pour vous rappeler",
            "choose_rhythm": "a noté quand vous souhaitez être appelé·e",
            "answer_questions": "a noté vos réponses après une étape",
            "plan_appointment": "a prévu un rendez-vous avec vous",
            "move_appointment": "a déplacé un rendez-vous",
            "cancel_appointment": "a annulé un rendez-vous",
            "settle_appointment": "a noté la suite d’un rendez-vous",
            "reopen_appointment": "a corrigé la suite d’un rendez-vous",
            "print_sign_in_sheet": "a imprimé votre nom sur une feuille d’émargement",
            "take_up_appointment": "a noté ce qui suit un rendez-vous",
            "excuse_appointment": "a prévenu d’une absence à un rendez-vous",
            "remind_appointment": "vous a rappelé un rendez-vous",
            "note_walk_in": "a noté que vous êtes passé·e, ou que vous vous êtes rencontrés",
            "correct_walk_in": "a corrigé ce qui est noté de votre passage",
            "remove_walk_in": "a retiré un passage noté par erreur",
            "read_plan": "a lu votre plan d’action",
            "open_obstacle": "a noté une difficulté à régler avec vous",
            "add_to_plan": "a ajouté une action ou un objectif à votre plan",
            "change_plan": "a modifié votre plan d’action",
            "undo_plan": "a annulé un geste fait par erreur dans votre plan d’action",
            "tick_action": "a noté où en est une action de votre plan",
            "read_engagement": "a lu votre contrat d’engagement",
            "record_engagement": "a noté un contrat d’engagement avec vous",
            "change_engagement": "a modifié votre contrat d’engagement",
            "snooze_alert": "a remis une alerte à plus tard",
            "dismiss_alert": "a écarté une alerte",
            "answer_alert": "a répondu à une alerte",
            "note_answer": "a lu votre réponse à une alerte",
            "write_note": "a écrit une note à votre sujet",
            "correct_note": "a corrigé une note à votre sujet",
            "remove_note": "a retiré une note à votre sujet",
            "restore_note": "a remis une note à votre sujet",
            "document_added": "a ajouté un document à votre dossier",
            "document_removed": "a retiré un document de votre dossier",
            "document_restored": "a remis un document dans votre dossier",
            "document_read": "a ouvert un document de votre dossier",
            "print_pathway": "a imprimé votre parcours, pour vous le remettre",
        },
    ),
    **_deeds(Purpose.WELCOME, {"create_records": "a créé votre carte", "find_known": "a retrouvé votre carte"}),
    **_deeds(Purpose.FIND, {"search": "a cherché un nom et trouvé le vôtre"}),
    **_deeds(
        Purpose.ENTRY,
        {
            "invite_to_prepare": "vous a proposé de préparer un rendez-vous",
            "prepare_entry": "a répondu aux questions d’un rendez-vous",
            "record_entry": "a enregistré le début d’une étape",
            "record_past_entry": "a repris une étape passée d’un fichier",
            "record_exit": "a enregistré la fin d’une étape",
            "cancel_exit": "a annulé la fin d’une étape",
        },
    ),
    **_deeds(
        Purpose.RELAY,
        {
            "relay_drafted": "a préparé un passage de relais",
            "relay_sent": "a envoyé un passage de relais",
            "relay_acknowledged": "a noté qu’un passage de relais est bien reçu",
            "relay_waiting": "a noté une liste d’attente après un passage de relais",
            "relay_appointment_set": "a noté un premier rendez-vous après un passage de relais",
            "relay_accepted": "a accepté un passage de relais",
            "relay_refused": "a refusé un passage de relais",
            "relay_withdrawn": "a retiré un passage de relais",
            "relay_closed": "a noté la suite d’un passage de relais",
            "relay_link_made": "a préparé un lien vers votre fiche de liaison",
            "relay_sheet_printed": "a imprimé votre fiche de liaison",
            "relay_link_opened": "a montré votre fiche de liaison à la structure qui a reçu le lien",
            "relay_link_answered": "a reçu la réponse de cette structure à votre passage de relais",
            "relay_bounced": "a rendu un passage de relais, resté sans réponse, à la structure qui vous accompagne",
            "relay_reminded": "a rappelé à la structure qui vous accompagne un passage de relais sans réponse",
        },
    ),
    **_deeds(
        Purpose.ORGANISE,
        {
            "set_referent": "a changé votre référent de parcours",
            "choose_referent": "a changé votre référent de parcours",
            "hand_over": "a confié votre suivi à un·e collègue",
            "give_people": "a confié votre suivi à un·e collègue",
            "close_structure": "a fermé et a confié votre suivi à une autre structure",
            "reassign_points": "a confié votre suivi à un·e collègue",
            "give_alert": "a confié votre suivi à un·e collègue",
            "export_people": "a mis votre nom et vos coordonnées dans un fichier",
        },
    ),
    **_deeds(
        Purpose.SHARING,
        {
            "open_grant": "a ouvert votre dossier à une autre structure",
            "end_finished_supports": "a fermé l’accès d’une structure",
            "agreement_drafted": "a préparé un accord de partage",
            "agreement_printed": "a imprimé un accord de partage à signer",
            "agreement_given": "a enregistré votre accord de partage",
            "agreement_withdrawn": "a arrêté un partage de votre dossier",
            "sharing_resumed": "a repris un partage de votre dossier",
            "part_hidden": "a caché une partie de votre dossier à une structure",
            "part_shown": "a montré de nouveau une partie de votre dossier à une structure",
        },
    ),
    **_deeds(
        Purpose.TAKE_UP,
        {
            "try_import": "a comparé un fichier avec votre carte",
            "try_import_steps": "a comparé un fichier avec vos étapes",
            "import_steps": "a ajouté des étapes venues d’un fichier",
            "import_lot": "a ajouté des informations venues d’un fichier",
        },
    ),
    **_deeds(
        Purpose.SAME_PERSON,
        {
            # Not a word of another card before both are hers: the log of one person tells nothing of somebody else's.
            "compare_identities": "a vérifié votre identité",
            "decide_match": "a vérifié votre identité",
            "answer_match": "a répondu à « Est-ce vous ? »",
            "link_cards": "a réuni deux cartes à votre nom",
            "unlink_cards": "a séparé deux cartes qui étaient réunies",
        },
    ),
    **_deeds(
        Purpose.ACCOUNT,
        {
            "activate_account": "a ouvert votre compte",
            "activation_checked": "a tapé le code qui ouvre votre compte",
            "give_activation": "vous a donné un code pour ouvrir votre compte",
            "password_accepted": "a tapé le mot de passe de votre espace",
            "sign_in": "a ouvert votre espace",
            "new_device": "a ouvert votre espace sur un nouvel appareil",
            "wrong_code": "a tapé un mauvais code de vérification",
            "recovery_used": "a utilisé un code de secours",
            "second_factor_added": "a ajouté une protection à votre espace",
            "second_factor_removed": "a retiré une protection de votre espace",
            "recovery_codes_made": "a demandé de nouveaux codes de secours",
            "password_changed": "a changé le mot de passe de votre espace",
            "session_ended": "a déconnecté un appareil",
            "choose_sms": "a choisi de recevoir des SMS, ou de ne plus en recevoir",
            "give_reset_code": "vous a donné un code pour changer le mot de passe de votre espace",
            "password_reset_posted": "a demandé un nouveau mot de passe pour votre espace",
            "email_proved": "a confirmé l’adresse e-mail de votre espace",
            "factor_reset_asked": "a demandé de remettre à zéro la double vérification de votre espace",
            "factor_reset_confirmed": "a remis à zéro la double vérification et le mot de passe de votre espace",
            "factor_reset_refused": "a refusé de remettre à zéro la double vérification de votre espace",
            "account_disowned": "a fermé votre espace après « Ce n’est pas moi »",
        },
    ),
    **_deeds(
        Purpose.CARD,
        {
            "show_card": "a affiché un code pour votre carte",
            "present_card": "a ouvert votre dossier avec votre carte, en votre présence",
            "present_card_failed": "a tapé un mauvais code avec le numéro de votre carte imprimée, et n’a rien ouvert",
            "present_card_stopped": "a présenté votre carte après votre arrêt du partage : elle n’a rien ouvert",
            "end_visit": "a arrêté une visite ouverte avec votre carte",
            "print_card": "a imprimé votre carte",
            "reprint_card": "a imprimé de nouveau votre carte, sans le code personnel",
            "replace_card": "a remplacé votre carte perdue",
        },
    ),
    **_deeds(
        Purpose.CONTINUITY,
        {
            "open_exceptional": "a ouvert un accès exceptionnel à votre dossier, pour une heure",
            "read_territory_queue": "a vu votre nom parmi les personnes qu’aucune structure ne suit plus",
            "read_to_place": "a lu votre nom et votre téléphone, pour vous trouver une structure",
            "place_person": "a confié votre suivi à une structure",
        },
    ),
    **_deeds(
        Purpose.EXPLAIN,
        {
            "open_contest": "a demandé une explication sur un accès",
            "answer_contest": "a répondu à votre question sur un accès",
            "reopen_contest": "a demandé une autre réponse sur un accès",
            "read_contest": "a relu un accès que vous ne comprenez pas",
            "read_review": "a relu un accès exceptionnel à votre dossier",
            "review_exceptional": "a vérifié un accès exceptionnel à votre dossier",
        },
    ),
    **_deeds(
        Purpose.RIGHTS,
        {
            "record_exported": "a fait une copie de tout votre dossier",
            "erase_answer": "a effacé une réponse de votre dossier",
            "request_recorded": "a noté une demande sur vos droits",
            "request_withdrawn": "a retiré une demande sur vos droits",
            "read_request": "a lu votre demande sur vos droits",
            "request_answered": "a répondu à votre demande sur vos droits",
            "request_extended": "a repoussé la réponse à votre demande sur vos droits",
            "part_restricted": "a limité une partie de votre dossier : aucune structure ne l’utilise",
            "restriction_ending": "a annoncé la fin de la limitation d’une partie de votre dossier, sept jours après",
            "restriction_lifted": "a levé la limitation d’une partie de votre dossier",
        },
    ),
    **_deeds(
        Purpose.UNKNOWN,
        {"refused": "a essayé d’ouvrir votre dossier, et l’accès a été refusé"},
    ),
}
# Two acts of one gesture: told once.
SAME_DEED: Mapping[str, str] = {
    "choose_referent": "set_referent",
    "give_alert": "reassign_points",
    "decide_match": "compare_identities",  # whoever decides has just compared
}
SOMETHING = Deed(said="a utilisé votre dossier", purpose=Purpose.UNKNOWN)

_PARTS: Mapping[Section, str] = {
    Section.IDENTITY: "votre identité",
    Section.CONTACT: "vos coordonnées",
    Section.HOUSEHOLD: "votre logement et votre foyer",
    Section.SITUATION: "votre situation",
    Section.HEALTH: "la partie santé",
    Section.EDUCATION: "votre formation et vos langues",
    Section.MOBILITY: "vos déplacements",
    Section.PROJECT: "votre projet professionnel",
    Section.OBSTACLES: "vos difficultés à régler",
    Section.AVAILABILITY: "vos disponibilités",
    Section.DIGITAL: "le numérique",
}


def deed_of(action: str) -> Deed:
    """The words and the purpose of that act; a general sentence for one that is not known yet."""
    return DEEDS.get(action, SOMETHING)


def said_parts(sections: Iterable[str]) -> str:
    """The parts of the record that were read, in her words; her name alone when no section was opened."""
    read = {section for section in Section if section.value in set(sections)}
    if not read:
        return "votre nom et votre date de naissance"
    if read == set(Section):
        return "tout votre dossier, avec la partie santé"
    if read == set(Section) - {Section.HEALTH}:
        return "tout votre dossier, sauf la partie santé"
    return listed([_PARTS[section] for section in Section if section in read])
