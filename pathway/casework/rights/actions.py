"""Asking, taking back, answering and putting off; what a request changes at once is done in the same transaction."""

from typing import Any

from sqlalchemy import insert, update

from pathway.casework.agreements.actions import stop_sharing
from pathway.casework.agreements.queries import restricted_parts
from pathway.casework.records.actions import edit_section
from pathway.casework.records.catalogue import CATALOGUE
from pathway.casework.records.facts import claims_of
from pathway.casework.records.queries import RecordView, record_opened
from pathway.casework.records.rules import Way
from pathway.casework.records.vocabulary import Section
from pathway.casework.rights.queries import (
    RequestView,
    answering_structure,
    is_limited_again,
    own_request,
    readers_of_part,
    request_to_answer,
)
from pathway.casework.rights.rules import (
    TEXT_LENGTH,
    RequestKind,
    RequestState,
    RequestWay,
    answer_due,
    check_correctable,
    check_restrictable,
    extended,
)
from pathway.casework.rights.tables import RightsRequest
from pathway.casework.sharing.actions import end_restriction, restrict, tell_her
from pathway.casework.sharing.queries import access_of, own_card
from pathway.kernel.clock import local_day
from pathway.kernel.errors import Conflict, Invalid, NotAllowed, NotFound, Refused
from pathway.kernel.ids import new_id
from pathway.store.columns import table_of
from pathway.store.outbox import LetterKind
from pathway.store.transaction import Transaction

_request = table_of(RightsRequest)

REQUESTS_PATH = "/mes-demandes"
_EXCEPTIONAL = "Un accès exceptionnel ne permet pas de noter une demande pour la personne."
_NOT_LASTING = "Votre structure n’accompagne pas cette personne aujourd’hui : elle ne limite pas son dossier."
_STOPPED = (
    "La personne a arrêté le partage avec votre structure : ce qu’elle décide pour les autres se note ailleurs, ou sur "
    "son compte."
)
_ALREADY = "Cette partie est déjà limitée : aucune structure ne l’utilise."
_MOVED = "Cette demande vient de changer. Relisez-la, puis recommencez."
_OVER = "Cette demande est terminée."
_SAY = "Écrivez ce qui doit changer."
_ANSWER = "Écrivez une réponse : la personne la lira."
_REASON = "Écrivez pourquoi : la personne le lira."


def correct_answer(tx: Transaction, *, item_key: str, value: object, seq: int) -> bool:
    """Put right one answer of the actor's own record, at once; the old one goes to history. Gives whether it changed.

    `seq` as for `edit_section`. `Refused` for her names and birth date: they become a request. `Invalid` when empty.
    """
    _check_herself(tx)
    check_correctable(item_key)
    if value in (None, "", []):
        raise Invalid("Écrivez la bonne réponse.", field=item_key)
    section = CATALOGUE[item_key].section
    values = {item_key: value}
    return edit_section(tx, record_id=tx.actor.record_id, section=section, values=values, seq=seq, way=Way.CORRECTED)


def ask_copy(tx: Transaction, *, record_id: str, text: str, way: RequestWay) -> str:
    """Ask for a copy of the whole record, for somebody who cannot take it on her account; gives the request's id."""
    structure_id = _answering(tx, record_id)
    return _recorded(tx, record_id, RequestKind.ACCESS, structure_id, text, way)


def ask_rectification(tx: Transaction, *, record_id: str, text: str, way: RequestWay, item_key: str = "") -> str:
    """Ask somebody to put right what she cannot change alone; gives the request's id. `Invalid` without a word."""
    if not text.strip():
        raise Invalid(_SAY, field="text")
    structure_id = _answering(tx, record_id, item_key)
    return _recorded(tx, record_id, RequestKind.RECTIFICATION, structure_id, text, way)


