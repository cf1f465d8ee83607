"""Who risks a break and why: one sentence each, its facts, and the gestures in place."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeVar

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import RadioField, SelectField, TextAreaField
from wtforms.validators import Length

from pathway.casework.alerts.actions import dismiss_alert, give_alert, snooze_alert
from pathway.casework.alerts.queries import AlertLine, cleared_since, open_alerts
from pathway.casework.alerts.rules import DismissReason, RuleId
from pathway.casework.alerts.wording import clearing_sentence, staff_sentence
from pathway.casework.partners.queries import colleagues, staff_names
from pathway.casework.records.queries import identities, referents
from pathway.casework.sharing.permissions import Permission
from pathway.casework.sharing.queries import accesses_of
from pathway.casework.sharing.rules import is_referent_untold
from pathway.casework.usage.actions import check_volume as settle_volume
from pathway.casework.usage.rules import CheckReason
from pathway.kernel.wording import said_weekday
from pathway.store.transaction import Transaction
from pathway.web.forms import CarteForm, Needed, SelectChoice
from pathway.web.gate import allow, gate
from pathway.web.jinja import notify
from pathway.web.supervisor.volume import CheckForm, VolumeItem, volume_items

_NOBODY = ("", "Choisir…")
_ELSEWHERE = "une personne d’une autre structure"
_NOTE_LENGTH = 500


class GiveForm(CarteForm):
    """To whom an alert is given."""

    account_id = SelectField("Confier à", [Needed("Choisissez à qui confier l’alerte.")])


class DismissForm(CarteForm):
    """Why an alert is set aside."""

    reason = RadioField(
        "Pourquoi l’écarter ?",
        choices=[SelectChoice(*pair) for pair in DismissReason.pairs()],
        validators=[Needed("Dites pourquoi vous écartez cette alerte.")],
    )
    note = TextAreaField("Note", [Length(max=_NOTE_LENGTH, message=f"Écrivez {_NOTE_LENGTH} caractères au plus.")])


class SnoozeForm(CarteForm):
    """Nothing to fill in: seen, to be reminded later."""


@dataclass(frozen=True, kw_only=True)
class AlertItem:
    """One alert as the page shows it, with its forms."""

    id: str
    record_id: str
    name: str
    sentence: str
    level: str
    since: date
    facts: tuple[str, ...]
    give: GiveForm
    dismiss: DismissForm
    is_giving: bool
    is_dismissing: bool


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """A gesture that was refused: on which alert, with which form."""

    alert_id: str
    form: CarteForm


@dataclass(frozen=True, kw_only=True)
class AlertsPage:
    """The open alerts of the structure by rule, its unusual volumes, how many people, how many settled since Monday."""

    groups: tuple[tuple[RuleId, tuple[AlertItem, ...]], ...]
    volumes: tuple[VolumeItem, ...]
    people: int
    cleared: int
    refused: CarteForm | None


@allow(Permission.ALERTS_READ)
def view() -> ResponseReturnValue:
    """List the open alerts."""
    return _page(None, 200)


@allow(Permission.ALERTS_ACT)
def give(ref: str) -> ResponseReturnValue:
    """Give the alert, and the points that go with it, to a colleague."""
    here = gate()
    with here.reading() as tx:
        team = colleagues(tx)
    form = _give_form(team)
    name = team.get(form.account_id.data or "", "")
    if form.validate():
        with here.attempt(form) as tx:
            give_alert(tx, alert_id=ref, account_id=form.account_id.data)
    return _answer(ref, form, f"Alerte confiée à {name}. Les points de suivi de cette personne l’accompagnent.")


@allow(Permission.ALERTS_ACT)
def snooze(ref: str) -> ResponseReturnValue:
    """Put the alert off for a week."""
    form = SnoozeForm()
    here = gate()
    with here.attempt(form) as tx:
        until = snooze_alert(tx, alert_id=ref)
        said = f"Vu. L’alerte reviendra {said_weekday(until, today=tx.today)}."
    return _answer(ref, form, said if not form.has_errors else "")


@allow(Permission.ALERTS_ACT)
def dismiss(ref: str) -> ResponseReturnValue:
    """Set the alert aside, with a reason."""
    form = DismissForm()
    if form.validate():
        with gate().attempt(form) as tx:
            reason = DismissReason.read(form.reason.data, field="reason")
            dismiss_alert(tx, alert_id=ref, reason=reason, note=(form.note.data or "").strip())
    return _answer(ref, form, "Alerte écartée. Elle ne reviendra pas pour les mêmes faits.")


@allow(Permission.ALERTS_ACT)
def check_volume(ref: str) -> ResponseReturnValue:
    """« J’ai vérifié »: say what an unusual volume was."""
    form = CheckForm()
    if form.validate():
        with gate().attempt(form) as tx:
            settle_volume(tx, notice_id=ref, reason=CheckReason.read(form.reason.data, field="reason"))
    return _answer(ref, form, "C’est noté. Le journal garde votre vérification.")


def _answer(ref: str, form: CarteForm, said: str) -> ResponseReturnValue:
    if form.has_errors:
        return _page(Refusal(alert_id=ref, form=form), 422)
    notify(said)
    return redirect(url_for("supervisor.alerts"), 303)


def _page(refusal: Refusal | None, status: int) -> ResponseReturnValue:
    with gate().reading() as tx:
        page = _gathered(tx, refusal)
    return render_template("supervisor/alerts.html", page=page), status


def _gathered(tx: Transaction, refusal: Refusal | None) -> AlertsPage:
    lines = open_alerts(tx)
    team = colleagues(tx)
    known = identities(tx, (line.record_id for line in lines), act="read_alerts")
    names = {name: f"{one.first_name} {one.last_name}" for name, one in known.items()}
    owners = _owners(tx, lines)
    items = {line.id: _item(line, names[line.record_id], owners[line.id], team, refusal, tx.today) for line in lines}
    groups = ((rule, tuple(items[line.id] for line in lines if line.rule is rule)) for rule in RuleId)
    monday = tx.today - timedelta(days=tx.today.weekday())
    return AlertsPage(
        groups=tuple((rule, found) for rule, found in groups if found),
        volumes=volume_items(tx, refusal.alert_id if refusal else "", refusal.form if refusal else None),
        people=len({line.record_id for line in lines}),
        cleared=cleared_since(tx, monday),
        refused=refusal.form if refusal else None,
    )


def _owners(tx: Transaction, lines: Sequence[AlertLine]) -> Mapping[str, str]:
    """alert id → who has it, in words: given to somebody, else her référent de parcours, else the structure."""
    known = referents(tx, (line.record_id for line in lines))
    names = staff_names(tx, [*(line.assigned_to for line in lines), *known.values()])
    accesses, ours = accesses_of(tx, [line.record_id for line in lines]), colleagues(tx)
    for record_id, account_id in known.items():
        access = accesses.get(record_id)
        if access and is_referent_untold(access, is_ours=account_id in ours):
            known[record_id] = _ELSEWHERE
    return {line.id: _owner(line, known.get(line.record_id, ""), names | {_ELSEWHERE: _ELSEWHERE}) for line in lines}


def _owner(line: AlertLine, referent_id: str, names: Mapping[str, str]) -> str:
    if line.assigned_to and line.assigned_to in names:
        return f"Confiée à {names[line.assigned_to]}."
    if referent_id in names:
        return f"Pas encore confiée. Référent de parcours : {names[referent_id]}."
    return "Pas encore confiée. Personne n’est référent de parcours."


def _item(
    line: AlertLine, name: str, owner: str, team: Mapping[str, str], refusal: Refusal | None, today: date
) -> AlertItem:
    refused = refusal.form if refusal and refusal.alert_id == line.id else None
    said = (line.rule, line.facts, line.parameters)
    return AlertItem(
        id=line.id,
        record_id=line.record_id,
        name=name,
        sentence=staff_sentence(*said, today=today),
        level=line.level.value,
        since=line.opened_on,
        facts=(owner, clearing_sentence(*said, today=today)),
        give=_own_ids(refused if isinstance(refused, GiveForm) else _give_form(team, blank=True), line.id),
        dismiss=_own_ids(refused if isinstance(refused, DismissForm) else DismissForm(formdata=None), line.id),
        is_giving=isinstance(refused, GiveForm),
        is_dismissing=isinstance(refused, DismissForm),
    )


def _give_form(team: Mapping[str, str], *, blank: bool = False) -> GiveForm:
    form = GiveForm(formdata=None) if blank else GiveForm()
    form.account_id.choices = [SelectChoice(*pair) for pair in (_NOBODY, *team.items())]
    return form


_Form = TypeVar("_Form", GiveForm, DismissForm)


def _own_ids(form: _Form, suffix: str) -> _Form:
    """The same form many times on one page: each field needs an id of its own, while names stay the same."""
    for field in form:
        field.id = f"{field.id}-{suffix}"
        field.label.field_id = field.id
    return form
