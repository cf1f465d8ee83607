"""Asking, taking back, answering and putting off; what a request changes at once is done in the same transaction."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update

from pathway.casework.agreements.actions import stop_sharing
from pathway.casework.records.actions import edit_section
from pathway.casework.records.catalogue import CATALOGUE
from pathway.casework.records.facts import claims_of
from pathway.casework.records.queries import RecordView, record_opened
from pathway.casework.records.rules import Way
from pathway.casework.records.vocabulary import Section
from pathway.casework.rights.queries import (
    RequestView,
    answering_structure,
    cards_freed,
    is_limited_everywhere,
    own_request,
    readers_of_part,
    request_to_answer,
    waiting_requests,
)
from pathway.casework.rights.rules import (
    TEXT_LENGTH,
    RequestKind,
    RequestState,
    RequestWay,
    already_asked,
    answer_due,
    check_correctable,
    check_restrictable,
    check_room,
    extended,
    lifted_at,
    same_words,
)
from pathway.casework.rights.tables import RightsRequest
from pathway.casework.sharing.actions import end_restriction, restrict, tell_her
from pathway.casework.sharing.queries import access_of, is_stopped, own_card, same_person
from pathway.casework.sharing.tables import Record
from pathway.kernel.clock import local_day
from pathway.kernel.errors import Conflict, Invalid, NotAllowed, NotFound, Refused
from pathway.kernel.ids import new_id
from pathway.kernel.languages import gettext as _
from pathway.kernel.languages import marked
from pathway.store.columns import table_of
from pathway.store.letter_kinds import LetterKind
from pathway.store.transaction import Transaction

_request = table_of(RightsRequest)
_record = table_of(Record)

REQUESTS_PATH = "/mes-demandes"
_EXCEPTIONAL = "Un accès exceptionnel ne permet pas de noter une demande pour la personne."
_NOT_LASTING = "Votre structure n’accompagne pas cette personne aujourd’hui : elle ne limite pas son dossier."
_STOPPED = (
    "La personne a arrêté le partage avec votre structure : ce qu’elle décide pour les autres se note ailleurs, ou sur "
    "son compte."
)
_ALREADY = marked("Cette partie est déjà limitée : aucune structure ne l’utilise.")
_MOVED = marked("Cette demande vient de changer. Relisez-la, puis recommencez.")
_OVER = marked("Cette demande est terminée.")
_SAY = marked("Écrivez ce qui doit changer.")
_ANSWER = "Écrivez une réponse : la personne la lira."
_ERASE_IT = "Accepter un effacement efface le dossier : confirmez-le, case cochée."
_REASON = "Écrivez pourquoi : la personne le lira."


@dataclass(frozen=True, kw_only=True)
class _Asked:
    """One request about to be recorded. `about`: the item a correction is asked of, sealed with her words."""

    kind: RequestKind
    structure_id: str
    text: str
    section: str = ""
    item_key: str = ""
    about: str = ""


def correct_answer(tx: Transaction, *, item_key: str, value: object, seq: int) -> bool:
    """Put right one answer of the actor's own record, at once; the old one goes to history. Gives whether it changed.

    `seq` as for `edit_section`. `Refused` for her names and birth date: they become a request. `Invalid` when empty.
    """
    _check_herself(tx)
    check_correctable(item_key)
    if value in (None, "", []):
        raise Invalid(marked("Écrivez la bonne réponse."), field=item_key)
    section = CATALOGUE[item_key].section
    values = {item_key: value}
    return edit_section(tx, record_id=tx.actor.record_id, section=section, values=values, seq=seq, way=Way.CORRECTED)


def ask_copy(tx: Transaction, *, record_id: str, text: str, way: RequestWay) -> str:
    """Ask for a copy of the whole record, for somebody who cannot take it on her account; gives the request's id."""
    asked = _Asked(kind=RequestKind.ACCESS, structure_id=_answering(tx, record_id), text=text)
    return _recorded(tx, record_id, asked, way)


def ask_rectification(tx: Transaction, *, record_id: str, text: str, way: RequestWay, item_key: str = "") -> str:
    """Ask somebody to put right what she cannot change alone; gives the request's id. `Invalid` without a word."""
    if not text.strip():
        raise Invalid(_SAY, field="text")
    structure_id = _answering(tx, record_id, item_key)
    asked = _Asked(kind=RequestKind.RECTIFICATION, structure_id=structure_id, text=text, about=item_key)
    return _recorded(tx, record_id, asked, way)


