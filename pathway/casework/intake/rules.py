"""What a file coming in gives: columns recognised, people read, little refused, every refusal explained."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from pathway.casework.intake.cells import holds_nir, names_nir, read_cell, read_day, read_phones, says_nothing
from pathway.casework.records.catalogue import CATALOGUE, item
from pathway.casework.records.headers import ADDRESS_COMPLEMENTS
from pathway.casework.records.names import Identity, check_birth_date, check_name
from pathway.casework.records.spelling import glued
from pathway.kernel.errors import Invalid
from pathway.kernel.wording import listed

HEADER_LINE = 1
SEPARATORS: Mapping[str, str] = {";": "point-virgule", ",": "virgule", "\t": "tabulation", "|": "barre verticale"}
IDENTITY_KEYS = ("first_name", "last_name", "birth_name", "birth_date")
SEVERAL = frozenset({"phones", "address"})  # items that several columns of a file may give
NEEDED = (("first_name", "Prénom"), ("last_name", "Nom"), ("birth_date", "Date de naissance"))
_COMPLEMENTS = frozenset(glued(header) for header in ADDRESS_COMPLEMENTS)
_KEYS = {glued(header): one.key for one in CATALOGUE.values() for header in one.columns}
_KEYS |= dict.fromkeys(_COMPLEMENTS, "address")
# Another tool's own number is no identity: two tools may give the same one to two people.
_SOURCE_NUMBERS = frozenset({"id", "identifiant", "identifiantdanslesi", "identifiantinterne", "identifiantsi"})
_BRACKETS = re.compile(r"\([^()]*\)")
_NIR_SENTENCE = "Cette cellule semble contenir un numéro de sécurité sociale : il n’est ni lu ni gardé."


@dataclass(frozen=True, kw_only=True)
class Remark:
    """Something not taken over: physical line (the header is 1), column, what is wrong. Never a cell's content."""

    line: int
    column: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """A row that gives nobody, and its first problem. Never a cell's content."""

    line: int
    column: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class RawRow:
    """A row as it is written: the physical line on which it begins, cells by header; has it more cells than headers?"""

    line: int
    cells: Mapping[str, str]
    is_overflowing: bool = False


@dataclass(frozen=True, kw_only=True)
class ColumnMap:
    """What the columns of a file are: `items` (dictionary key → headers), social security numbers, what is not read."""

    items: Mapping[str, tuple[str, ...]]
    nir: tuple[str, ...]
    ignored: tuple[str, ...]

    def headers_of(self, key: str) -> tuple[str, ...]:
        """The headers that give that item; none when the file does not have it."""
        return self.items.get(key, ())


@dataclass(frozen=True, kw_only=True)
class ReadPerson:
    """Somebody read in a row: who she is, her answers (item key → checked value, identity included), what was left."""

    line: int
    identity: Identity
    claims: dict[str, Any]
    phones: tuple[str, ...]
    email: str | None
    warnings: tuple[Remark, ...]


def map_columns(
    headers: Sequence[str],
    *,
    separator: str,
    known: Mapping[str, str] = _KEYS,
    needed: Sequence[tuple[str, str]] = NEEDED,
) -> ColumnMap:
    """What each header is. `Invalid` when one is repeated, two say the same, or one that is needed lacks.

    `known`: header without accents nor signs → key; `needed`: keys with their French label.
    """
    _refuse_repeated(headers)
    nir = tuple(header for header in headers if names_nir(header))
    keys = {header: _key_of(header, known) for header in headers if header not in nir}
    unknown = [header for header, key in keys.items() if key is None]
    ignored = tuple(header for header in unknown if glued(header) not in _SOURCE_NUMBERS)
    columns = ColumnMap(items=_headers_by_key(keys), nir=nir, ignored=ignored)
    _refuse_missing(columns, separator, needed)
    _refuse_doubled(columns)
    return columns


def suggest_columns(headers: Sequence[str]) -> dict[str, str]:
    """header → the item it seems to give, for somebody to check; left out when none is recognised. An item that takes
    one column is proposed for the first."""
    keys = {header: _key_of(header, _KEYS) for header in headers if not names_nir(header)}
    found = {headers[0]: key for key, headers in _headers_by_key(keys).items() if headers}
    more = {header: key for header, key in keys.items() if key in SEVERAL}
    return {header: key for header, key in {**more, **found}.items() if key}


