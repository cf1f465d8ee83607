"""What an account may be, how long a session and a code hold, how failed tries are slowed."""

from datetime import datetime, timedelta

from pathway.casework.accounts.spelling import is_worn_out
from pathway.kernel.choice import Choice
from pathway.kernel.errors import Invalid
from pathway.kernel.languages import gettext as _
from pathway.kernel.languages import marked

PROFESSIONAL_IDLE = timedelta(minutes=20)
JOBSEEKER_IDLE = timedelta(minutes=15)
LONGEST_SESSION = timedelta(hours=10)
LAST_SEEN_EVERY = timedelta(minutes=1)
PENDING_LIFE = timedelta(minutes=5)
ENROLLING_LIFE = timedelta(minutes=30)
FRESH_FOR = timedelta(minutes=10)
DEVICE_LIFE = timedelta(days=180)
EVENTS_KEPT = timedelta(days=365)

CODE_LIFE = timedelta(minutes=10)
CODE_TRIES = 5
CODE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # without the look-alikes 0 O 1 I L
CODE_LENGTH = 8

FREE_FAILURES = 5
FREE_FAILURES_OF_ADDRESS = 30
FAILURES_FADE = timedelta(minutes=60)
ADDRESS_WINDOW = timedelta(minutes=10)
LONGEST_BLOCK = timedelta(minutes=60)

PASSWORD_MIN, PASSWORD_MAX = 12, 128


class AccountKind(Choice):
    """Whether one works with people or is the person."""

    PROFESSIONAL = "professional", "Professionnel·le"
    JOBSEEKER = "jobseeker", "Personne accompagnée"


class AccountState(Choice):
    """Whether the account may sign in."""

    ACTIVE = "active", "Actif"
    DISABLED = "disabled", "Désactivé"


class LoginKind(Choice):
    """What is typed to sign in."""

    EMAIL = "email", "Adresse e-mail"
    CARD = "card", "Numéro de carte"


class Stage(Choice):
    """How far a browser has come in signing in."""

    PENDING = "pending", "Le second facteur est attendu"
    ENROLLING = "enrolling", "Un second facteur doit être installé"
    OPEN = "open", "Ouverte"


class EventKind(Choice):
    """What happened to an account, as its owner reads it."""

    SIGN_IN = "sign_in", marked("Connexion")
    NEW_DEVICE = "new_device", marked("Connexion depuis un nouvel appareil")
    WRONG_CODE = "wrong_code", marked("Mauvais code de vérification")
    RECOVERY_USED = "recovery_used", marked("Code de secours utilisé")
    FACTOR_ADDED = "second_factor_added", marked("Protection ajoutée")
    FACTOR_REMOVED = "second_factor_removed", marked("Protection retirée")
    CODES_RENEWED = "recovery_codes_made", marked("Nouveaux codes de secours")
    PASSWORD_CHANGED = "password_changed", marked("Mot de passe changé")
    SESSION_ENDED = "session_ended", marked("Appareil déconnecté")


_HALF_LIVES = {Stage.PENDING: PENDING_LIFE, Stage.ENROLLING: ENROLLING_LIFE}


def is_alive(
    *, created_at: datetime, last_seen_at: datetime, kind: AccountKind, now: datetime, stage: Stage = Stage.OPEN
) -> bool:
    """Whether a session still holds: not idle too long, not older than ten hours, not from the future.

    Before the second factor it holds 5 minutes; while a first one is being installed, 30.
    """
    if stage in _HALF_LIVES:
        return created_at <= now < created_at + _HALF_LIVES[stage]
    idle = PROFESSIONAL_IDLE if kind is AccountKind.PROFESSIONAL else JOBSEEKER_IDLE
    return created_at <= now < created_at + LONGEST_SESSION and now < last_seen_at + idle


def is_fresh(proved_at: datetime | None, *, now: datetime) -> bool:
    """Whether the person proved who she is less than ten minutes ago (ASVS 7.5.1)."""
    return proved_at is not None and proved_at <= now < proved_at + FRESH_FOR


def block_after(failures: int, *, free: int, now: datetime) -> datetime | None:
    """Until when the next try waits: nothing before `free` failures, then 1, 2, 4 … 60 minutes; never for good."""
    if failures < free:
        return None
    minutes = 2 ** min(failures - free, 6)
    return now + min(timedelta(minutes=minutes), LONGEST_BLOCK)


def check_password(password: str, *, context: tuple[str, ...] = ()) -> None:
    """Refuse what is too short, too long, worn out, repeated, or holds a word of the person's own (`context`).

    CNIL 2022 asks for a local block list, not for composition rules.
    """
    folded = password.casefold()
    if not PASSWORD_MIN <= len(password) <= PASSWORD_MAX:
        lengths = {"least": PASSWORD_MIN, "most": PASSWORD_MAX}
        raise Invalid(_("Choisissez un mot de passe de %(least)s à %(most)s caractères.", **lengths), field="password")
    if len(set(folded)) < 5 or is_worn_out(password):
        raise Invalid(
            marked(
                "Ce mot de passe est trop facile à deviner. Choisissez par exemple quatre mots sans rapport entre eux."
            ),
            field="password",
        )
    if any(len(word) >= 4 and word.casefold() in folded for word in context):
        raise Invalid(marked("Le mot de passe ne doit pas contenir votre nom ni votre e-mail."), field="password")


def normal_code(typed: str) -> str:
    """An activation code as it was given: capitals, without spaces or dashes."""
    return "".join(letter for letter in typed.upper() if letter.isalnum())
