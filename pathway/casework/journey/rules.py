"""Putting steps, ends, contacts and gaps in the order of a story: pure arithmetic on dates."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from pathway.casework.schemes.rules import SchemeKind
from pathway.kernel.choice import Choice

GAP_FROM_DAYS = 15  # shorter pauses between two steps are ordinary life; the alert on gaps starts later

# What accompanies a person over time. Two trainings, workshops or jobs at once are no concern of this kind.
_SUPPORTS = frozenset(
    {SchemeKind.DESK_SUPPORT, SchemeKind.PLIE, SchemeKind.CEJ, SchemeKind.BUSINESS, SchemeKind.SOCIAL_SUPPORT}
)


class MomentKind(Choice):
    """What happened at a moment of the timeline."""

    ENTRY = "entry", "Début d’une étape"
    EXIT = "exit", "Fin d’une étape"
    CONTACT = "contact", "Contact"
    GAP = "gap", "Sans accompagnement"


@dataclass(frozen=True, kw_only=True)
class Span:
    """One step as a span of days; `until_on` is None while it is open."""

    step_id: str
    from_on: date
    until_on: date | None


@dataclass(frozen=True, kw_only=True)
class Moment:
    """One line of the timeline. `until_on` and `days` are set for gaps; `about` is the id of the step or contact."""

    kind: MomentKind
    on: date
    about: str
    until_on: date | None = None
    days: int = 0


@dataclass(frozen=True, kw_only=True)
class Overlap:
    """Structures (their ids, in order) that run the same kind of support for one person at once."""

    kind: SchemeKind
    structure_ids: tuple[str, ...]


def overlaps(running: Iterable[tuple[SchemeKind, str]]) -> tuple[Overlap, ...]:
    """The supports of one kind that two structures or more run at once. `running`: kind and structure of open steps.

    Rule: the Grenoble pact, which asks partners to work « sans chevauchement des interventions ».
    """
    held: dict[SchemeKind, set[str]] = {}
    for kind, structure_id in running:
        if kind in _SUPPORTS:
            held.setdefault(kind, set()).add(structure_id)
    return tuple(
        Overlap(kind=kind, structure_ids=tuple(sorted(held[kind])))
        for kind in SchemeKind
        if len(held.get(kind, ())) > 1
    )


def gaps(spans: Sequence[Span], *, today: date) -> tuple[Moment, ...]:
    """The times of 15 days or more without any open step, between the first step and today; oldest first."""
    found: list[Moment] = []
    covered_until: date | None = None
    for span in sorted(spans, key=lambda one: (one.from_on, one.step_id)):
        if covered_until is not None:
            found += _gap(covered_until, span.from_on)
        end = span.until_on or today
        covered_until = max(covered_until, end) if covered_until else end
    if covered_until is not None:
        found += _gap(covered_until, today)
    return tuple(found)


def timeline(spans: Sequence[Span], contacts: Sequence[tuple[str, date]], *, today: date) -> tuple[Moment, ...]:
    """Every moment, newest first; on one day an end comes after (above) what led to it."""
    moments = [Moment(kind=MomentKind.ENTRY, on=span.from_on, about=span.step_id) for span in spans]
    moments += [
        Moment(kind=MomentKind.EXIT, on=span.until_on, about=span.step_id)
        for span in spans
        if span.until_on is not None
    ]
    moments += [Moment(kind=MomentKind.CONTACT, on=on, about=contact_id) for contact_id, on in contacts]
    moments += gaps(spans, today=today)
    return tuple(sorted(moments, key=_order, reverse=True))


_RANK = {MomentKind.ENTRY: 0, MomentKind.CONTACT: 1, MomentKind.EXIT: 2, MomentKind.GAP: 3}


def _order(moment: Moment) -> tuple[date, int, str]:
    return (moment.on, _RANK[moment.kind], moment.about)


def _gap(start: date, end: date) -> list[Moment]:
    days = (end - start).days
    if days < GAP_FROM_DAYS:
        return []
    return [Moment(kind=MomentKind.GAP, on=start + timedelta(days=1), about="", until_on=end, days=days)]
