"""Settling a town: its structures, schemes and professionals, through the real actions."""

from dataclasses import dataclass, field
from datetime import date

from pathway.casework.accounts.actions import add_professional
from pathway.casework.accounts.passwords import hash_password
from pathway.casework.agreements.actions import record_basis
from pathway.casework.agreements.rules import NOTICE_VERSION, Basis, Purpose
from pathway.casework.factors.actions import install_totp
from pathway.casework.partners.actions import add_membership, add_sensitive_structure, add_structure
from pathway.casework.schemes.actions import add_scheme
from pathway.demo.personas import (
    CLOSED,
    CLOSED_SCHEME,
    CLOSED_STAFF,
    COLLEAGUES,
    HEALTH_GROUNDED,
    PASSWORD,
    PERSONAS,
    SCHEMES,
    STRUCTURES,
    DemoScheme,
    DemoStructure,
    Persona,
)
from pathway.kernel.clock import Clock
from pathway.store.actor import SYSTEM, Actor
from pathway.store.opening import Store
from pathway.store.transaction import Transaction


@dataclass(kw_only=True)
class Town:
    """A settled town: ids by code, and a way to act as anyone of its cast."""

    store: Store
    clock: Clock
    structures: dict[str, str] = field(default_factory=dict)
    schemes: dict[str, str] = field(default_factory=dict)
    accounts: dict[str, str] = field(default_factory=dict)
    cast: dict[str, Persona] = field(default_factory=dict)

    def actor(self, code: str) -> Actor:
        """The professional of that code, at work in her structure."""
        persona = self.cast[code]
        return Actor(
            role=persona.role.value, account_id=self.accounts[code], structure_id=self.structures[persona.structure]
        )

    def acting(self, code: str, *, write: bool = True) -> Transaction:
        """A transaction in that professional's name."""
        return Transaction(self.store, actor=self.actor(code), clock=self.clock, door="demo", write=write)


def settle(store: Store, clock: Clock, *, since: date, password_hash: str = "") -> Town:
    """Put up structures, schemes and professionals, at work since that day, with the demonstration's sign-ins."""
    town = Town(store=store, clock=clock)
    kept = password_hash or hash_password(PASSWORD)
    with Transaction(store, actor=SYSTEM, clock=clock, door="demo") as tx:
        for one in STRUCTURES:
            town.structures[one.code] = _found(tx, one)
        for persona in (*PERSONAS, *COLLEAGUES):
            _hire(tx, town, persona, kept, since)
        for scheme in SCHEMES:
            _offer(tx, town, scheme)
    return town


def settle_closed(town: Town, *, since: date, password_hash: str) -> None:
    """Put up the structure that closes one day, with its scheme and who works there: only those who live the town's
    two years have it."""
    with Transaction(town.store, actor=SYSTEM, clock=town.clock, door="demo") as tx:
        town.structures[CLOSED.code] = _found(tx, CLOSED)
        _hire(tx, town, CLOSED_STAFF, password_hash, since)
        _offer(tx, town, CLOSED_SCHEME)


def _offer(tx: Transaction, town: Town, scheme: DemoScheme) -> None:
    town.schemes[scheme.code] = add_scheme(
        tx,
        code=scheme.code,
        name=scheme.name,
        kind=scheme.kind,
        structure_id=town.structures[scheme.structure] if scheme.structure else None,
        intensity=scheme.intensity,
        planned_days=scheme.planned_days,
        is_short_activity=scheme.is_short_activity,
        asks_results=scheme.asks_results,
        requirements=scheme.requirements,
        questions=scheme.questions,
        stages=scheme.stages,
    )


def _found(tx: Transaction, one: DemoStructure) -> str:
    if one.sensitive:
        structure_id = add_sensitive_structure(tx, code=one.code, name=one.name, kind=one.sensitive)
    else:
        structure_id = add_structure(tx, code=one.code, name=one.name, kind=one.kind, address=one.address)
    bases = {Purpose.PATHWAY: Basis.PUBLIC_INTEREST}
    if one.code in HEALTH_GROUNDED:
        bases[Purpose.HEALTH] = Basis.EXPLICIT_CONSENT
    for purpose, basis in bases.items():
        record_basis(tx, structure_id=structure_id, purpose=purpose, basis=basis, notice_version=NOTICE_VERSION)
    return structure_id


def _hire(tx: Transaction, town: Town, persona: Persona, password_hash: str, since: date) -> None:
    account_id = add_professional(
        tx,
        email=persona.email,
        first_name=persona.first_name,
        last_name=persona.last_name,
        password_hash=password_hash,
    )
    install_totp(tx, account_id, persona.totp_secret)
    add_membership(
        tx,
        account_id=account_id,
        structure_id=town.structures[persona.structure],
        role=persona.role,
        from_on=since,
    )
    town.accounts[persona.code] = account_id
    town.cast[persona.code] = persona
