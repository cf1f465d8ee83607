"""The list behind a figure of « Pilotage »: who, what, which day, whose it is; only people the reader may see."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TypeVar
from urllib.parse import urlencode

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from pathway.casework.cockpit.queries import (
    NOBODY,
    Listed,
    exits_listed,
    gaps_listed,
    load_listed,
    points_listed,
    relays_listed,
)
from pathway.casework.cockpit.rules import Gap, monday_of
from pathway.casework.cockpit.vocabulary import Fate, Length, Load, Towards, Wait, Waiting
from pathway.casework.partners.queries import colleagues
from pathway.casework.records.queries import identities, referents
from pathway.casework.sharing.permissions import Permission
from pathway.casework.team.queries import memberships_here
from pathway.kernel.choice import Choice
from pathway.kernel.wording import counted, said_date
from pathway.store.transaction import Transaction
from pathway.web.gate import allow, gate
from pathway.web.supervisor.cockpit import NOBODY as NOBODY_ASKED
from pathway.web.supervisor.cockpit import OTHERS, STILL, UNFOLLOWED_SAID, UNHELD_SAID, share_href
from pathway.web.supervisor.narrowing import Narrowing

PER_PAGE = 20
_Choice = TypeVar("_Choice", bound=Choice)
_NOT_HELD = tuple(fate for fate in Fate if fate is not Fate.HELD)


@dataclass(frozen=True, kw_only=True)
class Line:
    """One person behind the figure. `owner`: who has it, or that nobody of the team has. `give_href`: where somebody
    takes her up, in the list of those nobody has."""

    name: str
    href: str
    what: str
    on: date
    is_late: bool
    owner: str
    give_href: str | None


@dataclass(frozen=True, kw_only=True)
class Kind:
    """What one list says: its heading, what is counted, what the reader learns, what the day is, what the lines that
    press are called, what is said when it is empty, and of what nobody of the team has."""

    title: str
    unit: tuple[str, str]
    about: str
    day: str
    late: str
    nothing: str
    alone: str = UNHELD_SAID


@dataclass(frozen=True, kw_only=True)
class ListPage:
    """One page of one list. `choices`: the classes beside the one shown. `share_href`: where that colleague’s people
    are given to others."""

    kind: Kind
    now: str
    how_many: str
    choices: list[Narrowing]
    lines: list[Line]
    page: int
    pages: int
    previous_href: str | None
    next_href: str | None
    share_href: str | None = None


EXITS = Kind(
    title="Sorties encore suivies",
    unit=("sortie", "sorties"),
    about="Une sortie est réglée quand quelqu’un a noté le résultat de son dernier point de suivi.",
    day="sortie le",
    late="Point en retard",
    nothing="Une sortie apparaît ici quand un de ses points de suivi est en retard, ou s’il n’en restait aucun.",
)
POINTS = Kind(
    title="Points de suivi d’une semaine",
    unit=("point", "points"),
    about="Chaque point compte à la date prévue au départ, même s’il a été reporté.",
    day="prévu au départ le",
    late="À faire",
    nothing="Aucun point de cette semaine n’est dans ce cas.",
)
RELAYS = Kind(
    title="Passages de relais",
    unit=("relais", "relais"),
    about="Les relais envoyés par votre structure depuis douze mois.",
    day="envoyé le",
    late="En retard",
    nothing="Aucun relais n’est dans ce cas.",
)
GAPS = Kind(
    title="Temps sans étape",
    unit=("fois", "fois"),
    about="Les personnes que vous accompagnez, restées 15 jours ou plus sans aucune étape depuis douze mois. Rien "
    "n’est compté après un emploi durable, une fin de suivi ou pendant une pause.",
    day="dernière étape finie le",
    late="En cours",
    nothing="Personne n’est resté aussi longtemps sans étape.",
    alone=UNFOLLOWED_SAID,
)
LOAD = Kind(
    title="Répartition du travail",
    unit=("point", "points"),
    about="Pour répartir, pas pour comparer : la vitesse de personne n’est mesurée.",
    day="pour le",
    late="En retard",
    nothing="Un point de suivi ou une personne apparaît ici dès que quelqu’un en a la charge.",
)
PEOPLE = replace(LOAD, unit=("personne", "personnes"), day="dossier ouvert le", alone=UNFOLLOWED_SAID)


@allow(Permission.COCKPIT_READ)
def exits() -> ResponseReturnValue:
    """Exits still followed: with a late point, without any, or all."""
    which = _asked(Waiting, "etat", Waiting.LATE)
    with gate().reading() as tx:
        page = _page(tx, EXITS, exits_listed(tx, which), which.label, _ways(Waiting, "etat", which))
    return _shown(page)


@allow(Permission.COCKPIT_READ)
def points() -> ResponseReturnValue:
    """The points of one week and one fate."""
    said = request.args.get("etat", "")
    fates = _NOT_HELD if said == OTHERS else (_asked(Fate, "etat", Fate.WAITING),)
    with gate().reading() as tx:
        monday = monday_of(_day(request.args.get("semaine", ""), tx.today))
        now = "Faits plus tard, non faits ou pas encore faits" if said == OTHERS else fates[0].label
        ways = _ways(Fate, "etat", None if said == OTHERS else fates[0], semaine=monday.isoformat())
        found = points_listed(tx, monday, fates)
        page = _page(tx, POINTS, found, f"Semaine du {said_date(monday)}. {now}", ways)
    return _shown(page)


@allow(Permission.COCKPIT_READ)
def relays() -> ResponseReturnValue:
    """The relays of one class of delay."""
    towards, wait = _asked(Towards, "vers", Towards.ACCEPTED), _asked(Wait, "delai", Wait.STILL)
    with gate().reading() as tx:
        found = relays_listed(tx, towards, wait)
        ways = _ways(Wait, "delai", wait, vers=towards.value)
        page = _page(tx, RELAYS, found, f"{towards.label}. {wait.label}", ways)
    return _shown(page)


@allow(Permission.COCKPIT_READ)
def gaps() -> ResponseReturnValue:
    """The times without a step of one length."""
    length = None if request.args.get("duree") == STILL else _asked(Length, "duree", Length.LONGER)
    with gate().reading() as tx:
        found = gaps_listed(tx, length)
        held = referents(tx, {one.record_id for one in found})
        lines = [_gap(one, held.get(one.record_id)) for one in found]
        still = Narrowing(
            label="Encore en cours", href=url_for("supervisor.cockpit_gaps", duree=STILL), current=length is None
        )
        ways = [still, *_ways(Length, "duree", length)]
        page = _page(tx, GAPS, lines, length.label if length else still.label, ways)
    return _shown(page)


@allow(Permission.COCKPIT_READ)
def load() -> ResponseReturnValue:
    """What one professional holds, or nobody of the team."""
    what, who = _asked(Load, "quoi", Load.POINTS), request.args.get("qui", "")
    with gate().reading() as tx:
        team = colleagues(tx)
        account_id = who if who in team else NOBODY
        kind = PEOPLE if what is Load.PEOPLE else LOAD
        now = f"{team.get(account_id, kind.alone)}. {what.label}"
        ways = _ways(Load, "quoi", what, qui=account_id or NOBODY_ASKED)
        page = _page(tx, kind, load_listed(tx, what, account_id), now, ways)
        people = len(load_listed(tx, Load.PEOPLE, account_id)) if account_id else 0
        sharing = share_href(memberships_here(tx).get(account_id), people)
    return _shown(replace(page, share_href=sharing))


def _shown(page: ListPage) -> ResponseReturnValue:
    return render_template("supervisor/cockpit_list.html", page=page)


def _page(tx: Transaction, kind: Kind, found: Sequence[Listed], now: str, choices: list[Narrowing]) -> ListPage:
    pages = max(-(-len(found) // PER_PAGE), 1)
    number = min(max(request.args.get("page", 1, type=int), 1), pages)
    shown = found[(number - 1) * PER_PAGE : number * PER_PAGE]
    return ListPage(
        kind=kind,
        now=now,
        choices=choices,
        lines=_lines(tx, shown, kind.alone),
        how_many=counted(len(found), *kind.unit),
        page=number,
        pages=pages,
        previous_href=_href(number - 1) if number > 1 else None,
        next_href=_href(number + 1) if number < pages else None,
    )


def _lines(tx: Transaction, shown: Sequence[Listed], alone: str) -> list[Line]:
    known = identities(tx, {one.record_id for one in shown})
    team = colleagues(tx, among={one.owner_id for one in shown})
    return [
        _line(one, f"{who.first_name} {who.last_name}", team.get(one.owner_id or ""), alone)
        for one in shown
        for who in [known[one.record_id]]
    ]


def _line(one: Listed, name: str, owner: str | None, alone: str) -> Line:
    """The line; what nobody of the team holds has the screen on which somebody takes her up."""
    return Line(
        name=name,
        href=url_for("counsellor.relay", ref=one.relay_id)
        if one.relay_id
        else url_for("counsellor.record", ref=one.record_id),
        what=one.what,
        on=one.on,
        is_late=one.late,
        owner=owner or alone,
        give_href=None if owner or one.relay_id else url_for("counsellor.referent", ref=one.record_id),
    )


def _gap(one: Gap, referent_id: str | None) -> Listed:
    still = ", et cela dure" if one.is_open else f", jusqu’au {said_date(one.until_on)}"
    what = f"{counted(one.days, 'jour')} sans étape{still}"
    return Listed(record_id=one.record_id, what=what, on=one.ended_on, owner_id=referent_id, late=one.is_open)


def _asked(choice: type[_Choice], name: str, otherwise: _Choice) -> _Choice:
    return next((one for one in choice if one.value == request.args.get(name)), otherwise)


def _ways(choice: type[Choice], name: str, now: Choice | None, **same: str) -> list[Narrowing]:
    endpoint = request.endpoint or ""
    return [
        Narrowing(
            label=one.label, href=f"{url_for(endpoint)}?{urlencode({**same, name: one.value})}", current=one is now
        )
        for one in choice
    ]


def _href(page: int) -> str:
    asked = {name: value for name, value in request.args.items() if name != "page"}
    return f"{request.path}?{urlencode({**asked, **({'page': page} if page > 1 else {})})}"


def _day(typed: str, today: date) -> date:
    """That day, never after today; today when it is none."""
    try:
        return min(date.fromisoformat(typed), today)
    except ValueError:
        return today
