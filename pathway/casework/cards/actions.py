"""Showing a code, opening a visit with it or with a printed card, ending a visit, printing and replacing a card."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, insert, update

from pathway.casework.accounts.actions import count_failure, hold_account, replace_card_login
from pathway.casework.accounts.queries import blocked_until
from pathway.casework.accounts.rules import CODE_ALPHABET
from pathway.casework.cards.queries import card_number, her_card
from pathway.casework.cards.rules import (
    PERSONAL_LENGTH,
    PERSONAL_TRIES,
    SHOWN_LENGTH,
    SHOWN_LIFE,
    VISIT_SECTIONS,
    read_code,
    visit_ends_at,
)
from pathway.casework.cards.tables import CardCode, PrintedCard
from pathway.casework.partners.rules import Role
from pathway.casework.records.actions import renew_card_number
from pathway.casework.resets.queries import require_keys
from pathway.casework.sharing.actions import WHO_LOOKED_PATH, end_grants, open_grants, tell_her
from pathway.casework.sharing.queries import access_of, has_lasting_support, is_stopped, is_visible, same_person
from pathway.casework.sharing.rules import Cause
from pathway.kernel.errors import NotAllowed, Refused
from pathway.kernel.ids import new_code, new_id
from pathway.store.columns import table_of
from pathway.store.letter_kinds import LetterKind
from pathway.store.transaction import Transaction

_code = table_of(CardCode)
_printed = table_of(PrintedCard)

_NOT_HERS = "Seule une structure qui accompagne cette personne imprime ou remplace sa carte."
_STOPPED = "Cette personne a arrêté le partage avec votre structure : sa carte ne s’imprime pas ici."


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A code to show, and the instant (UTC) from which it is worth nothing. Kept nowhere as it stands."""

    code: str
    expires_at: datetime


@dataclass(frozen=True, kw_only=True)
class Presented:
    """What presenting a card gave: the record to open, or nothing.

    `is_stopped`: she withdrew the sharing and the card opened nothing more. `wait`: seconds before the next try.
    """

    record_id: str = ""
    is_stopped: bool = False
    wait: int = 0


@dataclass(frozen=True, kw_only=True)
class Tried:
    """One try of a printed card, counted before its personal code is checked; `code_hash` is None for no such card."""

    who: tuple[str, ...]
    wait: int = 0
    printed_id: str = ""
    record_id: str = ""
    code_hash: str | None = None


def show_code(tx: Transaction) -> Shown:
    """A fresh code for the phone of the person who acts: 6 characters, 3 minutes, one use. Her earlier one ends."""
    record_id = _herself(tx)
    _end_codes(tx, [record_id])
    code = new_code(CODE_ALPHABET, SHOWN_LENGTH)
    values = {
        "id": new_id(),
        "record_id": record_id,
        "code_digest": _code_digest(tx, code),
        "made_at": tx.now,
        "expires_at": tx.now + SHOWN_LIFE,
    }
    tx.execute(insert(_code), values)
    tx.journal("show_card", records=[record_id])
    return Shown(code=code, expires_at=tx.now + SHOWN_LIFE)


def present_code(tx: Transaction, *, typed: str, address: str) -> Presented:
    """Open the visit of the person whose phone shows that code; the code is spent.

    An unknown code, an expired, a spent one get the same answer from the same statement, and count as a failure of the
    account and of its network `address`: nothing is raised, so that the count is kept.
    """
    who, wait = _queued(tx, address)
    if wait:
        return Presented(wait=wait)
    here = (_code.c.code_digest == _code_digest(tx, read_code(typed)), _code.c.ended_at.is_(None))
    spent = update(_code).where(*here, _code.c.expires_at > tx.now).values(ended_at=tx.now)
    row = tx.execute(spent.returning(_code.c.id, _code.c.record_id)).one_or_none()
    if row is None:
        count_failure(tx, who=list(who), action="present_card_failed")
        return Presented()
    return _open_visit(tx, row.record_id, cause_id=row.id, who=who)


