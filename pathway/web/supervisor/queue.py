"""The territory's queue: people whom no structure follows any more, until one takes them."""

from dataclasses import dataclass
from datetime import date

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from pathway.casework.placements.queries import Order, WaitingLine, waiting_count, waiting_lines
from pathway.casework.sharing.permissions import Permission
from pathway.store.transaction import Transaction
from pathway.web.gate import allow, gate

PER_PAGE = 20
_ARRIVED = "arrivee"


@dataclass(frozen=True, kw_only=True)
class Line:
    """One person of the list; `name` is empty when she stopped sharing with all. `reference` tells such lines apart."""

    name: str
    reference: str
    href: str
    points: int
    due_on: date
    is_late: bool
    since: date


@dataclass(frozen=True, kw_only=True)
class Sorting:
    """One order of the list."""

    label: str
    href: str
    current: bool
    count: int | None = None


@dataclass(frozen=True, kw_only=True)
class QueuePage:
    """What the template needs. `total`: how many people wait."""

    lines: list[Line]
    orders: list[Sorting]
    total: int
    page: int
    pages: int
    previous_href: str | None
    next_href: str | None


@allow(Permission.QUEUE_PLACE)
def view() -> ResponseReturnValue:
    """One page of 20 people; `NotFound` for whoever does not answer for the territory."""
    order = Order.ARRIVED if request.args.get("tri") == _ARRIVED else Order.DUE
    with gate().reading() as tx:
        page = _page(tx, order, _number(request.args.get("page", "")))
    return render_template("supervisor/queue.html", page=page)


def _number(typed: str) -> int:
    return int(typed) if typed.isascii() and typed.isdigit() and 0 < len(typed) <= 6 and int(typed) else 1


def _page(tx: Transaction, order: Order, number: int) -> QueuePage:
    total = waiting_count(tx)
    pages = max(-(-total // PER_PAGE), 1)
    number = min(number, pages)
    found = waiting_lines(tx, order, page=number, per_page=PER_PAGE)
    return QueuePage(
        lines=[_line(one, tx.today) for one in found],
        orders=[Sorting(label=one.label, href=_href(one, 1), current=one is order) for one in Order],
        total=total,
        page=number,
        pages=pages,
        previous_href=_href(order, number - 1) if number > 1 else None,
        next_href=_href(order, number + 1) if number < pages else None,
    )


def _line(one: WaitingLine, today: date) -> Line:
    return Line(
        name=f"{one.identity.first_name} {one.identity.last_name}" if one.identity else "",
        reference=short_reference(one.record_id),
        href=url_for("supervisor.place", ref=one.record_id),
        points=one.points,
        due_on=one.due_on,
        is_late=one.due_on < today,
        since=one.since,
    )


def short_reference(record_id: str) -> str:
    """Letters enough to tell on the telephone which line is meant, when no name is read."""
    return record_id[-6:].upper()


def _href(order: Order, page: int) -> str:
    sort = _ARRIVED if order is Order.ARRIVED else None
    return url_for("supervisor.queue", tri=sort, page=page if page > 1 else None)
