"""« Difficultés et actions »: what is to settle, what is done about it, by whom; each gesture in place."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import HiddenField, SelectField, SelectMultipleField, TextAreaField

from pathway.casework.action_plan.actions import open_obstacles, own_obstacle, settle_line, undo_last
from pathway.casework.action_plan.queries import Plan, line_seen, plan_read
from pathway.casework.action_plan.rules import (
    ENGAGEMENT_SECTION,
    PLAN_SECTION,
    Line,
    LineState,
    Standing,
    Theme,
    by_theme,
    standings,
    theme_groups,
    theme_label,
    to_open,
)
from pathway.casework.records.queries import record_opened
from pathway.casework.sharing.permissions import Permission
from pathway.kernel.errors import Conflict
from pathway.store.transaction import Transaction
from pathway.web.counsellor.plan_telling import Row, answer_of, last_gesture, names_told, row_of
from pathway.web.counsellor.telling import full_name
from pathway.web.forms import CarteForm, read_version
from pathway.web.gate import allow, gate
from pathway.web.jinja import Undo, notify

_SAID = {
    LineState.CLOSED: "Difficulté réglée. Ses actions ne sont plus à faire.",
    LineState.DONE: "C’est fait, et noté.",
    LineState.GIVEN_UP: "Mis de côté. Les autres structures ne le voient pas.",
    LineState.OPEN: "Repris dans le plan.",
}
_MEANWHILE = "Cette ligne vient de changer : la voici à jour."
TO_ACTION, TO_DAY = "action", "day"


class OpenForm(CarteForm):
    """A difficulty to open, by its theme; or those she already said (`proposed`). `back`: « action » to add one."""

    theme = SelectField("Quelle difficulté ?", validate_choice=False)
    text = TextAreaField("Précision")
    proposed = SelectMultipleField("", validate_choice=False)
    back = HiddenField()


class GestureForm(CarteForm):
    """One button on one line, as it was read."""

    state = HiddenField()
    version = HiddenField()
    back = HiddenField()


@dataclass(frozen=True, kw_only=True)
class Group:
    """The actions under one goal; without goal, those of the difficulty itself."""

    goal: Row | None
    actions: list[Row]


@dataclass(frozen=True, kw_only=True)
class ThemePart:
    """One theme. `add_href`: where an action is added, empty when the structure must first take it up (`code`)."""

    code: str
    label: str
    is_open: bool
    obstacles: list[Row]
    groups: list[Group]
    closed: list[Row]
    add_href: str


@dataclass(frozen=True, kw_only=True)
class PlanPage:
    """What the template needs. `proposed`: (code, label) of what she said and nobody took up, said on `said_on`.
    `settled`: the themes that are closed; `standing`:
    label → the themes of which no more is known than that."""

    name: str
    href: str
    contract_href: str
    may_write: bool
    proposed: list[tuple[str, str]]
    said_on: date | None
    themes: list[ThemePart]
    settled: list[ThemePart]
    standing: dict[str, list[str]]


@allow(Permission.PLAN_KEEP)
def view(ref: str) -> ResponseReturnValue:
    """The whole plan; on POST, difficulties are opened."""
    here = gate()
    with here.reading() as tx:
        plan = plan_read(tx, ref)
        page = _page(tx, ref, plan)
    form = OpenForm()
    form.theme.choices = {"": [("", "Choisissez…")], **dict(theme_groups(with_health=plan.sees_health))}
    if form.validate_on_submit():
        ids: list[str] = []
        themes = form.proposed.data or [form.theme.data or ""]
        with here.attempt(form) as tx:
            ids = open_obstacles(tx, record_id=ref, themes=themes, text=form.text.data or "")
        if not form.has_errors:
            notify("C’est noté. Ajoutez maintenant une action.")
            is_next = form.back.data == TO_ACTION
            return redirect(url_for("counsellor.plan_action", ref=ids[0]) if is_next else page.href, 303)
    return render_template("counsellor/plan.html", form=form, page=page), 422 if form.has_errors else 200


@allow(Permission.PLAN_KEEP)
def state_view(ref: str) -> ResponseReturnValue:
    """Where one line stands: done, set aside, settled, taken up again."""
    here, form = gate(), GestureForm()
    with here.reading() as tx:
        record_id, _line = line_seen(tx, ref)
    state, version = LineState.read(form.state.data or "", field="state"), read_version(form.version.data)
    try:
        with here.writing() as tx:
            settle_line(tx, line_id=ref, state=state, version=version)
    except Conflict:
        notify(_MEANWHILE, "info")
    else:
        fields = {"version": str(version + 1), "back": form.back.data or ""}
        notify(_SAID[state], undo=Undo(label="Annuler", href=url_for("counsellor.plan_undo", ref=ref), fields=fields))
    return redirect(_back(form, record_id), 303)


@allow(Permission.PLAN_KEEP)
def undo_view(ref: str) -> ResponseReturnValue:
    """The last gesture on one line is taken back."""
    here, form = gate(), GestureForm()
    with here.reading() as tx:
        record_id, _line = line_seen(tx, ref)
    try:
        with here.writing() as tx:
            undo_last(tx, line_id=ref, version=read_version(form.version.data))
    except Conflict:
        notify(_MEANWHILE, "info")
    else:
        notify("Geste annulé.")
    return redirect(_back(form, record_id), 303)


def _page(tx: Transaction, ref: str, plan: Plan) -> PlanPage:
    record = record_opened(tx, ref, only=frozenset({PLAN_SECTION}))
    names = names_told(tx, plan.lines)
    last_id = last_gesture(tx, plan.lines)

    def row(line: Line) -> Row:
        return row_of(tx, record.id, line, names, may_write=plan.may_write, last_id=last_id)

    themes = [_theme(tx, one, row) for one in by_theme(plan.lines)]
    answered, said_on = answer_of(record)
    found = standings(plan.lines, answered, said_on=said_on, with_health=plan.sees_health)
    told = (Standing.CLOSED, Standing.NONE, Standing.NOT_ASSESSED)
    by_label = {one.label: [theme_label(code) for code, its in found.items() if its is one] for one in told}
    return PlanPage(
        name=full_name(record.card.identity),
        href=url_for("counsellor.plan", ref=record.id),
        contract_href=url_for("counsellor.contract", ref=record.id) if record.access.opens(ENGAGEMENT_SECTION) else "",
        may_write=plan.may_write,
        proposed=[(code, theme_label(code)) for code in to_open(plan.lines, answered, said_on=said_on)],
        said_on=said_on,
        themes=[one for one in themes if one.is_open],
        settled=[one for one in themes if not one.is_open],
        standing={label: those for label, those in by_label.items() if those},
    )


def _theme(tx: Transaction, theme: Theme, row: Callable[[Line], Row]) -> ThemePart:
    def told(those: Iterable[Line]) -> list[Row]:
        return [row(one) for one in those]

    own = own_obstacle(tx, theme.obstacles, theme.code)
    known = {one.id for one in theme.goals}
    groups = [
        Group(goal=told([goal])[0], actions=told(one for one in theme.actions if one.parent_id == goal.id))
        for goal in theme.goals
    ]
    loose = told(one for one in theme.actions if one.parent_id not in known)
    return ThemePart(
        code=theme.code,
        label=theme_label(theme.code),
        is_open=theme.is_open,
        obstacles=told(theme.obstacles),
        groups=[*groups, Group(goal=None, actions=loose)] if loose else groups,
        closed=told(theme.closed),
        add_href=url_for("counsellor.plan_action", ref=own.id) if own else "",
    )


def _back(form: GestureForm, record_id: str) -> str:
    return url_for("counsellor.day") if form.back.data == TO_DAY else url_for("counsellor.plan", ref=record_id)