def ask_restriction(
    tx: Transaction, *, record_id: str, section: str, item_key: str = "", text: str, way: RequestWay
) -> str:
    """Keep that section (`item_key` empty) or that item from every structure at once, and ask for its exactness to be
    checked; gives the request's id. It holds until she takes the request back, or until seven days after its answer.

    `Refused` for who she is, or for what is restricted already.
    """
    check_restrictable(section, item_key)
    structure_id = _answering(tx, record_id, item_key, section)
    _check_restricting(tx, record_id, section, item_key)
    part = {"section": section, "item_key": item_key}
    asked = _Asked(kind=RequestKind.RESTRICTION, structure_id=structure_id, text=text, **part)
    request_id = _recorded(tx, record_id, asked, way)
    if not restrict(tx, record_id=record_id, **part):
        raise Refused(_ALREADY, field="what")
    tx.journal("part_restricted", records=same_person(tx, record_id), sections=[section])
    return request_id


def object_to(tx: Transaction, *, record_id: str, structure_id: str, text: str, way: RequestWay) -> str:
    """Stop sharing with that structure at once, and ask its responsable to stop using the record; gives the request's
    id. `NotFound` for a structure that holds nothing of her."""
    _check_decider(tx, record_id)
    if structure_id != tx.actor.structure_id and access_of(tx, record_id).is_own_only:
        raise Refused(_STOPPED)
    asked = _Asked(kind=RequestKind.OBJECTION, structure_id=structure_id, text=text)
    waiting = _same_request(tx, record_id, asked)
    # She may have shared again since she objected: what she asked still waits, what it stops must stop.
    is_again = waiting is not None and not is_stopped(tx, record_id, structure_id)
    request_id = waiting.id if waiting and is_again else _recorded(tx, record_id, asked, way)
    stop_sharing(tx, record_id=record_id, structure_id=structure_id)
    return request_id


def ask_erasure(tx: Transaction, *, record_id: str, text: str, way: RequestWay) -> str:
    """Ask for her whole record to be erased; gives the request's id. Nothing is erased before somebody has answered:
    what it would undo for her is told first."""
    asked = _Asked(kind=RequestKind.ERASURE, structure_id=_answering(tx, record_id), text=text)
    return _recorded(tx, record_id, asked, way)


def withdraw_request(tx: Transaction, *, request_id: str, version: int) -> None:
    """Take a request of the actor's own back; what it restricted may be used again at once.

    Of an answered one, only the limit that still holds is lifted. `NotFound` for another's, `Conflict` when it is over.
    """
    one = own_request(tx, request_id)
    if one.limit_ends is None:
        _move(tx, one, version, state=RequestState.WITHDRAWN.value, closed_at=tx.now)
        tx.journal("request_withdrawn", records=[one.record_id], request=request_id)
    if cards := _unrestrict(tx, one, tx.now):
        tx.journal("restriction_lifted", records=cards, sections=[one.section])


def answer_request(
    tx: Transaction,
    *,
    request_id: str,
    version: int,
    is_granted: bool | None,
    text: str,
    is_erasing: bool = False,
) -> None:
    """Grant or refuse, and say why; she is told by a letter without a name. What was restricted is used again seven
    days later, whatever the answer: she is told before (RGPD, article 18-3).

    `NotFound` when it is not the actor's to answer, `Conflict` when it moved since it was read. `is_erasing`: said by
    whoever erases in the same transaction, without which an erasure is not granted.
    """
    one = request_to_answer(tx, request_id)
    if is_granted and one.kind is RequestKind.ERASURE and not is_erasing:
        raise Refused(_ERASE_IT, field="outcome")
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
    if cards := _unrestrict(tx, one, lifted_at(tx.now)):
        tx.journal("restriction_ending", records=cards, sections=[one.section])
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


