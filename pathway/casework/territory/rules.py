"""The settings a territory changes on screens: what each may hold, and what it says where it is read."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from pathway.kernel.choice import Choice
from pathway.kernel.errors import Invalid, Refused

LONGEST = 200
YES = "yes"
_EMAIL = re.compile(r"[^\s@<>]+@[^\s@<>]+\.[^\s@<>]+")
_PHONE = re.compile(r"(?:\+[0-9]{2,3} ?)?[0-9](?:[ .-]?[0-9]){2,13}")


class Setting(Choice):
    """One thing a territory decides."""

    NAME = "name", "Nom du territoire"
    HELP_WHO = "help_who", "À qui demander de l’aide"
    HELP_PHONE = "help_phone", "Téléphone de l’aide"
    HELP_EMAIL = "help_email", "Adresse électronique de l’aide"
    RIGHTS_CONTACT = "rights_contact", "À qui écrire pour ses droits"
    ACCESS_NAMES = "access_names", "Nommer les professionnels dans « Qui a regardé »"
    RETENTION_ACTIVE = "retention_active", "Mois de dossier actif après le dernier contact"
    RETENTION_ARCHIVE = "retention_archive", "Mois d’archive avant l’effacement"
    RETENTION_NOTICE = "retention_notice", "Jours de préavis avant l’effacement"

    @property
    def is_yes_or_no(self) -> bool:
        """Whether it is held as `yes` or empty."""
        return self is Setting.ACCESS_NAMES


# Setting → least, most, and what holds where nothing was decided. Longer than the law’s two and two years would need
# a reason of the territory’s own (CNIL, délibération 2023-095).
NUMBERS: Mapping[Setting, tuple[int, int, int]] = {
    Setting.RETENTION_ACTIVE: (3, 24, 24),
    Setting.RETENTION_ARCHIVE: (1, 24, 24),
    Setting.RETENTION_NOTICE: (30, 90, 30),
}


@dataclass(frozen=True, kw_only=True)
class Contact:
    """How a territory is called and reached; each is empty when it has not said it."""

    name: str = ""
    who: str = ""
    phone: str = ""
    email: str = ""
    rights: str = ""

    @property
    def is_reached(self) -> bool:
        """Whether there is somebody to ask."""
        return bool(self.who or self.phone or self.email)

    @property
    def reach(self) -> str:
        """« Maison de l’emploi, 02 99 00 00 00, aide@valmer.example », empty when nothing was said."""
        return ", ".join(one for one in (self.who, self.phone, self.email) if one)


def contact_of(values: Mapping[Setting, str], *, name: str) -> Contact:
    """The contact those settings make; `name`: what the territory is called where it has not said it."""
    return Contact(
        name=values.get(Setting.NAME) or name,
        who=values.get(Setting.HELP_WHO, ""),
        phone=values.get(Setting.HELP_PHONE, ""),
        email=values.get(Setting.HELP_EMAIL, ""),
        rights=values.get(Setting.RIGHTS_CONTACT, ""),
    )


def read_value(setting: Setting, typed: str) -> str:
    """The value as it is kept, empty for the default; `Invalid` (field `value`) otherwise."""
    value = " ".join(typed.split())
    if len(value) > LONGEST:
        raise Invalid(f"Écrivez {LONGEST} caractères au plus.", field="value")
    if not value.isprintable():
        raise Invalid("Écrivez sur une seule ligne, sans caractère invisible.", field="value")
    if setting.is_yes_or_no and value not in ("", YES):
        raise Invalid("Choisissez oui ou non.", field="value")
    if value and setting in NUMBERS:
        least, most, _ = NUMBERS[setting]
        if not value.isascii() or not value.isdigit() or not least <= int(value) <= most:
            raise Invalid(f"Écrivez un nombre entier, de {least} à {most}.", field="value")
        return str(int(value))
    if value and setting is Setting.HELP_EMAIL and not _EMAIL.fullmatch(value):
        raise Invalid("Écrivez une adresse électronique, par exemple aide@carte.example.", field="value")
    if value and setting is Setting.HELP_PHONE and not _PHONE.fullmatch(value):
        raise Invalid("Écrivez un numéro de téléphone, par exemple 02 99 00 00 00.", field="value")
    return value


def read_change(setting: Setting, typed: str, *, held: str) -> str:
    """The value as it will be kept; `Invalid` for one it cannot have, `Refused` for the one it has (field `value`).

    `held`: the value decided last, empty for the default.
    """
    value = read_value(setting, typed)
    if value == held:
        raise Refused("Rien ne change : c’est déjà la valeur de ce réglage.", field="value")
    return value
