"""Answers: read from what people and files write, kept in one shape, shown in French."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from datetime import date

import phonenumbers
from email_validator import EmailNotValidError, validate_email

from pathway.casework.records.vocabulary import Item, ItemType
from pathway.kernel.errors import Invalid
from pathway.kernel.languages import gettext as _
from pathway.kernel.languages import marked
from pathway.kernel.wording import listed, said_date, said_month
from pathway.reference import rome_label

Value = str | int | bool | list[str]

_BAD_PHONE = marked("Ce numéro de téléphone ne se lit pas : il faut dix chiffres, ou l’indicatif du pays.")
_AS_TYPED = frozenset({ItemType.TEXT, ItemType.EMAIL, ItemType.PHONES, ItemType.ROME})
_YES = frozenset({"oui", "yes", "true"})
_NO = frozenset({"non", "no", "false"})
_YEAR_FIRST = re.compile(r"([0-9]{4})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})(?:[T ][0-9]{1,2}:\S{1,20})?")
_DAY_FIRST = re.compile(r"([0-9]{1,2})[-/. ]([0-9]{1,2})[-/. ]([0-9]{4})(?:[T ][0-9]{1,2}:\S{1,20})?")
_SHORT_YEAR = re.compile(r"[0-9]{1,2}[-/. ][0-9]{1,2}[-/. ][0-9]{2}")
_PHONE_SIGNS = re.compile(r"\(0\)|[\s.\-/()_,']")
_ARABIC_SIGNS = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹،؛", "01234567890123456789,;")
_FRENCH_PHONE = re.compile(r"(?:\+33|0033|0)([1-9][0-9]{8})")
_OVERSEAS_PHONE = re.compile(r"\+(262|590|594|596)([1-9][0-9]{8})")
_OVERSEAS = {
    **dict.fromkeys(("262", "263", "269", "639", "692", "693"), "262"),
    **dict.fromkeys(("590", "690", "691"), "590"),
    **dict.fromkeys(("594", "694"), "594"),
    **dict.fromkeys(("596", "696", "697"), "596"),
}
_FRENCH_PREFIXES = ("+33", *(f"+{code}" for code in sorted(set(_OVERSEAS.values()))))


def check_value(item: Item, raw: object) -> Value:
    """The answer as it is kept (JSON: text, number, yes/no or list of texts); `Invalid` names the item's key."""
    try:
        return _CHECKS[item.type](item, raw)
    except Invalid as refusal:
        raise Invalid(refusal.sentence, field=item.key) from None


def shown(item: Item, value: Value | None) -> str:
    """The answer as a person reads it; « non renseigné » when there is none, which is never « Non » nor « aucun ».

    In the language spoken, but for what was typed and for the names of jobs.
    """
    if value is None or value == []:
        return _(item.unknown)
    if isinstance(value, bool):
        return _("Oui") if value else _("Non")
    if isinstance(value, list):
        return listed([_shown_one(item, one) for one in value])
    return _shown_one(item, str(value))


def is_as_typed(item: Item) -> bool:
    """Whether its answers are somebody's own words, or names of jobs: the same whatever the language."""
    return item.type in _AS_TYPED


def clean_text(raw: object, *, limit: int) -> str:
    """One line of text in NFC, without control signs; `Invalid` when empty or longer than `limit` characters."""
    if not isinstance(raw, str):
        raise Invalid(marked("Écrivez la réponse en toutes lettres."))
    if len(raw) > 4 * limit + 1000:
        raise Invalid(_too_long(limit))
    line = " ".join(unicodedata.normalize("NFC", raw).split())
    text = line if line.isprintable() else _without_controls(line)
    if not text:
        raise Invalid(marked("Cette réponse est vide."))
    if len(text) > limit:
        raise Invalid(_too_long(limit))
    return text


def western(text: str) -> str:
    """The same text with French figures, commas and semicolons, when it was typed on an Arabic keyboard."""
    return text.translate(_ARABIC_SIGNS)


