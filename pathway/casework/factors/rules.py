"""What protects an account besides its password, and which protection may be taken away."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from pathway.casework.accounts.rules import AccountKind
from pathway.kernel.choice import Choice
from pathway.kernel.errors import Refused

OFFER_LIFE = timedelta(minutes=15)
CHALLENGE_LIFE = timedelta(minutes=5)
CODE_FAILURES_FADE = timedelta(hours=24)  # a code has six figures only: its failures are held against it all day
RECOVERY_CODES = 10
RECOVERY_LENGTH = 10
FEW_RECOVERY_CODES = 3
MAX_PASSKEYS = 10

LAST_FACTOR = (
    "C’est votre dernière protection : un compte professionnel en garde toujours une. Ajoutez-en une autre d’abord."
)


class Way(Choice):
    """How somebody proves who she is besides her password."""

    TOTP = "totp", "Application de codes"
    PASSKEY = "passkey", "Clé d’accès"
    RECOVERY = "recovery", "Code de secours"


class Purpose(Choice):
    """What a passkey is asked for: a challenge drawn for one never serves the other."""

    REGISTER = "register", "Enregistrer une clé d’accès"
    PROVE = "prove", "Prouver qui l’on est"


@dataclass(frozen=True, kw_only=True)
class RelyingParty:
    """For which site a passkey is made: its host name, and the origin its pages come from."""

    id: str
    origin: str


@dataclass(frozen=True, kw_only=True)
class PasskeyLine:
    """One passkey as its owner reads it."""

    id: str
    name: str
    added_at: datetime
    used_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class Factors:
    """What protects an account besides its password. `totp_since`: when the codes were installed, None without."""

    totp_since: datetime | None = None
    passkeys: tuple[PasskeyLine, ...] = ()
    recovery_left: int = 0
    recovery_made_at: datetime | None = None

    @property
    def has_strong(self) -> bool:
        """Whether a device is needed: codes from an application, or a passkey."""
        return self.totp_since is not None or bool(self.passkeys)

    @property
    def has_any(self) -> bool:
        """Whether a second step is asked after the password; a printed list is enough for a jobseeker."""
        return self.has_strong or self.recovery_made_at is not None


def refuse_last(factors: Factors, *, kind: AccountKind) -> None:
    """Refuse to take the last device away from a professional: the factor is mandatory for her (CNIL SAN-2026-003)."""
    devices = len(factors.passkeys) + (factors.totp_since is not None)
    if kind is AccountKind.PROFESSIONAL and devices <= 1:
        raise Refused(LAST_FACTOR)


def normal_recovery_code(typed: str) -> str:
    """A recovery code as it was printed: capitals, without spaces or dashes."""
    return "".join(letter for letter in typed.upper() if letter.isalnum())


def spaced_recovery_code(code: str) -> str:
    """The code as it is printed and read aloud: two groups of five."""
    return f"{code[:5]} {code[5:]}"


def looks_like_totp(typed: str) -> bool:
    """Whether what was typed is a six-figure code, spaces allowed, rather than a recovery code."""
    figures = "".join(typed.split())
    return len(figures) == 6 and figures.isascii() and figures.isdigit()
