"""Deciding a setting of the territory, and going back to what it was."""

from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from pathway.casework.territory.queries import settings_held
from pathway.casework.territory.rules import Setting, read_change
from pathway.casework.territory.tables import TerritorySetting
from pathway.kernel.errors import Conflict, Refused
from pathway.store.columns import table_of
from pathway.store.transaction import Transaction

_setting = table_of(TerritorySetting)
_CHANGED = "Ce réglage vient d’être changé ailleurs. Rouvrez la page, puis refaites votre changement."


def decide_setting(tx: Transaction, setting: Setting, *, value: str, seen: int) -> None:
    """Give a setting a value from now on, empty for the default. `seen`: the version one read, 0 when none was decided.

    `Invalid` for a value it cannot have, `Refused` for the one it has, `Conflict` when it was changed since.
    """
    history = settings_held(tx).get(setting, ())
    if (history[-1].version if history else 0) != seen:
        raise Conflict(_CHANGED)
    _keep(tx, setting, read_change(setting, value, held=history[-1].value if history else ""), seen + 1)


def take_back_setting(tx: Transaction, setting: Setting, *, seen: int) -> None:
    """Give a setting the value it had before the present one. `Conflict` when it was changed since it was read,
    `Refused` when it was never decided."""
    history = settings_held(tx).get(setting, ())
    if not history:
        raise Refused("Ce réglage n’a jamais été changé : il n’y a rien à reprendre.")
    if history[-1].version != seen:
        raise Conflict(_CHANGED)
    _keep(tx, setting, history[-2].value if len(history) > 1 else "", seen + 1)


def _keep(tx: Transaction, setting: Setting, value: str, version: int) -> None:
    values = {
        "name": setting.value,
        "version": version,
        "value": value,
        "decided_by": tx.actor.account_id,
        "decided_as": tx.actor.role,
        "recorded_at": tx.now,
    }
    try:
        tx.execute(insert(_setting).values(**values))
    except IntegrityError:
        raise Conflict(_CHANGED) from None
    tx.journal("decide_setting", setting=setting.value, version=version)
