"""Writing a draft of the follow-up rules, from what holds: lines by kind of exit, added and taken away one by one."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import FieldList, Form, FormField, IntegerField, RadioField, SelectField
from wtforms.validators import Optional

from pathway.casework.policies.actions import write_draft
from pathway.casework.policies.queries import VersionView, draft_of, in_force, writes_for
from pathway.casework.policies.rules import (
    BEFORE_END_AT_MOST,
    CATCH_UP_AT_MOST,
    ENDING,
    LINE_KINDS,
    LINES_AT_MOST,
    REVIEW_BETWEEN,
    Case,
    Delay,
    DelayUnit,
    PointKind,
    Policy,
    Steps,
    policy_of,
    working_days,
)
from pathway.casework.sharing.permissions import Permission
from pathway.kernel.calendar import Holidays
from pathway.kernel.errors import PathwayError
from pathway.store.transaction import Transaction
from pathway.web.forms import CarteForm, Needed, SelectChoice
from pathway.web.gate import allow, gate
from pathway.web.jinja import notify
from pathway.web.supervisor.policy_words import draft_href, scope_name

_NUMBER = "Écrivez un nombre."
_NEW_LINE = {"unit": DelayUnit.DAYS.value}


def _lines(case: Case) -> Any:
    """The lines of one kind of exit: after how long, and what to do."""

    class Line(Form):
        """One point of that exit."""

        class Meta:
            """French messages whatever the browser asks."""

            locales = ("fr",)

        count = IntegerField("Délai", [Needed(_NUMBER)])
        unit = SelectField(
            "Compté en", choices=[SelectChoice(*pair) for pair in DelayUnit.pairs()], validate_choice=False
        )
        do = SelectField(
            "À faire",
            choices=[SelectChoice(kind.value, kind.label) for kind in LINE_KINDS[case]],
            validate_choice=False,  # the rules say it in our words
        )

    return FieldList(FormField(Line), label=case.label, max_entries=LINES_AT_MOST)


def _before_end() -> IntegerField:
    return IntegerField(
        "Un point avant la fin prévue",
        [Optional()],
        description=f"Combien de jours avant, de 1 à {BEFORE_END_AT_MOST}. Vide : pas de point avant la fin.",
    )


class DraftForm(CarteForm):
    """All the rules; `seq` is the writing one read, 0 for the first."""

    seq = IntegerField(default=0)
    durable_job = _lines(Case.DURABLE_JOB)
    durable_job_before_end = _before_end()
    short_job = _lines(Case.SHORT_JOB)
    short_job_before_end = _before_end()
    training = _lines(Case.TRAINING)
    training_before_end = _before_end()
    relay = _lines(Case.RELAY)
    no_solution = _lines(Case.NO_SOLUTION)
    lost_contact = _lines(Case.LOST_CONTACT)
    short_activity = _lines(Case.SHORT_ACTIVITY)
    retirement = _lines(Case.RETIREMENT)
    review = IntegerField(
        "Pause pour raison personnelle : la date du point est au plus tard, en jours",
        [Needed(_NUMBER)],
        description=f"De {REVIEW_BETWEEN[0]} à {REVIEW_BETWEEN[1]} jours après la sortie. "
        "La date est choisie avec la personne.",
    )
    catch_up = IntegerField(
        "Points déjà passés : un rattrapage, en jours ouvrés",
        [Needed(_NUMBER)],
        description=f"De 1 à {CATCH_UP_AT_MOST} jours ouvrés après la saisie de la sortie.",
    )
    holidays = RadioField(
        "Jours fériés", choices=[SelectChoice(*pair) for pair in Holidays.pairs()], validate_choice=False
    )

    def refuse(self, error: PathwayError) -> None:
        """What the rules say of a line goes beside its delay; of a kind of exit, to the top: it names it."""
        name, _, number = getattr(error, "field", "").partition("-")
        if name not in set(Case):
            super().refuse(error)
        elif number:
            # The label of the field already says which line of which exit.
            said = error.sentence.partition(" : ")[2]
            lines, sentence = self[name], said[:1].upper() + said[1:]
            lines.entries[int(number)].form.count.errors = lines.errors = [sentence]
        else:
            self.form_errors.append(error.sentence)


@dataclass(frozen=True, kw_only=True)
class Group:
    """One kind of exit as the form shows it; `before_end` is its field or None. `is_open`: it was just changed, or must
    be mended; the others are folded."""

    case: Case
    lines: Any
    before_end: Any
    may_add: bool
    is_open: bool


@dataclass(frozen=True, kw_only=True)
class DraftPage:
    """What the draft is for, where it is sent, and the draft itself once it was kept."""

    scope: str
    action: str
    version: str
    draft: VersionView | None
    groups: Sequence[Group]


@allow(Permission.POLICY_MANAGE)
def view(ref: str = "") -> ResponseReturnValue:
    """The form, from the draft or from what holds; on POST a line more, a line less, or the draft kept."""
    scheme_id = ref or None
    form = DraftForm()
    with gate().reading() as tx:
        scope, draft = scope_name(tx, scheme_id), draft_of(tx, scheme_id)
        holds = in_force(tx, structure_id=writes_for(tx), scheme_id=ref, on=tx.today)
    if request.method == "GET":
        form = _filled(draft.policy if draft else holds.policy, draft.seq if draft else 0)
    elif not _line_moved(form) and form.validate() and (draft_id := _save(form, scheme_id)):
        return _kept(draft_id)
    page = DraftPage(
        scope=scope,
        action=draft_href(scheme_id),
        version=draft.policy.version if draft else holds.policy.version,
        draft=draft,
        groups=[_group(form, case) for case in Case],
    )
    return render_template("supervisor/policy_draft.html", form=form, page=page), 422 if form.has_errors else 200


def _kept(draft_id: str) -> ResponseReturnValue:
    if "try" in request.form:
        return redirect(url_for("supervisor.policy_trial", ref=draft_id), 303)
    notify("Brouillon enregistré. Rien ne change tant qu’il n’est pas publié.")
    return redirect(url_for("supervisor.policies"), 303)


def _save(form: DraftForm, scheme_id: str | None) -> str:
    """The draft's id; empty when it was refused."""
    draft_id = ""
    with gate().attempt(form) as tx:
        draft_id = _written(tx, form, scheme_id)
    return "" if form.has_errors else draft_id


