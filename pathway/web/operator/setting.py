"""One setting of the territory: what it holds, the form, what will change where it is read, and its history."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import Field, HiddenField, RadioField, StringField

from pathway.casework.partners.rules import Role
from pathway.casework.sharing.permissions import Permission
from pathway.casework.territory.actions import decide_setting, take_back_setting
from pathway.casework.territory.queries import Held, settings_held
from pathway.casework.territory.rules import LONGEST, YES, Setting, read_change, read_value
from pathway.kernel.clock import local_day
from pathway.kernel.errors import Invalid, Refused
from pathway.web.forms import CarteForm, SelectChoice, read_version
from pathway.web.gate import allow, gate
from pathway.web.jinja import notify
from pathway.web.operator.settings import SAYS, said_value

_HINTS = {
    Setting.NAME: "Exemple : Bassin d’emploi de Rennes. Vide : aucun nom n’est montré.",
    Setting.HELP_WHO: "Un service, plutôt que le nom de quelqu’un. Exemple : Maison de l’emploi",
    Setting.HELP_PHONE: "Exemple : 02 99 00 00 00",
    Setting.HELP_EMAIL: "Exemple : aide@carte.example",
    Setting.RIGHTS_CONTACT: "Une fonction et une adresse. Exemple : Délégué à la protection des données, "
    "dpo@carte.example",
    Setting.RETENTION_ACTIVE: "De 3 à 24 mois. Vide : 24 mois.",
    Setting.RETENTION_ARCHIVE: "De 1 à 24 mois. Vide : 24 mois.",
    Setting.RETENTION_NOTICE: "De 30 à 90 jours. Vide : 30 jours.",
}


class SettingForm(CarteForm):
    """A value in words; `seen` is the version one read."""

    seen = HiddenField()
    value: Field = StringField("Nouvelle valeur", description="")


class ChoiceForm(SettingForm):
    """Yes or no."""

    value = RadioField(
        "Que lit la personne ?",
        choices=[
            SelectChoice("", "La structure, et le nom de son référent de parcours"),
            SelectChoice(YES, "La structure et le nom de chaque professionnel qui a regardé"),
        ],
        validate_choice=False,
    )


@dataclass(frozen=True, kw_only=True)
class Past:
    """What the setting held from a day on, and the role that decided it."""

    on: date
    by: str
    value: str


@dataclass(frozen=True, kw_only=True)
class SettingPage:
    """What the template needs. `before`: what « Revenir » would bring back, empty when nothing was ever decided."""

    name: str
    label: str
    says: str
    now: str
    before: str
    longest: int
    is_choice: bool
    history: Sequence[Past]


@allow(Permission.TERRITORY_KEEP)
def view(name: str) -> ResponseReturnValue:
    """The form; on POST what will change, then it is decided."""
    setting = _named(name)
    form = _form(setting)
    page, last = _page(setting)
    if request.method != "POST":
        form.seen.data = str(last.version if last else 0)
        form.value.data = last.value if last else ""
    elif form.validate() and "back" not in request.form and _is_change(form, setting, last):
        if "publish" not in request.form:
            after = said_value(setting, read_value(setting, form.value.data or ""), territory=_territory())
            return render_template("operator/setting_review.html", page=page, form=form, after=after)
        with gate().attempt(form) as tx:
            decide_setting(tx, setting, value=form.value.data or "", seen=read_version(form.seen.data))
        if not form.has_errors:
            notify("Réglage changé. Il vaut dès maintenant.")
            return redirect(url_for("operator.settings"), 303)
    return render_template("operator/setting.html", page=page, form=form), 422 if form.has_errors else 200


@allow(Permission.TERRITORY_KEEP)
def take_back(name: str) -> ResponseReturnValue:
    """Bring the value of before back."""
    setting = _named(name)
    form = _form(setting)
    with gate().attempt(form) as tx:
        take_back_setting(tx, setting, seen=read_version(form.seen.data))
    if form.has_errors:
        page, last = _page(setting)
        form.value.data = last.value if last else ""
        return render_template("operator/setting.html", page=page, form=form), 422
    notify("La valeur précédente est revenue. Elle vaut dès maintenant.")
    return redirect(url_for("operator.settings"), 303)


def _named(name: str) -> Setting:
    if name not in {one.value for one in Setting}:
        abort(404)
    return Setting(name)


def _form(setting: Setting) -> SettingForm:
    form = ChoiceForm() if setting.is_yes_or_no else SettingForm()
    form.value.description = _HINTS.get(setting, "")
    return form


def _is_change(form: SettingForm, setting: Setting, last: Held | None) -> bool:
    if read_version(form.seen.data) != (last.version if last else 0):
        return True  # changed elsewhere: said by the action
    try:
        read_change(setting, form.value.data or "", held=last.value if last else "")
    except (Invalid, Refused) as refusal:
        form.refuse(refusal)
    return not form.has_errors


def _territory() -> str:
    return gate().store.territory_name


def _page(setting: Setting) -> tuple[SettingPage, Held | None]:
    with gate().reading() as tx:
        history = settings_held(tx).get(setting, ())
        tx.journal("read_settings", setting=setting.value)
    said = [said_value(setting, one.value, territory=_territory()) for one in history]
    default = said_value(setting, "", territory=_territory())
    page = SettingPage(
        name=setting.value,
        label=setting.label,
        says=SAYS[setting],
        now=said[-1] if said else default,
        before=[default, *said][-2] if said else "",
        longest=LONGEST,
        is_choice=setting.is_yes_or_no,
        history=[
            Past(on=local_day(one.at), by=Role(one.decided_as).label, value=words)
            for one, words in zip(reversed(history), reversed(said), strict=True)
        ],
    )
    return page, history[-1] if history else None
