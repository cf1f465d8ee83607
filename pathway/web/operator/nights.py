"""The last nights of work: what each step did, what failed, which nights never were. Counts only."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from pathway.casework.reports.queries import NightRun, StepRun, night_runs, nights_count
from pathway.casework.reports.vocabulary import said_counts, said_failure, said_step
from pathway.casework.sharing.permissions import Permission
from pathway.kernel.wording import counted
from pathway.store.transaction import Transaction
from pathway.web.gate import allow, gate

PER_PAGE = 10


@dataclass(frozen=True, kw_only=True)
class Line:
    """One night in words. `state`, `said`: its tag. `steps`: (step, what it did). `failures`: (step, what failed)."""

    night: date
    started_at: datetime
    took: str
    state: str
    said: str
    is_late: bool
    missed: int
    steps: Sequence[tuple[str, str]]
    failures: Sequence[tuple[str, str]]


@dataclass(frozen=True, kw_only=True)
class NightsPage:
    """What the template needs. `missed`: how many nights passed since the last one."""

    lines: Sequence[Line]
    missed: int
    page: int
    pages: int
    previous_href: str | None
    next_href: str | None


@allow(Permission.INSTANCE_READ)
def view() -> ResponseReturnValue:
    """One page of ten nights, the latest first."""
    with gate().reading() as tx:
        page = _page(tx, _number(request.args.get("page", "")))
        tx.journal("read_instance")
    return render_template("operator/nights.html", page=page)


def _number(typed: str) -> int:
    return int(typed) if typed.isascii() and typed.isdigit() and 0 < len(typed) <= 6 and int(typed) else 1


def _page(tx: Transaction, number: int) -> NightsPage:
    pages = max(-(-nights_count(tx) // PER_PAGE), 1)
    number = min(number, pages)
    runs = night_runs(tx, page=number, per_page=PER_PAGE)
    latest = runs[0].night if runs and number == 1 else None
    return NightsPage(
        lines=[_line(one, is_demo=tx.store.is_demo) for one in runs],
        # Tonight's own may still be to come.
        missed=max((tx.today - latest).days - 1, 0) if latest else 0,
        page=number,
        pages=pages,
        previous_href=_href(number - 1) if number > 1 else None,
        next_href=_href(number + 1) if number < pages else None,
    )


def _href(number: int) -> str:
    return url_for("operator.nights", page=number) if number > 1 else url_for("operator.nights")


def _line(run: NightRun, *, is_demo: bool) -> Line:
    state, said = _state(run)
    return Line(
        night=run.night,
        started_at=run.started_at,
        took=_said_span(run.took),
        state=state,
        said=said,
        is_late=run.is_late,
        missed=0 if is_demo else run.missed,  # a demonstration lives one night a week
        steps=[(said_step(one.step), _did(one)) for one in run.steps],
        failures=[
            (said_step(one.step), said_failure(one.failed, one.failure, is_broken=one.is_broken))
            for one in run.failures
        ],
    )


def _did(step: StepRun) -> str:
    return said_counts({name: count for name, count in step.counts.items() if count}) or "rien à faire"


def _state(run: NightRun) -> tuple[str, str]:
    if run.is_under_way:
        return "next", "en cours"
    if not run.is_done:
        return "risk", "interrompue"
    return ("risk", "faite, avec des échecs") if run.failures else ("done", "faite")


def _said_span(span: timedelta) -> str:
    seconds = round(span.total_seconds())
    if seconds < 1:
        return "moins d’une seconde"
    minutes, rest = divmod(seconds, 60)
    if not minutes:
        return counted(rest, "seconde")
    return f"{counted(minutes, 'minute')} {counted(rest, 'seconde')}" if rest else counted(minutes, "minute")
