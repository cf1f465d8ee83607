"""Cells of files coming in: what other tools write, put in the shapes of the data dictionary."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from functools import cache

from pathway.casework.records.catalogue import Item, ItemType, Value, check_value, item
from pathway.casework.records.spelling import glued, normalise
from pathway.casework.records.values import clean_text, read_date, read_phone
from pathway.kernel.errors import Invalid
from pathway.reference import levels, rome_jobs

LONGEST_CELL = 100_000
_NOTHING = frozenset({"", "nr", "nc", "nonrenseigne", "nonconnu", "inconnu", "nesaitpas", "na", "null", "none", "vide"})
_YES = frozenset({"oui", "o", "yes", "y", "vrai", "true", "1", "x"})
_NO = frozenset({"non", "n", "no", "faux", "false", "0"})
# Source of the shape: décret 82-103 (sex, year, month, département, commune, order, then a key of two digits).
_NIR = re.compile(
    r"(?<![0-9+])[1-8][ .\-]?[0-9]{2}[ .\-]?(?:0[1-9]|1[0-2]|[2-35-9][0-9]|4[0-2])[ .\-]?(?:0[1-9]|[1-9][0-9]|2[AaBb])"
    r"[ .\-]?(?!000)[0-9]{3}[ .\-]?(?!000)[0-9]{3}(?:[ .\-]?[0-9]{2})?(?![0-9])"
)
_FIFTEEN_DIGITS = re.compile(r"(?<![0-9])[1-9](?:[ .\-]?[0-9]){14}(?![0-9])")
_SERIAL = re.compile(r"([1-9][0-9]{4})(?:[.,][0-9]{1,12})?")
_SERIAL_ZERO = date(1899, 12, 30)
# Never both: no month is the 19th or the 20th.
_YEAR_IN_A_ROW = re.compile(r"((?:19|20)[0-9]{2})(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01])(?:[.,]0{1,10})?")
_DAY_IN_A_ROW = re.compile(r"(0[1-9]|[12][0-9]|3[01])(0[1-9]|1[0-2])((?:19|20)[0-9]{2})(?:[.,]0{1,10})?")
_SPELLED = re.compile(r"(?:[a-z]{5,8}\.? )?([0-9]{1,2})(?:er|e)? ([a-z]{3,9}) ([0-9]{4})")
_MONTHS = {
    "janvier": 1,
    "fevrier": 2,
    "mars": 3,
    "avril": 4,
    "mai": 5,
    "juin": 6,
    "juillet": 7,
    "aout": 8,
    "septembre": 9,
    "octobre": 10,
    "novembre": 11,
    "decembre": 12,
}
_FLOAT = re.compile(r"([0-9]{1,20})[.,]0{1,10}")
_NUMBER = re.compile(r"([0-9]{1,6})(?:[.,]0{1,10})?\s{0,5}(?:km|kms|kilomètres?|h|heures?)?", re.IGNORECASE)
_PHONE_MARKS = re.compile(r"[,/;|\n\r]|\bou\b|\bet\b|(?<=[0-9]{9})\s(?=[+0])")
_LIST_MARKS = re.compile(r"[,/;|\n\r]")
_ROME_CODE = re.compile(r"\b[A-N][0-9]{4}\b")
# What the tools met in the field write for our codes; letters and digits only.
_ALIASES: Mapping[str, Mapping[str, str]] = {
    "situation": {
        "rechercheemploi": "seeking_job",
        "demandeurdemploi": "seeking_job",
        "rechercheformation": "seeking_training",
        "recherchealternance": "seeking_apprenticeship",
        "recherchestage": "seeking_internship",
        "constructionprojet": "building_project",
        "projetentrepreneurial": "founding_business",
        "creationentreprise": "founding_business",
        "formation": "in_training",
        "stage": "internship",
        "alternance": "apprenticeship",
        "servicecivique": "civic_service",
        "emploi": "employed",
        "cdi": "permanent_job",
        "cdd": "fixed_term_job",
        "interim": "temporary_job",
        "iae": "iae_job",
        "entrepreneur": "self_employed",
    },
    "rsa": {
        "rsademandeenattente": "pending",
        "rsadroitouvertversable": "open",
        "rsadroitouvertetsuspendu": "open",
        "rsadroitouvertversementsuspendu": "open",
        "rsaclos": "none",
        "rsaclosanterieur": "none",
        "rsarefuse": "none",
        "o": "open",
        "n": "none",
    },
    "obstacles": {"aucun": "none", "aucune": "none", "aucunfrein": "none", "non": "none"},
    "mobility_zone": {"less10": "10", "between1020": "20", "between2030": "30", "plus30": "30"},
    "driving_licences": {"oui": "b", "permisb": "b", "non": "none", "aucun": "none", "encours": "learning"},
    "vehicles": {
        "oui": "car",
        "non": "none",
        "velo": "bike",
        "trottinette": "bike",
        "scooter": "moped",
        "moto": "moped",
    },
    "education_level": {
        "cap": "level_3",
        "bep": "level_3",
        "capbep": "level_3",
        "bac": "level_4",
        "bac2": "level_5",
        "bac3": "level_6",
        "bac4": "level_6",
        "bac5": "level_7",
    },
}


# What stands where a social security number was, in rows kept until they are brought in.
NIR_TAKEN_OUT = "[numéro de sécurité sociale]"


def says_nothing(text: str) -> bool:
    """Whether the cell is empty or says that nothing is known (« NR », « non renseigné », « - »)."""
    return len(text) <= 20 and glued(text) in _NOTHING


def holds_nir(text: str) -> bool:
    """Whether a social security number seems to stand in that text: its shape, or fifteen digits whose key agrees.

    Fourteen digits are never one: our card numbers and those of establishments (SIRET) have fourteen. Nor is a number
    after a « + », which is a telephone's.
    """
    if len(text) < 13:
        return False
    has_shape = text == NIR_TAKEN_OUT or _NIR.search(text) is not None
    return has_shape or any(_key_agrees(found[0]) for found in _FIFTEEN_DIGITS.finditer(text))


def without_nir_in(text: str) -> str:
    """That text, NIR_TAKEN_OUT in place of each social security number that seems to stand in it."""
    if not holds_nir(text):
        return text
    text = _NIR.sub(NIR_TAKEN_OUT, text)
    return _FIFTEEN_DIGITS.sub(lambda found: NIR_TAKEN_OUT if _key_agrees(found[0]) else found[0], text)


def names_nir(header: str) -> bool:
    """Whether a header announces social security numbers."""
    words = set(normalise(header).split())
    return bool(words & {"nir", "nss", "secu"}) or {"securite", "sociale"} <= words


def read_day(text: str) -> tuple[date, bool]:
    """The day of a cell, and whether it came as a spreadsheet's count of days (35940 is 25 May 1998).

    Besides what people type: 19900201, 01021990, « 1er février 1990 », « jeudi 1 févr. 1990 ».
    """
    text = text[:60].strip()
    if found := _SERIAL.fullmatch(text):
        return _SERIAL_ZERO + timedelta(days=int(found[1])), True
    if found := _YEAR_IN_A_ROW.fullmatch(text):
        text = f"{found[1]}-{found[2]}-{found[3]}"
    elif found := _DAY_IN_A_ROW.fullmatch(text):
        text = f"{found[1]}/{found[2]}/{found[3]}"
    elif any(sign.isalpha() for sign in text):
        text = _spelled(text) or text
    return read_date(text), False


def read_phones(text: str) -> tuple[list[str], int]:
    """Phones of a cell in E.164 without repeats, and how many pieces could not be read."""
    if len(text) > LONGEST_CELL:
        return [], 1
    pieces = [text] if _is_one_phone(text) else [piece for piece in _PHONE_MARKS.split(text) if piece.strip()]
    read = [_phone(piece) for piece in pieces]
    return list(dict.fromkeys(phone for phone in read if phone)), read.count("")


def read_cell(asked: Item, text: str) -> Value:
    """The answer of a cell, in the dictionary's shape; `Invalid` says what is wrong without repeating the cell."""
    if len(text) > LONGEST_CELL:
        raise Invalid("Cette cellule dépasse 100 000 caractères.")
    return check_value(asked, _READERS.get(asked.type, _as_text)(asked, text.strip()))


