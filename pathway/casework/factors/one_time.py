"""Codes of six figures that change every thirty seconds (RFC 6238)."""

import hmac
from datetime import datetime

import pyotp

_PERIOD = 30
_WINDOW = (-1, 0, 1)
ISSUER = "Carte emploi"


def new_seed() -> str:
    """A fresh seed: 160 random bits in base32, as applications want it."""
    return pyotp.random_base32()


def step_at(at: datetime) -> int:
    """The number of the thirty-second step of that instant."""
    return int(at.timestamp()) // _PERIOD


def code_of(seed: str, step: int) -> str:
    """The six figures of that step."""
    return pyotp.TOTP(seed, interval=_PERIOD).generate_otp(step)


def matching_step(seed: str, typed: str, *, at: datetime, after: int) -> int | None:
    """The step whose code was typed: the present one, or one beside it; never `after` or earlier, already used."""
    figures = "".join(typed.split())
    found = None
    for shift in _WINDOW:  # all three, whatever the first ones say: the time taken tells nothing
        step = step_at(at) + shift
        if hmac.compare_digest(code_of(seed, step).encode(), figures.encode()) and step > after:
            found = step
    return found


def seed_address(seed: str, *, holder: str) -> str:
    """The address that applications read in the drawing."""
    return pyotp.TOTP(seed, interval=_PERIOD).provisioning_uri(name=holder, issuer_name=ISSUER)


def spaced_seed(seed: str) -> str:
    """The seed as one types it by hand: groups of four."""
    return " ".join(seed[start : start + 4] for start in range(0, len(seed), 4))
