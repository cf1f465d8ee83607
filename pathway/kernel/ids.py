"""Opaque identifiers: drawn at random, they say nothing of what they name."""

import base64
import secrets

_CARD_DIGITS = 12


def new_id() -> str:
    """128 random bits as 26 lower-case base32 characters, safe in an address and in a file name."""
    return base64.b32encode(secrets.token_bytes(16)).decode().rstrip("=").lower()


def new_card_number() -> str:
    """A random card number: 12 digits and a mod-97 key of 2 digits, 14 in all. Never derived from the person."""
    body = f"{secrets.randbelow(10**_CARD_DIGITS):0{_CARD_DIGITS}d}"
    return body + _key(body)


def is_card_number(text: str) -> bool:
    """Whether those characters (spaces allowed) are a card number whose key agrees."""
    digits = "".join(text.split())
    if len(digits) != _CARD_DIGITS + 2 or not (digits.isascii() and digits.isdigit()):
        return False
    return _key(digits[:_CARD_DIGITS]) == digits[_CARD_DIGITS:]


def spaced_card_number(number: str) -> str:
    """The number as it is read aloud: groups of four."""
    return " ".join(number[start : start + 4] for start in range(0, len(number), 4))


def _key(body: str) -> str:
    return f"{97 - int(body) * 100 % 97:02d}"


def new_code(alphabet: str, length: int) -> str:
    """A fresh code to be read aloud or typed: so many letters drawn from that alphabet by the system's generator."""
    return "".join(secrets.choice(alphabet) for _ in range(length))
