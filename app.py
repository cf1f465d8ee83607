"""The roof: settings, then the store with its keys, then the web application. `gunicorn app:app` serves it."""

from flask import Flask

from pathway.cli.serving import refuse_demo_accounts
from pathway.jobs.restoring import check_settled
from pathway.kernel.settings import Settings, forget_secrets
from pathway.store.opening import open_store
from pathway.web.application import build


def create_app(settings: Settings | None = None) -> Flask:
    """The program on the configured instance; `Unavailable` in French when it cannot be opened."""
    chosen = settings or Settings()
    forget_secrets()
    store = open_store(chosen)
    refuse_demo_accounts(store)
    check_settled(store)
    return build(chosen, store)


def __getattr__(name: str) -> Flask:
    """Build `app` when a server asks for it, not when a test imports this module."""
    if name == "app":
        return create_app()
    raise AttributeError(name)