def _recorded(tx: Transaction, record_id: str, asked: _Asked, way: RequestWay) -> str:
    _check_new(tx, record_id, asked)
    request_id, card = new_id(), own_card(tx, record_id)
    values: dict[str, Any] = {
        "id": request_id,
        "record_id": card,
        "kind": asked.kind.value,
        "state": RequestState.OPEN.value,
        "way": (RequestWay.ACCOUNT if tx.actor.record_id else way).value,
        "structure_id": asked.structure_id,
        "by_structure_id": tx.actor.structure_id,
        "recorded_by": tx.actor.account_id,
        "message": _sealed(tx, card, "rights_request", request_id, asked.text, "text", about=asked.about),
        "asked_at": tx.now,
        "due_on": answer_due(tx.today),
        "section": asked.section,
        "item_key": asked.item_key,
    }
    tx.execute(insert(_request).values(**values))
    if not tx.actor.record_id and asked.kind is not RequestKind.OBJECTION:  # of a stop she is told by its own letter
        tell_her(tx, record_id, LetterKind.DECISION_RECORDED, REQUESTS_PATH)
    tx.journal("request_recorded", records=[card], request=request_id, kind=asked.kind.value)
    return request_id


def _check_new(tx: Transaction, record_id: str, asked: _Asked) -> None:
    """Refuse the same request again while it waits, and more requests than somebody can answer."""
    card = same_person(tx, record_id)[0]
    # Two clicks, or two people at once: the second one counts the first.
    tx.execute(select(_record.c.id).where(_record.c.id == card).with_for_update(key_share=True))
    same = _same_request(tx, record_id, asked)
    if same:
        raise Refused(already_asked(same.term, asked_on=local_day(same.asked_at), on=tx.today))
    waiting = waiting_requests(tx, record_id)
    noted = sum(bool(one.by_structure_id) for one in waiting)
    check_room(waiting=len(waiting), noted=noted, is_noted=not tx.actor.record_id)


def _same_request(tx: Transaction, record_id: str, asked: _Asked) -> RequestView | None:
    """The same request that waits already. A structure is told of those it answers or noted itself, never that she
    asked elsewhere."""
    own = tx.actor.structure_id
    told = [
        one
        for one in waiting_requests(tx, record_id)
        if tx.actor.record_id or own in (one.structure_id, one.by_structure_id)
    ]
    return next((one for one in told if _is_same(one, asked) and _covers(tx, one, record_id)), None)


def _covers(tx: Transaction, one: RequestView, record_id: str) -> bool:
    """Whether what that request limits is limited on all the cards she has now: asked before they were linked, it is
    not, and may be asked for them all."""
    return one.kind is not RequestKind.RESTRICTION or is_limited_everywhere(tx, record_id, one.section, one.item_key)


def _is_same(one: RequestView, asked: _Asked) -> bool:
    if one.kind is not asked.kind:
        return False
    if asked.kind is RequestKind.OBJECTION:
        return one.structure_id == asked.structure_id
    if asked.kind is RequestKind.RECTIFICATION and not asked.about:
        return not one.about and same_words(one.message, asked.text)  # two steps may both be wrong
    return (one.section, one.item_key, one.about) == (asked.section, asked.item_key, asked.about)


def _move(tx: Transaction, one: RequestView, version: int, **values: Any) -> None:
    if not one.is_open:
        raise Conflict(_OVER)
    here = (_request.c.id == one.id, _request.c.version == version, _request.c.state == RequestState.OPEN.value)
    changed = update(_request).where(*here).values(version=version + 1, **values)
    if tx.execute(changed).rowcount != 1:
        raise Conflict(_MOVED)


def _unrestrict(tx: Transaction, one: RequestView, at: datetime) -> list[str]:
    """End what that request limits at that instant; gives the cards on which it does."""
    cards = sorted(cards_freed(tx, one)) if one.kind is RequestKind.RESTRICTION else []
    end_restriction(tx, cards=cards, section=one.section, item_key=one.item_key, until_at=at)
    return cards


def _sealed(
    tx: Transaction, record_id: str, place: str, row_id: str, text: str, field: str, *, about: str = ""
) -> bytes | None:
    kept = text.strip()
    if len(kept) > TEXT_LENGTH:
        raise Invalid(_("Écrivez %(most)s caractères au plus.", most=TEXT_LENGTH), field=field)
    payload = {"text": kept, "item": about} if about else {"text": kept}
    return tx.sealing.seal_value(record_id, place, row_id, payload) if kept else None
