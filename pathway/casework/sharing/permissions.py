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
    RECORD_EDIT = "record_edit", "Modifier un dossier"
    ENTRY_RECORD = "entry_record", "Enregistrer une entrée"
    EXIT_RECORD = "exit_record", "Enregistrer une sortie"
    CONTACT_RECORD = "contact_record", "Enregistrer un contact"
    ACTIVATION_GIVE = "activation_give", "Donner un code d’activation"
    PEOPLE_IMPORT = "people_import", "Importer un fichier"
    ALERTS_READ = "alerts_read", "Voir les alertes"
    ALERTS_ACT = "alerts_act", "Confier ou écarter une alerte"
    OWN_PATHWAY_READ = "own_pathway_read", "Voir son propre parcours"
    TERRITORY_READ = "territory_read", "Voir les chiffres du territoire"
    INSTANCE_READ = "instance_read", "Voir l’état de l’instance"


HOLDERS: Mapping[Permission, frozenset[Role]] = {
    Permission.ACCOUNT_USE: frozenset(Role),
    Permission.DAY_READ: _COUNSELLOR,
    Permission.RECORD_SEARCH: _COUNSELLOR,
    Permission.RECORD_CREATE: _COUNSELLOR,
    Permission.RECORD_READ: _COUNSELLOR,
    Permission.RECORD_EDIT: _COUNSELLOR,
    Permission.ENTRY_RECORD: _COUNSELLOR,
    Permission.EXIT_RECORD: _COUNSELLOR,
    Permission.CONTACT_RECORD: _COUNSELLOR,
    Permission.ACTIVATION_GIVE: _COUNSELLOR,
    Permission.PEOPLE_IMPORT: _COUNSELLOR | {Role.OPERATOR},
    Permission.ALERTS_READ: _SUPERVISOR,
    Permission.ALERTS_ACT: _SUPERVISOR,
    Permission.OWN_PATHWAY_READ: frozenset({Role.JOBSEEKER}),
    Permission.TERRITORY_READ: frozenset({Role.COORDINATOR}),
    Permission.INSTANCE_READ: frozenset({Role.OPERATOR}),
}


def may(role: str, permission: Permission) -> bool:
    """Whether that role holds that permission; an unknown role holds none."""
    return role in HOLDERS[permission]


def require(role: str, permission: Permission) -> None:
    """Refuse with `NotAllowed` unless the role holds the permission."""
    if not may(role, permission):
        raise NotAllowed