def _spelled(text: str) -> str:
    """« 1er février 1990 » as 1/2/1990; empty when it is not a day with its month in letters."""
    found = _SPELLED.fullmatch(normalise(text))
    named = [number for name, number in _MONTHS.items() if found and name.startswith(found[2])]
    return f"{found[1]}/{named[0]}/{found[3]}" if found and len(named) == 1 else ""


def _key_agrees(text: str) -> bool:
    digits = "".join(sign for sign in text if sign.isdigit())
    return 97 - int(digits[:13]) % 97 == int(digits[13:])


def _is_one_phone(text: str) -> bool:
    return len(text) <= 40 and re.fullmatch(r"0[0-9]{9}", re.sub(r"[^0-9+]", "", text)) is not None


def _phone(piece: str) -> str:
    try:
        return read_phone(_mended_phone(piece))
    except Invalid:
        return ""


def _mended_phone(piece: str) -> str:
    """Spreadsheets keep phones as numbers: the leading zero is lost, « .0 » is added."""
    text = _whole(piece.strip())
    digits = re.sub(r"[ .\-]", "", text)
    if re.fullmatch(r"[1-9][0-9]{8}", digits):
        return f"0{digits}"
    return f"+{digits}" if re.fullmatch(r"33[1-9][0-9]{8}", digits) else text


