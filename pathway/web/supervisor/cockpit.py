"""« Pilotage »: who risks a break now, what waits, how long; every figure opens the list behind it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from pathway.casework.alerts.queries import AlertLine, open_alerts, open_counts, people_in_queue
from pathway.casework.alerts.wording import staff_sentence
from pathway.casework.cockpit.queries import Cockpit, LoadLine, cockpit
from pathway.casework.cockpit.vocabulary import Fate, Load, Towards, Wait, Waiting
from pathway.casework.records.queries import identities
from pathway.casework.sharing.permissions import Permission
from pathway.casework.team.queries import memberships_here
from pathway.kernel.wording import said_month
from pathway.store.transaction import Transaction
from pathway.web.gate import allow, gate
from pathway.web.supervisor.drawn import Line, lines, week_name
from pathway.web.supervisor.narrowing import Narrowed, Narrowing, by_rule

FIRST = 5  # alerts told here; the queue has them all
NOBODY = "personne"  # in an address: held by nobody of the team
OTHERS = "autres"  # in an address: every fate but « faits dans les 7 jours »
STILL = "en-cours"  # in an address: the times without a step that last today
UNHELD_SAID, UNFOLLOWED_SAID = "Sans personne en charge", "Sans référent dans l’équipe"


@dataclass(frozen=True, kw_only=True)
class Alerted:
    """One alert as a sentence."""

    name: str
    href: str
    sentence: str
    level: str
    since: date


@dataclass(frozen=True, kw_only=True)
class Linked:
    """One number and the list behind it; no list behind zero."""

    label: str
    number: int
    href: str | None


@dataclass(frozen=True, kw_only=True)
class Week:
    """One week of points: its Monday, and how many of each fate."""

    monday: date
    counts: list[Linked]


@dataclass(frozen=True, kw_only=True)
class LoadRow:
    """What one professional holds today, and where it is given to others."""

    name: str
    points: Linked
    late: Linked
    people: Linked
    act: str
    act_href: str | None


@dataclass(frozen=True, kw_only=True)
class CockpitPage:
    """Everything the template needs. `bars`: the weeks as a drawing, each bar with its list."""

    people: int
    alerts: list[Alerted]
    rules: list[Narrowing]
    opened: int
    needless: int
    judged_since: str
    followed: Linked
    late: Linked
    nothing: Linked
    weeks: list[Week]
    bars: list[tuple[str, int, int, str, str]]
    due: int
    relays: Mapping[Towards, list[Line]]
    sent: int
    gaps: list[Line]
    still: Linked
    load: list[LoadRow]


@allow(Permission.COCKPIT_READ)
def view() -> ResponseReturnValue:
    """Show the structure's figures."""
    with gate().reading() as tx:
        page = _page(tx)
    return render_template("supervisor/cockpit.html", page=page, fates=list(Fate))


def _page(tx: Transaction) -> CockpitPage:
    found, members = cockpit(tx), memberships_here(tx)
    spreads, weeks = found.spreads, _weeks(found)
    team = url_for("supervisor.cockpit_load")
    return CockpitPage(
        people=people_in_queue(tx),
        alerts=_alerts(tx, open_alerts(tx, page=1, per_page=FIRST)),
        rules=_rules(tx),
        opened=found.opened,
        needless=found.needless,
        judged_since=said_month(found.judged_since),
        followed=_exits(found.exits.followed, Waiting.FOLLOWED),
        late=_exits(found.exits.late, Waiting.LATE),
        nothing=_exits(found.exits.nothing, Waiting.NOTHING),
        weeks=weeks,
        bars=[_bar(number, week) for number, week in enumerate(weeks)],
        due=sum(one.number for week in weeks for one in week.counts),
        relays={towards: lines(spreads.relays[towards], _relay_href(towards)) for towards in Towards},
        sent=sum(spreads.relays[Towards.ACCEPTED].values()),
        gaps=lines(spreads.gaps, lambda one: url_for("supervisor.cockpit_gaps", duree=one.value)),
        still=_linked("Encore en cours", spreads.open_gaps, lambda: url_for("supervisor.cockpit_gaps", duree=STILL)),
        load=[_row(line, members.get(line.account_id), team) for line in found.load],
    )


def _alerts(tx: Transaction, found: list[AlertLine]) -> list[Alerted]:
    known = identities(tx, (line.record_id for line in found), act="read_alerts")
    return [
        Alerted(
            name=f"{known[line.record_id].first_name} {known[line.record_id].last_name}",
            href=url_for("counsellor.record", ref=line.record_id),
            sentence=staff_sentence(line.rule, line.facts, line.parameters, today=tx.today),
            level=line.level.value,
            since=line.opened_on,
        )
        for line in found
    ]


def _rules(tx: Transaction) -> list[Narrowing]:
    every, *rules = by_rule(open_counts(tx), Narrowed())
    return [replace(one, current=False) for one in (every, *rules)]


def _exits(number: int, which: Waiting) -> Linked:
    return _linked(which.label, number, lambda: url_for("supervisor.cockpit_exits", etat=which.value))


def _weeks(found: Cockpit) -> list[Week]:
    return [
        Week(monday=monday, counts=[_linked(fate.label, week[fate], _points_href(monday, fate)) for fate in Fate])
        for monday, week in found.spreads.weeks.items()
    ]


def _bar(number: int, week: Week) -> tuple[str, int, int, str, str]:
    held, *others = (one.number for one in week.counts)
    name = week_name(number, week.monday)
    rest = url_for("supervisor.cockpit_points", semaine=week.monday.isoformat(), etat=OTHERS)
    return name, held, sum(others), _points_href(week.monday, Fate.HELD)(), rest


def _points_href(monday: date, fate: Fate) -> Callable[[], str]:
    return lambda: url_for("supervisor.cockpit_points", semaine=monday.isoformat(), etat=fate.value)


def _relay_href(towards: Towards) -> Callable[[Wait], str]:
    return lambda wait: url_for("supervisor.cockpit_relays", vers=towards.value, delai=wait.value)


def share_href(membership: str | None, people: int) -> str | None:
    """Where the people of one colleague are given to others; None when there is nobody to give."""
    return url_for("supervisor.hand_over", ref=membership) if membership and people else None


def _row(line: LoadLine, membership: str | None, page: str) -> LoadRow:
    """`page`: where the lists of the team open; building an address for each number is slow."""
    who, is_held = line.account_id or NOBODY, bool(line.account_id)

    def href(load: Load) -> Callable[[], str]:
        return lambda: f"{page}?quoi={load.value}&qui={who}"

    return LoadRow(
        name=line.name or UNHELD_SAID,
        points=_linked(Load.POINTS.label, line.points, href(Load.POINTS)),
        late=_linked(Load.LATE.label, line.late, href(Load.LATE)),
        people=_linked(Load.PEOPLE.label, line.people, href(Load.PEOPLE)),
        act="Répartir" if is_held else "Confier" if line.people else "Ouvrir la liste",
        act_href=share_href(membership, line.people)
        if is_held
        else href(Load.PEOPLE if line.people else Load.POINTS)(),
    )


def _linked(label: str, number: int, href: Callable[[], str]) -> Linked:
    return Linked(label=label, number=number, href=href() if number else None)
