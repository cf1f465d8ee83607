"""Absences of the team: who is away, who stands in; one's own declared ahead, a responsable's team too."""

from dataclasses import dataclass
from datetime import date

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import SelectField

from pathway.casework.partners.actions import cancel_absence, declare_absence
from pathway.casework.partners.queries import absences, colleagues, staff_names
from pathway.casework.partners.rules import Role
from pathway.casework.sharing.permissions import Permission
from pathway.store.transaction import Transaction
from pathway.web.forms import CarteForm, DayField, Needed
from pathway.web.gate import allow, gate
from pathway.web.jinja import notify

_QUEUE = ("", "Toute l’équipe (la file de la structure)")


class AbsenceForm(CarteForm):
    """Who is away, from when to when, and who stands in."""

    account_id = SelectField("Qui est absent ?", choices=[], validate_choice=False)
    from_on = DayField("Premier jour", [Needed("Écrivez le premier jour de l’absence.")])
    until_on = DayField("Dernier jour", [Needed("Écrivez le dernier jour de l’absence.")])
    stand_in_id = SelectField("Qui remplace ?", choices=[], validate_choice=False)


@dataclass(frozen=True, kw_only=True)
class Line:
    """One absence. `cancel_href` is empty for those the reader may not take back."""

    name: str
    from_on: date
    until_on: date
    stand_in: str
    is_under_way: bool
    cancel_href: str


@dataclass(frozen=True, kw_only=True)
class AbsencesPage:
    """The absences under way and to come, and for whom the reader may declare one."""

    lines: list[Line]
    team: list[tuple[str, str]]
    me: str
    may_choose: bool


@allow(Permission.ABSENCE_DECLARE)
def view() -> ResponseReturnValue:
    """The list and the form; on POST, one more absence."""
    with gate().reading() as tx:
        page = _page(tx)
    form = AbsenceForm(account_id=page.me)
    form.account_id.choices = page.team
    form.stand_in_id.choices = [_QUEUE, *(one for one in page.team if page.may_choose or one[0] != page.me)]
    if request.method == "POST" and form.validate():
        _declare(form, page)
        if not form.has_errors:
            notify("Absence enregistrée. Ces jours-là, les points de suivi passent au remplacement.")
            return redirect(url_for("counsellor.absences"), 303)
    return render_template("counsellor/absences.html", form=form, page=page), 422 if form.has_errors else 200


@allow(Permission.ABSENCE_DECLARE)
def cancel_view(ref: str) -> ResponseReturnValue:
    """Take one back."""
    form = CarteForm()
    if form.validate():
        with gate().writing() as tx:
            cancel_absence(tx, ref)
        notify("Absence annulée.")
    return redirect(url_for("counsellor.absences"), 303)


def _declare(form: AbsenceForm, page: AbsencesPage) -> None:
    assert form.from_on.day is not None and form.until_on.day is not None
    with gate().attempt(form) as tx:
        declare_absence(
            tx,
            account_id=form.account_id.data if page.may_choose and form.account_id.data else page.me,
            from_on=form.from_on.day,
            until_on=form.until_on.day,
            stand_in_id=form.stand_in_id.data or None,
        )


def _page(tx: Transaction) -> AbsencesPage:
    known, team = absences(tx), colleagues(tx)
    names = {**staff_names(tx, (one.account_id for one in known)), **team}
    may_choose = tx.actor.role == Role.SUPERVISOR
    tx.journal("read_absences", absences=len(known))
    return AbsencesPage(
        lines=[
            Line(
                name=names.get(one.account_id, ""),
                from_on=one.from_on,
                until_on=one.until_on,
                stand_in=names.get(one.stand_in_id or "", "toute l’équipe"),
                is_under_way=one.from_on <= tx.today,
                cancel_href=url_for("counsellor.absence_cancelled", ref=one.id)
                if may_choose or one.account_id == tx.actor.account_id
                else "",
            )
            for one in known
        ],
        team=list(team.items()),
        me=tx.actor.account_id,
        may_choose=may_choose,
    )
