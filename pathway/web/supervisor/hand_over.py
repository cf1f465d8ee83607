"""Sharing out the people of one professional among colleagues: chosen one by one, each looked at."""

from dataclasses import dataclass
from datetime import date

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import SelectField, SelectMultipleField

from pathway.casework.followup.queries import caseload, caseload_counts
from pathway.casework.lifecycle.actions import give_people
from pathway.casework.partners.queries import colleagues
from pathway.casework.sharing.permissions import Permission
from pathway.casework.team.queries import member_seen
from pathway.kernel.wording import counted
from pathway.store.transaction import Transaction
from pathway.web.forms import CarteForm, Needed
from pathway.web.gate import allow, fresh, gate
from pathway.web.jinja import notify

PER_PAGE = 50


class HandOverForm(CarteForm):
    """Whom to give, and to whom."""

    people = SelectMultipleField("Personnes", choices=[], validate_choice=False)
    to_id = SelectField("À qui les confier ?", [Needed("Choisissez un·e collègue.")], choices=[], validate_choice=False)


@dataclass(frozen=True, kw_only=True)
class Line:
    """One person of the list."""

    ref: str
    name: str
    due_on: date | None


@dataclass(frozen=True, kw_only=True)
class HandOverPage:
    """Whose people, who may take them, and how many come after those shown."""

    ref: str
    account_id: str
    name: str
    lines: list[Line]
    others: list[tuple[str, str]]
    waiting: int


@allow(Permission.TEAM_MANAGE)
@fresh
def view(ref: str) -> ResponseReturnValue:
    """The first fifty people, the next due first; on POST, those chosen change hands and the next ones come up."""
    with gate().reading() as tx:
        page = _page(tx, ref)
    form = HandOverForm()
    form.people.choices = [(one.ref, one.name) for one in page.lines]
    form.to_id.choices = [("", "Choisissez…"), *page.others]
    if request.method == "POST" and form.validate() and _is_chosen(form):
        said = _give(form, page)
        if not form.has_errors:
            notify(said)
            return redirect(url_for("supervisor.hand_over", ref=ref), 303)
    return render_template("supervisor/hand_over.html", form=form, page=page), 422 if form.has_errors else 200


def _is_chosen(form: HandOverForm) -> bool:
    if not form.people.data:
        form.people.errors = ["Cochez au moins une personne."]
    return not form.has_errors


def _give(form: HandOverForm, page: HandOverPage) -> str:
    shown = {one.ref for one in page.lines}
    chosen = [one for one in dict.fromkeys(form.people.data or []) if one in shown]
    given = refused = 0
    with gate().attempt(form) as tx:
        given, refused = give_people(tx, record_ids=chosen, from_id=page.account_id, to_id=form.to_id.data)
    with_what = "leurs points de suivi, leurs rendez-vous et leurs relais"
    said = f"{counted(given, 'personne confiée', 'personnes confiées')}, avec {with_what}."
    return f"{said} {counted(refused, 'n’a pas pu l’être', 'n’ont pas pu l’être')}." if refused else said


def _page(tx: Transaction, ref: str) -> HandOverPage:
    member = member_seen(tx, ref)
    mine, _ = caseload_counts(tx, of=member.account_id)
    lines = [
        Line(ref=one.record_id, name=f"{one.identity.first_name} {one.identity.last_name}", due_on=one.next_due_on)
        for one in caseload(tx, only_mine=True, page=1, per_page=PER_PAGE, of=member.account_id)
    ]
    tx.journal("read_member", membership=ref)
    return HandOverPage(
        ref=ref,
        account_id=member.account_id,
        name=member.name,
        lines=lines,
        others=[pair for pair in colleagues(tx).items() if pair[0] != member.account_id],
        waiting=mine - len(lines),
    )
