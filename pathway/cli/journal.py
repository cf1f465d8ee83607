"""`carte journal`: prove that nothing was changed behind the program's back."""

from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

import click

from pathway.cli.french import REFUSED, FrenchCommand, FrenchGroup
from pathway.cli.nightly import Day
from pathway.cli.opening import opened, operating, settings
from pathway.cli.output import emit, facts, long_progress, say, table
from pathway.jobs.pruning import check_may_prune, kept_from, prune_all
from pathway.kernel.clock import start_of_day
from pathway.kernel.errors import Refused, Unavailable
from pathway.kernel.wording import counted, said_date
from pathway.store.clocks import clock_of
from pathway.store.heads import Compared, append_head, compare, head_line
from pathway.store.journal import Verified, verify
from pathway.store.pruning import to_prune

_NO_LINE = "Ce fichier ne contient aucun en-tête du journal. Il a peut-être été vidé."
_CONFIRM = "Retirer {lines} du journal, d’avant le {day} ? Elles ne se liront plus nulle part."
_NOT_READ = "Ce fichier ne se lit pas. Vérifiez ses droits."


@click.group("journal", cls=FrenchGroup, short_help="Vérifie et élague le journal.")
def command() -> None:
    """Vérifie et élague le journal des lectures et des écritures.

    \b
    Exemples :
      ./carte journal verify
      ./carte journal head --to /ailleurs/journal.jsonl
      ./carte journal prune
    """


@command.command("verify", cls=FrenchCommand, short_help="Relit toute la chaîne du journal.")
@click.option(
    "--head",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Fichier d’en-têtes gardé ailleurs, à comparer.",
)
@click.option("--json", "as_json", is_flag=True, help="Écrit une valeur JSON.")
@click.pass_context
def verify_journal(ctx: click.Context, head: Path | None, as_json: bool) -> None:
    """Relit toute la chaîne du journal, puis compare chaque dossier au dernier sceau qu’elle a vu.

    Avec --head, chaque en-tête exporté est comparé à la chaîne : une fin coupée, une histoire réécrite, une base
    remise à un état plus ancien sont nommées avec leur ligne.

    \b
    Exemples :
      ./carte journal verify --json
      ./carte journal verify --head /ailleurs/journal.jsonl
    """
    lines = _lines(head) if head else None
    with opened() as store, operating(store) as tx:
        found = verify(tx.connection, store.keyring)
        compared = None if lines is None else compare(store, tx.connection, lines)
    if as_json:
        emit(_whole(found, compared))
    else:
        _show(found, compared)
    if found.broken or (compared and compared.contradicted):
        ctx.exit(REFUSED)


@command.command("head", cls=FrenchCommand, short_help="Donne l’en-tête du journal, à garder ailleurs.")
@click.option(
    "--to",
    "to",
    type=click.Path(path_type=Path),
    help="Fichier (ou dossier) où ajouter la ligne ; sans lui, elle est écrite ici.",
)
def head(to: Path | None) -> None:
    """Donne l’en-tête du journal : une ligne JSON signée, à garder dans un second endroit.

    \b
    Exemples :
      ./carte journal head
      ./carte journal head --to /ailleurs/journal.jsonl
    """
    with opened() as store, operating(store) as tx:
        line = head_line(store, tx.connection, at=tx.now)
        territory = store.territory
    if to is None:
        click.echo(line.decode())
    else:
        say(f"en-tête ajouté à {append_head(to, line, territory=territory)}")


@command.command("prune", cls=FrenchCommand, short_help="Retire les lignes trop anciennes, sans casser la chaîne.")
@click.option("--before", "before", type=Day(), help="Premier jour gardé ; celui des réglages sans cette option.")
@click.option("--yes", is_flag=True, help="Ne demande pas de confirmation.")
@click.option("--json", "as_json", is_flag=True, help="Écrit une valeur JSON.")
def prune_journal(before: date | None, yes: bool, as_json: bool) -> None:
    """Retire du journal les lignes d’avant ce jour ; une ligne signée prend leur place, et la suite reste vérifiable.

    Ce qui a moins de CARTE_JOURNAL_MONTHS mois (12 sans réglage) est gardé. Chaque ligne est vérifiée avant de partir.

    \b
    Exemples :
      ./carte journal prune
      ./carte journal prune --before 2026-01-01
    """
    months = settings().journal_months
    with opened() as store:
        clock = clock_of(store)
        day = kept_from(clock, months=months, before=before)
        with operating(store) as tx:
            check_may_prune(tx.connection)
            count = to_prune(tx.connection, start_of_day(day))
        if count and not yes:
            asked = counted(count, "ligne", "lignes")
            click.confirm(_CONFIRM.format(lines=asked, day=said_date(day)), abort=True, err=True)
        with long_progress("Lignes") as report:
            pruned = prune_all(store, clock, before=start_of_day(day), total=count, report=report)
    if as_json:
        emit({"before": day.isoformat(), "pruned": pruned})
    else:
        facts([("Premier jour gardé", said_date(day)), ("Lignes retirées", pruned)])


def _lines(path: Path) -> list[bytes]:
    try:
        lines = path.read_bytes().splitlines()
    except OSError as error:
        raise Unavailable(_NOT_READ) from error
    if not any(line.strip() for line in lines):
        raise Refused(_NO_LINE)
    return lines


def _whole(found: Verified, compared: Compared | None) -> dict[str, Any]:
    answer: dict[str, Any] = {"entries": found.entries, "broken": [asdict(one) for one in found.broken]}
    if compared is None:
        return answer
    beside = {"pruned": compared.pruned, "abandoned": compared.abandoned}
    return {**answer, "heads": compared.heads, **beside, "contradicted": [asdict(one) for one in compared.contradicted]}


def _show(found: Verified, compared: Compared | None) -> None:
    facts([("Lignes relues", found.entries), ("Endroits qui ne tiennent pas", len(found.broken))])
    if found.broken:
        table(("Ligne", "Problème"), [(one.seq, one.problem) for one in found.broken])
    if compared is None:
        return
    facts([("En-têtes comparés", compared.heads), ("En-têtes que le journal ne tient pas", len(compared.contradicted))])
    if compared.pruned:
        facts([("En-têtes de lignes élaguées depuis", compared.pruned)])
    if compared.abandoned:
        facts([("En-têtes d’une suite abandonnée en remettant une sauvegarde", compared.abandoned)])
    if compared.contradicted:
        rows = [(one.line, one.seq or "—", one.problem) for one in compared.contradicted]
        table(("Ligne du fichier", "Ligne du journal", "Problème"), rows)
