"""What the territory decided: each setting as it holds, and what it was before."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from pathway.casework.territory.rules import YES, Contact, Setting, contact_of
from pathway.casework.territory.tables import TerritorySetting
from pathway.store.columns import table_of
from pathway.store.transaction import Transaction

_setting = table_of(TerritorySetting)
_EVERY = select(_setting).order_by(_setting.c.name, _setting.c.version)
_VALUES = select(_setting.c.name, _setting.c.value).order_by(_setting.c.name, _setting.c.version)
_ONE = select(_setting.c.value).where(_setting.c.name == Setting.ACCESS_NAMES.value).order_by(_setting.c.version.desc())


@dataclass(frozen=True, kw_only=True)
class Held:
    """One value a setting has or had: empty for the default; `decided_as`: the role of who decided, never the name."""

    version: int
    value: str
    decided_as: str
    at: datetime


def settings_held(tx: Transaction) -> Mapping[Setting, tuple[Held, ...]]:
    """Each setting that was ever decided → its values, the oldest first: the last one holds."""
    found: dict[Setting, tuple[Held, ...]] = {}
    for row in tx.execute(_EVERY):
        held = Held(version=row.version, value=row.value, decided_as=row.decided_as, at=row.recorded_at)
        found[Setting(row.name)] = (*found.get(Setting(row.name), ()), held)
    return found


def territory_contact(tx: Transaction) -> Contact:
    """How the territory is called and reached today."""
    values = {Setting(row.name): row.value for row in tx.execute(_VALUES)}
    return contact_of(values, name=tx.store.territory_name)


def names_professionals(tx: Transaction) -> bool:
    """Whether the log a person reads names who opened her record, and not the structure alone."""
    return tx.execute(_ONE.limit(1)).scalar() == YES
