"""Who may see what of a person, as she decides it: structure by structure, with cause, end and legal basis."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, bindparam, or_, select

from pathway.casework.agreements.rules import Basis, Purpose
from pathway.casework.agreements.tables import Agreement, SharingBasis
from pathway.casework.partners.queries import every_structure, is_sensitive, structure_names, structures
from pathway.casework.partners.rules import StructureKind
from pathway.casework.sharing.queries import access_of, of_person
from pathway.casework.sharing.rules import Access, Cause, Grant, access_from, unpack_sections
from pathway.casework.sharing.tables import AccessGrant, HiddenPart, Withdrawal
from pathway.kernel.errors import Invalid, NotFound
from pathway.store.columns import table_of
from pathway.store.transaction import Transaction

_agreement = table_of(Agreement)
_basis = table_of(SharingBasis)
_grant = table_of(AccessGrant)
_hidden = table_of(HiddenPart)
_withdrawal = table_of(Withdrawal)

SHORT_REFERENCE = 8  # letters enough to tell one person's papers apart when the code cannot be scanned
_NO_PAPER = "Aucun papier de cette personne ne porte cette référence. Vérifiez-la, ou préparez un nouveau papier."

_NOW = bindparam("now", type_=_grant.c.from_at.type)
_LIVE = and_(_grant.c.from_at <= _NOW, or_(_grant.c.until_at.is_(None), _grant.c.until_at > _NOW))
_GRANTS = (
    select(_grant, _agreement.c.document_id)
    .outerjoin(_agreement, _agreement.c.id == _grant.c.cause_id)
    .where(of_person(_grant.c.record_id), _LIVE)
    .order_by(_grant.c.from_at, _grant.c.id)
)
_STOPPED = select(_withdrawal.c.structure_id).where(
    of_person(_withdrawal.c.record_id), _withdrawal.c.until_at.is_(None)
)
_HIDDEN = (
    select(_hidden.c.structure_id, _hidden.c.section, _hidden.c.item_key)
    .where(of_person(_hidden.c.record_id), _hidden.c.until_at.is_(None))
    .distinct()
    .order_by(_hidden.c.section, _hidden.c.item_key)
)
_BASES = select(_basis.c.structure_id, _basis.c.purpose, _basis.c.basis).where(_basis.c.superseded_on.is_(None))
_WAITING = (
    select(_agreement)
    .where(
        of_person(_agreement.c.record_id),
        _agreement.c.given_at.is_(None),
        _agreement.c.withdrawn_at.is_(None),
        _agreement.c.until_at > _NOW,
    )
    .order_by(_agreement.c.recorded_at.desc(), _agreement.c.id)
)


@dataclass(frozen=True, kw_only=True)
class Opening:
    """One live grant: why it opens, what, since when, until when (UTC; None: no end). `document_id`: a signed paper."""

    cause: Cause
    sections: frozenset[str]
    from_at: datetime
    until_at: datetime | None
    document_id: str | None

    @property
    def grant(self) -> Grant:
        """The same, as the rules weigh it."""
        return Grant(cause=self.cause, sections=self.sections, until_at=self.until_at)


@dataclass(frozen=True, kw_only=True)
class Sharing:
    """What one structure holds of her. `access` is None when nothing is open now (she stopped it, no support lasts).

    `hidden`: pairs (section, item key), the key empty for a whole section. `bases`: what its right stands on.
    """

    structure_id: str
    name: str
    openings: tuple[Opening, ...]
    access: Access | None
    is_stopped: bool
    hidden: tuple[tuple[str, str], ...]
    bases: Mapping[Purpose, Basis]

    @property
    def is_lasting_support(self) -> bool:
        """Whether it supports her without an end: a stop leaves it what it recorded itself."""
        return any(one.grant.is_lasting_support for one in self.openings)

    @property
    def if_shared(self) -> Access | None:
        """What it would see if she had not stopped; None when no live grant is left."""
        return access_from([one.grant for one in self.openings], is_withdrawn=False, hidden=self.hidden)

    @property
    def in_force(self) -> tuple[Opening, ...]:
        """The grants that count now: all of them, or her support alone after a stop."""
        return tuple(one for one in self.openings if one.grant.is_lasting_support or not self.is_stopped)


@dataclass(frozen=True, kw_only=True)
class Partner:
    """A structure she may share with."""

    id: str
    name: str
    has_health_basis: bool


@dataclass(frozen=True, kw_only=True)
class Paper:
    """An agreement printed, that waits for its signature."""

    id: str
    structure_id: str
    name: str
    sections: frozenset[str]
    printed_at: datetime
    until_at: datetime

    @property
    def short(self) -> str:
        """The beginning of its reference, as a person reads it: « k7ms 2qxa »."""
        return f"{self.id[:4]}\N{NO-BREAK SPACE}{self.id[4:SHORT_REFERENCE]}"


def sharing_of(tx: Transaction, record_id: str) -> list[Sharing]:
    """Every structure that may open that person's record, or that she stopped, oldest first.

    `NotFound` without a grant. Other structures' staff is not told of sensitive ones.
    """
    access_of(tx, record_id)
    wanted = {"record_id": record_id, "now": tx.now}
    grants: dict[str, list[Opening]] = {}
    for row in tx.execute(_GRANTS, wanted):
        grants.setdefault(row.structure_id, []).append(_opening(row))
    stopped = {row.structure_id for row in tx.execute(_STOPPED, wanted)}
    hidden = _hidden_by_structure(tx.execute(_HIDDEN, wanted))
    names, bases = structure_names(tx), bases_of(tx)
    return [
        _sharing(name, names[name], grants.get(name, []), stopped, hidden.get(name, ()), bases.get(name, {}))
        for name in dict.fromkeys([*grants, *sorted(stopped - {""})])
        if _is_told(tx, name)
    ]


def partners_to_share_with(tx: Transaction, record_id: str) -> list[Partner]:
    """The structures an agreement may name, by name: the active ones that all may know of, and those she knows."""
    known = {one.structure_id for one in sharing_of(tx, record_id)} | {tx.actor.structure_id}
    told = {one.id for one in structures(tx)} | known
    names, bases = structure_names(tx), bases_of(tx)
    offered = [
        Partner(id=one.id, name=names[one.id], has_health_basis=Purpose.HEALTH in bases.get(one.id, {}))
        for one in every_structure(tx)
        if one.id in told and one.kind is not StructureKind.TERRITORY
    ]
    return sorted(offered, key=lambda one: one.name)


def partner(tx: Transaction, record_id: str, structure_id: str) -> Partner:
    """That one of them; `NotFound` when she cannot share with it."""
    found = [one for one in partners_to_share_with(tx, record_id) if one.id == structure_id]
    if not found:
        raise NotFound
    return found[0]


def sharing_with(tx: Transaction, record_id: str, structure_id: str) -> Sharing:
    """What that structure holds of her; `NotFound` when it holds nothing and was not stopped."""
    found = [one for one in sharing_of(tx, record_id) if one.structure_id == structure_id]
    if not found:
        raise NotFound
    return found[0]


def bases_of(tx: Transaction) -> dict[str, dict[Purpose, Basis]]:
    """structure id → the basis recorded for each purpose."""
    found: dict[str, dict[Purpose, Basis]] = {}
    for row in tx.execute(_BASES):
        found.setdefault(row.structure_id, {})[Purpose(row.purpose)] = Basis(row.basis)
    return found


def waiting_papers(tx: Transaction, record_id: str) -> list[Paper]:
    """The printed agreements of that person that wait for a signature, newest first; `NotFound` without a grant."""
    access_of(tx, record_id)
    names = structure_names(tx)
    rows = tx.execute(_WAITING, {"record_id": record_id, "now": tx.now})
    return [
        Paper(
            id=row.id,
            structure_id=row.structure_id,
            name=names[row.structure_id],
            sections=unpack_sections(row.sections),
            printed_at=row.recorded_at,
            until_at=row.until_at,
        )
        for row in rows
        if _is_told(tx, row.structure_id)
    ]


def waiting_paper(tx: Transaction, record_id: str, reference: str) -> Paper:
    """The one of that reference (as it was scanned, or its first eight letters as typed); `Invalid` when none is."""
    typed = "".join(letter for letter in reference.lower() if letter.isalnum())
    found = [one for one in waiting_papers(tx, record_id) if one.id.startswith(typed)]
    if len(typed) < SHORT_REFERENCE or len(found) != 1:
        raise Invalid(_NO_PAPER, field="reference")
    return found[0]


def _opening(row: Row[Any]) -> Opening:
    return Opening(
        cause=Cause(row.cause),
        sections=unpack_sections(row.sections),
        from_at=row.from_at,
        until_at=row.until_at,
        document_id=row.document_id,
    )


def _sharing(
    structure_id: str,
    name: str,
    openings: list[Opening],
    stopped: set[str],
    hidden: tuple[tuple[str, str], ...],
    bases: Mapping[Purpose, Basis],
) -> Sharing:
    is_stopped = bool(stopped & {structure_id, ""})
    return Sharing(
        structure_id=structure_id,
        name=name,
        openings=tuple(openings),
        access=access_from([one.grant for one in openings], is_withdrawn=is_stopped, hidden=hidden),
        is_stopped=is_stopped,
        hidden=hidden,
        bases=bases,
    )


def _hidden_by_structure(rows: Iterable[Row[Any]]) -> dict[str, tuple[tuple[str, str], ...]]:
    found: dict[str, tuple[tuple[str, str], ...]] = {}
    for row in rows:
        found[row.structure_id] = (*found.get(row.structure_id, ()), (row.section, row.item_key))
    return found


def _is_told(tx: Transaction, structure_id: str) -> bool:
    return bool(tx.actor.record_id) or tx.actor.structure_id == structure_id or not is_sensitive(tx, structure_id)
