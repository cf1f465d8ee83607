"""`carte alerts`: a past night looked at again, and the thresholds of the territory."""

from dataclasses import asdict
from datetime import date
from typing import Any

import click

from pathway.casework.alerts.actions import publish_policy
from pathway.casework.alerts.policies import policy_on
from pathway.casework.alerts.policy import MEANINGS, AlertPolicy, thresholds
from pathway.casework.alerts.replay import Replay, cutoff_of, replay
from pathway.casework.alerts.vocabulary import RuleId
from pathway.cli.french import FrenchCommand, FrenchGroup
from pathway.cli.nightly import Day
from pathway.cli.opening import opened, operating
from pathway.cli.output import emit, facts, progress, say, table
from pathway.kernel.errors import Invalid, NotFound
from pathway.kernel.wording import counted, said_date

_LONGEST_NUMBER = 6  # of digits: what is out of bounds is refused with the bounds, not with what Python says of it


@click.group("alerts", cls=FrenchGroup, short_help="Rejoue une nuit, montre et publie les seuils d’alerte.")
def command() -> None:
    """Rejoue une nuit passée, montre et publie les seuils d’alerte du territoire.

    \b
    Exemples :
      ./carte alerts replay --on 2026-11-20
      ./carte alerts thresholds --set gap_days=35 --from 2027-01-01
    """


@command.command("replay", cls=FrenchCommand, short_help="Rejoue les alertes d’une nuit passée, sans rien écrire.")
@click.option("--on", "on", type=Day(), required=True, help="La nuit à rejouer.")
@click.option("--person", "person", default="", help="La référence d’une seule personne.")
@click.option("--json", "as_json", is_flag=True, help="Écrit une valeur JSON.")
def replay_night(on: date, person: str, as_json: bool) -> None:
    """Rejoue les alertes d’une nuit passée avec ce qui était enregistré alors, et compare avec ce qui a été gardé.

    N’écrit rien. Code de retour 1 si la nuit avait gardé autre chose, ou si un dossier ne se lit plus. Ce qui
    n’appartient qu’à une structure (rendez-vous non tenus, arrêts…) n’en sort pas : la règle est dite, ni le jour ni
    le fait.

    \b
    Exemples :
      ./carte alerts replay --on 2026-11-20
      ./carte alerts replay --on 2026-11-20 --person 2lahflis5kcqc7oteohsqh2zvu --json
    """
    with opened() as store, operating(store) as tx, progress("Nuit rejouée") as report:
        night = Replay(on=on, cutoff_at=cutoff_of(tx, on))
        for done, total in replay(tx, night, record_id=person):
            report(done, total)
    if person and not night.people:
        raise NotFound("Cette nuit-là, personne n’avait cette référence. Relisez-la.")
    if as_json:
        emit(_kept_apart(night))
    else:
        _show(night)
    if not night.is_same:
        raise SystemExit(1)


def _kept_apart(night: Replay) -> dict[str, Any]:
    """The replay as it leaves: the facts of an alert that one structure alone may know are named, never told."""
    said = {**asdict(night), "same": night.is_same}
    for name in ("alerts", "missing", "unexpected"):
        said[name] = [one | {"facts": dict.fromkeys(one["facts"])} if one["circle"] else one for one in said[name]]
    return said


def _show(night: Replay) -> None:
    facts(
        [
            ("Nuit du", said_date(night.on)),
            ("Personnes", night.people),
            ("Alertes", len(night.alerts)),
            ("Gardées autrement", len(night.missing)),
            ("Gardées en trop", len(night.unexpected)),
            ("Personnes illisibles", night.unreadable),
        ]
    )
    rules = [one["rule"] for one in night.alerts]
    table(["Règle", "Alertes"], [(f"{rule} {rule.label}", rules.count(rule.value)) for rule in RuleId])


@command.command("thresholds", cls=FrenchCommand, short_help="Montre ou publie les seuils d’alerte.")
@click.option("--set", "changes", multiple=True, metavar="SEUIL=VALEUR", help="Un seuil à changer ; répétable.")
@click.option("--from", "from_on", type=Day(), default=None, help="Premier jour des nouveaux seuils.")
@click.option("--json", "as_json", is_flag=True, help="Écrit une valeur JSON.")
def show_thresholds(changes: tuple[str, ...], from_on: date | None, as_json: bool) -> None:
    """Montre les seuils d’alerte du territoire ; avec --set, publie une nouvelle version à partir d’un jour.

    Les nuits déjà faites gardent les leurs. Une alerte ouverte garde les seuils qui l’ont ouverte jusqu’à la nuit
    suivante.

    \b
    Exemples :
      ./carte alerts thresholds
      ./carte alerts thresholds --set silent_standard_days=45 --from 2027-01-01
    """
    wanted = dict(_read(change) for change in changes)
    with opened() as store, operating(store, write=bool(wanted)) as tx:
        day = from_on or tx.today
        policy = publish_policy(tx, wanted, from_on=day) if wanted else policy_on(tx, day)
    if wanted:
        say(f"{counted(len(wanted), 'seuil changé', 'seuils changés')} à partir du {said_date(day)}.")
    _tell(policy, as_json)


def _tell(policy: AlertPolicy, as_json: bool) -> None:
    if as_json:
        emit({"version": policy.version, "thresholds": thresholds(policy)})
        return
    facts([("Version", policy.version)])
    table(["Seuil", "Valeur", "Ce qu’il compte"], [(name, n, MEANINGS[name]) for name, n in thresholds(policy).items()])


def _read(change: str) -> tuple[str, int]:
    name, _, value = change.partition("=")
    number = value.strip()
    if not number.isascii() or not number.isdigit() or len(number) > _LONGEST_NUMBER:
        raise Invalid(f"« {change} » ne se lit pas. Écrivez par exemple gap_days=35.", field="set")
    return name.strip(), int(number)
