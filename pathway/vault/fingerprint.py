"""Keyed fingerprints: finding or recognising something without keeping it readable."""

import hmac
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from pathway.vault.envelope import lp
from pathway.vault.keyring import Keyring

_KEY_BYTES = 32
_TOKEN_MAX_BITS = 62


@dataclass(frozen=True, kw_only=True)
class Fingerprints:
    """The fingerprints of one territory; made by `fingerprints`. Derived keys are kept as long as it is."""

    territory: str
    index_root: bytes = field(repr=False)
    session_key: bytes = field(repr=False)
    _keys: dict[tuple[str, str], bytes] = field(default_factory=dict, init=False, repr=False, compare=False)

    def token(self, index: str, bits: int, *parts: str) -> int:
        """The search token of those parts in that index: `bits` bits (1 to 62), equal for equal parts."""
        if not 1 <= bits <= _TOKEN_MAX_BITS:
            raise ValueError(f"a token has 1 to {_TOKEN_MAX_BITS} bits, not {bits}")
        mac = hmac.digest(self._key(self.index_root, "cve/bidx/v1", index), lp(*parts), "sha256")
        return int.from_bytes(mac[:8]) >> (64 - bits)

    def digest(self, purpose: str, *parts: str) -> bytes:
        """A 32-byte keyed hash (session ids, activation codes, network addresses); purposes never meet."""
        return hmac.digest(self._key(self.session_key, "cve/digest/v1", purpose), lp(*parts), "sha256")

    def _key(self, root: bytes, use: str, name: str) -> bytes:
        known = self._keys.get((use, name))
        if known is None:
            info = lp(use, name, self.territory)
            known = HKDFExpand(algorithm=SHA256(), length=_KEY_BYTES, info=info).derive(root)
            self._keys[use, name] = known
        return known


def fingerprints(keyring: Keyring, territory: str) -> Fingerprints:
    """The fingerprints of a territory, under the keyring's present index root."""
    return Fingerprints(
        territory=territory,
        index_root=keyring.index_roots[keyring.index_version],
        session_key=keyring.session_key,
    )
