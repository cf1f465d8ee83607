"""Requests of the person about her record: kinds, states, delays, and what may be asked of which part."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from pathway.casework.agreements.rules import CAUTION, WHO_SHE_IS
from pathway.casework.records.catalogue import CATALOGUE, CAUTIONS
from pathway.casework.records.vocabulary import Section
from pathway.kernel.calendar import add_months
from pathway.kernel.choice import Choice
from pathway.kernel.errors import Invalid, Refused
from pathway.kernel.languages import gettext as _
from pathway.kernel.languages import marked
from pathway.kernel.wording import said_date

TEXT_LENGTH = 1000
MOST_MORE_MONTHS = 2
MOST_OPEN = 20  # requests of one person that wait at a time
MOST_NOTED = 10  # of which noted by structures: they never take all of her room
TOLD_BEFORE = timedelta(days=7)  # calendar days between the answer she is told of and the end of a limit

_WHO_SHE_IS = marked(
    "Votre nom et votre date de naissance restent visibles : sans eux, une structure ne saurait pas de qui elle parle. "
    "S’ils sont faux, demandez une correction."
)
_NO_SUCH_PART = marked("Choisissez une partie ou une réponse de la liste.")
_NOT_ALONE = marked("Cette information ne se corrige pas seule. Demandez une correction.")
_TOO_LATE = "Le délai est dépassé : répondez maintenant, il ne se prolonge plus."
_ONCE = "Cette demande a déjà été prolongée. Elle ne se prolonge qu’une fois."
_MONTHS = f"Choisissez un ou {MOST_MORE_MONTHS} mois."
_FULL = marked(
    "%(most)s demandes attendent déjà une réponse : c’est le plus possible à la fois. Attendez une réponse, ou "
    "retirez une demande sur la page « Mes demandes »."
)
_FULL_NOTED = (
    "Trop de demandes de cette personne attendent déjà une réponse. Elle peut en retirer une sur son compte, ou "
    "attendre une réponse."
)
_ALREADY = marked("Cette demande est déjà ouverte, depuis le %(asked)s. La réponse arrivera au plus tard le %(day)s.")
_LATE_ALREADY = marked(
    "Cette demande est déjà ouverte, depuis le %(asked)s. La réponse était due au plus tard le %(day)s : elle est en "
    "retard."
)


class RequestKind(Choice):
    """Which right is used (RGPD, articles 15, 16, 17, 18 and 21)."""

    ACCESS = "access", marked("Copie du dossier")
    RECTIFICATION = "rectification", marked("Correction")
    RESTRICTION = "restriction", marked("Limitation")
    OBJECTION = "objection", marked("Opposition")
    ERASURE = "erasure", marked("Effacement")


class RequestState(Choice):
    """Where a request stands."""

    OPEN = "open", marked("En attente de réponse")
    ANSWERED = "answered", marked("Demande acceptée")
    REFUSED = "refused", marked("Demande refusée")
    WITHDRAWN = "withdrawn", marked("Demande retirée")


class RequestWay(Choice):
    """How she asked."""

    ACCOUNT = "account", marked("sur son compte")
    VOICE = "voice", marked("de vive voix")
    PAPER = "paper", marked("sur papier")


@dataclass(frozen=True, kw_only=True)
class Term:
    """Until when an answer is due: `due_on`, or `extended_until` once the delay was made longer."""

    due_on: date
    extended_until: date | None = None

    @property
    def last_day(self) -> date:
        """The last day of the answer."""
        return self.extended_until or self.due_on

    def is_late(self, on: date) -> bool:
        """Whether that last day is past."""
        return self.last_day < on


def answer_due(asked_on: date) -> date:
    """The last day of an answer: one calendar month after the request (RGPD, article 12-3)."""
    return add_months(asked_on, 1)


def lifted_at(answered_at: datetime) -> datetime:
    """From when what she limited may be used again, once an answer is given: she is told before (RGPD, article 18-3).
    The same hour, seven calendar days later."""
    return answered_at + TOLD_BEFORE


def extended(term: Term, *, asked_on: date, months: int, on: date) -> date:
    """The last day once made longer by one or two calendar months, of which she is told within the first month (RGPD,
    article 12-3). `Refused` when it is too late or done already; `Invalid` for another number of months."""
    if term.extended_until:
        raise Refused(_ONCE)
    if term.is_late(on):
        raise Refused(_TOO_LATE)
    if not 1 <= months <= MOST_MORE_MONTHS:
        raise Invalid(_MONTHS, field="months")
    return add_months(asked_on, 1 + months)


def check_room(*, waiting: int, noted: int, is_noted: bool) -> None:
    """Refuse one more request beside those that wait, of which `noted` by structures. `is_noted`: this one is too."""
    if is_noted and (noted >= MOST_NOTED or waiting >= MOST_OPEN):
        raise Refused(_FULL_NOTED)
    if waiting >= MOST_OPEN:
        raise Refused(_(_FULL, most=MOST_OPEN))


def already_asked(term: Term, *, asked_on: date, on: date) -> str:
    """What is said to whoever makes a request again while it waits."""
    days = {"asked": said_date(asked_on), "day": said_date(term.last_day)}
    return _(_LATE_ALREADY if term.is_late(on) else _ALREADY, **days)


def same_words(left: str, right: str) -> bool:
    """Whether two requests say the same, whatever the case and the spaces."""
    return left.casefold().split() == right.casefold().split()


def check_correctable(item_key: str) -> None:
    """Refuse what she does not correct alone: who she is is shown to a professional first."""
    if item_key not in CATALOGUE:
        raise Invalid(_NO_SUCH_PART)
    if item_key in WHO_SHE_IS:
        raise Refused(_NOT_ALONE)


def check_restrictable(section: str, item_key: str) -> None:
    """Refuse to restrict who she is, a caution alone, or what the dictionary does not know: steps, points and contacts
    always stand.

    `item_key` is empty for the whole section.
    """
    known = section in {one.value for one in Section}
    if not known or (item_key and (item_key not in CATALOGUE or CATALOGUE[item_key].section.value != section)):
        raise Invalid(_NO_SUCH_PART, field="what")
    if section == Section.IDENTITY.value and (not item_key or item_key in WHO_SHE_IS):
        raise Refused(_WHO_SHE_IS, field="what")
    if item_key in CAUTIONS:
        raise Refused(CAUTION, field="what")
