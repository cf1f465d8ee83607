"""Relays received and sent: what waits for an answer first, each with its next gesture."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from pathway.casework.followup.queries import work_of_the_day
from pathway.casework.followup.rules import PlanKind
from pathway.casework.partners.queries import colleagues, structure_names
from pathway.casework.partners.rules import Role
from pathway.casework.records.queries import identities
from pathway.casework.relays.queries import RelayView, relay_counts, relay_lines, relays_of
from pathway.casework.relays.rules import PENDING, UNANSWERED, RelayGesture, RelayState, Side
from pathway.casework.sharing.permissions import Permission
from pathway.casework.sharing.queries import same_person
from pathway.store.transaction import Transaction
from pathway.web.counsellor.telling import full_name
from pathway.web.gate import allow, gate
from pathway.web.liaison import state_tag, state_words

PER_PAGE = 20
_BACK_SHOWN = 200


@dataclass(frozen=True, kw_only=True)
class ListOf:
    """One way to look at relays: from which side, in which states; what is said when there is none."""

    code: str
    label: str
    side: Side
    states: frozenset[RelayState]
    nothing: str


LISTS = (
    ListOf(
        code="a-recevoir",
        label="À recevoir",
        side=Side.RECEIVER,
        states=frozenset({RelayState.SENT}),
        nothing="Quand une structure vous passe le relais, la personne apparaît ici. Vous avez 5 jours ouvrés pour "
        "accuser réception.",
    ),
    ListOf(
        code="recus",
        label="Reçus, en cours",
        side=Side.RECEIVER,
        states=PENDING - {RelayState.SENT},
        nothing="Les relais dont vous avez accusé réception attendent ici votre réponse.",
    ),
    ListOf(
        code="envoyes",
        label="Envoyés, en cours",
        side=Side.SENDER,
        states=PENDING,
        nothing="Passez le relais depuis le dossier d’une personne : vous suivez ici la réponse de l’autre structure.",
    ),
    ListOf(
        code="revenus",
        label="Revenus",
        side=Side.SENDER,
        states=UNANSWERED,
        nothing="Un relais refusé ou resté sans réponse revient ici, avec un point de suivi : personne ne se perd.",
    ),
    ListOf(
        code="termines",
        label="Terminés",
        side=Side.SENDER,
        states=frozenset({RelayState.CLOSED}),
        nothing="Quand l’autre structure dit ce que le relais a donné, il se range ici.",
    ),
    ListOf(
        code="brouillons",
        label="Brouillons",
        side=Side.SENDER,
        states=frozenset({RelayState.DRAFT}),
        nothing="Un relais préparé et pas encore envoyé reste ici. Rien n’est partagé.",
    ),
)


@dataclass(frozen=True, kw_only=True)
class Line:
    """One relay: whose, from or to which structure, where it stands, by when the next step is expected."""

    person: str
    href: str
    other: str
    purpose: str
    state: str
    tag: str
    due_on: date | None
    is_late: bool
    version: int
    may_acknowledge: bool


@dataclass(frozen=True, kw_only=True)
class PendingRelay:
    """One relay of a record that waits for a step: with which other structure."""

    href: str
    other: str
    state: str
    due_on: date | None


@dataclass(frozen=True, kw_only=True)
class Back:
    """One relay that came back and that the responsable was told of: who is to call her, and when."""

    person: str
    href: str
    other: str
    state: str
    call_on: date
    is_late: bool
    owner: str


@dataclass(frozen=True, kw_only=True)
class Choice:
    """One list with how many relays are in it."""

    label: str
    href: str
    current: bool
    count: int


@dataclass(frozen=True, kw_only=True)
class RelaysPage:
    """What the template needs. `back`: for a responsable, what came back and is not taken up yet."""

    back: list[Back]
    lines: list[Line]
    choices: list[Choice]
    nothing: str
    acknowledge: str
    page: int
    pages: int
    previous_href: str | None
    next_href: str | None


@allow(Permission.RELAY_ANSWER)
def view() -> ResponseReturnValue:
    """One page of one list."""
    asked = request.args.get("liste", "")
    wanted = next((one for one in LISTS if one.code == asked), LISTS[0])
    with gate().reading() as tx:
        page = _page(tx, wanted, _number(request.args.get("page", "")))
    return render_template("counsellor/relays.html", page=page)


def pending_relays(tx: Transaction, record_id: str, names: Mapping[str, str]) -> list[PendingRelay]:
    """The relays of that person that the reader's structure sent or received and that wait for a step."""
    own = tx.actor.structure_id
    return [
        PendingRelay(
            href=url_for("counsellor.relay", ref=one.id),
            other=receiver_name(one, names) if one.from_structure_id == own else names[one.from_structure_id],
            state=state_words(one.state, one.result),
            due_on=one.due_on,
        )
        for one in relays_of(tx, record_id)
        if one.is_pending or one.state is RelayState.DRAFT
    ]