def read_date(text: str) -> date:
    """The day written 1997-04-22, 22/04/1997, 22-04-1997, 22.04.1997 or 1997/04/22, with or without a time."""
    text = western(text).strip()
    if found := _YEAR_FIRST.fullmatch(text):
        return _existing_day(int(found[1]), int(found[2]), int(found[3]))
    if found := _DAY_FIRST.fullmatch(text):
        return _existing_day(int(found[3]), int(found[2]), int(found[1]))
    if _SHORT_YEAR.fullmatch(text):
        raise Invalid(marked("L’année doit avoir quatre chiffres, par exemple 22/04/1997."))
    raise Invalid(marked("Cette date ne se lit pas. Écrivez jour, mois, année, par exemple 22/04/1997."))


def read_phone(text: str) -> str:
    """The phone number in E.164 (+33601020304); ten digits are French, other countries need their prefix."""
    signs = _PHONE_SIGNS.sub("", western(text[:60]))
    if found := _FRENCH_PHONE.fullmatch(signs):
        return f"+{_OVERSEAS.get(found[1][:3], '33')}{found[1]}"
    if (found := _OVERSEAS_PHONE.fullmatch(signs)) and _OVERSEAS.get(found[2][:3]) == found[1]:
        return signs  # as this function gives it: what is kept can be read again
    if signs.startswith("00"):
        signs = f"+{signs[2:]}"
    if signs.startswith("+") and not signs.startswith("+33"):
        return _foreign_phone(signs)
    raise Invalid(_BAD_PHONE)


