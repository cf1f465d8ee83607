"""What the forms of a structure share: the kinds offered, where it receives, and what is said of a name that another
one has."""

from wtforms import TextAreaField

from pathway.casework.partners.rules import ORDINARY_KINDS, SensitiveKind, StructureKind, read_address
from pathway.kernel.errors import Invalid, Refused
from pathway.web.forms import CarteForm, SelectChoice

KINDS: dict[str, StructureKind | SensitiveKind] = {kind.value: kind for kind in (*ORDINARY_KINDS, *SensitiveKind)}
ORDINARY_CHOICES = [SelectChoice(kind.value, kind.label) for kind in ORDINARY_KINDS]
CHOICES = (
    *(SelectChoice(kind.value, kind.label, optgroup="Structures ordinaires") for kind in ORDINARY_KINDS),
    *(SelectChoice(kind.value, kind.label, optgroup="Structures sensibles : scellées") for kind in SensitiveKind),
)
IS_ANOTHER = "C’est bien une autre structure"


class AddressForm(CarteForm):
    """Where a structure receives; may be left empty."""

    address = TextAreaField(
        "Adresse",
        description="La rue, puis la ville. La personne la lit avec ses rendez-vous sur place.",
    )

    def read_where(self, kind: str | None) -> None:
        """Keep the address as it will be kept, or refuse it beside its field; `kind`: the one chosen, if any."""
        try:
            is_secret = isinstance(KINDS.get(kind or ""), SensitiveKind)
            self.address.data = read_address(self.address.data or "", is_sensitive=is_secret)
        except (Invalid, Refused) as refusal:
            self.refuse(refusal)


def same_name(known: str) -> Refused:
    """What is said once of a name that « Nom (code) » has already."""
    return Refused(f"{known} porte déjà ce nom. Si c’est une autre structure, cochez la case.", field="name")
