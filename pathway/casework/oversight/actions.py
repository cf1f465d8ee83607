"""Asking for an explanation and giving it; opening a record for an hour to ensure continuity, and reviewing that."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import insert, select, update

from pathway.casework.accounts.actions import count_failure, same_birth_date
from pathway.casework.oversight.queries import (
    contest_to_answer,
    exceptional_to_review_by_id,
    own_contest,
    own_contests,
    own_log,
)
from pathway.casework.oversight.rules import (
    EXCEPTIONAL_LASTS,
    TEXT_LENGTH,
    ContestState,
    ExceptionalReason,
    Line,
    Outcome,
    answer_due,
    review_due,
    second_answer_due,
)
from pathway.casework.oversight.tables import Contest, ContestAnswer, ExceptionalAccess
from pathway.casework.records.actions import SUPPORT_SECTIONS, wait_for_other_creations
from pathway.casework.records.names import Query, query_parts
from pathway.casework.records.queries import CARD, tokens_of
from pathway.casework.sharing.actions import WHO_LOOKED_PATH, end_grants, open_grants, tell_her
from pathway.casework.sharing.queries import same_person, supporting_structure
from pathway.casework.sharing.rules import Cause
from pathway.casework.sharing.tables import AccessGrant, Withdrawal
from pathway.kernel.errors import Conflict, Invalid, NotFound, Refused
from pathway.kernel.ids import is_card_number, new_id
from pathway.kernel.languages import gettext as _
from pathway.kernel.languages import marked
from pathway.store.columns import table_of
from pathway.store.letter_kinds import LetterKind
from pathway.store.tables import SearchToken
from pathway.store.transaction import Transaction

_contest = table_of(Contest)
_answer = table_of(ContestAnswer)
_exceptional = table_of(ExceptionalAccess)
_grant = table_of(AccessGrant)
_withdrawal = table_of(Withdrawal)
_token = table_of(SearchToken)

_ASKED_ALREADY = marked("Vous avez déjà demandé une explication pour cet accès.")
_OWN_VISIT = marked("Cette visite est la vôtre.")
_SETTLED = "Quelqu’un d’autre vient de répondre. Relisez la liste."
_OPEN_ALREADY = "Votre structure a déjà accès à ce dossier. Ouvrez-le depuis « Chercher »."


@dataclass(frozen=True, kw_only=True)
class Opened:
    """An exceptional access that begins: of which record, until when (UTC)."""

    record_id: str
    until_at: datetime


def open_contest(tx: Transaction, *, seq: int, action: str, message: str) -> str:
    """Ask for the explanation of one line of the actor's own log; gives the question's id.

    `NotFound` for a line that is not in her log; `Refused` for a visit of her own or a line already asked about.
    """
    line = _line(own_log(tx), seq, action)
    if line.is_own:
        raise Refused(_OWN_VISIT)
    if any(one.action == action and one.seq in line.seqs for one in own_contests(tx)):
        raise Refused(_ASKED_ALREADY)
    contest_id, record_id = new_id(), tx.actor.record_id
    values = {
        "id": contest_id,
        "record_id": record_id,
        "seq": line.seq,
        "action": action,
        "times": len(line.seqs),
        "done_at": line.instants[0],
        "structure_id": line.structure_id,
        "account_id": line.account_id,
        "role": line.role,
        "state": ContestState.OPEN.value,
        "message": _sealed(tx, record_id, "contest", contest_id, message),
        "opened_at": tx.now,
        "due_on": answer_due(tx.today),
    }
    tx.execute(insert(_contest).values(**values))
    tx.journal("open_contest", records=[record_id], contest=contest_id)
    return contest_id


def answer_contest(tx: Transaction, *, contest_id: str, text: str) -> None:
    """Explain an access to her. `NotFound` when it is not the actor's to explain, `Conflict` when just explained."""
    contest = contest_to_answer(tx, contest_id)
    answer_id, is_first = new_id(), contest.state is ContestState.OPEN
    _move(tx, contest_id, contest.state, state=ContestState.ANSWERED if is_first else ContestState.CLOSED)
    values = {
        "id": answer_id,
        "contest_id": contest_id,
        "round": 1 if is_first else 2,
        "account_id": tx.actor.account_id,
        "structure_id": tx.actor.structure_id,
        "text": _sealed(tx, contest.record_id, "contest_answer", answer_id, _said(text, "answer")),
        "answered_at": tx.now,
    }
    tx.execute(insert(_answer).values(**values))
    tx.journal("answer_contest", records=[contest.record_id], contest=contest_id)