def read_email(text: str) -> str:
    """The e-mail address in lower case; nothing is asked of the network."""
    try:
        # The seeded town's addresses end in .test, reserved for that by RFC 2606.
        found = validate_email(text.strip()[:320], check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        raise Invalid(marked("Cette adresse e-mail n’est pas complète. Exemple : prenom.nom@exemple.fr.")) from None
    return found.normalized.lower()


def _too_long(limit: int) -> str:
    return _("Cette réponse est trop longue : %(limit)s caractères au plus.", limit=limit)


def _without_controls(line: str) -> str:
    return "".join(sign for sign in line if not unicodedata.category(sign).startswith("C")).strip()


def _existing_day(year: int, month: int, day: int) -> date:
    if not 1 <= month <= 12:
        raise Invalid(marked("Ce mois n’existe pas : il va de 1 à 12. Écrivez d’abord le jour, puis le mois."))
    if not 1 <= day <= 31:
        raise Invalid(marked("Ce jour n’existe pas : il va de 1 à 31."))
    if year == 0:
        raise Invalid(marked("Cette année n’existe pas. Vérifiez l’année."))
    try:
        return date(year, month, day)
    except ValueError:
        raise Invalid(_no_such_day(month, day)) from None


def _no_such_day(month: int, day: int) -> str:
    name = said_month(date(2000, month, 1)).partition(" ")[0]
    if (month, day) == (2, 29):
        return _("Le %(day)s %(month)s n’existe pas cette année-là. Vérifiez le jour.", day=day, month=name)
    return _("Le %(day)s %(month)s n’existe pas. Vérifiez le jour.", day=day, month=name)


def _foreign_phone(signs: str) -> str:
    try:
        number = phonenumbers.parse(signs, None)
    except phonenumbers.NumberParseException:
        raise Invalid(_BAD_PHONE) from None
    if not phonenumbers.is_valid_number(number):
        raise Invalid(_BAD_PHONE)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _check_text(item: Item, raw: object) -> Value:
    return clean_text(raw, limit=item.limit)


def _check_date(item: Item, raw: object) -> Value:
    if type(raw) is date:
        return raw.isoformat()
    return read_date(clean_text(raw, limit=item.limit)).isoformat()


def _check_choice(item: Item, raw: object) -> Value:
    # A retired answer, known already, may be said again.
    if raw not in list(dict((*item.choices, *item.retired))):
        raise Invalid(marked("Ce choix n’existe pas. Choisissez dans la liste."))
    return str(raw)


def _check_choices(item: Item, raw: object) -> Value:
    asked = _several(raw)
    codes = list(dict(item.choices))
    if not set(asked) <= set(codes):
        raise Invalid(marked("Un de ces choix n’existe pas. Choisissez dans la liste."))
    if "none" in asked and len(set(asked)) > 1:
        none = dict(item.choices)["none"]
        sentence = _("« %(none)s » ne va pas avec une autre réponse : gardez l’une ou l’autre.", none=_(none))
        raise Invalid(sentence)
    return [code for code in codes if code in asked]


def _check_number(item: Item, raw: object) -> Value:
    text = western(str(raw)).strip() if isinstance(raw, int | str) and not isinstance(raw, bool) else ""
    if not (text.isascii() and text.isdigit() and len(text) <= 9 and int(text) <= item.limit):
        raise Invalid(_("Écrivez un nombre entier, de 0 à %(most)s.", most=item.limit))
    return int(text)


def _check_phones(item: Item, raw: object) -> Value:
    numbers = dict.fromkeys(read_phone(one) for one in _several(raw))
    return _bounded(item, numbers, marked("Gardez %(most)s numéros au plus."))


def _check_email(item: Item, raw: object) -> Value:
    return read_email(clean_text(raw, limit=max(item.limit, 320)))


def _check_yes_no(item: Item, raw: object) -> Value:
    if isinstance(raw, bool):
        return raw
    word = raw.strip().casefold() if isinstance(raw, str) else ""
    if word in [code for code, _ in item.choices]:
        return word
    if word not in _YES | _NO:
        raise Invalid(marked("Répondez par oui ou par non."))
    return word in _YES


def _check_rome(item: Item, raw: object) -> Value:
    codes = dict.fromkeys(one.strip().upper() for one in _several(raw))
    if any(rome_label(code) is None for code in codes):
        raise Invalid(marked("Ce code de métier n’existe pas : une lettre et quatre chiffres, par exemple N1104."))
    return _bounded(item, codes, marked("Gardez %(most)s métiers au plus."))


def _check_postcode(item: Item, raw: object) -> Value:
    text = "".join(western(raw).split()) if isinstance(raw, str) else ""
    if not (len(text) == 5 and text.isascii() and text.isdigit()):
        raise Invalid(marked("Un code postal a cinq chiffres, par exemple 35000."))
    return text


def _several(raw: object) -> list[str]:
    given = [raw] if isinstance(raw, str) else raw
    if not isinstance(given, list | tuple) or not given or not all(isinstance(one, str) for one in given):
        raise Invalid(marked("Choisissez au moins une réponse."))
    return [one for one in given if isinstance(one, str)]


def _bounded(item: Item, values: Iterable[str], sentence: str) -> list[str]:
    kept = list(values)
    if len(kept) > item.limit:
        raise Invalid(_(sentence, most=item.limit))
    return kept


_CHECKS: Mapping[ItemType, Callable[[Item, object], Value]] = {
    ItemType.TEXT: _check_text,
    ItemType.DATE: _check_date,
    ItemType.CHOICE: _check_choice,
    ItemType.CHOICES: _check_choices,
    ItemType.NUMBER: _check_number,
    ItemType.PHONES: _check_phones,
    ItemType.EMAIL: _check_email,
    ItemType.YES_NO: _check_yes_no,
    ItemType.ROME: _check_rome,
    ItemType.LEVEL: _check_choice,
    ItemType.POSTCODE: _check_postcode,
}


def _shown_one(item: Item, value: str) -> str:
    if item.type is ItemType.DATE:
        return said_date(date.fromisoformat(value))
    if item.type is ItemType.PHONES:
        return _shown_phone(value)
    if item.type is ItemType.ROME:
        return f"{rome_label(value) or _('Métier')} ({value})"
    label = dict((*item.choices, *item.retired)).get(value)
    return _(label) if label else value


def _shown_phone(value: str) -> str:
    # French numbers, overseas ones too, are dialled with ten digits from one another.
    prefix = next((code for code in _FRENCH_PREFIXES if value.startswith(code) and len(value) == len(code) + 9), None)
    if prefix:
        digits = f"0{value[len(prefix) :]}"
        return " ".join(digits[start : start + 2] for start in range(0, 10, 2))
    try:
        number = phonenumbers.parse(value, None)
    except phonenumbers.NumberParseException:
        return value  # of a structure outside: kept as it was typed
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
