"""Who looked: each access to her record line by line, in words, and her own visits apart.

The words of each act are in casework/oversight/vocabulary.py.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from pathway.casework.oversight.queries import latest_log, named_referents, own_contests, own_log
from pathway.casework.oversight.rules import Line
from pathway.casework.oversight.vocabulary import Purpose, deed_of, said_parts
from pathway.casework.partners.queries import staff_names, structure_names
from pathway.casework.partners.rules import Role
from pathway.casework.sharing.permissions import Permission
from pathway.casework.territory.queries import names_professionals
from pathway.kernel.languages import gettext as _
from pathway.kernel.languages import marked
from pathway.kernel.wording import said_hour
from pathway.store.transaction import Transaction
from pathway.web.gate import allow, gate
from pathway.web.jobseeker.told import Told, exceptional_told

_IN_SIGHT = timedelta(days=7)
_DAYS_A_PAGE = 7
_PROGRAM = marked("Le programme de la carte")
_NO_STRUCTURE = marked("Une personne sans structure")
_SAYS_PARTS = frozenset({"read_record", "read_list", "read_alerts", "search", "find_known"})


@dataclass(frozen=True, kw_only=True)
class Visit:
    """One line: who (a structure; with her référent's name when she knows it) did what, how often, at which hours.

    `said`: the whole sentence, without its stop. `parts`, `role` and `purpose` are in words, empty when they say
    nothing. `ask_href` leads to « Je ne comprends pas cet accès »; empty once she asked (`is_asked`) and for her own
    visits.
    """

    who: str
    said: str
    times: int
    role: str
    parts: str
    purpose: str
    hours: tuple[str, ...]
    ask_href: str
    is_asked: bool


@dataclass(frozen=True, kw_only=True)
class VisitDay:
    """One day on which her record was used."""

    on: date
    visits: tuple[Visit, ...]


@dataclass(frozen=True, kw_only=True)
class LogPage:
    """One page of the log, newest first; `own`: her own visits of the same days. `told`: exceptional accesses."""

    days: tuple[VisitDay, ...]
    own: tuple[VisitDay, ...]
    told: tuple[Told, ...]
    questions: int
    page: int
    pages: int
    previous_href: str
    next_href: str


@dataclass(frozen=True, kw_only=True)
class Speaker:
    """What is needed to say a line: structures' names, the professionals' that are named, the lines she asked about."""

    structures: Mapping[str, str]
    referents: Mapping[str, str]
    asked: frozenset[tuple[int, str]]

    def said(self, line: Line) -> Visit:
        """The line in words."""
        deed = deed_of(line.action)
        is_asked = any((seq, line.action) in self.asked for seq in line.seqs)
        may_ask = not line.is_own and not is_asked
        who = self.who(account_id=line.account_id, structure_id=line.structure_id)
        return Visit(
            who=who,
            said=_(deed.own) if line.is_own else _(deed.sentence, who=who),
            times=len(line.instants),
            role="" if line.is_own else _role(line.role),
            parts=said_parts(line.sections) if line.sections or line.action in _SAYS_PARTS else "",
            purpose="" if line.is_own or deed.purpose is Purpose.UNKNOWN else deed.purpose.label,
            hours=tuple(dict.fromkeys(said_hour(at) for at in line.instants)),
            ask_href=url_for("jobseeker.contest", seq=line.seq, deed=line.action) if may_ask else "",
            is_asked=is_asked,
        )

    def who(self, *, account_id: str, structure_id: str) -> str:
        """The structure; with the name of the professional when he is or was her référent de parcours, or when the
        territory decided that all are named."""
        nobody = _NO_STRUCTURE if account_id else _PROGRAM
        structure = self.structures.get(structure_id) or _(nobody)
        person = self.referents.get(account_id)
        return f"{person} ({structure})" if person else structure


@allow(Permission.OWN_PATHWAY_READ)
def view() -> ResponseReturnValue:
    """One page of seven days on which her record was used."""
    with gate().reading() as tx:
        page = _gathered(tx, _number(request.args.get("page", "")))
    return render_template("jobseeker/visits.html", page=page)


@allow(Permission.OWN_PATHWAY_READ)
def printed() -> ResponseReturnValue:
    """The whole log with every hour, to print or keep."""
    with gate().reading() as tx:
        lines = own_log(tx)
        speaker = speaker_of(tx, lines)
        days = days_of((line for line in lines if not line.is_own), speaker)
        own = days_of((line for line in lines if line.is_own), speaker)
    return render_template("jobseeker/visits_print.html", days=days, own=own)


def latest_days(tx: Transaction) -> tuple[VisitDay, ...]:
    """The days of the last week on which somebody else used her record, newest first."""
    since = tx.today - _IN_SIGHT
    lines = [line for line in latest_log(tx) if not line.is_own and line.day > since]
    return days_of(lines, speaker_of(tx, lines))


def days_of(lines: Iterable[Line], speaker: Speaker) -> tuple[VisitDay, ...]:
    """Those lines in words, by day, in the order given."""
    return tuple(
        VisitDay(on=day, visits=tuple(speaker.said(line) for line in those))
        for day, those in groupby(lines, key=lambda line: line.day)
    )


def speaker_of(tx: Transaction, lines: Sequence[Line] = ()) -> Speaker:
    """What is needed to say those lines of her log in words."""
    named = set(named_referents(tx))
    if names_professionals(tx):
        named |= {line.account_id for line in lines if line.account_id and not line.is_own}
    return Speaker(
        structures=structure_names(tx),
        referents=staff_names(tx, named),
        asked=frozenset((one.seq, one.action) for one in own_contests(tx)),
    )


def _gathered(tx: Transaction, number: int) -> LogPage:
    lines = own_log(tx)
    speaker = speaker_of(tx, lines)
    others = [line for line in lines if not line.is_own]
    days = sorted({line.day for line in others}, reverse=True)
    pages = max(-(-len(days) // _DAYS_A_PAGE), 1)
    number = min(number, pages)
    after, before = _span(days, number, pages)
    here = [line for line in lines if after < line.day <= before]
    return LogPage(
        days=days_of((line for line in here if not line.is_own), speaker),
        own=days_of((line for line in here if line.is_own), speaker),
        told=exceptional_told(tx) if number == 1 else (),
        questions=len(speaker.asked),
        page=number,
        pages=pages,
        previous_href=url_for("jobseeker.visits", page=number - 1) if number > 1 else "",
        next_href=url_for("jobseeker.visits", page=number + 1) if number < pages else "",
    )


def _span(days: Sequence[date], number: int, pages: int) -> tuple[date, date]:
    """The days of that page: after the first, up to the second. Together the pages cover all time."""
    start, end = (number - 1) * _DAYS_A_PAGE, number * _DAYS_A_PAGE
    return days[end] if number < pages else date.min, days[start] if number > 1 else date.max


def _number(typed: str) -> int:
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) <= 6 and int(typed) else 1


def _role(code: str) -> str:
    return next((role.label for role in Role if role.value == code), "")
