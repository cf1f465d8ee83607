"""Argon2id, with the same work for an account that does not exist."""

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

HASHER = PasswordHasher(time_cost=3, memory_cost=65536, parallelism=4)


@cache
def _nobody() -> str:
    return HASHER.hash("nobody has this password")


def hash_password(password: str) -> str:
    """The Argon2id hash to keep. About 160 ms: never inside a write transaction."""
    return HASHER.hash(password)


def check(password_hash: str | None, password: str) -> bool:
    """Whether the password is the one of that hash; without a hash, the same work for nothing. Never inside a write."""
    try:
        return HASHER.verify(password_hash or _nobody(), password) and password_hash is not None
    except (VerificationError, InvalidHashError):
        return False
