"""Who risks a break and why: one line each, given from there, and what is done with several at once."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import HiddenField, RadioField, SelectField, SelectMultipleField, TextAreaField
from wtforms.validators import Length, Optional

from pathway.casework.alerts.actions import Together, dismiss_alerts, give_alerts, snooze_alerts
from pathway.casework.alerts.answering import answers_of
from pathway.casework.alerts.queries import AlertLine, cleared_since, open_alerts, open_counts, people_in_queue
from pathway.casework.alerts.vocabulary import Answer, DismissReason
from pathway.casework.alerts.wording import clearing_sentence, staff_sentence
from pathway.casework.partners.queries import absences, colleagues, staff_names
from pathway.casework.records.queries import identities, referents
from pathway.casework.sharing.permissions import Permission, may
from pathway.casework.sharing.queries import accesses_of
from pathway.casework.sharing.rules import is_referent_untold
from pathway.casework.usage.actions import check_volume as settle_volume
from pathway.casework.usage.rules import CheckReason
from pathway.kernel.choice import Choice
from pathway.kernel.errors import NotFound
from pathway.kernel.wording import counted, listed, said_date
from pathway.store.transaction import Transaction
from pathway.web.drafts import keeps
from pathway.web.forms import CarteForm, Needed, SelectChoice
from pathway.web.gate import allow, gate, journal_refusal
from pathway.web.jinja import notify
from pathway.web.supervisor.narrowing import Narrowed, Narrowing, asked, by_holder, by_rule, orders, total
from pathway.web.supervisor.volume import CheckForm, VolumeItem, volume_items

PER_PAGE = 50
NOTE_LENGTH = 500
_NOBODY = ("", "Choisir…")
_REFERENCE = re.compile(r"[a-z2-7]{26}")
_ELSEWHERE = "une personne d’une autre structure"


class Gesture(Choice):
    """What is done with the alerts that were ticked."""

    GIVE = "give", "Les confier à un·e collègue"
    SNOOZE = "snooze", "Me les rappeler dans 7 jours"
    DISMISS = "dismiss", "Les écarter"


class TogetherForm(CarteForm):
    """The alerts ticked and what is done with them."""

    alerts = SelectMultipleField("Alertes", choices=[], validate_choice=False)
    gesture = RadioField(
        "Que faire des alertes cochées ?",
        choices=[SelectChoice(*pair) for pair in Gesture.pairs()],
        validators=[Needed("Choisissez ce que vous faites des alertes cochées.")],
    )
    account_id = SelectField("À qui les confier ?", choices=[], validate_choice=False)
    reason = SelectField(
        "Pourquoi les écarter ?",
        choices=[SelectChoice(*pair) for pair in (_NOBODY, *DismissReason.pairs())],
        validators=[Optional()],
    )
    after = HiddenField()
    note = TextAreaField("Note", [Length(max=NOTE_LENGTH, message=f"Écrivez {NOTE_LENGTH} caractères au plus.")])


@dataclass(frozen=True, kw_only=True)
class Proposed:
    """To whom an alert could be given first: who answers for her pathway, or replaces who does."""

    account_id: str
    label: str


@dataclass(frozen=True, kw_only=True)
class AlertItem:
    """One alert as the list shows it. `after`: the line to come back to once it is given."""

    id: str
    record_id: str
    name: str
    rule: str
    sentence: str
    clears: str
    level: str
    since: date
    owner: str
    is_given: bool
    proposed: Proposed | None
    answer: Answer | None
    is_returned: bool
    after: str


@dataclass(frozen=True, kw_only=True)
class AlertsPage:
    """One page of the queue, how it is narrowed, its unusual volumes, how many people, how many settled since Monday.
    `replaced`: whom the reader stands in for, and until when."""

    items: list[AlertItem]
    rules: list[Narrowing]
    holders: list[Narrowing]
    orders: list[Narrowing]
    now: Narrowed
    pages: int
    team: Mapping[str, str]
    volumes: tuple[VolumeItem, ...]
    people: int
    cleared: int
    replaced: str
    may_judge: bool


@allow(Permission.ALERTS_READ)
def view() -> ResponseReturnValue:
    """List the open alerts, narrowed to one rule when asked."""
    return _shown(TogetherForm(formdata=None), 200)


@allow(Permission.ALERTS_ACT)
@keeps
def together() -> ResponseReturnValue:
    """Do the same thing with every alert ticked, each looked at; or give the one of a line."""
    form = TogetherForm()
    if form.validate() and _is_whole(form):
        said = ""
        with gate().attempt(form) as tx:
            said = _settle(tx, form)
        if not form.has_errors:
            notify(said)
            after = form.after.data or ""
            anchor = f"alerte-{after}" if _REFERENCE.fullmatch(after) else None
            return redirect(url_for("supervisor.alerts", **asked().here, _anchor=anchor), 303)
    return _shown(form, 422)


@allow(Permission.VOLUME_CHECK)
@keeps
def check_volume(ref: str) -> ResponseReturnValue:
    """« J’ai vérifié »: say what an unusual volume was."""
    form = CheckForm()
    if form.validate():
        with gate().attempt(form) as tx:
            settle_volume(tx, notice_id=ref, reason=CheckReason.read(form.reason.data, field="reason"))
    if not form.has_errors:
        notify("C’est noté. Le journal garde votre vérification.")
        return redirect(url_for("supervisor.alerts"), 303)
    return _shown(TogetherForm(formdata=None), 422, checked=(ref, form))


def _is_whole(form: TogetherForm) -> bool:
    if not any(form.alerts.data or []):
        form.alerts.errors = ["Cochez au moins une alerte."]
    if form.gesture.data == Gesture.GIVE and not form.account_id.data:
        form.account_id.errors = ["Choisissez à qui confier les alertes cochées."]
    if form.gesture.data == Gesture.DISMISS and not form.reason.data:
        form.reason.errors = ["Dites pourquoi vous écartez les alertes cochées."]
    return not form.has_errors


def _settle(tx: Transaction, form: TogetherForm) -> str:
    chosen = list(dict.fromkeys(form.alerts.data or []))[:PER_PAGE]
    if form.gesture.data == Gesture.GIVE:
        found = give_alerts(tx, chosen, account_id=form.account_id.data)
        name = staff_names(tx, [form.account_id.data]).get(form.account_id.data, "")
        said = f"{counted(found.done, 'alerte confiée', 'alertes confiées')} à {name}, avec les points de suivi."
    elif form.gesture.data == Gesture.SNOOZE:
        found = snooze_alerts(tx, chosen)
        said = f"{counted(found.done, 'alerte reviendra', 'alertes reviendront')} dans 7 jours."
    else:
        reason = DismissReason.read(form.reason.data, field="reason")
        found = dismiss_alerts(tx, chosen, reason=reason, note=(form.note.data or "").strip())
        said = f"{counted(found.done, 'alerte écartée', 'alertes écartées')}."
    return _with_refused(tx, said, found)


def _with_refused(tx: Transaction, said: str, found: Together) -> str:
    """Those the actor may not know of are refused tries, told to the persons as from any other door."""
    for alert_id in found.unknown:
        journal_refusal(tx, NotFound(), asked=alert_id)
    if not found.refused:
        return said
    return f"{said} {counted(found.refused, 'n’a pas pu l’être', 'n’ont pas pu l’être')}."


def _shown(form: TogetherForm, status: int, *, checked: tuple[str, CheckForm] | None = None) -> ResponseReturnValue:
    with gate().reading() as tx:
        page = _gathered(tx, checked)
    form.account_id.choices = [SelectChoice(*pair) for pair in (_NOBODY, *page.team.items())]
    form.alerts.choices = [SelectChoice(one.id, one.name) for one in page.items]
    refused = checked[1] if checked else form
    return render_template("supervisor/alerts.html", page=page, form=form, refused=refused), status


def _gathered(tx: Transaction, checked: tuple[str, CheckForm] | None) -> AlertsPage:
    counts, now = open_counts(tx), asked()
    now = replace(now, rule=now.rule if any(now.rule is rule for rule, _ in counts) else None)
    pages = max(1, -(-total(counts, now.rule, now.held) // PER_PAGE))
    now = replace(now, page=min(now.page, pages))
    lines = open_alerts(tx, rule=now.rule, held=now.held, order=now.order, page=now.page, per_page=PER_PAGE)
    monday, team = tx.today - timedelta(days=tx.today.weekday()), colleagues(tx)
    is_head = may(tx.actor.role, Permission.VOLUME_CHECK)
    return AlertsPage(
        items=_items(tx, lines, team),
        rules=by_rule(counts, now),
        holders=by_holder(counts, now),
        orders=orders(now),
        now=now,
        pages=pages,
        team=team,
        volumes=volume_items(tx, checked[0] if checked else "", checked[1] if checked else None) if is_head else (),
        people=people_in_queue(tx),
        cleared=cleared_since(tx, monday),
        replaced=replaced_said(tx),
        may_judge=may(tx.actor.role, Permission.ALERTS_PRECISION),
    )


def replaced_said(tx: Transaction) -> str:
    """« Vous remplacez Denis Le Goff jusqu’au 28 novembre 2026. », or that all the team does; else nothing."""
    user = gate().user
    if user is None or user.replaced is None:
        return ""
    names = listed(sorted(staff_names(tx, user.replaced.account_ids).values()))
    until = f"jusqu’au {said_date(user.replaced.until_on)}"
    if user.replaced.is_named:
        return f"Vous remplacez {names} {until}."
    return f"Aucun·e responsable n’est là {until} ({names}) : toute l’équipe voit ces alertes et peut les traiter."


def _items(tx: Transaction, lines: Sequence[AlertLine], team: Mapping[str, str]) -> list[AlertItem]:
    known = identities(tx, (line.record_id for line in lines), act="read_alerts")
    owners, answers = owners_of(tx, lines), answers_of(tx, lines)
    proposed = _proposed(tx, lines, team)
    following = dict(zip((line.id for line in lines), [line.id for line in lines[1:]], strict=False))
    return [
        AlertItem(
            id=line.id,
            record_id=line.record_id,
            name=f"{known[line.record_id].first_name} {known[line.record_id].last_name}",
            rule=line.rule.label,
            sentence=staff_sentence(line.rule, line.facts, line.parameters, today=tx.today),
            clears=clearing_sentence(line.rule, line.facts, line.parameters, today=tx.today),
            level=line.level.value,
            since=line.opened_on,
            owner=owners[line.id],
            is_given=line.assigned_to in team,
            proposed=proposed.get(line.record_id),
            answer=answers[line.id][0] if line.id in answers else None,
            is_returned=line.returned_on is not None,
            after=following.get(line.id, line.id),
        )
        for line in lines
    ]


def _proposed(tx: Transaction, lines: Sequence[AlertLine], team: Mapping[str, str]) -> dict[str, Proposed]:
    """record id → the référent de parcours when she works here today, else who replaces her these days."""
    away = {one.account_id: one.stand_in_id for one in absences(tx) if one.from_on <= tx.today}
    found: dict[str, Proposed] = {}
    for record_id, referent_id in referents(tx, (line.record_id for line in lines)).items():
        account_id = away.get(referent_id, referent_id) or ""
        if referent_id in team and account_id in team:
            why = "référent" if account_id == referent_id else "en remplacement"
            found[record_id] = Proposed(account_id=account_id, label=f"{team[account_id]} ({why})")
    return found


def owners_of(tx: Transaction, lines: Sequence[AlertLine]) -> dict[str, str]:
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
        return f"À confier. Référent de parcours\N{NO-BREAK SPACE}: {names[referent_id]}."
    return "À confier. Personne n’est référent de parcours."
