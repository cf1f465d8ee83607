"""« Passe en phase » : which stage of her scheme a person comes to, since which day; and undoing it."""

from dataclasses import dataclass
from datetime import date

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import HiddenField, RadioField

from pathway.casework.enrolments.actions import cancel_stage, change_stage
from pathway.casework.enrolments.queries import StepView, step_seen
from pathway.casework.enrolments.reading import StageLine, stages_of_step
from pathway.casework.partners.queries import staff_names
from pathway.casework.records.queries import identities
from pathway.casework.schemes.queries import SchemeView, schemes_by_id
from pathway.casework.schemes.rules import Stage
from pathway.casework.sharing.permissions import Permission
from pathway.casework.sharing.queries import access_of
from pathway.kernel.errors import NotFound
from pathway.store.transaction import Transaction
from pathway.web.answers import options
from pathway.web.counsellor.telling import full_name
from pathway.web.forms import CarteForm, DayField, Needed, read_version
from pathway.web.gate import allow, gate
from pathway.web.jinja import notify


class StageForm(CarteForm):
    """Which stage, since when. `seq`: of the stage that was read."""

    stage = RadioField("Passe en phase", [Needed("Choisissez une phase.")], choices=[], validate_choice=False)
    on = DayField("Depuis quel jour ?", [Needed("Écrivez la date.")])
    seq = HiddenField()


class UndoForm(CarteForm):
    """One button. `seq`: of the stage that was read."""

    seq = HiddenField()


@dataclass(frozen=True, kw_only=True)
class Passed:
    """One stage she came to."""

    name: str
    on: date
    who: str


@dataclass(frozen=True, kw_only=True)
class StagePage:
    """Whose step, where she is (`now` is empty when nobody said it) and was, newest first; `others`: where she may go;
    `next_key`: what follows, empty after the last stage; `may_undo`: the last change is not the entry's own."""

    name: str
    href: str
    scheme: str
    is_left: bool
    now: str
    passed: list[Passed]
    others: list[Stage]
    next_key: str
    seq: int
    may_undo: bool
    today: date


@allow(Permission.STAGE_RECORD)
def view(ref: str) -> ResponseReturnValue:
    """Where she is, and the form; on POST, she is in another stage."""
    page, form = _page(ref), StageForm()
    if form.validate_on_submit():
        with gate().attempt(form) as tx:
            on, seq = form.on.day or tx.today, read_version(form.seq.data)
            change_stage(tx, enrolment_id=ref, stage=form.stage.data or "", on=on, seq=seq)
        if not form.has_errors:
            notify("Changement de phase enregistré.")
            return redirect(page.href, 303)
    return _shown(ref, form)


@allow(Permission.STAGE_RECORD)
def undo_view(ref: str) -> ResponseReturnValue:
    """Take the last change back."""
    page, form = _page(ref), UndoForm()
    if form.validate():
        with gate().attempt(form) as tx:
            cancel_stage(tx, enrolment_id=ref, seq=read_version(form.seq.data))
    if form.has_errors:
        return _shown(ref, form)
    notify("Changement de phase annulé.")
    return redirect(page.href, 303)


def following(scheme: SchemeView, said: tuple[StageLine, ...]) -> Stage | None:
    """The stage that comes after the one a step is in: the first when none was said, None after the last."""
    keys = [one.key for one in scheme.stages]
    here = keys.index(said[-1].stage) + 1 if said and said[-1].stage in keys else 0
    return scheme.stages[here] if here < len(keys) else None


def may_change(tx: Transaction, step: StepView) -> bool:
    """Whether the actor says where that step, under way, is."""
    return step.structure_id == tx.actor.structure_id and access_of(tx, step.record_id).may_write


def _shown(ref: str, refused: StageForm | UndoForm) -> ResponseReturnValue:
    """The page as it is now, with what was refused."""
    page = _page(ref)
    form = refused if isinstance(refused, StageForm) else StageForm(formdata=None)
    form.stage.choices = options([(one.key, one.name) for one in page.others])
    if not form.is_submitted() or form is not refused:
        form.stage.data = page.next_key
        form.on.process_data(page.today)
    answer = render_template("counsellor/stage.html", ref=ref, form=form, refused=refused, page=page)
    return answer, 422 if refused.has_errors else 200


def _page(ref: str) -> StagePage:
    with gate().reading() as tx:
        step = step_seen(tx, ref)
        if not may_change(tx, step):
            raise NotFound
        scheme = schemes_by_id(tx, [step.scheme_id])[step.scheme_id]
        who = identities(tx, [step.record_id], act="read_record")[step.record_id]
        return _told(tx, step, scheme, full_name(who))


def _told(tx: Transaction, step: StepView, scheme: SchemeView, name: str) -> StagePage:
    said = stages_of_step(tx, step.id)
    people, names = staff_names(tx, [one.account_id for one in said]), scheme.stage_names
    last = said[-1] if said else None
    after = following(scheme, said)
    return StagePage(
        name=name,
        href=url_for("counsellor.record", ref=step.record_id),
        scheme=scheme.name,
        is_left=step.exit is not None,
        now=names.get(last.stage, "") if last else "",
        passed=[
            Passed(name=names.get(one.stage, ""), on=one.on, who=people.get(one.account_id, ""))
            for one in reversed(said)
        ],
        others=[one for one in scheme.stages if last is None or one.key != last.stage],
        next_key=after.key if after else "",
        seq=last.seq if last else 0,
        may_undo=last is not None and not last.is_entry and step.exit is None,
        today=tx.today,
    )
