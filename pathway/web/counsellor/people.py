"""The caseload: who one follows, the next due first."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from pathway.casework.followup.queries import CaseLine, caseload, caseload_counts
from pathway.casework.followup.reading import lost_from_sight
from pathway.casework.partners.queries import colleagues, staff_names
from pathway.casework.sharing.permissions import Permission
from pathway.casework.sharing.queries import accesses_of
from pathway.casework.sharing.rules import Access, is_referent_untold
from pathway.store.transaction import Transaction
from pathway.web.counsellor.telling import REFERENT_ELSEWHERE, full_name
from pathway.web.gate import allow, gate

PER_PAGE = 20
WHOLE = "tous"


@dataclass(frozen=True, kw_only=True)
class Line:
    """One person of the list. `due_on` is None when no point de suivi is open."""

    name: str
    born_on: date
    href: str
    due_on: date | None
    referent: str
    is_lost: bool


@dataclass(frozen=True, kw_only=True)
class Choice:
    """One way to narrow the list."""

    label: str
    href: str
    current: bool
    count: int


@dataclass(frozen=True, kw_only=True)
class PeoplePage:
    """What the template needs."""

    lines: list[Line]
    choices: list[Choice]
    only_mine: bool
    page: int
    pages: int
    previous_href: str | None
    next_href: str | None


@allow(Permission.RECORD_READ)
def view() -> ResponseReturnValue:
    """One page of 20 people."""
    only_mine = request.args.get("filtre") != WHOLE
    with gate().reading() as tx:
        page = _page(tx, only_mine=only_mine, number=_number(request.args.get("page", "")))
    return render_template("counsellor/people.html", page=page)


def _number(typed: str) -> int:
    return int(typed) if typed.isascii() and typed.isdigit() and 0 < len(typed) <= 6 and int(typed) else 1


def _page(tx: Transaction, *, only_mine: bool, number: int) -> PeoplePage:
    mine, whole = caseload_counts(tx)
    pages = max(-(-(mine if only_mine else whole) // PER_PAGE), 1)
    number = min(number, pages)
    found = caseload(tx, only_mine=only_mine, page=number, per_page=PER_PAGE)
    return PeoplePage(
        lines=_lines(tx, found),
        choices=[
            Choice(label="Mes personnes", href=_href(True, 1), current=only_mine, count=mine),
            Choice(label="Toute ma structure", href=_href(False, 1), current=not only_mine, count=whole),
        ],
        only_mine=only_mine,
        page=number,
        pages=pages,
        previous_href=_href(only_mine, number - 1) if number > 1 else None,
        next_href=_href(only_mine, number + 1) if number < pages else None,
    )


def _lines(tx: Transaction, found: list[CaseLine]) -> list[Line]:
    accesses = accesses_of(tx, [one.record_id for one in found])
    said, lost = _referents(tx, found, accesses), lost_from_sight(tx, accesses)
    pattern = url_for("counsellor.record", ref="-")
    return [
        Line(
            name=full_name(one.identity),
            born_on=one.identity.birth_date,
            href=pattern.replace("-", one.record_id),
            due_on=one.next_due_on,
            referent=said[one.record_id],
            is_lost=one.record_id in lost,
        )
        for one in found
    ]


def _referents(tx: Transaction, found: list[CaseLine], accesses: Mapping[str, Access]) -> dict[str, str]:
    """record id → her référent in words; empty for the reader herself."""
    said = {one.record_id: "" if one.referent_id == tx.actor.account_id else "personne" for one in found}
    others = {one.record_id: one.referent_id for one in found if one.referent_id and said[one.record_id]}
    if not others:
        return said  # the page of one's own people asks nothing more
    ours = colleagues(tx)
    elsewhere = {record_id: name for record_id, name in others.items() if name not in ours}
    names = {**ours, **staff_names(tx, set(elsewhere.values()))}
    for record_id, account_id in others.items():
        access = accesses.get(record_id)
        is_untold = access is not None and is_referent_untold(access, is_ours=account_id in ours)
        said[record_id] = REFERENT_ELSEWHERE if is_untold else names.get(account_id, "personne")
    return said


def _href(only_mine: bool, page: int) -> str:
    return url_for("counsellor.people", filtre=None if only_mine else WHOLE, page=page if page > 1 else None)
