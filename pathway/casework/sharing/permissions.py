"""The one table of who may do what. Read it as data: a permission, then the roles that hold it."""

from collections.abc import Mapping

from pathway.casework.partners.rules import Role
from pathway.kernel.choice import Choice
from pathway.kernel.errors import NotAllowed

_COUNSELLOR = frozenset({Role.COUNSELLOR, Role.SUPERVISOR})
_SUPERVISOR = frozenset({Role.SUPERVISOR})


class Permission(Choice):
    """One thing a screen, a command or a program may ask to do."""

    ACCOUNT_USE = "account_use", "Utiliser son compte"
    DAY_READ = "day_read", "Voir son travail du jour"
    RECORD_SEARCH = "record_search", "Chercher une personne"
    RECORD_CREATE = "record_create", "Créer un dossier"
    RECORD_READ = "record_read", "Lire un dossier"
    PATHWAY_PRINT = "pathway_print", "Imprimer le parcours d’une personne, avec elle"
    RECORD_EDIT = "record_edit", "Modifier un dossier"
    ENTRY_RECORD = "entry_record", "Enregistrer une entrée"
    EXIT_RECORD = "exit_record", "Enregistrer une sortie"
    STAGE_RECORD = "stage_record", "Dire à quelle phase d’un dispositif en est une personne"
    CONTACT_RECORD = "contact_record", "Enregistrer un contact"
    NOTE_WRITE = "note_write", "Écrire une note sur une personne"
    APPOINTMENT_PLAN = "appointment_plan", "Prévoir un rendez-vous, et dire ce qu’il est devenu"
    WALK_IN_KEEP = "walk_in_keep", "Tenir le registre des passages et de l’aller-vers"
    PLAN_KEEP = "plan_keep", "Tenir le plan d’action et le contrat d’engagement d’une personne"
    RELAY_SEND = "relay_send", "Passer le relais à une autre structure"
    RELAY_ANSWER = "relay_answer", "Lire les relais et y répondre"
    ACTIVATION_GIVE = "activation_give", "Donner un code d’activation"
    PEOPLE_IMPORT = "people_import", "Importer les personnes d’une structure"
    ALERTS_READ = "alerts_read", "Voir les alertes"
    ALERTS_ACT = "alerts_act", "Confier ou écarter une alerte"
    ALERTS_PRECISION = "alerts_precision", "Voir la justesse des règles d’alerte"
    COCKPIT_READ = "cockpit_read", "Voir le pilotage de sa structure"
    VOLUME_CHECK = "volume_check", "Vérifier un volume inhabituel"
    CARD_PRESENT = "card_present", "Ouvrir un dossier avec la carte présentée"
    CARD_PRINT = "card_print", "Imprimer ou remplacer une carte"
    EXCEPTIONAL_OPEN = "exceptional_open", "Ouvrir un accès exceptionnel"
    ACCESS_REVIEW = "access_review", "Expliquer ou vérifier un accès"
    OWN_LOG_CONTEST = "own_log_contest", "Demander l’explication d’un accès à son dossier"
    AGREEMENT_RECORD = "agreement_record", "Enregistrer un accord de partage"
    DOCUMENT_READ = "document_read", "Lire un document du dossier"
    DOCUMENT_KEEP = "document_keep", "Ajouter ou retirer un document du dossier"
    OWN_DOCUMENTS = "own_documents", "Garder ses propres documents"
    SHARING_DECIDE = "sharing_decide", "Décider qui voit son dossier"
    OWN_RIGHTS = "own_rights", "Exercer ses droits sur son dossier"
    RIGHTS_RECORD = "rights_record", "Noter une demande d’une personne sur ses droits"
    RIGHTS_ANSWER = "rights_answer", "Répondre à une demande d’une personne sur ses droits"
    RETENTION_KEEP = "retention_keep", "Voir combien de temps les dossiers sont gardés, et en garder pour un litige"
    OWN_PATHWAY_READ = "own_pathway_read", "Voir son propre parcours"
    OWN_FOLLOWUP = "own_followup", "Dire quand on souhaite être appelé·e"
    OWN_APPOINTMENTS = "own_appointments", "Voir ses rendez-vous, et prévenir d’une absence"
    OWN_PLAN = "own_plan", "Voir son plan, et dire ce qui est fait"
    OWN_CARD = "own_card", "Montrer ou remplacer sa propre carte"
    DUPLICATES_REVIEW = "duplicates_review", "Comparer des cartes qui se ressemblent"
    TERRITORY_READ = "territory_read", "Voir les chiffres du territoire"
    INSTANCE_READ = "instance_read", "Voir l’état de l’instance"
    ABSENCE_DECLARE = "absence_declare", "Déclarer une absence"
    AGENDA_FOLLOW = "agenda_follow", "Suivre ses rendez-vous dans son agenda"
    TEAM_READ = "team_read", "Voir son équipe"
    TEAM_MANAGE = "team_manage", "Inviter, prolonger, mettre fin"
    ACCESS_MEND = "access_mend", "Aider une personne à se connecter"
    PEOPLE_EXPORT = "people_export", "Sortir la liste de ses personnes"
    ONCE_ONLY_READ = "once_only_read", "Voir ce que les entrées ont évité de redemander"
    POLICY_MANAGE = "policy_manage", "Écrire les règles de suivi de sa structure, ou du territoire"
    QUEUE_PLACE = "queue_place", "Confier à une structure une personne que plus aucune ne suit"
    STRUCTURES_KEEP = "structures_keep", "Tenir les structures du territoire"
    ACCOUNTS_KEEP = "accounts_keep", "Tenir les comptes des professionnels, sans les nommer"
    SCHEMES_KEEP = "schemes_keep", "Tenir les dispositifs et leurs formulaires d’entrée"
    TERRITORY_KEEP = "territory_keep", "Tenir les réglages du territoire"
    FACTOR_RESET_CONFIRM = "factor_reset_confirm", "Confirmer la remise à zéro d’une double vérification"


