"""« Réglages du territoire »: every setting with its value, since when and by which role; what stays on the server."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask import current_app, render_template, url_for
from flask.typing import ResponseReturnValue

from pathway.casework.alerts.policies import policy_since
from pathway.casework.partners.rules import Role
from pathway.casework.policies.queries import in_force
from pathway.casework.sharing.permissions import Permission
from pathway.casework.territory.queries import Held, settings_held
from pathway.casework.territory.rules import NUMBERS, Setting
from pathway.kernel.clock import local_day
from pathway.kernel.settings import Settings
from pathway.kernel.wording import counted
from pathway.store.transaction import Transaction
from pathway.web.gate import allow, gate
from pathway.web.jinja import typeset

SAYS: dict[Setting, str] = {
    Setting.NAME: "Au bas des pages, à la fin des lettres et dans la copie du dossier.",
    Setting.HELP_WHO: "Au bas des pages de la personne, à la connexion et à la fin des lettres.",
    Setting.HELP_PHONE: "Avec « À qui demander de l’aide ».",
    Setting.HELP_EMAIL: "Avec « À qui demander de l’aide ».",
    Setting.RIGHTS_CONTACT: "Dans « Vos droits et vos données », sous « À qui demander ».",
    Setting.ACCESS_NAMES: "Dans le journal que chaque personne lit de son dossier.",
    Setting.RETENTION_ACTIVE: "Sans contact pendant ce temps, la nuit archive le dossier.",
    Setting.RETENTION_ARCHIVE: "Après l’archivage, si la personne ne revient pas, la nuit efface le dossier.",
    Setting.RETENTION_NOTICE: "La personne est prévenue ce nombre de jours avant l’effacement.",
}
_STRUCTURE_ONLY = "Non : la structure, et le nom de son référent de parcours"
_NAMED = "Oui : la structure et le nom de qui a regardé"


@dataclass(frozen=True, kw_only=True)
class Line:
    """One setting: what it holds, what it would hold untouched, since when and by which role; None: never changed."""

    label: str
    value: str
    default: str
    says: str
    since: date | None
    by: str
    href: str


@dataclass(frozen=True, kw_only=True)
class SettingsPage:
    """What the territory decides, and (what, value) of what its server does."""

    lines: Sequence[Line]
    server: Sequence[tuple[str, str]]


@allow(Permission.TERRITORY_KEEP)
def view() -> ResponseReturnValue:
    """Show them."""
    with gate().reading() as tx:
        page = SettingsPage(lines=_lines(tx), server=_server(current_app.extensions["carte_settings"]))
        tx.journal("read_settings")
    return render_template("operator/settings.html", page=page)


def said_value(setting: Setting, value: str, *, territory: str) -> str:
    """What a value is in words, the default when it is empty."""
    if setting.is_yes_or_no:
        return typeset(_NAMED if value else _STRUCTURE_ONLY)
    if setting in NUMBERS:
        unit = "jour" if setting is Setting.RETENTION_NOTICE else "mois"
        return counted(int(value or NUMBERS[setting][2]), unit, "jours" if unit == "jour" else unit)
    return value or (territory if setting is Setting.NAME else "") or "Rien n’est dit"


def _lines(tx: Transaction) -> list[Line]:
    held = settings_held(tx)
    own = [_line(one, held.get(one, ()), tx.store.territory_name) for one in Setting]
    alerts, rules = policy_since(tx), in_force(tx, structure_id="", scheme_id="", on=tx.today)
    return [
        *own,
        Line(
            label="Seuils d’alerte",
            value=f"Version {alerts.policy.version}",
            default="Ceux qui sont fournis avec la carte",
            says="Quand une alerte s’ouvre, dans tout le territoire.",
            since=alerts.from_on,
            by=Role.OPERATOR.label if alerts.from_on else "",
            href=url_for("operator.thresholds"),
        ),
        Line(
            label="Règles de suivi du territoire",
            value=f"Version {rules.policy.version}",
            default="Celles qui sont fournies avec la carte",
            says="Les points qu’ouvre une sortie, là où une structure n’a pas écrit les siennes.",
            since=rules.from_on,
            by=Role.OPERATOR.label if rules.from_on else "",
            href=url_for("supervisor.policies"),
        ),
    ]


def _line(setting: Setting, history: Sequence[Held], territory: str) -> Line:
    last = history[-1] if history else None
    return Line(
        label=setting.label,
        value=said_value(setting, last.value if last else "", territory=territory),
        default=said_value(setting, "", territory=territory),
        says=SAYS[setting],
        since=local_day(last.at) if last else None,
        by=Role(last.decided_as).label if last else "",
        href=url_for("operator.setting", name=setting.value),
    )


def _server(settings: Settings) -> list[tuple[str, str]]:
    """What is never changed on a screen: addresses and secrets, and the budgets that hold a stolen session back."""
    return [
        ("Lettres", "un serveur d’envoi est réglé" if settings.smtp_host else "aucun serveur d’envoi"),
        ("SMS", "réglés" if settings.sends_sms else "non réglés"),
        ("Adresse du service", settings.public_url or "non réglée"),
        ("À qui signaler une faille", settings.security_contact or "non réglé"),
        ("Recherches par heure et par compte", str(settings.quota_searches_hour)),
        ("Dossiers ouverts par heure et par compte", str(settings.quota_records_hour)),
        ("Dossiers ouverts par jour et par compte", str(settings.quota_records_day)),
    ]