def ask_restriction(
    tx: Transaction, *, record_id: str, section: str, item_key: str = "", text: str, way: RequestWay
) -> str:
    """Keep that section (`item_key` empty) or that item from every structure at once, and ask for its exactness to be
    checked; gives the request's id. It holds until she takes the request back or it is answered.

    `Refused` for who she is, or for what is restricted already.
    """
    check_restrictable(section, item_key)
    structure_id = _answering(tx, record_id, item_key, section)
    _check_restricting(tx, record_id, section, item_key)
    if (section, item_key) in restricted_parts(tx, record_id):
        raise Refused(_ALREADY, field="what")
    part = {"section": section, "item_key": item_key}
    request_id = _recorded(tx, record_id, RequestKind.RESTRICTION, structure_id, text, way, **part)
    restrict(tx, record_id=own_card(tx, record_id), **part)
    tx.journal("part_restricted", records=[record_id], sections=[section])
    return request_id


def object_to(tx: Transaction, *, record_id: str, structure_id: str, text: str, way: RequestWay) -> str:
    """Stop sharing with that structure at once, and ask its responsable to stop using the record; gives the request's
    id. `NotFound` for a structure that holds nothing of her."""
    _check_decider(tx, record_id)
    if structure_id != tx.actor.structure_id and access_of(tx, record_id).is_own_only:
        raise Refused(_STOPPED)
    request_id = _recorded(tx, record_id, RequestKind.OBJECTION, structure_id, text, way)
    stop_sharing(tx, record_id=record_id, structure_id=structure_id)
    return request_id


def withdraw_request(tx: Transaction, *, request_id: str, version: int) -> None:
    """Take a request of the actor's own back; what it restricted may be used again. `NotFound` for another's."""
    one = own_request(tx, request_id)
    _move(tx, one, version, state=RequestState.WITHDRAWN.value, closed_at=tx.now)
    _unrestrict(tx, one)
    tx.journal("request_withdrawn", records=[one.record_id], request=request_id)


def answer_request(tx: Transaction, *, request_id: str, version: int, is_granted: bool | None, text: str) -> None:
    """Grant or refuse, and say why; she is told by a letter without a name. What was restricted is used again.

    `NotFound` when it is not the actor's to answer, `Conflict` when it moved since it was read.
    """
    one = request_to_answer(tx, request_id)
    if is_granted is None:
        raise Invalid("Dites si la demande est acceptée.", field="outcome")
    if not text.strip():
        raise Invalid(_ANSWER, field="answer")
    values = {
        "state": (RequestState.ANSWERED if is_granted else RequestState.REFUSED).value,
        "answer": _sealed(tx, one.record_id, "rights_answer", request_id, text, "answer"),
        "answered_by": tx.actor.account_id,
        "closed_at": tx.now,
    }
    _move(tx, one, version, **values)
    _unrestrict(tx, one)
    tell_her(tx, one.record_id, LetterKind.RIGHTS_ANSWERED, REQUESTS_PATH, key=f"rights:{request_id}")
    tx.journal("request_answered", records=[one.record_id], request=request_id)


def extend_request(tx: Transaction, *, request_id: str, version: int, months: int, reason: str) -> None:
    """Make the delay longer by one or two months, once, and say why; she is told by a letter without a name."""
    one = request_to_answer(tx, request_id)
    if not reason.strip():
        raise Invalid(_REASON, field="reason")
    until = extended(one.term, asked_on=local_day(one.asked_at), months=months, on=tx.today)
    extension = _sealed(tx, one.record_id, "rights_extension", request_id, reason, "reason")
    _move(tx, one, version, extended_until=until, extension=extension)
    tell_her(tx, one.record_id, LetterKind.RIGHTS_ANSWERED, REQUESTS_PATH, key=f"rights-later:{request_id}")
    tx.journal("request_extended", records=[one.record_id], request=request_id)


def _check_herself(tx: Transaction) -> None:
    if not tx.actor.record_id:
        raise NotAllowed


