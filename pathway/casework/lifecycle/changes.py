"""What the operator founds and changes, where several rooms must agree: a structure, its legal basis, a scheme."""

from collections.abc import Sequence

from pathway.casework.agreements.actions import record_basis
from pathway.casework.agreements.rules import NOTICE_VERSION, Basis, Purpose
from pathway.casework.enrolments.queries import entries_by_scheme
from pathway.casework.enrolments.reading import standing_in
from pathway.casework.lifecycle.queries import structure_row
from pathway.casework.lifecycle.unused import is_unused
from pathway.casework.partners.actions import add_sensitive_structure, add_structure, turn_structure
from pathway.casework.partners.queries import every_structure, has_structure, namesake
from pathway.casework.partners.rules import (
    SensitiveKind,
    StructureKind,
    StructureState,
    read_address,
    read_code,
    read_name,
    tells,
)
from pathway.casework.schemes.actions import add_scheme, change_scheme, hold_scheme
from pathway.casework.schemes.queries import has_scheme, scheme_seen
from pathway.casework.schemes.rules import SchemeDraft, check_draft
from pathway.kernel.errors import Conflict, Invalid, NotFound, Refused
from pathway.store.transaction import Transaction

_TAKEN = "Une structure porte déjà ce code. Choisissez-en un autre."
_SCHEME_TAKEN = "Un dispositif porte déjà ce code. Choisissez-en un autre."
_USED = (
    "Cette structure a déjà servi : elle ne devient plus sensible, ni ordinaire. "
    "Ajoutez une autre structure, puis fermez celle-ci."
)
_CLOSED = "La structure de ce dispositif est fermée : il reste tel qu’il était."
_NO_STRUCTURE = "Choisissez dans la liste une structure active, ou « toutes les structures »."


def check_called(tx: Transaction, *, code: str, name: str, kind: StructureKind | SensitiveKind) -> None:
    """Refuse what the screens read again before a structure is there: a name an active structure has already (field
    `name`), or a code that seems to say what a sensitive one is (field `code`)."""
    same = namesake(tx, name)
    if same:
        raise Refused(f"{same} porte déjà ce nom.", field="name")
    if isinstance(kind, SensitiveKind) and tells(code, name):
        raise Refused("Ce code semble dire ce qu’est la structure : il reste en clair.", field="code")


def open_structure(
    tx: Transaction, *, code: str, name: str, kind: StructureKind | SensitiveKind, address: str = ""
) -> str:
    """A new active structure with its ordinary legal basis, the mission of public interest; gives its id.

    Of a sensitive kind, its name and kind are sealed, and it has no address. `Invalid` or `Refused` for a code, a name
    or an address that cannot be, `Conflict` for a code already taken, by a closed structure too.
    """
    code, name = read_code(code), read_name(name)
    address = read_address(address, is_sensitive=isinstance(kind, SensitiveKind))
    if has_structure(tx, code):
        raise Conflict(_TAKEN)
    if isinstance(kind, SensitiveKind):
        structure_id = add_sensitive_structure(tx, code=code, name=name, kind=kind)
    else:
        structure_id = add_structure(tx, code=code, name=name, kind=kind, address=address)
    record_basis(
        tx,
        structure_id=structure_id,
        purpose=Purpose.PATHWAY,
        basis=Basis.PUBLIC_INTEREST,
        notice_version=NOTICE_VERSION,
    )
    return structure_id


def change_kind(
    tx: Transaction, structure_id: str, *, name: str, kind: StructureKind | SensitiveKind, address: str = ""
) -> None:
    """Make an unused structure sensitive, or ordinary again, with the address given anew. `NotFound` for a closed
    structure, `Refused` once anybody has worked there or anything depends on it (others have read its name, or must
    never read it), or for a sensitive one with an address."""
    row = structure_row(tx, structure_id)
    if row is None or row.state != StructureState.ACTIVE.value:
        raise NotFound
    if row.kind == StructureKind.TERRITORY.value or not is_unused(tx, structure_id):
        raise Refused(_USED, field="kind")
    turn_structure(tx, structure_id, name=name, kind=kind, address=address)


def open_scheme(tx: Transaction, *, code: str, draft: SchemeDraft, exit_reasons: Sequence[str] = ()) -> str:
    """A new scheme, open to entries; gives its id. `exit_reasons`: as `add_scheme`.

    `Invalid` by the rules, `Conflict` for a code already taken.
    """
    code = read_code(code)
    _check(tx, draft)
    if has_scheme(tx, code):
        raise Conflict(_SCHEME_TAKEN)
    return add_scheme(
        tx,
        code=code,
        name=draft.name,
        kind=draft.kind,
        structure_id=draft.structure_id,
        intensity=draft.intensity,
        planned_days=draft.planned_days,
        is_short_activity=draft.is_short_activity,
        asks_results=draft.asks_results,
        requirements=draft.requirements,
        questions=draft.questions,
        stages=draft.stages,
        exit_reasons=exit_reasons,
    )


def rewrite_scheme(tx: Transaction, scheme_id: str, *, draft: SchemeDraft, seen: str) -> None:
    """Write a scheme anew, with what may still change of it. `seen`: the mark of the writing one read."""
    _check(tx, draft)
    hold_scheme(tx, scheme_id)
    if scheme_seen(tx, scheme_id).structure_id not in {None, *(one.id for one in every_structure(tx))}:
        raise Refused(_CLOSED)
    is_used = scheme_id in entries_by_scheme(tx, [scheme_id])
    standing = standing_in(tx, scheme_id)
    change_scheme(tx, scheme_id, draft=draft, seen=seen, is_used=is_used, standing=standing)


def _check(tx: Transaction, draft: SchemeDraft) -> None:
    read_name(draft.name)
    check_draft(draft)
    if draft.structure_id and draft.structure_id not in {one.id for one in every_structure(tx)}:
        raise Invalid(_NO_STRUCTURE, field="structure_id")
