"""`carte intake`: files of people and of their past steps coming in, imports listed, carried on and undone."""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path

import click

from pathway.casework.intake.actions import Imported, import_people, lease_import
from pathway.casework.intake.queries import ImportLine, imports, one_import
from pathway.casework.intake.rules import Refusal, Remark
from pathway.casework.intake.states import ImportState
from pathway.casework.lifecycle.undoing import ask_undo, go_on_undoing
from pathway.casework.partners.queries import every_structure
from pathway.casework.past_steps.actions import ImportedSteps, import_steps
from pathway.cli.french import REFUSED, FrenchCommand, FrenchGroup, Number
from pathway.cli.opening import opened, operating
from pathway.cli.output import emit, facts, say, table
from pathway.jobs.imports import carry_imports_on
from pathway.kernel.clock import local_day
from pathway.kernel.errors import Refused, Unavailable
from pathway.kernel.wording import listed, said_date
from pathway.store.clocks import clock_of
from pathway.store.opening import Store

_PER_PAGE = 30
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
      ./carte intake list
      ./carte intake undo ID
    """


@command.command("people", cls=FrenchCommand, short_help="Importe les personnes d’un fichier.")
@click.argument("file", metavar="FICHIER", type=click.Path(path_type=Path, readable=False))
@click.option("--structure", "code", required=True, metavar="CODE", help="Code de la structure qui importe.")
@click.option("--sheet", default="", metavar="NOM", help="Feuille du classeur, s’il y en a plusieurs.")
@click.option("--dry-run", is_flag=True, help="Dit ce qui serait importé, sans rien garder.")
@click.option("--json", "as_json", is_flag=True, help="Écrit une valeur JSON.")
@click.pass_context
def people(ctx: click.Context, file: Path, code: str, sheet: str, dry_run: bool, as_json: bool) -> None:
    """Importe les personnes d’un fichier CSV, XLSX ou ODS dans une structure.

    Une ligne refusée ne perd rien des autres ; relancer la commande ne crée personne deux fois.

    \b
    Exemples :
      ./carte intake people personnes.csv --structure pae-centre --dry-run
      ./carte intake people personnes.xlsx --sheet Bénéficiaires --structure pae-centre --json
    """
    _check_there(ctx, file)
    with opened() as store:
        done = _import(store, file, _structure_id(store, ctx, code), sheet=sheet, dry_run=dry_run)
    _show(done, as_json=as_json, dry_run=dry_run)
    if done.refused:
        ctx.exit(REFUSED)


@command.command("steps", cls=FrenchCommand, short_help="Importe les étapes passées d’un fichier.")
@click.argument("file", metavar="FICHIER", type=click.Path(path_type=Path, readable=False))
@click.option("--structure", "code", required=True, metavar="CODE", help="Code de la structure qui importe.")
@click.option("--sheet", default="", metavar="NOM", help="Feuille du classeur, s’il y en a plusieurs.")
@click.option("--dry-run", is_flag=True, help="Dit ce qui serait importé, sans rien garder.")
@click.option("--json", "as_json", is_flag=True, help="Écrit une valeur JSON.")
@click.pass_context
def steps(ctx: click.Context, file: Path, code: str, sheet: str, dry_run: bool, as_json: bool) -> None:
    """Importe d’un fichier CSV, XLSX ou ODS les étapes passées des personnes qu’une structure suit déjà.

    Colonnes : Prénom, Nom, Date de naissance, Dispositif, Date d’entrée, puis, si l’étape est finie, Date de sortie et
    Motif de sortie. Chaque sortie ouvre ses points de suivi ; une ancienne sortie ouvre un point de reprise, réparti
    sur douze semaines.

    Une ligne refusée ne perd rien des autres ; relancer la commande n’ajoute aucune étape deux fois.

    \b
    Exemples :
      ./carte intake steps etapes.csv --structure pae-centre --dry-run
      ./carte intake steps etapes.xlsx --sheet Étapes --structure pae-centre --json
    """
    _check_there(ctx, file)
    with opened() as store:
        done = _import_steps(store, file, _structure_id(store, ctx, code), sheet=sheet, dry_run=dry_run)
    _show_steps(done, as_json=as_json, dry_run=dry_run)
    if done.refused:
        ctx.exit(REFUSED)


@command.command("list", cls=FrenchCommand, short_help="Donne la liste des imports.")
@click.option("--page", type=Number(1, 100_000), default=1, show_default=True, help="Page de trente imports.")
@click.option("--json", "as_json", is_flag=True, help="Écrit une valeur JSON.")
def list_imports(page: int, as_json: bool) -> None:
    """Donne les imports de personnes, le dernier d’abord : où chacun en est, et ce qu’il a fait.

    \b
    Exemple :
      ./carte intake list --json
    """
    with opened() as store, operating(store) as tx:
        found = imports(tx, page=page, per_page=_PER_PAGE)
        codes = {line.id: line.code for line in every_structure(tx)}
    if as_json:
        emit([{**asdict(one), "code": codes.get(one.structure_id, "")} for one in found])
    elif not found:
        say("aucun import sur cette page." if page > 1 else "aucun import pour le moment.")
    else:
        table(
            ("ID", "Structure", "État", "Créées", "Connues", "Refusées", "Annulable"),
            [_line(one, codes) for one in found],
        )


@command.command("run", cls=FrenchCommand, short_help="Mène à leur fin les imports en attente.")
@click.option("--json", "as_json", is_flag=True, help="Écrit une valeur JSON.")
def run(as_json: bool) -> None:
    """Mène à leur fin les imports demandés à l’écran, puis s’arrête. « ./carte worker » le fait aussi.

    \b
    Exemple :
      ./carte intake run
    """
    with opened() as store:
        carried = carry_imports_on(store, clock_of(store))
    if as_json:
        emit({"carried": carried})
    else:
        facts([("Imports menés", carried)])


@command.command("undo", cls=FrenchCommand, short_help="Annule un import de moins de sept jours.")
@click.argument("batch_id", metavar="ID")
@click.option("--json", "as_json", is_flag=True, help="Écrit une valeur JSON.")
def undo(batch_id: str, as_json: bool) -> None:
    """Annule un import : les personnes qu’il a créées, et que personne n’a touchées depuis, sont supprimées.

    Les personnes déjà connues avant lui sont gardées, avec ce qu’il leur a ajouté. « ./carte intake list » donne l’ID.

    \b
    Exemple :
      ./carte intake undo f3a7kd2q…
    """
    with opened() as store:
        with operating(store, write=True) as tx:
            if one_import(tx, batch_id).state is not ImportState.UNDOING:
                ask_undo(tx, batch_id)
            if not lease_import(tx, batch_id):
                raise Refused("Cet import est déjà en cours d’annulation. Attendez deux minutes, puis recommencez.")
            structure_id = one_import(tx, batch_id).structure_id
        begin = partial(operating, store, structure_id=structure_id, write=True)
        go_on_undoing(begin, batch_id, progress=_tell_progress)
        with operating(store) as tx:
            done = one_import(tx, batch_id)
    if as_json:
        emit({"taken_back": done.taken_back, "kept": done.kept})
    else:
        facts([("Personnes supprimées", done.taken_back), ("Gardées, car modifiées depuis", done.kept)])


def _line(one: ImportLine, codes: Mapping[str, str]) -> tuple[object, ...]:
    until = said_date(local_day(one.undo_until)) if one.may_be_undone and one.undo_until else "non"
    state = "interrompu" if one.is_cut or one.problem else one.state.label
    return (one.id, codes.get(one.structure_id, ""), state, one.created, one.known, one.refused, until)


def _check_there(ctx: click.Context, file: Path) -> None:
    if not file.exists():
        name = click.format_filename(file)
        raise click.UsageError(f"Le fichier « {name} » n’existe pas. Vérifiez son nom et son dossier.", ctx)


def _import_steps(store: Store, file: Path, structure_id: str, *, sheet: str, dry_run: bool) -> ImportedSteps:
    try:
        return import_steps(
            lambda: operating(store, structure_id=structure_id, write=True),
            path=file,
            dry_run=dry_run,
            sheet=sheet,
            progress=_tell_progress,
        )
    except Unavailable as error:
        raise Unavailable(_STEPS_CUT_SHORT) from error


def _tell_progress(rows: int) -> None:
    if _is_watched():
        click.echo(f"\r{rows} lignes lues", nl=False, err=True)


def _import(store: Store, file: Path, structure_id: str, *, sheet: str, dry_run: bool) -> Imported:
    try:
        return import_people(
            lambda: operating(store, structure_id=structure_id, write=True),
            path=file,
            today=local_day(clock_of(store).now()),
            dry_run=dry_run,
            sheet=sheet,
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
