"""What every door where one may guess says of failed tries: for which network they count, how long to wait."""

from ipaddress import IPv6Address, ip_address, ip_network

from pathway.kernel.languages import ngettext

_IPV6_NETWORK = 64  # one subscriber holds a whole /64: counting single addresses would count nothing


def wait_sentence(seconds: int) -> str:
    """Why to wait and how long, in whole minutes; the same whether what was tried exists or not."""
    return ngettext(
        "Trop d’essais ont échoué. Réessayez dans %(num)s minute.",
        "Trop d’essais ont échoué. Réessayez dans %(num)s minutes.",
        -(-seconds // 60),
    )


def network_of(address: str) -> str:
    """The network an address is counted with: itself, or its /64 when it is IPv6."""
    try:
        known = ip_address(address)
    except ValueError:
        return address
    return str(ip_network((known, _IPV6_NETWORK), strict=False)) if isinstance(known, IPv6Address) else address
