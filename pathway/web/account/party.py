"""For which site passkeys are made: the public address of the service, never a name somebody typed."""

from ipaddress import ip_address
from urllib.parse import urlsplit

from flask import current_app, request

from pathway.casework.factors.rules import RelyingParty
from pathway.kernel.errors import Refused
from pathway.kernel.languages import marked

_NO_NAME = marked("Les clés d’accès demandent que le service ait un nom, et pas seulement une adresse de machine.")


def relying_party() -> RelyingParty | None:
    """The site passkeys belong to; None when it has no name (browsers refuse a bare IP address).

    From CARTE_PUBLIC_URL, else from the request's host, which CARTE_TRUSTED_HOSTS has checked.
    """
    origin = current_app.config["PUBLIC_URL"] or f"{request.scheme}://{request.host}"
    host = urlsplit(origin).hostname or ""
    return None if not host or _is_address(host) else RelyingParty(id=host, origin=origin)


def needed_party() -> RelyingParty:
    """The same, refused in French when there is none."""
    party = relying_party()
    if party is None:
        raise Refused(_NO_NAME)
    return party


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
