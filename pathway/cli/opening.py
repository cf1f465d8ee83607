"""What every command starts from: the settings, the opened store, transactions in the operator's name."""

from collections.abc import Iterator
from contextlib import contextmanager
from tomllib import TOMLDecodeError

import click
from pydantic import ValidationError

from pathway.casework.partners.rules import Role
from pathway.kernel.errors import Unavailable
from pathway.kernel.settings import Settings, forget_secrets
from pathway.store.actor import Actor
from pathway.store.clocks import clock_of
from pathway.store.opening import Store, open_store
from pathway.store.transaction import Transaction

_KEPT = "carte.settings"


def settings() -> Settings:
    """The configured settings; `Unavailable` names the one that cannot be read.

    Read once for a command: then the secrets that open the keyring leave the environment.
    """
    context = click.get_current_context(silent=True)
    if context is None:
        return _read()
    kept = context.find_root().meta
    if _KEPT not in kept:
        kept[_KEPT] = _read()
        forget_secrets()
    chosen: Settings = kept[_KEPT]
    return chosen


def _read() -> Settings:
    try:
        return Settings()
    except ValidationError as error:
        names = ", ".join(str(one["loc"][0]) for one in error.errors() if one["loc"])
        raise Unavailable(f"Ce réglage ne se lit pas : {names}. Corrigez-le, puis recommencez.") from error
    except (TOMLDecodeError, UnicodeDecodeError) as error:
        raise Unavailable("Le fichier settings.toml de l’instance ne se lit pas. Corrigez-le.") from error


@contextmanager
def opened() -> Iterator[Store]:
    """The configured store, closed at the end; `Unavailable` in French when it does not open."""
    store = open_store(settings())
    try:
        yield store
    finally:
        store.engine.dispose()


def operating(store: Store, *, structure_id: str = "", write: bool = False) -> Transaction:
    """A transaction in the operator's name, for one structure or for none."""
    actor = Actor(role=Role.OPERATOR.value, structure_id=structure_id)
    return Transaction(store, actor=actor, clock=clock_of(store), door="cli", write=write)
