"""Which ways of reaching somebody are safe for her: cautions are enforced, not only shown."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from pathway.casework.followup.vocabulary import Channel, ContactResult

NO_MESSAGE, SHARED, PROTECTED = "no_message", "phone_is_shared", "address_is_protected"

UNKNOWN = "Consignes inconnues : ne laissez pas de message."

_NO_MESSAGE = (
    "La personne ne veut pas de message : ni message vocal, ni SMS, ni mot à un proche. "
    "Appelez à nouveau, ou passez par un autre moyen."
)
_SHARED = (
    "Le téléphone est partagé avec un proche, qui pourrait lire ou écouter : ni message, ni SMS. "
    "Appelez à nouveau, ou passez par un autre moyen."
)
_NO_LETTER = "L’adresse de la personne est protégée : aucun courrier n’y part. Choisissez un autre moyen."
_NO_VISIT = (
    "L’adresse de la personne est protégée : personne ne s’y déplace. "
    "Une rencontre se note quand elle a eu lieu ; sinon choisissez un autre moyen."
)
_MET = frozenset({ContactResult.REACHED, ContactResult.REFUSED})
# Her preferred channel, as the dictionary says it.
_PREFERRED = {
    "call": Channel.PHONE,
    "sms": Channel.SMS,
    "email": Channel.EMAIL,
    "post": Channel.POST,
    "in_person": Channel.VISIT,
}


@dataclass(frozen=True, kw_only=True)
class Cautions:
    """What must be respected to reach her. `held`: the cautions that hold, keys of the dictionary.

    `are_known`: whether it is known if a message may be left. `preferred`: her channel, as the dictionary says it.
    """

    held: frozenset[str] = frozenset()
    are_known: bool = False
    preferred: str = ""

    @property
    def silent(self) -> bool:
        """Whether no trace may be left where somebody else would find it."""
        return bool(self.held & {NO_MESSAGE, SHARED})


def cautions_of(*, held: AbstractSet[str], answered: AbstractSet[str], preferred: str = "") -> Cautions:
    """The cautions from what the record says: those that `held`, and the items `answered`, whatever the answer.

    Somebody who was never asked whether a message may be left, or who hides it, is spoken to with care.
    """
    known = NO_MESSAGE in answered or bool(held & {NO_MESSAGE, SHARED})
    return Cautions(held=frozenset(held), are_known=known, preferred=preferred)


def refusal(cautions: Cautions, channel: Channel, result: ContactResult) -> str:
    """Why such an attempt is refused, in French; empty when it is safe.

    A meeting that took place is recorded wherever she lives: what is refused is going to her home.
    """
    if PROTECTED in cautions.held:
        if channel is Channel.POST:
            return _NO_LETTER
        if channel is Channel.VISIT and result not in _MET:
            return _NO_VISIT
    if cautions.silent and (channel is Channel.SMS or result is ContactResult.MESSAGE_LEFT):
        return _NO_MESSAGE if NO_MESSAGE in cautions.held else _SHARED
    return ""


def channels(cautions: Cautions) -> tuple[Channel, ...]:
    """The channels offered for her, the one she prefers first unless nobody knows that it is safe; those that could
    harm her are not."""
    closed = {Channel.SMS} if cautions.silent else set()
    closed |= {Channel.POST} if PROTECTED in cautions.held else set()
    wanted = _PREFERRED.get(cautions.preferred)
    if wanted is Channel.SMS and not may_write(cautions):
        wanted = None
    return tuple(sorted((one for one in Channel if one not in closed), key=lambda one: one is not wanted))


def results(cautions: Cautions) -> tuple[ContactResult, ...]:
    """The results offered: no message left where none may be."""
    return tuple(one for one in ContactResult if not (cautions.silent and one is ContactResult.MESSAGE_LEFT))


def may_write(cautions: Cautions) -> bool:
    """Whether an SMS is one tap away: only once it is known that messages are welcome."""
    return cautions.are_known and not cautions.silent


def warning(cautions: Cautions) -> str:
    """What is said first when nothing is known of her wishes; empty otherwise."""
    return "" if cautions.are_known else UNKNOWN