def _number(typed: str) -> int:
    return int(typed) if typed.isascii() and typed.isdigit() and 0 < len(typed) <= 6 and int(typed) else 1


def _page(tx: Transaction, wanted: ListOf, number: int) -> RelaysPage:
    counts = {side: relay_counts(tx, side) for side in (Side.RECEIVER, Side.SENDER)}
    totals = {one.code: sum(counts[one.side].get(state, 0) for state in one.states) for one in LISTS}
    pages = max(-(-totals[wanted.code] // PER_PAGE), 1)
    number = min(number, pages)
    found = relay_lines(tx, wanted.side, wanted.states, page=number, per_page=PER_PAGE)
    return RelaysPage(
        back=_back(tx),
        lines=_lines(tx, found, wanted.side),
        choices=[
            Choice(label=one.label, href=_href(one, 1), current=one is wanted, count=totals[one.code]) for one in LISTS
        ],
        nothing=wanted.nothing,
        acknowledge=RelayGesture.ACKNOWLEDGE.value,
        page=number,
        pages=pages,
        previous_href=_href(wanted, number - 1) if number > 1 else None,
        next_href=_href(wanted, number + 1) if number < pages else None,
    )


def _back(tx: Transaction) -> list[Back]:
    """The relays that came back while their call waits, as the day's list of the responsable holds it."""
    if tx.actor.role != Role.SUPERVISOR.value:
        return []
    raised = [one for one in work_of_the_day(tx) if one.to_responsable and one.plan_kind is PlanKind.RELAY]
    calls = {one.record_id: one for one in reversed(raised)}  # of two, the one due first
    found: dict[str, RelayView] = {}
    for relay in relay_lines(tx, Side.SENDER, UNANSWERED, page=1, per_page=_BACK_SHOWN) if calls else ():
        found.setdefault(same_person(tx, relay.record_id)[0], relay)
    known, names, ours = identities(tx, [one for one in found if one in calls]), structure_names(tx), colleagues(tx)
    return [
        Back(
            person=full_name(known[one]),
            href=url_for("counsellor.relay", ref=found[one].id),
            other=receiver_name(found[one], names),
            state=state_words(found[one].state, found[one].result),
            call_on=call.due_on,
            is_late=call.due_on < tx.today,
            owner=ours.get(call.owner_id or "", ""),
        )
        for one, call in reversed(calls.items())
        if one in found
    ]


def _lines(tx: Transaction, found: list[RelayView], side: Side) -> list[Line]:
    known = identities(tx, [one.record_id for one in found])
    names = structure_names(tx)
    return [_line(tx, one, full_name(known[one.record_id]), names, side) for one in found]


def _line(tx: Transaction, one: RelayView, person: str, names: Mapping[str, str], side: Side) -> Line:
    return Line(
        person=person,
        href=url_for("counsellor.relay", ref=one.id),
        other=receiver_name(one, names) if side is Side.SENDER else names[one.from_structure_id],
        purpose=one.purpose.label,
        state=state_words(one.state, one.result),
        tag=state_tag(one.state, one.result),
        due_on=one.due_on,
        is_late=one.due_on is not None and one.due_on < tx.today,
        version=one.version,
        may_acknowledge=side is Side.RECEIVER and one.state is RelayState.SENT,
    )


def receiver_name(one: RelayView, names: Mapping[str, str]) -> str:
    """The structure it goes to, as the sender knows it."""
    if one.to_structure_id:
        return names[one.to_structure_id]
    return one.outside.name if one.outside else ""


def _href(one: ListOf, page: int) -> str:
    return url_for("counsellor.relays", liste=one.code, page=page if page > 1 else None)
