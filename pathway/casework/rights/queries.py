"""Her requests as she reads them, and as the responsable who must answer finds them: the most pressing first."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, func, or_, select

from pathway.casework.agreements.queries import Sharing, sharing_of
from pathway.casework.journey.queries import records_behind as records_of_the_pathway
from pathway.casework.links.queries import cards_linked
from pathway.casework.partners.rules import Role, StructureState
from pathway.casework.partners.tables import Membership, Structure
from pathway.casework.records.queries import referent_of
from pathway.casework.rights.rules import RequestKind, RequestState, RequestWay, Term, lifted_at
from pathway.casework.rights.tables import RightsRequest
from pathway.casework.sharing.queries import is_visible, of_person, same_person
from pathway.casework.sharing.rules import Cause
from pathway.casework.sharing.tables import AccessGrant, Record, RestrictedPart
from pathway.kernel.errors import NotFound
from pathway.store.columns import table_of
from pathway.store.transaction import Transaction

_request = table_of(RightsRequest)
_membership = table_of(Membership)
_structure = table_of(Structure)
_grant = table_of(AccessGrant)
_record = table_of(Record)
_restricted = table_of(RestrictedPart)

_SETTLED_SHOWN = 20
ANSWERED = (RequestState.ANSWERED, RequestState.REFUSED)
_OPEN = _request.c.state == RequestState.OPEN.value
_LAST_DAY = func.coalesce(_request.c.extended_until, _request.c.due_on)
_SUPPORTS = (
    select(_grant.c.structure_id)
    .where(of_person(_grant.c.record_id), _grant.c.cause == Cause.SUPPORT.value, _grant.c.until_at.is_(None))
    .order_by(_grant.c.from_at, _grant.c.id)
)
_CREATORS = select(_record.c.structure_id).where(of_person(_record.c.id)).order_by(_record.c.recorded_at, _record.c.id)


@dataclass(frozen=True, kw_only=True)
class RequestView:
    """One request, opened. `extension` is the reason of a longer delay; texts are empty when nothing was written.

    `limit_ends`: until when (UTC) what it limits still is, although it was answered. `about`: the item a correction is
    asked of, empty when it names none.
    """

    id: str
    record_id: str
    kind: RequestKind
    state: RequestState
    way: RequestWay
    structure_id: str
    by_structure_id: str
    section: str
    item_key: str
    message: str
    about: str
    asked_at: datetime
    term: Term
    extension: str
    answer: str
    closed_at: datetime | None
    version: int
    limit_ends: datetime | None

    @property
    def is_open(self) -> bool:
        """Whether somebody still owes her an answer."""
        return self.state is RequestState.OPEN

    @property
    def limits(self) -> bool:
        """Whether it keeps a part from every structure now."""
        return self.kind is RequestKind.RESTRICTION and (self.is_open or self.limit_ends is not None)


def own_requests(tx: Transaction) -> list[RequestView]:
    """What the actor asked about her own record, what waits first, then the newest."""
    query = select(_request).where(_request.c.record_id.in_(_own_cards(tx)))
    return _views(tx, query.order_by(_OPEN.desc(), _request.c.asked_at.desc(), _request.c.id))


def waiting_requests(tx: Transaction, record_id: str) -> list[RequestView]:
    """Every request of that person that waits, on all her cards, whoever must answer: to weigh one more, not to be
    shown."""
    cards = _request.c.record_id.in_(same_person(tx, record_id))
    return _views(tx, select(_request).where(_OPEN, cards).order_by(_request.c.asked_at, _request.c.id))


def own_request(tx: Transaction, request_id: str) -> RequestView:
    """One request of the actor's own; `NotFound` for any other."""
    query = select(_request).where(_request.c.id == request_id, _request.c.record_id.in_(_own_cards(tx)))
    return _only(_views(tx, query))


def requests_to_answer(tx: Transaction, *, page: int, per_page: int) -> tuple[list[RequestView], int]:
    """One page of what the actor's structure must answer, the last day first, and how many there are. Journalled."""
    mine = (_OPEN, _is_mine(tx))
    total = tx.execute(select(func.count()).select_from(_request).where(*mine)).scalar_one()
    query = select(_request).where(*mine).order_by(_LAST_DAY, _request.c.asked_at, _request.c.id)
    return _read(tx, _views(tx, query.limit(per_page).offset((page - 1) * per_page))), total