def _whole(text: str) -> str:
    found = _FLOAT.fullmatch(text)
    return found[1] if found else text


def _as_text(asked: Item, text: str) -> object:
    return _whole(text)


def _as_date(asked: Item, text: str) -> object:
    return read_day(text)[0]


def _as_yes_no(asked: Item, text: str) -> object:
    word = glued(text)
    if word in _codes(asked.key):
        return _codes(asked.key)[word]
    if word not in _YES | _NO:
        raise Invalid("Oui ou non était attendu.")
    return word in _YES


def _as_number(asked: Item, text: str) -> object:
    text = _ALIASES.get(asked.key, {}).get(glued(text), text)
    found = _NUMBER.fullmatch(text)
    return found[1] if found else text


def _as_choice(asked: Item, text: str) -> object:
    code = _codes(asked.key).get(glued(text))
    if code is None:
        raise Invalid("Cette réponse n’est pas dans la liste de la carte.")
    return code


def _as_choices(asked: Item, text: str) -> object:
    return [_as_choice(asked, piece) for piece in _LIST_MARKS.split(text) if glued(piece)]


def _as_rome(asked: Item, text: str) -> object:
    codes = list(dict.fromkeys(_ROME_CODE.findall(text.upper())))
    if codes:
        return codes
    named = [code for code, label in rome_jobs().items() if glued(label) == glued(text)]
    if not named:
        raise Invalid("Aucun code de métier dans cette cellule : une lettre et quatre chiffres, par exemple N1104.")
    return named


def _as_postcode(asked: Item, text: str) -> object:
    digits = "".join(_whole(text).split())
    return digits.zfill(5) if re.fullmatch(r"[0-9]{4}", digits) else digits


def _as_email(asked: Item, text: str) -> object:
    """The first address of the cell: a second one is rare, and the person gives it if she wants it used."""
    pieces = [piece for piece in re.split(r"[,;/\s]", clean_text(text, limit=1000)) if piece]
    return pieces[0] if pieces else text


_READERS: Mapping[ItemType, Callable[[Item, str], object]] = {
    ItemType.DATE: _as_date,
    ItemType.YES_NO: _as_yes_no,
    ItemType.NUMBER: _as_number,
    ItemType.CHOICE: _as_choice,
    ItemType.LEVEL: _as_choice,
    ItemType.CHOICES: _as_choices,
    ItemType.ROME: _as_rome,
    ItemType.POSTCODE: _as_postcode,
    ItemType.EMAIL: _as_email,
}


@cache
def _codes(key: str) -> Mapping[str, str]:
    asked = item(key)
    codes = {glued(label): code for code, label in asked.choices} | {glued(code): code for code, _ in asked.choices}
    if asked.type is ItemType.LEVEL:
        codes |= {glued(level.source_code): level.code for level in levels()}
    return codes | dict(_ALIASES.get(key, {}))


def without_nir(titles: Sequence[str], cells: Sequence[str]) -> list[str]:
    """Those cells with nothing where a social security number is: what is kept of a file holds none."""
    announced = [place for place, title in enumerate(titles) if names_nir(title)]
    kept = [NIR_TAKEN_OUT if len(cell) >= 13 and holds_nir(cell) else cell for cell in cells]
    for place in announced:
        if place < len(kept):
            kept[place] = ""
    return kept
