"""What a night does of records past their time, and the erasure that is asked for: both forget the person."""

from collections.abc import Sequence
from datetime import date

from pathway.casework.lifecycle.forgetting import forget_records
from pathway.casework.lifecycle.rules import ForgetReason
from pathway.casework.retention.actions import archive, keep_evidence, reopen, tell_erasure
from pathway.casework.retention.queries import Due, delays, due_among, is_held, kept_of
from pathway.casework.retention.rules import Step, unrecoverable_on
from pathway.casework.rights.actions import answer_request
from pathway.casework.rights.queries import request_to_answer
from pathway.casework.rights.rules import RequestKind
from pathway.casework.sharing.queries import reach_of, same_person
from pathway.kernel.clock import local_day
from pathway.kernel.errors import Refused
from pathway.kernel.languages import marked
from pathway.store.letter_kinds import LetterKind
from pathway.store.outbox import post
from pathway.store.transaction import Transaction

_OTHER_KIND = "Cette demande n’est pas une demande d’effacement."
_NOT_TOLD = marked("Votre dossier est actif. Demandez son effacement : on vous répond sous un mois.")
_MOST_SAID = 999  # days, in a letter
_HELD = marked(
    "Ce dossier est gardé pour un litige. Il ne peut pas être effacé avant la fin de ce litige, et il n’est utilisé "
    "pour rien d’autre."
)


def carry_out(tx: Transaction, people: Sequence[str], *, on: date) -> dict[str, int]:
    """Do what that day asks of those people (cards that stand for one), looked at again: gives how many were archived,
    told, opened again and erased. Safe to run again."""
    counts = {"archived": 0, "told": 0, "reopened": 0, "erased": 0}
    erased: list[Due] = []
    for one in due_among(tx, people, delays=delays(tx), on=on):
        if one.step is Step.ARCHIVE:
            archive(tx, one.cards, on=on)
            counts["archived"] += 1
        elif one.step is Step.REOPEN:
            reopen(tx, one.cards)
            counts["reopened"] += 1
        elif one.step is Step.TELL:
            tell_erasure(tx, one.record_id, one.cards, on=on)
            counts["told"] += 1
        elif one.step is Step.ERASE:
            erased.append(one)
    _erase(tx, erased)
    counts["erased"] = len(erased)
    tx.journal("keep_or_erase", day=on.isoformat(), counts=counts)
    return counts


def erase_person(tx: Transaction, record_id: str, *, reason: ForgetReason, copies_days: int) -> None:
    """Forget that person, all her cards, after keeping apart what an audit still asks; a letter says so to her, with
    in how many days no copy can be read. `Refused` while a hold for a litigation stands. Who may is for the caller to
    say."""
    cards = same_person(tx, record_id)
    if is_held(tx, cards):
        raise Refused(_HELD)
    reach = reach_of(tx, record_id)
    keep_evidence(tx, cards)
    forget_records(tx, cards, reason=reason)
    for account_id, email in reach.emails:
        variables = {"link": "/", "valid_for": _said_days(copies_days)}
        spoken = reach.languages[account_id]
        post(tx, kind=LetterKind.RECORD_ERASED, to=email, variables=variables, language=spoken)


def grant_erasure(tx: Transaction, *, request_id: str, version: int, text: str, backup_days: int) -> date:
    """Grant a request of erasure, and erase at once: gives the day by which no copy can be read by anybody. The actor
    answers for it, as for any request; what she wrote in answer goes with the record, and a letter says it is done.

    `Refused` for another kind of request, or while a hold for a litigation stands.
    """
    one = request_to_answer(tx, request_id)
    if one.kind is not RequestKind.ERASURE:
        raise Refused(_OTHER_KIND)
    answer_request(tx, request_id=request_id, version=version, is_granted=True, text=text, is_erasing=True)
    return _erase_now(tx, one.record_id, backup_days)


def erase_mine(tx: Transaction, *, backup_days: int) -> date:
    """« Effacer mon dossier maintenant », for somebody who was told that it will be: gives the day by which no copy can
    be read. `Refused` when she was not told: she then asks, and somebody answers."""
    record_id = tx.actor.record_id
    if not record_id or kept_of(tx, record_id).told_on is None:
        raise Refused(_NOT_TOLD)
    return _erase_now(tx, record_id, backup_days)


def last_readable(tx: Transaction, *, backup_days: int) -> date:
    """The day by which no copy of what is erased today can be read by anybody."""
    keyring = tx.store.keyring
    made_on = local_day(keyring.keks[keyring.primary].created_at)
    return unrecoverable_on(tx.today, key_made_on=made_on, backup_days=backup_days)


def _erase_now(tx: Transaction, record_id: str, backup_days: int) -> date:
    gone_by = last_readable(tx, backup_days=backup_days)
    erase_person(tx, record_id, reason=ForgetReason.ASKED, copies_days=(gone_by - tx.today).days)
    return gone_by


def _said_days(days: int) -> str:
    return f"{days} jours" if days <= _MOST_SAID else ""


def _erase(tx: Transaction, people: Sequence[Due]) -> None:
    cards = [card for one in people for card in one.cards]
    if cards:
        keep_evidence(tx, cards)
        forget_records(tx, cards, reason=ForgetReason.EXPIRED)