def choose_columns(headers: Sequence[str], chosen: Mapping[str, str]) -> ColumnMap:
    """What each header is, as somebody chose (header → item key; nothing: not taken over). `Invalid` names in `field`
    the header of an item taken twice, and no field when one that is needed lacks."""
    nir = tuple(header for header in headers if names_nir(header))
    items: dict[str, tuple[str, ...]] = {}
    for header in (one for one in headers if one not in nir and chosen.get(one)):
        key = chosen[header]
        if key in items and key not in SEVERAL:
            known = f"« {item(key).label} » est déjà pris dans la colonne « {items[key][0][:80]} »."
            raise Invalid(f"{known} Gardez l’une des deux.", field=header)
        items[key] = (*items.get(key, ()), header)
    missing = [f"« {item(key).label} »" for key, _ in NEEDED if key not in items]
    if len(missing) > 1:
        raise Invalid(f"Il manque {listed(missing)}. Dites quelles colonnes les donnent : il les faut toutes.")
    if missing:
        told = f"Il manque une colonne : {missing[0]}."
        raise Invalid(f"{told} Dites quelle colonne le donne : sans elle, personne n’est reconnu.")
    taken = {header for headers in items.values() for header in headers}
    return ColumnMap(items=items, nir=nir, ignored=tuple(one for one in headers if one not in taken and one not in nir))


def column_remarks(columns: ColumnMap, filled: frozenset[str]) -> tuple[Remark, ...]:
    """One remark for each column not read: social security numbers always, the others when a cell was filled."""
    nir = "Les numéros de sécurité sociale ne sont ni lus ni gardés. Retirez cette colonne du fichier."
    ignored = "Cette colonne n’est pas reprise dans la carte."
    return tuple(
        [Remark(line=HEADER_LINE, column=header, reason=nir) for header in columns.nir]
        + [Remark(line=HEADER_LINE, column=one, reason=ignored) for one in columns.ignored if one in filled]
    )


def read_person(row: RawRow, columns: ColumnMap, *, today: date) -> ReadPerson | Refusal:
    """The person of a row. Refused only for a missing or bad first name, surname or birth date (the first problem).

    Any other cell that cannot be read is left out and listed in the warnings.
    """
    warnings: list[Remark] = []
    try:
        identity = read_identity(row, columns, today, warnings)
    except Invalid as refusal:
        return Refusal(line=row.line, column=column_of(columns, refusal.field), reason=refusal.sentence)
    claims = _identity_claims(identity)
    for key in (key for key in columns.items if key not in IDENTITY_KEYS):
        claims |= _read_phones(row, columns, warnings) if key == "phones" else _read_item(row, columns, key, warnings)
    if row.is_overflowing:
        reason = "Cette ligne a plus de cellules que de colonnes : vérifiez qu’aucun séparateur n’est de trop."
        warnings.append(Remark(line=row.line, column="", reason=reason))
    return ReadPerson(
        line=row.line,
        identity=identity,
        claims=claims,
        phones=tuple(claims.get("phones", ())),
        email=claims.get("email"),
        warnings=tuple(warnings),
    )


def read_identity(row: RawRow, columns: ColumnMap, today: date, warnings: list[Remark]) -> Identity:
    """Who a row speaks of; a birth name that cannot be read is added to the warnings. `Invalid` for the others."""
    first = _checked_name(cell_of(row, columns, "first_name"), "first_name", "Le prénom manque.")
    birth_name = _optional_name(row, columns, warnings)
    in_use = cell_of(row, columns, "last_name").strip() or birth_name or ""
    last = _checked_name(in_use, "last_name", "Le nom manque.")
    born = _birth_date(row, columns, today, warnings)
    is_other = birth_name is not None and glued(birth_name) != glued(last)
    return Identity(first_name=first, last_name=last, birth_name=birth_name if is_other else None, birth_date=born)


def _key_of(header: str, known: Mapping[str, str]) -> str | None:
    """The item a header names; a remark in brackets, as in « Date de naissance (jj/mm/aaaa) », does not count."""
    return known.get(glued(header)) or known.get(glued(_BRACKETS.sub("", header[:200])))


def _refuse_repeated(headers: Sequence[str]) -> None:
    names = [glued(header) for header in headers]
    repeated = [header for header, name in zip(headers, names, strict=True) if name and names.count(name) > 1]
    if repeated:
        raise Invalid(f"La colonne « {repeated[0][:80]} » est écrite deux fois. Gardez-en une seule.", field="file")


def _refuse_doubled(columns: ColumnMap) -> None:
    for key, headers in columns.items.items():
        alike = [header for header in headers if key != "address" or glued(header) not in _COMPLEMENTS]
        if len(alike) > 1 and key != "phones":
            names = listed([f"« {header[:80]} »" for header in alike])
            raise Invalid(f"Les colonnes {names} disent la même chose. Gardez-en une seule.", field="file")


def _refuse_missing(columns: ColumnMap, separator: str, needed: Sequence[tuple[str, str]]) -> None:
    missing = [f"« {label} »" for key, label in needed if not columns.headers_of(key)]
    if not missing:
        return
    noun = "la colonne" if len(missing) == 1 else "les colonnes"
    understood = SEPARATORS.get(separator, "aucun")
    raise Invalid(
        f"Il manque {noun} {listed(missing)} dans la première ligne. Séparateur compris : {understood}. "
        "Donnez à chaque colonne son nom et séparez-les par un point-virgule.",
        field="file",
    )