HOLDERS: Mapping[Permission, frozenset[Role]] = {
    Permission.ACCOUNT_USE: frozenset(Role),
    Permission.DAY_READ: _COUNSELLOR,
    Permission.RECORD_SEARCH: _COUNSELLOR,
    Permission.RECORD_CREATE: _COUNSELLOR,
    Permission.RECORD_READ: _COUNSELLOR,
    Permission.PATHWAY_PRINT: _COUNSELLOR,
    Permission.RECORD_EDIT: _COUNSELLOR,
    Permission.ENTRY_RECORD: _COUNSELLOR,
    Permission.EXIT_RECORD: _COUNSELLOR,
    Permission.STAGE_RECORD: _COUNSELLOR,
    Permission.CONTACT_RECORD: _COUNSELLOR,
    Permission.NOTE_WRITE: _COUNSELLOR,
    Permission.APPOINTMENT_PLAN: _COUNSELLOR,
    Permission.WALK_IN_KEEP: _COUNSELLOR,
    Permission.PLAN_KEEP: _COUNSELLOR,
    Permission.RELAY_SEND: _COUNSELLOR,
    Permission.RELAY_ANSWER: _COUNSELLOR,
    Permission.ACTIVATION_GIVE: _COUNSELLOR,
    Permission.PEOPLE_IMPORT: frozenset({Role.OPERATOR}),
    Permission.ALERTS_READ: _SUPERVISOR,
    Permission.ALERTS_ACT: _SUPERVISOR,
    Permission.ALERTS_PRECISION: _SUPERVISOR,
    Permission.COCKPIT_READ: _SUPERVISOR,
    Permission.VOLUME_CHECK: _SUPERVISOR,
    Permission.CARD_PRESENT: _COUNSELLOR,
    Permission.CARD_PRINT: _COUNSELLOR,
    Permission.EXCEPTIONAL_OPEN: _SUPERVISOR,
    Permission.ACCESS_REVIEW: _SUPERVISOR | {Role.REVIEWER},
    Permission.OWN_LOG_CONTEST: frozenset({Role.JOBSEEKER}),
    Permission.AGREEMENT_RECORD: _COUNSELLOR,
    Permission.DOCUMENT_READ: _COUNSELLOR,
    Permission.DOCUMENT_KEEP: _COUNSELLOR,
    Permission.OWN_DOCUMENTS: frozenset({Role.JOBSEEKER}),
    Permission.SHARING_DECIDE: frozenset({Role.JOBSEEKER}),
    Permission.OWN_RIGHTS: frozenset({Role.JOBSEEKER}),
    Permission.RIGHTS_RECORD: _COUNSELLOR,
    Permission.RIGHTS_ANSWER: _SUPERVISOR,
    Permission.RETENTION_KEEP: _SUPERVISOR,
    Permission.OWN_PATHWAY_READ: frozenset({Role.JOBSEEKER}),
    Permission.OWN_FOLLOWUP: frozenset({Role.JOBSEEKER}),
    Permission.OWN_APPOINTMENTS: frozenset({Role.JOBSEEKER}),
    Permission.OWN_PLAN: frozenset({Role.JOBSEEKER}),
    Permission.OWN_CARD: frozenset({Role.JOBSEEKER}),
    Permission.DUPLICATES_REVIEW: frozenset({Role.REVIEWER}),
    Permission.TERRITORY_READ: frozenset({Role.COORDINATOR}),
    Permission.INSTANCE_READ: frozenset({Role.OPERATOR}),
    Permission.ABSENCE_DECLARE: _COUNSELLOR,
    Permission.AGENDA_FOLLOW: _COUNSELLOR,
    Permission.TEAM_READ: _SUPERVISOR,
    Permission.TEAM_MANAGE: _SUPERVISOR,
    Permission.ACCESS_MEND: _COUNSELLOR,
    Permission.PEOPLE_EXPORT: _COUNSELLOR,
    Permission.ONCE_ONLY_READ: _SUPERVISOR,
    Permission.POLICY_MANAGE: _SUPERVISOR | {Role.OPERATOR},
    Permission.QUEUE_PLACE: _SUPERVISOR,
    Permission.STRUCTURES_KEEP: frozenset({Role.OPERATOR}),
    Permission.ACCOUNTS_KEEP: frozenset({Role.OPERATOR}),
    Permission.SCHEMES_KEEP: frozenset({Role.OPERATOR}),
    Permission.TERRITORY_KEEP: frozenset({Role.OPERATOR}),
    Permission.FACTOR_RESET_CONFIRM: frozenset({Role.OPERATOR}),
}

# What a counsellor also holds on the days she replaces a responsable who is away, named by her or with all the team
# when nobody was: the queue must not wait.
STAND_IN = frozenset({Permission.ALERTS_READ, Permission.ALERTS_ACT})


def may(role: str, permission: Permission, *, replaces: bool = False) -> bool:
    """Whether that role holds that permission; an unknown role holds none. `replaces`: she stands in for a responsable
    today."""
    lent = replaces and role == Role.COUNSELLOR and permission in STAND_IN
    return lent or role in HOLDERS[permission]


def require(role: str, permission: Permission, *, replaces: bool = False) -> None:
    """Refuse with `NotAllowed` unless the role holds the permission, or it is lent to her today."""
    if not may(role, permission, replaces=replaces):
        raise NotAllowed
