"""One line of the plan: adding an action or a goal under a difficulty, changing one, and what it was before."""

from dataclasses import dataclass
from datetime import datetime

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import HiddenField, SelectField, TextAreaField

from pathway.casework.action_plan.actions import Doing, add_to_plan, reword
from pathway.casework.action_plan.queries import forms_of, line_read, may_change, plan_of
from pathway.casework.action_plan.rules import Line, LineKind, theme_label
from pathway.casework.partners.queries import colleagues, structure_names
from pathway.casework.records.queries import identities
from pathway.casework.sharing.permissions import Permission
from pathway.kernel.errors import NotFound
from pathway.store.transaction import Transaction
from pathway.web.answers import options
from pathway.web.counsellor.telling import full_name
from pathway.web.forms import CarteForm, DayField, read_version
from pathway.web.gate import allow, gate
from pathway.web.jinja import notify

HERS = "hers"
_HERSELF = "La personne elle-même"
# The same words whether it never was, was taken away in another tab, or is another structure’s.
_GONE = "Cette ligne n’est plus dans le plan, ou vous n’y avez pas accès. Rouvrez le plan de la personne."


class DoingForm(CarteForm):
    """Who does an action, and for when."""

    who = SelectField("Qui s’en occupe ?", validate_choice=False)
    due_on = DayField("Pour quel jour ?")

    @property
    def doing(self) -> Doing:
        """What was chosen."""
        typed = self.who.data or ""
        return Doing(is_hers=typed == HERS, owner_id="" if typed == HERS else typed, due_on=self.due_on.day)


class AddForm(DoingForm):
    """An action, under a goal that is there (`goal_id`) or a new one (`goal`); or a goal alone."""

    action = TextAreaField("Action", description="Un pas concret : « Demander le devis de l’auto-école ».")
    goal_id = SelectField("Pour quel objectif ?", validate_choice=False)
    goal = TextAreaField("Nouvel objectif", description="Ce à quoi on veut arriver : « Passer le permis ».")


class LineForm(DoingForm):
    """The words of a line, and of an action who and when."""

    text = TextAreaField("Texte")
    version = HiddenField()


@dataclass(frozen=True, kw_only=True)
class Past:
    """What a line was from an instant on."""

    at: datetime
    by: str
    state: str
    text: str


@dataclass(frozen=True, kw_only=True)
class LinePage:
    """What the template needs. `is_action`: who and when are asked too."""

    name: str
    theme: str
    kind: str
    plan_href: str
    is_action: bool
    history: list[Past]


@allow(Permission.PLAN_KEEP)
def action_view(ref: str) -> ResponseReturnValue:
    """The form under one difficulty of the reader's structure; on POST, what was written is added."""
    here = gate()
    with here.reading() as tx:
        record_id, under = _ours(tx, ref, LineKind.OBSTACLE)
        page = _page(tx, record_id, under)
        goals = [one for one in plan_of(tx, record_id).lines if _is_goal_of(one, under)]
        people = _people(tx)
    form = AddForm()
    form.who.choices = options(people)
    form.goal_id.choices = options([("", "Aucun en particulier"), *((one.id, one.text) for one in goals)])
    if form.validate_on_submit():
        typed = {"action": form.action.data or "", "goal": form.goal.data or "", "goal_id": form.goal_id.data or ""}
        with here.attempt(form) as tx:
            add_to_plan(tx, obstacle_id=ref, doing=form.doing, **typed)
        if not form.has_errors:
            notify("Ajouté au plan. La personne le lit dans « Mon plan ».")
            return redirect(page.plan_href, 303)
    answer = render_template("counsellor/plan_action.html", form=form, page=page, has_goals=bool(goals))
    return answer, 422 if form.has_errors else 200


@allow(Permission.PLAN_KEEP)
def view(ref: str) -> ResponseReturnValue:
    """One line with its history; on POST, its words, who and when are changed."""
    here = gate()
    with here.reading() as tx:
        record_id, line = _ours(tx, ref)
        page = _page(tx, record_id, line)
        people = _people(tx)
    who = HERS if line.is_hers else line.owner_id or ""
    shown = {"text": line.text, "who": who, "due_on": line.due_on}
    form = LineForm(**shown, version=str(line.version))
    # Who left the structure meanwhile is still shown, not silently replaced.
    form.who.choices = options([*people, *([] if who in dict(people) else [(who, "La personne déjà choisie")])])
    if form.validate_on_submit():
        with here.attempt(form) as tx:
            version = read_version(form.version.data)
            reword(tx, line_id=ref, text=form.text.data or "", version=version, doing=form.doing)
        if not form.has_errors:
            notify("C’est modifié.")
            return redirect(page.plan_href, 303)
    if form.form_errors:  # it changed meanwhile, and she was told: what she sends next is meant
        form.version.data = str(line.version)
    return render_template("counsellor/plan_line.html", form=form, page=page), 422 if form.has_errors else 200


def _ours(tx: Transaction, ref: str, kind: LineKind | None = None) -> tuple[str, Line]:
    try:
        record_id, line = line_read(tx, ref)
    except NotFound:
        raise NotFound(_GONE) from None
    if (kind and line.kind is not kind) or not may_change(tx, record_id, line):
        raise NotFound(_GONE)
    return record_id, line


def _is_goal_of(line: Line, under: Line) -> bool:
    return line.kind is LineKind.GOAL and line.root_id == under.id and line.is_open


def _people(tx: Transaction) -> list[tuple[str, str]]:
    names = colleagues(tx)
    own = tx.actor.account_id
    others = [(one, name) for one, name in names.items() if one != own]
    return [("", "À décider"), (HERS, _HERSELF), (own, "Moi"), *others]


def _page(tx: Transaction, record_id: str, line: Line) -> LinePage:
    names = structure_names(tx)
    who = identities(tx, [record_id], act="read_plan")[record_id]
    return LinePage(
        name=full_name(who),
        theme=theme_label(line.theme),
        kind=line.kind.label,
        plan_href=url_for("counsellor.plan", ref=record_id),
        is_action=line.kind is LineKind.ACTION,
        history=[
            Past(
                at=one.at,
                by=names.get(one.structure_id, "") if one.structure_id else "la personne",
                state=one.state.label,
                text=one.text,
            )
            for one in forms_of(tx, line)
        ],
    )
