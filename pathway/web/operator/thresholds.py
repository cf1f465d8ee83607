"""The thresholds of alerts of the whole territory: written, tried on the alerts of the last months, then published."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import Field, HiddenField, StringField
from wtforms.validators import ValidationError

from pathway.casework.alerts.actions import publish_policy
from pathway.casework.alerts.outcomes import outcomes
from pathway.casework.alerts.policies import Since, policies_known, policy_on
from pathway.casework.alerts.policy import LONGEST, MEANINGS, NAMES, AlertPolicy, changed, thresholds
from pathway.casework.alerts.precision import would_have
from pathway.casework.alerts.vocabulary import NoticeId, RuleId
from pathway.casework.sharing.permissions import Permission
from pathway.kernel.clock import local_day
from pathway.kernel.errors import Conflict, Invalid
from pathway.kernel.wording import counted, said_date
from pathway.store.transaction import Transaction
from pathway.web.forms import CarteForm, DayField, Needed
from pathway.web.gate import allow, fresh, gate
from pathway.web.jinja import notify

_TRIED = timedelta(days=182)
_CHANGED = "Les seuils viennent d’être changés ailleurs. Rouvrez la page, puis refaites vos choix."
_BEFORE = "before"
_COUNTED = ("overdue_days", "silent_", "unheld_days", "gap_days")
_EVERY_ALERT, _EVERY_NOTICE = "Toutes les alertes", "Toutes les remarques"
# How the names of its thresholds begin → the alert or the remark, in the order of the page.
_OF: Mapping[str, RuleId | NoticeId] = {
    "overdue_": RuleId.R02,
    "silent_": RuleId.R03,
    "missed_": RuleId.R04,
    "unheld_": RuleId.R06,
    "gap_": RuleId.R07,
    "early_exit_": RuleId.R08,
    "stopped_": RuleId.R09,
    "ending_": RuleId.R10,
    "away_": RuleId.R11,
    "sharing_ends_": RuleId.R14,
    "obstacle_": NoticeId.N12,
    "back_": NoticeId.N16,
}
_CODE = re.compile(r" \((?:remarque )?[RN][0-9]{2}\)")


def heading_of(name: str) -> str:
    """Under which words a threshold stands: its alert's or its remark's own."""
    found = [one.label for start, one in _OF.items() if name.startswith(start)]
    return found[0] if found else (_EVERY_NOTICE if name == "noticed_days" else _EVERY_ALERT)


def label_of(name: str) -> str:
    """What a threshold counts, without the code of the alert that its heading says in words."""
    words = _CODE.sub("", MEANINGS[name])
    return words[:1].upper() + words[1:]


class ThresholdsForm(CarteForm):
    """One number for each threshold, and from when. `seen`: the version one read."""

    seen = HiddenField()
    from_on = DayField("À partir du", [Needed("Écrivez le premier jour de ces seuils.")])

    @property
    def numbers(self) -> list[Field]:
        """The field of each threshold, in order."""
        return [self[name] for name in NAMES]

    @property
    def groups(self) -> Mapping[str, list[Field]]:
        """The words of each alert → the fields of its thresholds."""
        found: dict[str, list[Field]] = {}
        for name in NAMES:
            found.setdefault(heading_of(name), []).append(self[name])
        return found


def _check_number(_form: CarteForm, field: Field) -> None:
    said = (field.data or "").strip()
    if not (said.isascii() and said.isdigit() and len(said) < 4 and 1 <= int(said) <= LONGEST):
        raise ValidationError(f"Écrivez un nombre de 1 à {LONGEST}.")


for _name in NAMES:
    setattr(ThresholdsForm, _name, StringField(label_of(_name), [_check_number]))


@dataclass(frozen=True, kw_only=True)
class ThresholdsPage:
    """The version in force and those known, (version, since when)."""

    version: str
    known: Sequence[tuple[str, str]]
    may_go_back: bool


@allow(Permission.TERRITORY_KEEP)
@fresh
def view() -> ResponseReturnValue:
    """The form; on POST what it would have changed, then the new version is published."""
    form = ThresholdsForm(from_on=local_day(gate().clock.now()))
    with gate().reading() as tx:
        known = policies_known(tx)
        now = next(one for one in known if one.from_on is None or one.from_on <= tx.today)
        tx.journal("read_settings", setting="thresholds")
    page = _page(known, now)
    if request.method != "POST":
        _fill(form, _before(known, now) if _BEFORE in request.args else now.policy)
        form.seen.data = now.policy.version
    elif form.validate() and "back" not in request.form and (changes := _changes(form, now.policy)):
        if "publish" not in request.form:
            return _reviewed(form, page, now.policy, changes)
        if _published(form, changes):
            return redirect(url_for("operator.settings"), 303)
    return render_template("operator/thresholds.html", form=form, page=page), 422 if form.has_errors else 200


def _page(known: Sequence[Since], now: Since) -> ThresholdsPage:
    said = [(one.policy.version, f"dès le {said_date(one.from_on)}" if one.from_on else "au départ") for one in known]
    return ThresholdsPage(version=now.policy.version, known=said, may_go_back=now.from_on is not None)


def _before(known: Sequence[Since], now: Since) -> AlertPolicy:
    """The version that held before the present one."""
    place = known.index(now)
    return known[min(place + 1, len(known) - 1)].policy


def _fill(form: ThresholdsForm, policy: AlertPolicy) -> None:
    for name, value in thresholds(policy).items():
        form[name].data = str(value)


def _changes(form: ThresholdsForm, now: AlertPolicy) -> dict[str, int]:
    """What was typed and differs; empty after a refusal."""
    present = thresholds(now)
    if form.seen.data != now.version:
        form.form_errors.append(_CHANGED)
        return {}
    typed = {name: int(form[name].data) for name in NAMES}
    changes = {name: days for name, days in typed.items() if days != present[name]}
    if not changes:
        form.form_errors.append("Rien ne change : changez au moins un seuil.")
        return {}
    try:
        changed(now, "", changes)
    except Invalid as refusal:
        form.refuse(refusal)
    return {} if form.has_errors else changes


def _reviewed(
    form: ThresholdsForm, page: ThresholdsPage, now: AlertPolicy, changes: Mapping[str, int]
) -> ResponseReturnValue:
    with gate().reading() as tx:
        rows = _rows(tx, now, changes)
        tx.journal("try_alert_policy", changes=dict(changes))
    return render_template("operator/thresholds_review.html", form=form, page=page, rows=rows)


def _rows(tx: Transaction, now: AlertPolicy, changes: Mapping[str, int]) -> list[tuple[str, int, int, str]]:
    found, present = outcomes(tx, since=tx.today - _TRIED), thresholds(now)
    return [
        (
            f"{heading_of(name)}\N{NO-BREAK SPACE}: {label_of(name)[:1].lower()}{label_of(name)[1:]}",
            present[name],
            value,
            _told(name, present[name], value, *would_have(found, name, value)),
        )
        for name, value in changes.items()
    ]


def _told(name: str, before: int, after: int, opened: int, left: int) -> str:
    """What the last six months would have been, in words."""
    if not name.startswith(_COUNTED):
        return "Ne se compte pas sur les alertes passées."
    if after < before:
        return f"{counted(opened, 'alerte')} en six mois ; avec moins de jours, davantage seraient venues, plus tôt."
    came = counted(left, "serait venue", "seraient venues")
    return f"{counted(opened, 'alerte')} en six mois ; {came} avec ce seuil."


def _published(form: ThresholdsForm, changes: Mapping[str, int]) -> bool:
    assert form.from_on.day is not None
    with gate().attempt(form) as tx:
        if policy_on(tx, tx.today).version != form.seen.data:
            raise Conflict(_CHANGED)
        publish_policy(tx, changes, from_on=form.from_on.day)
    if form.has_errors:
        return False
    notify(f"Seuils publiés. Les nuits les suivent à partir du {said_date(form.from_on.day)}.")
    return True