def reopen_contest(tx: Transaction, *, contest_id: str) -> date:
    """« Cette réponse ne me suffit pas », once: a reviewer of the territory looks again; gives the day it is due."""
    contest = own_contest(tx, contest_id)
    if contest.state is not ContestState.ANSWERED:
        raise Refused(marked("Une deuxième réponse se demande une fois, après la première."))
    due_on = second_answer_due(tx.today)
    _move(tx, contest_id, contest.state, state=ContestState.REOPENED, due_on=due_on, reopened_at=tx.now)
    tx.journal("reopen_contest", records=[contest.record_id], contest=contest_id)
    return due_on


def exceptional_tries(tx: Transaction) -> list[str]:
    """The hashed name under which the actor's failed tries are counted."""
    return [tx.store.fingerprints.digest("tries-exceptional", tx.actor.account_id).hex()]


def open_exceptional(
    tx: Transaction, *, card_number: str, birth_date: date, reason: ExceptionalReason, note: str
) -> Opened | None:
    """Open a record to the actor's structure for 60 minutes, without its health section and to read only.

    None, always the same, when the card and the birth date do not go together, when the structure never had anything
    to do with her, or when she stopped sharing with it: the failed try is counted, and told to whoever the card is of.
    She is told of the access at once. `Refused` when the structure reads the record anyway.
    """
    wait_for_other_creations(tx)  # two clicks must not open two accesses
    card = _card_behind(tx, card_number)
    record_id = same_person(tx, card.record_id)[0] if card else ""
    if card is None or not same_birth_date(card.birth_date, birth_date) or not _may_reopen(tx, record_id):
        asked = [record_id] if record_id else []
        count_failure(tx, who=exceptional_tries(tx), action="refused", records=asked, code=NotFound.code)
        return None
    if supporting_structure(tx, record_id, tx.actor.structure_id) or _is_open(tx, record_id):
        raise Refused(_OPEN_ALREADY)
    opened = _open(tx, record_id, reason, note)
    key = f"exceptional:{tx.now.isoformat()}"
    tell_her(tx, record_id, LetterKind.EXCEPTIONAL_ACCESS, WHO_LOOKED_PATH, key=key)
    return opened


def review_exceptional(tx: Transaction, *, access_id: str, outcome: Outcome | None, verdict: str) -> None:
    """Say whether an exceptional access was justified, and why; one that was not ends at once.

    `NotFound` when it is not the actor's to review, `Conflict` when somebody just did.
    """
    access = exceptional_to_review_by_id(tx, access_id)
    if outcome is None:
        raise Invalid("Dites si cet accès était justifié.", field="outcome")
    values = {
        "outcome": outcome.value,
        "verdict": _sealed(tx, access.record_id, "exceptional_verdict", access_id, _said(verdict, "verdict")),
        "reviewed_by": tx.actor.account_id,
        "reviewed_at": tx.now,
    }
    pending = (_exceptional.c.id == access_id, _exceptional.c.outcome.is_(None))
    if tx.execute(update(_exceptional).where(*pending).values(**values)).rowcount != 1:
        raise Conflict(_SETTLED)
    if outcome is Outcome.NOT_JUSTIFIED and access.until_at > tx.now:
        target = {"record_id": access.record_id, "structure_id": access.structure_id}
        end_grants(tx, **target, cause=Cause.EXCEPTIONAL, until_at=tx.now)
    tx.journal("review_exceptional", records=[access.record_id], access=access_id, outcome=outcome.value)