def requests_settled(tx: Transaction) -> list[RequestView]:
    """The last requests that the actor's structure answered, newest first. Journalled."""
    answered = _request.c.state.in_([one.value for one in ANSWERED])
    query = select(_request).where(answered, _is_mine(tx)).order_by(_request.c.closed_at.desc(), _request.c.id)
    return _read(tx, _views(tx, query.limit(_SETTLED_SHOWN)))


def request_to_answer(tx: Transaction, request_id: str) -> RequestView:
    """One of those the actor must answer, answered ones included; `NotFound` for any other. Journalled."""
    query = select(_request).where(_request.c.id == request_id, _is_mine(tx))
    return _only(_read(tx, _views(tx, query)))


def answering_structure(tx: Transaction, record_id: str, *, first: str = "", readers: Sequence[str] = ()) -> str:
    """The structure that answers for that person's record: `first` if given, her référent's, the one that has
    supported her longest, the one that made her card; passing over those closed or without a responsable today.

    `readers`: those that read the part in question; any of them comes before one that would learn it by the request.
    """
    referent = referent_of(tx, record_id)
    wanted = {"record_id": record_id}
    asked = [referent.structure_id if referent else ""]
    asked += [row.structure_id for row in tx.execute(_SUPPORTS, wanted)]
    asked += [row.structure_id for row in tx.execute(_CREATORS, wanted)]
    told = [one for one in asked if one in readers]
    named = [one for one in dict.fromkeys([first, *told, *readers, *asked]) if one]
    able = select(_structure.c.id).where(_structure.c.id.in_(named), _has_responsable(tx, _structure.c.id))
    answering = {row.id for row in tx.execute(able.where(_structure.c.state == StructureState.ACTIVE.value))}
    return next((one for one in named if one in answering), named[0])


def readers_of_part(tx: Transaction, record_id: str, section: str, item_key: str) -> list[str]:
    """The structures that read that part today, or would but for a limit, oldest first; not those she stopped."""
    sharings = [one for one in sharing_of(tx, record_id) if not one.is_stopped]
    return [one.structure_id for one in sharings if _opens(one, section, item_key)]


def is_part_told(tx: Transaction, one: RequestView) -> bool:
    """Whether the actor's structure reads, or would but for a limit, the part that request is about: its name alone may
    say what she lives (health)."""
    if not is_visible(tx, one.record_id):
        return False
    own = [each for each in sharing_of(tx, one.record_id) if each.structure_id == tx.actor.structure_id]
    return any(_opens(each, one.section, one.item_key) for each in own)


def is_limited_everywhere(tx: Transaction, record_id: str, section: str, item_key: str) -> bool:
    """Whether that part is kept from every structure on each of that person's cards, without an end already set."""
    cards = same_person(tx, record_id)
    part = (_restricted.c.section == section, _restricted.c.item_key == item_key, _restricted.c.until_at.is_(None))
    rows = tx.execute(select(_restricted.c.record_id).where(_restricted.c.record_id.in_(cards), *part))
    return {row.record_id for row in rows} >= set(cards)


def cards_freed(tx: Transaction, one: RequestView) -> set[str]:
    """The cards on which nothing limits that part any more once that request ends: those linked with hers when she
    asked, even if they were taken apart, but not where another request that waits limits the same part."""
    same = (_request.c.kind == one.kind.value, _request.c.section == one.section, _request.c.item_key == one.item_key)
    around = _request.c.record_id.in_(cards_linked(tx, one.record_id))
    query = select(_request.c.record_id, _request.c.asked_at).where(_OPEN, around, _request.c.id != one.id, *same)
    freed = cards_linked(tx, one.record_id, at=one.asked_at)
    for row in tx.execute(query).all():
        freed -= cards_linked(tx, row.record_id, at=row.asked_at)
    return freed


