"""What the forms of a structure share: the kinds offered, and what is said of a name that another one has."""

from pathway.casework.partners.rules import ORDINARY_KINDS, SensitiveKind, StructureKind
from pathway.kernel.errors import Refused
from pathway.web.forms import SelectChoice

KINDS: dict[str, StructureKind | SensitiveKind] = {kind.value: kind for kind in (*ORDINARY_KINDS, *SensitiveKind)}
ORDINARY_CHOICES = [SelectChoice(kind.value, kind.label) for kind in ORDINARY_KINDS]
CHOICES = (
    *(SelectChoice(kind.value, kind.label, optgroup="Structures ordinaires") for kind in ORDINARY_KINDS),
    *(SelectChoice(kind.value, kind.label, optgroup="Structures sensibles : scellées") for kind in SensitiveKind),
)
IS_ANOTHER = "C’est bien une autre structure"


def same_name(known: str) -> Refused:
    """What is said once of a name that « Nom (code) » has already."""
    return Refused(f"{known} porte déjà ce nom. Si c’est une autre structure, cochez la case.", field="name")