@dataclass(frozen=True, kw_only=True)
class _Card:
    record_id: str
    birth_date: str


def _line(lines: tuple[Line, ...], seq: int, action: str) -> Line:
    found = next((line for line in lines if line.action == action and seq in line.seqs), None)
    if found is None:
        raise NotFound
    return found


def _move(tx: Transaction, contest_id: str, before: ContestState, *, state: ContestState, **values: Any) -> None:
    here = (_contest.c.id == contest_id, _contest.c.state == before.value)
    if tx.execute(update(_contest).where(*here).values(state=state.value, **values)).rowcount != 1:
        raise Conflict(_SETTLED)


def _said(text: str, field: str) -> str:
    if not text.strip():
        raise Invalid("Écrivez une réponse : la personne la lira.", field=field)
    return text


def _sealed(tx: Transaction, record_id: str, table: str, row_id: str, text: str) -> bytes | None:
    kept = text.strip()
    if len(kept) > TEXT_LENGTH:
        raise Invalid(_("Écrivez %(most)s caractères au plus.", most=TEXT_LENGTH))
    return tx.sealing.seal_value(record_id, table, row_id, {"text": kept}) if kept else None


def _card_behind(tx: Transaction, card_number: str) -> _Card | None:
    """The card of that number, whoever may see it; the number itself decides, a token may be shared."""
    if not is_card_number(card_number):
        return None
    number = "".join(card_number.split())
    held_by: list[str] = []
    for kind, token in tokens_of(tx, query_parts(Query(card_number=number))[0]):
        rows = tx.execute(select(_token.c.subject_id).where(_token.c.kind == kind, _token.c.token == token))
        held_by += [row.subject_id for row in rows]
    cards = tx.sealing.open_many(held_by, CARD)
    held = (one for one in cards.items() if one[1]["card_number"] == number)
    return next((_Card(record_id=name, birth_date=kept["birth_date"]) for name, kept in held), None)


def _may_reopen(tx: Transaction, record_id: str) -> bool:
    """Whether the actor's structure had anything to do with her, and she did not stop sharing with it."""
    cards = same_person(tx, record_id)
    own = tx.actor.structure_id
    known = select(_grant.c.id).where(
        _grant.c.record_id.in_(cards), _grant.c.structure_id == own, _grant.c.cause != Cause.EXCEPTIONAL.value
    )
    stopped = select(_withdrawal.c.id).where(
        _withdrawal.c.record_id.in_(cards), _withdrawal.c.structure_id.in_(("", own)), _withdrawal.c.until_at.is_(None)
    )
    return tx.execute(known.limit(1)).first() is not None and tx.execute(stopped.limit(1)).first() is None


def _is_open(tx: Transaction, record_id: str) -> bool:
    live = select(_exceptional.c.id).where(
        _exceptional.c.record_id == record_id,
        _exceptional.c.structure_id == tx.actor.structure_id,
        _exceptional.c.until_at > tx.now,
        _exceptional.c.outcome.is_(None),
    )
    return tx.execute(live.limit(1)).first() is not None


def _open(tx: Transaction, record_id: str, reason: ExceptionalReason, note: str) -> Opened:
    access_id, until_at = new_id(), tx.now + EXCEPTIONAL_LASTS
    open_grants(
        tx,
        record_ids=[record_id],
        structure_id=tx.actor.structure_id,
        cause=Cause.EXCEPTIONAL,
        cause_id=access_id,
        sections=SUPPORT_SECTIONS,
        until_at=until_at,
    )
    values = {
        "id": access_id,
        "record_id": record_id,
        "structure_id": tx.actor.structure_id,
        "account_id": tx.actor.account_id,
        "reason": reason.value,
        "note": _sealed(tx, record_id, "exceptional_access", access_id, note),
        "opened_at": tx.now,
        "until_at": until_at,
        "review_due_on": review_due(tx.today),
    }
    tx.execute(insert(_exceptional).values(**values))
    tx.journal("open_exceptional", records=[record_id], access=access_id, reason=reason.value)
    return Opened(record_id=record_id, until_at=until_at)