def _headers_by_key(keys: Mapping[str, str | None]) -> dict[str, tuple[str, ...]]:
    """A file that only knows the birth name gives the name in use with it."""
    found: dict[str, tuple[str, ...]] = {}
    for header, key in keys.items():
        if key:
            found[key] = (*found.get(key, ()), header)
    if "last_name" not in found and "birth_name" in found:
        found["last_name"] = found.pop("birth_name")
    return found


def column_of(columns: ColumnMap, key: str) -> str:
    """The header that gives that item, empty when the file has none."""
    return next(iter(columns.headers_of(key)), "")


def _checked_name(text: str, key: str, missing: str) -> str:
    if not text.strip():
        raise Invalid(missing, field=key)
    if holds_nir(text):
        raise Invalid(_NIR_SENTENCE, field=key)
    return check_name(text, field=key)


def _optional_name(row: RawRow, columns: ColumnMap, warnings: list[Remark]) -> str | None:
    text = cell_of(row, columns, "birth_name")
    if not glued(text):
        return None
    try:
        return _checked_name(text, "birth_name", "")
    except Invalid as refusal:
        warnings.append(Remark(line=row.line, column=column_of(columns, "birth_name"), reason=refusal.sentence))
        return None


def _birth_date(row: RawRow, columns: ColumnMap, today: date, warnings: list[Remark]) -> date:
    text = cell_of(row, columns, "birth_date")
    if not text.strip():
        raise Invalid("La date de naissance manque.", field="birth_date")
    try:
        day, is_serial = read_day(text)
    except Invalid as refusal:
        raise Invalid(refusal.sentence, field="birth_date") from None
    check_birth_date(day, today=today)
    if is_serial:
        reason = "Cette date est écrite comme un nombre de jours de tableur. Elle a été lue : vérifiez-la."
        warnings.append(Remark(line=row.line, column=column_of(columns, "birth_date"), reason=reason))
    return day


def _identity_claims(identity: Identity) -> dict[str, Any]:
    claims = {
        "first_name": identity.first_name,
        "last_name": identity.last_name,
        "birth_name": identity.birth_name,
        "birth_date": identity.birth_date.isoformat(),
    }
    return {key: value for key, value in claims.items() if value}


def _read_item(row: RawRow, columns: ColumnMap, key: str, warnings: list[Remark]) -> dict[str, Any]:
    text = _address(row, columns) if key == "address" else cell_of(row, columns, key)
    if says_nothing(text):
        return {}
    try:
        _refuse_nir(text)
        return {key: read_cell(item(key), text)}
    except Invalid as refusal:
        warnings.append(Remark(line=row.line, column=column_of(columns, key), reason=refusal.sentence))
        return {}


def _read_phones(row: RawRow, columns: ColumnMap, warnings: list[Remark]) -> dict[str, Any]:
    found: dict[str, None] = {}
    for column in columns.headers_of("phones"):
        phones, reason = _phones_of(row.cells.get(column, ""))
        found |= dict.fromkeys(phones)
        if reason:
            warnings.append(Remark(line=row.line, column=column, reason=reason))
    limit = item("phones").limit
    if len(found) > limit:
        reason = f"Seuls les {limit} premiers numéros sont gardés."
        warnings.append(Remark(line=row.line, column=column_of(columns, "phones"), reason=reason))
    return {"phones": list(found)[:limit]} if found else {}


def _phones_of(text: str) -> tuple[list[str], str]:
    if says_nothing(text):
        return [], ""
    if holds_nir(text):
        return [], _NIR_SENTENCE
    phones, unread = read_phones(text)
    if not unread:
        return phones, ""
    noun = "Un numéro ne se lit pas" if unread == 1 else f"{unread} numéros ne se lisent pas"
    return phones, f"{noun} : il faut dix chiffres, ou l’indicatif du pays."


def _refuse_nir(text: str) -> None:
    if holds_nir(text):
        raise Invalid(_NIR_SENTENCE)


def cell_of(row: RawRow, columns: ColumnMap, key: str) -> str:
    """What the row says for that item, empty when it says nothing."""
    return row.cells.get(column_of(columns, key), "")


def _address(row: RawRow, columns: ColumnMap) -> str:
    """The street, then what the second line of the address adds."""
    headers = sorted(columns.headers_of("address"), key=lambda header: glued(header) in _COMPLEMENTS)
    pieces = [row.cells.get(header, "").strip() for header in headers]
    return ", ".join(piece for piece in pieces if not says_nothing(piece))
