"""Who may see what of a person, as she decides it: structure by structure, with cause, end and legal basis."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, bindparam, or_, select

from pathway.casework.agreements.rules import NEWS_FOR, Basis, Purpose
from pathway.casework.agreements.tables import Agreement, SharingBasis
from pathway.casework.partners.queries import every_structure, is_sensitive, structure_names, structures
from pathway.casework.partners.rules import StructureKind
from pathway.casework.sharing.queries import access_of, of_person, stopped_structures
from pathway.casework.sharing.rules import Access, Cause, Grant, access_from, unpack_sections
from pathway.casework.sharing.tables import AccessGrant, HiddenPart, Record, RestrictedPart, Withdrawal
from pathway.kernel.errors import Invalid, NotFound
from pathway.store.columns import table_of
from pathway.store.transaction import Transaction

_agreement = table_of(Agreement)
_basis = table_of(SharingBasis)
_grant = table_of(AccessGrant)
_hidden = table_of(HiddenPart)
_restricted = table_of(RestrictedPart)
_withdrawal = table_of(Withdrawal)
_record = table_of(Record)
_earlier = _grant.alias("earlier")

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
_RESTRICTED = (
    select(_restricted.c.section, _restricted.c.item_key)
    .where(of_person(_restricted.c.record_id), or_(_restricted.c.until_at.is_(None), _restricted.c.until_at > _NOW))
    .distinct()
    .order_by(_restricted.c.section, _restricted.c.item_key)
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

_SINCE = bindparam("since", type_=_grant.c.from_at.type)
_BEGUN = (
    select(_grant.c.structure_id, _grant.c.from_at)
    .join(_record, _record.c.id == _grant.c.record_id)
    .where(
        of_person(_grant.c.record_id),
        _grant.c.cause == Cause.SUPPORT.value,
        _grant.c.until_at.is_(None),
        _grant.c.from_at >= _SINCE,
        # Whoever made her card supports her from that instant: she was there.
        or_(_grant.c.structure_id != _record.c.structure_id, _grant.c.from_at > _record.c.recorded_at),
        ~select(_earlier.c.id)
        .where(
            of_person(_earlier.c.record_id),
            _earlier.c.structure_id == _grant.c.structure_id,
            _earlier.c.cause == Cause.SUPPORT.value,
            _earlier.c.until_at.is_(None),
            _earlier.c.from_at < _grant.c.from_at,
        )
        .correlate(_grant)
        .exists(),
    )
    .order_by(_grant.c.from_at.desc(), _grant.c.id)
)
_RECORDED = (
    select(_agreement.c.id)
    .where(
        of_person(_agreement.c.record_id),
        _agreement.c.given_at >= _SINCE,
        _agreement.c.by_structure_id != "",
    )
    .limit(1)
)
_STOPPED_LATELY = (
    select(_withdrawal.c.id).where(of_person(_withdrawal.c.record_id), _withdrawal.c.from_at >= _SINCE).limit(1)
)


@dataclass(frozen=True, kw_only=True)
class NewSupport:
    """A structure that began to support her, and the instant (UTC) it did."""

    structure_id: str
    since: datetime


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

    `hidden`: pairs (section, item key), the key empty for a whole section; `restricted`: the same, kept from every
    structure for a time. `bases`: what its right stands on.
    """

    structure_id: str
    name: str
    openings: tuple[Opening, ...]
    access: Access | None
    is_stopped: bool
    hidden: tuple[tuple[str, str], ...]
    restricted: tuple[tuple[str, str], ...]
    bases: Mapping[Purpose, Basis]

    @property
    def is_lasting_support(self) -> bool:
        """Whether it supports her without an end: a stop leaves it what it recorded itself."""
        return any(one.grant.is_lasting_support for one in self.openings)

    @property
    def if_shared(self) -> Access | None:
        """What it would see if she had not stopped; None when no live grant is left."""
        kept = (*self.hidden, *self.restricted)
        return access_from([one.grant for one in self.openings], is_withdrawn=False, hidden=kept)

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
    """An agreement printed for that card, that waits for its signature."""

    id: str
    record_id: str
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
    restricted = restricted_parts(tx, record_id)
    names, bases = structure_names(tx), bases_of(tx)
    return [
        _sharing(
            name, names[name], grants.get(name, []), stopped, (hidden.get(name, ()), restricted), bases.get(name, {})
        )
        for name in dict.fromkeys([*grants, *sorted(stopped - {""})])
        if _is_told(tx, name)
    ]


