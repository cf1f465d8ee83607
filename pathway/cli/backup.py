"""`carte backup`: copies of the base, made, looked through, put back, and tried for good."""

from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import click

from pathway.cli.french import REFUSED, FrenchCommand, FrenchGroup, Number
from pathway.cli.opening import opened, settings
from pathway.cli.output import emit, facts, long_progress, say, table
from pathway.jobs import restoring
from pathway.kernel.clock import local_day
from pathway.kernel.wording import said_date, said_instant
from pathway.store.backups import Listed, Manifest
from pathway.store.clocks import clock_of
from pathway.store.inspection import Inspection

_FILE = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="FICHIER")
_SAMPLE = click.option("--sample", type=Number(1, 10**9), help="Ouvre seulement ce que scellent N clés tirées au sort.")
_JSON = click.option("--json", "as_json", is_flag=True, help="Écrit une valeur JSON.")
_CONFIRM = (
    "Mettre la sauvegarde du {at} à la place de la base ? Ce qui a été fait depuis sera perdu. Le service doit être "
    "arrêté."
)
_SHORT = (
    "Le registre des effacements (tombstones.log) manque ou est plus ancien que cette base : ce qui a été effacé "
    "depuis peut s’y trouver de nouveau. Remettez sa copie la plus récente, puis lancez « ./carte backup settle »."
)
_TO_ADD = "Ajoutez cette ligne à votre fichier d’en-têtes : {head}"


@click.group("backup", cls=FrenchGroup, short_help="Sauvegarde la base, vérifie et remet une sauvegarde.")
def command() -> None:
    """Sauvegarde la base pendant qu’elle sert, vérifie une sauvegarde, la remet en place.

    Le trousseau n’y est jamais : il se met de côté par « ./carte keys save », ailleurs.

    \b
    Exemples :
      ./carte backup create
      ./carte backup drill
    """


@command.command("create", cls=FrenchCommand, short_help="Sauvegarde la base.")
@_JSON
def create(as_json: bool) -> None:
    """Sauvegarde la base dans le dossier CARTE_BACKUPS, sans arrêter le service, puis retire les trop vieilles.

    \b
    Exemple :
      ./carte backup create --json
    """
    chosen = settings()
    with opened() as store, long_progress("Sauvegarde") as report:
        made = restoring.back_up(store, chosen, clock_of(store), report=report)
    manifest = made.copy.manifest
    assert manifest is not None
    if as_json:
        emit({"path": str(made.copy.file), **_said(manifest), "pruned": made.pruned, "seconds": round(made.seconds, 1)})
        return
    facts(
        [
            ("Sauvegarde", made.copy.file),
            ("Octets", manifest.size),
            ("Lignes en tout", sum(manifest.counts.values())),
            ("Anciennes retirées", made.pruned),
            ("Secondes", round(made.seconds, 1)),
        ]
    )


@command.command("list", cls=FrenchCommand, short_help="Montre les sauvegardes du dossier.")
@_JSON
def list_copies(as_json: bool) -> None:
    """Montre les sauvegardes du dossier CARTE_BACKUPS, la plus récente d’abord.

    \b
    Exemple :
      ./carte backup list --json
    """
    chosen = settings()
    days = timedelta(days=chosen.backup_days)
    found = restoring.copies(chosen)
    if as_json:
        emit([_listed(one, one.at + days) for one in found])
        return
    rows = [
        (
            one.file.name,
            said_instant(one.at),
            one.manifest.size if one.manifest else "—",
            said_date(local_day(one.at + days)),
            "signée" if one.manifest else "sans description signée",
        )
        for one in found
    ]
    table(("Fichier", "Du", "Octets", "Gardée jusqu’au", "Description"), rows)


@command.command("verify", cls=FrenchCommand, short_help="Vérifie une sauvegarde de bout en bout.")
@_FILE
@_SAMPLE
@_JSON
@click.pass_context
def verify(ctx: click.Context, file: Path, sample: int | None, as_json: bool) -> None:
    """Vérifie une sauvegarde dans un endroit jetable : fichier, tables, journal, sceau et valeurs scellées de chacun.

    \b
    Exemple :
      ./carte backup verify /sauvegardes/carte-20261120-020000-k3x9ab.sqlite
    """
    with long_progress("Contenus scellés") as report:
        manifest, found = restoring.look_through(settings(), file, sample=sample, report=report)
    if as_json:
        emit({**_said(manifest), "found": _inspected(found)})
    else:
        _show(manifest, found)
    if not found.is_well:
        ctx.exit(REFUSED)


