"""The keys an open store works with: read again when another process changed them, so that none needs a restart."""

import threading
import time

from pathway.kernel.errors import PathwayError
from pathway.kernel.logs import failure, log
from pathway.vault.fingerprint import Fingerprints, fingerprints
from pathway.vault.keyring import Keyring
from pathway.vault.providers import Provider, stamp_of

Stamp = tuple[int, int, int]
_RETRY_SECONDS = 10
_COUNTED_BY = 1024  # wraps counted in the base at a time: each on its own, all creations would queue behind one row


class LiveKeys:
    """The keyring of one territory and its fingerprints. Without a provider they never change."""

    def __init__(
        self, keyring: Keyring, territory: str, provider: Provider | None = None, *, seen: Stamp | None = None
    ) -> None:
        """Hold those keys; with a provider, look at its file again at each `refresh`.

        `seen`: the file's stamp from before it was read. Taken afterwards, it could hide a change made in between.
        """
        self.territory = territory
        self.provider = provider
        self._held = (keyring, fingerprints(keyring, territory))
        self._seen = seen
        self._retry_at = 0.0
        self._wraps = 0
        self._lock = threading.Lock()

    @property
    def keyring(self) -> Keyring:
        """The keys as they were last read."""
        return self._held[0]

    @property
    def fingerprints(self) -> Fingerprints:
        """Their fingerprints."""
        return self._held[1]

    def refresh(self) -> None:
        """Read the keyring again if its file was replaced. What cannot be read changes nothing, and is tried again."""
        if self.provider is None or stamp_of(self.provider.path) == self._seen:
            return
        with self._lock:
            stamp = stamp_of(self.provider.path)
            if stamp is not None and stamp != self._seen and time.monotonic() >= self._retry_at:
                self._read(self.provider, stamp)

    def holding(self, kid: int) -> Keyring:
        """The keyring, read again first when it does not know that wrapping key."""
        if kid not in self.keyring.keks:
            self.refresh()
        return self.keyring

    def knowing(self, epoch: int) -> Keyring:
        """The keyring, read again first when it does not know that journal key."""
        if epoch not in self.keyring.journal_keys:
            self.refresh()
        return self.keyring

    def hold(self, keyring: Keyring) -> None:
        """Work with those keys at once: this process has just written them. The file is still looked at again."""
        with self._lock:
            self._held = (keyring, fingerprints(keyring, self.territory))
            self._seen = None

    def count_wraps(self, more: int) -> int:
        """Note so many wraps; gives how many are to be added in the base now, mostly none."""
        with self._lock:
            self._wraps += more
            if self._wraps < _COUNTED_BY:
                return 0
            due, self._wraps = self._wraps, 0
            return due

    def _read(self, provider: Provider, stamp: Stamp) -> None:
        try:
            keyring = provider.load()
        except PathwayError as error:
            self._retry_at = time.monotonic() + _RETRY_SECONDS
            log().error("keyring_not_read_again", **failure(error))
            return
        if not _follows(keyring, self.keyring):
            self._retry_at = time.monotonic() + _RETRY_SECONDS
            log().error("keyring_of_another_base")
            return
        self._held = (keyring, fingerprints(keyring, self.territory))
        self._seen = stamp


def _follows(newer: Keyring, older: Keyring) -> bool:
    """Whether both are the keyring of one base: the same number always is the same key."""
    common = newer.keks.keys() & older.keks.keys()
    return newer.session_key == older.session_key and all(newer.kek(kid) == older.kek(kid) for kid in common)
