"""`carte journal`: prove that nothing was changed behind the program's back."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from pathway.cli.french import REFUSED, FrenchCommand, FrenchGroup
from pathway.cli.opening import opened, operating
from pathway.cli.output import emit, facts, say, table
from pathway.kernel.errors import Refused, Unavailable
from pathway.store.heads import Compared, append_head, compare, head_line
from pathway.store.journal import Verified, verify

_NO_LINE = "Ce fichier ne contient aucun en-tête du journal. Il a peut-être été vidé."
_NOT_READ = "Ce fichier ne se lit pas. Vérifiez ses droits."


@click.group("journal", cls=FrenchGroup, short_help="Vérifie le journal.")
def command() -> None:
    """Vérifie le journal des lectures et des écritures.

    \b
    Exemples :
      ./carte journal verify
      ./carte journal head --to /ailleurs/journal.jsonl
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
    return {**answer, "heads": compared.heads, "contradicted": [asdict(one) for one in compared.contradicted]}


def _show(found: Verified, compared: Compared | None) -> None:
    facts([("Lignes relues", found.entries), ("Endroits qui ne tiennent pas", len(found.broken))])
    if found.broken:
        table(("Ligne", "Problème"), [(one.seq, one.problem) for one in found.broken])
    if compared is None:
        return
    facts([("En-têtes comparés", compared.heads), ("En-têtes que le journal ne tient pas", len(compared.contradicted))])
    if compared.contradicted:
        rows = [(one.line, one.seq or "—", one.problem) for one in compared.contradicted]
        table(("Ligne du fichier", "Ligne du journal", "Problème"), rows)
