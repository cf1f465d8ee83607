"""Argon2id, with the same work for an account that does not exist, two at a time."""

from functools import cache
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

HASHER = PasswordHasher(time_cost=3, memory_cost=65536, parallelism=4)
# Each one takes 64 MiB: a burst of sign-ins must queue rather than exhaust the machine.
_AT_ONCE = BoundedSemaphore(2)


@cache
def _nobody(hasher: PasswordHasher) -> str:
    return hasher.hash("nobody has this password")


def hash_password(password: str) -> str:
    """The Argon2id hash to keep. About 160 ms: never inside a write transaction."""
    with _AT_ONCE:
        return HASHER.hash(password)


def check(password_hash: str | None, password: str) -> bool:
    """Whether the password is the one of that hash; without a hash (None, or empty once spent), the same work for
    nothing. Never inside a write."""
    with _AT_ONCE:
        try:
            return HASHER.verify(password_hash or _nobody(HASHER), password) and bool(password_hash)
        except (VerificationError, InvalidHashError):
            return False


def is_outdated(password_hash: str) -> bool:
    """Whether that hash was made with other costs than today's, and should be made again while the password is here."""
    return HASHER.check_needs_rehash(password_hash)