@command.command("restore", cls=FrenchCommand, short_help="Remet une sauvegarde à la place de la base.")
@_FILE
@click.option("--replace", "may_replace", is_flag=True, help="Remplace la base qui est là.")
@click.option("--yes", is_flag=True, help="Ne demande pas de confirmation.")
@_JSON
def restore(file: Path, may_replace: bool, yes: bool, as_json: bool) -> None:
    """Remet une sauvegarde en place, service arrêté. Ce qui a été effacé depuis est effacé de nouveau avant de servir.

    Tout se prépare à côté : interrompue, la remise en place se relance, et la base d’avant est encore là.

    \b
    Exemple :
      ./carte backup restore /sauvegardes/carte-20261120-020000-k3x9ab.sqlite --replace
    """
    chosen = settings()
    restoring.check_may_put_back(chosen, file, may_replace=may_replace)
    if not yes:
        manifest = restoring.described(chosen, file)
        click.confirm(_CONFIRM.format(at=said_instant(manifest.at)), abort=True, err=True)
    with long_progress("Contenus scellés") as report:
        done = restoring.put_back(chosen, file, may_replace=may_replace, report=report)
    _tell(done, as_json)


@command.command("settle", cls=FrenchCommand, short_help="Achève une remise en place faite par un autre moyen.")
@_JSON
def settle(as_json: bool) -> None:
    """Achève une remise en place faite sans « backup restore » : image de disque, archives de PostgreSQL.

    Ce qui a été effacé depuis est effacé de nouveau, le journal le dit, et la base peut servir.

    \b
    Exemple :
      ./carte backup settle
    """
    _tell(restoring.settle(settings()), as_json)


@command.command("drill", cls=FrenchCommand, short_help="Essaie une sauvegarde pour de bon, sans rien laisser.")
@click.argument(
    "file", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="[FICHIER]", required=False
)
@_SAMPLE
@_JSON
@click.pass_context
def drill(ctx: click.Context, file: Path | None, sample: int | None, as_json: bool) -> None:
    """Remet la dernière sauvegarde (ou celle-ci) dans un endroit jetable, vérifie tout, et ne laisse rien. À faire
    chaque mois.

    \b
    Exemples :
      ./carte backup drill
      ./carte backup drill --sample 1000 --json
    """
    chosen = settings()
    chosen_file = file or restoring.newest(chosen)
    with opened() as store, long_progress("Contenus scellés") as report:
        tried = restoring.drill(store, chosen, chosen_file, clock_of(store), sample=sample, report=report)
    if as_json:
        emit(
            {
                **_said(tried.manifest),
                "found": _inspected(tried.before),
                "restored": _inspected(tried.after),
                "forgotten": tried.forgotten,
                "seconds": round(tried.seconds, 1),
            }
        )
    else:
        _show(tried.manifest, tried.after)
        facts([("Effacements rejoués", tried.forgotten), ("Secondes en tout", round(tried.seconds, 1))])
    if not tried.after.is_well:
        ctx.exit(REFUSED)


def _said(manifest: Manifest) -> dict[str, Any]:
    return {**asdict(manifest), "at": manifest.at.isoformat(), "journal_seq": manifest.journal_seq}


def _listed(one: Listed, until: datetime) -> dict[str, Any]:
    known = {"path": str(one.file), "at": one.at.isoformat(), "until": until.isoformat(), "signed": bool(one.manifest)}
    return {**known, **({"size": one.manifest.size, "kids": one.manifest.kids} if one.manifest else {})}


def _inspected(found: Inspection) -> dict[str, Any]:
    return {**asdict(found), "problems": list(found.problems), "seconds": round(found.seconds, 1)}


def _show(manifest: Manifest, found: Inspection) -> None:
    facts(
        [
            ("Sauvegarde du", said_instant(manifest.at)),
            ("Lignes en tout", sum(found.counts.values())),
            ("Lignes du journal relues", found.entries),
            ("Contenus scellés ouverts", f"{found.opened} sur {found.subjects}"),
            ("Valeurs scellées ouvertes", f"{sum(found.values_opened.values())} sur {sum(found.values.values())}"),
            ("Endroits qui ne tiennent pas", len(found.problems)),
            ("Secondes", round(found.seconds, 1)),
        ]
    )
    if found.values:
        table(
            ("Table", "Ouvertes", "En tout"), [(name, found.values_opened[name], n) for name, n in found.values.items()]
        )
    if found.problems:
        table(("Problème",), [(one,) for one in found.problems])


def _tell(done: restoring.PutBack, as_json: bool) -> None:
    if as_json:
        emit(
            {
                "to": done.to,
                "entry": done.entry,
                "forgotten": done.forgotten,
                "head": done.head,
                "log_is_short": done.is_log_short,
                "heads_file": str(done.heads_file) if done.heads_file else None,
                "copy": done.manifest.copy if done.manifest else None,
                "seconds": round(done.seconds, 1),
            }
        )
    else:
        facts(
            [
                ("Journal repris à la ligne", done.to),
                ("Effacements rejoués", done.forgotten),
                ("Ligne du journal qui le dit", done.entry),
                ("Secondes", round(done.seconds, 1)),
            ]
        )
    if done.is_log_short:
        say(_SHORT)
    if done.heads_file is None and not as_json:
        say(_TO_ADD.format(head=done.head))
    say("Lancez « ./carte doctor »." if done.is_log_short else "La base peut servir. Lancez « ./carte doctor ».")