def _written(tx: Transaction, form: DraftForm, scheme_id: str | None) -> str:
    return write_draft(tx, policy=_policy(form), scheme_id=scheme_id, seq=form.seq.data or 0)


def _policy(form: DraftForm) -> Policy:
    return policy_of(
        "",
        {case: _steps(form[case.value].data) for case in Case},
        before_end={case: form[f"{case.value}_before_end"].data for case in ENDING},
        catch_up=working_days(form.catch_up.data or 0),
        review_within_days=form.review.data or 0,
        holidays=Holidays.read(form.holidays.data, field="holidays"),
    )


def _steps(lines: Sequence[dict[str, Any]]) -> Steps:
    return tuple(
        (PointKind.read(one["do"]), Delay(unit=DelayUnit.read(one["unit"]), count=one["count"])) for one in lines
    )


def _filled(policy: Policy, seq: int) -> DraftForm:
    values: dict[str, Any] = {case.value: [_shown(*step) for step in policy.steps_of(case)] for case in Case}
    values |= {f"{case.value}_before_end": policy.before_end_of(case) for case in ENDING}
    return DraftForm(
        formdata=None,
        seq=seq,
        review=policy.review_within_days,
        catch_up=policy.catch_up.count,
        holidays=policy.holidays.value,
        **values,
    )


def _shown(kind: PointKind, delay: Delay) -> dict[str, Any]:
    return {"count": delay.count, "unit": delay.unit.value, "do": kind.value}


def _line_moved(form: DraftForm) -> bool:
    """Whether the button pressed adds or takes a line away: nothing is kept, what was typed stays."""
    if "add" in request.form:
        case = Case.read(request.form["add"])
        if len(form[case.value].entries) < LINES_AT_MOST:
            form[case.value].append_entry(_NEW_LINE)
        return True
    name = request.form.get("remove", "")
    for case in Case:
        lines = form[case.value]
        lines.entries = [one for one in lines.entries if one.name != name]
    return bool(name)


def _group(form: DraftForm, case: Case) -> Group:
    lines = form[case.value]
    for number, line in enumerate(lines.entries):
        for field in (line.form.count, line.form.unit, line.form.do):
            field.label.text = f"{field.label.text} – {case.label}, ligne {number + 1}"
    before_end = form[f"{case.value}_before_end"] if case in ENDING else None
    return Group(
        case=case,
        lines=lines,
        before_end=before_end,
        may_add=len(lines.entries) < LINES_AT_MOST,
        is_open=_was_changed(case) or bool(lines.errors or (before_end is not None and before_end.errors)),
    )


def _was_changed(case: Case) -> bool:
    """Whether the button just pressed adds a line to that kind of exit, or takes one away."""
    return request.form.get("add") == case.value or request.form.get("remove", "").startswith(f"{case.value}-")
