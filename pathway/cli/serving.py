"""Serving the program with gunicorn, once it is sure that it may be served."""

import ipaddress
import os
import socket
import sys
from pathlib import Path
from typing import NoReturn

from pathway.casework.accounts.queries import account_by_login
from pathway.demo.personas import sign_ins
from pathway.jobs.restoring import check_settled
from pathway.kernel.errors import Refused, Unavailable
from pathway.kernel.settings import ROOT, Settings
from pathway.store.actor import SYSTEM
from pathway.store.clocks import clock_of
from pathway.store.engine import engine_url
from pathway.store.opening import Store, open_store
from pathway.store.transaction import Transaction

LOOPBACK = "127.0.0.1"

_NOT_OUTSIDE = (
    "Cette base est une démonstration : ses mots de passe sont publics. Elle n’est servie que sur cette machine "
    f"(--host {LOOPBACK})."
)
_DEMO_ACCOUNTS = (
    "Cette base n’est pas une démonstration, mais elle contient des comptes de démonstration, dont le mot de passe est "
    "public. Elle n’est pas servie. Retirez ces comptes, ou prenez une autre base."
)


def check_may_serve(settings: Settings, *, host: str) -> None:
    """Refuse a demonstration beyond this machine, and demonstration accounts among real people."""
    store = open_store(settings)
    try:
        if store.is_demo and not _is_loopback(host):
            raise Refused(_NOT_OUTSIDE)
        refuse_demo_accounts(store)
        check_settled(store)
    finally:
        store.engine.dispose()


def refuse_demo_accounts(store: Store) -> None:
    """Refuse to serve a base of real people that holds accounts whose password everybody knows."""
    if not store.is_demo and _has_demo_accounts(store):
        raise Refused(_DEMO_ACCOUNTS)


def check_free(host: str, port: int) -> None:
    """Refuse a port somebody already listens to, before anything is started."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except PermissionError as error:
        raise Unavailable(f"Le port {port} est réservé au système. Choisissez-en un autre avec --port.") from error
    except OSError as error:
        raise Unavailable(
            f"Impossible d’écouter sur {host}, port {port} : il est pris, ou l’adresse n’est pas de cette machine. "
            "Choisissez-en un autre avec --port."
        ) from error


def run_server(settings: Settings, *, host: str, port: int, workers: int) -> NoReturn:
    """Become gunicorn, which serves until it is stopped."""
    place = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    line = ["--config", "python:pathway.cli.gunicorn", "--chdir", str(ROOT), "--bind", place, "--workers", str(workers)]
    sys.stdout.flush()
    os.execve(sys.executable, [sys.executable, "-P", "-m", "gunicorn", *line, "app:app"], serving_environment(settings))


def serving_environment(settings: Settings) -> dict[str, str]:
    """The same settings whatever the folder: gunicorn works in the program's own. Its processes read the secrets of the
    keyring as this one did, and forget them in turn."""
    secrets = {"CARTE_ROOT_KEY": settings.root_key, "CARTE_VAULT_TOKEN": settings.vault_token}
    given = {name: value for name, value in secrets.items() if value}
    kept = {**os.environ, **given, "PYTHONPATH": str(ROOT), "CARTE_INSTANCE": str(settings.instance.absolute())}
    url = engine_url(settings.url)
    if settings.database_url and url.get_backend_name() == "sqlite":
        kept["DATABASE_URL"] = f"sqlite:///{Path(url.database or '').absolute()}"
    return kept


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _has_demo_accounts(store: Store) -> bool:
    with Transaction(store, actor=SYSTEM, clock=clock_of(store), door="cli", write=False) as tx:
        return any(account_by_login(tx, one.email) is not None for one in sign_ins())