def try_printed(tx: Transaction, *, number: str, address: str) -> Tried:
    """Count one try of the printed card of that number, and give the hash its personal code is checked against.

    Counted first: the check is long, takes place outside any write, and several at once must not be free.
    """
    who, wait = _queued(tx, address)
    if wait:
        return Tried(who=who, wait=wait)
    here = (_printed.c.number_digest == _number_digest(tx, number), _printed.c.ended_at.is_(None))
    counted = update(_printed).where(*here, _printed.c.tries < PERSONAL_TRIES).values(tries=_printed.c.tries + 1)
    row = tx.execute(counted.returning(_printed.c.id, _printed.c.record_id, _printed.c.code_hash)).one_or_none()
    tx.journal("try_printed_card")
    if row is None:
        return Tried(who=who)
    return Tried(who=who, printed_id=row.id, record_id=row.record_id, code_hash=row.code_hash)


def present_printed(tx: Transaction, *, tried: Tried, is_right: bool) -> Presented:
    """Open the visit after the personal code was checked; a wrong one, or no such card, is counted as a failure."""
    here = (_printed.c.id == tried.printed_id, _printed.c.ended_at.is_(None))
    forgiven = update(_printed).where(*here).values(tries=0)
    if not is_right or tx.execute(forgiven).rowcount != 1:
        hers = [tried.record_id] if tried.record_id else []
        count_failure(tx, who=list(tried.who), action="present_card_failed", records=hers)
        return Presented()
    return _open_visit(tx, tried.record_id, cause_id=tried.printed_id, who=tried.who)


def end_visit(tx: Transaction, *, structure_id: str) -> None:
    """The person who acts stops what her card opened for that structure today; its other reasons to see her stay."""
    for card in same_person(tx, _herself(tx)):
        end_grants(tx, record_id=card, structure_id=structure_id, cause=Cause.PRESENTED_CARD, until_at=tx.now)
    tx.journal("end_visit", records=[tx.actor.record_id], structure=structure_id)


def new_personal_code() -> str:
    """A personal code for a printed card: 8 characters. To be hashed outside any write, and shown once."""
    return new_code(CODE_ALPHABET, PERSONAL_LENGTH)


def print_card(tx: Transaction, *, record_id: str, code_hash: str) -> str:
    """Put her card on paper with the personal code of that hash; gives its number. The paper card before it ends.

    `Refused` unless the structure supports her without an end, and she shares with it: whoever saw her once must not
    leave with a key to her record.
    """
    cards = _supported(tx, record_id)
    if access_of(tx, record_id).is_own_only:
        raise Refused(_STOPPED)
    mine, number = her_card(tx, cards), card_number(tx, record_id)
    _end_paper(tx, cards)
    values = {
        "id": new_id(),
        "record_id": mine,
        "number_digest": _number_digest(tx, number),
        "code_hash": code_hash,
        "structure_id": tx.actor.structure_id,
        "printed_by": tx.actor.account_id,
        "printed_at": tx.now,
        "tries": 0,
    }
    tx.execute(insert(_printed), values)
    tx.journal("print_card", records=[record_id])
    return number


def reprint_card(tx: Transaction, *, record_id: str) -> str:
    """The number of her card, to be put on paper again without a personal code: the one she has stays good.

    For herself, or whoever may print it (`Refused` as `print_card` does).
    """
    access = access_of(tx, record_id)
    if not tx.actor.record_id and not access.is_lasting_support:
        raise Refused(_NOT_HERS)
    if access.is_own_only:
        raise Refused(_STOPPED)
    number = card_number(tx, record_id)
    tx.journal("reprint_card", records=[record_id])
    return number


