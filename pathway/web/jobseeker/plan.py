"""« Mon plan »: what she does first, then what others do with her; she says herself what is done. Nothing is late."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import HiddenField

from pathway.casework.action_plan.actions import tick
from pathway.casework.action_plan.queries import engagements_of, plan_of
from pathway.casework.action_plan.reading import EngagementView
from pathway.casework.action_plan.rules import (
    EngagementState,
    Line,
    LineKind,
    LineState,
    Theme,
    by_theme,
    theme_label,
)
from pathway.casework.partners.queries import structure_names
from pathway.casework.sharing.permissions import Permission
from pathway.kernel.clock import local_day
from pathway.kernel.errors import Conflict
from pathway.kernel.languages import gettext as _
from pathway.kernel.languages import marked
from pathway.kernel.wording import said_date, said_weekday
from pathway.store.transaction import Transaction
from pathway.web.forms import CarteForm, read_version
from pathway.web.gate import allow, gate
from pathway.web.jinja import notify

_DONE = marked("Bravo, c’est noté. La structure qui vous suit le voit.")
_MEANWHILE = marked("Cette ligne vient de changer : la voici à jour.")
_NOT_YET = marked("C’est noté : ce n’est pas encore fait.")


class TickForm(CarteForm):
    """One button. `version`: the action as she read it."""

    version = HiddenField()


@dataclass(frozen=True, kw_only=True)
class Hers:
    """One action in her words. `about`: the difficulty it helps with; `done_on`: when it was done, empty before."""

    text: str
    about: str
    when: str
    who: str
    done_on: str
    version: int
    tick_href: str


@dataclass(frozen=True, kw_only=True)
class HerTheme:
    """One difficulty to settle: what was said of it, what she wants to reach, what others do about it."""

    label: str
    texts: list[str]
    goals: list[str]
    theirs: list[Hers]


@dataclass(frozen=True, kw_only=True)
class HerContract:
    """Her contrat d’engagement, in her words. `said`: with whom and when."""

    said: str
    review: str
    reference: str
    objectives: str


@dataclass(frozen=True, kw_only=True)
class HerPlan:
    """What the template needs. `hers`: her own actions to do; `done`: those of hers that are done; `settled`: the
    difficulties behind her; `aside`: what was put aside."""

    hers: list[Hers]
    themes: list[HerTheme]
    done: list[Hers]
    settled: list[str]
    aside: list[str]
    contracts: list[HerContract]


@dataclass(frozen=True, kw_only=True)
class PlanGlance:
    """Her plan on her first page: her next action, and how many are hers to do; empty words when there is none."""

    next: str
    when: str
    count: int
    has_plan: bool


@allow(Permission.OWN_PLAN)
def view() -> ResponseReturnValue:
    """Her plan and her contract, and nobody else's."""
    with gate().reading() as tx:
        page = _page(tx)
    return render_template("jobseeker/plan.html", page=page)


@allow(Permission.OWN_PLAN)
def tick_view(ref: str) -> ResponseReturnValue:
    """She says that one of her actions is done, or not yet: whoever follows her reads it at once."""
    form = TickForm()
    try:
        with gate().writing() as tx:
            state = tick(tx, line_id=ref, version=read_version(form.version.data))
    except Conflict:
        notify(_(_MEANWHILE), "info")
    else:
        notify(_(_DONE if state is LineState.DONE else _NOT_YET))
    return redirect(url_for("jobseeker.plan"), 303)


def glance(tx: Transaction) -> PlanGlance:
    """Her plan, for her first page."""
    plan = plan_of(tx, tx.actor.record_id)
    themes = by_theme(plan.lines)
    own = _soonest(one for theme in themes for one in theme.actions if one.is_hers)
    first = own[0] if own else None
    return PlanGlance(
        next=first.text if first else "",
        when=_when(tx, first) if first else "",
        count=len(own),
        has_plan=bool(plan.lines) or bool(engagements_of(tx, tx.actor.record_id)),
    )


def _page(tx: Transaction) -> HerPlan:
    lines, names = plan_of(tx, tx.actor.record_id).lines, structure_names(tx)
    themes = by_theme(lines)
    own = _soonest(one for theme in themes for one in theme.actions if one.is_hers)
    done = [one for one in lines if one.is_hers and one.state is LineState.DONE]
    contracts = [one for one in engagements_of(tx, tx.actor.record_id) if one.state is EngagementState.CURRENT]
    return HerPlan(
        hers=[_hers(tx, one, names) for one in own],
        themes=[_theme(tx, one, names) for one in themes if one.is_open],
        done=[_hers(tx, one, names) for one in sorted(done, key=lambda one: one.changed_at, reverse=True)],
        settled=[theme_label(one.code) for one in themes if not one.is_open],
        aside=[one.text for one in lines if one.state is LineState.GIVEN_UP],
        contracts=[_contract(one, names) for one in contracts],
    )


def _soonest(lines: Iterable[Line]) -> list[Line]:
    return sorted(lines, key=lambda one: (one.due_on is None, one.due_on or local_day(one.recorded_at), one.id))


def _theme(tx: Transaction, theme: Theme, names: Mapping[str, str]) -> HerTheme:
    return HerTheme(
        label=theme_label(theme.code),
        texts=[one.text for one in theme.obstacles if one.is_open and one.text],
        goals=[one.text for one in theme.goals],
        theirs=[_hers(tx, one, names) for one in theme.actions if not one.is_hers],
    )


def _hers(tx: Transaction, line: Line, names: Mapping[str, str]) -> Hers:
    done_on = said_weekday(local_day(line.changed_at), today=tx.today) if line.state is LineState.DONE else ""
    return Hers(
        text=line.text,
        about=theme_label(line.theme),
        when=_when(tx, line),
        who="" if line.is_hers else names.get(line.structure_id, ""),
        done_on=done_on,
        version=line.version,
        tick_href=url_for("jobseeker.plan_done", ref=line.id) if line.kind is LineKind.ACTION and line.is_hers else "",
    )


def _when(tx: Transaction, line: Line) -> str:
    return _("pour le %(day)s", day=said_weekday(line.due_on, today=tx.today)) if line.due_on else ""


def _contract(one: EngagementView, names: Mapping[str, str]) -> HerContract:
    known = {"structure": names.get(one.structure_id, ""), "from_on": said_date(one.from_on)}
    end = {"until_on": said_date(one.until_on)} if one.until_on else {}
    ends = _("%(structure)s, du %(from_on)s au %(until_on)s.", **known, **end) if end else ""
    return HerContract(
        said=ends or _("%(structure)s, du %(from_on)s.", **known),
        review=said_date(one.review_on) if one.review_on else "",
        reference=one.reference,
        objectives=one.objectives,
    )
