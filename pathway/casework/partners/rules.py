"""Closed lists of the partner network: kinds of structures, roles of professionals; how structures are called."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from pathway.kernel.choice import Choice
from pathway.kernel.errors import Invalid, Refused
from pathway.kernel.languages import marked

LONGEST_ABSENCE_DAYS = 366
LONGEST_CODE, LONGEST_NAME, LONGEST_ADDRESS = 40, 120, 200
# What a code must not say of a sensitive structure; up to four letters, only as a whole part of the code.
_TELLING = frozenset(
    {"addict", "alcool", "ase", "caarud", "chrs", "cmp", "csapa", "drogue", "enfance", "foyer", "handicap", "justice"}
    | {"hebergement", "judiciaire", "prison", "probation", "psy", "sante", "sida", "spip", "toxico", "urgence"}
    | {"victime", "vih", "violence"}
)
_SHORT_WORD = 4
# What the words of an exit reason must not say of a life: the houses above, but those whose names are trades too.
_OF_A_LIFE = (_TELLING - {"enfance", "foyer", "urgence"}) | frozenset(
    {"condamn", "detention", "detenu", "ecrou", "grossesse", "incarcer", "malad", "maternite", "penitentiaire", "tig"}
)
_CODE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


class StructureKind(Choice):
    """What a partner structure is."""

    EMPLOYMENT_DESK = "employment_desk", "Point Accueil Emploi"
    PLIE = "plie", "PLIE"
    LOCAL_MISSION = "local_mission", "Mission locale"
    FRANCE_TRAVAIL = "france_travail", "France Travail"
    CCAS = "ccas", "CCAS"
    SIAE = "siae", "Structure d’insertion par l’activité économique"
    ASSOCIATION = "association", "Association"
    TRAINING_CENTRE = "training_centre", "Organisme de formation"
    BUSINESS_SUPPORT = "business_support", "Accompagnement à la création d’entreprise"
    TERRITORY = "territory", "Coordination du territoire"


class SensitiveKind(Choice):
    """What a structure is whose very name would say something of whoever goes there. Sealed with its name."""

    ADDICTION_CARE = "addiction_care", "Soin des addictions"
    PROBATION = "probation", "Suivi de justice"
    CHILD_PROTECTION = "child_protection", "Protection de l’enfance"
    SHELTER = "shelter", "Hébergement d’urgence"
    VIOLENCE_SUPPORT = "violence_support", "Aide aux victimes de violences"
    MENTAL_HEALTH = "mental_health", "Santé mentale"


class StructureState(Choice):
    """Whether a structure still works with the others."""

    ACTIVE = "active", "Active"
    CLOSED = "closed", "Fermée"


class Role(Choice):
    """Who one is when one acts. A professional holds one role per membership."""

    COUNSELLOR = "counsellor", marked("Conseiller·ère")
    SUPERVISOR = "supervisor", marked("Responsable")
    REVIEWER = "reviewer", marked("Personne habilitée à la revue des doublons")
    COORDINATOR = "coordinator", marked("Coordination territoriale")
    OPERATOR = "operator", marked("Exploitation")
    JOBSEEKER = "jobseeker", marked("Personne accompagnée")


# The kinds an operator gives on a screen: a territory has one coordination, put up on the server when it is installed.
ORDINARY_KINDS = tuple(kind for kind in StructureKind if kind is not StructureKind.TERRITORY)


def read_code(typed: str) -> str:
    """The code of a structure or a scheme, as files and commands call it; `Invalid` (field `code`) otherwise."""
    code = typed.strip()
    if len(code) > LONGEST_CODE or not _CODE.fullmatch(code):
        raise Invalid(
            f"Il faut des minuscules sans accent, des chiffres et des tirets, {LONGEST_CODE} au plus.", field="code"
        )
    return code


def read_name(typed: str) -> str:
    """The name of a structure or a scheme, without spaces around it; `Invalid` (field `name`) otherwise."""
    name = " ".join(typed.split())
    if not 0 < len(name) <= LONGEST_NAME:
        raise Invalid(f"Écrivez un nom de 1 à {LONGEST_NAME} caractères.", field="name")
    return name


def read_address(typed: str, *, is_sensitive: bool = False) -> str:
    """Where a structure receives, in one or two lines without spaces around them; perhaps empty.

    `Invalid` (field `address`) beyond, `Refused` for one of a sensitive structure: it would say who goes there.
    """
    lines = [" ".join(line.split()).strip(" ,") for line in typed.splitlines()]
    address = "\n".join(line for line in lines if line)
    if len(address) > LONGEST_ADDRESS or address.count("\n") > 1:
        raise Invalid(f"Écrivez une ou deux lignes, {LONGEST_ADDRESS} caractères en tout au plus.", field="address")
    if address and is_sensitive:
        raise Refused(
            "Une structure sensible n’a pas d’adresse ici : elle dirait qui y va. Laissez-la vide.", field="address"
        )
    return address


def name_key(name: str) -> str:
    """What two names share when only case, accents, spaces and punctuation tell them apart."""
    letters = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", name).casefold())
    plain = "".join(sign for sign in letters if not unicodedata.combining(sign))
    return " ".join("".join(sign if sign.isalnum() else " " for sign in plain).split())


def tells(code: str, name: str) -> bool:
    """Whether the code of a sensitive structure seems to say what it is: a word of its name, or of such houses."""
    words = {word for word in name_key(name).split() if len(word) >= _SHORT_WORD} | _TELLING
    parts = set(code.split("-"))
    return any(word in parts or (len(word) > _SHORT_WORD and word in code) for word in words)


def telling_word(text: str) -> str:
    """The first word of a text that would say something of somebody’s health, private life or justice; empty if none.

    The same words as the codes of structures, and as many more that name a state rather than a house.
    """
    for part in name_key(text).split():
        if part in _OF_A_LIFE or any(len(word) > _SHORT_WORD and part.startswith(word) for word in _OF_A_LIFE):
            return part
    return ""


def is_habilitated(*, from_on: date, until_on: date | None, today: date) -> bool:
    """Whether a membership holds on that day; both ends are included."""
    return from_on <= today and (until_on is None or today <= until_on)


@dataclass(frozen=True, kw_only=True)
class Away:
    """Days on which somebody is away, both included, and who stands in (None: the structure's queue)."""

    account_id: str
    from_on: date
    until_on: date
    stand_in_id: str | None


def check_absence(asked: Away, known: Iterable[Away], *, today: date) -> None:
    """Refuse days that are past, over a year, already declared, or a stand-in who is away too.

    `known`: the absences of the structure that stand. A stand-in is asked for the whole time.
    """
    if asked.until_on < asked.from_on:
        raise Invalid("Le dernier jour est avant le premier. Vérifiez les deux dates.", field="until_on")
    if asked.until_on < today:
        raise Refused("Ces jours sont passés : une absence se déclare à l’avance.", field="until_on")
    if asked.until_on > asked.from_on + timedelta(days=LONGEST_ABSENCE_DAYS):
        raise Refused(
            "Une absence dure un an au plus. Au-delà, confiez les personnes à un·e collègue.", field="until_on"
        )
    if asked.stand_in_id == asked.account_id:
        raise Refused("Choisissez quelqu’un d’autre que la personne absente.", field="stand_in_id")
    together = [one for one in known if one.from_on <= asked.until_on and asked.from_on <= one.until_on]
    if any(one.account_id == asked.account_id for one in together):
        raise Refused("Une absence est déjà déclarée pour une partie de ces jours.", field="from_on")
    if any(one.account_id == asked.stand_in_id for one in together):
        raise Refused("Cette personne est absente elle aussi, au moins un de ces jours.", field="stand_in_id")
    if any(one.stand_in_id == asked.account_id for one in together):
        raise Refused(
            "Ces jours-là, la personne remplace déjà quelqu’un. Changez d’abord ce remplacement.", field="from_on"
        )


def stand_ins(known: Iterable[Away], *, on: date) -> dict[str, str | None]:
    """Who is away on that day → who stands in, None for the queue."""
    return {one.account_id: one.stand_in_id for one in known if one.from_on <= on <= one.until_on}