def late_requests(tx: Transaction) -> dict[str, int]:
    """In the whole base: late_requests, past their last day, and unanswerable, that no responsable is there to read."""
    orphan = ~_has_responsable(tx, _request.c.structure_id)
    return {
        "late_requests": _count(tx, _OPEN, tx.today > _LAST_DAY),
        "unanswerable": _count(tx, _OPEN, orphan),
    }


def records_behind(tx: Transaction, references: Collection[str]) -> list[str]:
    """The records that those ids of an address belong to, whoever may see them: a refused try is told to the person."""
    if not references:
        return []
    rows = tx.execute(select(_request.c.record_id).where(_request.c.id.in_(list(references))))
    return sorted({*records_of_the_pathway(tx, references), *(row.record_id for row in rows)})


def _opens(sharing: Sharing, section: str, item_key: str) -> bool:
    opened = any(section in one.sections for one in sharing.in_force)
    return opened and not {(section, ""), (section, item_key)} & set(sharing.hidden)


def _own_cards(tx: Transaction) -> list[str]:
    return same_person(tx, tx.actor.record_id) if tx.actor.record_id else []


def _is_mine(tx: Transaction) -> ColumnElement[bool]:
    is_responsable = tx.actor.role == Role.SUPERVISOR and bool(tx.actor.structure_id)
    return _request.c.structure_id == (tx.actor.structure_id if is_responsable else "-")


def _has_responsable(tx: Transaction, structure_id: ColumnElement[str]) -> ColumnElement[bool]:
    holds = or_(_membership.c.until_on.is_(None), _membership.c.until_on >= tx.today)
    here = and_(_membership.c.role == Role.SUPERVISOR.value, _membership.c.from_on <= tx.today, holds)
    return select(_membership.c.id).where(here, _membership.c.structure_id == structure_id).exists()


def _count(tx: Transaction, *conditions: ColumnElement[bool]) -> int:
    return int(tx.execute(select(func.count()).select_from(_request).where(*conditions)).scalar_one())


def _only(found: list[RequestView]) -> RequestView:
    if not found:
        raise NotFound
    return found[0]


def _read(tx: Transaction, found: list[RequestView]) -> list[RequestView]:
    """Those requests, once the journal knows whose words were read."""
    if found:
        tx.journal("read_request", records=sorted({one.record_id for one in found}))
    return found


def _views(tx: Transaction, query: Select[Any]) -> list[RequestView]:
    return [_view(tx, row) for row in tx.execute(query).all()]


def _view(tx: Transaction, row: Row[Any]) -> RequestView:
    message = tx.sealing.open_value(row.record_id, "rights_request", row.id, row.message) if row.message else {}
    return RequestView(
        id=row.id,
        record_id=row.record_id,
        kind=RequestKind(row.kind),
        state=RequestState(row.state),
        way=RequestWay(row.way),
        structure_id=row.structure_id,
        by_structure_id=row.by_structure_id,
        section=row.section,
        item_key=row.item_key,
        message=message.get("text", ""),
        about=message.get("item", ""),
        asked_at=row.asked_at,
        term=Term(due_on=row.due_on, extended_until=row.extended_until),
        extension=_text(tx, row, "rights_extension", row.extension),
        answer=_text(tx, row, "rights_answer", row.answer),
        closed_at=row.closed_at,
        version=row.version,
        limit_ends=_limit_ends(tx, row),
    )


def _limit_ends(tx: Transaction, row: Row[Any]) -> datetime | None:
    is_answered = row.state in [one.value for one in ANSWERED] and lifted_at(row.closed_at) > tx.now
    if row.kind != RequestKind.RESTRICTION or not is_answered:
        return None
    query = select(func.max(_restricted.c.until_at)).where(
        _restricted.c.record_id.in_(cards_linked(tx, row.record_id, at=row.asked_at)),
        _restricted.c.section == row.section,
        _restricted.c.item_key == row.item_key,
        _restricted.c.from_at <= row.asked_at,
        _restricted.c.until_at > tx.now,
    )
    ends: datetime | None = tx.execute(query).scalar()
    return ends


def _text(tx: Transaction, row: Row[Any], place: str, blob: bytes | None) -> str:
    return tx.sealing.open_value(row.record_id, place, row.id, blob)["text"] if blob else ""
