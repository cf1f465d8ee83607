"""Who does the work of a structure on a day: who works there, who is away, and who replaces whom."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Date, FromClause, Row, and_, bindparam, or_, select

from pathway.casework.accounts.rules import AccountState
from pathway.casework.accounts.tables import Account
from pathway.casework.partners.rules import Role, StructureState
from pathway.casework.partners.tables import Absence, Membership, Structure
from pathway.store.columns import table_of
from pathway.store.transaction import Transaction

_absence = table_of(Absence)
_account = table_of(Account)
_membership = table_of(Membership)
_structure = table_of(Structure)

_DAY = bindparam("day", type_=Date)
_AWAY = and_(
    _absence.c.account_id == _membership.c.account_id,
    _absence.c.structure_id == _membership.c.structure_id,
    _absence.c.cancelled_at.is_(None),
    _absence.c.from_on <= _DAY,
    _absence.c.until_on >= _DAY,
)
# A habilitation, its account and the absence of that day if any; asked with `day`.
POSTED: FromClause = _membership.join(_account, _account.c.id == _membership.c.account_id).outerjoin(_absence, _AWAY)
WORKS_THAT_DAY = and_(
    _account.c.state == AccountState.ACTIVE.value,
    _membership.c.from_on <= _DAY,
    or_(_membership.c.until_on.is_(None), _membership.c.until_on >= _DAY),
)
_TEAMS = (
    select(
        _membership.c.structure_id,
        _membership.c.account_id,
        _membership.c.role,
        _absence.c.id.label("absence_id"),
        _absence.c.stand_in_id,
    )
    .select_from(POSTED.join(_structure, _structure.c.id == _membership.c.structure_id))
    .where(
        _membership.c.role.in_([Role.COUNSELLOR.value, Role.SUPERVISOR.value]),
        _structure.c.state == StructureState.ACTIVE.value,
        WORKS_THAT_DAY,
    )
    .order_by(_membership.c.structure_id, _membership.c.account_id)
)


@dataclass(frozen=True, kw_only=True)
class Team:
    """Who follows people in a structure that day. `stand_ins`: whoever is away → who replaces her, None for nobody in
    particular."""

    structure_id: str
    members: frozenset[str]
    heads: frozenset[str]
    stand_ins: Mapping[str, str | None]

    @property
    def present(self) -> frozenset[str]:
        """Those who are not away."""
        return self.members - set(self.stand_ins)

    @property
    def leading(self) -> frozenset[str]:
        """Who leads that day: the responsables at work, else who replaces them."""
        replacing = {self.stand_ins[head] for head in self.heads if head in self.stand_ins}
        return self.heads & self.present or self.present & replacing

    @property
    def sorting(self) -> frozenset[str]:
        """Whose the queue of alerts is: they who lead, else everybody at work when the responsables are all away."""
        return self.leading or (self.present if self.heads else frozenset())

    @property
    def answering(self) -> frozenset[str]:
        """Whose it is what nobody holds: they who lead, else everybody at work."""
        return self.leading or self.present

    def holder(self, account_id: str | None) -> frozenset[str]:
        """Who does that account's work: herself, or whoever replaces her; nobody in particular otherwise."""
        if account_id in self.present:
            return frozenset({str(account_id)})
        return self.present & {self.stand_ins.get(account_id or "")}


def teams(tx: Transaction) -> list[Team]:
    """Who follows people in each active structure today, and who is away."""
    rows: dict[str, list[Row[Any]]] = defaultdict(list)
    for row in tx.execute(_TEAMS, {"day": tx.today}):
        rows[row.structure_id].append(row)
    return [_team(structure_id, those) for structure_id, those in rows.items()]


def _team(structure_id: str, rows: Iterable[Row[Any]]) -> Team:
    known = list(rows)
    return Team(
        structure_id=structure_id,
        members=frozenset(row.account_id for row in known),
        heads=frozenset(row.account_id for row in known if row.role == Role.SUPERVISOR.value),
        stand_ins={row.account_id: row.stand_in_id for row in known if row.absence_id is not None},
    )
