"""`carte intake`: files of people and of their past steps coming in."""

import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import click

from pathway.casework.intake.actions import Imported, import_people
from pathway.casework.intake.rules import Refusal, Remark
from pathway.casework.partners.queries import every_structure
from pathway.casework.past_steps.actions import ImportedSteps, import_steps
from pathway.cli.french import REFUSED, FrenchCommand, FrenchGroup
from pathway.cli.opening import opened, operating
from pathway.cli.output import emit, facts, say, table
from pathway.kernel.clock import local_day
from pathway.kernel.errors import Unavailable
from pathway.kernel.wording import listed, said_date
from pathway.store.clocks import clock_of
from pathway.store.opening import Store

_STEPS_CUT_SHORT = (
    "L’import s’est arrêté en route : la base est occupée, injoignable, ou le disque est plein. Les étapes déjà "
    "créées sont gardées. Relancez la même commande : aucune étape ne sera ajoutée deux fois."
)
_CUT_SHORT = (
    "L’import s’est arrêté en route : la base est occupée, injoignable, ou le disque est plein. Les personnes déjà "
    "créées sont gardées. Relancez la même commande : personne ne sera créé deux fois."
)


@click.group("intake", cls=FrenchGroup, short_help="Importe des fichiers.")
def command() -> None:
    """Importe des fichiers.

    \b
    Exemple :
      ./carte intake people personnes.csv --structure pae-centre
      ./carte intake steps etapes.csv --structure pae-centre
    """


@command.command("people", cls=FrenchCommand, short_help="Importe les personnes d’un fichier CSV.")
@click.argument("file", metavar="FICHIER", type=click.Path(path_type=Path, readable=False))
@click.option("--structure", "code", required=True, metavar="CODE", help="Code de la structure qui importe.")
@click.option("--dry-run", is_flag=True, help="Dit ce qui serait importé, sans rien garder.")
@click.option("--json", "as_json", is_flag=True, help="Écrit une valeur JSON.")
@click.pass_context
def people(ctx: click.Context, file: Path, code: str, dry_run: bool, as_json: bool) -> None:
    """Importe les personnes d’un fichier CSV dans une structure.

    Une ligne refusée ne perd rien des autres ; relancer la commande ne crée personne deux fois.

    \b
    Exemples :
      ./carte intake people personnes.csv --structure pae-centre --dry-run
      ./carte intake people personnes.csv --structure pae-centre --json
    """
    _check_there(ctx, file)
    with opened() as store:
        done = _import(store, file, _structure_id(store, ctx, code), dry_run=dry_run)
    _show(done, as_json=as_json, dry_run=dry_run)
    if done.refused:
        ctx.exit(REFUSED)


@command.command("steps", cls=FrenchCommand, short_help="Importe les étapes passées d’un fichier CSV.")
@click.argument("file", metavar="FICHIER", type=click.Path(path_type=Path, readable=False))
@click.option("--structure", "code", required=True, metavar="CODE", help="Code de la structure qui importe.")
@click.option("--dry-run", is_flag=True, help="Dit ce qui serait importé, sans rien garder.")
@click.option("--json", "as_json", is_flag=True, help="Écrit une valeur JSON.")
@click.pass_context
def steps(ctx: click.Context, file: Path, code: str, dry_run: bool, as_json: bool) -> None:
    """Importe les entrées et les sorties passées des personnes qu’une structure suit déjà.

    Colonnes : Prénom, Nom, Date de naissance, Dispositif, Date d’entrée, puis, si l’étape est finie, Date de sortie et
    Motif de sortie. Chaque sortie ouvre ses points de suivi ; une ancienne sortie ouvre un point de reprise, réparti
    sur douze semaines.

    Une ligne refusée ne perd rien des autres ; relancer la commande n’ajoute aucune étape deux fois.

    \b
    Exemples :
      ./carte intake steps etapes.csv --structure pae-centre --dry-run
      ./carte intake steps etapes.csv --structure pae-centre --json
    """
    _check_there(ctx, file)
    with opened() as store:
        done = _import_steps(store, file, _structure_id(store, ctx, code), dry_run=dry_run)
    _show_steps(done, as_json=as_json, dry_run=dry_run)
    if done.refused:
        ctx.exit(REFUSED)


def _check_there(ctx: click.Context, file: Path) -> None:
    if not file.exists():
        name = click.format_filename(file)
        raise click.UsageError(f"Le fichier « {name} » n’existe pas. Vérifiez son nom et son dossier.", ctx)


def _import_steps(store: Store, file: Path, structure_id: str, *, dry_run: bool) -> ImportedSteps:
    try:
        return import_steps(
            lambda: operating(store, structure_id=structure_id, write=True),
            path=file,
            dry_run=dry_run,
            progress=_tell_progress,
        )
    except Unavailable as error:
        raise Unavailable(_STEPS_CUT_SHORT) from error


def _tell_progress(rows: int) -> None:
    if _is_watched():
        click.echo(f"\r{rows} lignes lues", nl=False, err=True)


def _import(store: Store, file: Path, structure_id: str, *, dry_run: bool) -> Imported:
    try:
        return import_people(
            lambda: operating(store, structure_id=structure_id, write=True),
            path=file,
            today=local_day(clock_of(store).now()),
            dry_run=dry_run,
            progress=_tell_progress,
        )
    except Unavailable as error:
        raise Unavailable(_CUT_SHORT) from error


def _is_watched() -> bool:
    return sys.stderr.isatty()


def _structure_id(store: Store, ctx: click.Context, code: str) -> str:
    with operating(store) as tx:
        known = {line.code: line.id for line in every_structure(tx)}
    if code not in known:
        there = f"Codes connus : {listed(sorted(known))}." if known else "La base ne connaît encore aucune structure."
        raise click.UsageError(f"Aucune structure n’a le code « {code} ». {there}", ctx)
    return known[code]


def _show(done: Imported, *, as_json: bool, dry_run: bool) -> None:
    if _is_watched():
        click.echo(err=True)
    if as_json:
        emit(asdict(done))
        return
    if dry_run:
        say("Essai à blanc : rien n’a été gardé.")
    facts([("Créées", done.created), ("Déjà connues", done.known), ("Lignes refusées", len(done.refused))])
    _show_remarks(done.refused, done.warnings)


def _show_steps(done: ImportedSteps, *, as_json: bool, dry_run: bool) -> None:
    if _is_watched():
        click.echo(err=True)
    if as_json:
        emit(asdict(done))
        return
    if dry_run:
        say("Essai à blanc : rien n’a été gardé.")
    counts = [("Étapes créées", done.created), ("Sorties créées", done.exits), ("Étapes déjà connues", done.known)]
    facts([*counts, ("Sorties à reprendre", done.resumed), ("Lignes refusées", len(done.refused))])
    if done.last_resume_on:
        say(f"le dernier point de reprise est prévu le {said_date(done.last_resume_on)}.")
    _show_remarks(done.refused, done.warnings)


def _show_remarks(refused: Sequence[Refusal], warnings: Sequence[Remark]) -> None:
    remarks = [("refusé", one) for one in refused] + [("averti", one) for one in warnings]
    if remarks:
        rows = [(said, one.line, one.column, one.reason) for said, one in remarks]
        table(("", "Ligne", "Colonne", "Pourquoi"), rows)
