"""How journal entries become lines of her log; delays of an explanation and of a review; who may give them."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from pathway.casework.oversight.vocabulary import SAME_DEED
from pathway.kernel.calendar import add_months, add_working_days
from pathway.kernel.choice import Choice
from pathway.kernel.clock import local_day
from pathway.kernel.languages import marked

EXCEPTIONAL_LASTS = timedelta(minutes=60)
TOLD_FOR = timedelta(days=30)
TEXT_LENGTH = 1000
_ANSWER_DAYS = 30
_SECOND_ANSWER_DAYS = 15
_REVIEW_WORKING_DAYS = 5
_NOT_SIGNED_IN = "nobody"


class ContestState(Choice):
    """Where the explanation of an access stands."""

    OPEN = "open", marked("En attente de réponse")
    ANSWERED = "answered", marked("Réponse donnée")
    REOPENED = "reopened", marked("Deuxième réponse demandée")
    CLOSED = "closed", marked("Deuxième réponse donnée")


AWAITING = (ContestState.OPEN, ContestState.REOPENED)


class ExceptionalReason(Choice):
    """Why a responsable opens a record without a live access: always to ensure continuity."""

    REFERENT_GONE = "referent_gone", marked("Le référent de parcours est absent ou parti, et un suivi reste à assurer")
    DEADLINE = "deadline", marked("Une échéance ne peut pas attendre (contrat, formation, droit)")
    RETURN = "return", marked("La personne revient vers la structure et ne peut pas présenter sa carte")
    MISTAKE = "mistake", marked("Une erreur de la structure est à corriger sur un ancien accompagnement")


class Outcome(Choice):
    """What the review of an exceptional access found."""

    JUSTIFIED = "justified", marked("Cet accès était justifié")
    NOT_JUSTIFIED = "not_justified", marked("Cet accès n’était pas justifié")


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line of the log: the same act by the same account on the same local day (Europe/Paris).

    `sections`: codes of the dictionary that were read. `instants` (UTC) and `seqs` (journal entries): newest first.
    `is_own`: she did it herself, or somebody who was not signed in and typed her code or password.
    """

    day: date
    account_id: str
    role: str
    structure_id: str
    action: str
    is_own: bool
    sections: frozenset[str]
    instants: tuple[datetime, ...]
    seqs: tuple[int, ...]

    @property
    def seq(self) -> int:
        """The journal entry by which the line is named: its newest."""
        return self.seqs[0]


@dataclass(kw_only=True)
class _Group:
    sections: set[str]
    instants: list[datetime]
    seqs: list[int]


_Key = tuple[date, str, str, str, str]


def lines_of(
    entries: Iterable[Mapping[str, Any]], *, cards: Collection[str], accounts: Collection[str]
) -> tuple[Line, ...]:
    """The lines of one person's log, in the order of the entries (newest first).

    `cards`: every card of hers. `accounts`: her own accounts; what they did is her own.
    """
    groups: dict[_Key, _Group] = {}
    for entry in entries:
        at = datetime.fromisoformat(entry["at"])
        for action, sections in _acts_on(entry["acts"], cards).items():
            key = (local_day(at), entry["actor"], entry["role"], entry["structure"], action)
            group = groups.setdefault(key, _Group(sections=set(), instants=[], seqs=[]))
            group.sections |= sections
            group.instants.append(at)
            group.seqs.append(entry["seq"])
    return tuple(_line(key, group, accounts) for key, group in groups.items())


def _acts_on(acts: Sequence[Mapping[str, Any]], cards: Collection[str]) -> dict[str, set[str]]:
    """The acts of one entry that concern her, each once, with the sections it read."""
    found: dict[str, set[str]] = {}
    for act in acts:
        if not set(cards).isdisjoint(act["on"]):
            action = SAME_DEED.get(act["do"], act["do"])
            found.setdefault(action, set()).update(act["sections"])
    return found


def _line(key: _Key, group: _Group, accounts: Collection[str]) -> Line:
    day, account_id, role, structure_id, action = key
    return Line(
        day=day,
        account_id=account_id,
        role=role,
        structure_id=structure_id,
        action=action,
        is_own=role == _NOT_SIGNED_IN or account_id in accounts,
        sections=frozenset(group.sections),
        instants=tuple(group.instants),
        seqs=tuple(group.seqs),
    )


def answer_due(opened_on: date) -> date:
    """The last day of a first answer: 30 calendar days, never past one month (RGPD, article 12-3)."""
    return min(opened_on + timedelta(days=_ANSWER_DAYS), add_months(opened_on, 1))


def second_answer_due(reopened_on: date) -> date:
    """The last day of a second answer: 15 calendar days (product rule)."""
    return reopened_on + timedelta(days=_SECOND_ANSWER_DAYS)


def review_due(opened_on: date) -> date:
    """The last day on which an exceptional access is reviewed: the 5th working day after it (product rule)."""
    return add_working_days(opened_on, _REVIEW_WORKING_DAYS)