def restricted_parts(tx: Transaction, record_id: str) -> tuple[tuple[str, str], ...]:
    """What is kept from every structure now: pairs (section, item key), the key empty for a whole section."""
    rows = tx.execute(_RESTRICTED, {"record_id": record_id, "now": tx.now})
    return tuple((row.section, row.item_key) for row in rows)


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


def own_new_supports(tx: Transaction) -> list[NewSupport]:
    """The structures that began to support the actor in the last 30 days and still do, newest first; neither the one
    that made her card then, nor those she has stopped since."""
    wanted = {"record_id": tx.actor.record_id, "since": tx.now - NEWS_FOR}
    began = {row.structure_id: row.from_at for row in tx.execute(_BEGUN, wanted)}
    stopped = stopped_structures(tx, tx.actor.record_id) if began else set()
    return [NewSupport(structure_id=one, since=since) for one, since in began.items() if not stopped & {one, ""}]


def may_be_decided_for_her(tx: Transaction) -> bool:
    """Whether the actor's log may hold a choice of the last 30 days that a professional recorded: an agreement does say
    so, a stop does not say whose hand it was."""
    wanted = {"record_id": tx.actor.record_id, "since": tx.now - NEWS_FOR}
    return any(tx.execute(query, wanted).first() is not None for query in (_RECORDED, _STOPPED_LATELY))


def bases_of(tx: Transaction) -> dict[str, dict[Purpose, Basis]]:
    """structure id → the basis recorded for each purpose."""
    found: dict[str, dict[Purpose, Basis]] = {}
    for row in tx.execute(_BASES):
        found.setdefault(row.structure_id, {})[Purpose(row.purpose)] = Basis(row.basis)
    return found


def waiting_papers(tx: Transaction, record_id: str) -> list[Paper]:
    """The printed agreements of that person that wait for a signature, newest first; `NotFound` without a grant.

    A structure she stopped is told its own only.
    """
    access = access_of(tx, record_id)
    names = structure_names(tx)
    rows = tx.execute(_WAITING, {"record_id": record_id, "now": tx.now})
    return [
        Paper(
            id=row.id,
            record_id=row.record_id,
            structure_id=row.structure_id,
            name=names[row.structure_id],
            sections=unpack_sections(row.sections),
            printed_at=row.recorded_at,
            until_at=row.until_at,
        )
        for row in rows
        if _is_told(tx, row.structure_id) and (not access.is_own_only or row.structure_id == tx.actor.structure_id)
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
    kept: tuple[tuple[tuple[str, str], ...], tuple[tuple[str, str], ...]],
    bases: Mapping[Purpose, Basis],
) -> Sharing:
    is_stopped = bool(stopped & {structure_id, ""})
    hidden, restricted = kept
    open_to = [one.grant for one in openings]
    return Sharing(
        structure_id=structure_id,
        name=name,
        openings=tuple(openings),
        access=access_from(open_to, is_withdrawn=is_stopped, hidden=(*hidden, *restricted)),
        is_stopped=is_stopped,
        hidden=hidden,
        restricted=restricted,
        bases=bases,
    )


def _hidden_by_structure(rows: Iterable[Row[Any]]) -> dict[str, tuple[tuple[str, str], ...]]:
    found: dict[str, tuple[tuple[str, str], ...]] = {}
    for row in rows:
        found[row.structure_id] = (*found.get(row.structure_id, ()), (row.section, row.item_key))
    return found


def _is_told(tx: Transaction, structure_id: str) -> bool:
    return bool(tx.actor.record_id) or tx.actor.structure_id == structure_id or not is_sensitive(tx, structure_id)