def replace_card(tx: Transaction, *, record_id: str) -> str:
    """The card is lost: new numbers for every card of that person; gives the one she uses from now on.

    Shown codes and paper cards end; the old numbers find nobody, open nothing and sign nobody in, as if they had never
    been. For herself, or a structure that may give keys to her account. She is told by a letter.
    """
    cards = same_person(tx, _herself(tx)) if tx.actor.record_id else _supported(tx, record_id)
    if not tx.actor.record_id:
        require_keys(tx, record_id)
    tell_her(tx, cards[0], LetterKind.CARD_REPLACED, WHO_LOOKED_PATH)
    _end_codes(tx, cards)
    _end_paper(tx, cards)
    numbers = {}
    for card in cards:
        numbers[card] = renew_card_number(tx, card)
        replace_card_login(tx, record_id=card, card_number=numbers[card])
    tx.journal("replace_card", records=cards)
    return numbers[her_card(tx, cards)]


def forget_old_codes(tx: Transaction) -> int:
    """Delete the codes shown over a day ago; gives how many."""
    return tx.execute(delete(_code).where(_code.c.expires_at < tx.now - timedelta(days=1))).rowcount


def _open_visit(tx: Transaction, record_id: str, *, cause_id: str, who: Sequence[str]) -> Presented:
    card = same_person(tx, record_id)[0]
    if is_stopped(tx, record_id, tx.actor.structure_id):
        return _stopped(tx, card, who)
    sections = VISIT_SECTIONS.get(Role(tx.actor.role))
    if sections is None:
        raise NotAllowed
    open_grants(
        tx,
        record_ids=[record_id],
        structure_id=tx.actor.structure_id,
        cause=Cause.PRESENTED_CARD,
        cause_id=cause_id,
        sections=sections,
        until_at=visit_ends_at(tx.now),
    )
    tx.journal("present_card", records=[record_id], sections=sorted(sections), purpose="presence")
    return Presented(record_id=card)


def _stopped(tx: Transaction, card: str, who: Sequence[str]) -> Presented:
    """A withdrawal stands until she ends it herself; a structure left without access is answered as by a wrong code."""
    if is_visible(tx, card):
        tx.journal("present_card_stopped", records=[card])
        return Presented(record_id=card, is_stopped=True)
    count_failure(tx, who=list(who), action="present_card_stopped", records=[card])
    return Presented()


def _queued(tx: Transaction, address: str) -> tuple[tuple[str, ...], int]:
    """Under which names this try is counted, and how long it must still wait; the account's tries pass one by one."""
    hold_account(tx, tx.actor.account_id)
    digest = tx.store.fingerprints.digest
    who = (digest("tries-card", tx.actor.account_id).hex(), digest("tries-card-address", address).hex())
    until = blocked_until(tx, list(who))
    if until is None:
        return who, 0
    tx.journal("present_card_blocked")
    return who, max(1, int((until - tx.now).total_seconds()))


def _herself(tx: Transaction) -> str:
    if not tx.actor.record_id:
        raise NotAllowed
    return tx.actor.record_id


def _supported(tx: Transaction, record_id: str) -> list[str]:
    """The cards of a person the actor's structure supports without an end."""
    access_of(tx, record_id)
    cards = same_person(tx, record_id)
    if not any(has_lasting_support(tx, card, tx.actor.structure_id) for card in cards):
        raise Refused(_NOT_HERS)
    return cards


def _end_codes(tx: Transaction, cards: Sequence[str]) -> None:
    standing = (_code.c.record_id.in_(cards), _code.c.ended_at.is_(None))
    tx.execute(update(_code).where(*standing).values(ended_at=tx.now))


def _end_paper(tx: Transaction, cards: Sequence[str]) -> None:
    standing = (_printed.c.record_id.in_(cards), _printed.c.ended_at.is_(None))
    tx.execute(update(_printed).where(*standing).values(ended_at=tx.now))


def _code_digest(tx: Transaction, code: str) -> bytes:
    return tx.store.fingerprints.digest("card-code", code)


def _number_digest(tx: Transaction, number: str) -> bytes:
    return tx.store.fingerprints.digest("card-number", read_code(number))
