"""The possible duplicates, the oldest first. No name here: names are read two at a time, when one compares."""

from dataclasses import dataclass
from datetime import date

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from pathway.casework.links.queries import PER_PAGE, MatchLine, matches_in
from pathway.casework.links.rules import MatchState
from pathway.casework.sharing.permissions import Permission
from pathway.kernel.clock import local_day
from pathway.kernel.wording import listed
from pathway.store.transaction import Transaction
from pathway.web.gate import allow, gate

# What each list is called in an address.
_LISTS = {"": MatchState.OPEN, "personne": MatchState.ASKED, "reunies": MatchState.LINKED}
_LABELS = {
    MatchState.OPEN: "À comparer",
    MatchState.ASKED: "La personne doit répondre",
    MatchState.LINKED: "Cartes réunies",
}


@dataclass(frozen=True, kw_only=True)
class Line:
    """One pair of cards. `number`: its place in the list, to speak of it without a name."""

    number: int
    href: str
    found_on: date
    why: str


@dataclass(frozen=True, kw_only=True)
class Choice:
    """One of the lists."""

    label: str
    href: str
    current: bool
    count: int


@dataclass(frozen=True, kw_only=True)
class DuplicatesPage:
    """What the template needs."""

    lines: list[Line]
    choices: list[Choice]
    state: MatchState
    page: int
    pages: int
    previous_href: str | None
    next_href: str | None


@allow(Permission.DUPLICATES_REVIEW)
def view() -> ResponseReturnValue:
    """One page of 20 pairs."""
    name = request.args.get("liste", "")
    name = name if name in _LISTS else ""
    with gate().reading() as tx:
        page = _page(tx, name, _number(request.args.get("page", "")))
    return render_template("reviewer/duplicates.html", page=page)


def _number(typed: str) -> int:
    return int(typed) if typed.isascii() and typed.isdigit() and 0 < len(typed) <= 6 and int(typed) else 1


def _page(tx: Transaction, name: str, number: int) -> DuplicatesPage:
    counts = {one: matches_in(tx, state, page=1)[1] for one, state in _LISTS.items()}
    pages = max(-(-counts[name] // PER_PAGE), 1)
    number = min(number, pages)
    found, _ = matches_in(tx, _LISTS[name], page=number)
    return DuplicatesPage(
        lines=[_line(one, (number - 1) * PER_PAGE + place) for place, one in enumerate(found, start=1)],
        choices=[
            Choice(label=_LABELS[state], href=_href(one, 1), current=one == name, count=counts[one])
            for one, state in _LISTS.items()
        ],
        state=_LISTS[name],
        page=number,
        pages=pages,
        previous_href=_href(name, number - 1) if number > 1 else None,
        next_href=_href(name, number + 1) if number < pages else None,
    )


def _line(one: MatchLine, number: int) -> Line:
    return Line(
        number=number,
        href=url_for("reviewer.duplicate", ref=one.id),
        found_on=local_day(one.found_at),
        why=listed([code.label for code in one.why]),
    )


def _href(name: str, page: int) -> str:
    return url_for("reviewer.duplicates", liste=name or None, page=page if page > 1 else None)
