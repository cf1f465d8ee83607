"""Keyed fingerprints: finding or recognising something without keeping it readable."""

import hmac
from collections.abc import Mapping
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
    lasting_root: bytes = field(repr=False)
    search_roots: Mapping[int, bytes] = field(repr=False)
    search_version: int = field(repr=False)
    session_key: bytes = field(repr=False)
    _keys: dict[tuple[bytes, str, str], bytes] = field(default_factory=dict, init=False, repr=False, compare=False)

    def token(self, index: str, bits: int, *parts: str) -> int:
        """The token of those parts in that index: `bits` bits (1 to 62), equal for equal parts for ever.

        For what cannot be written again (a login, a number that said STOP). Search tokens are `search_token`'s.
        """
        return self._token(self.lasting_root, index, bits, parts)

    def search_token(self, version: int, index: str, bits: int, *parts: str) -> int:
        """The same under the index root of that version, one of `search_roots`: renewed when roots change."""
        return self._token(self.search_roots[version], index, bits, parts)

    def _token(self, root: bytes, index: str, bits: int, parts: tuple[str, ...]) -> int:
        if not 1 <= bits <= _TOKEN_MAX_BITS:
            raise ValueError(f"a token has 1 to {_TOKEN_MAX_BITS} bits, not {bits}")
        mac = hmac.digest(self._key(root, "cve/bidx/v1", index), lp(*parts), "sha256")
        return int.from_bytes(mac[:8]) >> (64 - bits)

    def digest(self, purpose: str, *parts: str) -> bytes:
        """A 32-byte keyed hash (session ids, activation codes, network addresses); purposes never meet."""
        return hmac.digest(self._key(self.session_key, "cve/digest/v1", purpose), lp(*parts), "sha256")

    def _key(self, root: bytes, use: str, name: str) -> bytes:
        known = self._keys.get((root, use, name))
        if known is None:
            info = lp(use, name, self.territory)
            known = HKDFExpand(algorithm=SHA256(), length=_KEY_BYTES, info=info).derive(root)
            self._keys[root, use, name] = known
        return known


def fingerprints(keyring: Keyring, territory: str) -> Fingerprints:
    """The fingerprints of a territory, under every index root that the keyring searches with."""
    return Fingerprints(
        territory=territory,
        lasting_root=keyring.lasting(),
        search_roots=keyring.index_roots,
        search_version=keyring.index_version,
        session_key=keyring.session_key,
    )
