"""The questions on results that a European fund wants asked after an exit: their answers are facts of the record."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import BooleanField, HiddenField

from pathway.casework.alerts.actions import clear_settled
from pathway.casework.followup.actions import answer_questions
from pathway.casework.followup.protocol import QUESTIONS
from pathway.casework.followup.queries import PointLine, point_seen
from pathway.casework.followup.vocabulary import QUESTION_ITEMS
from pathway.casework.partners.queries import structure_names
from pathway.casework.records.catalogue import CATALOGUE, shown
from pathway.casework.records.queries import RecordView, record_opened
from pathway.casework.records.rules import last_confirmed
from pathway.casework.sharing.permissions import Permission
from pathway.kernel.errors import Invalid, NotFound
from pathway.kernel.wording import said_date
from pathway.store.transaction import Transaction
from pathway.web.answers import Control, answered, control, field, form_of
from pathway.web.counsellor.telling import full_name, limit_said, origin
from pathway.web.forms import CarteForm
from pathway.web.gate import allow, gate
from pathway.web.jinja import notify

DECLINED, BACK = "declined", "back"
_GONE = "Ces questions sont déjà posées, ou vous n’y avez pas accès."


@dataclass(frozen=True, kw_only=True)
class ResultsPage:
    """Whose answers, until when they count, and what is known already (item key → words)."""

    name: str
    record: str
    href: str
    what: str
    due_on: date
    limit: str
    controls: list[Control]
    known: dict[str, str]


@allow(Permission.CONTACT_RECORD)
def view(ref: str) -> ResponseReturnValue:
    """The questions; on POST, the answers are kept and the point is done."""
    with gate().reading() as tx:
        page = _page(tx, ref)
    fields: dict[str, Any] = {one.name: field(one.item, may_be_unknown=False) for one in page.controls}
    fields[BACK] = HiddenField(default=request.args.get(BACK, ""))
    fields[DECLINED] = BooleanField("La personne ne souhaite pas répondre aux questions laissées vides")
    form = form_of(fields)
    if request.method == "POST" and form.validate():
        with gate().attempt(form) as tx:
            answer_questions(tx, point_id=ref, values=_typed(page, form), declined=bool(form[DECLINED].data))
            clear_settled(tx, record_id=page.record)
        if not form.has_errors:
            notify("Questions posées : les réponses sont dans le dossier.")
            return redirect(url_for("counsellor.day") if form[BACK].data == "day" else page.href, 303)
    return render_template("counsellor/results.html", form=form, page=page), 422 if form.has_errors else 200


def _page(tx: Transaction, ref: str) -> ResultsPage:
    point = point_seen(tx, ref)
    if point.kind not in QUESTIONS or point.structure_id != tx.actor.structure_id:
        raise NotFound(_GONE)
    items = [CATALOGUE[key] for key in QUESTION_ITEMS[point.kind]]
    record = record_opened(tx, point.record_id, only=frozenset(item.section for item in items))
    return _told(tx, point, record, [control(item) for item in items])


def _told(tx: Transaction, point: PointLine, record: RecordView, controls: list[Control]) -> ResultsPage:
    names = structure_names(tx)
    facts = [(one.item, record.facts[one.name]) for one in controls if one.name in record.facts]
    return ResultsPage(
        name=full_name(record.card.identity),
        record=record.id,
        href=url_for("counsellor.record", ref=record.id),
        what=point.kind.label,
        due_on=point.due_on,
        limit=limit_said(point, today=tx.today),
        controls=controls,
        known={
            item.key: f"{shown(item, fact.value)} ({origin(fact.provenance, names)}, "
            f"{said_date(last_confirmed(fact.provenance))})"
            for item, fact in facts
        },
    )


def _typed(page: ResultsPage, form: CarteForm) -> dict[str, object]:
    values: dict[str, object] = {}
    for one in page.controls:
        try:
            values[one.name] = answered(one.item, form[one.name])
        except Invalid as refusal:
            raise Invalid(refusal.sentence, field=one.name) from None
    return values