def _check_decider(tx: Transaction, record_id: str) -> None:
    """She, or a professional who follows her; never an exceptional access."""
    if not tx.actor.record_id and not access_of(tx, record_id).may_enter:
        raise Refused(_EXCEPTIONAL)


def _check_restricting(tx: Transaction, record_id: str, section: str, item_key: str) -> None:
    """What every structure loses is for her to say, or for whoever supports her without an end and sees that part; not
    for a structure she stopped."""
    access = access_of(tx, record_id)
    if not tx.actor.record_id and not access.is_lasting_support:
        raise Refused(_NOT_LASTING)
    if access.is_own_only:
        raise Refused(_STOPPED)
    if not access.opens(section) or item_key in access.hidden_items:  # whether it is limited already is not told
        raise NotFound


def _answering(tx: Transaction, record_id: str, item_key: str = "", section: str = "") -> str:
    """Who answers: the structure in which it is asked; on her account, the one that said it, else her référent's; of a
    part, first one that reads it."""
    _check_decider(tx, record_id)
    if not tx.actor.record_id:
        return tx.actor.structure_id
    said_by = _said_by(tx, record_id, item_key) if item_key in CATALOGUE else ""
    readers = readers_of_part(tx, record_id, section, item_key) if section else ()
    return answering_structure(tx, record_id, first=said_by, readers=readers)


def _said_by(tx: Transaction, record_id: str, item_key: str) -> str:
    record: RecordView = record_opened(tx, record_id, only=frozenset({Section(CATALOGUE[item_key].section)}))
    fact = record.facts.get(item_key)
    said = [one.provenance.structure_id for one in claims_of(fact)] if fact else []
    return next((one for one in said if one), "")


def _recorded(
    tx: Transaction, record_id: str, kind: RequestKind, structure_id: str, text: str, way: RequestWay, **part: str
) -> str:
    request_id, card = new_id(), own_card(tx, record_id)
    values: dict[str, Any] = {
        "id": request_id,
        "record_id": card,
        "kind": kind.value,
        "state": RequestState.OPEN.value,
        "way": (RequestWay.ACCOUNT if tx.actor.record_id else way).value,
        "structure_id": structure_id,
        "by_structure_id": tx.actor.structure_id,
        "recorded_by": tx.actor.account_id,
        "message": _sealed(tx, card, "rights_request", request_id, text, "text"),
        "asked_at": tx.now,
        "due_on": answer_due(tx.today),
        **part,
    }
    tx.execute(insert(_request).values(**values))
    if not tx.actor.record_id and kind is not RequestKind.OBJECTION:  # of a stop she is told by its own letter
        tell_her(tx, record_id, LetterKind.DECISION_RECORDED, REQUESTS_PATH)
    tx.journal("request_recorded", records=[card], request=request_id, kind=kind.value)
    return request_id


def _move(tx: Transaction, one: RequestView, version: int, **values: Any) -> None:
    if not one.is_open:
        raise Conflict(_OVER)
    here = (_request.c.id == one.id, _request.c.version == version, _request.c.state == RequestState.OPEN.value)
    changed = update(_request).where(*here).values(version=version + 1, **values)
    if tx.execute(changed).rowcount != 1:
        raise Conflict(_MOVED)


def _unrestrict(tx: Transaction, one: RequestView) -> None:
    if one.kind is RequestKind.RESTRICTION and not is_limited_again(tx, one):
        end_restriction(tx, record_id=one.record_id, section=one.section, item_key=one.item_key)
        tx.journal("restriction_lifted", records=[one.record_id], sections=[one.section])


def _sealed(tx: Transaction, record_id: str, place: str, row_id: str, text: str, field: str) -> bytes | None:
    kept = text.strip()
    if len(kept) > TEXT_LENGTH:
        raise Invalid(f"Écrivez {TEXT_LENGTH} caractères au plus.", field=field)
    return tx.sealing.seal_value(record_id, place, row_id, {"text": kept}) if kept else None
